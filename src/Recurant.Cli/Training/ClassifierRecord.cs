using System.Text.Json;
using Recurant.Data;
using Recurant.Insight;
using Recurant.Models;

namespace Recurant.Cli;

/// <summary>What the record of a classifier's run tells of the model on the test texts.</summary>
internal static class ClassifierRecord
{
    private const int MostLabels = 60;

    /// <summary>Writes the confusion matrix, the calibration and the surest mistakes as members of an object.</summary>
    public static void WriteReview(Utf8JsonWriter writer, ClassifierModel model, Evaluation test, TextDataset data, int threads)
    {
        if (model.Labels.Count <= MostLabels)
        {
            writer.WriteStrings("labels", model.Labels);
            ReviewRecord.WriteConfusion(writer, test.Confusion);
        }

        ClassifierReview review = ClassifierReview.Of(model, data, threads: threads);
        ReviewRecord.WriteCalibration(writer, review.Calibration);
        writer.WriteNumber("mistake_count", review.MistakeCount);
        writer.WriteObjects("mistakes", review.Mistakes, mistake =>
        {
            writer.WriteString("text", ReviewRecord.Shorten(mistake.Text));
            writer.WriteString("right", mistake.Right);
            writer.WriteString("answered", mistake.Answered);
            writer.WriteNumber("probability", mistake.Probability);
        });
    }
}
