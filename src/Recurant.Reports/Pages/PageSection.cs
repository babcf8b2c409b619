namespace Recurant.Reports;

/// <summary>A part of a page under a heading; what is added to it stands in that order.</summary>
internal sealed class PageSection
{
    private readonly List<Action<HtmlWriter>> _parts = [];

    internal PageSection(string id, string heading)
    {
        (Id, Heading) = (id, heading);
    }

    /// <summary>Its name in the page's address.</summary>
    public string Id { get; }

    /// <summary>Its heading.</summary>
    public string Heading { get; }

    /// <summary>A paragraph.</summary>
    public void Text(string text) => Add(to => to.Element("p", text));

    /// <summary>A paragraph that stands out: a verdict, a warning.</summary>
    public void Note(string text) => Add(to => to.Element("p", text, ("class", "note")));

    /// <summary>A heading inside the section.</summary>
    public void Heading3(string text) => Add(to => to.Element("h3", text));

    /// <summary>Text of fixed width in its own lines: commands, equations.</summary>
    public void Code(string text) => Add(to => to.Open("pre", ("tabindex", "0")).Element("code", text).Close());

    /// <summary>Names and what they stand for.</summary>
    public void Facts(IEnumerable<(string Name, string Value)> facts) => Add(to =>
    {
        to.Open("dl");
        foreach ((string name, string value) in facts) to.Open("div").Element("dt", name).Element("dd", value).Close();

        to.Close();
    });

    /// <summary>A table.</summary>
    public void Table(TextTable table) => Add(table.WriteTo);

    /// <summary>A table of things, a row each.</summary>
    public void Table<T>(string caption, IEnumerable<T> items, params IReadOnlyList<Column<T>> columns) =>
        Table(TextTable.Of(caption, items, columns));

    /// <summary>A picture, with the table behind it.</summary>
    public void Chart(IChart chart) => Add(chart.WriteTo);

    /// <summary>Pictures beside one another where the page is wide enough.</summary>
    public void Charts(params IReadOnlyList<IChart> charts) => Add(to =>
    {
        to.Open("div", ("class", "pair"));
        foreach (IChart chart in charts) chart.WriteTo(to);
        to.Close();
    });

    /// <summary>Anything else.</summary>
    public void Add(Action<HtmlWriter> write) => _parts.Add(write);

    internal void WriteTo(HtmlWriter to)
    {
        to.Open("section", ("id", Id), ("aria-labelledby", Id + "-heading"));
        to.Element("h2", Heading, ("id", Id + "-heading"));
        foreach (Action<HtmlWriter> part in _parts) part(to);
        to.Close();
    }
}

/// <summary>A picture with the table behind it.</summary>
internal interface IChart
{
    /// <summary>Writes both.</summary>
    void WriteTo(HtmlWriter to);
}
