namespace Recurant.Tasks;

/// <summary>A word whose tag a tagger got wrong.</summary>
/// <param name="Words">The sentence.</param>
/// <param name="Place">Which of its words, from 0.</param>
/// <param name="Right">Its tag.</param>
/// <param name="Answered">What the tagger said.</param>
/// <param name="Probability">How sure it was, 0 to 1.</param>
public sealed record TagMistake(IReadOnlyList<string> Words, int Place, string Right, string Answered, double Probability)
    : InsightRecord;

/// <summary>
/// What a tagger does on tagged sentences, beyond its score: which tag it takes for which, how far its probabilities can be
/// trusted, and its worst mistakes. The probability of a tag is that of the word given the whole sentence; with a conditional
/// random field it is the marginal over all rows of tags, of the tag that the best row has there.
/// </summary>
public sealed record TaggerReview : InsightRecord
{
    /// <summary>What stands for the tags that are not among the most frequent.</summary>
    public const string Others = "(others)";

    /// <summary>
    /// The most frequent tags of the data, in the order of the model's; at the end <see cref="Others"/> if there are more.
    /// </summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Confusion[right][answered], in words, by the places of <see cref="Labels"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>How often a tag is right where the model is so sure, over all words.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>The wrong tags, the surest first; of one sentence at most one.</summary>
    public required IReadOnlyList<TagMistake> Mistakes { get; init; }

    /// <summary>How many wrong tags there are in all.</summary>
    public required int MistakeCount { get; init; }

    /// <summary>Reads the sentences.</summary>
    /// <param name="model">The tagger.</param>
    /// <param name="data">The sentences with their right tags.</param>
    /// <param name="mistakes">The most mistakes that are kept. Default: 20.</param>
    /// <param name="labels">The most tags in the matrix besides <see cref="Others"/>, at least 1. Default: 24.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TaggerReview Of(
        TaggerModel model, TaggedDataset data, int mistakes = 20, int labels = 24, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegative(mistakes);
        ArgumentOutOfRangeException.ThrowIfLessThan(labels, 1);
        IReadOnlyList<IReadOnlyList<TaggedWord>> answers =
            new TagPredictor(model, threads).Predict([.. data.Sentences.Select(sentence => sentence.Words)], cancellation);
        var counts = new Dictionary<(string Right, string Answered), int>();
        var judged = new JudgedAnswers<TagMistake>();
        foreach ((TaggedSentence sentence, IReadOnlyList<TaggedWord> row) in data.Sentences.Zip(answers))
        {
            for (int t = 0; t < row.Count; t++)
            {
                (string right, TaggedWord answer) = (sentence.Tags[t], row[t]);
                counts[(right, answer.Tag)] = counts.GetValueOrDefault((right, answer.Tag)) + 1;
                judged.Add(answer.Probability, right == answer.Tag ? null
                    : new TagMistake(sentence.Words, t, right, answer.Tag, answer.Probability));
            }
        }

        string[] shown = Frequent(model.Tags, counts, labels);
        return new TaggerReview
        {
            Labels = shown,
            Confusion = Matrix(shown, counts),
            Calibration = judged.Calibration,
            Mistakes = judged.Surest(mistakes, mistake => mistake.Words),
            MistakeCount = judged.MistakeCount,
        };
    }

    /// <summary>The tags that the data or the answers have most often, in the model's order.</summary>
    private static string[] Frequent(
        IReadOnlyList<string> tags, Dictionary<(string Right, string Answered), int> counts, int most)
    {
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (((string right, string answered), int count) in counts)
        {
            times[right] = times.GetValueOrDefault(right) + count;
            if (answered != right) times[answered] = times.GetValueOrDefault(answered) + count;
        }

        // Tags that only the data has come last.
        string[] order = [.. tags.Where(times.ContainsKey),
            .. times.Keys.Except(tags, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (order.Length <= most) return order;
        HashSet<string> kept = [.. order.OrderByDescending(tag => times[tag]).Take(most)];
        return [.. order.Where(kept.Contains), Others];
    }

    private static int[][] Matrix(string[] labels, Dictionary<(string Right, string Answered), int> counts)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < labels.Length; i++) places[labels[i]] = i;
        int[][] matrix = [.. labels.Select(_ => new int[labels.Length])];
        foreach (((string right, string answered), int count) in counts)
        {
            matrix[places.GetValueOrDefault(right, labels.Length - 1)][places.GetValueOrDefault(answered,
                labels.Length - 1)] += count;
        }

        return matrix;
    }
}
