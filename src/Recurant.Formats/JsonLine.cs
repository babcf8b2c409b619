using System.Text;
using System.Text.Json;

namespace Recurant.Formats;

/// <summary>Takes the text and the label out of lines that each hold one JSON object.</summary>
internal sealed class JsonLine
{
    /// <summary>Deeper objects have no texts of their own.</summary>
    private const int DeepestKey = 8;

    private readonly TextFile _file;
    private readonly string[] _textPath = [];
    private readonly string[] _labelPath = [];
    private readonly bool _acceptsNumbers;
    private byte[] _bytes = new byte[1024];

    /// <summary>Reads objects of which the keys are known.</summary>
    internal JsonLine(TextFile file, JsonLayout layout, bool labelled)
        : this(file)
    {
        TextKey = layout.TextKey;
        LabelKey = labelled ? layout.LabelKey : null;
        _textPath = TextKey.Split('.');
        _acceptsNumbers = layout.IsTextAsked;
        _labelPath = LabelKey?.Split('.') ?? [];
    }

    /// <summary>Reads objects of which nothing is known yet.</summary>
    internal JsonLine(TextFile file)
    {
        _file = file;
        TextKey = "";
    }

    internal string TextKey { get; private init; }

    internal string? LabelKey { get; private init; }

    /// <summary>Whether the second value is a text too, which may be empty.</summary>
    private bool Pairs { get; init; }

    /// <summary>The keys of an object.</summary>
    internal static List<string> KeysOf(TextFile file, ReadOnlySpan<char> line) => new JsonLine(file).Keys(line);

    /// <summary>
    /// Reads the first object of a file of pairs to learn its keys; the source is the text, the target the label.
    /// </summary>
    internal static JsonLine ForPairs(TextFile file, ReadOnlySpan<char> firstLine, PairFormatOptions options)
    {
        List<string> keys = KeysOf(file, firstLine);
        (int Source, int Target)? known = PairNames.Find(keys);
        string? source = options.SourceColumn
            ?? (known is { } a && keys[a.Source] != options.TargetColumn ? keys[a.Source] : null);
        string? target = options.TargetColumn ?? (known is { } b && keys[b.Target] != source ? keys[b.Target] : null);
        if (keys.Count == 2)
        {
            source ??= target is null ? keys[0] : keys.Find(key => key != target);
            target ??= keys.Find(key => key != source);
        }

        foreach ((string? key, string role) in new[] { (source, "source"), (target, "target") })
        {
            if (key is null || !keys.Contains(key))
            {
                string what = key is null
                    ? $"cannot tell which key holds the {role}." : $"there is no key {Suggestion.Quote(key)} for the {role}.";
                throw file.Error(0, $"{what} {Suggestion.Describe("The keys are", key ?? role, keys)}");
            }
        }

        return source != target
            ? new JsonLine(file) { TextKey = source!, LabelKey = target, Pairs = true }
            : throw file.Error(1, $"the source and the target cannot both be {Suggestion.Quote(source!)}.");
    }

