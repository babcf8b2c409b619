namespace Recurant.Tests.Training;

/// <summary>Several classifiers trained one after another, whose probabilities are averaged.</summary>
public sealed class SeveralModelsTests : IDisposable
{
    private static readonly TrainingOptions s_two = Reviews.Small with
    {
        Models = 2, Epochs = 2, Characters = 3, Direct = true, Dropout = Reviews.EveryDropout,
    };

    private readonly TemporaryDirectory _directory = new();
    private readonly TextDataset _data = Reviews.Words(40, seed: 3);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Train_SeveralModels_AreThoseTrainedAloneWithTheirSeeds()
    {
        TrainingOptions options = s_two with { Models = 3 };
        ClassifierModel average = ClassifierTrainer.Train(_data, options).Model;
        TrainingPlan plan = PreparedData.Make(_data, null, options).Plan;
        (TextDataset train, TextDataset validation) = DatasetSplit.Stratified(_data, options.ValidationFraction, options.Seed);
        ulong[] seeds = [.. Enumerable.Range(0, 3).Select(n => plan.ForModel(n).Options.Seed)];
        Assert.Equal(options.Seed, seeds[0]);
        Assert.Equal(3, seeds.Distinct().Count());
        for (int n = 0; n < 3; n++)
        {
            TrainingOptions one = options with { Models = 1, Seed = seeds[n] };
            ClassifierModel alone = ClassifierTrainer.Train(train, one, validation).Model;
            foreach ((Parameter expected, Parameter actual) in alone.Parameters.Zip(average.Networks[n].Parameters))
            {
                Assert.Equal($"models.{n}.{expected.Name}", actual.Name);
                Bits.AssertEqual(expected.Value, actual.Value, actual.Name);
            }
        }
    }

    [Fact]
    public void Train_SeveralModels_TellsOfEachAndScoresTheAverage()
    {
        var log = new ProgressLog();
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(_data, s_two, progress: log);
        Assert.Equal(
            ["model 1 of 2", "model 1 of 2", "model 2 of 2", "model 2 of 2"], log.Epochs.Select(report => report.Stage));
        Assert.Equal([1, 2, 1, 2], result.Epochs.Select(epoch => epoch.Number));
        Assert.Equal(2, result.BestEpochs.Count);
        Assert.Equal(result.BestEpochs[^1], result.BestEpoch);
        Assert.Equal(TrainingEnd.Completed, result.End);
        (_, TextDataset validation) = DatasetSplit.Stratified(_data, s_two.ValidationFraction, s_two.Seed);
        Evaluation again = new TextClassifier(result.Model, threads: 1).Evaluate(validation);
        Assert.Equal((again.Loss, again.Accuracy), (result.Validation.Loss, result.Validation.Accuracy));
        TrainingResult<ClassifierModel, Evaluation> one = ClassifierTrainer.Train(_data, s_two with { Models = 1 });
        Assert.Equal([one.BestEpoch], one.BestEpochs);
    }

    [Fact]
    public void Train_AnyNumberOfThreads_GivesTheSameFile()
    {
        TrainingOptions options = s_two with { Hidden = 48, Embedding = 40, Characters = 20, Bidirectional = true, Batch = 16 };
        byte[] expected = Train(options);
        Assert.Equal(expected, Train(options with { Threads = 3 }));
        Assert.NotEqual(expected, Train(options with { Seed = 2 }));
    }

    /// <summary>What a kill leaves after each step: in the first model, in the second, and between them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_ContinuedFromTheStateAfterEachStep_GivesTheSameFile(bool withFrozenVectors)
    {
        TrainingOptions options = withFrozenVectors
            ? s_two with { Embedding = null, Vectors = Vectors(), FreezeVectors = true }
            : s_two;
        byte[] expected = Train(options);
        var copies = new List<string>();
        void Saved() => copies.Add(Path.GetFileName(_directory.CopyOfRun($"after {copies.Count}")));
        Train(options with { Checkpoint = Kept("run", CheckpointStart.New) with { Saved = Saved } });
        Assert.Equal(20, copies.Count); // 36 texts in batches of 8, twice, for two models
        for (int i = 0; i < copies.Count; i++)
        {
            var log = new ProgressLog();
            byte[] actual = Train(options with { Checkpoint = Kept(copies[i], CheckpointStart.Resume) }, log);
            Assert.Equal(expected, actual);
            // The first model is trained again only from a state of its own.
            Assert.Equal(i < 10, log.Reports.Exists(report => report.Stage == "model 1 of 2"));
        }
    }

