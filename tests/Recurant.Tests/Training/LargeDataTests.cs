namespace Recurant.Tests.Training;

public class LargeDataTests
{
    private static readonly TextDataset s_data = Reviews.Words(400, seed: 3);

    [Fact]
    public void Train_WatchedByOneWhoKnowsPhases_TellsThemInOrder()
    {
        var log = new PhaseLog();
        ClassifierTrainer.Train(s_data, Reviews.Small with { Epochs = 2 }, progress: log);
        Assert.Equal(
            ["splitting", "building the vocabulary", "encoding", "encoding", "training", "validating", "validating"], log.Begun);
        Assert.Equal(
            ["splitting", "building the vocabulary", "encoding", "encoding", "validating", "validating", "training"], log.Over);
    }

    [Theory]
    [InlineData("splitting")]
    [InlineData("building the vocabulary")]
    [InlineData("encoding")]
    [InlineData("validating")]
    public void Train_CancelledInAPhase_EndsThere(string phase)
    {
        using var source = new CancellationTokenSource();
        var log = new PhaseLog { At = value => { if (value.Phase == phase) source.Cancel(); } };
        Assert.Throws<OperationCanceledException>(
            () => ClassifierTrainer.Train(s_data, Reviews.Small, progress: log, cancellation: source.Token));
        Assert.Equal(phase, log.Begun[^1]);
    }

    [Fact]
    public void Train_CancelledInTheSecondValidation_KeepsTheFirstEpoch()
    {
        using var source = new CancellationTokenSource();
        var log = new PhaseLog();
        log.At = value =>
            { if (log.Over.Contains("validating") && value.Phase == "validating" && value.Done == 0) source.Cancel(); };
        TrainingResult<ClassifierModel, Evaluation> result =
            ClassifierTrainer.Train(s_data, Reviews.Small, progress: log, cancellation: source.Token);
        Assert.Equal(TrainingEnd.Cancelled, result.End);
        Assert.Equal(1, Assert.Single(result.Epochs).Number);
    }

    [Fact]
    public void Train_BudgetOfFewSteps_TellsTheShareOfTheEpoch()
    {
        // Every look at the clock is a second later.
        TrainingOptions options = Reviews.Small with { Budget = TimeSpan.FromSeconds(30), Clock = new Ticking() };
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(s_data, options);
        EpochRecord epoch = Assert.Single(result.Epochs);
        Assert.Equal(TrainingEnd.Budget, result.End);
        Assert.Equal(45, epoch.StepsInEpoch);
        Assert.InRange(epoch.Steps, 1, 44);
        Assert.Equal((double)epoch.Steps / 45, result.Passes);
        Assert.InRange(result.Seconds, 15, 40);
    }

    [Fact]
    public void Train_WholeEpochs_ArePasses()
    {
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(s_data, Reviews.Small with { Epochs = 2 });
        Assert.Equal(2, result.Passes);
        Assert.Equal(0, result.ValidationLeftOut);
    }

    [Fact]
    public void Train_BudgetAndManyValidationTexts_LooksAtAPartThatTheBudgetDecides()
    {
        TextDataset held = Reviews.Words(9000, seed: 4);
        TrainingOptions options = Reviews.Small with { Budget = TimeSpan.FromSeconds(5), Clock = new Standing(), Epochs = 1 };
        TrainingResult<ClassifierModel, Evaluation> first = ClassifierTrainer.Train(s_data, options, held),
            again = ClassifierTrainer.Train(s_data, options, held);
        // 100,000 characters of about 20 a text.
        Assert.InRange(first.Validation.Rows, 2000, 6000);
        Assert.Equal(9000 - first.Validation.Rows, first.ValidationLeftOut);
        Assert.Equal(first.Validation.Loss, again.Validation.Loss);
        Assert.Equal(0, ClassifierTrainer.Train(s_data, options with { Budget = null }, held).ValidationLeftOut);
    }

    [Fact]
    public void Train_ReleasesData_GivesTheSameModelAndDisposesTheTexts()
    {
        var list = new ExampleList();
        foreach (TextExample example in s_data.Examples) list.Add(example.Text, example.Label, example.Line);
        var packed = new TextDataset(s_data.Name, list);
        ClassifierModel expected = ClassifierTrainer.Train(s_data, Reviews.Small).Model,
            found = ClassifierTrainer.Train(packed, Reviews.Small with { ReleasesData = true }).Model;
        Assert.Equal(RunIdentity.Of(expected.Parameters), RunIdentity.Of(found.Parameters));
        Assert.Throws<ObjectDisposedException>(() => packed.Examples[0]);
    }

    [Fact]
    public void Evaluate_MoreTextsThanAPart_ScoresAsOneByOne()
    {
        TextDataset data = Reviews.Words(9000, seed: 5, longest: 3);
        ClassifierModel model = ClassifierTrainer.Train(s_data, Reviews.Small with { Epochs = 1 }).Model;
        var classifier = new TextClassifier(model, threads: 1);
        Evaluation all = classifier.Evaluate(data);
        int right = data.Examples.Count(example => classifier.Predict(example.Text).Label == example.Label);
        Assert.Equal(9000, all.Rows);
        Assert.Equal((double)right / 9000, all.Accuracy);
    }

    private sealed class PhaseLog : IProgress<TrainingProgress>, IProgress<PhaseProgress>
    {
        public List<string> Begun { get; } = [];

        public List<string> Over { get; } = [];

        public Action<PhaseProgress>? At { get; set; }

        public void Report(TrainingProgress value)
        {
        }

        public void Report(PhaseProgress value)
        {
            if (value.IsOver) Over.Add(value.Phase);
            if (value.Done == 0) Begun.Add(value.Phase);
            At?.Invoke(value);
        }
    }

    private sealed class Ticking : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }

    private sealed class Standing : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
