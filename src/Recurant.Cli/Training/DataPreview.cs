namespace Recurant.Cli;

/// <summary>Shows the first rows of data as they were understood.</summary>
internal static class DataPreview
{
    private const int Rows = 5, WidestLabel = 16, Indent = 2;

    /// <summary>Writes the first rows: a label and its text, or a pair of texts, each cut to the width of the terminal.</summary>
    public static void Tell(UserTerminal terminal, IEnumerable<(string First, string Second)> rows, bool isPair = false)
    {
        (string First, string Second)[] shown =
            [.. rows.Take(Rows).Select(row => (TextLayout.OneLine(row.First).Trim(), TextLayout.OneLine(row.Second).Trim()))];
        if (shown.Length == 0) return;
        int room = Math.Max(20, terminal.Width - Indent);
        int widest = isPair ? (room - 4) / 2 : WidestLabel;
        int width = Math.Min(widest, shown.Max(row => row.First.Length));
        string between = isPair ? " -> " : "  ";
        foreach ((string first, string second) in shown)
        {
            string start = TextLayout.Shorten(first, width).PadRight(width) + between;
            terminal.Error.WriteLine(
                new string(' ', Indent) + (start + TextLayout.Shorten(second, Math.Max(10, room - start.Length))).TrimEnd());
        }
    }
}
