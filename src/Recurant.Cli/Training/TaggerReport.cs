using System.Text.Json;

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
    public static IReadOnlyList<string[]> Details(TaggerEvaluation score)
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

        return rows;
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

    /// <summary>Writes into the record of a run what a report shows of the model on the test sentences.</summary>
    public static void WriteReview(
        Utf8JsonWriter writer, TaggerModel model, TaggerEvaluation test, TaggedDataset data, int threads)
    {
        TaggerReview review = TaggerReview.Of(model, data, threads: threads);
        writer.WriteString("confusion_of", "words");
        writer.WriteStrings("labels", review.Labels);
        ReviewRecord.WriteConfusion(writer, review.Confusion);
        // Of tags without spans the matrix has precision and recall already, unless some are among the others.
        bool hasOthers = review.Labels.Contains(TaggerReview.Others);
        if (test.Spans is not null || hasOthers)
        {
            writer.WriteString("counts_of", test.Spans is null ? "tag" : "span");
            writer.WriteObjects("counts", test.Spans is null ? test.Tags : [.. test.Kinds, test.Spans], count =>
            {
                writer.WriteString("name", count.Name);
                writer.WriteNumber("right", count.Right);
                writer.WriteNumber("found", count.Found);
                writer.WriteNumber("present", count.Present);
            });
        }

        writer.WriteString("probability_of", model.Spec.RandomField ? "marginal" : "tag");
        ReviewRecord.WriteCalibration(writer, review.Calibration);
        writer.WriteNumber("mistake_count", review.MistakeCount);
        writer.WriteObjects("mistakes", review.Mistakes, mistake =>
        {
            writer.WriteString("text", ReviewRecord.Around(mistake.Words, mistake.Place));
            writer.WriteString("word", mistake.Words[mistake.Place]);
            writer.WriteString("right", mistake.Right);
            writer.WriteString("answered", mistake.Answered);
            writer.WriteNumber("probability", mistake.Probability);
        });
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
