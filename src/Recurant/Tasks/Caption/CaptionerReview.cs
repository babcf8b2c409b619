namespace Recurant.Tasks;

/// <summary>An image that was described otherwise than expected.</summary>
/// <param name="Number">Which image of the data, from 1.</param>
/// <param name="Right">What was expected.</param>
/// <param name="Answered">What the model said.</param>
/// <param name="Probability">The geometric mean of its words' probabilities, 0 to 1.</param>
public sealed record CaptionMistake(int Number, string Right, string Answered, double Probability) : InsightRecord;

/// <summary>
/// What a captioner does on images with sentences, beyond its score: how often it is right where it is sure, and its surest
/// mistakes. A sentence counts as right only if it is exactly the expected one.
/// </summary>
public sealed record CaptionerReview : InsightRecord
{
    /// <summary>How often a sentence is right, by the geometric mean of its words' probabilities.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>The sentences that are not the expected ones, the surest first.</summary>
    public required IReadOnlyList<CaptionMistake> Mistakes { get; init; }

    /// <summary>How many there are in all.</summary>
    public required int MistakeCount { get; init; }

    /// <summary>Describes all the images.</summary>
    /// <param name="model">The captioner; its beam is that of <see cref="Captioner.Beam"/>'s default.</param>
    /// <param name="data">The images with their sentences.</param>
    /// <param name="mistakes">The most mistakes that are kept. Default: 20.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static CaptionerReview Of(
        CaptionerModel model, CaptionDataset data, int mistakes = 20, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegative(mistakes);
        IReadOnlyList<Caption> answers = new Captioner(model, threads).Describe(data, cancellation);
        var judged = new JudgedAnswers<CaptionMistake>();
        for (int i = 0; i < answers.Count; i++)
        {
            (string right, string said, double probability) =
                (data.Images[i].Sentence, answers[i].Text, Math.Min(1, Math.Exp(answers[i].Score)));
            judged.Add(probability, right == said ? null : new CaptionMistake(i + 1, right, said, probability));
        }

        return new CaptionerReview
        {
            Calibration = judged.Calibration, Mistakes = judged.Surest(mistakes), MistakeCount = judged.MistakeCount,
        };
    }
}
