namespace Recurant.Tasks;

/// <summary>
/// How a model that writes down speech is trained. Every property may be left out: what <see cref="LearningOptions"/> says of
/// defaults holds with the exception that the cell is a GRU of 128 units, of fewer than 200 clips 64, read from both ends, over
/// two convolutions.
/// </summary>
public sealed record TranscriberOptions : LearningOptions
{
    /// <summary>What a symbol is: a character or a word. Default: a character.</summary>
    public TokenUnit Unit { get; init; } = TokenUnit.Character;

    /// <summary>Whose features are computed: log mel energies of frames of 25 ms, 10 ms apart. Default: Kaldi's.</summary>
    public SoundConvention Features { get; init; }

    /// <summary>
    /// The features in all their details; what it leaves open its own convention decides, but the sample rate, which follows
    /// <see cref="SampleRate"/>. Null: <see cref="Features"/>, of each clip less their mean.
    /// </summary>
    public SoundFeatureSpec? Sound { get; init; }

    /// <summary>Samples a second, in Hz. Null: those of the training clips, the fewest where they differ.</summary>
    public int? SampleRate { get; init; }

    /// <summary>Whether clips of another rate are resampled; else they are refused. Default: no.</summary>
    public bool Resample { get; init; }

    /// <summary>How many frames are read as one step. Null: 3, or fewer where a transcript is long for its clip.</summary>
    public int? Join { get; init; }

    /// <summary>The number of convolutions before the recurrent layers. Default: 2.</summary>
    public int? Convolutions { get; init; }

    /// <summary>The width of the convolutions. Default: 128.</summary>
    public int? Filters { get; init; }

    /// <summary>The steps that a convolution sees at once. Default: 5.</summary>
    public int? Kernel { get; init; }

    /// <summary>Whether clips are read from both ends. Default: yes.</summary>
    public bool? Bidirectional { get; init; }

    /// <summary>Whether bands and stretches of time are hidden at random in training (SpecAugment). Default: yes.</summary>
    public bool Masks { get; init; } = true;

    /// <summary>
    /// Whether the model is trained anew on all clips, those of the validation too. Null: where there are few, below 200.
    /// </summary>
    public bool? Refit { get; init; }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        TrainingOptionsCheck.ValidateCommon(this);
        TrainingOptionsCheck.Require(
            Unit is TokenUnit.Character or TokenUnit.Word, Choices.NameOf(Unit), "a character or a word");
        TrainingOptionsCheck.RequireKnown((SoundConvention?)Features);
        TrainingOptionsCheck.Require(
            SampleRate is null or (>= 100 and <= SoundFeatureSpec.MostRate), SampleRate, "100 to 768,000");
        TrainingOptionsCheck.Require(Join is null or (>= 1 and <= SpeechSpec.MostJoin), Join, "1 to 64");
        TrainingOptionsCheck.Require(Convolutions is null or (>= 0 and <= 64), Convolutions, "0 to 64");
        TrainingOptionsCheck.Require(Filters is null or (>= 1 and <= 65536), Filters, "1 to 65,536");
        TrainingOptionsCheck.Require(Kernel is null or (>= 1 and <= 10_000), Kernel, "1 to 10,000");
        Sound?.Decided();
    }
}
