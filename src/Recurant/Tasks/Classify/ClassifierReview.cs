namespace Recurant.Tasks;

/// <summary>A text whose label a classifier got wrong.</summary>
/// <param name="Text">The text.</param>
/// <param name="Right">Its label.</param>
/// <param name="Answered">What the classifier said.</param>
/// <param name="Probability">How sure it was, 0 to 1.</param>
public sealed record Mistake(string Text, string Right, string Answered, double Probability) : InsightRecord;

/// <summary>
/// What a classifier does on labelled texts, beyond its score: how far its probabilities can be trusted, and its worst mistakes.
/// </summary>
public sealed record ClassifierReview : InsightRecord
{
    /// <summary>How often it is right where it says so.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>The wrong answers, the surest first.</summary>
    public required IReadOnlyList<Mistake> Mistakes { get; init; }

    /// <summary>How many wrong answers there are in all.</summary>
    public required int MistakeCount { get; init; }

    /// <summary>Reads all the texts.</summary>
    /// <param name="model">The classifier.</param>
    /// <param name="data">The texts with their right labels.</param>
    /// <param name="mistakes">The most mistakes that are kept. Default: 20.</param>
    /// <param name="threads">The number of threads; 0 for one a core. Default: 0.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ClassifierReview Of(
        ClassifierModel model, TextDataset data, int mistakes = 20, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegative(mistakes);
        IReadOnlyList<Prediction> answers =
            new Predictor(model, threads).Predict([.. data.Examples.Select(example => example.Text)], cancellation);
        var judged = new JudgedAnswers<Mistake>();
        foreach ((TextExample example, Prediction answer) in data.Examples.Zip(answers))
        {
            judged.Add(answer.Probability, answer.Label == example.Label ? null
                : new Mistake(example.Text, example.Label, answer.Label, answer.Probability));
        }

        return new ClassifierReview
        {
            Calibration = judged.Calibration, Mistakes = judged.Surest(mistakes), MistakeCount = judged.MistakeCount,
        };
    }
}
