namespace Recurant.Tests.Tasks.Sequences;

/// <summary>Sequences of unequal lengths that anyone could tell apart, and models that learn so in a moment.</summary>
internal static class SequenceCase
{
    public static SequenceOptions Small { get; } = new()
    {
        Target = "answer", Hidden = 6, Filters = 6, Convolutions = 1, Kernel = 3, Models = 1, Threads = 1, Epochs = 2, Batch = 8,
    };

    /// <summary>x is about 1 or about -1 all along a sequence, z is noise.</summary>
    /// <param name="sequences">How many.</param>
    /// <param name="answer">The answer to a sequence from its number and the level of a step: its value in the column.</param>
    /// <param name="categories">The names of the answers; null for numbers.</param>
    /// <param name="level">The level of x at a step of a sequence; null for -1 and 1 in turn.</param>
    /// <param name="seed">Of the noise.</param>
    /// <param name="length">The steps of a sequence; null for 3 to 8.</param>
    public static SeriesTable Table(
        int sequences, Func<int, float, float> answer, string[]? categories = null, Func<int, int, float>? level = null,
        ulong seed = 1, Func<int, int>? length = null)
    {
        var spans = new List<SeriesSpan>();
        var (x, answers) = (new List<float>(), new List<float>());
        for (int i = 0; i < sequences; i++)
        {
            int count = length?.Invoke(i) ?? 3 + i % 6;
            spans.Add(new SeriesSpan($"s{i}", x.Count, count));
            for (int t = 0; t < count; t++)
            {
                float at = level?.Invoke(i, t) ?? (i % 2 == 0 ? -1 : 1);
                answers.Add(answer(i, at));
                x.Add(at);
            }
        }

        float[] noise = Bits.Random(x.Count, seed), z = Bits.Random(x.Count, seed + 100);
        for (int row = 0; row < x.Count; row++) x[row] += 0.2f * noise[row];
        return new SeriesTable(
            "t", [new SeriesColumn("x", [.. x]), new SeriesColumn("answer", [.. answers], categories), new SeriesColumn("z", z)],
            spans);
    }

    /// <summary>Two labels.</summary>
    public static SeriesTable Labels(int sequences = 24, ulong seed = 1) =>
        Table(sequences, (_, level) => level > 0 ? 0 : 1, ["up", "down"], seed: seed);

    /// <summary>A label for each step, which changes along the sequence.</summary>
    public static SeriesTable StepLabels(int sequences = 12, ulong seed = 1) => Table(
        sequences, (_, level) => level > 0 ? 0 : 1, ["up", "down"], (i, t) => (t / 3 + i) % 2 == 0 ? 1 : -1, seed,
        i => 9 + i % 4);

    /// <summary>A number for each sequence, ten times its level and a half.</summary>
    public static SeriesTable Numbers(int sequences = 24, ulong seed = 1) =>
        Table(sequences, (_, level) => 10 * level + 0.5f, level: (i, _) => i % 8 / 4f - 0.9f, seed: seed);

    /// <summary>The same rows with another column of the same name.</summary>
    public static SeriesTable With(SeriesTable table, string name, Func<int, float> value) => new(
        table.Name,
        [
            .. table.Columns.Select(column => column.Name != name ? column : new SeriesColumn(
                name, [.. Enumerable.Range(0, table.Rows).Select(value)], column.Categories)),
        ], table.Series);
}
