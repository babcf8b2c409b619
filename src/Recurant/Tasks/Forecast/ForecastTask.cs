using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>
/// Learning to forecast. The networks of a model are trained side by side: each draws windows of its own and has a pass of its
/// own, and one step of the optimiser changes all of them.
/// </summary>
internal sealed class ForecastTask : TrainingTask
{
    private const double MostWeight = 20;

    private readonly ForecastData _data;
    private readonly ForecasterModel _model;
    private readonly SeriesWindows _windows;
    private readonly ForecastBatch _batch;
    private readonly Pass[] _passes;
    private readonly Dropout? _dropout;
    private readonly ForecastScorer _scorer;
    private readonly SeriesWindow[] _drawn, _validation;
    private readonly float[] _actual, _weights;

    /// <param name="data">The data and the model.</param>
    /// <param name="ends">For each series the end of the rows that are learnt from.</param>
    /// <param name="workers">The threads.</param>
    public ForecastTask(ForecastData data, IReadOnlyList<int> ends, Workers workers)
        : this(data, ends, workers, [.. data.Model.Networks.Select((_, n) => new Pass(SeedOf(data.Plan.Seed, n), workers.Count))])
    {
    }

    private ForecastTask(ForecastData data, IReadOnlyList<int> ends, Workers workers, Pass[] passes)
        : base(
            data.Model.Learnt,
            new PassMemory([.. data.Model.Networks.Zip(passes, (network, pass) => ((PassNetwork)network, pass))]),
            new GeneratedFeed(data.Plan.EpochSteps))
    {
        (_data, _model, _passes) = (data, data.Model, passes);
        _windows = data.Learnable(ends);
        _batch = new ForecastBatch(data.Spec);
        _scorer = new ForecastScorer(_model, workers);
        _drawn = new SeriesWindow[data.Plan.Batch];
        _validation = data.Validation;
        _actual = new float[data.Plan.Batch * data.Spec.Horizon];
        _weights = new float[data.Plan.Batch];
        foreach (Parameter parameter in _model.Networks.SelectMany(network => network.LinearParameters))
        {
            parameter.LearningRateFactor = data.Plan.LinearRate;
        }

        if (data.Plan.Dropout.Output > 0) _dropout = new Dropout(data.Plan.Dropout.Output);
    }

    /// <summary>What the first stage has calibrated, for checkpoints of the second. Default: nothing.</summary>
    public IReadOnlyList<Parameter> Calibration { get; init; } = [];

    public override IEnumerable<(string Name, int[] Shape, Memory<float> Values)> CarriedState =>
        Calibration.Select(parameter => (parameter.Name, (int[])[.. parameter.Shape], parameter.ValueMemory));

    public override List<(string Name, string Value)> Identity() =>
    [
        RunIdentity.Version, ("series", _data.Plan.Options.Checkpoint is null ? "" : RunIdentity.Of(_data.Given.Table)),
        ("test rows", string.Join(' ', _data.Given.TestRows)), RunIdentity.Of("Seed", _data.Plan.Seed),
        .. PlanText.Of(_data.Plan, PlanContext.Default.ForecastPlan),
        ("weights at the start", RunIdentity.Of(Parameters)),
    ];

    public override void WarmUp() => Step(0, 0);

    public override StepLoss Step(int index, ulong step)
    {
        double loss = 0;
        int units = 0;
        for (int n = 0; n < _passes.Length; n++)
        {
            _windows.Draw(new Philox(_data.Plan.Seed, RandomPurpose.Windows, step, (uint)n), _drawn);
            loss += Learn(_model.Networks[n], _passes[n], step, ref units);
        }

        return new StepLoss(loss, Math.Max(1, units), -1, _drawn.Length * _data.Spec.Lookback * _passes.Length);
    }

    /// <summary>Forward, loss and back of one network on the windows that were drawn.</summary>
    private double Learn(ForecastNetwork network, Pass pass, ulong step, ref int units)
    {
        int horizon = _data.Spec.Horizon;
        _batch.Fill(_data.Rows, _drawn);
        double whole = 0;
        for (int b = 0; b < _drawn.Length; b++)
        {
            Span<float> actual = _actual.AsSpan(b * horizon, horizon);
            ForecastScorer.ReadActual(_data.Rows, _drawn[b], actual);
            int known = 0;
            for (int h = 0; h < horizon; h++)
            {
                actual[h] = _batch.Scaled(b, actual[h]);
                known += float.IsNaN(actual[h]) ? 0 : 1;
            }

            _weights[b] = WeightOf(b);
            whole += _weights[b] * known;
        }

        pass.Step = step;
        pass.Begin();
        (SequenceBatch Outputs, SequenceBatch? Linear) outputs = network.Forward(pass, _batch, _dropout);
        double sum = 0;
        for (int b = 0; b < _drawn.Length; b++)
        {
            float weight = whole > 0 ? (float)(_weights[b] / whole) : 0f;
            sum += _weights[b] * network.Loss(
                outputs, _batch, b, _actual.AsSpan(b * horizon, horizon), weight, out int known);
            units += known;
        }

        if (whole > 0) pass.Backward();
        return sum;
    }

    /// <summary>
    /// Where many series are scored by MASE, the loss of a window counts with the root of its unit in those of MASE: a calm
    /// window of a wild series little.
    /// </summary>
    private float WeightOf(int window)
    {
        if (!_data.Plan.Weighted) return 1f;
        double scale = _data.LearntScales[_drawn[window].Series * _data.Spec.TargetCount + _drawn[window].Target];
        return scale > 0 ? (float)Math.Min(MostWeight, Math.Sqrt(_batch.UnitOf(window) / scale)) : 1f;
    }

    public override Score Validate(PhaseWork work) =>
        _scorer.Score(_data.Rows, _validation, _data.Scales, cancellation: work.Cancellation);

    public override Score ReadScore(JsonElement members) => ForecastScore.Read(members);

    /// <summary>The key of the random numbers of one of several networks.</summary>
    public static ulong SeedOf(ulong seed, int network) => network == 0 ? seed : SplitMix64.Hash(seed, network);
}
