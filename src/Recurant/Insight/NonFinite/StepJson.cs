using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recurant.Insight;

/// <summary>What the metadata of a step's file hold, in the order of their members.</summary>
internal sealed record StepJson
{
    public required int Format { get; init; }

    public required NonFiniteReport Report { get; init; }

    public required ulong Step { get; init; }

    public required StepDropout Dropout { get; init; }

    public StepUpdate? Update { get; init; }

    public required float LabelSmoothing { get; init; }

    public required int Samples { get; init; }

    public required bool Recompute { get; init; }

    public required ulong Seed { get; init; }

    public required int Batch { get; init; }

    public required bool HasStates { get; init; }

    public required IReadOnlyList<string> Frozen { get; init; }

    public required IReadOnlyList<int> Texts { get; init; }

    public required IReadOnlyList<int[]> Read { get; init; }

    public required IReadOnlyList<int[]> Answers { get; init; }

    public IReadOnlyList<string>? Words { get; init; }

    public IReadOnlyList<int>? Seen { get; init; }
}

/// <summary>The rates and the key of dropout.</summary>
internal sealed record StepDropout(
    float Word, float Embedding, float Input, float Layers, float Recurrent, float Output, ulong Seed);

/// <summary>The update that a file replays.</summary>
internal sealed record StepUpdate(
    string Optimizer, float LearningRate, float WeightDecay, float Scale, double Beta1Power, double Beta2Power);

/// <summary>Numbers that are not finite are texts in it: "NaN", "Infinity", "-Infinity".</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StepJson))]
internal sealed partial class StepContext : JsonSerializerContext
{
    /// <summary>Texts of any script as they are.</summary>
    public static StepContext Texts => s_texts ??=
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static StepContext? s_texts;
}

/// <summary>A number in single precision, written with the digits that it has in double precision.</summary>
internal sealed class WideSingleConverter : JsonConverter<float>
{
    public override float Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? float.Parse(reader.GetString()!, CultureInfo.InvariantCulture) : (float)reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options)
    {
        if (float.IsFinite(value)) writer.WriteNumberValue((double)value);
        else writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}
