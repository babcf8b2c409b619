namespace Recurant.Tests.Losses;

/// <summary>A random field with distinct scores, and sentences of unequal length with scores and tags.</summary>
internal sealed class FieldCase
{
    private readonly int _tags;

    public FieldCase(int tags, int[] lengths, float scale, ulong seed)
    {
        _tags = tags;
        Field = new ConditionalRandomField(tags);
        uint ordinal = 0;
        foreach (Parameter parameter in Field.Parameters) parameter.InitialiseUniform(seed, ordinal++, scale);
        Batch.Fill(lengths);
        Scores = Bits.RandomMatrix(Batch.Rows, tags, seed + 1);
        Elementwise.Scale(Scores.Span, 3 * scale);
        var stream = new Philox(seed, RandomPurpose.Shuffling);
        Tags = [.. Enumerable.Range(0, Batch.Rows).Select(row => stream.Below((uint)row, tags))];
    }

    public ConditionalRandomField Field { get; }

    public BatchLayout Batch { get; } = new();

    /// <summary>z [rows, K].</summary>
    public Matrix Scores { get; }

    /// <summary>The right tag of each row.</summary>
    public int[] Tags { get; }

    public double[] Start => Doubles(Field.Start.Values);

    public double[] End => Doubles(Field.End.Values);

    public double[] Transitions => Doubles(Field.Transitions.Values);

    /// <summary>The scores [T, K] of one sentence.</summary>
    public double[][] ScoresOf(int b) =>
        [.. Enumerable.Range(0, Batch.Lengths[b]).Select(t => Doubles(Scores.Row(Batch.RowStart(t) + b)))];

    /// <summary>The right tags of one sentence.</summary>
    public int[] TagsOf(int b) => [.. Enumerable.Range(0, Batch.Lengths[b]).Select(t => Tags[Batch.RowStart(t) + b])];

    /// <summary>Loss and gradients of one sentence by the equations in double precision.</summary>
    public RandomFieldGradients Reference(int b) =>
        RandomFieldEquations.Gradients(ScoresOf(b), Transitions, Start, End, TagsOf(b));

    /// <summary>Every sequence of tags of a length.</summary>
    public IEnumerable<int[]> Paths(int length)
    {
        int[] path = new int[length];
        while (true)
        {
            yield return [.. path];
            int t = 0;
            while (t < length && ++path[t] == _tags) path[t++] = 0;
            if (t == length) yield break;
        }
    }

    public static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);
}
