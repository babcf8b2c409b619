using System.Text;
using System.Text.Json;

namespace Recurant.Storage;

/// <summary>
/// What the specifications of all tasks have in common: one JSON object with the version of the format and the task's name, read
/// and written property by property (no reflection, nothing executable).
/// </summary>
internal static class SpecificationText
{
    /// <summary>The version of the format; a reader refuses newer ones.</summary>
    private const int Format = 1;

    /// <summary>Writes an object that begins with format and task.</summary>
    public static string Write(string task, Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("task", task);
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Reads an object that <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">A property is missing, of the wrong type or out of range.</exception>
    public static T Read<T>(string json, Func<JsonElement, T> read)
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

        return read(root);
    }

    /// <summary>The task that a specification is of.</summary>
    public static string TaskOf(string json) => Read(json, root => Text(root, "task"));

    /// <summary>Names of choices in files are small letters with a hyphen before an inner capital: "bag-of-words".</summary>
    public static string Name<T>(T value) where T : struct, Enum
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

    public static T Choice<T>(JsonElement root, string property) where T : struct, Enum
    {
        string text = Text(root, property);
        foreach (T value in Enum.GetValues<T>())
        {
            if (Name(value) == text) return value;
        }

        throw new FormatException(
            $"\"{property}\" is \"{text}\"; expected one of {string.Join(", ", Enum.GetValues<T>().Select(Name))}.");
    }

    public static JsonElement Property(JsonElement root, string property, string kind) =>
        root.TryGetProperty(property, out JsonElement value)
            ? value
            : throw new FormatException($"the specification lacks \"{property}\" ({kind}).");

    public static string Text(JsonElement root, string property)
    {
        JsonElement value = Property(root, property, "a string");
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"\"{property}\" is {value.GetRawText()}; expected a string.");
    }

    public static int Number(JsonElement root, string property)
    {
        JsonElement value = Property(root, property, "a whole number");
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw new FormatException($"\"{property}\" is {value.GetRawText()}; expected a whole number.");
    }

    public static float Real(JsonElement root, string property)
    {
        JsonElement value = Property(root, property, "a number");
        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && float.IsFinite(number)
            ? number
            : throw new FormatException($"\"{property}\" is {value.GetRawText()}; expected a number.");
    }

    public static bool Flag(JsonElement root, string property)
    {
        JsonElement value = Property(root, property, "true or false");
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new FormatException($"\"{property}\" is {value.GetRawText()}; expected true or false.");
    }
}
