namespace Recurant.Tasks;

/// <summary>
/// Trains classifiers of texts: batch after batch forward, loss, back, clip, optimiser step; after every epoch a look at
/// the validation texts; the best weights are kept.
/// </summary>
public static class ClassifierTrainer
{
    /// <summary>Trains a model.</summary>
    /// <param name="train">What to learn from.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="validation">What early stopping looks at; null sets a share of <paramref name="train"/> aside.</param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">
    /// Ends the run after the present step; the best weights so far are returned. A run with
    /// <see cref="LearningOptions.Checkpoint"/> keeps its state first.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The data cannot be learnt from, and the message names the file; or the checkpoint to continue from is damaged, or
    /// belongs to a run with other data or options.
    /// </exception>
    /// <exception cref="ArgumentException">An option is outside its range, or two do not go together.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first epoch was over.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no checkpoint to continue from.</exception>
    /// <exception cref="IOException">
    /// A checkpoint cannot be kept, and the one before it is unchanged; or there is one, and
    /// <see cref="CheckpointOptions.Start"/> says that there must be none.
    /// </exception>
    public static TrainingResult<ClassifierModel, Evaluation> Train(
        TextDataset train, TrainingOptions? options = null, TextDataset? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new TrainingOptions();
        TrainingOptionsCheck.Validate(options);
        TrainingOptionsCheck.RequireRecomputable(options);
        TrainingOptionsCheck.RequireWords(options);
        options = PretrainingCheck.Fill(options);
        var clock = RunClock.Start(options.Clock);
        using RunCheckpoint? checkpoint = RunCheckpoint.Open(options.Checkpoint);
        Workers workers = Workers.Asked(options.Threads);
        PreparedData data = PreparedData.Make(train, validation, options, PhaseWork.Of(progress, cancellation), workers);
        return new ClassifierRuns(data, workers, clock, progress, cancellation, checkpoint).Run();
    }
}

/// <summary>Texts turned into numbers, and the model they are for.</summary>
internal sealed record PreparedData
{
    internal const string VocabularyPhase = "building the vocabulary";

    private static readonly DataKind<TextDataset> s_kind = new(
        "texts", data => data.Name, data => data.Count, (data, rows) => data.Subset(rows), RunIdentity.Of,
        (data, row) => data.Examples[row].Text.Length)
    {
        Split = DatasetSplit.Stratified,
    };

    public required ClassifierModel Model { get; init; }

    public required TrainingPlan Plan { get; init; }

    /// <summary>The texts as they were divided.</summary>
    public required DividedData<TextDataset> Divided { get; init; }

    /// <summary>What the numbers of the texts speak of, where characters are read.</summary>
    public WordForms? Forms { get; init; }

    public required TokenRows Train { get; init; }

    public required int[] TrainLabels { get; init; }

    public required TokenRows Validation { get; init; }

    public required int[] ValidationLabels { get; init; }

    public int? VectorsFound { get; init; }

    /// <summary>What is to be done before the model is trained; null for nothing.</summary>
    public EncoderPretraining? Pretraining { get; init; }

    /// <summary>What decides the bits of it, and the weights before it; empty where no checkpoints are kept.</summary>
    public List<(string Name, string Value)> PretrainingGiven { get; init; } = [];

    public string WeightsGiven { get; init; } = "";

    /// <summary>What decides the bits of the run.</summary>
    public List<(string Name, string Value)> Identity() =>
    [
        .. Divided.Identity("texts", Plan.Options, RunIdentity.Of("models of the run", Plan.Options.Models)),
        .. PlanText.Of(Plan, PlanContext.Default.TrainingPlan),
        RunIdentity.Of("Recompute", Plan.Options.Recompute),
        RunIdentity.Of("FreezeVectors", Plan.Options is { Vectors: not null, FreezeVectors: true }),
        // "nothing" is also what a checkpoint without the entry has.
        .. Pretraining is null ? [("pre-training", "nothing")] : PretrainingGiven,
        ("vocabulary", RunIdentity.Of(Model.Vocabulary)),
        ("characters", RunIdentity.Of(Model.Characters)),
        ("weights at the start", WeightsGiven),
    ];

