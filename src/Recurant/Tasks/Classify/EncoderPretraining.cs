namespace Recurant.Tasks;

/// <summary>
/// The stage before a classifier is trained: its word vectors and recurrent layers learn to predict words. The language model
/// reads one token more than the classifier, the mark between two texts, and predicts the most frequent words alone, since a
/// softmax over all of them would take most of the time.
/// </summary>
internal sealed class EncoderPretraining
{
    private const int MostPredicted = 5000, WantedTokens = 6_000_000, WantedSteps = 200;
    private const ulong ForwardKey = 0x5052_4554_5241_494E, ReverseKey = 0x4E49_4152_5445_5250;

    private readonly LanguageModelNetwork _forward;
    private readonly LanguageModelNetwork? _reverse;
    private readonly LanguageModelPlan _plan;
    private readonly TextPart _train, _held;

    /// <summary>Makes everything ready; the classifier's network holds its first weights.</summary>
    public EncoderPretraining(ClassifierModel model, TrainingOptions options, PretrainingTexts texts)
    {
        RecurrentNetwork network = model.Network.Recurrent!;
        ClassifierSpec spec = model.Spec;
        int words = model.Vocabulary.Count, predicted = Math.Min(words, MostPredicted);
        (_train, _held) = texts.Encode(model.Vocabulary, predicted);
        _plan = Plan(options, new LanguageModelSpec
        {
            Unit = spec.Unit,
            Lowercase = spec.Lowercase,
            VocabularySize = words + 1,
            EmbeddingSize = spec.EmbeddingSize,
            // A layer above the lowest reads both directions, the word to be predicted among them.
            Recurrent = spec.Recurrent with
            {
                Layers = spec.Recurrent.Bidirectional ? 1 : spec.Recurrent.Layers, Bidirectional = false,
            },
        }, _train.Length);
        _forward = new LanguageModelNetwork(_plan.Spec, predicted + 1);
        _forward.Initialise(options.Seed);
        PretrainedEncoder.CopyRows(network.Embedding!.Table, _forward.Embedding!.Table, words);
        _forward.Embedding.Table.IsTrainable = network.Embedding.Table.IsTrainable;
        PretrainedEncoder.Copy(network.Stack, _forward.Stack);
        if (!spec.Recurrent.Bidirectional) return;
        _reverse = new LanguageModelNetwork(_plan.Spec, predicted + 1, _forward);
        foreach (Parameter parameter in _reverse.Stack.Parameters) parameter.Name += "_reverse";
        PretrainedEncoder.Copy(network.Stack, _reverse.Stack);
    }

    /// <summary>What decides the bits of this stage beside the classifier's own options, for checkpoints.</summary>
    public List<(string Name, string Value)> Identity(string textsGiven)
    {
        IEnumerable<(string Name, string Value)> plan = PlanText.Of(_plan, PlanContext.Default.LanguageModelPlan);
        return [("pre-training", textsGiven), .. plan.Select(item => ($"pre-training: {item.Name}", item.Value))];
    }

    /// <summary>The tensors that classifiers start from.</summary>
    public IEnumerable<Parameter> Encoder =>
        [_forward.Embedding!.Table, .. _forward.Stack.Parameters, .. _reverse?.Stack.Parameters ?? []];

    /// <summary>Trains the language model.</summary>
    /// <returns>The time that it took in processes before this one, in seconds.</returns>
    /// <exception cref="OperationCanceledException">Cancelled: there is no classifier yet.</exception>
    public double Run(
        Func<List<(string Name, string Value)>> identity, Workers workers, RunClock clock,
        IProgress<TrainingProgress>? progress, CancellationToken cancellation, RunCheckpoint? checkpoint)
    {
        var forward = new LanguageModelTask(_forward, _plan, _train, _held, workers, identity);
        LanguageModelTask? reverse = _reverse is null ? null : new LanguageModelTask(
            _reverse, _plan with { Dropout = _plan.Dropout with { Seed = _plan.Dropout.Seed ^ ForwardKey ^ ReverseKey } },
            _train.Reversed(), _held.Reversed(), workers, identity);
        var run = new TaskRun(
            new EncoderPretrainingTask(forward, reverse), _plan, workers, clock, progress, cancellation, checkpoint)
        {
            TaskName = TaskNames.Classify,
        };
        TrainingEnd end = run.Run();
        if (end == TrainingEnd.Cancelled) throw new OperationCanceledException(cancellation);
        return run.Seconds - clock.Elapsed.TotalSeconds;
    }

    /// <summary>Hands the language model's weights to a classifier.</summary>
    public void Apply(ClassifierModel model)
    {
        RecurrentNetwork network = model.Network.Recurrent!;
        PretrainedEncoder.CopyRows(_forward.Embedding!.Table, network.Embedding!.Table, network.Embedding.Table.Shape[0]);
        PretrainedEncoder.Copy(_forward.Stack, network.Stack);
        if (_reverse is not null) PretrainedEncoder.Copy(_reverse.Stack, network.Stack);
    }

    private static LanguageModelPlan Plan(TrainingOptions options, LanguageModelSpec spec, int tokens)
    {
        bool words = spec.Unit == TokenUnit.Word;
        // A part must at least fill a window, also of a short text; of little text smaller steps, so that there are enough.
        int window = Math.Min(words ? 35 : 100, tokens / 2), parts = Math.Clamp(tokens / (window * WantedSteps), 4, 32);
        int batch = Math.Clamp(tokens / (2 * window), 1, parts);
        return new LanguageModelPlan
        {
            Stage = LearningPlan.PretrainingStage,
            Spec = spec,
            Samples = 0,
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 3e-3f,
            WeightDecay = 0.01f,
            Schedule = ScheduleKind.Linear,
            Clip = 1f,
            Observers = options.Observers,
            Epochs = options.Pretraining!.Epochs ?? Math.Clamp(WantedTokens / tokens, 2, 20),
            Patience = 2,
            AveragedEpochs = 0,
            // The classifier is to have at least as much time.
            Budget = options.Budget / 2,
            Seed = options.Seed,
            Batch = batch,
            Window = window,
            Dropout = new DropoutPlan { Input = 0.2f, Layers = 0.2f, Output = 0.2f, Seed = options.Seed ^ ForwardKey },
        };
    }
}
