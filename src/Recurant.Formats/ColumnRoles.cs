namespace Recurant.Formats;

/// <summary>Decides which of some columns, or keys, holds the text and which the label, and what else each could be.</summary>
/// <remarks>
/// Names, the kind of the values and their shape each say something, and none of them decides alone: a column called "text" that
/// holds numbers is no text, and of two columns with few values the one with a label's name is the label.
/// </remarks>
internal sealed class ColumnRoles
{
    /// <summary>A column that scores less is no label, unless it is the only one left.</summary>
    private const double LeastLabel = -20;

    /// <summary>A value that comes back so often on average is a category and no text.</summary>
    private const int CategoryRepeats = 20, CategoryRows = 100, SureRepeats = 4;

    /// <summary>
    /// How much it speaks against a text that its column says the same again: the power of the share that differs.
    /// </summary>
    private const double Repetition = 1.5;

    private readonly string[] _names;
    private readonly ColumnStatistics[] _columns;

    /// <summary>Looks at some columns.</summary>
    /// <param name="names">The names, an empty one for a column without.</param>
    /// <param name="columns">What their values look like.</param>
    /// <param name="text">The column asked for; -1 for none.</param>
    /// <param name="label">The same for the label.</param>
    /// <param name="labelled">Whether a label is wanted at all.</param>
    internal ColumnRoles(string[] names, ColumnStatistics[] columns, int text, int label, bool labelled)
    {
        _names = names;
        _columns = columns;
        bool textAsked = text >= 0;
        Text = textAsked ? text : Best(label, TextScore);
        int[] all = [.. Enumerable.Range(0, columns.Length)];
        int[] labels = !labelled ? [] :
            [.. all.Where(i => i != Text && LabelScore(i) > LeastLabel).OrderByDescending(LabelScore)];
        Label = !labelled ? -1 : label >= 0 ? label : labels.Length > 0 ? labels[0] : OnlyOther();
        OtherLabels = [.. labels.Where(i => i != Label && columns[i].CanBeLabel)];
        OtherTexts = [.. all.Where(i => i != Text && i != Label && columns[i].HoldsText).OrderByDescending(TextScore)];
        HasNoText = !textAsked && (Text < 0 || columns[Text].IsNumeric || IsCategory(Text));
    }

    /// <summary>The column of the text; -1 if there is none.</summary>
    internal int Text { get; }

    /// <summary>The column of the label; -1 if there is none.</summary>
    internal int Label { get; }

    /// <summary>What else could be the label, the likeliest first.</summary>
    internal IReadOnlyList<int> OtherLabels { get; }

    /// <summary>What else could be the text, the likeliest first.</summary>
    internal IReadOnlyList<int> OtherTexts { get; }

    /// <summary>Whether all columns hold numbers, dates or categories, and none was asked for.</summary>
    internal bool HasNoText { get; }

    /// <summary>Says what the columns hold instead of texts, and what can be done.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What they are called: "column" or "key".</param>
    /// <param name="name">How one of them is named in a message.</param>
    internal InvalidDataException NoText(string path, string what, Func<int, string> name)
    {
        int[] all = [.. Enumerable.Range(0, _columns.Length)];
        string[] parts =
        [
            .. new[]
            {
                List(all.Where(i => _columns[i].Is(CellKind.Number)), "numbers"),
                List(all.Where(i => _columns[i].Is(CellKind.Date)), "dates"),
                List(all.Where(i => _columns[i].IsNumericMixture), "numbers and dates"),
                List(all.Where(i => !_columns[i].IsNumeric && !_columns[i].IsEmpty), "a few values that repeat"),
            }.OfType<string>(),
        ];
        int example = Array.FindIndex(_columns, column => column.IsNumeric);
        string asked = name(Math.Max(0, example)).Trim('"').Replace("column ", "", StringComparison.Ordinal);
        return new InvalidDataException(
            $"{path}: no {what} holds texts: {string.Join(", ", parts)}. This task learns from words; "
            + "tables of numbers are for the tasks forecast, classify, tag and regress. If one of these really is text, name it: "
            + $"--text {asked} (TextColumn).");

        string? List(IEnumerable<int> some, string kind)
        {
            const int Shown = 3;
            int[] list = [.. some];
            string shown = string.Join(", ", list.Take(Shown).Select(name));
            return list.Length == 0 ? null
                : list.Length <= Shown ? $"{shown} {(list.Length == 1 ? "holds" : "hold")} {kind}"
                : $"{shown} and {list.Length - Shown} more hold {kind}";
        }
    }

