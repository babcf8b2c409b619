using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>
/// What a classifier says of a text. Its JSON is
/// <c>{"label":"negative","probability":0.98,"probabilities":{"negative":0.98,"positive":0.02}}</c>, whatever the options of the
/// serializer say of names.
/// </summary>
public sealed record Prediction
{
    /// <summary>The most probable label.</summary>
    [JsonPropertyName("label")]
    public required string Label { get; init; }

    /// <summary>Its probability, 0 to 1.</summary>
    [JsonPropertyName("probability")]
    public required float Probability { get; init; }

    /// <summary>Every label with its probability, in the order of the model's labels; they add up to 1.</summary>
    [JsonPropertyName("probabilities")]
    [JsonConverter(typeof(ProbabilitiesConverter))]
    public required IReadOnlyList<KeyValuePair<string, float>> Probabilities { get; init; }

    /// <summary>The probability of one label, 0 to 1.</summary>
    /// <exception cref="ArgumentException">The model does not know the label.</exception>
    public float ProbabilityOf(string label)
    {
        foreach ((string known, float probability) in Probabilities)
        {
            if (known == label) return probability;
        }

        throw new ArgumentException(
            $"The model does not know the label \"{label}\"; it knows "
            + $"{string.Join(", ", Probabilities.Select(known => $"\"{known.Key}\""))}.", nameof(label));
    }

    /// <summary>For example "negative 0.98".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Label} {Probability:0.00}");
}

/// <summary>Labels and their probabilities as one JSON object, in the order of the labels.</summary>
internal sealed class ProbabilitiesConverter : JsonConverter<IReadOnlyList<KeyValuePair<string, float>>>
{
    public override IReadOnlyList<KeyValuePair<string, float>> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("Expected an object of labels and probabilities.");
        }

        var probabilities = new List<KeyValuePair<string, float>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string label = reader.GetString()!;
            reader.Read();
            probabilities.Add(KeyValuePair.Create(label, reader.GetSingle()));
        }

        return probabilities;
    }

    public override void Write(
        Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, float>> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach ((string label, float probability) in value) writer.WriteNumber(label, probability);
        writer.WriteEndObject();
    }
}