    public static PreparedData Make(
        TextDataset all, TextDataset? validation, TrainingOptions options, PhaseWork? work = null, Workers? workers = null)
    {
        work ??= PhaseWork.Unwatched;
        workers ??= Workers.ForThreads(1);
        DatasetChecks.ForTraining(all);
        if (validation is not null) DatasetChecks.TestLabelsKnown(all, validation);
        DividedData<TextDataset> divided = s_kind.Divide(all, validation, options, work);
        (TextDataset train, TextDataset held) = (divided.Train, divided.Validation);
        bool spells = options.Characters > 0;
        Tokenizer tokenizer = TextEncoder.MakeTokenizer(options.Unit, options.Lowercase && !spells);
        Vocabulary? characters = spells ? WordForms.CharactersOf(
            work.Over(VocabularyPhase, train.Examples).Select(example => tokenizer.Tokenize(example.Text))) : null;
        (Vocabulary vocabulary, DataSize size, PretrainingTexts? unlabelled) =
            Count(train, held, all.Labels.Count, tokenizer, options, work, workers);
        if (options.Pretraining?.Model is { } known) vocabulary = PretrainedEncoder.Words(known, vocabulary, options);
        if (options.Vectors is { } extra && options.Model != ModelKind.BagOfWords)
        {
            vocabulary = VectorWords.Add(vocabulary, extra, options.MaximumVocabulary);
        }


        TrainingPlan plan = TrainingPlan.For(options, size, vocabulary.Count, characters?.Count ?? 1).ForModel(0);
        var model = new ClassifierModel(plan.Spec, vocabulary, all.Labels, characters);
        WordForms? forms = model.NewForms();
        int? found = Start(model, plan.Options);
        EncoderPretraining? pretraining = unlabelled is null ? null : new EncoderPretraining(model, options, unlabelled);
        TokenRows encoded = model.Encode(train, forms, work, workers), heldEncoded = model.Encode(held, forms, work, workers);
        TimeShare.Release(options.ReleasesData, all.Examples, held.Examples);
        return new PreparedData
        {
            Model = model,
            Plan = plan,
            Divided = divided,
            Forms = forms,
            Train = encoded,
            TrainLabels = model.LabelNumbers(train),
            Validation = heldEncoded,
            ValidationLabels = model.LabelNumbers(held),
            VectorsFound = found,
            Pretraining = pretraining,
            PretrainingGiven = divided.TrainGiven.Length > 0 && pretraining is not null
                ? pretraining.Identity(unlabelled!.Fingerprint()) : [],
            WeightsGiven = divided.TrainGiven.Length > 0 ? RunIdentity.Of(model.Parameters) : "",
        };
    }

    /// <summary>Scores on the validation texts.</summary>
    public Evaluation Validate(ClassifierScorer scorer, PhaseWork work) => EvaluationParts.Of(
        "validating", ValidationLabels, Model.Spec.Classes, row => Validation[row],
        (sequences, losses, labels) => scorer.Probabilities(sequences, Forms, losses, labels), work);

    /// <summary>The words worth knowing, and how much there is of everything.</summary>
    private static (Vocabulary Words, DataSize Size, PretrainingTexts? Unlabelled) Count(
        TextDataset train, TextDataset validation, int labels, Tokenizer tokenizer, TrainingOptions options, PhaseWork work,
        Workers workers)
    {
        bool pairs = options.Model == ModelKind.BagOfWords, spells = options.Characters > 0;
        if (!spells && options.Pretraining?.Texts is null)
        {
            WordCounts words = TextCounting.Words(train.Examples, tokenizer, work, VocabularyPhase, workers);
            var known = new DataSize(train.Count, labels, words.Words);
            int minimum = TrainingPlan.MinimumCount(options, known);
            if (pairs) TextCounting.AddPairs(words, train.Examples, tokenizer, minimum, work);
            int most = pairs ? int.MaxValue / 4 : options.MaximumVocabulary;
            return (Vocabulary.Build(words, minimum, most), known, null);
        }

        return CountCut(train, validation, labels, tokenizer, options, work);
    }

    /// <summary>The same where the tokens themselves are needed.</summary>
    private static (Vocabulary Words, DataSize Size, PretrainingTexts? Unlabelled) CountCut(
        TextDataset train, TextDataset validation, int labels, Tokenizer tokenizer, TrainingOptions options, PhaseWork work)
    {
        int most = options.MaximumVocabulary;
        var counts = new WordCounts();
        List<List<string>>? documents = options.Pretraining?.Texts is null ? null : [];
        foreach (TextExample example in work.Over(VocabularyPhase, train.Examples))
        {
            List<string> words = tokenizer.Tokenize(example.Text);
            if (options.Characters > 0) words = WordForms.Normalise(words, options.Lowercase);
            foreach (string word in words) counts.Add(word);
            documents?.Add(words);
        }

        var size = new DataSize(train.Count, labels, counts.Words);
        if (documents is null) return (Vocabulary.Build(counts, TrainingPlan.MinimumCount(options, size), most), size, null);
        PretrainingTexts unlabelled = PretrainingTexts.Of(options.Pretraining!.Texts!, train, documents, validation, tokenizer);
        int least = TrainingPlan.MinimumCount(options, size with { Tokens = unlabelled.Tokens });
        return (Vocabulary.Build(unlabelled.Documents, least, most), size, unlabelled);
    }

    /// <summary>The same texts for another of several models, which starts from other weights.</summary>
    /// <param name="number">Its number, from 0.</param>
    public PreparedData ForModel(int number)
    {
        TrainingPlan plan = Plan.ForModel(number);
        var model = new ClassifierModel(Model.Spec, Model.Vocabulary, Model.Labels, Model.Characters);
        Start(model, plan.Options);
        string weightsGiven = WeightsGiven.Length > 0 ? RunIdentity.Of(model.Parameters) : "";
        Pretraining?.Apply(model);
        return this with { Model = model, Plan = plan, WeightsGiven = weightsGiven };
    }

    /// <summary>Sets the weights that training starts from; returns the number of words with ready-made vectors.</summary>
    private static int? Start(ClassifierModel model, TrainingOptions options)
    {
        model.Network.Initialise(options.Seed);
        RecurrentStarts.Apply(options.RecurrentStart, model.Network.Cells, options.Seed);

        return options.Vectors is { } vectors && options.Model != ModelKind.BagOfWords
            ? VectorWords.Use(model.Parameters[0], model.Vocabulary, vectors, options.FreezeVectors)
            : options.Pretraining?.Model is { } language ? PretrainedEncoder.Use(language, model) : null;
    }
}
