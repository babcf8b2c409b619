using Recurant.Data;

namespace Recurant.Formats;

/// <summary>
/// Columns separated by tabs, a row a line. A quote is an ordinary character, unless a field begins and ends with one and all
/// quotes between are doubled, as programs write that know CSV only.
/// </summary>
internal sealed class TsvTable(DataFile path) : TableReader(path)
{
    private readonly TextFile file = path.OpenText();
    private readonly List<int> ends = []; // where each field of the row ends
    private char[] row = new char[1024];
    private char[] unquoted = [];

    internal override int FieldCount => ends.Count;

    internal override string Advice => "Separate the columns with one tab each, and replace tabs inside a text by spaces.";

    internal override bool Read()
    {
        do
        {
            if (!file.TryReadLine(out ReadOnlySpan<char> line))
            {
                return false;
            }

            if (row.Length < line.Length)
            {
                row = new char[2 * line.Length];
            }

            line.CopyTo(row);
            ends.Clear();
            int start = 0;
            int tab;
            while ((tab = line[start..].IndexOf('\t')) >= 0)
            {
                ends.Add(start + tab);
                start += tab + 1;
            }

            ends.Add(line.Length);
        }
        while (!KeepsBlankLines && ends.Count == 1 && row.AsSpan(0, ends[0]).IsWhiteSpace());

        Line = file.LineNumber;
        return true;
    }

    internal override ReadOnlySpan<char> Field(int index)
    {
        ReadOnlySpan<char> field = row.AsSpan(Start(index), ends[index] - Start(index));
        return field.Length >= 2 && field[0] == '"' && field[^1] == '"' ? Unquote(field) : field;
    }

    internal override InvalidDataException Error(int field, string message) =>
        TextFile.Error(Path, Line, Start(field) + 1, message);

    public override void Dispose() => file.Dispose();

    private int Start(int index) => index == 0 ? 0 : ends[index - 1] + 1;

    private ReadOnlySpan<char> Unquote(ReadOnlySpan<char> field)
    {
        ReadOnlySpan<char> inner = field[1..^1];
        if (!inner.Contains('"'))
        {
            return inner;
        }

        if (unquoted.Length < inner.Length)
        {
            unquoted = new char[2 * inner.Length];
        }

        int length = 0;
        for (int i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '"' && (++i == inner.Length || inner[i] != '"'))
            {
                return field; // a single quote inside: those outside are part of the text as well
            }

            unquoted[length++] = inner[i];
        }

        return unquoted.AsSpan(0, length);
    }
}
