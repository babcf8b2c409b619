namespace Recurant.Tests.Models;

/// <summary>A network of distinct weights and one pass over a batch of texts of unequal lengths.</summary>
internal sealed class NetworkCase
{
    public const int Words = 9, Classes = 3;

    /// <summary>Below this the largest element counts as this: small gradients are differences of larger terms.</summary>
    private const double GradientFloor = 0.02;

    /// <summary>A tensor whose gradients are all below this would be compared with little more than rounding.</summary>
    private const double SmallestGradient = 2e-5;

    /// <summary>Not sorted by length; no text holds word 0, so that a word that was dropped can be told.</summary>
    public static readonly int[][] Texts = [[3, 1, 4, 1], [5, 8, 2, 6, 5, 3], [7], [8, 2, 7], [1, 8, 2, 8, 4, 6]];

    public static readonly int[] Labels = [2, 0, 1, 0, 2];

    public NetworkCase(ClassifierSpec spec, float scale = 0.5f)
    {
        Spec = spec;
        Network = ClassifierNetwork.Create(spec);
        ulong seed = 40;
        foreach (Parameter parameter in Network.Parameters)
        {
            // With small numbers attention is nearly a mean, and its own gradients would be nothing but rounding.
            float factor = parameter.Name switch { "attention.query" => 6, "output.weight" => 2, _ => 1 };
            parameter.InitialiseUniform(seed++, ordinal: 0, factor * scale);
            // Biases above zero keep rectified units alive.
            if (parameter.Name.StartsWith("bias", StringComparison.Ordinal)) Lift(parameter.Value, 0.6f * scale);
        }
    }

    public ClassifierSpec Spec { get; }

    public ClassifierNetwork Network { get; }

    public DropoutPlan? Dropout { get; init; }

    /// <summary>The batch after the pass: its tokens are those that were read.</summary>
    public BatchLayout Batch { get; } = new();

    /// <summary>[B, C], in the order of the batch.</summary>
    public Matrix Probabilities { get; private set; }

    public float[] Logits { get; private set; } = [];

    /// <summary>The sum of the texts' losses.</summary>
    public double Loss { get; private set; }

    public Parameter Parameter(string name) => Network.Parameters.First(parameter => parameter.Name == name);

    /// <summary>The class of sequence b of the batch.</summary>
    public int Label(int b) => Labels[Batch.Order[b]];

    /// <summary>The words of sequence b of the batch as the network read them.</summary>
    public int[] TokensRead(int b)
    {
        int[] tokens = new int[Batch.Lengths[b]];
        for (int t = 0; t < tokens.Length; t++) tokens[t] = Batch.Tokens[Batch.RowStart(t) + b];
        return tokens;
    }

    public NetworkCase Run(int threads = 1)
    {
        Workers workers = Workers.ForThreads(threads);
        ClassifierMemory memory = Network.CreateMemory();
        Batch.Fill(Texts, [.. Enumerable.Range(0, Texts.Length)]);
        foreach (Parameter parameter in Network.Parameters) parameter.ClearGradient();
        Matrix logits = Network.Forward(workers, Batch, memory, Dropout);
        Logits = logits.Span.ToArray();
        Probabilities = new Matrix(new FloatBuffer(Logits.Length), 0, Batch.Sequences, Classes);
        for (int b = 0; b < Batch.Sequences; b++) Softmax.Apply(logits.Row(b), Probabilities.Row(b));
        int[] labels = [.. Enumerable.Range(0, Batch.Sequences).Select(Label)];
        Loss = CrossEntropy.Apply(logits, labels, smoothing: 0, out _);
        Network.Backward(workers, Batch, memory, logits, Dropout);
        return this;
    }

    /// <summary>The value, laid out as files lay out the tensor.</summary>
    public static float[] ValueAsInFiles(Parameter parameter) => AsInFiles(parameter, parameter.Value);

    /// <summary>
    /// The gradient equals the expected one: the tolerance is relative to its largest element, and that is not nothing.
    /// </summary>
    public static void AssertGradient(Parameter parameter, double[] expected, double tolerance, string what)
    {
        float[] actual = AsInFiles(parameter, parameter.Gradient);
        double largest = expected.Max(Math.Abs);
        Assert.True(largest > SmallestGradient,
            $"{what}{parameter.Name}: the largest expected gradient is {largest:G3}, too small to tell anything.");
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            // Written so that a NaN fails.
            if (!(Math.Abs(actual[i] - expected[i]) <= tolerance * Math.Max(largest, GradientFloor)))
            {
                Assert.Fail(
                    $"{what}gradient of {parameter.Name} [{i}]: {actual[i]:G9} instead of {expected[i]:G9}; largest "
                    + $"{largest:G3}.");
            }
        }
    }

    public static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private static void Lift(Span<float> values, float by)
    {
        foreach (ref float value in values) value += by;
    }

    private static float[] AsInFiles(Parameter parameter, ReadOnlySpan<float> values)
    {
        float[] copy = values.ToArray();
        if (!parameter.IsStoredTransposed) return copy;
        int rows = parameter.Shape[0], columns = parameter.Shape[1];
        return [.. Enumerable.Range(0, copy.Length).Select(i => copy[i % rows * columns + i / rows])];
    }
}
