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
            members.WriteObjects("bins", calibration.Bins, bin =>
            {
                members.WriteNumber("from", bin.From);
                members.WriteNumber("to", bin.To);
                members.WriteNumber("count", bin.Count);
                if (bin.Count == 0) return;
                members.WriteNumber("confidence", bin.Confidence);
                members.WriteNumber("accuracy", bin.Accuracy);
            });
        });

    /// <summary>A sentence around one of its words, which stands in brackets.</summary>
    public static string Around(IReadOnlyList<string> words, int place)
    {
        int first = Math.Max(0, place - WordsAround), end = Math.Min(words.Count, place + WordsAround + 1);
        IEnumerable<string> shown = Enumerable.Range(first, end - first).Select(i => i == place ? $"[{words[i]}]" : words[i]);
        return (first > 0 ? "... " : "") + string.Join(' ', shown) + (end < words.Count ? " ..." : "");
    }
}
