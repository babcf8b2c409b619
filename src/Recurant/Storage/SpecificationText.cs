using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Models;

namespace Recurant.Storage;

/// <summary>
/// The specification of a model as one JSON object: the version of the format, the task's name, then every property of its record,
/// as <see cref="SpecificationContext"/> writes them.
/// </summary>
internal static class SpecificationText
{
    /// <summary>The version of the format. Version 1 was never released.</summary>
    private const int Format = 2;

    private const string FormatKey = "format", TaskKey = "task";

    /// <summary>Writes a specification.</summary>
    public static string Write<T>(string task, T spec, JsonTypeInfo<T> type) => JsonMembers.Object(writer =>
    {
        writer.WriteNumber(FormatKey, Format);
        writer.WriteString(TaskKey, task);
        foreach (JsonProperty member in JsonSerializer.SerializeToElement(spec, type).EnumerateObject()) member.WriteTo(writer);
    });

    /// <summary>Reads an object that <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">A property is missing, unknown, of the wrong type or out of range.</exception>
    public static T Read<T>(string json, JsonTypeInfo<T> type)
    {
        using JsonDocument document = Parse(json);
        string members = JsonMembers.Object(writer =>
        {
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.Name is not (FormatKey or TaskKey)) member.WriteTo(writer);
            }
        });
        T spec;
        try
        {
            spec = JsonSerializer.Deserialize(members, type) ?? throw new FormatException("the specification is empty.");
        }
        catch (JsonException fault)
        {
            throw new FormatException(Said(fault), fault);
        }

        // What is missing took its default: all that a specification has must stand in the file.
        using JsonDocument given = JsonDocument.Parse(members);
        RequireAll(JsonSerializer.SerializeToElement(spec, type), given.RootElement, "");
        return spec;
    }

    /// <summary>The task that a specification is of.</summary>
    public static string TaskOf(string json)
    {
        using JsonDocument document = Parse(json);
        return document.RootElement.TryGetProperty(TaskKey, out JsonElement task) && task.ValueKind == JsonValueKind.String
            ? task.GetString()! : throw new FormatException($"the specification lacks \"{TaskKey}\" (a string).");
    }

    private static JsonDocument Parse(string json)
    {
        JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        try
        {
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new FormatException("the specification is not a JSON object.");
            if (!root.TryGetProperty(FormatKey, out JsonElement value) || value.ValueKind != JsonValueKind.Number
                || !value.TryGetInt32(out int format))
            {
                throw new FormatException($"the specification lacks \"{FormatKey}\" (a whole number).");
            }

            if (format == Format) return document;
            throw new FormatException(format < Format
                ? $"the specification has format {format}, that of versions before the first release; this version reads format "
                    + $"{Format}. Train the model again."
                : $"the specification has format {format}, but this version of Recurant reads format {Format}. Use a newer version.");
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private static void RequireAll(JsonElement expected, JsonElement given, string path)
    {
        foreach (JsonProperty member in expected.EnumerateObject())
        {
            if (!given.TryGetProperty(member.Name, out JsonElement value))
            {
                throw new FormatException($"the specification lacks \"{path}{member.Name}\".");
            }

            if (member.Value.ValueKind == JsonValueKind.Object) RequireAll(member.Value, value, $"{path}{member.Name}.");
        }
    }

    /// <summary>What was wrong, in the words of the file instead of those of the classes.</summary>
    private static string Said(JsonException fault)
    {
        string place = fault.Path is { Length: > 2 } path ? path[2..] : "";
        if (fault.InnerException is FormatException choice) return $"\"{place}\": {choice.Message}";
        string[] quoted = fault.Message.Split('\'');
        return fault.Message.Contains("missing required", StringComparison.Ordinal) && quoted.Length > 3
            ? $"the specification lacks \"{quoted[^2]}\"."
            : fault.Message.Contains("could not be mapped", StringComparison.Ordinal) && quoted.Length > 1
                ? $"\"{quoted[1]}\" is not a property of this task's specification."
                : $"\"{place}\" has a value of the wrong kind or out of range.";
    }
}

/// <summary>The JSON of specifications, generated from their records: names in small letters with underscores, choices by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, IgnoreReadOnlyProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(ChoiceConverter<CellKind>), typeof(ChoiceConverter<Activation>), typeof(ChoiceConverter<ElmanForm>),
        typeof(ChoiceConverter<GruReset>), typeof(ChoiceConverter<ModelKind>), typeof(ChoiceConverter<TokenUnit>),
        typeof(ChoiceConverter<Pooling>), typeof(ChoiceConverter<AttentionKind>), typeof(ChoiceConverter<TiedVectors>),
        typeof(ProblemConverter),
    ])]
[JsonSerializable(typeof(ClassifierSpec))]
[JsonSerializable(typeof(TaggerSpec))]
[JsonSerializable(typeof(LanguageModelSpec))]
[JsonSerializable(typeof(TranslatorSpec))]
[JsonSerializable(typeof(CaptionerSpec))]
[JsonSerializable(typeof(SequenceSpec))]
internal sealed partial class SpecificationContext : JsonSerializerContext;

/// <summary>A choice by its name.</summary>
internal sealed class ChoiceConverter<T> : JsonConverter<T> where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException();
        try
        {
            return Choices.Parse<T>(reader.GetString()!);
        }
        catch (FormatException fault)
        {
            throw new JsonException(null, fault);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Choices.NameOf(value));
}

/// <summary>A generated problem by its name: "adding:600".</summary>
internal sealed class ProblemConverter : JsonConverter<SequenceProblem>
{
    public override SequenceProblem Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException();
        string name = reader.GetString()!;
        try
        {
            return SequenceProblem.Parse(name) ?? throw new FormatException($"there is no problem \"{name}\".");
        }
        catch (FormatException fault)
        {
            throw new JsonException(null, fault);
        }
    }

    public override void Write(Utf8JsonWriter writer, SequenceProblem value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
