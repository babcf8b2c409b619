using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>The options of a model of music with nothing left open.</summary>
internal sealed record NotesPlan : LearningPlan
{
    /// <summary>So many looks at the validation pieces.</summary>
    private const int Looks = 25;

    /// <summary>So many times each step is learnt from, within so many steps of the optimiser.</summary>
    private const int Passes = 60, FewestSteps = 1500, MostSteps = 4000;

    /// <summary>
    /// Pieces are in one key where they differ from all together by less than this share of what they differ from even notes.
    /// </summary>
    private const double OneKey = 0.6;

    private const int Octave = 12, AllKeys = 6;

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
        int batch = options.Batch ?? 16;
        int total = (int)Math.Clamp(Passes * data.StepCount / ((long)batch * options.Window), FewestSteps, MostSteps);
        var defaults = new LearningDefaults
        {
            LearningRate = 3e-3f, WeightDecay = 0.01f, Schedule = ScheduleKind.Cosine,
            Dropout = new DropoutPlan { Input = 0.1f, Output = 0.3f },
            Batch = batch, Epochs = Looks, Patience = int.MaxValue,
        };
        double[] lengths = [.. data.Pieces.Select(piece => piece.StepSeconds).OfType<double>()];
        var spec = new NotesSpec
        {
            Lowest = lowest, Notes = highest - lowest + 1, Chords = options.Chords, StepsPerQuarter = options.StepsPerQuarter,
            Recurrent = options.Recurrent(hidden: 256, layers: 1, bidirectional: false) with
            {
                Cell = options.Cell ?? CellKind.Gru,
            },
        };
        return new NotesPlan(options, defaults)
        {
            Options = options, EpochSteps = Math.Max(1, total / Looks), Window = options.Window,
            Transpose = options.Transpose ?? (IsInOneKey(data) ? 0 : AllKeys),
            AveragedEpochs = 1,
            Spec = lengths.Length > 0 ? spec with { StepSeconds = lengths.Average() } : spec,
        };
    }
    /// <summary>
    /// Whether pieces share a key: how often each of the twelve notes of an octave sounds is much alike in all of them.
    /// <code>
    /// (1) mean_i KL(p_i || mean_j p_j) below 0.6 mean_i KL(p_i || 1/12)
    /// </code>
    /// Of chorales that were brought to C the one is 0.4 times the other, of the same in random keys 1.0.
    /// </summary>
    internal static bool IsInOneKey(NoteDataset data)
    {
        double[][] shares = [.. data.Pieces.Select(SharesOf)];
        double[] all = new double[Octave], even = new double[Octave];
        foreach (double[] piece in shares)
        {
            for (int k = 0; k < Octave; k++) (all[k], even[k]) = (all[k] + piece[k] / shares.Length, 1.0 / Octave);
        }

        return shares.Sum(piece => Divergence(piece, all)) < OneKey * shares.Sum(piece => Divergence(piece, even));      // (1)
    }

    private static double[] SharesOf(NotePiece piece)
    {
        // A trace of each keeps logarithms finite.
        double[] counts = [.. Enumerable.Repeat(1e-6, Octave)];
        foreach (int note in piece.Steps.SelectMany(notes => notes)) counts[note % Octave]++;
        double sum = counts.Sum();
        return [.. counts.Select(count => count / sum)];
    }

    private static double Divergence(double[] p, double[] q)
    {
        double sum = 0;
        for (int k = 0; k < p.Length; k++) sum += p[k] * Elementwise.Log((float)(p[k] / q[k]));
        return sum;
    }
}
