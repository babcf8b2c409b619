namespace Recurant.Tasks;

/// <summary>
/// How a tagger is trained. Every property may be left out; docs/tagging.md says what the defaults follow. Of the common
/// options a tagger has other defaults for these: <see cref="LearningOptions.Hidden"/> 200; <see cref="LearningOptions.Layers"/>
/// 2, of less than 100,000 words 1; <see cref="LearningOptions.Embedding"/> 100, at least 1;
/// <see cref="LearningOptions.MinimumCount"/> 1; <see cref="LearningOptions.LearningRate"/> 0.003 for AdamW;
/// <see cref="LearningOptions.Batch"/> 32 sentences, of less than 5,000 sentences 16;
/// <see cref="LearningOptions.LabelSmoothing"/> 0, and softmax alone has it.
/// In <see cref="LearningOptions.Dropout"/> Word is the share of words seen once that are read as unknown, and of others the
/// less the more often they were seen; Embedding has no effect.
/// </summary>
public sealed record TaggerTrainingOptions : LearningOptions
{
    /// <summary>
    /// The width of each direction of the layer that reads a word's characters; 0 for no such layer. Default: 64.
    /// </summary>
    public int? Characters { get; init; }

    /// <summary>
    /// Whether a conditional random field scores neighbouring tags. Null: where tags mark spans (B-, I-), and not otherwise.
    /// </summary>
    public bool? RandomField { get; init; }

    /// <summary>Whether words are looked up in small letters; characters and shapes keep the capitals. Default: yes.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Options of a tagger with all that the tasks have in common taken from others.</summary>
    /// <param name="common">For example the options of a classifier.</param>
    public static TaggerTrainingOptions From(LearningOptions common)
    {
        ArgumentNullException.ThrowIfNull(common);
        return WithCommon(new TaggerTrainingOptions(), common);
    }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        TrainingOptionsCheck.ValidateCommon(this);
        if (Characters is < 0 or > 65536)
        {
            throw new ArgumentException($"{nameof(Characters)} is {Characters}; it must be 0 (none) to 65,536.");
        }

        if (Embedding == 0)
        {
            throw new ArgumentException($"{nameof(Embedding)} is 0, one-hot input; a tagger needs word vectors, 1 to 65,536.");
        }

        if (Layers == 0) throw new ArgumentException($"{nameof(Layers)} is 0; it must be 1 to 64.");
        if (RandomField == true && LabelSmoothing > 0)
        {
            throw new ArgumentException(
                $"{nameof(LabelSmoothing)} is {LabelSmoothing}, but a random field has none. Leave one of them out.");
        }
    }
}
