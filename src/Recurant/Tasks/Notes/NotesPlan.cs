using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>The options of a model of music with nothing left open.</summary>
internal sealed record NotesPlan : LearningPlan
{
    /// <summary>So many looks at the validation pieces.</summary>
    private const int Looks = 25;

    /// <summary>So many times each step is learnt from, within so many steps of the optimiser.</summary>
    private const int Passes = 60, FewestSteps = 1500, MostSteps = 4000;

    /// <summary>Fewer steps are learnt by heart: more is dropped out.</summary>
    private const long FewSteps = 50_000;

    /// <summary>The lowest and highest note of a piano; music beyond it makes the range wider.</summary>
    private const int PianoLowest = 21, PianoHighest = 108;

    public NotesPlan()
    {
    }

    private NotesPlan(LearningOptions options, LearningDefaults defaults)
        : base(options, defaults)
    {
    }

    [JsonIgnore]
    public required NotesOptions Options { get; init; }

    public required NotesSpec Spec { get; init; }

    /// <summary>The steps of the optimiser in an epoch.</summary>
    public required int EpochSteps { get; init; }

    public required int Transpose { get; init; }

    public required int Window { get; init; }

    /// <summary>Decides everything.</summary>
    /// <param name="options">What the user decided.</param>
    /// <param name="data">What is learnt from.</param>
    public static NotesPlan For(NotesOptions options, NoteDataset data)
    {
        (int lowest, int highest) = data.Range();
        (lowest, highest) = highest < 0 ? (PianoLowest, PianoHighest)
            : (Math.Min(PianoLowest, lowest), Math.Max(PianoHighest, highest));
        bool isFew = data.StepCount < FewSteps;
        int batch = options.Batch ?? 16;
        int total = (int)Math.Clamp(Passes * data.StepCount / ((long)batch * options.Window), FewestSteps, MostSteps);
        var defaults = new LearningDefaults
        {
            LearningRate = 3e-3f, WeightDecay = 0.01f, Schedule = ScheduleKind.Cosine,
            Dropout = new DropoutPlan { Input = isFew ? 0.2f : 0.1f, Output = isFew ? 0.5f : 0.3f },
            Batch = batch, Epochs = Looks, Patience = int.MaxValue,
        };
        double[] lengths = [.. data.Pieces.Where(piece => piece.StepSeconds is not null).Select(piece => piece.StepSeconds!.Value)];
        var spec = new NotesSpec
        {
            Lowest = lowest, Notes = highest - lowest + 1, Chords = options.Chords, StepsPerQuarter = options.StepsPerQuarter,
            Recurrent = options.Recurrent(hidden: 256, layers: 1, bidirectional: false),
        };
        return new NotesPlan(options, defaults)
        {
            Options = options, EpochSteps = Math.Max(1, total / Looks), Transpose = options.Transpose, Window = options.Window,
            AveragedEpochs = 1,
            Spec = lengths.Length > 0 ? spec with { StepSeconds = lengths.Average() } : spec,
        };
    }
}
