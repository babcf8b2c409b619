using Recurant.Cells;
using Recurant.Layers;
using Recurant.Losses;
using Recurant.Optimizers;

// Sequences to learn from, one float[] each; they may differ in length. Here: noisy waves.
var random = new Random(1);
float[][] sequences = [.. Enumerable.Range(0, 64).Select(_ => Wave(start: 6.28f * random.NextSingle(), random.Next(30, 60)))];

// At every step the network sees one number and is to say the next.
SequenceBatch inputs = SequenceBatch.Of([.. sequences.Select(sequence => sequence[..^1])]);
SequenceBatch targets = SequenceBatch.Of([.. sequences.Select(sequence => sequence[1..])]);

var network = new Sequential(
    new Recurrent(CellKind.Lstm, inputSize: 1, hiddenSize: 32),       // h_t, c_t = LSTM(x_t, h_(t-1), c_(t-1))
    new Dense(32, 1));                                                // y_t = W h_t + b
network.Initialise(seed: 1);
var optimizer = new Optimizer(OptimizerKind.Adam, network.Parameters) { LearningRate = 0.01f, Clip = 1 };
var pass = new Pass(seed: 1);

for (int step = 1; step <= 300; step++)
{
    pass.Begin();
    double loss = pass.Loss(network.Forward(pass, inputs), targets, Loss.SquaredError);
    pass.Backward();
    optimizer.Step();
    if (step % 50 == 0) Console.WriteLine($"step {step}: mean squared error {loss:0.00000}");
}

// The next ten values of a wave that was never seen, each from the ones before it.
List<float> wave = [.. Wave(start: 0.5f, steps: 20)];
for (int i = 0; i < 10; i++)
{
    pass.Begin(PassKind.Prediction);
    SequenceBatch answers = network.Forward(pass, SequenceBatch.Of([wave.ToArray()]));
    wave.Add(answers[0, wave.Count - 1][0]);
}

Console.WriteLine($"next values: {string.Join(", ", wave.TakeLast(10).Select(value => $"{value:0.00}"))}");

float[] Wave(float start, int steps) =>
    [.. Enumerable.Range(0, steps).Select(t => MathF.Sin(start + 0.3f * t) + 0.05f * (random.NextSingle() - 0.5f))];
