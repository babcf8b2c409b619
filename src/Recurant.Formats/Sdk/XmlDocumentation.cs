using System.Text;
using System.Xml;

namespace Recurant.Formats;

/// <summary>Takes the English sentences out of an XML documentation file: a paragraph a line, without mark-up.</summary>
internal sealed class XmlDocumentation
{
    private const int FewestLetters = 20;

    private readonly StringBuilder _paragraph = new();

    /// <summary>The paragraphs of a file in their order. Code, headings and those without a few words are left out.</summary>
    /// <exception cref="InvalidDataException">The file is no XML.</exception>
    internal static List<string> Read(string path)
    {
        var documentation = new XmlDocumentation();
        var paragraphs = new List<string>();
        try
        {
            using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            documentation.Read(reader, paragraphs);
        }
        catch (XmlException exception)
        {
            throw new InvalidDataException(
                $"{path}, line {exception.LineNumber}: no XML: {MessageText.Bounded(exception.Message)}", exception);
        }

        return paragraphs;
    }

    private void Read(XmlReader reader, List<string> paragraphs)
    {
        bool inMember = false;
        reader.Read();
        while (!reader.EOF)
        {
            bool skip = false;
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.LocalName == "member":
                    inMember = true;
                    break;
                case XmlNodeType.Element when inMember:
                    skip = Open(reader, paragraphs);
                    break;
                case XmlNodeType.EndElement when IsBlock(reader.LocalName):
                    End(paragraphs);
                    inMember &= reader.LocalName != "member";
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace
                    when inMember:
                    _paragraph.Append(reader.Value);
                    break;
            }

            if (skip)
            {
                reader.Skip();
            }
            else
            {
                reader.Read();
            }
        }
    }

    /// <summary>Begins an element, or writes what it stands for; true if its content is to be passed over.</summary>
    private bool Open(XmlReader reader, List<string> paragraphs)
    {
        string name = reader.LocalName;
        if (IsBlock(name))
        {
            End(paragraphs);
            return name is "code" or "seealso" or "listheader";
        }

        if (reader.IsEmptyElement)
        {
            _paragraph.Append(name switch
            {
                "paramref" or "typeparamref" => reader.GetAttribute("name"),
                "see" or "xref" => reader.GetAttribute("langword")
                    ?? ShortName(reader.GetAttribute("cref") ?? reader.GetAttribute("uid") ?? ""),
                _ => " ",
            });
        }

        return false;
    }

    /// <summary>Everything but the elements that stand inside a sentence.</summary>
    private static bool IsBlock(string name) => name is not ("see" or "xref" or "paramref" or "typeparamref" or "c" or "sup"
        or "sub" or "em" or "strong" or "b" or "i" or "a");

    /// <summary>What a reader of the page sees: "M:System.String.Format(System.Object)" is "String.Format".</summary>
    private static string ShortName(string reference)
    {
        bool isType = reference.StartsWith("T:", StringComparison.Ordinal);
        int end = reference.AsSpan().IndexOfAny('(', '`', '~');
        ReadOnlySpan<char> name = end < 0 ? reference : reference.AsSpan(0, end);
        name = name.Length > 1 && name[1] == ':' ? name[2..] : name;
        int dot = name.LastIndexOf('.');
        if (!isType && dot > 0)
        {
            ReadOnlySpan<char> before = name[..dot];
            if (name[(dot + 1)..].StartsWith('#'))
            {
                return before[(before.LastIndexOf('.') + 1)..].ToString(); // a constructor goes by the name of its type
            }

            dot = before.LastIndexOf('.');
        }

        return name[(dot + 1)..].ToString();
    }

    private void End(List<string> paragraphs)
    {
        int letters = 0;
        int blanks = 0;
        for (int i = 0; i < _paragraph.Length; i++)
        {
            letters += char.IsLetter(_paragraph[i]) ? 1 : 0;
            blanks += char.IsWhiteSpace(_paragraph[i]) ? 1 : 0;
        }

        if (letters >= FewestLetters && blanks > 1)
        {
            paragraphs.Add(string.Join(' ', _paragraph.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        }

        _paragraph.Clear();
    }
}
