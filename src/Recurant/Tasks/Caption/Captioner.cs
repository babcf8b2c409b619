using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>What an image shows in words, and where the decoder looked.</summary>
public sealed record Caption
{
    /// <summary>The sentence.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }

    /// <summary>The log probability of the sentence in nats, divided by the number of its pieces and the end mark.</summary>
    [JsonPropertyName("score")]
    public required double Score { get; init; }

    /// <summary>The pieces of the sentence, with U+2581 for a blank.</summary>
    [JsonPropertyName("pieces")]
    public required IReadOnlyList<string> Pieces { get; init; }

    /// <summary>
    /// Attention[t][s]: the share of strip s of the image, band by band from the top, in what was read for piece t. Each row adds
    /// up to 1.
    /// </summary>
    [JsonPropertyName("attention")]
    public required IReadOnlyList<IReadOnlyList<float>> Attention { get; init; }

    /// <summary>The sentence.</summary>
    public override string ToString() => Text;
}

/// <summary>Describes images with a model that is in memory. One captioner may be used from many threads at once.</summary>
public sealed class Captioner : FrontDoor<Captioner, CaptionerModel>, IFrontDoor<Captioner, CaptionerModel>
{
    private readonly WorkspacePool<CaptionerScorer> _scorers;

    /// <summary>Makes a captioner.</summary>
    /// <param name="model">The model; it must not be trained while this describes.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it.</param>
    public Captioner(CaptionerModel model, int threads = 0)
        : base(model) => _scorers = WorkspacePool.Of(model, threads, workers => new CaptionerScorer(model, workers));

    static Captioner IFrontDoor<Captioner, CaptionerModel>.Of(CaptionerModel model, int threads) => new(model, threads);

    /// <summary>The hypotheses that are followed. 1 to 100. Default: 5.</summary>
    public int Beam { get; init => field = SearchOptions.RequireBeam(value, nameof(Beam)); } = 5;

    /// <summary>Describes images; their own sentences play no part. The answers stand in the order of the images.</summary>
    /// <param name="images">Images of the size that the model was trained with.</param>
    /// <param name="cancellation">Looked at between two steps of the search.</param>
    /// <exception cref="InvalidDataException">The images are of another size.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<Caption> Describe(CaptionDataset images, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        RequireSize(images);
        WatchedCall call = WatchedCall.Predict(TaskNames.Caption, images.Images.Count);
        try
        {
            Hypothesis[][] found = _scorers.Use(scorer => scorer.Find(images, Beam, keepsAttention: true, cancellation));
            Caption[] answers = [.. found.Select(hypotheses => ToCaption(hypotheses[0]))];
            if (call.IsWatched) call.EndPredict(0, answers.Sum(answer => (long)answer.Pieces.Count));
            return answers;
        }
        catch (Exception fault) when (call.Fails(fault))
        {
            throw;
        }
    }

    /// <summary>Describes the images and scores the result against their sentences.</summary>
    /// <exception cref="InvalidDataException">The images are of another size.</exception>
    public CaptionerEvaluation Evaluate(CaptionDataset images, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        RequireSize(images);
        return _scorers.Use(scorer => scorer.Evaluate(images, Beam, cancellation));
    }

    private void RequireSize(CaptionDataset images) =>
        CaptionDataset.RequireSize(Model.Spec.Width, Model.Spec.Height, Model.Spec.Channels, images);

    private Caption ToCaption(Hypothesis best) => new()
    {
        Text = Model.Target.Decode(best.Words),
        Score = best.LogProbability / Math.Max(1, best.Attention.Count),
        Pieces = [.. best.Words.Select(word => Model.Target[word])],
        Attention = [.. best.Attention.Take(best.Words.Length)],
    };
}
