using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>Learning to say what images show: batches of images whose sentences are of like lengths.</summary>
internal sealed class CaptionerTask : TrainingTask
{
    private const int ValidationBeam = 1;

    private readonly CaptionerData _data;
    private readonly TranslatorPlan _plan;
    private readonly Workers _workers;
    private readonly TranslatorNetwork _network;
    private readonly TranslatorMemory _memory;
    private readonly TranslationBatch _batch = new();
    private readonly ImageStrips _strips;
    private readonly CaptionerScorer _scorer;
    private readonly PairOrder _order;
    private readonly int[] _chosen;

    public CaptionerTask(CaptionerData data, Workers workers)
    {
        _data = data;
        _plan = data.Plan;
        _workers = workers;
        _network = data.Model.Network;
        _memory = _network.CreateMemory();
        _strips = new ImageStrips(data.Train, data.Model.Spec);
        _scorer = new CaptionerScorer(data.Model, workers);
        _order = new PairOrder([.. data.Targets.Select(target => target.Length)], _plan.Batch, _plan.Options.Seed);
        _chosen = new int[_plan.Batch];
    }

    public override IReadOnlyList<Parameter> Parameters => _network.Parameters;

    public override IReadOnlyList<RecurrentPart> Recurrent => RecurrentPart.Of(_network, _memory, _batch);

    public override int StepsInEpoch => _order.Batches;

    public override List<(string Name, string Value)> Identity() => RunIdentity.Of(_data);

    /// <summary>The longest sentences: all images have as many strips.</summary>
    public override void WarmUp() =>
        Learn([.. Enumerable.Range(0, _data.Targets.Length).OrderByDescending(i => _data.Targets[i].Length).Take(_plan.Batch)], 0);

    public override void BeginEpoch(int epoch) => _order.Begin(epoch);

    public override StepLoss Step(int index, ulong step) => Learn(_order[index], step);

    public override Score Validate(PhaseWork work) =>
        _scorer.Evaluate(_data.Validation, ValidationBeam, work.Cancellation);

    public override long LeftOutOf(Score score) => _data.ValidationGivenRows - ((CaptionerEvaluation)score).Rows;

    public override Score ReadScore(JsonElement members) => CaptionerEvaluation.Read(members);

    public override IEnumerable<LayerValues> Values(bool afterBackward) => _network.Values(_memory, _batch, afterBackward);

    public override string? FirstNonFinite() => _network.FirstNonFinite(_memory, _batch);

    private StepLoss Learn(ReadOnlySpan<int> chosen, ulong step)
    {
        chosen.CopyTo(Workspace.Reuse(_chosen));
        _batch.Fill(_workers, _strips, _data.Model.Spec.StripSize, _data.Targets, _chosen, chosen.Length, _network.Mark);
        double loss = _network.Loss(
            _workers, _batch, _memory, learns: true, _plan.Dropout with { Step = step }, _plan.LabelSmoothing, out int correct);
        return new StepLoss(loss, _batch.Target.Rows, correct, _batch.Target.Rows);
    }
}
