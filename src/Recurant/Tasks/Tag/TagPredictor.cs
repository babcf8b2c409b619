using System.Globalization;
using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>A word and what a tagger says of it.</summary>
/// <param name="Word">The word as it stands in the text.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="Probability">The probability of the tag, given the whole sentence, 0 to 1.</param>
public sealed record TaggedWord(
    [property: JsonPropertyName("word")] string Word, [property: JsonPropertyName("tag")] string Tag,
    [property: JsonPropertyName("probability")] float Probability)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(TaggedWord), PrintMembers);
}

/// <summary>Tags words with a model that is already in memory. One predictor may be used from many threads at once.</summary>
public sealed class TagPredictor : FrontDoor<TagPredictor, TaggerModel>, IFrontDoor<TagPredictor, TaggerModel>
{
    /// <summary>In messages.</summary>
    private const int TagsShown = 5, LongestTag = 20;

    private readonly WorkspacePool<TaggerScorer> _scorers;

    /// <summary>Makes a predictor.</summary>
    /// <param name="model">The model; it must not be trained while this predicts.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it.</param>
    public TagPredictor(TaggerModel model, int threads = 0)
        : base(model) => _scorers = WorkspacePool.Of(model, threads, workers => new TaggerScorer(model, workers));

    static TagPredictor IFrontDoor<TagPredictor, TaggerModel>.Of(TaggerModel model, int threads) => new(model, threads);

    /// <summary>
    /// Cuts a text into words: at blanks, marks apart from words, English contractions apart ("don't" is "do" and "n't"). Every
    /// character that is not a blank stays.
    /// </summary>
    /// <param name="text">One sentence; none for a blank text.</param>
    /// <param name="atBlanksOnly">Whether the text is already cut and blanks alone stand between its words. Default: no.</param>
    public static IReadOnlyList<string> Split(string text, bool atBlanksOnly = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return atBlanksOnly ? WordSplitter.AtBlanks(text) : WordSplitter.Split(text);
    }

    /// <summary>Tags the words of a text, cut as <see cref="Split"/> cuts it.</summary>
    /// <exception cref="InvalidDataException">
    /// The text has more than <see cref="TaggedSentence.MaximumWords"/> words, or the model's answers are not finite numbers.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled before the network has read the text.</exception>
    public IReadOnlyList<TaggedWord> Predict(string text, CancellationToken cancellation = default) =>
        Predict([Split(text)], cancellation)[0];

    /// <summary>Tags the words of many sentences; the answers stand in their order.</summary>
    /// <param name="sentences">
    /// The words of each sentence, at most <see cref="TaggedSentence.MaximumWords"/>; a sentence may be empty.
    /// </param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="InvalidDataException">
    /// A sentence has too many words, or the model's answers are not finite numbers.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<IReadOnlyList<TaggedWord>> Predict(
        IReadOnlyList<IReadOnlyList<string>> sentences, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        foreach (IReadOnlyList<string> words in sentences)
        {
            if (words.Count > TaggedSentence.MaximumWords)
            {
                throw new InvalidDataException(TaggedSentence.TooLong(words.Count));
            }
        }

        WatchedCall call = WatchedCall.Predict(TaskNames.Tag, sentences.Count);
        try
        {
            IReadOnlyList<IReadOnlyList<TaggedWord>> answers = Tag(sentences, cancellation);
            if (call.IsWatched) call.EndPredict(answers.Sum(words => (long)words.Count));
            return answers;
        }
        catch (Exception fault) when (call.Fails(fault))
        {
            throw;
        }
    }

    private IReadOnlyList<TaggedWord>[] Tag(IReadOnlyList<IReadOnlyList<string>> sentences, CancellationToken cancellation)
    {
        WordForms forms = Model.NewForms();
        var encoded = new int[sentences.Count][];
        for (int i = 0; i < encoded.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            encoded[i] = forms.Encode(sentences[i]);
        }

        var probabilities = new float[encoded.Length][];
        int[][] tags = _scorers.Use(scorer => scorer.Tag(forms, encoded, probabilities, cancellation: cancellation));
        var answers = new IReadOnlyList<TaggedWord>[encoded.Length];
        for (int i = 0; i < answers.Length; i++)
        {
            var words = new TaggedWord[tags[i].Length];
            for (int t = 0; t < words.Length; t++)
            {
                words[t] = new TaggedWord(sentences[i][t], Model.Tags[tags[i][t]], Checked(probabilities[i][t]));
            }

            answers[i] = words;
        }

        return answers;
    }

    /// <summary>Scores the model on tagged sentences. A tag that the model does not know counts as wrong.</summary>
    /// <param name="data">The sentences with their right tags.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <param name="progress">Told how much is scored.</param>
    /// <exception cref="InvalidDataException">None of the tags is one of the model's: the data is for another model.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TaggerEvaluation Evaluate(
        TaggedDataset data, CancellationToken cancellation = default, IProgress<PhaseProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Count > 0 && !data.Tags.Intersect(Model.Tags, StringComparer.Ordinal).Any())
        {
            throw new InvalidDataException(
                $"{data.Name}: none of its tags ({List(data.Tags)}) is one of the model's ({List(Model.Tags)}). "
                + "Name the right column of the tags (--tag-column on the command line), or give data for this model.");
        }

        WordForms forms = Model.NewForms();
        return _scorers.Use(scorer => scorer.Evaluate(
            "testing", data, forms, row => forms.Encode(data.Sentences[row].Words), PhaseWork.Of(progress, cancellation),
            cancellation));
    }

    private static string List(IReadOnlyList<string> tags) =>
        string.Join(", ", tags.Take(TagsShown).Select(Quote)) + (tags.Count > TagsShown ? ", ..." : "");

    private static string Quote(string tag) => tag.Length > LongestTag ? $"\"{tag[..LongestTag]}...\"" : $"\"{tag}\"";

    /// <summary>Sums of probabilities may end a rounding above one.</summary>
    private static float Checked(float probability) => float.IsFinite(probability)
        ? Math.Min(probability, 1f)
        : throw Answers.NotFinite();
}
