namespace Recurant.Heads;

/// <summary>Scores a classifier part by part: see <see cref="RowParts"/>.</summary>
internal static class EvaluationParts
{
    private const int RowsOfPart = 8192;

    /// <summary>The class probabilities [n, C] of encoded texts; gets -ln p(label) of each as well.</summary>
    public delegate float[] Score(int[][] sequences, float[] losses, int[] labels);

    /// <summary>Scores.</summary>
    /// <param name="phase">What it is called, such as "validating".</param>
    /// <param name="labels">The right class of each row.</param>
    /// <param name="classes">C.</param>
    /// <param name="encode">The encoded text of a row.</param>
    /// <param name="score">Scores a part.</param>
    /// <param name="work">Told of every part; may end it after one.</param>
    public static Evaluation Of(
        string phase, int[] labels, int classes, Func<int, int[]> encode, Score score, PhaseWork work)
    {
        var predicted = new int[labels.Length];
        var losses = new float[labels.Length];
        Array.Fill(predicted, Evaluation.NotScored);
        foreach (int[] rows in RowParts.Of(phase, labels.Length, RowsOfPart, work))
        {
            var ofPart = new float[rows.Length];
            float[] probabilities = score(
                Array.ConvertAll(rows, row => encode(row)), ofPart, Array.ConvertAll(rows, row => labels[row]));
            for (int i = 0; i < rows.Length; i++)
            {
                predicted[rows[i]] = CrossEntropy.ArgMax(probabilities.AsSpan(i * classes, classes));
                losses[rows[i]] = ofPart[i];
            }
        }

        return Evaluation.Of(predicted, losses, labels, classes);
    }
}
