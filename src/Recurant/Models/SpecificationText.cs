using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Recurant.Models;

/// <summary>
/// The specification of a model as one JSON object: the version of the format, the task's name, then every property of its
/// record, as <see cref="SpecificationContext"/> writes them.
/// </summary>
internal static class SpecificationText
{
    /// <summary>The version of the format. Version 1 was never released.</summary>
    private const int Format = 2;

    private const string FormatKey = "format", TaskKey = "task";

    /// <summary>Writes a specification.</summary>
    public static string Write<T>(string task, T spec, JsonTypeInfo<T> type) => JsonText.Object(writer =>
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
        string members = JsonText.Object(writer =>
        {
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.Name is not (FormatKey or TaskKey)) member.WriteTo(writer);
            }
        });
        using JsonDocument given = JsonDocument.Parse(members);
        T spec;
        try
        {
            spec = JsonSerializer.Deserialize(members, type) ?? throw new FormatException("the specification is empty.");
        }
        catch (JsonException fault)
        {
            throw new FormatException(Said(fault, given.RootElement, type), fault);
        }

        // What is missing took its default: all that a specification has must stand in the file.
        RequireAll(JsonSerializer.SerializeToElement(spec, type), given.RootElement, "");
        return spec;
    }

    /// <summary>The task that a specification is of.</summary>
    public static string TaskOf(string json)
    {
        using JsonDocument document = Parse(json);
        if (!document.RootElement.TryGetProperty(TaskKey, out JsonElement task)) throw Lacks(TaskKey, "a string");
        return task.ValueKind == JsonValueKind.String ? task.GetString()! : throw Expected(TaskKey, task, "a string");
    }

    private static FormatException Lacks(string name, string kind) => new($"the specification lacks \"{name}\" ({kind}).");

    private static FormatException Expected(string name, JsonElement value, string kind) =>
        new($"\"{name}\" is {value.GetRawText()}; expected {kind}.");

    private static JsonDocument Parse(string json)
    {
        JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        try
        {
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new FormatException("the specification is not a JSON object.");
            if (!root.TryGetProperty(FormatKey, out JsonElement value)) throw Lacks(FormatKey, "a whole number");
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int format))
            {
                throw Expected(FormatKey, value, "a whole number");
            }

            if (format == Format) return document;
            throw new FormatException(format < Format
                ? $"the specification has format {format}, that of versions before the first release; this version reads format "
                    + $"{Format}. Train the model again."
                : $"the specification has format {format}, but this version of Recurant reads format {Format}. Use a newer "
                + $"version.");
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
    private static string Said(JsonException fault, JsonElement root, JsonTypeInfo type)
    {
        string[] quoted = fault.Message.Split('\'');
        if (fault.Message.Contains("missing required", StringComparison.Ordinal) && quoted.Length > 3)
        {
            return $"the specification lacks \"{quoted[3]}\".";
        }

        if (fault.Message.Contains("could not be mapped", StringComparison.Ordinal) && quoted.Length > 1)
        {
            return $"\"{quoted[1]}\" is not a property of this task's specification.";
        }

        string place = fault.Path is { Length: > 2 } path ? path[2..] : "";
        Type? expected = type.Type;
        JsonElement value = root;
        foreach (string name in place.Split('.', '['))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value)) break;
            if (expected != type.Type) type = type.Options.GetTypeInfo(expected!);
            expected = type.Properties.FirstOrDefault(property => property.Name == name)?.PropertyType;
        }

        if (fault.InnerException is ExpectationException told) return $"\"{place}\" is {value.GetRawText()}; {told.Message}";
        string kind = expected == typeof(int) ? "a whole number" : expected == typeof(float) ? "a number"
            : expected == typeof(bool) ? "true or false" : "an object";
        return $"\"{place}\" is {value.GetRawText()}; expected {kind}.";
    }
}

/// <summary>
/// The JSON of specifications, generated from their records: names in small letters with underscores, choices by name.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, IgnoreReadOnlyProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(ChoiceConverter<CellKind>), typeof(ChoiceConverter<Activation>), typeof(ChoiceConverter<ElmanForm>),
        typeof(ChoiceConverter<GruReset>), typeof(ChoiceConverter<ModelKind>), typeof(ChoiceConverter<TokenUnit>),
        typeof(ChoiceConverter<Pooling>), typeof(ChoiceConverter<AttentionKind>), typeof(ChoiceConverter<TiedVectors>),
        typeof(ChoiceConverter<ColumnRole>), typeof(ChoiceConverter<TimeUnit>), typeof(ChoiceConverter<WindowCentre>),
        typeof(ChoiceConverter<SeriesAnswer>), typeof(ChoiceConverter<ForecastDistribution>),
        typeof(ChoiceConverter<SoundConvention>), typeof(ChoiceConverter<SoundFeatureKind>),
        typeof(ChoiceConverter<FrameWindow>), typeof(ChoiceConverter<FramePadding>), typeof(ChoiceConverter<MelScale>),
        typeof(ChoiceConverter<ZerothCoefficient>), typeof(ChoiceConverter<ClipNormalisation>),
        typeof(ProblemConverter), typeof(FiniteConverter),
    ])]
[JsonSerializable(typeof(ClassifierSpec))]
[JsonSerializable(typeof(TaggerSpec))]
[JsonSerializable(typeof(LanguageModelSpec))]
[JsonSerializable(typeof(TranslatorSpec))]
[JsonSerializable(typeof(CaptionerSpec))]
[JsonSerializable(typeof(SequenceSpec))]
[JsonSerializable(typeof(ForecasterSpec))]
[JsonSerializable(typeof(SeriesSpec))]
[JsonSerializable(typeof(NotesSpec))]
[JsonSerializable(typeof(SpeechSpec))]
internal sealed partial class SpecificationContext : JsonSerializerContext;

/// <summary>What was expected of a value, in our words: the reader of JSON has format exceptions of its own.</summary>
internal sealed class ExpectationException(string expected) : FormatException(expected);

/// <summary>A choice by its name.</summary>
internal sealed class ChoiceConverter<T> : JsonConverter<T> where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && Choices.TryParse(reader.GetString(), out T value)) return value;
        string names = string.Join(", ", Choices.Of<T>().Select(choice => choice.Name));
        throw new JsonException(null, new ExpectationException($"expected one of {names}."));
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Choices.NameOf(value));
}

/// <summary>A generated problem by its name: "adding:600".</summary>
internal sealed class ProblemConverter : JsonConverter<SequenceProblem>
{
    public override SequenceProblem Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        try
        {
            if (reader.TokenType != JsonTokenType.String) throw new FormatException("expected a problem such as \"adding:600\".");
            string name = reader.GetString()!;
            return SequenceProblem.Parse(name) ?? throw new FormatException("there is no such problem.");
        }
        catch (FormatException fault)
        {
            throw new JsonException(null, new ExpectationException(fault.Message));
        }
    }

    public override void Write(Utf8JsonWriter writer, SequenceProblem value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>A number that is finite as a float.</summary>
internal sealed class FiniteConverter : JsonConverter<float>
{
    public override float Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out float value) && float.IsFinite(value)
            ? value : throw new JsonException(null, new ExpectationException("expected a number."));

    public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value);
}
