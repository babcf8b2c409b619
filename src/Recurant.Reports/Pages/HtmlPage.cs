using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recurant.Reports;

/// <summary>
/// A page that is one file: its styles, scripts, pictures and data stand inside it, and its security policy forbids it every
/// request and every script but its own. Light and dark as the reader's system is.
/// </summary>
internal sealed class HtmlPage
{
    private const int SectionsWithContents = 4;

    private readonly string _title, _subtitle;
    private readonly List<PageSection> _sections = [];
    private readonly List<string> _styles = [Asset.Read("page.css")], _scripts = [Asset.Read("page.js")];
    private readonly List<(string Id, string Json)> _data = [];

    /// <param name="title">The page's title and first heading.</param>
    /// <param name="subtitle">What stands under it; empty for nothing.</param>
    public HtmlPage(string title, string subtitle = "")
    {
        (_title, _subtitle) = (title, subtitle);
    }

    /// <summary>Adds a section at the end.</summary>
    /// <param name="id">Its name in the page's address, of lower-case letters and hyphens.</param>
    /// <param name="heading">Its heading.</param>
    public PageSection Section(string id, string heading)
    {
        var section = new PageSection(id, heading);
        _sections.Add(section);
        return section;
    }

    /// <summary>Adds a style sheet after the common one: the text of an asset.</summary>
    public void AddStyle(string css) => _styles.Add(css);

    /// <summary>Adds a script that runs after the common one, when the page is complete: the text of an asset.</summary>
    public void AddScript(string script) => _scripts.Add(script);

    /// <summary>
    /// Adds data for a script: it finds them with <c>JSON.parse(document.getElementById(id).textContent)</c>.
    /// </summary>
    /// <param name="id">The id of the element that holds them.</param>
    /// <param name="write">Writes one JSON value.</param>
    public void AddData(string id, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        // The default encoder escapes <, > and & (as \u003C ...), so that no text can end the element.
        using (var writer = new Utf8JsonWriter(stream)) write(writer);
        _data.Add((id, Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length)));
    }

    /// <summary>The whole page.</summary>
    public override string ToString()
    {
        var to = new HtmlWriter();
        to.Trusted("<!DOCTYPE html>\n").Open("html", ("lang", "en"));
        WriteHead(to);
        to.Open("body");
        to.Element("a", "Skip to the content", ("class", "skip"), ("href", "#content"));
        to.Open("header");
        to.Element("h1", _title);
        if (_subtitle.Length > 0) to.Element("p", _subtitle, ("class", "subtitle"));
        if (_sections.Count >= SectionsWithContents) WriteContents(to);
        to.Close();
        to.Open("main", ("id", "content"));
        foreach (PageSection section in _sections) section.WriteTo(to);
        to.Close();
        string version = typeof(HtmlPage).Assembly.GetName().Version?.ToString(3) ?? "";
        to.Element("footer", $"Made by Recurant {version}. This page is self-contained and needs no network connection.");
        foreach ((string id, string json) in _data)
        {
            to.Open("script", ("type", "application/json"), ("id", id)).Trusted(json).Close();
        }

        foreach (string script in _scripts) to.Open("script").Trusted(script).Close();
        to.Close().Close();
        return to.ToString();
    }

    private void WriteHead(HtmlWriter to)
    {
        string hashes = string.Join(' ', _scripts.Select(
            script => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'"));
        to.Open("head");
        to.Void("meta", ("charset", "utf-8"));
        to.Void("meta", ("http-equiv", "Content-Security-Policy"), ("content",
            $"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {hashes}; base-uri 'none'; form-action "
                + $"'none'"));
        to.Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        to.Void("meta", ("name", "color-scheme"), ("content", "light dark"));
        to.Element("title", _title);
        // Without it browsers that read the page from a server would ask that server for an icon.
        to.Void("link", ("rel", "icon"), ("href", "data:,"));
        foreach (string style in _styles) to.Open("style").Trusted(style).Close();
        to.Close();
    }

    private void WriteContents(HtmlWriter to)
    {
        to.Open("nav", ("aria-label", "Contents")).Open("ul");
        foreach (PageSection section in _sections)
        {
            to.Open("li").Element("a", section.Heading, ("href", "#" + section.Id)).Close();
        }

        to.Close().Close();
    }
}
