using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>
/// The options of a transcriber with nothing left open: what the user did not decide is decided here from the data.
/// </summary>
internal sealed record SpeechPlan : LearningPlan
{
    /// <summary>So many looks at the validation clips.</summary>
    private const int Looks = 20;

    /// <summary>So many times each clip is learnt from, within so many steps of the optimiser.</summary>
    private const int Passes = 25, FewestSteps = 600, MostSteps = 6000;

    /// <summary>With fewer clips all of them are learnt from in the end, by a smaller network.</summary>
    private const int FewClips = 200;

    private const int WidthOfFew = 64, Width = 128;

    private const int MostJoined = 3;

    /// <summary>A clip has at least so many times the steps that its transcript needs.</summary>
    private const double Room = 1.5;

    /// <summary>From this rate on speech is told in so many bands, below in fewer.</summary>
    private const int WideRate = 16_000, WideBands = 40, NarrowBands = 30;

    public SpeechPlan()
    {
    }

    private SpeechPlan(LearningOptions options, LearningDefaults defaults)
        : base(options, defaults)
    {
    }

    [JsonIgnore]
    public required TranscriberOptions Options { get; init; }

    public required SpeechSpec Spec { get; init; }

    /// <summary>The steps of the optimiser in an epoch.</summary>
    public required int EpochSteps { get; init; }

    /// <summary>Whether the model is trained anew on all clips.</summary>
    public bool Refit { get; init; }

    /// <summary>Whether parts of the clips are hidden.</summary>
    public bool Masks { get; init; }

    /// <summary>The features of the clips.</summary>
    public static SoundFeatureSpec SoundOf(TranscriberOptions options, int rate) =>
        ((options.Sound ?? new SoundFeatureSpec
        {
            Convention = options.Features, FrameMilliseconds = 25, StepMilliseconds = 10,
            MelBands = rate >= WideRate ? WideBands : NarrowBands, Normalisation = ClipNormalisation.Mean,
        }) with { SampleRate = rate }).Decided();

    /// <summary>Decides everything.</summary>
    /// <param name="options">What the user decided.</param>
    /// <param name="sound">The features.</param>
    /// <param name="symbols">The number of symbols.</param>
    /// <param name="clips">Of each clip its frames, and the frames that its transcript needs.</param>
    /// <param name="hasValidation">Whether there are clips of their own to validate with.</param>
    public static SpeechPlan For(
        TranscriberOptions options, SoundFeatureSpec sound, int symbols, IReadOnlyList<(int Frames, int Needed)> clips,
        bool hasValidation)
    {
        int join = options.Join ?? MostJoined;
        while (options.Join is null && join > 1 && clips.Any(clip => clip.Frames < Room * join * clip.Needed)) join--;
        bool isFew = clips.Count < FewClips;
        int batch = options.Batch ?? (isFew ? 4 : 16), width = isFew ? WidthOfFew : Width;
        int total = (int)Math.Clamp((long)Passes * clips.Count / batch, FewestSteps, MostSteps);
        bool refit = options.Refit ?? (isFew && !hasValidation);
        var defaults = new LearningDefaults
        {
            LearningRate = 2e-3f, WeightDecay = 0.01f, Schedule = ScheduleKind.Cosine,
            Dropout = new DropoutPlan { Input = 0f, Layers = 0.2f, Output = 0.2f },
            Batch = batch, Epochs = Looks, Patience = int.MaxValue,
        };
        return new SpeechPlan(options, defaults)
        {
            Options = options, EpochSteps = Math.Max(1, total / Looks), Refit = refit,
            LastEpoch = refit ? options.Epochs ?? Looks : 0, Masks = options.Masks, AveragedEpochs = 1,
            Spec = new SpeechSpec
            {
                Sound = sound, Unit = options.Unit, Symbols = symbols, Join = join, Convolutions = options.Convolutions ?? 2,
                Filters = options.Filters ?? Width, Kernel = options.Kernel ?? 5,
                Recurrent = options.Recurrent(hidden: width, layers: 1, bidirectional: options.Bidirectional ?? true) with
                {
                    Cell = options.Cell ?? CellKind.Gru,
                },
            },
        };
    }
}
