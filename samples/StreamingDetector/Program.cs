using Recurant.Cells;
using Recurant.Inference;
using Recurant.Layers;
using Recurant.Losses;
using Recurant.Optimizers;
using Recurant.Storage;

// A detector on a live stream: a network learns the normal course of a sensor; afterwards it reads one value at a time, keeps its
// state, and reports where a value is further from the expected one than ever in training.
float[] normal = [.. Enumerable.Range(0, 2001).Select(t => Sensor(t))];
var recurrent = new Recurrent(CellKind.Gru, 1, 16);
var output = new Dense(16, 1);
recurrent.Initialise(seed: 1, ordinal: 0);
output.Initialise(seed: 1, ordinal: 100);
var optimizer = new Optimizer(OptimizerKind.Adam, [.. recurrent.Parameters, .. output.Parameters]) { LearningRate = 0.01f };
var pass = new Pass();
// Twenty pieces of 100 steps, beside one another.
SequenceBatch inputs = SequenceBatch.Of([.. normal[..^1].Chunk(100)]), targets = SequenceBatch.Of([.. normal[1..].Chunk(100)]);
for (int step = 0; step < 400; step++)
{
    pass.Begin();
    pass.Loss(output.Forward(pass, recurrent.Forward(pass, inputs)), targets, Loss.SquaredError);
    pass.Backward();
    optimizer.Step();
}

ParameterFile.Save("detector.safetensors", [.. recurrent.Named("recurrent"), .. output.Named("output")]);

// The stream: one step at a time, nothing allocated in a step, the bits of the whole sequence at once.
var stream = new RecurrentStream(recurrent);
float Next(RecurrentStream stream, float value)
{
    ReadOnlySpan<float> h = stream.Step([value]);
    float sum = output.Bias.Values[0];
    for (int j = 0; j < h.Length; j++) sum += output.Weights.Values[j] * h[j];
    return sum;
}

float expected = 0, largest = 0;
for (int t = 0; t < 2000; t++)
{
    float error = Math.Abs(normal[t] - expected);
    if (t > 100) largest = Math.Max(largest, error);
    expected = Next(stream, normal[t]);
}

var found = new List<int>();
for (int t = 2000; t < 3000; t++)
{
    float value = Sensor(t) + (t is 2300 or 2750 ? 0.8f : 0f);
    // The copy tells what would follow; the stream itself goes on from the value as it should have been.
    bool isOdd = Math.Abs(value - expected) > 2 * largest;
    if (isOdd) found.Add(t);
    expected = Next(stream, isOdd ? expected : value);
}

Console.WriteLine($"reported: {string.Join(", ", found)}");

static float Sensor(int t) => MathF.Sin(0.2f * t) + 0.3f * MathF.Sin(0.05f * t) + 0.02f * MathF.Sin(t * (float)t);
