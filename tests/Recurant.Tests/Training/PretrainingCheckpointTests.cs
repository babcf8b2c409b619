namespace Recurant.Tests.Training;

/// <summary>
/// A run with pre-training that was stopped in either stage and continued gives the bytes of one that never stopped.
/// </summary>
public sealed class PretrainingCheckpointTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TextDataset _data = UnlabelledReviews.Labelled(0, 6);
    private static readonly TrainingOptions s_options = UnlabelledReviews.Small with { Epochs = 2 };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Train_ContinuedFromTheStateAfterEachStepOfBothStages_GivesTheSameFile(int models)
    {
        TrainingOptions options = s_options with { Models = models };
        byte[] expected = Train(options);
        var copies = new List<string>();
        void Saved() => copies.Add(_directory.CopyOfRun($"after {copies.Count}"));
        Train(Checkpointed(CheckpointStart.New, Saved) with { Models = models });
        var stages = new HashSet<string>();
        foreach (string copy in copies)
        {
            stages.Add(RunStateJson.ReadStage(
                File.ReadAllText(Path.Combine(CheckpointStore.Last(copy)!, CheckpointStore.RunFile))));
            var last = new CheckpointOptions { Directory = copy, Start = CheckpointStart.Resume };
            Assert.Equal(expected, Train(options with { Checkpoint = last }));
        }

        Assert.Equal("pre-training", stages.First());
        Assert.Equal(1 + models, stages.Count);
    }

    [Fact]
    public void Train_CancelledWhilePretraining_HasNoModelAndContinues()
    {
        byte[] expected = Train(s_options);
        using var cancellation = new CancellationTokenSource();
        TrainingOptions options = Checkpointed(CheckpointStart.New);
        // In the second epoch, when there are best weights of a language model, but none of a classifier.
        var stop = new ProgressLog(report =>
        {
            if (report.Validation is not null) cancellation.Cancel();
        });
        Assert.Throws<OperationCanceledException>(
            () => ClassifierTrainer.Train(_data, options, progress: stop, cancellation: cancellation.Token));
        Assert.All(stop.Reports, report => Assert.Equal("pre-training", report.Stage));
        Assert.Equal(expected, Train(Checkpointed(CheckpointStart.Resume)));
    }

    [Fact]
    public void Train_ContinuedInTheSecondStage_DoesNotPretrainAgain()
    {
        int saved = 0;
        using var cancellation = new CancellationTokenSource();
        var log = new ProgressLog();
        TrainingOptions options = Checkpointed(CheckpointStart.New, () =>
        {
            if (log.Reports.Any(report => report.Stage == "pre-training" && report is { Validation: not null, Epoch: 2 })
                && ++saved == 1)
            {
                cancellation.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(
            () => ClassifierTrainer.Train(_data, options, progress: log, cancellation: cancellation.Token));
        var after = new ProgressLog();
        ClassifierTrainer.Train(_data, Checkpointed(CheckpointStart.Resume), progress: after);
        Assert.Equal(["model", "model"], after.Epochs.Select(report => report.Stage));
    }

    [Fact]
    public void Train_ContinuedWithOtherTextsOrNone_IsRefused()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => ClassifierTrainer.Train(
            _data, Checkpointed(CheckpointStart.New, cancellation.Cancel), cancellation: cancellation.Token));
        TrainingOptions resumed = Checkpointed(CheckpointStart.Resume);
        Refused("pre-training: under way there, none here", resumed with { Pretraining = null });
        Refused("pre-training: ",
            resumed with { Pretraining = new Pretraining { Texts = UnlabelledReviews.Text(81, 5), Epochs = 2 } });
        Refused(
            "pre-training: Epochs: 2 there, 3 here", resumed with { Pretraining = s_options.Pretraining! with { Epochs = 3 } });
    }

    [Fact]
    public void Train_BudgetIsOver_LeavesHalfOfItToTheClassifier()
    {
        var log = new ProgressLog();
        TrainingOptions options = s_options with
        {
            Budget = TimeSpan.FromSeconds(2),
            Pretraining = s_options.Pretraining! with { Epochs = 1_000_000 },
            Epochs = 1_000_000, Patience = 1_000_000,
        };
        Assert.Equal(TrainingEnd.Budget, ClassifierTrainer.Train(_data, options, progress: log).End);
        Assert.Contains(log.Epochs, report => report.Stage == "pre-training");
        Assert.Contains(log.Epochs, report => report.Stage == "model");
    }

    private void Refused(string difference, TrainingOptions options)
    {
        var fault = Assert.Throws<InvalidDataException>(() => ClassifierTrainer.Train(_data, options));
        Assert.StartsWith($"{_directory["run"]}: the checkpoint belongs to another run: {difference}", fault.Message);
    }

    private TrainingOptions Checkpointed(CheckpointStart start, Action? saved = null) => s_options with
    {
        Checkpoint = new() { Directory = _directory["run"], Interval = TimeSpan.Zero, Start = start, Saved = saved },
    };

    private byte[] Train(TrainingOptions options)
    {
        string path = _directory["model.safetensors"];
        ModelFile.Save(ClassifierTrainer.Train(_data, options).Model, path);
        return File.ReadAllBytes(path);
    }
}
