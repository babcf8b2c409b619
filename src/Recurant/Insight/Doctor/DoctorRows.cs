namespace Recurant.Insight;

/// <summary>
/// What the checks keep of each text: the number of its words, and hashes of 64 bits in the place of text and answer, so that of
/// a large file little more is held than the file. That two of ten million different texts have one hash has a probability of
/// three in a million.
/// </summary>
internal sealed class DoctorRows
{
    private DoctorRows(int count) =>
        (Words, Texts, Folded, Answers) = (new int[count], new ulong[count], new ulong[count], new ulong[count]);

    /// <summary>How many words each text has.</summary>
    public int[] Words { get; }

    /// <summary>The hash of each text.</summary>
    public ulong[] Texts { get; }

    /// <summary>
    /// The hash of each text in small letters and without marks; <see cref="Nothing"/> if nothing is left of it.
    /// </summary>
    public ulong[] Folded { get; }

    /// <summary>The hash of each answer.</summary>
    public ulong[] Answers { get; }

    /// <summary>The hash of no characters.</summary>
    public static ulong Nothing { get; } = RowGroups.HashOf("");

    /// <summary>The rows of which more is left than marks.</summary>
    public int[] WithLetters() => [.. Enumerable.Range(0, Folded.Length).Where(row => Folded[row] != Nothing)];

    /// <summary>A hash of a text's hash and its answer's.</summary>
    public static ulong WithAnswer(ulong text, ulong answer) => SplitMix64.Hash(text ^ SplitMix64.Hash(answer, 1), 0);

    public static DoctorRows Of(DoctorTexts data)
    {
        var rows = new DoctorRows(data.Count);
        for (int row = 0; row < data.Count; row++)
        {
            DoctorText text = data.At(row);
            rows.Words[row] = text.Words.Count;
            rows.Texts[row] = RowGroups.HashOf(text.Text);
            rows.Folded[row] = RowGroups.HashOf(text.Folded);
            if (text.Answer is { } answer) rows.Answers[row] = RowGroups.HashOf(answer);
        }

        return rows;
    }
}

/// <summary>Rows with equal hashes, in the order of the first of each group.</summary>
internal sealed class DoctorGroups
{
    private readonly int[] _members, _starts;

    /// <param name="rows">The rows, ascending.</param>
    /// <param name="hashOf">The hash of a row.</param>
    public DoctorGroups(int[] rows, Func<int, ulong> hashOf)
    {
        RowGroups groups = Group(rows, hashOf);
        _starts = new int[groups.Count + 1];
        for (int group = 0; group < groups.Count; group++) _starts[group + 1] = _starts[group] + groups.Sizes[group];
        int[] next = _starts[..^1];
        _members = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++) _members[next[groups.GroupOf[i]]++] = rows[i];
    }

    /// <summary>The groups of more than one row, each in the order of the rows.</summary>
    public IEnumerable<ArraySegment<int>> Several => Enumerable.Range(0, _starts.Length - 1)
        .Where(group => _starts[group + 1] - _starts[group] > 1)
        .Select(group => new ArraySegment<int>(_members, _starts[group], _starts[group + 1] - _starts[group]));

    /// <summary>How many different hashes the rows have.</summary>
    public static int Distinct(int[] rows, Func<int, ulong> hashOf) => Group(rows, hashOf).Count;

    private static RowGroups Group(int[] rows, Func<int, ulong> hashOf) =>
        RowGroups.Of(rows, rows.Length, i => rows[i], hashOf, (a, b) => hashOf(a) == hashOf(b));
}
