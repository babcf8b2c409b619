using Recurant.Cells;
using Recurant.Layers;
using Recurant.Losses;
using Recurant.Optimizers;

// The next value of a sine wave, from numbers alone: 32 waves with phases of their own, 40 steps each.
float[][] waves =
    [.. Enumerable.Range(0, 32).Select(i => Enumerable.Range(0, 41).Select(t => MathF.Sin(0.3f * t + i)).ToArray())];
SequenceBatch inputs = SequenceBatch.Of([.. waves.Select(wave => wave[..^1])]);
SequenceBatch targets = SequenceBatch.Of([.. waves.Select(wave => wave[1..])]);

var network = new Sequential(new Recurrent(CellKind.Gru, inputSize: 1, hiddenSize: 24), new Dense(24, 1));
network.Initialise(seed: 1);
var optimizer = new Optimizer(OptimizerKind.Adam, network.Parameters) { LearningRate = 0.01f };
var pass = new Pass(seed: 1);
double loss = 0;
for (int step = 0; step < 300; step++)
{
    pass.Begin();
    loss = pass.Loss(network.Forward(pass, inputs), targets, Loss.SquaredError);
    pass.Backward();
    optimizer.Step();
}

// A wave that was never seen: its first 20 values, then 30 more from the network's own answers.
List<float> wave = [.. Enumerable.Range(0, 20).Select(t => MathF.Sin(0.3f * t + 0.5f))];
for (int t = 20; t < 50; t++)
{
    pass.Begin(PassKind.Prediction);
    wave.Add(network.Forward(pass, SequenceBatch.Of([wave.ToArray()]))[0, t - 1][0]);
}

Console.WriteLine($"mean squared error after 300 steps: {loss:0.000000}");
Console.WriteLine(
    $"largest error of 30 values ahead: {wave.Select((y, t) => Math.Abs(y - MathF.Sin(0.3f * t + 0.5f))).Max():0.000}");
