using System.Text;
using System.Text.Json;
using Recurant.Models;

namespace Recurant.Storage;

/// <summary>
/// A classifier's specification as JSON, written and read property by property (no reflection, nothing executable).
/// </summary>
internal static class SpecificationJson
{
    /// <summary>The version of the format; a reader refuses newer ones.</summary>
    private const int Format = 1;

    public static string Write(ClassifierSpec spec)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("task", "classification");
            writer.WriteString("model", Name(spec.Model));
            writer.WriteString("unit", Name(spec.Unit));
            writer.WriteBoolean("lowercase", spec.Lowercase);
            writer.WriteNumber("vocabulary_size", spec.VocabularySize);
            writer.WriteNumber("classes", spec.Classes);
            writer.WriteNumber("embedding_size", spec.EmbeddingSize);
            writer.WriteString("cell", Name(spec.Cell));
            writer.WriteString("activation", Name(spec.Activation));
            writer.WriteString("form", Name(spec.Form));
            writer.WriteString("gru_reset", Name(spec.GruReset));
            writer.WriteNumber("hidden_size", spec.HiddenSize);
            writer.WriteNumber("layers", spec.Layers);
            writer.WriteBoolean("bidirectional", spec.Bidirectional);
            writer.WriteString("pooling", Name(spec.Pooling));
            writer.WriteNumber("forget_bias", spec.ForgetBias);
            writer.WriteNumber("maximum_tokens", spec.MaximumTokens);
            writer.WriteNumber("direct_buckets", spec.DirectBuckets);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">A property is missing, of the wrong type or out of range.</exception>
    public static ClassifierSpec Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new FormatException("the specification is not a JSON object.");
        int format = Number(root, "format");
        if (format != Format)
        {
            throw new FormatException(
                $"the specification has format {format}, but this version of Recurant reads format {Format}.");
        }

        string task = Text(root, "task");
        if (task != "classification") throw new FormatException($"the task \"{task}\" is not known to this version of Recurant.");
        return new ClassifierSpec
        {
            Model = Choice<ModelKind>(root, "model"),
            Unit = Choice<Data.TokenUnit>(root, "unit"),
            Lowercase = Flag(root, "lowercase"),
            VocabularySize = Number(root, "vocabulary_size"),
            Classes = Number(root, "classes"),
            EmbeddingSize = Number(root, "embedding_size"),
            Cell = Choice<Cells.CellKind>(root, "cell"),
            Activation = Choice<Cells.Activation>(root, "activation"),
            Form = Choice<Cells.ElmanForm>(root, "form"),
            GruReset = Choice<Cells.GruReset>(root, "gru_reset"),
            HiddenSize = Number(root, "hidden_size"),
            Layers = Number(root, "layers"),
            Bidirectional = Flag(root, "bidirectional"),
            Pooling = Choice<Layers.Pooling>(root, "pooling"),
            ForgetBias = Real(root, "forget_bias"),
            MaximumTokens = Number(root, "maximum_tokens"),
            DirectBuckets = Number(root, "direct_buckets"),
        };
    }

    /// <summary>Names of choices in files are small letters with a hyphen before an inner capital: "bag-of-words".</summary>
    private static string Name<T>(T value) where T : struct, Enum
    {
        string name = value.ToString();
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i])) text.Append('-');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private static T Choice<T>(JsonElement root, string property) where T : struct, Enum
    {
        string text = Text(root, property);
        foreach (T value in Enum.GetValues<T>())
        {
            if (Name(value) == text) return value;
        }

        throw new FormatException(
            $"\"{property}\" is \"{text}\"; expected one of {string.Join(", ", Enum.GetValues<T>().Select(Name))}.");
    }

    private static JsonElement Property(JsonElement root, string property, string kind) =>
        root.TryGetProperty(property, out JsonElement value)
            ? value
            : throw new FormatException($"the specification lacks \"{property}\" ({kind}).");

    private static string Text(JsonElement root, string property)
    {
        JsonElement value = Property(root, property, "a string");
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"\"{property}\" is {value.GetRawText()}; expected a string.");
    }

    private static int Number(JsonElement root, string property)
    {
        JsonElement value = Property(root, property, "a whole number");
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw new FormatException($"\"{property}\" is {value.GetRawText()}; expected a whole number.");
    }

    private static float Real(JsonElement root, string property)
    {
        JsonElement value = Property(root, property, "a number");
        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && float.IsFinite(number)
            ? number
            : throw new FormatException($"\"{property}\" is {value.GetRawText()}; expected a number.");
    }

    private static bool Flag(JsonElement root, string property)
    {
        JsonElement value = Property(root, property, "true or false");
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new FormatException($"\"{property}\" is {value.GetRawText()}; expected true or false.");
    }
}

/// <summary>A list of strings as a JSON array.</summary>
internal static class StringListJson
{
    public static string Write(IReadOnlyList<string> strings)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(
            stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (string text in strings) writer.WriteStringValue(text);
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">Not an array of strings.</exception>
    public static List<string> Read(string json)
    {
        var strings = new List<string>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) throw new FormatException("it is not a JSON array.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String) throw new FormatException($"element {strings.Count} is not a string.");
            strings.Add(reader.GetString()!);
        }

        reader.Read(); // Anything but blanks behind the array throws.

        return strings;
    }
}
