namespace Recurant.Tests.Training;

public sealed class TaggerTrainerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Train_ForgetBiasGiven_ActsOnWordsAndCharacters()
    {
        TaggerModel model = TaggerTrainer.Train(
            TaggedWords.PartsOfSpeech(30, seed: 1),
            TaggedWords.Small with { Cell = CellKind.Lstm, ForgetBias = 3f, Characters = 4, Epochs = 1,
                LearningRate = 1e-12f }).Model;

        Assert.Equal(3f, model.Spec.Recurrent.ForgetBias);
        foreach (string layer in new[] { "", "characters." })
        {
            Parameter Of(string name) => model.Parameters.Single(parameter => parameter.Name == $"{layer}{name}_l0");
            (float[] input, float[] hidden) = (Of("bias_ih").Values.ToArray(), Of("bias_hh").Values.ToArray());
            int units = input.Length / 4;
            for (int j = units; j < 2 * units; j++) Assert.Equal(3f, input[j] + hidden[j], 1e-5f);
        }
    }

    [Theory]
    [InlineData(CellKind.Lstm, false)]
    [InlineData(CellKind.Gru, true)]
    [InlineData(CellKind.Elman, false)]
    public void Train_WordBeforeAndSpellingTellTheTag_EveryCellLearnsIt(CellKind cell, bool field)
    {
        TaggerTrainingOptions options = TaggedWords.Small with { Cell = cell, RandomField = field, Epochs = 25 };
        var result = TaggerTrainer.Train(TaggedWords.PartsOfSpeech(250, 1), options, TaggedWords.PartsOfSpeech(60, 2));
        TaggerEvaluation test = new TagPredictor(result.Model, threads: 1).Evaluate(TaggedWords.PartsOfSpeech(100, 3));
        Assert.InRange(test.Accuracy, 0.99, 1);
        Assert.True(test.UnknownWords > 100, "The test needs words that were not seen.");
        Assert.InRange(test.UnknownAccuracy, 0.98, 1);
        Assert.Equal(TrainingEnd.Completed, result.End);
        Assert.Equal(25, result.Epochs.Count);
    }

    public static TheoryData<CellKind> Cells => [.. Enum.GetValues<CellKind>()];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Train_AnyCell_DoesBetterThanTheMostFrequentTag(CellKind cell)
    {
        TaggedDataset train = TaggedWords.PartsOfSpeech(150, 1), test = TaggedWords.PartsOfSpeech(60, 3);
        TaggerTrainingOptions options = TaggedWords.Small with
        {
            Cell = cell, Epochs = 10, Layers = 2, Dropout = TaggedWords.Small.Dropout with { Recurrent = null },
        };
        TaggerModel model = TaggerTrainer.Train(train, options).Model;
        double baseline = new MostFrequentTags(train).Evaluate(test).Accuracy;
        Assert.True(new TagPredictor(model, 1).Evaluate(test).Accuracy > baseline + 0.1);
    }

    [Fact]
    public void Train_SpellingTellsTheTag_AModelWithoutCharactersDoesWorse()
    {
        TaggedDataset train = TaggedWords.PartsOfSpeech(250, 1), test = TaggedWords.PartsOfSpeech(100, 3);
        TaggerTrainingOptions options = TaggedWords.Small with { Epochs = 15 };
        double Accuracy(int characters) => new TagPredictor(
            TaggerTrainer.Train(train, options with { Characters = characters }).Model, 1).Evaluate(test).Accuracy;
        Assert.True(Accuracy(8) > Accuracy(0) + 0.05);
    }

    /// <summary>
    /// IOB1, as CoNLL-2003 was published: one B- in all, where two names touch. With the rules of IOB2 no span could begin.
    /// </summary>
    [Fact]
    public void Train_Iob1WithOneB_FindsTheSpansAsInIob2()
    {
        var touching = new TaggedSentence(["mr", "Blick", "Dorp", "."], ["O", "B-person", "B-person", "O"], 1);
        TaggedDataset other = new("made", [touching, .. TaggedWords.Names(200, 1).Sentences]), first = TaggedWords.InIob1(other);
        Assert.Equal(1, first.Sentences.Sum(sentence => sentence.Tags.Count(tag => tag.StartsWith('B'))));
        Assert.Contains("read as IOB1", TagSpan.SchemeNote(first)!);
        Assert.Null(TagSpan.SchemeNote(other));
        TaggerTrainingOptions options = TaggedWords.Small with { Epochs = 20 };
        foreach (bool field in (bool[])[true, false])
        {
            TaggerModel model = TaggerTrainer.Train(first, options with { RandomField = field }).Model;
            Assert.False(model.Spec.Constrained);
            TaggerEvaluation test = new TagPredictor(model, threads: 1).Evaluate(TaggedWords.InIob1(TaggedWords.Names(100, 3)));
            Assert.InRange(test.Spans!.F1, 0.97, 1);
        }

        Assert.True(TaggerTrainer.Train(other, options with { Epochs = 1 }).Model.Spec.Constrained);
    }

    [Fact]
    public void Train_NamesOfPersonsAndPlaces_FindsTheSpans()
    {
        TaggerTrainingOptions options = TaggedWords.Small with { Epochs = 20 };
        var result = TaggerTrainer.Train(TaggedWords.Names(200, 1), options);
        Assert.True(result.Model.Spec.RandomField);
        Assert.Equal("span F1", result.Validation.Measure);
        TaggerEvaluation test = new TagPredictor(result.Model, threads: 1).Evaluate(TaggedWords.Names(100, 3));
        Assert.InRange(test.Spans!.F1, 0.97, 1);
        TaggerEvaluation baseline = new MostFrequentTags(TaggedWords.Names(200, 1)).Evaluate(TaggedWords.Names(100, 3));
        Assert.True(test.Spans.F1 > baseline.Spans!.F1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Train_AnyNumberOfThreads_GivesTheSameFile(bool names)
    {
        TaggedDataset data = names ? TaggedWords.Names(60, 1) : TaggedWords.PartsOfSpeech(80, 1);
        TaggerTrainingOptions options = TaggedWords.Small with
        {
            Hidden = 70, Embedding = 40, Characters = 36, Layers = 2, Epochs = 2, Batch = 16,
        };
        byte[] expected = Train(data, options);
        foreach (int threads in (int[])[2, 3, 7])
        {
            Assert.True(
                expected.AsSpan().SequenceEqual(Train(data, options with { Threads = threads })),
                $"With {threads} threads the file differs.");
        }

        Assert.NotEqual(expected, Train(data, options with { Seed = 2 }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Train_StoppedTwiceAndContinued_GivesTheSameFile(bool names)
    {
        TaggedDataset data = names ? TaggedWords.Names(60, 1) : TaggedWords.PartsOfSpeech(60, 1);
        TaggerTrainingOptions options = TaggedWords.Small with { Epochs = 4, Layers = 2 };
        byte[] expected = Train(data, options);
        string checkpoint = _directory["run"];
        foreach (int stopAfter in (int[])[9, 5])
        {
            using var cancellation = new CancellationTokenSource();
            int saved = 0;
            var stopped = options with
            {
                Checkpoint = new CheckpointOptions
                {
                    Directory = checkpoint, Interval = TimeSpan.Zero, Start = CheckpointStart.ResumeOrNew,
                    Saved = () =>
                    {
                        if (++saved == stopAfter) cancellation.Cancel();
                    },
                },
            };
            var result = TaggerTrainer.Train(data, stopped, cancellation: cancellation.Token);
            Assert.Equal(TrainingEnd.Cancelled, result.End);
        }

        var last = new CheckpointOptions { Directory = checkpoint, Start = CheckpointStart.Resume };
        Assert.Equal(expected, Train(data, options with { Checkpoint = last, Threads = 2 }));
        var other = Assert.Throws<InvalidDataException>(
            () => Train(data, options with { Checkpoint = last, Characters = 9 }));
        Assert.Contains("CharacterSize", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Vectors_AreReadForWordsTheTrainingLacks()
    {
        string file = _directory["vectors.txt"];
        File.WriteAllText(file, "the 1 2 3\nelsewhere 4 5 6\nnever 7 8 9\n");
        TaggerTrainingOptions options = TaggedWords.Small with
        {
            Embedding = null, Vectors = WordVectors.Read(file), FreezeVectors = true, Epochs = 1,
        };
        var result = TaggerTrainer.Train(TaggedWords.PartsOfSpeech(60, 1), options);
        Assert.Equal(3, result.VectorsFound);
        int word = result.Model.Vocabulary.IndexOf("elsewhere");
        Assert.NotEqual(Vocabulary.Unknown, word);
        Assert.Equal([4f, 5f, 6f], result.Model.Parameters[0].Values.Slice(3 * word, 3).ToArray());
    }

    [Fact]
    public void Train_ValidationHasAnotherTag_CountsItAsWrong()
    {
        TaggedDataset data = TaggedWords.PartsOfSpeech(60, 1);
        var validation = new TaggedDataset("other", [new TaggedSentence(["the", "dorp"], ["NOVEL", "NOUN"])]);
        var result = TaggerTrainer.Train(data, TaggedWords.Small with { Epochs = 1 }, validation);
        Assert.Equal(2, result.Validation.Words);
        Assert.InRange(result.Validation.Accuracy, 0, 0.5);
        Assert.Equal("NOVEL", result.Validation.Tags[^1].Name);
        Assert.Equal(0, result.Validation.Loss);
    }

    [Fact]
    public void Train_OneTag_SaysThatTwoAreNeeded()
    {
        var data = new TaggedDataset("one.conll", [new TaggedSentence(["a", "b"], ["X", "X"]), new TaggedSentence(["c"], ["X"])]);
        var fault = Assert.Throws<InvalidDataException>(() => TaggerTrainer.Train(data));
        Assert.StartsWith("one.conll: all 3 words have the tag \"X\".", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--tag-column", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_NoSentencesOrTooFew_SaysSo()
    {
        Assert.Throws<InvalidDataException>(() => TaggerTrainer.Train(new TaggedDataset("none", [])));
        var one = new TaggedDataset("few", [new TaggedSentence(["a", "b"], ["X", "Y"])]);
        var fault = Assert.Throws<InvalidDataException>(() => TaggerTrainer.Train(one));
        Assert.Contains("too few", fault.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(
            () => TaggerTrainer.Train(TaggedWords.PartsOfSpeech(20, 1), null, new TaggedDataset("none", [])));
    }

    [Fact]
    public void Validate_OutOfRange_NamesTheProperty()
    {
        void Rejects(TaggerTrainingOptions options, string start)
        {
            var fault = Assert.Throws<ArgumentException>(options.Validate);
            Assert.StartsWith(start, fault.Message, StringComparison.Ordinal);
        }

        Rejects(new() { Characters = -1 }, "Characters is -1;");
        Rejects(new() { Embedding = 0 }, "Embedding is 0,");
        Rejects(new() { Layers = 0 }, "Layers is 0;");
        Rejects(new() { Hidden = 0 }, "Hidden is 0;");
        Rejects(new() { RandomField = true, LabelSmoothing = 0.1f }, "LabelSmoothing is 0.1,");
        new TaggerTrainingOptions { Characters = 0, RandomField = false, LabelSmoothing = 0.1f }.Validate();
    }

    [Fact]
    public void From_OptionsOfAClassifier_TakesWhatIsCommon()
    {
        TaggerTrainingOptions options = TaggerTrainingOptions.From(
            new TrainingOptions { Hidden = 7, Seed = 9, Optimizer = OptimizerKind.Sgd, Epochs = 3 });
        Assert.Equal((7, 9ul, OptimizerKind.Sgd, 3), (options.Hidden, options.Seed, options.Optimizer, options.Epochs));
        Assert.Equal(new TaggerTrainingOptions().Characters, options.Characters);
    }

    private byte[] Train(TaggedDataset data, TaggerTrainingOptions options)
    {
        string path = _directory["model.safetensors"];
        ModelFile.Save(TaggerTrainer.Train(data, options).Model, path);
        return File.ReadAllBytes(path);
    }
}

/// <summary>A step of a tagger allocates nothing on any thread once its memory has grown.</summary>
[Collection(nameof(AloneCollection))]
public class TaggerAllocationTests
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    public void Step_OnceWarm_AllocatesNothingOnAnyThread(bool field, int threads)
    {
        TaggerTrainingOptions options = TaggedWords.Small with
        {
            Hidden = 64, Embedding = 64, Characters = 40, Layers = 2, RandomField = field, Batch = 16,
        };
        TaggedDataset sentences = field ? TaggedWords.Names(150, 1) : TaggedWords.PartsOfSpeech(150, 1);
        TaggerData data = TaggerData.Make(sentences, null, options);
        Workers workers = Workers.ForThreads(threads);
        var task = new TaggerTask(data, workers);
        var run = new TaskRun(task, data.Plan, workers, RunClock.Start());
        task.WarmUp();
        task.Feed.BeginEpoch(1);
        for (int index = 0; index < task.Feed.StepsInEpoch; index++) run.Step(index);
        Assert.Equal(0, AllocationTests.Least(step => run.Step(step % task.Feed.StepsInEpoch)));
    }
}
