using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>Learning to tag: batches of shuffled sentences, the loss of their tags.</summary>
internal sealed class TaggerTask : TrainingTask
{
    private readonly TaggerData _data;
    private readonly TaggerPlan _plan;
    private readonly Workers _workers;
    private readonly TaggerNetwork _network;
    private readonly TaggerMemory _memory;
    private readonly TaggerScorer _scorer;
    private readonly BatchLayout _batch = new();
    private readonly int[] _order;
    private int[] _tags = [];

    public TaggerTask(TaggerData data, Workers workers)
    {
        _data = data;
        _plan = data.Plan;
        _workers = workers;
        _network = data.Model.Network;
        _memory = _network.CreateMemory();
        // Memory of its own: its batches have more words than a step, and the step's memory keeps a history.
        _scorer = new TaggerScorer(data.Model, workers);
        _order = [.. Enumerable.Range(0, data.Train.Count)];
    }

    public override IReadOnlyList<Parameter> Parameters => _network.Parameters;

    public override IReadOnlyList<RecurrentPart> Recurrent =>
        [new RecurrentPart(null, 0, _network.Stack, _memory.Recurrent, _batch)];

    public override int StepsInEpoch => (_data.Train.Count + _plan.Batch - 1) / _plan.Batch;

    public override List<(string Name, string Value)> Identity() => RunIdentity.Of(_data);

    /// <summary>
    /// The longest sentences, and those with the most characters: no later step has more words, and few have longer spellings.
    /// </summary>
    public override void WarmUp()
    {
        Learn(Largest.Of(_data.Train.Count, _plan.Batch, _data.Train.LengthOf), 0);
        Learn(Largest.Of(_data.Train.Count, _plan.Batch, CharactersOf), 0);

        int CharactersOf(int i) => _data.Train[i].Distinct().Sum(form => _data.Forms.Characters[form].Length);
    }

    /// <summary>Every epoch shuffles the list of the epoch before, with numbers that belong to the epoch alone.</summary>
    public override void BeginEpoch(int epoch) =>
        new Philox(_plan.Options.Seed, RandomPurpose.Shuffling, (ulong)epoch).Shuffle(_order);

    public override StepLoss Step(int index, ulong step)
    {
        int start = index * _plan.Batch;
        return Learn(_order.AsSpan(start, Math.Min(_plan.Batch, _order.Length - start)), step);
    }

    public override long ValidationTokens => _data.ValidationData.WordCount;

    public override Score Validate(PhaseWork work) => _scorer.Evaluate(
        "validating", _data.ValidationData, _data.Forms, row => _data.Validation[row], work);

    public override long LeftOutOf(Score score) => _data.ValidationGivenRows - ((TaggerEvaluation)score).Sentences;

    public override Score ReadScore(JsonElement members) => TaggerEvaluation.Read(members);

    public override IEnumerable<LayerValues> Values(bool afterBackward) => _network.Values(_memory, _batch, afterBackward);

    public override StepCapture Capture(int index, ulong step)
    {
        int start = index * _plan.Batch;
        int[] chosen = _order[start..Math.Min(start + _plan.Batch, _order.Length)];
        var forms = StepCapture.Renumber([.. chosen.Select(text => _data.Train[text])], _data.Forms);
        return new StepCapture
        {
            Model = _data.Model, Step = step, Dropout = _plan.Dropout with { Step = step }, LabelSmoothing = _plan.LabelSmoothing,
            Read = forms.Texts, Forms = forms.Forms, Texts = chosen,
            Answers = [.. chosen.Select(text => _data.TrainTags[text])],
        };
    }

    public override string? FirstNonFinite() => _network.FirstNonFinite(_memory, _batch);

    private StepLoss Learn(ReadOnlySpan<int> chosen, ulong step)
    {
        _batch.Fill(_data.Train, chosen);
        _tags = Workspace.Reserve(_tags, _batch.Rows);
        for (int b = 0; b < chosen.Length; b++)
        {
            TokenRows.Reader tags = _data.TrainTags.Read(chosen[_batch.Order[b]]);
            for (int t = 0; t < _batch.Lengths[b]; t++) _tags[_batch.RowStart(t) + b] = tags.Next();
        }

        DropoutPlan dropout = _plan.Dropout with { Step = step };
        _network.Forward(_workers, _batch, _data.Forms, _memory, dropout);
        double loss = _network.Loss(
            _workers, _batch, _tags.AsMemory(0, _batch.Rows), _memory, out int correct, _plan.LabelSmoothing);
        // The run looks at the loss before it uses the gradients.
        if (double.IsFinite(loss)) _network.Backward(_workers, _batch, _memory, dropout);
        return new StepLoss(loss, _batch.Rows, correct, _batch.Rows);
    }
}
