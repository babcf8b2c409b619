using System.Text.Json;
using Recurant.Models;

namespace Recurant.Cli;

/// <summary>The scores of a tagger as tables and as JSON.</summary>
internal static class TaggerReport
{
    /// <summary>The headings of a row of scores.</summary>
    public static IReadOnlyList<string> Headings(bool hasSpans) =>
    [
        "sentences", "words", "loss", "accuracy", "unknown words", "their accuracy", .. hasSpans ? new[] { "span F1" } : [],
    ];

    /// <summary>A row of scores; what has no loss has a hyphen there.</summary>
    public static IReadOnlyList<string> Cells(TaggerEvaluation score) =>
    [
        Numbers.Count(score.Sentences), Numbers.Count(score.Words), score.Loss > 0 ? Numbers.Loss(score.Loss) : "-",
        Numbers.Four(score.Accuracy), Numbers.Count(score.UnknownWords), Numbers.Four(score.UnknownAccuracy),
        .. score.Spans is { } spans ? new[] { Numbers.Four(spans.F1) } : [],
    ];

    /// <summary>A table of every kind of span, or of every tag, the most frequent first.</summary>
    public static IEnumerable<string> Details(TaggerEvaluation score)
    {
        IReadOnlyList<TagCount> counts = score.Spans is null ? score.Tags : [.. score.Kinds, score.Spans];
        List<string[]> rows = [[score.Spans is null ? "tag" : "span", "precision", "recall", "F1", "right", "found", "present"]];
        foreach (TagCount count in counts.OrderByDescending(count => ReferenceEquals(count, score.Spans) ? -1 : count.Present))
        {
            if (count.Found + count.Present == 0) continue;
            rows.Add(
            [
                TextLayout.OneLine(count.Name), Numbers.Four(count.Precision), Numbers.Four(count.Recall), Numbers.Four(count.F1),
                Numbers.Count(count.Right), Numbers.Count(count.Found), Numbers.Count(count.Present),
            ]);
        }

        return TextLayout.Table(rows);
    }

    /// <summary>Writes the scores as members of an object.</summary>
    public static void WriteScore(Utf8JsonWriter writer, TaggerEvaluation score)
    {
        writer.WriteNumber("sentences", score.Sentences);
        writer.WriteNumber("words", score.Words);
        if (score.Loss > 0) writer.WriteNumber("loss", score.Loss);
        writer.WriteNumber("accuracy", score.Accuracy);
        writer.WriteNumber("unknown_words", score.UnknownWords);
        writer.WriteNumber("unknown_accuracy", score.UnknownAccuracy);
        if (score.Spans is not { } spans) return;
        writer.WriteNumber("span_precision", spans.Precision);
        writer.WriteNumber("span_recall", spans.Recall);
        writer.WriteNumber("span_f1", spans.F1);
    }

    /// <summary>Writes precision, recall and F1 of every tag, or of every kind of span, as a member of an object.</summary>
    public static void WriteDetails(Utf8JsonWriter writer, TaggerEvaluation score) =>
        writer.WriteObject(score.Spans is null ? "tags" : "spans", members =>
        {
            foreach (TagCount count in score.Spans is null ? score.Tags : score.Kinds)
            {
                members.WriteObject(count.Name, values =>
                {
                    values.WriteNumber("precision", count.Precision);
                    values.WriteNumber("recall", count.Recall);
                    values.WriteNumber("f1", count.F1);
                    values.WriteNumber("present", count.Present);
                });
            }
        });
}
