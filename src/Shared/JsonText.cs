using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace System;

/// <summary>
/// Writes JSON: objects of one line, lists as members of an object, null for a number that is not finite. In a namespace of .NET,
/// since it belongs to no room of the library and all use it.
/// </summary>
internal static class JsonText
{
    /// <summary>The escaping meant for web pages would make texts in other scripts unreadable.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object whose members the action writes.</summary>
    public static string Object(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Members that are texts, numbers or truth values, in their order; one that is null is left out.</summary>
    public static void Write(this Utf8JsonWriter writer, params ReadOnlySpan<(string Name, JsonValue Value)> members)
    {
        foreach ((string name, JsonValue value) in members) value.WriteTo(writer, name);
    }

    /// <summary>A member that is an object itself.</summary>
    public static void WriteObject(this Utf8JsonWriter writer, string name, Action<Utf8JsonWriter> members)
    {
        writer.WriteStartObject(name);
        members(writer);
        writer.WriteEndObject();
    }

    /// <summary>A member that is a list of objects, whose members the action writes.</summary>
    public static void WriteObjects<T>(this Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> members)
    {
        writer.WriteStartArray(name);
        foreach (T item in items)
        {
            writer.WriteStartObject();
            members(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>A member that is a list of strings.</summary>
    public static void WriteStrings(this Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    /// <summary>A member that is a list of numbers, null where they are not finite.</summary>
    public static void WriteNumbers(this Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values) writer.WriteFiniteValue(value);
        writer.WriteEndArray();
    }

    /// <summary>A member that is a number; null where it is not finite, since JSON has no infinity.</summary>
    public static void WriteFinite(this Utf8JsonWriter writer, string name, double value)
    {
        writer.WritePropertyName(name);
        writer.WriteFiniteValue(value);
    }

    /// <summary>A number in a list; null where it is not finite.</summary>
    public static void WriteFiniteValue(this Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }
}

/// <summary>The value of a member: a text, a number or a truth value; null for no member.</summary>
internal readonly struct JsonValue
{
    private readonly object? _value;

    private JsonValue(object? value) => _value = value;

    public static implicit operator JsonValue(string? value) => new(value);

    public static implicit operator JsonValue(bool value) => new(value);

    public static implicit operator JsonValue(int value) => new((long)value);

    public static implicit operator JsonValue(int? value) => new((long?)value);

    public static implicit operator JsonValue(long value) => new(value);

    public static implicit operator JsonValue(float value) => new(value);

    public static implicit operator JsonValue(double value) => new(value);

    public static implicit operator JsonValue(double? value) => new(value);

    public void WriteTo(Utf8JsonWriter writer, string name)
    {
        switch (_value)
        {
            case string text: writer.WriteString(name, text); break;
            case bool flag: writer.WriteBoolean(name, flag); break;
            case long whole: writer.WriteNumber(name, whole); break;
            case float single when float.IsFinite(single): writer.WriteNumber(name, single); break;
            case float: writer.WriteNull(name); break;
            case double number: writer.WriteFinite(name, number); break;
        }
    }
}