    /// <summary>Of two columns the one that is not the text, where its values do not speak against it.</summary>
    private int OnlyOther()
    {
        if (_columns.Length != 2 || Text < 0) return -1;
        int other = 1 - Text;
        return _columns[other].CannotBeLabel || _columns[other].Is(CellKind.Date) || _columns[other].IsMeasured ? -1 : other;
    }

    private int Best(int taken, Func<int, double> score)
    {
        int best = -1;
        for (int i = 0; i < _columns.Length; i++)
        {
            if (i != taken && (best < 0 || score(i) > score(best))) best = i;
        }

        return best;
    }

    /// <summary>Whether a column holds a name from a short list in each row.</summary>
    private bool IsCategory(int i)
    {
        ColumnStatistics column = _columns[i];
        int known = KnownNames.Rank(_names[i], KnownNames.Text);
        if (known >= 0 && known < KnownNames.Text.Length) return false;
        bool repeats = column.AverageWords < 2 && column.CanBeLabel;
        bool othersAreNumeric = _columns.Length > 1
            && Enumerable.Range(0, _columns.Length).All(j => j == i || _columns[j].IsNumeric || _columns[j].IsEmpty);
        bool isLabel = KnownNames.Rank(_names[i], KnownNames.Label) >= 0 || Label < 0 || _columns[Label].IsMeasured;
        return repeats && ((column.Rows >= CategoryRows && (long)column.DistinctBelow * CategoryRepeats <= column.Rows)
            || (othersAreNumeric && isLabel && (long)column.DistinctBelow * SureRepeats <= column.Rows));
    }

    /// <summary>Words count, and many of them; a known name decides between columns of words.</summary>
    private double TextScore(int i)
    {
        ColumnStatistics column = _columns[i];
        if (column.IsEmpty) return -2000;
        int rank = KnownNames.Rank(_names[i], KnownNames.Text);
        double score = Math.Min(column.AverageLength, 1000) * Math.Pow(column.DistinctShare, Repetition);
        score *= column.Is(CellKind.Code) ? 0.1 : 1;
        score *= KnownNames.Rank(_names[i], KnownNames.Other) >= 0 && !column.HoldsText ? 0.3 : 1;
        score *= KnownNames.Rank(_names[i], KnownNames.Title) >= 0 ? 0.9 : 1;
        bool isNamed = rank >= 0 && !column.Is(CellKind.Code);
        return column.IsNumeric ? score - 1000 : isNamed ? 2000 + Math.Max(0, 900 - rank) + (score * 1e-6) : score;
    }

    /// <summary>Names weigh most, then the kind of the values, then their number.</summary>
    private double LabelScore(int i)
    {
        ColumnStatistics column = _columns[i];
        int rank = KnownNames.Rank(_names[i], KnownNames.Label);
        bool isWhole = rank >= 0 && rank < KnownNames.Label.Length;
        if (column.IsEmpty || (!column.CanBeLabel && !(isWhole && !column.Is(CellKind.Date) && !column.IsMeasured)))
        {
            return double.NegativeInfinity;
        }

        double score = rank >= 0 ? (isWhole ? 120 : 100) - (0.5 * Math.Min(30, rank % KnownNames.Label.Length))
            : KnownNames.Rank(_names[i], KnownNames.LikelyLabel) >= 0 ? 60
            : KnownNames.Rank(_names[i], KnownNames.Other) >= 0 ? -15 : 0;
        score += column.Is(CellKind.Date) ? -60 : column.Is(CellKind.Code) ? -20 : column.IsMeasured ? -50
            : column.IsYesNo ? 5 : column.Is(CellKind.Number) ? 2 : 20;
        score += column.DistinctBelow is >= 2 and <= 1000 ? 10 - Math.Log2(column.DistinctBelow) : 0;
        score -= column.HoldsText && column.AverageLength > 30 ? 30 : 0;
        score -= column.LargestShare > 0.98 ? 15 : 0;
        return score + (i == _columns.Length - 1 ? 0.4 : i == 0 ? 0.2 : 0);
    }
}
