namespace Recurant.Tests.Training;

public sealed class LanguageModelTrainerTests : IDisposable
{
    private static readonly LanguageModelOptions s_small = new()
    {
        Hidden = 24, Embedding = 16, Layers = 1, Batch = 4, Window = 12, Epochs = 12, LearningRate = 0.02f,
        Dropout = Reviews.NoDropout, Patience = 1000, Threads = 1,
    };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>After "ab" comes "c" or "d", and which one was told a line before: only a carried state can know.</summary>
    private static PlainText Rhymes(int lines) => new(
        "rhymes", [.. Enumerable.Range(0, lines)
            .Select(i => i % 4 < 2 ? (i % 2 == 0 ? "abc" : "aabc") : (i % 2 == 0 ? "abd" : "aabd"))]);

    [Fact]
    public void Train_LinesThatFollowARule_LearnsWhatCanBeKnown()
    {
        var result = LanguageModelTrainer.Train(Rhymes(600), s_small with { Epochs = 25 });
        Assert.Equal("bits a character", result.Validation.Measure);
        Assert.InRange(result.Validation.Bits, 0, 0.05);
        LanguageScore again = LanguageModelTrainer.Evaluate(result.Model, Rhymes(60), threads: 2);
        Assert.InRange(again.Bits, 0, 0.1);
        Assert.Equal(60 * 4 + 30, again.Tokens);
    }

    /// <summary>
    /// Else a window would always begin at the same places, and the first tokens of each never be predicted from more.
    /// </summary>
    [Fact]
    public void Train_EveryEpoch_BeginsAtAnOffsetOfItsOwn()
    {
        var log = new FirstWindows();
        LanguageModelTrainer.Train(Rhymes(200), s_small with { Epochs = 8, Observers = [log] });

        Assert.Equal(8, log.Seen.Count);
        Assert.InRange(log.Seen.Distinct().Count(), 3, 8);
    }

    private sealed class FirstWindows : TrainingObserver
    {
        private bool _isFirst = true;

        public List<string> Seen { get; } = [];

        internal override void OnGradients(TrainingTask task, LearningPlan plan, long step)
        {
            if (_isFirst) Seen.Add(string.Join(' ', task.Capture(0, (ulong)step)!.Read[0]));
            _isFirst = false;
        }

        public override void OnEpoch(string stage, EpochRecord epoch, bool isBest) => _isFirst = true;
    }

