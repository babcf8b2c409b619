using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>Learning to translate: batches of pairs of like lengths, the loss of every word of the target.</summary>
internal sealed class TranslatorTask : TrainingTask
{
    // Beam search would take longer than it tells more.
    private const int ValidationBeam = 1;

    private readonly TranslatorData _data;
    private readonly TranslatorPlan _plan;
    private readonly Workers _workers;
    private readonly TranslatorNetwork _network;
    private readonly TranslatorMemory _memory;
    private readonly TranslationBatch _batch = new();
    private readonly TranslatorScorer _scorer;
    private readonly PairOrder _order;
    private readonly long _validationTokens;

    public TranslatorTask(TranslatorData data, Workers workers)
    {
        _data = data;
        _plan = data.Plan;
        _workers = workers;
        _network = data.Model.Network;
        _memory = _network.CreateMemory();
        _scorer = new TranslatorScorer(data.Model, workers);
        // Writing takes longer than reading: see TranslatorData.
        _validationTokens = TranslatorData.CharactersOfTranslation * data.Validation.Pairs.Sum(pair => pair.Target.Length / 4L);
        _order = new PairOrder([.. Enumerable.Range(0, data.Targets.Count).Select(LengthOf)], _plan.Batch, _plan.Options.Seed);

        int LengthOf(int i) => (data.Targets.LengthOf(i) << 12) + Math.Min(data.Sources.LengthOf(i), 4095);
    }

    public override IReadOnlyList<Parameter> Parameters => _network.Parameters;

    public override IReadOnlyList<RecurrentPart> Recurrent => RecurrentPart.Of(_network, _memory, _batch);

    public override int StepsInEpoch => _order.Batches;

    public override List<(string Name, string Value)> Identity() => RunIdentity.Of(_data);

    /// <summary>The longest targets, and the longest sources: no later step has more rows of either.</summary>
    public override void WarmUp()
    {
        Learn(Longest(_data.Targets), 0);
        Learn(Longest(_data.Sources), 0);
    }

    public override void BeginEpoch(int epoch) => _order.Begin(epoch);

    public override StepLoss Step(int index, ulong step) => Learn(_order[index], step);

    public override long ValidationTokens => _validationTokens;

    public override Score Validate(PhaseWork work) => _scorer.Evaluate("validating", _data.Validation, ValidationBeam, work);

    public override long LeftOutOf(Score score) => _data.ValidationGivenRows - ((TranslatorEvaluation)score).Rows;

    public override Score ReadScore(JsonElement members) => TranslatorEvaluation.Read(members);

    public override IEnumerable<LayerValues> Values(bool afterBackward) => _network.Values(_memory, _batch, afterBackward);

    public override StepCapture Capture(int index, ulong step)
    {
        int[] chosen = [.. _order[index]];
        return new StepCapture
        {
            Model = _data.Model, Step = step, Dropout = _plan.Dropout with { Step = step }, LabelSmoothing = _plan.LabelSmoothing,
            Read = [.. chosen.Select(pair => _data.Sources[pair])], Texts = chosen,
            Answers = [.. chosen.Select(pair => _data.Targets[pair])],
        };
    }

    public override string? FirstNonFinite() => _network.FirstNonFinite(_memory, _batch);

    /// <summary>Makes a step with all pairs of the data in their order.</summary>
    public StepLoss Replay(ulong step) => Learn([.. Enumerable.Range(0, _data.Sources.Count)], step);

    private StepLoss Learn(ReadOnlySpan<int> chosen, ulong step)
    {
        _batch.Fill(_data.Sources, _data.Targets, chosen, _network.Mark);
        double loss = _network.Loss(
            _workers, _batch, _memory, learns: true, _plan.Dropout with { Step = step }, _plan.LabelSmoothing, out int correct);
        return new StepLoss(loss, _batch.Target.Rows, correct, _batch.Target.Rows);
    }

    private int[] Longest(TokenRows sequences) => Largest.Of(sequences.Count, _plan.Batch, sequences.LengthOf);
}
