namespace Recurant.Tasks;

/// <summary>
/// How an encoder-decoder is trained. Every property may be left out; docs/translation.md says what the defaults follow. Of the
/// common options it has other defaults for these: <see cref="LearningOptions.Hidden"/> 512, the width of the decoder, of which
/// each direction of the encoder has half; <see cref="LearningOptions.Layers"/> 1, on each side;
/// <see cref="LearningOptions.Embedding"/> 256, at least 1; <see cref="LearningOptions.MinimumCount"/> 2, of whole words;
/// <see cref="LearningOptions.LearningRate"/> 0.001 for AdamW; <see cref="LearningOptions.Batch"/> 64 pairs;
/// <see cref="LearningOptions.LabelSmoothing"/> 0.1. <see cref="LearningOptions.Dropout"/> has no effect at Embedding.
/// Ready-made vectors are not used.
/// </summary>
public sealed record TranslatorTrainingOptions : LearningOptions
{
    /// <summary>The attention. Default: general.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.General;

    /// <summary>
    /// The pairs of pieces that are joined to the subwords of each side; 0 for whole words. Null: a fifth of the training pairs,
    /// 500 to 6,000.
    /// </summary>
    public int? Subwords { get; init; }

    /// <summary>
    /// Pairs with more pieces than this on either side are left out: a few long ones would decide the memory and the time of a
    /// step. They are translated all the same. At least 2. Default: 100.
    /// </summary>
    public int MaximumPieces { get; init; } = 100;

    /// <summary>
    /// Which tables of word vectors are one. With all of them one, both sides have the same pieces. Null: the decoder's input and
    /// the output.
    /// </summary>
    public TiedVectors? Tied { get; init; }

    /// <summary>Options of a translator with all that the tasks have in common taken from others.</summary>
    /// <param name="common">For example the options of a classifier.</param>
    public static TranslatorTrainingOptions From(LearningOptions common)
    {
        ArgumentNullException.ThrowIfNull(common);
        return WithCommon(new TranslatorTrainingOptions(), common);
    }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        TrainingOptionsCheck.ValidateCommon(this);
        if (!Enum.IsDefined(Attention))
        {
            throw Fault(nameof(Attention), Attention, "one of " + string.Join(", ", Enum.GetNames<AttentionKind>()));
        }

        if (Tied is { } tied && !Enum.IsDefined(tied))
        {
            throw Fault(nameof(Tied), tied, "one of " + string.Join(", ", Enum.GetNames<TiedVectors>()));
        }

        if (Subwords is < 0 or > 1_000_000) throw Fault(nameof(Subwords), Subwords, "0 (whole words) to 1,000,000");
        if (MaximumPieces < 2) throw Fault(nameof(MaximumPieces), MaximumPieces, "at least 2");
        if (Embedding == 0) throw Fault(nameof(Embedding), Embedding, "1 to 65,536: words need vectors here");
        if (Layers is 0 or > 16) throw Fault(nameof(Layers), Layers, "1 to 16");
        if (Hidden is { } hidden && (hidden % 2 != 0 || hidden < 2))
        {
            throw Fault(nameof(Hidden), Hidden, "an even number: each direction of the encoder has half of it");
        }

        if (Vectors is not null)
        {
            throw new ArgumentException($"{nameof(Vectors)}: a translator learns its own word vectors; leave them out.");
        }
    }

    private static ArgumentException Fault(string property, object value, string range) =>
        new($"{property} is {value}; it must be {range}.");
}
