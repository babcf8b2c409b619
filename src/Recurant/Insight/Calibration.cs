namespace Recurant.Insight;

/// <summary>The answers whose probability lies in one part of 0 to 1.</summary>
/// <param name="From">Where the part begins.</param>
/// <param name="To">Where it ends; this end belongs to it.</param>
/// <param name="Count">How many answers there are.</param>
/// <param name="Confidence">The mean of their probabilities; NaN if there are none.</param>
/// <param name="Accuracy">The share of them that is right; NaN if there are none.</param>
public sealed record CalibrationBin(double From, double To, int Count, double Confidence, double Accuracy) : InsightRecord;

/// <summary>
/// Whether a model is right as often as its probabilities say: of the answers given with p = 0.8, are 8 of 10 right?
/// <code>
/// ECE = sum_b (n_b / n) |accuracy_b - confidence_b|     (1)
/// </code>
/// over bins b of equal width. Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks" (2017), eq. (3).
/// </summary>
public sealed record Calibration : InsightRecord
{
    /// <summary>The bins, from 0 to 1.</summary>
    public required IReadOnlyList<CalibrationBin> Bins { get; init; }

    /// <summary>The expected calibration error (1), 0 to 1; 0 is best.</summary>
    public required double ExpectedError { get; init; }

    /// <summary>Looks at answers.</summary>
    /// <param name="answers">For each answer its probability, 0 to 1, and whether it is right.</param>
    /// <param name="bins">The number of bins, at least 1. Default: 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no bins, or a probability is not from 0 to 1.</exception>
    public static Calibration Of(IReadOnlyList<(double Probability, bool IsRight)> answers, int bins = 10)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var counts = new int[bins];
        var right = new int[bins];
        var confidence = new double[bins];
        foreach ((double probability, bool isRight) in answers)
        {
            if (!(probability >= 0 && probability <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(answers), $"The probability {probability} is not from 0 to 1.");
            }

            int bin = Math.Clamp((int)Math.Ceiling(probability * bins) - 1, 0, bins - 1);
            counts[bin]++;
            confidence[bin] += probability;
            if (isRight) right[bin]++;
        }

        double error = 0;
        var made = new CalibrationBin[bins];
        for (int b = 0; b < bins; b++)
        {
            double mean = confidence[b] / counts[b], accuracy = (double)right[b] / counts[b];
            made[b] = new CalibrationBin((double)b / bins, (b + 1.0) / bins, counts[b], mean, accuracy);
            if (counts[b] > 0) error += (double)counts[b] / answers.Count * Math.Abs(accuracy - mean);
        }

        return new Calibration { Bins = made, ExpectedError = error };
    }
}