    [Fact]
    public void Train_StoppedAndContinuedInEachModel_CountsEveryEpochAndTheTime()
    {
        TrainingResult<ClassifierModel, Evaluation> whole = ClassifierTrainer.Train(_data, s_two);
        TrainingResult<ClassifierModel, Evaluation> first = Stopped(s_two, CheckpointStart.New, steps: 7);
        Assert.Equal((1, TrainingEnd.Cancelled), (first.Model.Spec.Models, first.End));
        TrainingResult<ClassifierModel, Evaluation> second = Stopped(s_two, CheckpointStart.Resume, steps: 10);
        TrainingResult<ClassifierModel, Evaluation> last = ClassifierTrainer.Train(
            _data, s_two with { Checkpoint = Kept("run", CheckpointStart.Resume) });
        Assert.Equal(whole.Epochs.Select(epoch => epoch.TrainLoss), last.Epochs.Select(epoch => epoch.TrainLoss));
        Assert.Equal(whole.BestEpochs, last.BestEpochs);
        Assert.True(last.Seconds > second.Seconds);
    }

    [Fact]
    public void Train_StoppedInTheSecondModel_GivesTheFirst()
    {
        TrainingResult<ClassifierModel, Evaluation> result = Stopped(s_two, CheckpointStart.New, steps: 17);
        Assert.Equal(TrainingEnd.Cancelled, result.End);
        ClassifierModel alone = ClassifierTrainer.Train(_data, s_two with { Models = 1 }).Model;
        Assert.Equal(alone.Spec, result.Model.Spec);
        Assert.Equal(Save(alone), Save(result.Model));
        // In its first epoch, when it has no weights yet that could be kept.
        Directory.Delete(_directory["run"], recursive: true);
        Assert.Equal(Save(alone), Save(Stopped(s_two, CheckpointStart.New, steps: 12).Model));
    }

    [Fact]
    public void Train_ContinuedWithAnotherNumberOfModels_IsRefused()
    {
        Stopped(s_two, CheckpointStart.New, steps: 17);
        foreach (int models in (int[])[1, 3])
        {
            var fault = Assert.Throws<InvalidDataException>(() => ClassifierTrainer.Train(
                _data, s_two with { Models = models, Checkpoint = Kept("run", CheckpointStart.Resume) }));
            Assert.Contains($"another run: models of the run: 2 there, {models} here.", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void Train_NumberOfModelsOutOfRange_SaysSo(int models)
    {
        var fault = Assert.Throws<ArgumentException>(() => ClassifierTrainer.Train(_data, s_two with { Models = models }));
        Assert.Equal($"Models is {models}; it must be 1 to 100.", fault.Message);
    }

    public static TheoryData<int, string> Obstacles => new()
    {
        { 0, "a model of the kind BagOfWords has no recurrent layers" }, { 1, "the tokens are characters already" },
        { 2, "one-hot input" }, { 3, "Recompute" },
    };

    [Theory]
    [MemberData(nameof(Obstacles))]
    public void Train_CharactersWithoutWords_SaysWhatIsInTheWay(int obstacle, string message)
    {
        TrainingOptions options = new TrainingOptions[]
        {
            s_two with { Model = ModelKind.BagOfWords }, s_two with { Unit = TokenUnit.Character }, s_two with { Embedding = 0 },
            s_two with { Recompute = true },
        }[obstacle];
        var fault = Assert.Throws<ArgumentException>(() => ClassifierTrainer.Train(_data, options));
        Assert.StartsWith("Characters is 3, but ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    private static WordVectors Vectors()
    {
        var vectors = new WordVectors(8);
        ulong seed = 1;
        foreach (string word in (string[])["good", "bad", "elsewhere"]) Bits.Random(8, seed++).CopyTo(vectors.Add(word));
        return vectors;
    }

    private CheckpointOptions Kept(string name, CheckpointStart start) =>
        new() { Directory = _directory[name], Interval = TimeSpan.Zero, Start = start };

    private TrainingResult<ClassifierModel, Evaluation> Stopped(TrainingOptions options, CheckpointStart start, int steps)
    {
        using var cancellation = new CancellationTokenSource();
        void Saved()
        {
            if (--steps == 0) cancellation.Cancel();
        }

        return ClassifierTrainer.Train(
            _data, options with { Checkpoint = Kept("run", start) with { Saved = Saved } }, cancellation: cancellation.Token);
    }

    private byte[] Train(TrainingOptions options, IProgress<TrainingProgress>? progress = null) =>
        Save(ClassifierTrainer.Train(_data, options, progress: progress).Model);

    private byte[] Save(ClassifierModel model)
    {
        string path = _directory["model.safetensors"];
        ModelFile.Save(model, path);
        return File.ReadAllBytes(path);
    }
}
