using System.Globalization;
using System.Text;

namespace Recurant.Reports;

/// <summary>
/// Writes HTML and SVG elements. Every text and every attribute's value is escaped, so that nothing read from data can become
/// part of the page's structure; names of elements and attributes are constants of the code.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element with its attributes.</summary>
    public HtmlWriter Open(string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Tag(element, attributes);
        _open.Push(element);
        return this;
    }

    /// <summary>Closes the element that was opened last.</summary>
    public HtmlWriter Close()
    {
        _text.Append("</").Append(_open.Pop()).Append(">\n");
        return this;
    }

    /// <summary>Writes text into the open element.</summary>
    public HtmlWriter Text(string text)
    {
        Escape(text);
        return this;
    }

    /// <summary>An element with nothing but text in it.</summary>
    public HtmlWriter Element(string element, string text, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Tag(element, attributes);
        Escape(text);
        _text.Append("</").Append(element).Append(">\n");
        return this;
    }

    /// <summary>An element without content that is not closed, such as <c>meta</c>.</summary>
    public HtmlWriter Void(string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Tag(element, attributes);
        return this;
    }

    /// <summary>Text as it is: the page's own styles and scripts, and nothing that was read from anywhere.</summary>
    internal HtmlWriter Trusted(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _open.Count == 0
        ? _text.ToString()
        : throw new InvalidOperationException($"<{_open.Peek()}> is still open.");

    private void Tag(string element, ReadOnlySpan<(string Name, string Value)> attributes)
    {
        _text.Append('<').Append(element);
        foreach ((string name, string value) in attributes)
        {
            _text.Append(' ').Append(name).Append("=\"");
            Escape(value);
            _text.Append('"');
        }

        _text.Append('>');
    }

    private void Escape(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '<': _text.Append("&lt;"); break;
                case '>': _text.Append("&gt;"); break;
                case '&': _text.Append("&amp;"); break;
                case '"': _text.Append("&quot;"); break;
                case '\'': _text.Append("&#39;"); break;
                case '\n' or '\t': _text.Append(c); break;
                case '\r': _text.Append("&#13;"); break;
                case var control when char.IsControl(control): _text.Append('\uFFFD'); break;
                case var high when char.IsHighSurrogate(high) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]):
                    _text.Append(high).Append(text[++i]);
                    break;
                case var half when char.IsSurrogate(half): _text.Append('\uFFFD'); break;
                default: _text.Append(c); break;
            }
        }
    }

    /// <summary>A number as attributes of SVG and CSS take it, with three decimals at most.</summary>
    public static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
