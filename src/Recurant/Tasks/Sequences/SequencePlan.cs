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

    /// <summary>Passes over many sequences; of few the least steps, of a great many the most.</summary>
    private const int Passes = 34, FewestSteps = 600, MostSteps = 12_000;

    /// <summary>Longer sequences are read several steps at a time.</summary>
    private const int ManySteps = 128;

    /// <summary>Below so many sequences all of them are learnt from in the end, and no epoch is preferred.</summary>
    private const int FewSequences = 5000;

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
    /// <param name="isPrefix">Whether the answer changes along a sequence, so that any of its beginnings can be learnt from.</param>
    public static SequencePlan For(SequenceOptions options, SeriesSpec spec, int sequences, int steps, bool isPrefix)
    {
        int batch = options.Batch ?? (sequences < 1000 ? 32 : 64), networks = options.Models ?? 1;
        int total = Math.Clamp((int)((long)Passes * sequences / batch), FewestSteps, MostSteps);
        bool isWhole = !spec.IsOfSteps && !isPrefix;
        int window = options.Window ?? (isWhole ? SeriesSpec.MostSteps : isPrefix ? 64 : ManySteps);
        int read = Math.Min(window, steps), epoch = Math.Max(1, total / Looks);
        var defaults = new LearningDefaults
        {
            LearningRate = 3e-3f, WeightDecay = 0.01f, Schedule = ScheduleKind.Cosine,
            LabelSmoothing = spec.Answer == SeriesAnswer.Label ? 0.1f : 0f,
            Dropout = new DropoutPlan { Input = 0.1f, Layers = 0.3f, Output = 0.3f },
            Batch = batch,
            Epochs = Looks,
            Patience = int.MaxValue,
        };
        bool isFew = sequences < FewSequences;
        float augmentation = options.Augmentation ?? (spec.Answer == SeriesAnswer.Label ? 1f : 0f);
        return new SequencePlan(options with { Clip = options.Clip * MathF.Sqrt(networks) }, defaults)
        {
            Options = options,
            Refit = options.Refit ?? (isFew && isWhole),
            LastEpoch = isFew ? options.Epochs ?? Looks : 0,
            EpochSteps = epoch,
            Augmentation = augmentation,
            Mixes = augmentation > 0 && spec.Answer == SeriesAnswer.Label,
            AveragedEpochs = AveragedSteps / epoch,
            Spec = spec with
            {
                Window = window, Join = isWhole ? (read + ManySteps - 1) / ManySteps : 1,
                Convolutions = options.Convolutions ?? 2, Filters = options.Filters ?? 64, Kernel = options.Kernel ?? 5,
                Networks = networks,
                Recurrent = options.Recurrent(hidden: 64, layers: 1, bidirectional: options.Bidirectional ?? true) with
                {
                    Cell = options.Cell ?? CellKind.Gru,
                },
            },
        };
    }
}
