using System.Diagnostics;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Models;
using Recurant.Numerics;
using Recurant.Optimizers;

namespace Recurant.Training;

/// <summary>
/// Trains classifiers of texts: batch after batch forward, loss, back, clip, optimiser step; after every epoch a look at
/// the validation texts; the best weights are kept.
/// </summary>
public static class ClassifierTrainer
{
    /// <summary>Trains a model.</summary>
    /// <param name="train">The texts to learn from.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="validation">Texts for early stopping; null sets a share of <paramref name="train"/> aside.</param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">
    /// Ends the run after the present step; the best weights so far are returned. A run with
    /// <see cref="LearningOptions.Checkpoint"/> keeps its state first.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The data cannot be learnt from, and the message names file and line; or the checkpoint to continue from is damaged, or
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
        var clock = Stopwatch.StartNew();
        using RunCheckpoint? checkpoint = RunCheckpoint.Open(options.Checkpoint);
        PreparedData data = PreparedData.Make(train, validation, options);
        Workers workers = Workers.Asked(options.Threads);
        return new ClassifierRuns(data, workers, clock, progress, cancellation, checkpoint).Run();
    }
}

/// <summary>Texts turned into numbers, and the model they are for.</summary>
internal sealed class PreparedData
{
    public required ClassifierModel Model { get; init; }

    public required TrainingPlan Plan { get; init; }

    /// <summary>What the numbers of the texts speak of, where characters are read.</summary>
    public WordForms? Forms { get; init; }

    public required int[][] Train { get; init; }

    public required int[] TrainLabels { get; init; }

    public required int[][] Validation { get; init; }

    public required int[] ValidationLabels { get; init; }

    public int? VectorsFound { get; init; }

    /// <summary>What is to be done before the model is trained; null for nothing.</summary>
    public EncoderPretraining? Pretraining { get; init; }

    /// <summary>What decides the bits of it, and the weights before it; empty where no checkpoints are kept.</summary>
    public List<(string Name, string Value)> PretrainingGiven { get; init; } = [];

    public string WeightsGiven { get; init; } = "";

    /// <summary>The fingerprints of the texts before they were divided; empty where no checkpoints are kept.</summary>
    public string TextsGiven { get; init; } = "";

    public string ValidationGiven { get; init; } = "";

    public static PreparedData Make(TextDataset all, TextDataset? validation, TrainingOptions options)
    {
        DatasetChecks.ForTraining(all);
        if (validation is not null) DatasetChecks.TestLabelsKnown(all, validation);
        if (validation is { Count: 0 })
        {
            throw new InvalidDataException(
                $"{validation.Name}: there are no examples to check the model with. Give at least one row.");
        }

        bool isFingerprinted = options.Checkpoint is not null;
        string textsGiven = isFingerprinted ? RunIdentity.Of(all) : "";
        string validationGiven = !isFingerprinted ? "" : validation is null ? "set aside" : RunIdentity.Of(validation);
        (TextDataset train, validation) = validation is null
            ? DatasetSplit.Stratified(all, options.ValidationFraction, options.Seed)
            : (all, validation);
        if (validation.Count == 0)
        {
            throw new InvalidDataException(
                $"{all.Name}: {all.Count} rows are too few, or too much alike, to set some aside for validation. "
                + "Give more rows, or texts of their own to validate with (--valid on the command line).");
        }

        bool pairs = options.Model == ModelKind.BagOfWords;
        bool spells = options.Characters > 0;
        Tokenizer tokenizer = TextEncoder.MakeTokenizer(options.Unit, options.Lowercase && !spells);
        List<List<string>> documents = [.. train.Examples.Select(example => tokenizer.Tokenize(example.Text))];
        Vocabulary? characters = spells ? WordForms.CharactersOf(documents) : null;
        if (spells) documents = [.. documents.Select(words => WordForms.Normalise(words, options.Lowercase))];
        var size = new DataSize(train.Count, all.Labels.Count, documents.Sum(document => (long)document.Count));
        PretrainingTexts? unlabelled = options.Pretraining?.Texts is { } plain
            ? PretrainingTexts.Of(plain, train, documents, validation, tokenizer)
            : null;
        Vocabulary vocabulary = Vocabulary.Build(
            pairs ? documents.Select(TextEncoder.WithPairs) : unlabelled?.Documents ?? documents,
            TrainingPlan.MinimumCount(options, size with { Tokens = unlabelled?.Tokens ?? size.Tokens }),
            pairs ? int.MaxValue / 4 : options.MaximumVocabulary);
        if (options.Pretraining?.Model is { } known) vocabulary = PretrainedEncoder.Words(known, vocabulary, options);
        if (options.Vectors is { } extra && !pairs) vocabulary = VectorWords.Add(vocabulary, extra, options.MaximumVocabulary);

        TrainingPlan plan = TrainingPlan.For(options, size, vocabulary.Count, characters?.Count ?? 1).ForModel(0);
        var model = new ClassifierModel(plan.Spec, vocabulary, all.Labels, characters);
        WordForms? forms = model.NewForms();
        int? found = Start(model, plan.Options);
        EncoderPretraining? pretraining = unlabelled is null ? null : new EncoderPretraining(model, options, unlabelled);
        return new PreparedData
        {
            Model = model,
            Plan = plan,
            Forms = forms,
            Train = model.Encode(train, forms),
            TrainLabels = model.LabelNumbers(train),
            Validation = model.Encode(validation, forms),
            ValidationLabels = model.LabelNumbers(validation),
            TextsGiven = textsGiven,
            ValidationGiven = validationGiven,
            VectorsFound = found,
            Pretraining = pretraining,
            PretrainingGiven = isFingerprinted && pretraining is not null ? pretraining.Identity(unlabelled!.Fingerprint()) : [],
            WeightsGiven = isFingerprinted ? RunIdentity.Of(model.Parameters) : "",
        };
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
        return new PreparedData
        {
            Model = model,
            Plan = plan,
            Forms = Forms,
            Train = Train,
            TrainLabels = TrainLabels,
            Validation = Validation,
            ValidationLabels = ValidationLabels,
            TextsGiven = TextsGiven,
            ValidationGiven = ValidationGiven,
            VectorsFound = VectorsFound,
            Pretraining = Pretraining,
            PretrainingGiven = PretrainingGiven,
            WeightsGiven = weightsGiven,
        };
    }

    /// <summary>Sets the weights that training starts from; returns the number of words with ready-made vectors.</summary>
    private static int? Start(ClassifierModel model, TrainingOptions options)
    {
        model.Network.Initialise(options.Seed);
        if (model.Network is RecurrentNetwork network)
        {
            RecurrentStarts.Apply(options.RecurrentStart, network.Stack.Cells, options.Seed);
        }

        return options.Vectors is { } vectors && options.Model != ModelKind.BagOfWords
            ? VectorWords.Use(model.Parameters[0], model.Vocabulary, vectors, options.FreezeVectors)
            : options.Pretraining?.Model is { } language ? PretrainedEncoder.Use(language, model) : null;
    }
}
