namespace Recurant.Tests.Training;

/// <summary>Those who look on at a training run: told of everything, of every task, and without a trace in the weights.</summary>
public class TrainingObserverTests
{
    private const string Twice = "two classifiers", Pretrained = "pre-trained classifier";

    private delegate (TrainedModel Model, IReadOnlyList<EpochRecord> Epochs) Training(IReadOnlyList<TrainingObserver> observers);

    public static TheoryData<string> Tasks =>
        ["classifier", Twice, Pretrained, "tagger", "language model", "problem", "translator", "captioner"];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Train_WithAnObserver_GivesTheSameWeightsAndTellsOfEveryStepAndEpoch(string task)
    {
        Training training = Of(task);
        var log = new Log();
        (TrainedModel expected, _) = training([]);
        (TrainedModel actual, IReadOnlyList<EpochRecord> epochs) = training([log]);

        Assert.Equal(expected.Parameters.Count, actual.Parameters.Count);
        foreach ((Parameter with, Parameter without) in actual.Parameters.Zip(expected.Parameters))
        {
            Bits.AssertEqual(without.Value, with.Value, with.Name);
        }

        Assert.Equal(epochs, log.Epochs.Where(told => told.Stage != LearningPlan.PretrainingStage).Select(told => told.Epoch));
        Assert.Equal(log.Steps.Count, log.Gradients);
        string[] stages = [.. log.Steps.Select(step => step.Stage).Distinct()];
        Assert.Equal(task is Twice or Pretrained ? 2 : 1, stages.Length);
        foreach (string stage in stages)
        {
            TrainingStep[] steps = [.. log.Steps.Where(step => step.Stage == stage)];
            Assert.Equal(Enumerable.Range(1, steps.Length).Select(number => (long)number), steps.Select(step => step.Number));
            int[] inEpochs = [.. log.Epochs.Where(told => told.Stage == stage).Select(told => told.Epoch.Number)];
            Assert.Equal(inEpochs, steps.Select(step => step.Epoch).Distinct());
            Assert.Contains(log.Epochs, told => told.Stage == stage && told.IsBest);
        }

        Assert.All(log.Steps, step =>
        {
            Assert.True(double.IsFinite(step.Loss) && step.GradientNorm > 0 && step.LearningRate >= 0 && step.Tokens > 0);
            Assert.Equal(step.GradientNorm > 1, step.IsClipped);
        });
        Assert.Equal(log.Steps.Select(step => step.Seconds).Order(), log.Steps.Select(step => step.Seconds));
    }

    [Fact]
    public void Train_ObserverThrows_EndsTheRunWithItsException() => Assert.Throws<NotSupportedException>(
        () => ClassifierTrainer.Train(Reviews.Words(40, seed: 1), Reviews.Small with { Observers = [new Thrower()] }));

    private static Training Of(string task)
    {
        TextDataset words = Reviews.Words(60, seed: 1);
        return task switch
        {
            "classifier" => observers =>
                Of(ClassifierTrainer.Train(words, Reviews.Small with { Epochs = 3, Observers = observers })),
            Twice => observers => Of(ClassifierTrainer.Train(
                words, Reviews.Small with { Epochs = 2, Models = 2, Observers = observers })),
            Pretrained => observers => Of(ClassifierTrainer.Train(words, Reviews.Small with
            {
                Epochs = 2, Observers = observers,
                Pretraining = new Pretraining { Texts = UnlabelledReviews.Text(200, seed: 1), Epochs = 2 },
            })),
            "tagger" => observers => Of(TaggerTrainer.Train(
                TaggedWords.PartsOfSpeech(40, 1), TaggedWords.Small with { Epochs = 2, Observers = observers })),
            "language model" => observers => Of(LanguageModelTrainer.Train(
                new PlainText("lines", [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? "abc" : "abd")]),
                new LanguageModelOptions
                {
                    Hidden = 8, Embedding = 8, Batch = 2, Window = 6, Epochs = 2, Threads = 1, Observers = observers,
                })),
            "problem" => observers => Of(ProblemTrainer.Train(
                new SequenceProblem(ProblemKind.Adding, 6),
                new ProblemTrainingOptions { Hidden = 6, Batch = 500, Epochs = 1, Threads = 1, Observers = observers })),
            "translator" => observers => Of(TranslatorTrainer.Train(Phrases.Numbers(30, seed: 1), new TranslatorTrainingOptions
            {
                Subwords = 0, Embedding = 8, Hidden = 8, Batch = 8, Epochs = 2, Threads = 1, Observers = observers,
            })),
            _ => observers => Of(CaptionerTrainer.Train(
                new CaptionDataset("spots", [.. Enumerable.Range(0, 20).Select(Spot)], width: 4, height: 2, channels: 1),
                new CaptionerTrainingOptions
                {
                    Hidden = 8, Embedding = 8, Batch = 8, Epochs = 2, BandHeight = 1, Threads = 1, Observers = observers,
                })),
        };
    }

    private static CaptionedImage Spot(int i)
    {
        var pixels = new byte[8];
        pixels[i % 8] = 255;
        return new CaptionedImage(pixels, i % 8 < 4 ? "a spot above" : "a spot below");
    }

    private static (TrainedModel, IReadOnlyList<EpochRecord>) Of<TModel, TScore>(TrainingResult<TModel, TScore> result)
        where TModel : TrainedModel
        where TScore : Score => (result.Model, result.Epochs);

    private sealed class Log : TrainingObserver
    {
        public List<TrainingStep> Steps { get; } = [];

        public List<(string Stage, EpochRecord Epoch, bool IsBest)> Epochs { get; } = [];

        public int Gradients { get; private set; }

        public override void OnStep(in TrainingStep step) => Steps.Add(step);

        public override void OnEpoch(string stage, EpochRecord epoch, bool isBest) => Epochs.Add((stage, epoch, isBest));

        internal override void OnGradients(TrainingTask task, LearningPlan plan, long step)
        {
            Assert.Equal(Steps.Count(before => before.Stage == plan.Stage), step);
            Assert.Contains(task.Parameters, parameter => parameter.HasGradient);
            Gradients++;
        }
    }

    private sealed class Thrower : TrainingObserver
    {
        public override void OnStep(in TrainingStep step) => throw new NotSupportedException();
    }
}
