using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>A translation, and what the decoder looked at.</summary>
public sealed record Translation
{
    /// <summary>The text.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }

    /// <summary>The log probability of the text in nats, divided by the number of its pieces and the end mark.</summary>
    [JsonPropertyName("score")]
    public required double Score { get; init; }

    /// <summary>The pieces of the source, with U+2581 for a blank.</summary>
    [JsonPropertyName("source")]
    public required IReadOnlyList<string> SourcePieces { get; init; }

    /// <summary>The pieces of the translation, with U+2581 for a blank.</summary>
    [JsonPropertyName("pieces")]
    public required IReadOnlyList<string> Pieces { get; init; }

    /// <summary>
    /// Attention[t][s]: the share of source piece s in what was read for piece t of the translation; one column more than the
    /// source has pieces, for its end. Each row adds up to 1.
    /// </summary>
    [JsonPropertyName("attention")]
    public required IReadOnlyList<IReadOnlyList<float>> Attention { get; init; }

    /// <summary>
    /// Whether the text had more pieces than <see cref="TranslatorModel.MostSourcePieces"/>, of which only the first were read.
    /// </summary>
    [JsonPropertyName("cut")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsCut { get; init; }

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}

/// <summary>
/// Translates with a model that is in memory: beam search with normalised lengths. One translator may be used from many threads
/// at once.
/// </summary>
public sealed class Translator : FrontDoor<Translator, TranslatorModel>, IFrontDoor<Translator, TranslatorModel>
{
    private readonly WorkspacePool<TranslatorScorer> _scorers;

    /// <summary>Makes a translator.</summary>
    /// <param name="model">The model; it must not be trained while this translates.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it.</param>
    public Translator(TranslatorModel model, int threads = 0)
        : base(model) => _scorers = WorkspacePool.Of(model, threads, workers => new TranslatorScorer(model, workers));

    static Translator IFrontDoor<Translator, TranslatorModel>.Of(TranslatorModel model, int threads) => new(model, threads);

    /// <summary>The hypotheses that are followed; 1 takes the most probable piece each time. 1 to 100. Default: 5.</summary>
    public int Beam { get; init => field = SearchOptions.RequireBeam(value, nameof(Beam)); } = 5;

    /// <summary>
    /// Translates one text; of more than <see cref="TranslatorModel.MostSourcePieces"/> pieces the first are read.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Looked at between two steps of the search.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Translation Translate(string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Translate([text], cancellation)[0];
    }

    /// <summary>
    /// Translates many texts; the answers are in the order of the texts. An empty text, or one of blanks alone, gives an empty
    /// one.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled between two texts, or two steps of the search.</exception>
    public IReadOnlyList<Translation> Translate(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i] is null) throw new ArgumentNullException(nameof(texts), $"Text {i} is null.");
        }

        WatchedCall call = WatchedCall.Predict(TaskNames.Translate, texts.Count);
        try
        {
            Hypothesis[][] found = _scorers.Use(scorer => scorer.Find(texts, Beam, keepsAttention: true, cancellation));
            var answers = new Translation[found.Length];
            for (int i = 0; i < answers.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                answers[i] = ToTranslation(found[i], texts[i]);
            }

            if (call.IsWatched)
            {
                call.EndPredict(
                    answers.Sum(answer => (long)answer.SourcePieces.Count), answers.Sum(answer => (long)answer.Pieces.Count));
            }

            return answers;
        }
        catch (Exception fault) when (call.Fails(fault))
        {
            throw;
        }
    }

    /// <summary>Translates the sources and scores the result against the targets.</summary>
    public TranslatorEvaluation Evaluate(
        PairDataset data, CancellationToken cancellation = default, IProgress<PhaseProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        return _scorers.Use(scorer => scorer.Evaluate("testing", data, Beam, PhaseWork.Of(progress, cancellation), cancellation));
    }

    private Translation ToTranslation(Hypothesis[] hypotheses, string source)
    {
        if (TranslatorModel.IsBlank(source))
        {
            return new Translation { Text = "", Score = 0, SourcePieces = [], Pieces = [], Attention = [] };
        }

        List<string> pieces = Model.Source.Cut(source);
        bool isCut = pieces.Count > TranslatorModel.MostSourcePieces;
        if (isCut) pieces.RemoveRange(TranslatorModel.MostSourcePieces, pieces.Count - TranslatorModel.MostSourcePieces);
        Hypothesis best = hypotheses[0];
        return new Translation
        {
            Text = Model.TextOf(best, source),
            IsCut = isCut,
            Score = best.LogProbability / Math.Max(1, best.Attention.Count),
            SourcePieces = pieces,
            Pieces = [.. best.Words.Select(word => Model.Target[word])],
            Attention = [.. best.Attention.Take(best.Words.Length)],
        };
    }
}
