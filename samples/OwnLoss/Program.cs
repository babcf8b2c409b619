using Recurant.Cells;
using Recurant.Layers;
using Recurant.Losses;
using Recurant.Optimizers;

// A loss of one's own: the pinball loss, whose minimum is a quantile instead of the mean. Three outputs learn the 10%, 50% and
// 90% quantiles of the next value of a noisy series.
float[] levels = [0.1f, 0.5f, 0.9f];
LossFunction pinball = (prediction, target, gradient) =>
{
    double sum = 0;
    for (int j = 0; j < prediction.Length; j++)
    {
        float error = target[j] - prediction[j];
        sum += Math.Max(levels[j] * error, (levels[j] - 1) * error);
        gradient[j] = error > 0 ? -levels[j] : 1 - levels[j];
    }

    return sum;
};

// y_(t+1) = 0.8 y_t + noise, uniform in [-1, 1): the quantiles lie at 0.8 y_t - 0.8, 0.8 y_t and 0.8 y_t + 0.8.
var random = new Random(1);
float[][] series = [.. Enumerable.Range(0, 64).Select(_ => Series(random, 51))];
float[][] unseen = [.. Enumerable.Range(0, 200).Select(_ => Series(random, 51))];
var network = new Sequential(new Recurrent(CellKind.Lstm, 1, 16), new Dense(16, 3));
network.Initialise(seed: 1);
var optimizer = new Optimizer(OptimizerKind.Adam, network.Parameters) { Clip = 1f };
var pass = new Pass();
SequenceBatch inputs = Inputs(series), targets = Targets(series);
const int Steps = 600;
for (int step = 0; step < Steps; step++)
{
    optimizer.LearningRate = 0.02f * Schedule.Factor(ScheduleKind.Cosine, (double)step / Steps);
    pass.Begin();
    pass.Loss(network.Forward(pass, inputs), targets, pinball);
    pass.Backward();
    optimizer.Step();
}

pass.Begin(PassKind.Prediction);
SequenceBatch quantiles = network.Forward(pass, Inputs(unseen)), right = Targets(unseen);
for (int j = 0; j < 3; j++)
{
    int below = 0;
    for (int row = 0; row < right.RowCount; row++) below += right.Row(row)[0] < quantiles.Row(row)[j] ? 1 : 0;
    Console.WriteLine($"{levels[j]:0%} quantile: {100.0 * below / right.RowCount:0.0}% of unseen values lie below it");
}

static float[] Series(Random random, int length)
{
    float y = 0;
    return [.. Enumerable.Range(0, length).Select(_ => y = 0.8f * y + (float)(2 * random.NextDouble() - 1))];
}

static SequenceBatch Inputs(float[][] series) => SequenceBatch.Of([.. series.Select(values => values[..^1])]);

static SequenceBatch Targets(float[][] series) =>
    SequenceBatch.Of([.. series.Select(values => values[1..].Select(y => new[] { y, y, y }).ToArray())]);
