using System.Globalization;

namespace Recurant.Formats;

/// <summary>Which column of a CoNLL file holds what, told from its first lines.</summary>
internal sealed class ConllLayout
{
    internal const string DocumentStart = "-DOCSTART-";
    internal const string NoTag = "_";
    private const string GlobalColumns = "# global.columns =";
    private const int LinesLooked = 1000;

    private static readonly string[] s_universal =
        ["ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC"];

    private readonly DataFile _path;

    private ConllLayout(DataFile path, bool universal)
    {
        _path = path;
        Universal = universal;
    }

    /// <summary>CoNLL-U: word numbers in the first column, comments, ranges and empty nodes.</summary>
    internal bool Universal { get; }

    /// <summary>Columns separated by one tab each, else by any number of blanks.</summary>
    internal bool Tabs { get; private set; }

    internal int ColumnCount { get; private set; }

    internal int NumberColumn { get; private set; } = -1;

    internal int WordColumn { get; private set; }

    internal int TagColumn { get; private set; }

    /// <summary>What the column of the tags is called.</summary>
    internal string TagName => Universal ? Names[TagColumn] : $"column {TagColumn + 1}";

    /// <summary>
    /// Whether <see cref="NoTag"/> means that a word was not tagged: in the columns of parts of speech it does.
    /// </summary>
    internal bool HasGaps => Universal && TagName is "UPOS" or "XPOS";

    private string[] Names { get; set; } = [];

    /// <summary>Looks at the first lines of a file.</summary>
    /// <exception cref="InvalidDataException">There is no row, or no column as the one asked for.</exception>
    internal static ConllLayout Find(DataFile path, bool universal, string? tagColumn)
    {
        var layout = new ConllLayout(path, universal);
        layout.Look();
        if (universal)
        {
            layout.NumberColumn = layout.Require("ID");
            layout.WordColumn = layout.Require("FORM");
        }

        layout.TagColumn = layout.Resolve(tagColumn);
        return layout;
    }

    /// <summary>Whether a line is a comment: everything behind # in CoNLL-U; elsewhere # may be a word.</summary>
    internal bool IsComment(ReadOnlySpan<char> line) =>
        line.StartsWith('#')
            && (Universal || (line.StartsWith("# ") && (Tabs ? !line.Contains('\t') : Count(line) != ColumnCount)));

    /// <summary>The number of columns of a row.</summary>
    internal int Count(ReadOnlySpan<char> line)
    {
        if (Tabs) return line.TrimEnd(' ').Count('\t') + 1;
        int count = 0;
        for (int i = 0; i < line.Length; i++) count += !IsBlank(line[i]) && (i == 0 || IsBlank(line[i - 1])) ? 1 : 0;
        return count;
    }

    /// <summary>The place of a column in a row that has it.</summary>
    internal Range Locate(ReadOnlySpan<char> line, int column)
    {
        int start = 0;
        while (true)
        {
            while (!Tabs && start < line.Length && IsBlank(line[start])) start++;
            int length = Tabs ? line[start..].IndexOf('\t') : line[start..].IndexOfAny(' ', '\t');
            int end = length < 0 ? line.Length : start + length;
            if (column-- == 0) return start..end;
            start = Math.Min(end + 1, line.Length);
        }
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private void Look()
    {
        using var file = _path.OpenText();
        string? spaced = null; // the first row, should there be no tab
        int comments = 0;
        for (int i = 0; i < LinesLooked && file.TryReadLine(out ReadOnlySpan<char> line); i++)
        {
            if (Universal && line.StartsWith(GlobalColumns, StringComparison.OrdinalIgnoreCase))
            {
                Names = line[GlobalColumns.Length..].Trim().ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }

            if (line.IsWhiteSpace() || line.StartsWith(DocumentStart)) continue;
            if (line.StartsWith('#') && (Universal || (line.StartsWith("# ") && !line.Contains('\t') && comments == 0)))
            {
                comments++;
                continue;
            }

            if (line.Contains('\t') || Universal)
            {
                Tabs = true;
                ColumnCount = Count(line);
                break;
            }

            spaced ??= line.ToString();
        }

        if (ColumnCount > TableReader.MaximumColumns)
        {
            throw TableReader.TooManyColumns(_path.Path, file.LineNumber, ColumnCount);
        }

        if (ColumnCount == 0)
        {
            ColumnCount = spaced is null
                ? throw new InvalidDataException($"{_path}: there are no rows; a word and its tag a line are expected.")
                : Count(spaced);
        }

        if (Universal)
        {
            Names = Names.Length > 0 ? Names : s_universal;
            ColumnCount = Names.Length;
        }
        else
        {
            Names = ColumnCount switch
            {
                3 => ["word", "pos", "chunk"],
                4 => ["word", "pos", "chunk", "ner"],
                _ => [],
            };
        }
    }

    private int Require(string name)
    {
        int index = Array.IndexOf(Names, name);
        return index >= 0
            ? index
            : throw new InvalidDataException($"{_path}: the global.columns line of the file lacks the column {name}.");
    }

    private int Resolve(string? asked)
    {
        if (asked is null)
        {
            int last = Universal ? Array.IndexOf(Names, "UPOS") : ColumnCount - 1;
            return last > 0 || (Universal && last >= 0)
                ? last
                : throw new InvalidDataException(Universal
                    ? $"{_path}: there is no column UPOS. {List("")} Name the column of the tags with --tag-column (TagColumn)."
                    : $"{_path}: there is only one column; a word and its tag a line are expected, with a tab or a blank "
                    + "between.");
        }

        if (int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number >= 1 && number <= ColumnCount
                ? Other(asked, number - 1)
                : throw new InvalidDataException(
                    $"{_path}: there is no column {asked} for the tags: the rows have {ColumnCount} columns, counted from 1.");
        }

        int index = Array.FindIndex(Names, name => name.Equals(asked, StringComparison.OrdinalIgnoreCase));
        bool last2 = !Universal && index < 0 && asked.ToLowerInvariant() is "tag" or "ner";
        return index >= 0 || last2
            ? Other(asked, last2 ? ColumnCount - 1 : index)
            : throw new InvalidDataException($"{_path}: there is no column \"{asked}\" for the tags. {List(asked)}");
    }

    private int Other(string asked, int index) => index != WordColumn
        ? index
        : throw new InvalidDataException(
            $"{_path}: column {asked} holds the words and cannot be that of the tags too. {List("")}");

    private string List(string asked) => Names.Length > 0
        ? Suggestion.Describe("The columns are", asked, Names)
        : $"The columns have no names: give a number, 2 to {ColumnCount}.";
}
