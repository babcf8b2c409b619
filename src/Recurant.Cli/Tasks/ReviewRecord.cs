using System.Text.Json;

namespace Recurant.Cli;

/// <summary>The parts of a run's record that several tasks have.</summary>
internal static class ReviewRecord
{
    /// <summary>Long texts need not stand whole in a record.</summary>
    private const int LongestText = 400;

    /// <summary>How many words of a sentence stand before and behind the one that is spoken of.</summary>
    private const int WordsAround = 20;

    /// <summary>A text of at most 400 characters.</summary>
    public static string Shorten(string text) => TextLayout.Shorten(text, LongestText);

    /// <summary>Writes a confusion matrix as a member of an object.</summary>
    public static void WriteConfusion(Utf8JsonWriter writer, IReadOnlyList<IReadOnlyList<int>> counts)
    {
        writer.WriteStartArray("confusion");
        foreach (IReadOnlyList<int> row in counts)
        {
            writer.WriteStartArray();
            foreach (int count in row) writer.WriteNumberValue(count);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes a calibration as a member of an object.</summary>
    public static void WriteCalibration(Utf8JsonWriter writer, Calibration calibration) =>
        writer.WriteObject("calibration", members =>
        {
            members.WriteNumber("expected_error", calibration.ExpectedError);
            members.WriteObjects("bins", calibration.Bins, bin => members.Write(
                ("from", bin.From), ("to", bin.To), ("count", bin.Count),
                ("confidence", bin.Count == 0 ? (double?)null : bin.Confidence), ("accuracy", bin.Count == 0 ? (double?)null
                    : bin.Accuracy)));
        });

    /// <summary>Writes the most confident mistakes as members of an object.</summary>
    /// <param name="writer">Stands inside the object.</param>
    /// <param name="count">The number of all mistakes.</param>
    /// <param name="mistakes">The mistakes that are shown.</param>
    /// <param name="parts">The text, the word of it that is spoken of if it is one, the right answer, the given one, and its
    /// probability.</param>
    public static void WriteMistakes<T>(
        Utf8JsonWriter writer, int count, IEnumerable<T> mistakes,
        Func<T, (string Text, string? Word, string Right, string Answered, double Probability)> parts)
    {
        writer.WriteNumber("mistake_count", count);
        writer.WriteObjects("mistakes", mistakes.Select(parts), mistake => writer.Write(
            ("text", mistake.Text), ("word", mistake.Word), ("right", mistake.Right), ("answered", mistake.Answered),
            ("probability", mistake.Probability)));
    }

    /// <summary>A sentence around one of its words, which stands in brackets.</summary>
    public static string Around(IReadOnlyList<string> words, int place)
    {
        int first = Math.Max(0, place - WordsAround), end = Math.Min(words.Count, place + WordsAround + 1);
        IEnumerable<string> shown = Enumerable.Range(first, end - first).Select(i => i == place ? $"[{words[i]}]" : words[i]);
        return (first > 0 ? "... " : "") + string.Join(' ', shown) + (end < words.Count ? " ..." : "");
    }
}