    [Fact]
    public void Train_WordsStandApart_LearnsWords()
    {
        PlainText text = new(
            "words", [.. Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? "the cat sat ." : "a dog ran , too .")]);
        var result = LanguageModelTrainer.Train(text, s_small with { Tied = true, Embedding = null });
        Assert.Equal(TokenUnit.Word, result.Model.Spec.Unit);
        Assert.Equal("perplexity", result.Validation.Measure);
        Assert.InRange(result.Validation.Perplexity, 1, 1.05);
    }

    [Fact]
    public void Train_Subwords_WritesTheTextOn()
    {
        // The last line is in no training part, and its characters are read as bytes.
        PlainText text = new(
            "pieces", [.. Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? "the cat sat" : "a dog ran"), "\u732b\u304c"]);
        LanguageModelOptions options =
            s_small with { Unit = TokenUnit.Subword, Subwords = 10, Embedding = null, ValidationFraction = 0.1 };
        TrainingResult<LanguageModel, LanguageScore> result = LanguageModelTrainer.Train(text, options);
        ModelFile.Save(result.Model, _directory["m.safetensors"]);
        LanguageModel model = ModelFile.Load<LanguageModel>(_directory["m.safetensors"]);
        Assert.Equal(result.Model.Vocabulary.Words, model.Vocabulary.Words);
        Assert.Equal(
            result.Validation.Bits * result.Validation.Tokens / result.Validation.Characters, result.Validation.Value, 9);
        LanguageScore score = LanguageModelTrainer.Evaluate(model, new PlainText("test", ["the cat sat", "a dog ran"]));
        Assert.Equal(12 + 10, score.Characters);
        Assert.InRange(score.Tokens, 6, 15);
        var likeliest = new SamplingOptions { Temperature = 0 };
        string written = string.Concat(new TextGenerator(model).Continue("a dog ran\nthe", 12, likeliest));
        Assert.StartsWith(" cat sat\n", written, StringComparison.Ordinal);
        Assert.Equal(0, new TextGenerator(model).UnknownTokens("\u732b"));
    }

    /// <summary>400 words, of which a step sees 60: the order is learnt all the same, and the score is over all words.</summary>
    [Fact]
    public void Train_SampledSoftmax_LearnsAsTheFullOneDoes()
    {
        PlainText text = new("count", [.. Enumerable.Range(0, 1600).Select(i => $"{i % 400} w{i * 7 % 400} {(i + 1) % 400}")]);
        LanguageModelOptions options = s_small with
        {
            Unit = TokenUnit.Word, Tied = false, Epochs = 20, Batch = 8, Hidden = 48, Embedding = 32,
        };
        double full = LanguageModelTrainer.Train(text, options).Validation.Perplexity;
        double sampled = LanguageModelTrainer.Train(text, options with { Samples = 60 }).Validation.Perplexity;
        Assert.InRange(full, 1, 8);
        Assert.InRange(sampled, 1, 12);
    }

    [Fact]
    public void Train_AnyNumberOfThreads_GivesTheSameFile()
    {
        LanguageModelOptions options = s_small with
        {
            Epochs = 2, Hidden = 70, Layers = 2, Tied = true, Dropout = Reviews.EveryDropout with { Word = 0 },
        };
        byte[] expected = File(options);
        foreach (int threads in (int[])[2, 3, 7]) Assert.Equal(expected, File(options with { Threads = threads }));
        Assert.NotEqual(expected, File(options with { Seed = 2 }));
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Sgd)]
    public void Train_StoppedAndContinued_GivesTheSameFile(OptimizerKind optimizer)
    {
        LanguageModelOptions options = s_small with { Epochs = 3, Layers = 2, Optimizer = optimizer, LearningRate = null };
        byte[] expected = File(options);
        using var cancellation = new CancellationTokenSource();
        int saved = 0;
        var first = new CheckpointOptions
        {
            Directory = _directory["run"], Interval = TimeSpan.Zero,
            Saved = () =>
            {
                // In the middle of the second epoch, where states are carried.
                if (++saved == 40) cancellation.Cancel();
            },
        };
        var stopped = LanguageModelTrainer.Train(
            Rhymes(300), options with { Checkpoint = first }, cancellation: cancellation.Token);
        Assert.Equal(TrainingEnd.Cancelled, stopped.End);
        var last = new CheckpointOptions { Directory = _directory["run"], Start = CheckpointStart.Resume };
        Assert.Equal(expected, File(options with { Checkpoint = last, Threads = 2 }));
        var other = Assert.Throws<InvalidDataException>(() => File(options with { Checkpoint = last, Window = 13 }));
        Assert.Contains("Window", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TooLittleText_SaysSo()
    {
        var fault = Assert.Throws<InvalidDataException>(
            () => LanguageModelTrainer.Train(new PlainText("tiny.txt", ["hello"]), s_small));
        Assert.StartsWith("tiny.txt: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Continue_TrainedModel_WritesTheTextOnAndKeepsItsState()
    {
        LanguageModel model = LanguageModelTrainer.Train(Rhymes(600), s_small with { Epochs = 25 }).Model;
        ModelFile.Save(model, _directory["m.safetensors"]);
        model = ModelFile.Load<LanguageModel>(_directory["m.safetensors"]);
        var generator = new TextGenerator(model);
        var likeliest = new SamplingOptions { Temperature = 0 };
        string written = string.Concat(generator.Continue("abc\naabc\nabd\naabd\nabc\n", 9, likeliest));
        Assert.Equal("aabc\nabd\n", written);
        // What was written is read on: a prompt that holds it goes on in the same way.
        Assert.Equal("aabd", string.Concat(generator.Continue("abc\naabc\nabd\naabd\nabc\naabc\nabd\n", 4, likeliest)));
        var free = new SamplingOptions { Seed = 5 };
        Assert.Equal(generator.Continue("a", 50, free), new TextGenerator(model, threads: 2).Continue("a", 50, free));
        Assert.NotEqual(generator.Continue("a", 200, free), generator.Continue("a", 200, free with { Seed = 6 }));
        Assert.Equal(3, generator.UnknownTokens("abcxyz"));
    }

    private byte[] File(LanguageModelOptions options)
    {
        string path = _directory["model.safetensors"];
        ModelFile.Save(LanguageModelTrainer.Train(Rhymes(300), options).Model, path);
        return System.IO.File.ReadAllBytes(path);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SetEndAside_TextInFewLines_SetsATenthAside(int lines)
    {
        string[] text = [.. Enumerable.Range(0, lines).Select(i =>
            i < lines - 1 && lines == 3 ? "short" : string.Concat(Enumerable.Repeat("some words of a text ", 500)))];
        (PlainText train, PlainText held) = LanguageModelTrainer.SetEndAside(new PlainText("x", text), 0.1);
        int all = text.Sum(line => line.Length), aside = held.Lines.Sum(line => line.Length);
        Assert.InRange(aside / (double)all, 0.09, 0.11);
        Assert.Equal(string.Concat(text).Replace(" ", ""), string.Concat(train.Lines.Concat(held.Lines)).Replace(" ", ""));
    }
}
