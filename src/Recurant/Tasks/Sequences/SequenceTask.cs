using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>
/// Learning to answer sequences. The networks of a model are trained side by side: each draws sequences of its own and has a pass
/// of its own, and one step of the optimiser changes all of them.
/// </summary>
internal sealed class SequenceTask : TrainingTask
{
    private readonly SequenceData _data;
    private readonly SeriesSpec _spec;
    private readonly SequencePiece[] _pieces;
    private readonly Pass[] _passes;
    private readonly SequenceScorer _scorer;
    private readonly SequenceAugmentation? _augmentation;
    private readonly SeriesDropout _dropout;
    private readonly SequenceBatch _batch = new(), _targets = new(), _weights = new();
    private readonly long[] _ends;
    private float[] _values = [], _right = [], _known = [], _one = [], _other = [], _changed = [];
    private int[] _lengths = [], _rows = [];

    /// <param name="data">The data and the model.</param>
    /// <param name="pieces">The sequences to learn from.</param>
    /// <param name="workers">The threads.</param>
    public SequenceTask(SequenceData data, SequencePiece[] pieces, Workers workers)
        : this(data, pieces, workers,
            [.. data.Model.Networks.Select((_, n) => new Pass(ForecastTask.SeedOf(data.Plan.Seed, n), workers.Count))])
    {
    }

    private SequenceTask(SequenceData data, SequencePiece[] pieces, Workers workers, Pass[] passes)
        : base(
            data.Model.Parameters,
            new PassMemory([.. data.Model.Networks.Zip(passes, (network, pass) => ((PassNetwork)network, pass))]),
            new GeneratedFeed(data.Plan.EpochSteps))
    {
        (_data, _spec, _pieces, _passes) = (data, data.Spec, pieces, passes);
        _scorer = new SequenceScorer(data.Model, workers);
        if (data.Plan.Augmentation > 0) _augmentation = new SequenceAugmentation(_spec, data.Plan.Augmentation);
        DropoutPlan rates = data.Plan.Dropout;
        _dropout = new SeriesDropout(new Dropout(rates.Input), new Dropout(rates.Layers), new Dropout(rates.Output));
        // Of pieces that are cut, longer ones are drawn more often.
        _ends = new long[pieces.Length];
        for (int i = 0; i < pieces.Length; i++)
        {
            int weight = _spec.IsOfSteps || data.IsPrefix ? pieces[i].Count : 1;
            _ends[i] = (i == 0 ? 0 : _ends[i - 1]) + weight;
        }
    }

    public override List<(string Name, string Value)> Identity() =>
    [
        RunIdentity.Version, ("sequences", _data.Plan.Options.Checkpoint is null ? "" : RunIdentity.Of(_data.Given)),
        ("validation sequences", _data.Plan.Options.Checkpoint is null || _data.ValidationGiven is null
            ? "set aside" : RunIdentity.Of(_data.ValidationGiven)),
        RunIdentity.Of("Seed", _data.Plan.Seed), RunIdentity.Of("ValidationFraction", _data.Plan.Options.ValidationFraction),
        .. PlanText.Of(_data.Plan, PlanContext.Default.SequencePlan), ("labels", string.Join('\n', _data.Model.Labels)),
        ("weights at the start", RunIdentity.Of(Parameters)),
    ];

    public override void WarmUp() => Step(0, 0);

    public override StepLoss Step(int index, ulong step)
    {
        double loss = 0;
        int units = 0, rows = 0;
        for (int n = 0; n < _passes.Length; n++)
        {
            Draw(step, n);
            Pass pass = _passes[n];
            pass.Step = step;
            pass.Begin();
            SequenceBatch answers = _data.Model.Networks[n].Forward(pass, _batch, _dropout);
            (double sum, int known) = Loss(pass, answers);
            if (known > 0) pass.Backward();
            loss += sum;
            units += known;
            rows += _batch.RowCount;
        }

        return new StepLoss(loss, Math.Max(1, units), -1, rows * _spec.Join);
    }

    public override Score Validate(PhaseWork work) => _spec.IsOfLabels
        ? _scorer.Labels(_data.ValidationRows, _data.Validation, work.Cancellation)
        : _scorer.Numbers(_data.ValidationRows, _data.Validation, work.Cancellation);

    public override Score ReadScore(JsonElement members) =>
        _spec.IsOfLabels ? Evaluation.Read(members) : RegressionScore.Read(members);

    /// <summary>The mean loss of the batch, as a sum, and the answers it is the mean of.</summary>
    private (double Sum, int Known) Loss(Pass pass, SequenceBatch answers)
    {
        int known = 0;
        for (int i = 0; i < _targets.RowCount; i++) known += _weights.Row(i)[0] > 0 ? 1 : 0;
        if (known == 0) return (0, 0);
        double mean = pass.Loss(
            answers, _targets, _spec.IsOfLabels ? Losses.Loss.CrossEntropy : Losses.Loss.SquaredError, _weights);
        return (mean * known, known);
    }

