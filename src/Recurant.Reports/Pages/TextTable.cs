namespace Recurant.Reports;

/// <summary>A table with a caption, for pages of any width.</summary>
internal sealed class TextTable
{
    private const int ManyRows = 60;

    /// <summary>What it shows.</summary>
    public required string Caption { get; init; }

    /// <summary>The headings of the columns.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The cells. The first of a row is its heading.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Rows { get; init; }

    /// <summary>Columns, from 0, whose cells are words; the others hold numbers and stand to the right. Default: 0.</summary>
    public IReadOnlyList<int> TextColumns { get; init; } = [0];

    /// <summary>
    /// Whether its cells only mean something beside one another: it scrolls where it is too wide, while rows of other tables
    /// become blocks of named values. Default: no.
    /// </summary>
    public bool IsMatrix { get; init; }

    /// <summary>The table of things, a row each. Cells of the first column are words.</summary>
    public static TextTable Of<T>(string caption, IEnumerable<T> items, params IReadOnlyList<Column<T>> columns) => new()
    {
        Caption = caption, Columns = [.. columns.Select(column => column.Heading)],
        TextColumns = [.. Enumerable.Range(0, columns.Count).Where(i => i == 0 || columns[i].IsText)],
        Rows = [.. items.Select(item => (string[])[.. columns.Select(column => column.Cell(item))])],
    };

    /// <summary>Writes the table.</summary>
    public void WriteTo(HtmlWriter to)
    {
        string style = (IsMatrix ? "scroll matrix" : "scroll") + (Rows.Count > ManyRows ? " long" : "");
        to.Open("div", ("class", style), ("role", "region"), ("tabindex", "0"), ("aria-label", Caption));
        to.Open("table").Element("caption", Caption).Open("thead").Open("tr");
        for (int i = 0; i < Columns.Count; i++) to.Element("th", Columns[i], ("scope", "col"), ("class", Class(i)));
        to.Close().Close().Open("tbody");
        foreach (IReadOnlyList<string> row in Rows)
        {
            to.Open("tr");
            for (int i = 0; i < row.Count; i++)
            {
                if (i == 0) to.Element("th", row[i], ("scope", "row"), ("class", Class(i)));
                else to.Element("td", row[i], ("class", Class(i)));
            }

            to.Close();
        }

        to.Close().Close().Close();
    }

    /// <summary>
    /// Writes the table so that it is seen only when asked for; readers of the page's text find it all the same.
    /// </summary>
    public void WriteBehind(HtmlWriter to)
    {
        to.Open("details", ("class", "behind")).Element("summary", "Table: " + Caption);
        WriteTo(to);
        to.Close();
    }

    private string Class(int column) => TextColumns.Contains(column) ? "words" : "number";
}

/// <summary>A column of a table of things.</summary>
/// <param name="Heading">Its heading.</param>
/// <param name="Cell">What it says of a thing.</param>
/// <param name="IsText">Whether that is words; numbers stand to the right.</param>
internal sealed record Column<T>(string Heading, Func<T, string> Cell, bool IsText = false)
{
    /// <summary>A column of numbers.</summary>
    public Column(string heading, Func<T, double> value)
        : this(heading, item => ChartText.Value(value(item)))
    {
    }
}
