namespace Recurant.Tasks;

/// <summary>Trains models of music.</summary>
public static class NotesTrainer
{
    /// <summary>Trains a model to tell the notes of the next step.</summary>
    /// <param name="train">What to learn from.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="validation">What validates; null sets a share of the pieces aside.</param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">Ends the run after the present step; the best weights so far are returned.</param>
    /// <exception cref="InvalidDataException">
    /// There are too few pieces, the validation has notes that the training has not; or the checkpoint to continue from is
    /// damaged, or belongs to another run.
    /// </exception>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first epoch was over.</exception>
    public static TrainingResult<NotesModel, NotesScore> Train(
        NoteDataset train, NotesOptions? options = null, NoteDataset? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new NotesOptions();
        options.Validate();
        NotesPlan plan = NotesPlan.For(options, train);
        (IReadOnlyList<NotePiece> learnt, IReadOnlyList<NotePiece> held) =
            validation is null ? Divide(train, options) : (train.Pieces, validation.Pieces);
        var model = new NotesModel(plan.Spec);
        var pieces = new NotePieces(train.Name, learnt, plan.Spec);
        var others = new NotePieces(validation?.Name ?? train.Name, held, plan.Spec);
        return new StagedRun<NotesModel, NotesScore>(model, plan, model.Parameters, progress, cancellation)
        {
            Options = options, Start = () => model.Network.Initialise(plan.Seed),
            Learn = workers => new NotesTask(model, plan, train, pieces, others, workers), ReadScore = NotesScore.Read,
        }.Run();
    }

    /// <summary>Sets a share of the pieces aside, drawn at random.</summary>
    private static (NotePiece[] Train, NotePiece[] Held) Divide(NoteDataset data, NotesOptions options)
    {
        int count = (int)Math.Ceiling(options.ValidationFraction * data.Pieces.Count);
        if (data.Pieces.Count < 2 || count >= data.Pieces.Count)
        {
            throw new InvalidDataException(
                $"{data.Name}: {data.Pieces.Count} pieces are too few to set some aside for validation. Give more, or pieces of "
                + "their own to validate with (--valid on the command line).");
        }

        int[] order = [.. Enumerable.Range(0, data.Pieces.Count)];
        new Philox(options.Seed, RandomPurpose.Splitting).Shuffle(order);
        var isHeld = new bool[order.Length];
        foreach (int i in order.AsSpan(0, count)) isHeld[i] = true;
        return ([.. data.Pieces.Where((_, i) => !isHeld[i])], [.. data.Pieces.Where((_, i) => isHeld[i])]);
    }
}
