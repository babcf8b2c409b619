using System.Text.Json;

namespace Recurant.Cli;

/// <summary>What the record of a classifier's run tells of the model on the test texts.</summary>
internal static class ClassifierRecord
{
    private const int MostLabels = 60;

    /// <summary>Writes the confusion matrix, the calibration and the most confident mistakes as members of an object.</summary>
    public static void WriteReview(Utf8JsonWriter writer, ClassifierModel model, Evaluation test, TextDataset data, int threads)
    {
        (IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyList<int>> confusion) = Reduced(model.Labels, test.Confusion);
        writer.WriteStrings("labels", labels);
        ReviewRecord.WriteConfusion(writer, confusion);

        ClassifierReview review = ClassifierReview.Of(model, data, threads: threads);
        ReviewRecord.WriteCalibration(writer, review.Calibration);
        ReviewRecord.WriteMistakes(writer, review.MistakeCount, review.Mistakes, mistake =>
            (ReviewRecord.Shorten(mistake.Text), null, mistake.Right, mistake.Answered, mistake.Probability));
    }

    /// <summary>
    /// A matrix that a page can show: of many labels the most frequent ones, and one row and column for the rest.
    /// </summary>
    private static (IReadOnlyList<string> Labels, IReadOnlyList<IReadOnlyList<int>> Confusion) Reduced(
        IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyList<int>> confusion)
    {
        if (labels.Count <= MostLabels) return (labels, confusion);
        int[] kept =
            [.. Enumerable.Range(0, labels.Count).OrderByDescending(i => confusion[i].Sum()).Take(MostLabels - 1).Order()];
        var place = new int[labels.Count];
        Array.Fill(place, kept.Length);
        for (int k = 0; k < kept.Length; k++) place[kept[k]] = k;
        int[][] sums = [.. Enumerable.Range(0, kept.Length + 1).Select(_ => new int[kept.Length + 1])];
        for (int i = 0; i < labels.Count; i++)
        {
            for (int j = 0; j < labels.Count; j++) sums[place[i]][place[j]] += confusion[i][j];
        }

        return ([.. kept.Select(i => labels[i]), TaggerReview.Others], sums);
    }
}
