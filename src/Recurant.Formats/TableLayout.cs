using System.Globalization;

namespace Recurant.Formats;

/// <summary>Which column of a table holds the text and which the label, and whether the first row is a header.</summary>
internal sealed class TableLayout
{
    private const int LongestName = 40;
    private const int RowsToTrustUnknownNames = 10;
    private const int RowsToTrustNumbers = 3;
    private const int MostOthers = 8;

    /// <summary>Where the names tell the columns, so many rows are looked at for what else these could be.</summary>
    private const long RowsOfKnownNames = 10_000;

    private readonly string _path;
    private readonly string[] _first;
    private readonly int _askedText;
    private readonly int _askedLabel;
    private readonly bool _namedByOption;
    private string[] _otherTexts = [];
    private string[] _otherLabels = [];

    private TableLayout(TableReader table, TextFormatOptions options)
    {
        _path = table.Path;
        _first = new string[table.FieldCount];
        for (int i = 0; i < _first.Length; i++) _first[i] = table.Field(i).Trim().ToString();
        _askedText = Resolve(options.TextColumn, "text", ref _namedByOption);
        _askedLabel = Resolve(options.LabelColumn, "label", ref _namedByOption);
        if (_askedText >= 0 && _askedText == _askedLabel)
        {
            throw new InvalidDataException($"{_path}: the text and the label cannot both be column {ColumnName(_askedText)}.");
        }
    }

    internal bool HasHeader { get; private set; }

    internal int TextColumn { get; private set; } = -1;

    /// <summary>The column of the label; -1 if none is wanted.</summary>
    internal int LabelColumn { get; private set; } = -1;