    /// <summary>Draws the sequences of a network's step, changes them, and lays them out.</summary>
    private void Draw(ulong step, int network)
    {
        int batch = _data.Plan.Batch, width = _spec.StepWidth * _spec.Join, at = 0, right = 0, classes = _spec.Outputs;
        _lengths = Workspace.Reserve(_lengths, batch);
        _rows = Workspace.Reserve(_rows, batch);
        for (int b = 0; b < batch; b++)
        {
            var random = new RandomNumbers(
                new Philox(_data.Plan.Seed, RandomPurpose.Augmentation, step, (uint)(network * batch + b)));
            SequencePiece piece = Cut(random, Drawn(random));
            _lengths[b] = SequenceScorer.RowsOf(_spec, piece.Count);
            _rows[b] = _spec.IsOfSteps ? piece.Count : 1;
            _values = Workspace.Grown(_values, at + _lengths[b] * width);
            _right = Workspace.Grown(_right, right + _rows[b] * classes);
            _known = Workspace.Grown(_known, right / classes + _rows[b]);
            Span<float> targets = _right.AsSpan(right, _rows[b] * classes);
            targets.Clear();
            Target(piece, 1f, targets, _known.AsSpan(right / classes));
            Span<float> values = Read(random, piece, piece.Count, ref _one);
            if (_data.Plan.Mixes)
            {
                float share = SequenceAugmentation.Mixture(random);
                SequencePiece other = Cut(random, Drawn(random));
                Span<float> mixed = Read(random, other, piece.Count, ref _other);
                for (int i = 0; i < values.Length; i++) values[i] = share * values[i] + (1 - share) * mixed[i];
                targets.Clear();
                Target(piece, share, targets, _known.AsSpan(right / classes));
                Target(other, 1 - share, targets, _known.AsSpan(right / classes));
            }

            Smooth(targets);
            Span<float> to = _values.AsSpan(at, _lengths[b] * width);
            values.CopyTo(to);
            for (int i = values.Length; i < to.Length; i++) to[i] = to[i - _spec.StepWidth];
            at += to.Length;
            right += targets.Length;
        }

        _batch.Set(_lengths.AsSpan(0, batch), _values.AsSpan(0, at), width);
        _targets.Set(_rows.AsSpan(0, batch), _right.AsSpan(0, right), classes);
        _weights.Set(_rows.AsSpan(0, batch), _known.AsSpan(0, right / classes));
    }

    private SequencePiece Drawn(RandomNumbers random)
    {
        long place = random.Below((int)Math.Min(int.MaxValue, _ends[^1]));
        int found = Array.BinarySearch(_ends, place + 1);
        return _pieces[found < 0 ? ~found : found];
    }

    /// <summary>A window of a piece whose steps are answered, or a beginning of one whose answer changes along it.</summary>
    private SequencePiece Cut(RandomNumbers random, SequencePiece piece)
    {
        if (_data.IsPrefix) return SequenceScorer.Cut(_spec, piece with { Count = 1 + random.Below(piece.Count) });
        if (!_spec.IsOfSteps || piece.Count <= _spec.Window) return SequenceScorer.Cut(_spec, piece);
        int first = random.Below(piece.Count - _spec.Window + 1);
        return new SequencePiece(piece.Series, piece.First + first, _spec.Window);
    }

    /// <summary>Adds the right answers, each with a share of the weight.</summary>
    private void Target(SequencePiece piece, float share, Span<float> targets, Span<float> known)
    {
        int classes = _spec.Outputs;
        for (int step = 0; step < targets.Length / classes; step++)
        {
            float right = _spec.IsOfSteps
                ? _data.Rows.Target(piece.Series, piece.First + step) : _data.Rows.TargetUpTo(piece.Series, piece.End);
            known[step] = float.IsNaN(right) ? 0f : 1f;
            if (float.IsNaN(right)) continue;
            if (_spec.IsOfLabels) targets[step * classes + (int)right] += share;
            else targets[step] = (right - _spec.TargetMean) / _spec.TargetDeviation;
        }
    }

    private void Smooth(Span<float> targets)
    {
        float smoothing = _data.Plan.LabelSmoothing;
        if (!_spec.IsOfLabels || smoothing == 0) return;
        foreach (ref float target in targets) target = (1 - smoothing) * target + smoothing / _spec.Outputs;
    }

    /// <summary>The numbers of a piece, changed at random, as so many steps.</summary>
    private Span<float> Read(RandomNumbers random, SequencePiece piece, int steps, ref float[] values)
    {
        int width = _spec.StepWidth;
        float[] read = _changed = Workspace.Grown(_changed, piece.Count * width);
        for (int t = 0; t < piece.Count; t++) _data.Rows.Write(piece.Series, piece.First + t, read.AsSpan(t * width, width));
        values = Workspace.Grown(values, steps * width);
        Span<float> to = values.AsSpan(0, steps * width);
        if (_augmentation is null) read.AsSpan(0, to.Length).CopyTo(to);
        else _augmentation.Apply(random, read.AsSpan(0, piece.Count * width), piece.Count, to, steps);
        return to;
    }
}
