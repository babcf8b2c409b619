using Recurant.Insight;
using Recurant.Layers;
using Recurant.Losses;
using Recurant.Optimizers;
using Recurant.Parameters;
using Recurant.Reference;

// A cell of one's own: a leaky mean whose memory each unit learns. Are its gradients right?
var cell = new LeakyMean(size: 3);
var network = new Sequential(cell, new Dense(3, 1));
network.Initialise(seed: 1);
SequenceBatch inputs = SequenceBatch.Of([[1, 2, 3, 4, 5, 6], [0.5f, -1, 2, 1, 1, 0, -2, 3, 1]], size: 3);
SequenceBatch targets = SequenceBatch.Of([[0.5f, 1], [1, -1, 0.2f]]);
IReadOnlyList<GradientCheckRow> rows = NetworkGradientCheck.Run(
    network.NamedParameters, pass => pass.Loss(network.Forward(pass, inputs), targets, Loss.SquaredError), inputs: [inputs]);
foreach (GradientCheckRow row in rows)
{
    string verdict = row.LargestRelativeError < NetworkGradientCheck.Tolerance ? "right" : "WRONG";
    Console.WriteLine($"{row.Name,-10} {row.Count,3} gradients: {verdict}");
}

// And does it learn? The target is a leaky mean with memory 0.9 of the first column.
float[] noise = [.. Enumerable.Range(0, 100).Select(i => MathF.Sin(i * i))];
float mean = 0;
float[] wanted = [.. noise.Select(x => mean = 0.9f * mean + 0.1f * x)];
var single = new LeakyMean(size: 1);
var optimizer = new Optimizer(OptimizerKind.Adam, single.Parameters) { LearningRate = 0.05f };
var pass = new Pass();
SequenceBatch x = SequenceBatch.Of([noise]), y = SequenceBatch.Of([wanted]);
for (int step = 0; step < 400; step++)
{
    pass.Begin();
    pass.Loss(single.Forward(pass, x), y, Loss.SquaredError);
    pass.Backward();
    optimizer.Step();
}

Console.WriteLine($"the memory it found: {single.Memory(0):0.000}");

/// <summary>h_t = a h_(t-1) + (1 - a) x_t, with a = w^2 / (1 + w^2) of each unit.</summary>
internal sealed class LeakyMean : Layer
{
    private readonly Parameter _weights;

    public LeakyMean(int size)
    {
        _weights = new Parameter("memory", size);
        _weights.SetValues([.. Enumerable.Repeat(1f, size)]);
    }

    public override IReadOnlyList<Parameter> Parameters => [_weights];

    public override int InputSize => _weights.Count;

    public override int OutputSize(int inputSize) => inputSize;

    public float Memory(int unit) =>
        _weights.Values[unit] * _weights.Values[unit] / (1 + _weights.Values[unit] * _weights.Values[unit]);

    protected override void Forward(in LayerCall call)
    {
        for (int s = 0; s < call.Input.Sequences; s++)
        {
            for (int t = 0; t < call.Input.LengthOf(s); t++)
            {
                for (int j = 0; j < InputSize; j++)
                {
                    float before = t == 0 ? 0 : call.Output[s, t - 1][j];
                    call.Output[s, t][j] = Memory(j) * before + (1 - Memory(j)) * call.Input[s, t][j];
                }
            }
        }
    }

    protected override void Backward(in LayerCall call)
    {
        for (int s = 0; s < call.Input.Sequences; s++)
        {
            for (int t = call.Input.LengthOf(s) - 1; t >= 0; t--)
            {
                for (int j = 0; j < InputSize; j++)
                {
                    float dh = call.Output.GradientOf(s, t)[j], before = t == 0 ? 0 : call.Output[s, t - 1][j];
                    float w = _weights.Values[j];
                    _weights.Gradient[j] += dh * (before - call.Input[s, t][j]) * 2 * w / ((1 + w * w) * (1 + w * w));
                    if (call.Input.WantsGradient) call.Input.GradientOf(s, t)[j] += dh * (1 - Memory(j));
                    if (t > 0) call.Output.GradientOf(s, t - 1)[j] += dh * Memory(j);
                }
            }
        }
    }
}
