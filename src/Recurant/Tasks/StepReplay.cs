using System.Globalization;

namespace Recurant.Tasks;

/// <summary>What came of doing a step again.</summary>
/// <param name="Recorded">What was met when the file was written.</param>
/// <param name="Repeated">What was met now; null if all numbers were finite.</param>
public sealed record ReplayResult(NonFiniteReport Recorded, NonFiniteReport? Repeated)
{
    /// <summary>Whether the same number was met at the same place, and every layer held the same bits.</summary>
    public bool IsSame => Repeated is not null && Recorded.What == Repeated.What && Recorded.Value.Equals(Repeated.Value)
        && Recorded.Place == Repeated.Place && Recorded.Fingerprint == Repeated.Fingerprint;

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(ReplayResult), PrintMembers);
}

/// <summary>Does a step again from the file that <see cref="NonFiniteRecorder"/> wrote, and from nothing else.</summary>
public static class StepReplay
{
    /// <summary>Reads what was recorded, without doing anything.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds no step.</exception>
    public static NonFiniteReport Read(string path) => StepBundle.Read(path).Report;

    /// <summary>Does the step again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds no step.</exception>
    public static ReplayResult Run(string path, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        (NonFiniteReport recorded, StepCapture capture, UpdateCapture? update) = StepBundle.Read(path);
        Workers workers = Workers.Asked(threads);
        (TrainingTask task, StepLoss loss) = Step(path, capture, workers);
        if (update is not null) return RunUpdate(recorded, capture, update, task, workers);
        (string What, double Value) met = ("loss", loss.Loss);
        if (double.IsFinite(loss.Loss))
        {
            double norm = new Optimizer(OptimizerKind.Sgd, task.Parameters).GradientNorm(workers);
            if (double.IsFinite(norm)) return new ReplayResult(recorded, null);
            met = ("norm of the gradient", norm);
        }

        NumberPlace place = Describe(PlaceFinder.Find(task, met.What), capture);
        return new ReplayResult(recorded, recorded with
        {
            What = met.What,
            Value = met.Value,
            Place = place,
            Fingerprint = PlaceFinder.Fingerprint(task, met.Value, met.What == "norm of the gradient"),
            Tokens = place.Sample is { } sample ? TokensOf(capture, sample) : [],
        });
    }

    /// <summary>The step is done; now the update that wrote the number into the weights.</summary>
    private static ReplayResult RunUpdate(
        NonFiniteReport recorded, StepCapture capture, UpdateCapture update, TrainingTask task, Workers workers)
    {
        update.Apply(task.Parameters, workers);
        if (PlaceFinder.InTensors(task.Parameters, gradients: false) is not { } place) return new ReplayResult(recorded, null);
        return new ReplayResult(recorded, recorded with
        {
            Place = Describe(place, capture), Fingerprint = PlaceFinder.Fingerprint(task.Parameters),
        });
    }

