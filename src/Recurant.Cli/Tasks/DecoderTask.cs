using System.Globalization;
using System.Text.Json;

namespace Recurant.Cli;

/// <summary>What the tasks share whose models write pieces one after another and attend to their source.</summary>
internal static class DecoderTask
{
    /// <summary>The option of the number of hypotheses that are followed.</summary>
    public const string BeamOption = "--beam";

    public static IReadOnlyList<string> DropoutPlaces { get; } = ["input", "layers", "recurrent", "word", "output"];

    public static IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>
    {
        ["bidirectional"] = "the encoder always reads from both ends, and the decoder never does",
    };

    /// <summary>The value of <c>--beam</c>.</summary>
    /// <exception cref="UsageException">It is not a whole number from 1 to 100.</exception>
    public static int Beam(Invocation call) => call.Value(BeamOption) is not { } value ? 5
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int beam) && beam is >= 1 and <= 100 ? beam
        : throw new UsageException($"{BeamOption} is {value}; it must be a whole number from 1 to 100.");

    /// <summary>A column of a share of 100 with two decimals.</summary>
    public static string Two(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    /// <summary>Writes the weights of attention to four decimals, an array a word.</summary>
    public static void WriteAttention(Utf8JsonWriter writer, IReadOnlyList<IReadOnlyList<float>> attention)
    {
        writer.WriteStartArray("attention");
        foreach (IReadOnlyList<float> row in attention)
        {
            writer.WriteStartArray();
            foreach (float weight in row) writer.WriteNumberValue(Math.Round((decimal)weight, 4));
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }
}
