using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>Learning to classify: batches of shuffled texts, cross-entropy of their labels.</summary>
internal sealed class ClassifierTask : TrainingTask
{
    private readonly PreparedData _data;
    private readonly TrainingPlan _plan;
    private readonly Workers _workers;
    private readonly ClassifierNetwork _network;
    private readonly ClassifierMemory _memory;
    private readonly BatchLayout _batch = new();
    private readonly ClassifierScorer _scorer;
    private readonly int[] _labels;
    private readonly IReadOnlyList<ClassifierModel> _earlier;

    /// <param name="data">What is learnt.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="earlier">Models trained before this one, which a checkpoint keeps as well.</param>
    public ClassifierTask(PreparedData data, Workers workers, IReadOnlyList<ClassifierModel>? earlier = null)
        : base(
            data.Model.Network.Parameters, data.Model.Network.CreateMemory(),
            new ShuffledFeed(data.Train.Count, data.Plan.Batch, data.Plan.Options.Seed))
    {
        (_data, _plan, _workers, _earlier) = (data, data.Plan, workers, earlier ?? []);
        (_network, _memory) = (data.Model.Network, (ClassifierMemory)Memory);
        _memory.Recomputes = _plan.Options.Recompute;
        _memory.Forms = data.Forms;
        _scorer = new ClassifierScorer([_network], data.Model.Spec.Classes, workers, _memory);
        ValidationTokens = data.Validation.Lengths().Sum(length => (long)length);
        _labels = new int[_plan.Batch];
    }

    /// <summary>
    /// The weights of the models that are finished, and those that pre-training gave, if a model after this one is to start from
    /// them. What is not trained is made again.
    /// </summary>
    public override IEnumerable<(string Name, int[] Shape, Memory<float> Values)> CarriedState =>
        _earlier.SelectMany((model, n) => Tensors(ModelAverage.Prefix(n), model.Parameters)).Concat(
            _data.Pretraining is { } pretraining && _earlier.Count + 1 < _plan.Options.Models
                ? Tensors("pretrained/", pretraining.Encoder)
                : []);

    private static IEnumerable<(string Name, int[] Shape, Memory<float> Values)> Tensors(
        string prefix, IEnumerable<Parameter> parameters) =>
        parameters.Where(parameter => parameter.IsTrainable).Select(parameter =>
            (prefix + parameter.Name, parameter.Shape.ToArray(), parameter.ValueMemory));

    public override List<(string Name, string Value)> Identity() => _data.Identity();

    /// <summary>
    /// The longest texts: no later step is larger. And those with the most characters: few have longer spellings.
    /// </summary>
    public override void WarmUp()
    {
        WarmUp(_data.Train.LengthOf);
        if (_data.Forms is { } forms) WarmUp(i => _data.Train[i].Distinct().Sum(form => forms.Characters[form].Length));
    }

    private void WarmUp(Func<int, int> size)
    {
        int[] largest = Largest.Of(_data.Train.Count, _plan.Batch, size);
        _batch.Fill(_data.Train, largest);
        Matrix logits = _network.Forward(_workers, _batch, _memory, _plan.Dropout);
        _network.Backward(_workers, _batch, _memory, logits, _plan.Dropout);
    }

    public override StepLoss Step(int index, ulong step) => Step(Feed[index], step);

    private StepLoss Step(ReadOnlySpan<int> chosen, ulong step)
    {
        _batch.Fill(_data.Train, chosen);
        Workspace.Reuse(_labels);
        for (int b = 0; b < chosen.Length; b++) _labels[b] = _data.TrainLabels[chosen[_batch.Order[b]]];
        DropoutPlan dropout = _plan.Dropout with { Step = step };
        Matrix logits = _network.Forward(_workers, _batch, _memory, dropout);
        double loss = CrossEntropy.Apply(logits, _labels.AsSpan(0, chosen.Length), _plan.LabelSmoothing, out int correct);
        // The run looks at the loss before it uses the gradients.
        if (double.IsFinite(loss)) _network.Backward(_workers, _batch, _memory, logits, dropout);
        return new StepLoss(loss, chosen.Length, correct, _batch.Rows);
    }

    public override long ValidationTokens { get; }

    public override Score Validate(PhaseWork work) => _data.Validate(_scorer, work);

    public override long ValidationGiven => _data.Divided.ValidationRows;

    public override int? VectorsFound => _data.VectorsFound;

    public override Score ReadScore(JsonElement members) => Evaluation.Read(members);

    public override StepCapture Capture(int index, ulong step)
    {
        int[] chosen = [.. Feed[index]];
        int[][] texts = [.. chosen.Select(text => _data.Train[text])];
        var forms = _data.Forms is null ? default : StepCapture.Renumber(texts, _data.Forms);
        return new StepCapture
        {
            Model = _data.Model, Step = step, Dropout = _plan.Dropout with { Step = step }, LabelSmoothing = _plan.LabelSmoothing,
            Read = forms.Texts ?? [.. texts], Forms = forms.Forms, Texts = chosen, Recompute = _plan.Options.Recompute,
            Answers = [.. chosen.Select(text => new[] { _data.TrainLabels[text] })],
        };
    }
}
