namespace Recurant.Bench.Peers;

/// <summary>The numbers of a case, the same for every engine because they follow from one seed.</summary>
internal sealed class CaseData
{
    private const int Seed = 20240607;

    public CaseData(Case shape)
    {
        var random = new Random(Seed);
        float scale = 1 / MathF.Sqrt(shape.Hidden);
        int rows = shape.Gates * shape.Hidden;
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            Add($"weight_ih_l{layer}", rows, shape.InputOf(layer));
            Add($"weight_hh_l{layer}", rows, shape.Hidden);
            Add($"bias_ih_l{layer}", rows);
            Add($"bias_hh_l{layer}", rows);
        }

        Input = Uniform(random, shape.Time * shape.Batch * shape.Input, 1);
        OutputGradient = Uniform(random, shape.Time * shape.Batch * shape.Hidden, 1);

        void Add(string name, params int[] size) =>
            Weights.Add(new Weight(name, size, Uniform(random, size.Aggregate((a, b) => a * b), scale)));
    }

    /// <summary>Parameters under PyTorch's names and in its gate order (LSTM i, f, g, o; GRU r, z, n), layer by layer.</summary>
    public List<Weight> Weights { get; } = [];

    /// <summary>[T,B,I].</summary>
    public float[] Input { get; }

    /// <summary>[T,B,H], the gradient that training sends back from the last layer's states.</summary>
    public float[] OutputGradient { get; }

    public float[] Values(string name) => Weights.Find(weight => weight.Name == name)!.Values;

    private static float[] Uniform(Random random, int count, float scale)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = (random.NextSingle() * 2 - 1) * scale;
        return values;
    }
}

/// <summary>One named parameter, row-major.</summary>
internal sealed record Weight(string Name, int[] Shape, float[] Values);
