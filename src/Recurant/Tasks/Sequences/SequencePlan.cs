using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>
/// The options of a model of sequences with nothing left open: what the user did not decide is decided here from the data. The
/// rules are explained in docs/sequences.md, with the experiments behind them.
/// </summary>
internal sealed record SequencePlan : LearningPlan
{
    /// <summary>So many looks at the validation sequences.</summary>
    private const int Looks = 20;

    /// <summary>Of few sequences so many steps; of many three passes, in at least and at most so many.</summary>
    private const int StepsOfFew = 500, Passes = 3, FewestSteps = 3000, MostSteps = 6000, FewSequences = 1000;

    /// <summary>Numbers take longer to learn than labels, and the labels of a few thousand steps less.</summary>
    private const int StepsOfNumbers = 600, StepsOfLabels = 200;

    /// <summary>Longer sequences are read several steps at a time.</summary>
    private const int ManySteps = 128;

    /// <summary>With fewer sequences all of them are learnt from in the end, and no epoch is preferred.</summary>
    private const int RefitSequences = 5000;

    /// <summary>So many sequences need no others made of them.</summary>
    private const int EnoughSequences = 20_000;

    /// <summary>
    /// A single column of labels over fewer rows is learnt by a small network, for fear that it learns them by heart.
    /// </summary>
    private const int FewRows = 50_000;

    /// <summary>The weights are averaged over about so many steps.</summary>
    private const double AveragedSteps = 200;

    public SequencePlan()
    {
    }

    private SequencePlan(LearningOptions options, LearningDefaults defaults)
        : base(options, defaults)
    {
    }

    [JsonIgnore]
    public required SequenceOptions Options { get; init; }

    public required SeriesSpec Spec { get; init; }

    /// <summary>The steps of an epoch.</summary>
    public required int EpochSteps { get; init; }

    /// <summary>Whether the model is trained anew on all sequences.</summary>
    public bool Refit { get; init; }

    /// <summary>How much sequences are changed at random.</summary>
    public float Augmentation { get; init; }

    /// <summary>Whether two sequences are mixed.</summary>
    public bool Mixes { get; init; }

    /// <summary>Decides everything.</summary>
    /// <param name="options">What the user decided.</param>
    /// <param name="spec">What the data decide: columns, target, answer and labels; the rest is decided here.</param>
    /// <param name="sequences">The sequences, or windows of them, that there are to learn from.</param>
    /// <param name="steps">The steps of the longest.</param>
    /// <param name="rows">The rows of all of them.</param>
    /// <param name="isPrefix">
    /// Whether the answer changes along a sequence, so that any of its beginnings can be learnt from.
    /// </param>
    public static SequencePlan For(SequenceOptions options, SeriesSpec spec, int sequences, int steps, long rows, bool isPrefix)
    {
        bool isWhole = !spec.IsOfSteps && !isPrefix, isOfFewRows = spec.IsOfSteps && rows < FewRows;
        int batch = options.Batch ?? (sequences <= FewSequences ? 32 : 64);
        int networks = options.Models ?? (isOfFewRows ? 3 : isPrefix ? 4 : 1);
        int total = isOfFewRows ? StepsOfLabels : isPrefix ? StepsOfNumbers : sequences <= FewSequences ? StepsOfFew
            : (int)Math.Clamp((long)Passes * sequences / batch, FewestSteps, MostSteps);
        int window = options.Window ?? (isWhole ? SeriesSpec.MostSteps : isPrefix ? 60 : 64);
        int read = Math.Min(window, steps), epoch = Math.Max(1, total / Looks), width = isOfFewRows ? 16 : isPrefix ? 96 : 64;
        bool isFew = sequences < RefitSequences, isLabel = spec.Answer == SeriesAnswer.Label;
        var defaults = new LearningDefaults
        {
            LearningRate = 3e-3f, WeightDecay = 0.01f, Schedule = ScheduleKind.Cosine,
            LabelSmoothing = !isLabel ? 0f : sequences < EnoughSequences ? 0.1f : 0.05f,
            Dropout = new DropoutPlan
            {
                Input = isLabel && sequences < EnoughSequences ? 0.1f : 0f, Layers = 0.3f, Output = 0.3f,
            },
            Batch = batch,
            Epochs = Looks,
            Patience = int.MaxValue,
        };
        float augmentation = options.Augmentation ?? (!isWhole ? 1f : sequences < EnoughSequences ? 0.5f : 0f);
        return new SequencePlan(options with { Clip = options.Clip * MathF.Sqrt(networks) }, defaults)
        {
            Options = options,
            Refit = options.Refit ?? isFew,
            LastEpoch = isFew ? options.Epochs ?? Looks : 0,
            EpochSteps = epoch,
            Augmentation = augmentation,
            Mixes = augmentation > 0 && isLabel,
            AveragedEpochs = Math.Min(AveragedSteps, total / 4.0) / epoch,
            Spec = spec with
            {
                Window = window, Join = isWhole ? (read + ManySteps - 1) / ManySteps : 1,
                Convolutions = options.Convolutions ?? 2, Filters = options.Filters ?? (isOfFewRows ? 16 : 64),
                Kernel = options.Kernel ?? 5, Networks = networks,
                Recurrent = options.Recurrent(width, layers: 1, bidirectional: options.Bidirectional ?? true) with
                {
                    Cell = options.Cell ?? CellKind.Gru,
                },
            },
        };
    }
}
