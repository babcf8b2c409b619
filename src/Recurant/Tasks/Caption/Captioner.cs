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
public sealed class Captioner
{
    private readonly CaptionerModel _model;
    private readonly Workers _workers;
    private readonly WorkspacePool<CaptionerScorer> _scorers;

    /// <summary>Makes a captioner.</summary>
    /// <param name="model">The model; it must not be trained while this describes.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it.</param>
    public Captioner(CaptionerModel model, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _model = model;
        _workers = Workers.Asked(threads);
        _scorers = new WorkspacePool<CaptionerScorer>(model, () => new CaptionerScorer(_model, _workers));
    }

    /// <summary>The hypotheses that are followed. 1 to 100. Default: 5.</summary>
    public int Beam
    {
        get;
        init
        {
            if (value is < 1 or > 100) throw new ArgumentException($"{nameof(Beam)} is {value}; it must be 1 to 100.", nameof(value));
            field = value;
        }
    } = 5;

    /// <summary>Describes images; their own sentences play no part. The answers stand in the order of the images.</summary>
    /// <param name="images">Images of the size that the model was trained with.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <exception cref="InvalidDataException">The images are of another size.</exception>
    public IReadOnlyList<Caption> Describe(CaptionDataset images, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        RequireSize(images);
        Hypothesis[][] found = _scorers.Use(scorer => scorer.Search(images, Beam, keepsAttention: true, cancellation));
        return [.. found.Select(hypotheses => ToCaption(hypotheses[0]))];
    }

    /// <summary>Describes the images and scores the result against their sentences.</summary>
    /// <exception cref="InvalidDataException">The images are of another size.</exception>
    public CaptionerEvaluation Evaluate(CaptionDataset images, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        RequireSize(images);
        return _scorers.Use(scorer => scorer.Evaluate(images, Beam, cancellation));
    }

    private void RequireSize(CaptionDataset images)
    {
        CaptionerSpec spec = _model.Spec;
        if (images.Width == spec.Width && images.Height == spec.Height && images.Channels == spec.Channels) return;
        throw new InvalidDataException(
            $"{images.Name}: the images are {images.Width} x {images.Height} with {images.Channels} channels; the model reads "
            + $"{spec.Width} x {spec.Height} with {spec.Channels}.");
    }

    private Caption ToCaption(Hypothesis best) => new()
    {
        Text = _model.Target.Decode(best.Words),
        Score = best.LogProbability / Math.Max(1, best.Attention.Count),
        Pieces = [.. best.Words.Select(word => _model.Target[word])],
        Attention = [.. best.Attention.Take(best.Words.Length)],
    };
}
