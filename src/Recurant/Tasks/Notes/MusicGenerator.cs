using System.Globalization;

namespace Recurant.Tasks;

/// <summary>
/// Learns music, tells how well it predicts pieces, and writes more of it. May be used from many threads at once.
/// <code>
/// MusicGenerator music = MusicGenerator.Train(chorales);
/// NotePiece piece = music.Continue(prompt: null, steps: 64, seed: 7);
/// </code>
/// </summary>
public sealed class MusicGenerator : FrontDoor<MusicGenerator, NotesModel>, IFrontDoor<MusicGenerator, NotesModel>
{
    private readonly WorkspacePool<NotesScorer> _scorers;

    /// <summary>Wraps a model.</summary>
    /// <param name="model">The model; it must not be trained meanwhile.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it. Default: 0.</param>
    public MusicGenerator(NotesModel model, int threads = 0) : base(model) =>
        _scorers = WorkspacePool.Of(model, threads, workers => new NotesScorer(model, workers));

    static MusicGenerator IFrontDoor<MusicGenerator, NotesModel>.Of(NotesModel model, int threads) => new(model, threads);

    /// <summary>What is known of the training; null for a loaded model.</summary>
    public TrainingResult<NotesModel, NotesScore>? Training { get; private init; }

    /// <summary>Trains a model; see <see cref="NotesTrainer.Train"/> for parameters and exceptions.</summary>
    public static MusicGenerator Train(
        NoteDataset train, NotesOptions? options = null, NoteDataset? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        TrainingResult<NotesModel, NotesScore> result = NotesTrainer.Train(train, options, validation, progress, cancellation);
        return new MusicGenerator(result.Model, options?.Threads ?? 0) { Training = result };
    }

    /// <summary>Scores pieces: how well each of their steps is predicted from those before.</summary>
    /// <param name="data">The pieces.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <exception cref="InvalidDataException">A piece has a note that the model does not know.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public NotesScore Evaluate(NoteDataset data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return _scorers.Use(scorer => scorer.Score(new NotePieces(data.Name, data.Pieces, Model.Spec), cancellation));
    }

    /// <summary>Writes the next steps of a piece, drawn note by note from what the model expects.</summary>
    /// <param name="prompt">The beginning; null to begin a piece.</param>
    /// <param name="steps">The number of steps to write, 1 or more.</param>
    /// <param name="temperature">
    /// What the scores of notes are divided by: below 1 the likely notes become likelier; 0 takes a note where its probability
    /// is above one half. Default: 1.
    /// </param>
    /// <param name="seed">The key of the random numbers: same model, prompt and seed, same music. Default: 1.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    /// <returns>The prompt with what follows.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Steps or temperature are out of range.</exception>
    /// <exception cref="InvalidDataException">The prompt has a note that the model does not know.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public NotePiece Continue(
        NotePiece? prompt, int steps, float temperature = 1f, ulong seed = 1, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (temperature is not (>= 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be 0 to 100.");
        }

        NotesSpec spec = Model.Spec;
        var known = prompt is null ? null : new NotePieces(prompt.Name, [prompt], spec);
        var written = new List<IReadOnlyList<int>>(prompt?.Steps ?? []);
        var pass = new Pass(threads: 1);
        var state = new StepByStep(stack => new RecurrentStream(stack, pass.Workers));
        var x = new SequenceBatch();
        float[] row = new float[spec.Notes];
        int[] one = [1];
        for (int t = 0; t < (known?.Longest ?? 0) + steps; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            Array.Clear(row);
            if (t > 0)
            {
                foreach (int note in written[t - 1]) row[note - spec.Lowest] = 1f;
            }

            x.Set(one, row, row.Length);
            pass.BeginStep(state, isKept: true);
            SequenceBatch scores = Model.Network.Scores(pass, x);
            if (t < written.Count) continue;
            written.Add(Drawn(scores.Row(0), temperature, new Philox(seed, RandomPurpose.Sampling, (ulong)t)));
        }

        return new NotePiece(
            prompt?.Name ?? string.Create(CultureInfo.InvariantCulture, $"seed {seed}"), written,
            prompt?.StepSeconds ?? spec.StepSeconds);
    }

    /// <summary>Draws the notes of a step from the lowest on, each given those below it.</summary>
    private List<int> Drawn(Span<float> scores, float temperature, Philox random)
    {
        var notes = new List<int>();
        Span<float> exponent = [0f];
        for (int k = 0; k < scores.Length; k++)
        {
            bool sounds = scores[k] > 0;
            if (temperature > 0)
            {
                exponent[0] = -Math.Clamp(scores[k] / temperature, -80f, 80f);
                Elementwise.Exp(exponent, exponent);
                sounds = random.Uniform((uint)k) * (1f + exponent[0]) < 1f;
            }

            if (!sounds) continue;
            notes.Add(Model.Spec.Lowest + k);
            Model.Network.Chords?.AddOf(k, scores);
        }

        return notes;
    }
}
