namespace Recurant.Tasks;

/// <summary>
/// How a captioner is trained. Every property may be left out; docs/translation.md says what the defaults follow. Of the common
/// options it has other defaults for these: <see cref="LearningOptions.Hidden"/> 256, the width of the decoder, of which each
/// direction of the encoder has half; <see cref="LearningOptions.Layers"/> 1, on each side;
/// <see cref="LearningOptions.Embedding"/> 64, at least 1; <see cref="LearningOptions.MinimumCount"/> 1, of whole words;
/// <see cref="LearningOptions.LearningRate"/> 0.002 for AdamW; <see cref="LearningOptions.Batch"/> 64 images;
/// <see cref="LearningOptions.LabelSmoothing"/> 0; all dropout 0.1. <see cref="LearningOptions.Dropout"/> has no effect at
/// Embedding, and Input is that of words: pixels are not dropped. Ready-made vectors are not used.
/// </summary>
public sealed record CaptionerTrainingOptions : LearningOptions
{
    /// <summary>The attention to the strips. Default: general.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.General;

    /// <summary>
    /// The pairs of pieces that are joined to subwords; 0 for whole words. Default: 0.
    /// </summary>
    public int Subwords { get; init; }

    /// <summary>The rows of a band, by which an image is read. Null: the height, divided into bands of about 28 rows.</summary>
    public int? BandHeight { get; init; }

    /// <summary>The pixels of a strip, by which a band is read. Default: 4, of an image less wide its width.</summary>
    public int? StripWidth { get; init; }

    /// <summary>Options of a captioner with all that the tasks have in common taken from others.</summary>
    /// <param name="common">For example the options of a classifier.</param>
    public static CaptionerTrainingOptions From(LearningOptions common)
    {
        ArgumentNullException.ThrowIfNull(common);
        return WithCommon(new CaptionerTrainingOptions(), common);
    }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        TranslatorTrainingOptions common = WithCommon(
            new TranslatorTrainingOptions { Attention = Attention, Subwords = Subwords }, this);
        common.Validate();
        if (BandHeight < 1) throw new ArgumentException($"{nameof(BandHeight)} is {BandHeight}; it must be at least 1.");
        if (StripWidth < 1) throw new ArgumentException($"{nameof(StripWidth)} is {StripWidth}; it must be at least 1.");
    }
}
