namespace Recurant.Tests.Training;

/// <summary>A run that was stopped and continued gives the bytes of one that never stopped.</summary>
public sealed class CheckpointTests : IDisposable
{
    private const int Texts = 60;
    private readonly TemporaryDirectory _directory = new();
    private readonly TextDataset _data = Reviews.Words(Texts, seed: 3);

    private static readonly TrainingOptions s_full = Reviews.Small with
    {
        Layers = 2, Bidirectional = true, Pooling = Pooling.Attention, Direct = true, Dropout = Reviews.EveryDropout, Epochs = 5,
    };

    public static TheoryData<string> Runs => [.. s_runs.Keys];

    private static readonly Dictionary<string, TrainingOptions> s_runs = new()
    {
        ["adamw, linear"] = s_full with { Schedule = ScheduleKind.Linear },
        ["sgd, cosine"] = s_full with { Optimizer = OptimizerKind.Sgd, LearningRate = 0.5f, Schedule = ScheduleKind.Cosine },
        ["nesterov, plateau"] = s_full with
        {
            Optimizer = OptimizerKind.Nesterov, LearningRate = 0.1f, Schedule = ScheduleKind.Plateau, Epochs = 8,
        },
        ["rmsprop, one-hot"] = s_full with { Optimizer = OptimizerKind.RmsProp, LearningRate = 0.01f, Embedding = 0 },
        ["adagrad, feed-forward"] = s_full with { Optimizer = OptimizerKind.AdaGrad, Model = ModelKind.FeedForward },
        ["characters"] = s_full with { Characters = 4, Optimizer = OptimizerKind.Adam },
        ["bag of words"] = s_full with { Model = ModelKind.BagOfWords },
        ["frozen vectors"] = s_full with { Embedding = null, Vectors = Vectors(1), FreezeVectors = true },
        ["tuned vectors"] = s_full with { Embedding = null, Vectors = Vectors(1) },
    };

    public void Dispose() => _directory.Dispose();

    /// <summary>Stopped in the first epoch, in a later one and in one after that; each time continued from the disk.</summary>
    [Theory]
    [MemberData(nameof(Runs))]
    public void Train_StoppedThreeTimesAndContinued_GivesTheSameFile(string name)
    {
        TrainingOptions options = s_runs[name];
        byte[] expected = Train(options);
        Assert.Throws<OperationCanceledException>(() => Train(Checkpointed(options, CheckpointStart.New), stopAfter: 3));
        Stop(options, steps: 18);
        Stop(options, steps: 4);
        AssertSameFile(expected, Train(Checkpointed(options, CheckpointStart.Resume)));
    }

    /// <summary>What a kill leaves: the state after some step, long before the run was over.</summary>
    [Fact]
    public void Train_ContinuedFromTheStateAfterEachStep_GivesTheSameFile()
    {
        TrainingOptions options = s_runs["adamw, linear"] with { Epochs = 2 };
        byte[] expected = Train(options);
        var copies = new List<string>();
        TrainingOptions every = Checkpointed(options, CheckpointStart.New);
        void Saved() => copies.Add(_directory.CopyOfRun($"after {copies.Count}"));
        Train(every with { Checkpoint = every.Checkpoint! with { Saved = Saved } });
        Assert.Equal(14, copies.Count); // 54 texts in batches of 8, twice
        foreach (string copy in copies)
        {
            var last = new CheckpointOptions { Directory = copy, Start = CheckpointStart.Resume };
            AssertSameFile(expected, Train(options with { Checkpoint = last }));
        }
    }

    [Fact]
    public void Train_BudgetIsOverAndMoreIsGiven_GivesTheFileOfARunWithoutBudget()
    {
        byte[] expected = Train(s_full);
        TrainingOptions options = Checkpointed(s_full, CheckpointStart.New) with { Budget = TimeSpan.FromTicks(1) };
        Assert.Equal(TrainingEnd.Budget, ClassifierTrainer.Train(_data, options).End);
        TrainingOptions more = Checkpointed(s_full, CheckpointStart.Resume) with { Budget = TimeSpan.FromHours(1) };
        AssertSameFile(expected, Train(more));
    }

