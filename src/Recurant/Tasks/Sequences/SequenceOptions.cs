namespace Recurant.Tasks;

/// <summary>
/// How a model of sequences of measurements is trained. Every property may be left out: what <see cref="LearningOptions"/> says
/// of defaults holds with these exceptions, which follow the data (docs/sequences.md has the rules): the cell is a GRU, read
/// in both directions, over two convolutions.
/// </summary>
public sealed record SequenceOptions : LearningOptions
{
    /// <summary>The column of the right answers.</summary>
    public required string Target { get; init; }

    /// <summary>The columns that are read. Null: all but the target.</summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>
    /// What is answered. Null: a label for each sequence if it has one alone, else for each step; a number if the column holds
    /// more than 100 different numbers or such with decimals.
    /// </summary>
    public SeriesAnswer? Answer { get; init; }

    /// <summary>
    /// How the columns were computed from sound, which the model file then says: <c>SeriesFile.Sound</c> of what was read.
    /// Default: null, they are measurements.
    /// </summary>
    public SoundFeatureSpec? Sound { get; init; }

    /// <summary>Larger numbers to answer count as this one. Default: no cap.</summary>
    public float? Cap { get; init; }

    /// <summary>The most steps of a sequence that are read at once in training. Null: follows the data.</summary>
    public int? Window { get; init; }

    /// <summary>The number of convolutions before the recurrent layers. Default: 2.</summary>
    public int? Convolutions { get; init; }

    /// <summary>The width of the convolutions. Default: 64.</summary>
    public int? Filters { get; init; }

    /// <summary>The steps that a convolution sees at once. Default: 5.</summary>
    public int? Kernel { get; init; }

    /// <summary>Whether sequences are read from both ends. Default: yes.</summary>
    public bool? Bidirectional { get; init; }

    /// <summary>
    /// How much training sequences are changed at random, 0 for not at all: their pace, length, level and scale. Null: 1, but for
    /// labels of a great many sequences 0.
    /// </summary>
    public float? Augmentation { get; init; }

    /// <summary>
    /// Whether it is read how long ago each value was known, in steps or, of irregular times, by the clock, and values that are
    /// missing fade from the last known one towards the mean (after GRU-D, Che et al. 2018). Default: no; a missing value is
    /// read as the mean, and a mask says so.
    /// </summary>
    public bool Decay { get; init; }

    /// <summary>How many networks are trained side by side and answer together. Null: follows the data.</summary>
    public int? Models { get; init; }

    /// <summary>
    /// Whether the model is trained anew on all sequences, those of the validation too. Null: where there are few.
    /// </summary>
    public bool? Refit { get; init; }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        TrainingOptionsCheck.ValidateCommon(this);
        ArgumentException.ThrowIfNullOrEmpty(Target);
        TrainingOptionsCheck.RequireKnown(Answer);
        TrainingOptionsCheck.Require(Window is null or (>= 1 and <= SeriesSpec.MostSteps), Window, "1 to 1,000,000");
        TrainingOptionsCheck.Require(Convolutions is null or (>= 0 and <= 64), Convolutions, "0 to 64");
        TrainingOptionsCheck.Require(Filters is null or (>= 1 and <= 65536), Filters, "1 to 65,536");
        TrainingOptionsCheck.Require(Kernel is null or (>= 1 and <= 10_000), Kernel, "1 to 10,000");
        TrainingOptionsCheck.Require(Models is null or (>= 1 and <= SeriesSpec.MostNetworks), Models, "1 to 64");
        TrainingOptionsCheck.Require(Augmentation is null or (>= 0 and <= 10), Augmentation, "0 (none) to 10");
        TrainingOptionsCheck.Require(Cap is null || float.IsFinite(Cap.Value), Cap, "a finite number");
    }
}
