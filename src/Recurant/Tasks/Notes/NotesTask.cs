using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>
/// Learning which notes come next. Every step draws windows of pieces, longer ones more often, and moves each by some half-tones;
/// windows that would begin before a piece begin with it, so that beginnings are learnt as well.
/// </summary>
internal sealed class NotesTask : TrainingTask
{
    private readonly NotesModel _model;
    private readonly NotesPlan _plan;
    private readonly NoteDataset _data;
    private readonly NotePieces _train, _validation;
    private readonly NotesScorer _scorer;
    private readonly Pass _pass;
    private readonly Dropout _input, _output;
    private readonly SequenceBatch _x = new(), _y = new();
    private readonly int[] _lengths;
    private float[] _before = [], _now = [];

    /// <param name="model">The model.</param>
    /// <param name="plan">How it learns.</param>
    /// <param name="data">What is learnt from, for the identity of the run.</param>
    /// <param name="train">The pieces of it.</param>
    /// <param name="validation">The pieces that validate.</param>
    /// <param name="workers">The threads.</param>
    public NotesTask(
        NotesModel model, NotesPlan plan, NoteDataset data, NotePieces train, NotePieces validation, Workers workers)
        : this(model, plan, data, train, validation, workers, new Pass(plan.Seed, workers.Count))
    {
    }

    private NotesTask(
        NotesModel model, NotesPlan plan, NoteDataset data, NotePieces train, NotePieces validation, Workers workers, Pass pass)
        : base(model.Parameters, new PassMemory([(model.Network, pass)]), new GeneratedFeed(plan.EpochSteps))
    {
        (_model, _plan, _data, _train, _validation, _pass) = (model, plan, data, train, validation, pass);
        _scorer = new NotesScorer(model, workers);
        (_input, _output) = (new Dropout(plan.Dropout.Input), new Dropout(plan.Dropout.Output));
        _lengths = new int[plan.Batch];
    }

    public override List<(string Name, string Value)> Identity() =>
    [
        RunIdentity.Version, ("pieces", _plan.Options.Checkpoint is null ? "" : RunIdentity.Of(_data.Pieces)),
        ("validation pieces", _plan.Options.Checkpoint is null ? "" : RunIdentity.Of(_validation.Pieces)),
        RunIdentity.Of("Seed", _plan.Seed), .. PlanText.Of(_plan, PlanContext.Default.NotesPlan),
        ("weights at the start", RunIdentity.Of(Parameters)),
    ];

    public override void WarmUp()
    {
        int longest = Math.Min(_plan.Window, _train.Longest);
        for (int b = 0; b < _plan.Batch; b++) _lengths[b] = longest;
        int size = _plan.Batch * longest * _model.Spec.Notes;
        (_before, _now) = (new float[size], new float[size]);
        Learn(size);
    }

    public override StepLoss Step(int index, ulong step)
    {
        _pass.Step = step;
        int size = 0;
        for (int b = 0; b < _plan.Batch; b++) size += Draw(step, b, size);
        return Learn(size);
    }

    public override Score Validate(PhaseWork work) => _scorer.Score(_validation, work.Cancellation);

    public override Score ReadScore(JsonElement members) => NotesScore.Read(members);

    private StepLoss Learn(int size)
    {
        int notes = _model.Spec.Notes;
        _x.Set(_lengths, _before.AsSpan(0, size), notes);
        _y.Set(_lengths, _now.AsSpan(0, size), notes);
        _pass.Begin();
        SequenceBatch logits = _model.Network.Forward(_pass, _x, _y, _input, _output);
        // The mean over the notes of a step times their number: its sum.
        double loss = _pass.Loss(logits, _y, Loss.Bernoulli) * notes;
        _pass.Backward();
        return new StepLoss(loss * _x.RowCount, _x.RowCount, -1, _x.RowCount);
    }

    /// <summary>Draws a window, moves it, and writes its steps; returns how many numbers they are.</summary>
    private int Draw(ulong step, int b, int at)
    {
        var random = new RandomNumbers(new Philox(_plan.Seed, RandomPurpose.Augmentation, step, (uint)b));
        int piece = _train.Drawn(random), all = _train.Pieces[piece].Steps.Count, count = Math.Min(_plan.Window, all);
        int first = Math.Clamp(random.Below(all + 1) - count / 2, 0, all - count);
        int moved = _train.Moved(random, piece, _plan.Transpose);
        int size = count * _model.Spec.Notes;
        (_before, _now) = (Workspace.Grown(_before, at + size), Workspace.Grown(_now, at + size));
        _train.Write(piece, first, count, moved, _before.AsSpan(at, size), _now.AsSpan(at, size));
        _lengths[b] = count;
        return size;
    }
}
