using System.Text.Json;
using Recurant.Data;
using Recurant.Insight;
using Recurant.Models;

namespace Recurant.Cli;

/// <summary>What the record of a classifier's run tells of the model on the test texts.</summary>
internal static class ClassifierRecord
{
    private const int MostLabels = 60, LongestText = 400;

    /// <summary>Writes the confusion matrix, the calibration and the surest mistakes as members of an object.</summary>
    public static void WriteReview(Utf8JsonWriter writer, ClassifierModel model, Evaluation test, TextDataset data, int threads)
    {
        if (model.Labels.Count <= MostLabels)
        {
            writer.WriteStrings("labels", model.Labels);
            writer.WriteStartArray("confusion");
            foreach (IReadOnlyList<int> row in test.Confusion)
            {
                writer.WriteStartArray();
                foreach (int count in row) writer.WriteNumberValue(count);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        ClassifierReview review = ClassifierReview.Of(model, data, threads: threads);
        writer.WriteObject("calibration", members =>
        {
            members.WriteNumber("expected_error", review.Calibration.ExpectedError);
            members.WriteStartArray("bins");
            foreach (CalibrationBin bin in review.Calibration.Bins)
            {
                members.WriteStartObject();
                members.WriteNumber("from", bin.From);
                members.WriteNumber("to", bin.To);
                members.WriteNumber("count", bin.Count);
                if (bin.Count > 0)
                {
                    members.WriteNumber("confidence", bin.Confidence);
                    members.WriteNumber("accuracy", bin.Accuracy);
                }

                members.WriteEndObject();
            }

            members.WriteEndArray();
        });
        writer.WriteNumber("mistake_count", review.MistakeCount);
        writer.WriteStartArray("mistakes");
        foreach (Mistake mistake in review.Mistakes)
        {
            writer.WriteStartObject();
            writer.WriteString("text", TextLayout.Shorten(mistake.Text, LongestText));
            writer.WriteString("right", mistake.Right);
            writer.WriteString("answered", mistake.Answered);
            writer.WriteNumber("probability", mistake.Probability);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
