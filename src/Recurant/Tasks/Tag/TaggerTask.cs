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
    private int[] _tags = [];

    public TaggerTask(TaggerData data, Workers workers)
        : this(data, workers, data.Model.Network.CreateMemory())
    {
    }

    private TaggerTask(TaggerData data, Workers workers, TaggerMemory memory)
        : base(data.Model.Parameters, memory, new ShuffledFeed(data.Train.Count, data.Plan.Batch, data.Plan.Options.Seed))
    {
        (_data, _plan, _workers, _network, _memory) = (data, data.Plan, workers, data.Model.Network, memory);
        // Memory of its own: its batches have more words than a step, and the step's memory keeps a history.
        _scorer = new TaggerScorer(data.Model, workers);
    }

    public override List<(string Name, string Value)> Identity() =>
    [
        .. _data.Divided.Identity("sentences", _plan.Options),
        .. PlanText.Of(_plan, PlanContext.Default.TaggerPlan),
        RunIdentity.Of("FreezeVectors", _plan.Options is { Vectors: not null, FreezeVectors: true }),
        ("vocabulary", RunIdentity.Of(_data.Model.Vocabulary)),
        ("characters", RunIdentity.Of(_data.Model.Characters)),
        ("weights at the start", RunIdentity.Of(Parameters)),
    ];

    /// <summary>
    /// The longest sentences, and those with the most characters: no later step has more words, and few have longer spellings.
    /// </summary>
    public override void WarmUp()
    {
        Learn(Largest.Of(_data.Train.Count, _plan.Batch, _data.Train.LengthOf), 0);
        Learn(Largest.Of(_data.Train.Count, _plan.Batch, CharactersOf), 0);

        int CharactersOf(int i) => _data.Train[i].Distinct().Sum(form => _data.Forms.Characters[form].Length);
    }

    public override StepLoss Step(int index, ulong step) => Learn(Feed[index], step);

    public override long ValidationTokens => _data.Divided.Validation.WordCount;

    public override Score Validate(PhaseWork work) => _scorer.Evaluate(
        "validating", _data.Divided.Validation, _data.Forms, row => _data.Validation[row], work);

    public override long ValidationGiven => _data.Divided.ValidationRows;

    public override int? VectorsFound => _data.VectorsFound;

    public override Score ReadScore(JsonElement members) => TaggerEvaluation.Read(members);

    public override StepCapture Capture(int index, ulong step)
    {
        int[] chosen = [.. Feed[index]];
        var forms = StepCapture.Renumber([.. chosen.Select(text => _data.Train[text])], _data.Forms);
        return new StepCapture
        {
            Model = _data.Model, Step = step, Dropout = _plan.Dropout with { Step = step }, LabelSmoothing = _plan.LabelSmoothing,
            Read = forms.Texts, Forms = forms.Forms, Texts = chosen,
            Answers = [.. chosen.Select(text => _data.TrainTags[text])],
        };
    }

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
