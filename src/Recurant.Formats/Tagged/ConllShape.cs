namespace Recurant.Formats;

/// <summary>Tells CoNLL columns from other text: short rows of equal width, in groups with blank lines between.</summary>
internal static class ConllShape
{
    private const int FewestRows = 4;

    /// <summary>The format, or null if the lines are something else.</summary>
    /// <param name="extension">Of the file's name, in lower case.</param>
    /// <param name="lines">The first lines; where blank ones stand, one empty string.</param>
    internal static string? Find(string extension, List<string> lines)
    {
        if (extension is ".conllu" or ".conllup") return FormatName.ConllU;
        if (IsUniversal(lines)) return FormatName.ConllU;
        return IsName(extension) || IsColumns(lines) ? FormatName.Conll : null;
    }

    /// <summary>Whether files of CoNLL columns are called so.</summary>
    internal static bool IsName(string extension) => extension is
        ".conll" or ".conll2000" or ".conll2002" or ".conll2003" or ".iob" or ".iob2" or ".bio" or ".bioes";

    /// <summary>
    /// Rows of ten columns whose first counts the words of each sentence from 1, and a comment or a blank line.
    /// </summary>
    private static bool IsUniversal(List<string> lines)
    {
        int next = 1;
        bool divided = false;
        bool rows = false;
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i];
            if (line.Length == 0 || line[0] == '#')
            {
                divided |= line.Length > 0 || i < lines.Count - 1;
                next = line.Length == 0 ? 1 : next;
                continue;
            }

            ReadOnlySpan<char> row = line;
            int digits = row.IndexOfAnyExceptInRange('0', '9');
            if (digits < 1 || row.Count('\t') != 9 || !int.TryParse(row[..digits], out int number)) return false;
            bool empty = row[digits] == '.';
            if (number != (empty ? next - 1 : next)) return false;
            next += row[digits] == '\t' ? 1 : 0; // a range such as 3-4 stands before its words
            rows = true;
        }

        return rows && divided;
    }

    /// <summary>
    /// Rows of as many fields each, at least two, in at least two groups; where tabs separate, no field holds a blank, which
    /// tells a word and its tag from a label and its text, and where blanks do, half of the last fields come again.
    /// </summary>
    private static bool IsColumns(List<string> lines)
    {
        int width = 0;
        int rows = 0;
        int groups = 1;
        int twice = 0;
        bool anyTab = false;
        var tags = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i];
            if (line.Length == 0)
            {
                groups += rows > 0 && i < lines.Count - 1 ? 1 : 0;
                continue;
            }

            if (line.StartsWith(ConllLayout.DocumentStart, StringComparison.Ordinal)) return true;
            if (line.StartsWith("# ", StringComparison.Ordinal) && !line.Contains('\t')) continue;
            bool tabs = line.Contains('\t');
            char separator = tabs ? '\t' : ' ';
            if (line.AsSpan().Count(separator) > TableReader.MaximumColumns) return false;
            string[] fields = line.Trim(' ').Split(separator);
            width = width == 0 ? fields.Length : width;
            if (width < 2 || fields.Length != width || Array.Exists(fields, field => field.Length == 0 || field.Contains(' ')))
            {
                return false;
            }

            anyTab |= tabs;
            twice += tags.Add(fields[^1]) ? 0 : 1;
            rows++;
        }

        return groups > 1 && rows >= FewestRows && (anyTab ? twice > 0 : 2 * twice >= rows);
    }
}