    [Fact]
    public void Train_Continued_CountsTheTimeAndTheEpochsBefore()
    {
        TrainingOptions options = s_full with { Epochs = 4 };
        Assert.Throws<OperationCanceledException>(() => Train(Checkpointed(options, CheckpointStart.New), stopAfter: 3));
        string run = Path.Combine(CheckpointStore.Last(_directory["run"])!, CheckpointStore.RunFile);
        double seconds = RunStateJson.Read(File.ReadAllText(run), Evaluation.Read).State.Seconds;
        Assert.True(seconds > 0);
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
            _data, Checkpointed(options, CheckpointStart.Resume));
        Assert.Equal([1, 2, 3, 4], result.Epochs.Select(epoch => epoch.Number));
        Assert.True(result.Seconds > seconds);
    }

    [Fact]
    public void Train_CheckpointThere_BeginsAnewOnlyIfTold()
    {
        TrainingOptions options = s_full with { Epochs = 2 };
        byte[] expected = Train(options);
        Assert.Throws<OperationCanceledException>(() => Train(Checkpointed(options, CheckpointStart.ResumeOrNew), stopAfter: 2));
        string before = CheckpointStore.Last(_directory["run"])!;
        IOException fault = Assert.Throws<IOException>(() => Train(Checkpointed(options, CheckpointStart.New)));
        Assert.Contains("holds the checkpoint of a run that was not finished", fault.Message);
        Assert.Equal(before, CheckpointStore.Last(_directory["run"]));

        AssertSameFile(expected, Train(Checkpointed(options, CheckpointStart.ResumeOrNew)));
        // Other options: to continue would be an error, to replace is none.
        TrainingOptions other = options with { Seed = 2 };
        AssertSameFile(Train(other), Train(Checkpointed(other, CheckpointStart.Replace)));
        Assert.Throws<InvalidDataException>(() => Train(Checkpointed(options, CheckpointStart.Resume)));
    }

    [Fact]
    public void Train_DataWithoutUse_LeavesNoDirectoryBehind()
    {
        TextDataset few = TextDataset.FromPairs([("a", "x"), ("b", "y")]);
        Assert.Throws<InvalidDataException>(() => ClassifierTrainer.Train(few, Checkpointed(s_full, CheckpointStart.New)));
        Assert.Empty(_directory.Names());
    }

    [Fact]
    public void Train_NothingToContinue_SaysSoAndMakesNothing()
    {
        var fault = Assert.Throws<DirectoryNotFoundException>(() => Train(Checkpointed(s_full, CheckpointStart.Resume)));
        Assert.StartsWith($"{_directory["run"]}: there is no checkpoint to continue from.", fault.Message);
        Assert.Empty(_directory.Names());
    }

    public static TheoryData<int, string> OtherRuns
    {
        get
        {
            TheoryData<int, string> cases = [];
            for (int i = 0; i < s_others.Length; i++) cases.Add(i, s_others[i].Beginning);
            return cases;
        }
    }

    private static readonly (string Beginning, Func<TextDataset, TextDataset> Data, TrainingOptions Options)[] s_others =
    [
        ("training texts: 60 rows", data => new(data.Name, [.. data.Examples.Skip(1), data.Examples[0]]), s_full),
        ("training texts: 60 rows", data => new(
            data.Name, [data.Examples[0] with { Label = "bad" }, .. data.Examples.Skip(1)]), s_full),
        ("training texts: 60 rows, ", data => new(data.Name, [.. data.Examples, data.Examples[0]]), s_full),
        ("Seed: 1 there, 2 here", data => data, s_full with { Seed = 2 }),
        ("Recurrent.HiddenSize: 8 there, 9 here", data => data, s_full with { Hidden = 9 }),
        ("Recurrent.Cell: Lstm there, Gru here", data => data, s_full with { Cell = Recurant.Cells.CellKind.Gru }),
        ("Batch: 8 there, 4 here", data => data, s_full with { Batch = 4 }),
        ("Epochs: 5 there, 6 here", data => data, s_full with { Epochs = 6 }),
        ("Optimizer: AdamW there, Adam here", data => data, s_full with { Optimizer = OptimizerKind.Adam }),
        ("Dropout.Output: 0.3 there, 0.25 here", data => data,
            s_full with { Dropout = Reviews.EveryDropout with { Output = 0.25f } }),
        ("ValidationFraction: 0.1 there, 0.2 here", data => data, s_full with { ValidationFraction = 0.2 }),
        ("models of the run: 1 there, 2 here", data => data, s_full with { Models = 2 }),
        ("CharacterSize: 0 there, 4 here", data => data, s_full with { Characters = 4 }),
        ("VocabularySize: ", data => data, s_full with { MinimumCount = 12 }),
        ("VocabularySize: ", data => data, s_full with { Embedding = null, Vectors = Vectors(1) }),
    ];

    [Theory]
    [MemberData(nameof(OtherRuns))]
    public void Train_ContinuedWithOtherDataOrOptions_IsRefused(int index, string difference)
    {
        Assert.Throws<OperationCanceledException>(() => Train(Checkpointed(s_full, CheckpointStart.New), stopAfter: 2));
        (_, Func<TextDataset, TextDataset> data, TrainingOptions options) = s_others[index];
        var fault = Assert.Throws<InvalidDataException>(
            () => ClassifierTrainer.Train(data(_data), Checkpointed(options, CheckpointStart.Resume)));
        Assert.StartsWith($"{_directory["run"]}: the checkpoint belongs to another run: {difference}", fault.Message);
        Assert.EndsWith("Continue it with the data and options it was started with, or start a new run.", fault.Message);
    }

    [Fact]
    public void Train_ContinuedWithOtherVectors_IsRefused()
    {
        TrainingOptions options = s_runs["frozen vectors"];
        Assert.Throws<OperationCanceledException>(() => Train(Checkpointed(options, CheckpointStart.New), stopAfter: 2));
        TrainingOptions other = Checkpointed(options, CheckpointStart.Resume) with { Vectors = Vectors(2) };
        Assert.Contains("weights at the start", Assert.Throws<InvalidDataException>(() => Train(other)).Message);
    }

    [Fact]
    public void Train_ContinuedWithOtherValidationTexts_IsRefused()
    {
        Assert.Throws<OperationCanceledException>(() => Train(
            Checkpointed(s_full, CheckpointStart.New), stopAfter: 2, Reviews.Words(10, seed: 8)));
        var fault = Assert.Throws<InvalidDataException>(() => ClassifierTrainer.Train(
            _data, Checkpointed(s_full, CheckpointStart.Resume), Reviews.Words(10, seed: 9)));
        Assert.Contains("another run: validation texts: 10 rows", fault.Message);
    }

    [Theory]
    [InlineData(CheckpointStore.StateFile)]
    [InlineData(CheckpointStore.RunFile)]
    public void Train_ContinuedFromADamagedFile_NamesTheFile(string file)
    {
        Assert.Throws<OperationCanceledException>(() => Train(Checkpointed(s_full, CheckpointStart.New), stopAfter: 2));
        string path = Path.Combine(CheckpointStore.Last(_directory["run"])!, file);
        byte[] good = File.ReadAllBytes(path);
        foreach (int place in (int[])[0, good.Length / 2, good.Length - 1])
        {
            byte[] bad = [.. good];
            bad[place] ^= 1;
            File.WriteAllBytes(path, bad);
            AssertDamaged(path, "its SHA-256 begins ");
        }

        File.WriteAllBytes(path, good[..^1]);
        AssertDamaged(path, "its SHA-256 begins ");
        File.Delete(path);
        AssertDamaged(path, "the file is missing");
        File.WriteAllBytes(path, good);
        Train(Checkpointed(s_full, CheckpointStart.Resume));
    }

    [Fact]
    public void Train_RunFileOfAnotherFormat_SaysSo()
    {
        Assert.Throws<OperationCanceledException>(() => Train(Checkpointed(s_full, CheckpointStart.New), stopAfter: 2));
        string last = CheckpointStore.Last(_directory["run"])!, path = Path.Combine(last, CheckpointStore.RunFile);
        (string, string)[] faults =
        [
            (File.ReadAllText(path).Replace("\"format\": 2", "\"format\": 7"), "it has format 7, but this version"),
            (File.ReadAllText(path).Replace("\"step\"", "\"stop\""), "it does not describe a run"),
            ("[]", "it does not describe a run"),
            ("no JSON", "it does not describe a run"),
        ];
        foreach ((string text, string fault) in faults)
        {
            File.WriteAllText(path, text);
            string sums = Path.Combine(last, CheckpointStore.SumsFile);
            File.WriteAllLines(sums, [
                $"{CheckpointStore.SumOf(path)}  {CheckpointStore.RunFile}",
                .. File.ReadAllLines(sums).Where(line => !line.EndsWith(CheckpointStore.RunFile, StringComparison.Ordinal))]);
            AssertDamaged(path, fault);
        }
    }

    /// <summary>A run is in the epoch after those that are over, at most.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(0, false)]
    public void RunStateJson_EpochThatCannotBe_IsRefused(int epoch, bool fits)
    {
        var state = new RunState { Epoch = epoch, StepsInEpoch = 5, Seconds = 1, SecondsInEpoch = 1 };
        var validation = new Evaluation { Rows = 2, Loss = 0.1, Accuracy = 1, MacroF1 = 1, Confusion = [[1, 0], [0, 1]] };
        state.Epochs.Add(new EpochRecord(1, 0.7, 0.2, validation, 0.3));
        string text = RunStateJson.Write(new RunStateJson.Content([], state, (0.5, 0.5), (0, 0)));
        if (fits) Assert.Equal(epoch, RunStateJson.Read(text, Evaluation.Read).State.Epoch);
        else Assert.Throws<FormatException>(() => RunStateJson.Read(text, Evaluation.Read));
    }

    [Fact]
    public void RunStateJson_AnyState_ComesBackBitByBit()
    {
        var state = new RunState
        {
            Epoch = 3, StepsInEpoch = 5, Step = 1L << 40, Loss = 1 / 3.0, Seen = 7, Correct = 6, Tokens = 1L << 33,
            Plateau = 0.1f,
            Seconds = 1e-7, SecondsInEpoch = Math.PI,
        };
        var validation = new Evaluation
        {
            Rows = 3, Loss = 0.1, Accuracy = 2 / 3.0, MacroF1 = 1e-300, Confusion = [[1, 0], [2, 4]],
        };
        state.Epochs.Add(new EpochRecord(1, 0.7, 0.2, validation with { Loss = 5e-324 }, 0.3));
        state.Epochs.Add(new EpochRecord(2, 0.6, 0.4, validation, 1.5));
        state.Best = state.Epochs[1];
        state.Finished =
            [new FinishedRun([.. state.Epochs], 2, TrainingEnd.EarlyStopping), new FinishedRun([], 7, TrainingEnd.Completed)];
        RunStateJson.Content read = RunStateJson.Read(RunStateJson.Write(
            new RunStateJson.Content([("a \"name\"", "b\nc")], state, (0.1 * 3, 0.999 * 0.999), (11, 12))), Evaluation.Read);
        Assert.Equal([("a \"name\"", "b\nc")], read.Identity);
        Assert.Equal((0.1 * 3, 0.999 * 0.999), read.Powers);
        Assert.Equal((11, 12), read.Average);
        foreach (System.Reflection.PropertyInfo property in typeof(RunState).GetProperties())
        {
            if (property.Name is nameof(RunState.Epochs) or nameof(RunState.Best) or nameof(RunState.Finished)) continue;
            Assert.Equal(property.GetValue(state), property.GetValue(read.State));
        }

        Assert.Equal([(2, TrainingEnd.EarlyStopping), (7, TrainingEnd.Completed)],
            read.State.Finished.Select(run => (run.Best, run.End)));
        Assert.Equal([2, 0], read.State.Finished.Select(run => run.Epochs.Count));
        Assert.Equal(0.7, read.State.Finished[0].Epochs[0].TrainLoss);
        Assert.Same(read.State.Epochs[1], read.State.Best);
        for (int i = 0; i < 2; i++)
        {
            EpochRecord expected = state.Epochs[i], actual = read.State.Epochs[i];
            var wanted = (Evaluation)expected.Validation;
            var got = (Evaluation)actual.Validation;
            Assert.Equal(wanted.Confusion, got.Confusion);
            Evaluation comparable = got with { Confusion = wanted.Confusion };
            Assert.Equal(expected, actual with { Validation = comparable });
        }
    }

    private void AssertDamaged(string path, string fault)
    {
        var error = Assert.Throws<InvalidDataException>(() => Train(Checkpointed(s_full, CheckpointStart.Resume)));
        Assert.StartsWith($"{path}: the checkpoint is damaged: {fault}", error.Message);
        Assert.EndsWith("Copy it again if there is a copy, or begin a new run.", error.Message);
    }

    /// <summary>
    /// Cancelled between two batches of the validation: nothing of that epoch is lost, and the run that is continued validates
    /// and goes on to the same bytes.
    /// </summary>
    [Fact]
    public void Train_CancelledWhileValidating_ContinuesToTheSameBytes()
    {
        byte[] expected = Train(s_full);
        var progress = new StepCount();
        ClassifierTrainer.Train(_data, s_full with { Epochs = 1 }, progress: progress);
        Assert.True(progress.InEpoch > 1);
        using (var cancellation = new CancellationTokenSource())
        {
            int steps = 0;
            TrainingOptions options = Checkpointed(s_full, CheckpointStart.New);
            options = options with
            {
                Checkpoint = options.Checkpoint! with { Saved = () =>
                    { if (++steps == 2 * progress.InEpoch) cancellation.Cancel(); } },
            };
            // Cancelled with the last step of the second epoch: what is looked at next is the validation.
            TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
                _data, options, cancellation: cancellation.Token);
            Assert.Equal(TrainingEnd.Cancelled, result.End);
            Assert.Single(result.Epochs);
        }

        Assert.True(expected.AsSpan().SequenceEqual(Train(Checkpointed(s_full, CheckpointStart.Resume))));
    }

    private sealed class StepCount : IProgress<TrainingProgress>
    {
        public int InEpoch { get; private set; }

        public void Report(TrainingProgress value) => InEpoch = value.Steps;
    }

    private void Stop(TrainingOptions options, int steps)
    {
        try
        {
            Train(Checkpointed(options, CheckpointStart.Resume), stopAfter: steps);
        }
        catch (OperationCanceledException)
        {
            // No epoch was over yet.
        }
    }

    /// <summary>A checkpoint after every step.</summary>
    private TrainingOptions Checkpointed(TrainingOptions options, CheckpointStart start) =>
        options with { Checkpoint = new() { Directory = _directory["run"], Interval = TimeSpan.Zero, Start = start } };

    private byte[] Train(TrainingOptions options, int stopAfter = int.MaxValue, TextDataset? validation = null)
    {
        using var cancellation = new CancellationTokenSource();
        if (stopAfter < int.MaxValue)
        {
            void Saved()
            {
                if (--stopAfter == 0) cancellation.Cancel();
            }

            options = options with { Checkpoint = options.Checkpoint! with { Saved = Saved } };
        }

        string path = _directory["model.safetensors"];
        ModelFile.Save(ClassifierTrainer.Train(_data, options, validation, cancellation: cancellation.Token).Model, path);
        return File.ReadAllBytes(path);
    }

    private static void AssertSameFile(byte[] expected, byte[] actual)
    {
        int same = expected.AsSpan().CommonPrefixLength(actual);
        Assert.True(
            same == expected.Length && same == actual.Length,
            $"The file differs from byte {same} on; it has {actual.Length} bytes, expected {expected.Length}.");
    }

    private static WordVectors Vectors(ulong seed)
    {
        var vectors = new WordVectors(8);
        foreach (string word in (string[])["good", "bad", "elsewhere"]) Bits.Random(8, seed++).CopyTo(vectors.Add(word));
        return vectors;
    }
}