    internal int FieldCount => _first.Length;

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
        format, HasHeader, ColumnName(TextColumn), LabelColumn < 0 ? null : ColumnName(LabelColumn))
    {
        Text = OptionFor(TextColumn), Label = LabelColumn < 0 ? null : OptionFor(LabelColumn),
        OtherTexts = _otherTexts, OtherLabels = _otherLabels,
    };

    internal static InvalidDataException HeaderOnly(string path) =>
        new($"{path}: there is a header and no row below it; rows with a text and a label are expected.");

    private void Decide(TableReader table, bool labelled)
    {
        if (labelled && FieldCount == 1)
        {
            throw table.Error(
                0, "there is only one column; one with the text and one with the label are needed. Check the separator: "
                + "--delimiter names another (Delimiter)." + FormatGuess.AskForDelimiter(_path));
        }

        bool nameRow = LooksLikeNames();
        int knownText = nameRow ? KnownNames.Find(_first, KnownNames.Text) : -1;
        int knownLabel = nameRow ? KnownNames.Find(_first, KnownNames.Label) : -1;
        bool bothKnown = knownText >= 0 && (knownLabel >= 0 || !labelled);
        ColumnStatistics[] columns = Measure(table, bothKnown ? RowsOfKnownNames : long.MaxValue);
        bool anyKnown = knownText >= 0 || knownLabel >= 0;
        if (columns[0].Rows == 0 && nameRow && (_namedByOption || anyKnown)) throw HeaderOnly(_path);
        HasHeader = _namedByOption || bothKnown || (nameRow && NoneComesAgain(columns)
            && (anyKnown || HasWordAboveNumbers(columns) || CouldNameLabels(columns, labelled))) || IsCounted(columns);
        string[] names = HasHeader ? _first : [.. _first.Select(_ => "")];
        var roles = new ColumnRoles(names, columns, _askedText, _askedLabel, labelled);
        (TextColumn, LabelColumn) = (roles.Text, roles.Label);
        if (roles.HasNoText) throw roles.NoText(_path, "column", ColumnName);
        if (labelled && LabelColumn < 0)
        {
            throw new InvalidDataException(
                $"{_path}: cannot tell which column holds the label. {ListColumns("")} Name it with --label (LabelColumn).");
        }

        _otherTexts = [.. roles.OtherTexts.Take(MostOthers).Select(OptionFor)];
        _otherLabels = [.. roles.OtherLabels.Take(MostOthers).Select(OptionFor)];
    }

    /// <summary>A name does not come again as a value of its column.</summary>
    private bool NoneComesAgain(ColumnStatistics[] columns) =>
        !columns.Where((column, i) => _first[i].Length > 0 && column.FirstComesAgain).Any();

    /// <summary>Numbers or dates in a column that begins with a word: that is its name.</summary>
    private bool HasWordAboveNumbers(ColumnStatistics[] columns) => columns[0].Rows >= RowsToTrustNumbers
        && columns.Where((column, i) => column.IsNumeric && Cells.KindOf(_first[i]) == CellKind.Words).Any();

    /// <summary>Enough rows, and one column of values that come again, while the first row's does not.</summary>
    private static bool CouldNameLabels(ColumnStatistics[] columns, bool labelled) =>
        labelled && columns[0].Rows >= RowsToTrustUnknownNames && Array.Exists(columns, column => column.CanBeLabel);

    /// <summary>Columns that a program has numbered from 0, as pandas does for want of names.</summary>
    private bool IsCounted(ColumnStatistics[] columns)
    {
        int start = _first[0].Length == 0 ? 1 : 0;
        return _first.Length - start >= 2 && columns[0].Rows >= RowsToTrustNumbers
            && _first.Skip(start).Select((name, i) => name == i.ToString(CultureInfo.InvariantCulture)).All(same => same)
            && columns.Skip(start).Any(column => !column.IsNumeric && !column.FirstComesAgain);
    }

    private ColumnStatistics[] Measure(TableReader table, long most)
    {
        var columns = new ColumnStatistics[FieldCount];
        for (int i = 0; i < columns.Length; i++) columns[i] = new ColumnStatistics(_first[i]);
        for (long row = 0; row < most && table.Read(); row++)
        {
            table.CheckFieldCount(FieldCount);
            for (int i = 0; i < columns.Length; i++) columns[i].Add(table.Field(i));
        }

        return columns;
    }

    /// <summary>Names of columns are short, differ, and are neither numbers nor dates; some may be missing.</summary>
    private bool LooksLikeNames()
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        bool twice = false;
        foreach (string name in _first)
        {
            if (name.Length > LongestName || Cells.KindOf(name) is CellKind.Number or CellKind.Date
                || double.TryParse(name, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }

            twice |= name.Length > 0 && !seen.Add(name);
        }

        return seen.Count > 0 && (!twice || (KnownNames.Find(_first, KnownNames.Text) >= 0
            && KnownNames.Find(_first, KnownNames.Label) >= 0));
    }

    /// <summary>The column an option asks for; -1 if it asks for none.</summary>
    private int Resolve(string? asked, string role, ref bool named)
    {
        if (asked is null) return -1;
        bool isNumber = int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        int index = Array.IndexOf(_first, asked);
        index = index >= 0 ? index : Array.FindIndex(_first, name => name.Equals(asked, StringComparison.OrdinalIgnoreCase));
        if (index >= 0 && (!isNumber || LooksLikeNames())) // the first row of data may hold the number as a value
        {
            if (IsTwice(_first[index]))
            {
                throw TextFile.Error(
                    _path, 1, 0, $"several columns are called \"{asked}\": give the number of the one meant, 1 to {FieldCount}.");
            }

            named = true;
            return index;
        }

        if (isNumber && number >= 1 && number <= FieldCount) return number - 1;
        throw TextFile.Error(_path, 1, 0, $"there is no column \"{asked}\" for the {role}. {ListColumns(asked)}");
    }

    private string ListColumns(string asked) => LooksLikeNames()
        ? Suggestion.Describe("The columns are", asked, [.. _first.Where(name => name.Length > 0)])
        : $"The first row names no columns: give the number of one, 1 to {FieldCount}.";

    private string ColumnName(int index) => IsNamed(index) ? Suggestion.Quote(_first[index]) : $"column {index + 1}";

    /// <summary>What an option calls the column.</summary>
    private string OptionFor(int index) =>
        IsNamed(index) ? _first[index] : (index + 1).ToString(CultureInfo.InvariantCulture);

    private bool IsNamed(int index) => (HasHeader || _namedByOption) && _first[index].Length > 0 && !IsTwice(_first[index]);

    private bool IsTwice(string name) => _first.Count(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) > 1;
}
