using System.Globalization;
using Recurant.Data;

namespace Recurant.Formats;

/// <summary>Which column of a table holds the text and which the label, and whether the first row is a header.</summary>
internal sealed class TableLayout
{
    private const int LongestName = 40;
    private const int RowsToTrustUnknownNames = 10;

    private readonly string path;
    private readonly string[] first;
    private readonly int askedText;
    private readonly int askedLabel;
    private readonly bool namedByOption;

    private TableLayout(TableReader table, TextFormatOptions options)
    {
        path = table.Path;
        first = new string[table.FieldCount];
        for (int i = 0; i < first.Length; i++)
        {
            first[i] = table.Field(i).Trim().ToString();
        }

        askedText = Resolve(options.TextColumn, "text", ref namedByOption);
        askedLabel = Resolve(options.LabelColumn, "label", ref namedByOption);
        if (askedText >= 0 && askedText == askedLabel)
        {
            throw new InvalidDataException($"{path}: the text and the label cannot both be column {ColumnName(askedText)}.");
        }
    }

    internal bool HasHeader { get; private set; }

    internal int TextColumn { get; private set; } = -1;

    /// <summary>The column of the label; -1 if none is wanted.</summary>
    internal int LabelColumn { get; private set; } = -1;

    internal int FieldCount => first.Length;

    /// <summary>Looks at the first row and, unless that tells all, at the values of every column.</summary>
    /// <param name="open">Opens the table at its start.</param>
    /// <param name="options">What need not be guessed.</param>
    /// <param name="labelled">Whether a column of labels is wanted.</param>
    internal static TableLayout Find(Func<TableReader> open, TextFormatOptions options, bool labelled)
    {
        using TableReader table = open();
        if (!table.Read())
        {
            throw new InvalidDataException($"{table.Path}: the file is empty; rows with a text and a label are expected.");
        }

        var layout = new TableLayout(table, options);
        layout.Decide(table, labelled);
        return layout;
    }

    internal DetectedFormat Describe(string format) => new(
        format, HasHeader, ColumnName(TextColumn), LabelColumn < 0 ? null : ColumnName(LabelColumn));

    internal static InvalidDataException HeaderOnly(string path) =>
        new($"{path}: there is a header and no row below it; rows with a text and a label are expected.");

    private void Decide(TableReader table, bool labelled)
    {
        if (labelled && FieldCount == 1)
        {
            throw table.Error(
                0, "there is only one column; one with the text and one with the label are needed. Check the separator.");
        }

        bool nameRow = LooksLikeNames();
        int knownText = nameRow ? KnownNames.Find(first, KnownNames.Text) : -1;
        int knownLabel = nameRow ? KnownNames.Find(first, KnownNames.Label) : -1;
        TextColumn = askedText >= 0 ? askedText : knownText;
        LabelColumn = !labelled ? -1 : askedLabel >= 0 ? askedLabel : knownLabel;
        if (nameRow && TextColumn >= 0 && TextColumn != LabelColumn
            && (labelled ? LabelColumn >= 0 && (namedByOption || (knownText >= 0 && knownLabel >= 0)) : knownText >= 0))
        {
            HasHeader = true;
            return;
        }

        ColumnStatistics[] columns = Measure(table);
        if (columns[0].Rows == 0 && nameRow && (namedByOption || knownText >= 0 || knownLabel >= 0))
        {
            throw HeaderOnly(path);
        }

        Guess(columns, knownText, knownLabel, labelled);
        bool known = knownText >= 0 || knownLabel >= 0;
        HasHeader = namedByOption || (nameRow && NoneComesAgain(columns)
            && (known || (LabelColumn >= 0 && columns[LabelColumn].CanBeLabel && columns[0].Rows >= RowsToTrustUnknownNames)));
        if (known && !HasHeader)
        {
            Guess(columns, -1, -1, labelled); // what looked like a name was a value
        }
    }

    /// <summary>A name does not come again as a value of its column.</summary>
    private static bool NoneComesAgain(ColumnStatistics[] columns) => !Array.Exists(columns, column => column.FirstComesAgain);

    private void Guess(ColumnStatistics[] columns, int knownText, int knownLabel, bool labelled)
    {
        TextColumn = askedText >= 0 ? askedText : knownText != askedLabel ? knownText : -1;
        LabelColumn = !labelled ? -1 : askedLabel >= 0 ? askedLabel : knownLabel != TextColumn ? knownLabel : -1;
        if (labelled && LabelColumn < 0)
        {
            LabelColumn = GuessLabel(columns);
        }

        for (int i = 0; i < columns.Length && (askedText < 0 && (knownText < 0 || knownText == askedLabel)); i++)
        {
            if (i != LabelColumn && (TextColumn < 0 || columns[i].AverageLength > columns[TextColumn].AverageLength))
            {
                TextColumn = i;
            }
        }
    }

    /// <summary>The column with the fewest distinct values; of two columns, the one that is less like a text.</summary>
    private int GuessLabel(ColumnStatistics[] columns)
    {
        int best = -1;
        for (int i = 0; i < columns.Length; i++)
        {
            if (i != TextColumn && columns[i].CanBeLabel && (best < 0 || columns[i].Distinct < columns[best].Distinct))
            {
                best = i;
            }
        }

        if (best < 0 && columns.Length == 2)
        {
            (ColumnStatistics left, ColumnStatistics right) = (columns[0], columns[1]);
            best = TextColumn >= 0 ? 1 - TextColumn
                : left.Distinct != right.Distinct ? (left.Distinct < right.Distinct ? 0 : 1)
                : left.AverageLength <= right.AverageLength ? 0 : 1;
            best = columns[best].CannotBeLabel ? -1 : best;
        }

        return best >= 0
            ? best
            : throw new InvalidDataException(
                $"{path}: cannot tell which column holds the label. {ListColumns("")} Name it with --label (LabelColumn).");
    }

    private ColumnStatistics[] Measure(TableReader table)
    {
        var columns = new ColumnStatistics[FieldCount];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = new ColumnStatistics(first[i]);
        }

        while (table.Read())
        {
            table.CheckFieldCount(FieldCount);
            for (int i = 0; i < columns.Length; i++)
            {
                columns[i].Add(table.Field(i));
            }
        }

        return columns;
    }

    /// <summary>Names of columns are short, differ, and are no numbers; one may be missing.</summary>
    private bool LooksLikeNames()
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in first)
        {
            if (name.Length > LongestName || !seen.Add(name) || double.TryParse(name, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The column an option asks for; -1 if it asks for none.</summary>
    private int Resolve(string? asked, string role, ref bool named)
    {
        if (asked is null)
        {
            return -1;
        }

        bool isNumber = int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        int index = Array.IndexOf(first, asked);
        index = index >= 0 ? index : Array.FindIndex(first, name => name.Equals(asked, StringComparison.OrdinalIgnoreCase));
        if (index >= 0 && (!isNumber || LooksLikeNames())) // the first row of data may hold the number as a value
        {
            named = true;
            return index;
        }

        if (isNumber && number >= 1 && number <= FieldCount)
        {
            return number - 1;
        }

        throw TextFile.Error(path, 1, 0, $"there is no column \"{asked}\" for the {role}. {ListColumns(asked)}");
    }

    private string ListColumns(string asked) => LooksLikeNames()
        ? Suggestion.Describe("The columns are", asked, first)
        : $"The first row names no columns: give the number of one, 1 to {FieldCount}.";

    private string ColumnName(int index) => HasHeader || namedByOption ? Suggestion.Quote(first[index]) : $"column {index + 1}";
}