    /// <summary>The task with the batch of the step as its only data, after that step.</summary>
    internal static (TrainingTask Task, StepLoss Loss) Step(string path, StepCapture capture, Workers workers)
    {
        try
        {
            switch (capture.Model)
            {
                case ClassifierModel model:
                    var classifier = new ClassifierTask(Prepare(model, capture), workers);
                    return (classifier, classifier.Step(0, capture.Step));
                case TaggerModel model:
                    var tagger = new TaggerTask(Prepare(model, capture), workers);
                    return (tagger, tagger.Step(0, capture.Step));
                case LanguageModel model:
                    LanguageModelTask language = Prepare(model, capture, workers);
                    return (language, language.Replay(capture));
                case TranslatorModel model:
                    var translator = new TranslatorTask(Prepare(model, capture), workers);
                    return (translator, translator.Step(0, capture.Step));
                case SequenceModel model:
                    ProblemTask problem = Prepare(model, capture, workers);
                    return (problem, problem.Step(0, capture.Step));
                default:
                    throw new InvalidDataException($"{path} holds a step of a {capture.Model.Noun}, which cannot be replayed.");
            }
        }
        catch (Exception fault) when (fault is IndexOutOfRangeException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"{path}: the batch does not fit the model ({fault.Message.TrimEnd('.')}). Copy the file again.", fault);
        }
    }

    private static PreparedData Prepare(ClassifierModel model, StepCapture capture) => new()
    {
        Model = model,
        Plan = new TrainingPlan
        {
            Options = new TrainingOptions { Recompute = capture.Recompute, Seed = capture.Dropout.Seed },
            Spec = model.Spec, Dropout = capture.Dropout, LabelSmoothing = capture.LabelSmoothing, Batch = capture.Read.Count,
            Optimizer = OptimizerKind.Sgd, LearningRate = 1, WeightDecay = 0, Schedule = ScheduleKind.Constant, Clip = 0,
            Epochs = 1, Patience = 1,
        },
        Forms = Forms(model.NewForms(), capture),
        Train = [.. capture.Read],
        TrainLabels = [.. capture.Answers.Select(answer => answer[0])],
        Divided = None(new TextDataset("the step", [])),
        Validation = [],
        ValidationLabels = [],
    };

    private static TaggerData Prepare(TaggerModel model, StepCapture capture)
    {
        // As in training: counts by the word's number, from which rare words are sometimes read as unknown.
        var counts = new int[model.Vocabulary.Count];
        foreach ((string word, int seen) in capture.Forms ?? [])
        {
            counts[model.Vocabulary.IndexOf(WordForms.Normalise(word, model.Spec.Lowercase))] = seen;
        }

        return new TaggerData
        {
            Model = model,
            Plan = new TaggerPlan
            {
                Options = new TaggerTrainingOptions { Seed = capture.Dropout.Seed },
                Spec = model.Spec, Dropout = capture.Dropout, LabelSmoothing = capture.LabelSmoothing,
                Batch = capture.Read.Count, Optimizer = OptimizerKind.Sgd, LearningRate = 1, WeightDecay = 0,
                Schedule = ScheduleKind.Constant, Clip = 0, Epochs = 1, Patience = 1,
            },
            Forms = Forms(model.NewForms(counts), capture)!,
            Train = [.. capture.Read],
            TrainTags = [.. capture.Answers],
            Validation = [],
            Divided = None(new TaggedDataset("the step", [])),
        };
    }

    private static TranslatorData Prepare(TranslatorModel model, StepCapture capture) => new()
    {
        Model = model,
        Plan = new TranslatorPlan
        {
            Options = new TranslatorTrainingOptions { Seed = capture.Dropout.Seed },
            Spec = model.Spec, Dropout = capture.Dropout, LabelSmoothing = capture.LabelSmoothing, Batch = capture.Read.Count,
            Optimizer = OptimizerKind.Sgd, LearningRate = 1, WeightDecay = 0, Schedule = ScheduleKind.Constant, Clip = 0,
            Epochs = 1, Patience = 1,
        },
        Sources = [.. capture.Read],
        Targets = [.. capture.Answers],
        Divided = None(new PairDataset("the step", [])),
        PairsLeftOut = 0,
    };

    private static LanguageModelTask Prepare(LanguageModel model, StepCapture capture, Workers workers)
    {
        int batch = capture.Read.Count, window = capture.Read[0].Length;
        var plan = new LanguageModelPlan
        {
            Spec = model.Spec, Dropout = capture.Dropout, Batch = batch, Window = window, Samples = capture.Samples,
            Seed = capture.Dropout.Seed, Optimizer = OptimizerKind.Sgd, LearningRate = 1, WeightDecay = 0,
            Schedule = ScheduleKind.Constant, Clip = 0, Epochs = 1, Patience = 1,
        };
        int[] text = [.. capture.Read.SelectMany(part => part), 0];
        var part = new TextPart(text, text, 0);
        return new LanguageModelTask(model.Network, plan, part, part, workers, () => []);
    }

    private static ProblemTask Prepare(SequenceModel model, StepCapture capture, Workers workers)
    {
        SequenceSpec spec = model.Spec;
        var task = new ProblemTask(
            spec.Problem,
            new ProblemTrainingOptions
            {
                Cell = spec.Recurrent.Cell, Activation = spec.Recurrent.Activation, Form = spec.Recurrent.Form,
                GruReset = spec.Recurrent.GruReset, Hidden = spec.Recurrent.HiddenSize, Layers = spec.Recurrent.Layers,
                Seed = capture.Seed, Batch = capture.Batch, MemorySteps = 0,
                Dropout = new DropoutOptions { Layers = capture.Dropout.Layers, Recurrent = capture.Dropout.Recurrent },
            },
            workers);
        for (int i = 0; i < model.Parameters.Count; i++)
        {
            model.Parameters[i].Value.CopyTo(task.Parameters[i].Value);
            task.Parameters[i].MarkChanged();
        }

        return task;
    }

    private static DividedData<T> None<T>(T data) => new(data, data);

    private static WordForms? Forms(WordForms? forms, StepCapture capture)
    {
        if (capture.Forms is { } words) forms?.Encode([.. words.Select(form => form.Word)]);
        return forms;
    }

    /// <summary>The place with what is known of it from the batch: the text's number and the token.</summary>
    internal static NumberPlace Describe(NumberPlace place, StepCapture? capture)
    {
        if (capture is null) return place;
        if (place.What == "weights" && place.Layer == "embedding.weight" && place.Unit is { } row)
        {
            return place with { Token = WordAt(capture.Model, row) };
        }

        if (place.Sample is not { } sample) return place;
        IReadOnlyList<string> tokens = TokensOf(capture, sample);
        return place with
        {
            Text = sample < capture.Texts.Count ? capture.Texts[sample] : null,
            Token = place.Time is { } time && time < tokens.Count ? tokens[time] : null,
        };
    }

    /// <summary>The words of a text of the batch; empty where the batch has no words, or two texts each.</summary>
    internal static IReadOnlyList<string> TokensOf(StepCapture capture, int sample)
    {
        if (sample >= capture.Read.Count || capture.Model is TranslatorModel) return [];
        int[] read = capture.Read[sample];
        return capture.Forms is { } forms
            ? [.. read.Select(form => forms[form].Word)]
            : [.. read.Select(token => WordAt(capture.Model, token) ?? "")];
    }

    private static string? WordAt(TrainedModel model, int number)
    {
        Vocabulary? words = model switch
        {
            ClassifierModel classifier => classifier.Vocabulary,
            LanguageModel language => language.Vocabulary,
            TaggerModel tagger => tagger.Vocabulary,
            _ => null,
        };
        return words is not null && number < words.Count ? words[number] : null;
    }
}
