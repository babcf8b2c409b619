namespace Recurant.Tests.Training;

public class ClassifierTrainerTests
{
    [Theory]
    [InlineData("elman")]
    [InlineData("elman preactivation")]
    [InlineData("lstm")]
    [InlineData("gru inside")]
    [InlineData("gru outside")]
    public void Train_OnlyOrderTellsTheLabel_EveryRecurrentCellLearnsIt(string cell)
    {
        TrainingOptions options = Reviews.Small with
        {
            Cell = cell == "lstm" ? CellKind.Lstm
                : cell.StartsWith("gru", StringComparison.Ordinal) ? CellKind.Gru : CellKind.Elman,
            Form = cell == "elman preactivation" ? ElmanForm.PreActivation : ElmanForm.Hidden,
            GruReset = cell == "gru outside" ? GruReset.Outside : GruReset.Inside,
            Hidden = 12, Epochs = 40,
        };
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
            Reviews.Order(60, seed: 1), options, Reviews.Order(30, seed: 2));
        Assert.Equal(1, new Predictor(result.Model, threads: 1).Evaluate(Reviews.Order(50, seed: 3)).Accuracy);
    }

    [Fact]
    public void Train_OnlyOrderTellsTheLabel_FeedForwardCannotLearnIt()
    {
        // Both texts of a pair are the same bag of words, so one answer is right and one wrong, whatever was learnt.
        TrainingOptions options = Reviews.Small with { Model = ModelKind.FeedForward, Hidden = 16, Epochs = 40 };
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
            Reviews.Order(60, seed: 1), options, Reviews.Order(30, seed: 2));
        Assert.Equal(0.5, new Predictor(result.Model, threads: 1).Evaluate(Reviews.Order(50, seed: 3)).Accuracy);
    }

    [Theory]
    [InlineData(ModelKind.Recurrent)]
    [InlineData(ModelKind.FeedForward)]
    [InlineData(ModelKind.BagOfWords)]
    public void Train_AWordTellsTheLabel_EveryModelLearnsIt(ModelKind model)
    {
        TrainingOptions options = Reviews.Small with
        {
            Model = model, Epochs = 20, Pooling = Pooling.Max, Schedule = ScheduleKind.Linear,
        };
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(Reviews.Words(200, seed: 1), options);
        Assert.Equal(1, new Predictor(result.Model, threads: 1).Evaluate(Reviews.Words(100, seed: 9)).Accuracy);
        Assert.Equal(TrainingEnd.Completed, result.End);
        Assert.Equal(20, result.Epochs.Count);
        Assert.Null(result.VectorsFound);
    }

    [Fact]
    public void Train_EveryOptimiserAndSchedule_LowersTheLoss()
    {
        TextDataset data = Reviews.Words(80, seed: 1, longest: 4), validation = Reviews.Words(10, seed: 2, longest: 4);
        foreach (OptimizerKind optimizer in Enum.GetValues<OptimizerKind>())
        {
            foreach (ScheduleKind schedule in Enum.GetValues<ScheduleKind>())
            {
                TrainingOptions options = Reviews.Small with
                {
                    Optimizer = optimizer, Schedule = schedule, Epochs = 8, Clip = 0,
                    LearningRate = optimizer switch
                    {
                        OptimizerKind.Sgd => 0.5f, OptimizerKind.Momentum or OptimizerKind.Nesterov => 0.1f,
                        OptimizerKind.AdaGrad => 0.05f, _ => 0.01f,
                    },
                };
                IReadOnlyList<EpochRecord> epochs = ClassifierTrainer.Train(data, options, validation).Epochs;
                Assert.True(
                    epochs[^1].TrainLoss < 0.75 * epochs[0].TrainLoss,
                    $"{optimizer}, {schedule}: from {epochs[0].TrainLoss} to {epochs[^1].TrainLoss}.");
            }
        }
    }

    [Fact]
    public void Train_ValidationStopsGettingBetter_StopsAndKeepsTheBestWeights()
    {
        TextDataset validation = Reviews.Noise(40, seed: 2);
        TrainingOptions options = Reviews.Small with { Epochs = 60, Patience = 3 };
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
            Reviews.Noise(60, seed: 1), options, validation);
        Assert.Equal(TrainingEnd.EarlyStopping, result.End);
        Assert.Equal(result.BestEpoch + 3, result.Epochs.Count);
        Assert.Equal(Enumerable.Range(1, result.Epochs.Count), result.Epochs.Select(epoch => epoch.Number));

        EpochRecord best = result.Epochs
            .OrderByDescending(epoch => epoch.Validation.Value).ThenBy(epoch => epoch.Validation.Loss).First();
        Assert.Equal(best.Number, result.BestEpoch);
        Assert.Same(best.Validation, result.Validation);
        AssertSameScores((Evaluation)best.Validation, new Predictor(result.Model, threads: 1).Evaluate(validation));
        Assert.NotEqual(best.Validation.Loss, result.Epochs[^1].Validation.Loss);
        Assert.All(result.Model.Parameters, parameter => Assert.False(parameter.HasGradient));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Train_FewStepsAnEpoch_KeepsWhatWasLearnt(int steps)
    {
        // With validation texts that are those to learn from, every epoch is better than the last.
        TextDataset data = Reviews.Words(24, seed: 1, longest: 3);
        TrainingOptions options = Reviews.Small with { Batch = 24 / steps, Epochs = 40, Patience = 4 };
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(data, options, data);
        Assert.Equal(1, result.Validation.Accuracy);
        Assert.InRange(result.BestEpoch, 20, 40);
    }

    [Fact]
    public void Train_BudgetIsOver_EndsAfterTheStepWithAModel()
    {
        var log = new ProgressLog();
        TrainingOptions options = Reviews.Small with { Budget = TimeSpan.FromTicks(1), Epochs = 50 };
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
            Reviews.Words(80, seed: 1), options, progress: log);
        Assert.Equal(TrainingEnd.Budget, result.End);
        Assert.Equal(1, Assert.Single(result.Epochs).Number);
        TrainingProgress report = Assert.Single(log.Epochs);
        Assert.Equal((1, 9, 50), (report.Step, report.Steps, report.Epochs));
        Assert.Equal(TimeSpan.Zero, report.Remaining);
        Assert.Equal(72, report.Steps * options.Batch);
    }

    [Fact]
    public void Train_CancelledBeforeTheFirstEpochIsOver_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => ClassifierTrainer.Train(Reviews.Words(40, seed: 1), Reviews.Small, cancellation: cancellation.Token));
    }

    [Fact]
    public void Train_CancelledLater_ReturnsTheBestSoFar()
    {
        using var cancellation = new CancellationTokenSource();
        var log = new ProgressLog(report =>
        {
            if (report is { Validation: not null, Epoch: 3 }) cancellation.Cancel();
        });
        TextDataset validation = Reviews.Words(30, seed: 2);
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
            Reviews.Words(60, seed: 1), Reviews.Small with { Epochs = 50 }, validation, log, cancellation.Token);
        Assert.Equal(TrainingEnd.Cancelled, result.End);
        Assert.Equal(3, result.Epochs.Count);
        Evaluation now = new Predictor(result.Model, threads: 1).Evaluate(validation);
        AssertSameScores((Evaluation)result.Epochs[result.BestEpoch - 1].Validation, now);
    }

    [Fact]
    public void Train_Progress_TellsEveryEpoch()
    {
        var log = new ProgressLog();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
            Reviews.Words(60, seed: 1), Reviews.Small with { Epochs = 5 }, Reviews.Words(30, seed: 2), log);
        double seconds = clock.Elapsed.TotalSeconds;
        TrainingProgress[] epochs = [.. log.Epochs];
        Assert.Equal([1, 2, 3, 4, 5], epochs.Select(report => report.Epoch));
        double best = -1;
        for (int i = 0; i < epochs.Length; i++)
        {
            TrainingProgress report = epochs[i];
            Assert.Equal(("model", 5, 8, 8), (report.Stage, report.Epochs, report.Step, report.Steps));
            Assert.Equal((result.Epochs[i].TrainLoss, result.Epochs[i].TrainAccuracy), (report.Loss, report.Accuracy));
            Assert.Same(result.Epochs[i].Validation, report.Validation);
            // No epoch took longer than all of them, and each text has a token at least.
            Assert.True(report.TokensPerSecond * seconds > 60);
            if (report.Validation!.Value > best) Assert.True(report.IsBest);
            best = Math.Max(best, report.Validation.Value);
        }

        Assert.True(epochs[result.BestEpoch - 1].IsBest);
        Assert.Equal(TimeSpan.Zero, epochs[^1].Remaining);
        Assert.All(log.Reports.Where(report => report.Validation is null), report => Assert.False(report.IsBest));
    }

    [Theory]
    [InlineData(ModelKind.Recurrent, true)]
    [InlineData(ModelKind.Recurrent, false)]
    [InlineData(ModelKind.FeedForward, true)]
    [InlineData(ModelKind.FeedForward, false)]
    public void Train_WordVectors_AreKeptIfFrozenAndTunedIfNot(ModelKind model, bool frozen)
    {
        var vectors = new WordVectors(8);
        foreach ((string word, ulong seed) in new[] { ("good", 1ul), ("bad", 2ul), ("elsewhere", 3ul) })
        {
            Bits.Random(8, seed).CopyTo(vectors.Add(word));
        }

        TrainingOptions options = Reviews.Small with
        {
            Model = model, Embedding = null, Vectors = vectors, FreezeVectors = frozen,
        };
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(Reviews.Words(60, seed: 1), options);
        Assert.Equal(3, result.VectorsFound);
        Parameter table = result.Model.Parameters.Single(parameter => parameter.Name == "embedding.weight");
        float[] given = new float[8];
        foreach (string word in (string[])["good", "bad", "elsewhere"])
        {
            Assert.True(vectors.TryGet(word, given));
            int row = result.Model.Vocabulary.IndexOf(word);
            Assert.NotEqual(Vocabulary.Unknown, row);
            bool same = Bits.Equal(given, table.Matrix.Row(row));
            // A word that no training text holds has no gradient: its vector stays, tuned or not.
            Assert.Equal(frozen || word == "elsewhere", same);
        }

        if (!frozen) return;
        ClassifierModel start = Reviews.Start(Reviews.Words(60, seed: 1), options);
        Bits.AssertEqual(start.Parameters[0].Value, table.Value, "the whole table");
        Assert.False(Bits.Equal(start.Parameters[1].Value, result.Model.Parameters[1].Value));
    }

    private static void AssertSameScores(Evaluation expected, Evaluation actual)
    {
        Assert.Equal(
            (expected.Rows, expected.Loss, expected.Accuracy, expected.MacroF1),
            (actual.Rows, actual.Loss, actual.Accuracy, actual.MacroF1));
        Assert.Equal(expected.Confusion, actual.Confusion);
    }
}