    /// <summary>Calls back for each key and its value as a string, also in nested objects; null is an empty one.</summary>
    /// <exception cref="InvalidDataException">The line is no JSON object.</exception>
    internal void ReadAll(ReadOnlySpan<char> line, Action<string, string> found)
    {
        Utf8JsonReader reader = Open(line);
        int count = 0;
        try
        {
            ReadStart(ref reader);
            Walk(ref reader, "", 1);
            ReadEnd(ref reader);
        }
        catch (JsonException exception)
        {
            throw Fault(exception);
        }

        void Walk(ref Utf8JsonReader reader, string before, int depth)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                CheckKeys(++count);
                string key = before + String(reader);
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject && depth < DeepestKey)
                {
                    Walk(ref reader, key + ".", depth + 1);
                }
                else if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    reader.Skip();
                    found(key, "[array]");
                }
                else if (reader.TokenType == JsonTokenType.Null)
                {
                    found(key, "");
                }
                else
                {
                    found(key, Value(reader, key, stringOnly: false));
                }
            }
        }
    }

    /// <summary>The text and the label of an object; the label is null if none is wanted.</summary>
    /// <exception cref="InvalidDataException">The line is no JSON object, or one of its two values is missing.</exception>
    internal (string Text, string? Label) Read(ReadOnlySpan<char> line)
    {
        string? text = null;
        string? label = null;
        Utf8JsonReader reader = Open(line);
        try
        {
            ReadStart(ref reader);
            Walk(ref reader, 0, inText: true, inLabel: LabelKey is not null);
            ReadEnd(ref reader);
        }
        catch (JsonException exception)
        {
            throw Fault(exception);
        }
        catch (InvalidOperationException)
        {
            throw HalfSurrogate(reader);
        }

        if (text is null) throw Missing(TextKey);
        if (LabelKey is not null && (Pairs ? label is null : string.IsNullOrWhiteSpace(label)))
        {
            throw label is null
                ? Missing(LabelKey)
                : _file.Error(1, $"the value of {Suggestion.Quote(LabelKey)} is empty: a label is expected.");
        }

        return (text, label);

        // A key with points may be one key, or the keys of nested objects.
        void Walk(ref Utf8JsonReader reader, int depth, bool inText, bool inLabel)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isText = depth == 0 && reader.ValueTextEquals(TextKey);
                bool isLabel = depth == 0 && LabelKey is not null && reader.ValueTextEquals(LabelKey);
                bool toText = inText && depth < _textPath.Length && reader.ValueTextEquals(_textPath[depth]);
                bool toLabel = inLabel && depth < _labelPath.Length && reader.ValueTextEquals(_labelPath[depth]);
                isText |= toText && depth == _textPath.Length - 1;
                isLabel |= toLabel && depth == _labelPath.Length - 1;
                reader.Read();
                if (isText)
                {
                    text = Value(reader, TextKey, stringOnly: !_acceptsNumbers);
                }
                else if (isLabel)
                {
                    label = Value(reader, LabelKey!, stringOnly: Pairs);
                }
                else if ((toText || toLabel) && reader.TokenType == JsonTokenType.StartObject)
                {
                    Walk(ref reader, depth + 1, toText, toLabel);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
    }

    private void ReadStart(ref Utf8JsonReader reader)
    {
        if (reader.Read() && reader.TokenType != JsonTokenType.StartObject) throw NoObject();
    }

    private static void ReadEnd(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            // anything behind the object is a fault that the reader reports
        }
    }

    private InvalidDataException Missing(string key) =>
        _file.Error(1, $"there is no {Suggestion.Quote(key)} in this object. Every line must have the same keys.");

    private InvalidDataException NoObject() => _file.Error(
        1,
        "expected one JSON object a line, such as {\"text\": \"...\", \"label\": \"...\"}. "
        + "(jq -c '.[]' turns an array into lines.)");

    private string Value(in Utf8JsonReader reader, string key, bool stringOnly)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return String(reader);
            case JsonTokenType.Number when !stringOnly:
                return Encoding.UTF8.GetString(reader.ValueSpan);
            case JsonTokenType.True or JsonTokenType.False when !stringOnly:
                return reader.TokenType == JsonTokenType.True ? "true" : "false";
            default:
                string expected = stringOnly ? "a string" : "a string, a number or a truth value";
                string found = reader.TokenType switch
                {
                    JsonTokenType.StartArray when stringOnly => " Here it is an array: join its parts to one string first.",
                    JsonTokenType.StartArray => " Here it is an array: a text with several labels is not supported.",
                    JsonTokenType.StartObject =>
                        $" Here it is an object: name one of the keys in it, such as {Suggestion.Quote(key + ".KEY")}.",
                    JsonTokenType.Null => " Here it is null: add the value or remove the line.",
                    _ => "",
                };
                throw _file.Error(
                    Column(reader.TokenStartIndex), $"the value of {Suggestion.Quote(key)} must be {expected}.{found}");
        }
    }

    private string String(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw HalfSurrogate(reader);
        }
    }

    private InvalidDataException HalfSurrogate(in Utf8JsonReader reader) =>
        _file.Error(Column(reader.TokenStartIndex), "half of a surrogate pair in a \\u escape: write both halves.");

    private List<string> Keys(ReadOnlySpan<char> line)
    {
        var keys = new List<string>();
        Utf8JsonReader reader = Open(line);
        try
        {
            ReadStart(ref reader);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                CheckKeys(keys.Count + 1);
                keys.Add(String(reader));
                reader.Skip();
            }
        }
        catch (JsonException exception)
        {
            throw Fault(exception);
        }

        return keys;
    }

    private void CheckKeys(int count)
    {
        if (count > TableReader.MaximumColumns)
        {
            throw _file.Error(
                0,
                $"the object has more than {TableReader.MaximumColumns:N0} keys. Keep only those of the text and the label.");
        }
    }

    private Utf8JsonReader Open(ReadOnlySpan<char> line)
    {
        int most = Encoding.UTF8.GetMaxByteCount(line.Length);
        if (_bytes.Length < most) _bytes = new byte[most];
        return new Utf8JsonReader(_bytes.AsSpan(0, Encoding.UTF8.GetBytes(line, _bytes)));
    }

    private InvalidDataException Fault(JsonException exception)
    {
        // The exception's own message ends in a position; ours names it in characters.
        string message = exception.Message;
        int position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return _file.Error(
            Column(exception.BytePositionInLine ?? 0), $"not valid JSON: {(position > 0 ? message[..position] : message)}");
    }

    private int Column(long bytePosition) => Encoding.UTF8.GetCharCount(_bytes.AsSpan(0, (int)bytePosition)) + 1;
}
