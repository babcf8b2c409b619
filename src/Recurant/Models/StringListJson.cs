using System.Text;
using System.Text.Json;

namespace Recurant.Models;

/// <summary>A list of strings as a JSON array.</summary>
internal static class StringListJson
{
    public static string Write(IReadOnlyList<string> strings)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonText.Options))
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
