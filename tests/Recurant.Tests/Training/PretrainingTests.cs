namespace Recurant.Tests.Training;

public sealed class PretrainingTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TextDataset _data = UnlabelledReviews.Labelled(0, 8);

    public void Dispose() => _directory.Dispose();

    /// <summary>The words of the test stand in no labelled text: only text without labels can tell what they mean.</summary>
    [Fact]
    public void Train_FewLabelsAndRelatedText_BeatsTrainingWithoutIt()
    {
        TrainingOptions options = Reviews.Small with
        {
            Bidirectional = true, Hidden = 16, Embedding = 12, Pooling = Pooling.Max, LearningRate = 0.01f, Epochs = 30,
        };
        TextDataset validation = UnlabelledReviews.Labelled(8, 11), test = UnlabelledReviews.Labelled(11, 20);
        double without = TextClassifier.Train(_data, options, validation).Evaluate(test).Accuracy;
        TrainingOptions with = options with
        {
            Pretraining = new Pretraining { Texts = UnlabelledReviews.Text(1500, seed: 1), Epochs = 30 },
        };
        double pretrained = TextClassifier.Train(_data, with, validation).Evaluate(test).Accuracy;
        Assert.InRange(without, 0, 0.6);
        Assert.InRange(pretrained, 0.85, 1);
    }

    [Fact]
    public void Run_BothDirections_TrainsVectorsAndTheLowestLayerAndNothingElse()
    {
        PreparedData data = PreparedData.Make(_data, null, UnlabelledReviews.Small);
        Dictionary<string, float[]> before = Weights(data.Model);
        Run(data);
        data.Pretraining!.Apply(data.Model);
        Dictionary<string, float[]> after = Weights(data.Model);
        foreach ((string name, float[] values) in before)
        {
            bool isPretrained = name == "embedding.weight" || name.EndsWith("_l0", StringComparison.Ordinal)
                || name.EndsWith("_l0_reverse", StringComparison.Ordinal);
            Assert.True(isPretrained != values.SequenceEqual(after[name]), name);
        }
    }

    [Fact]
    public void Run_OneDirection_TrainsEveryLayer()
    {
        PreparedData data = PreparedData.Make(_data, null, UnlabelledReviews.Small with { Bidirectional = false });
        Dictionary<string, float[]> before = Weights(data.Model);
        Run(data);
        data.Pretraining!.Apply(data.Model);
        Dictionary<string, float[]> after = Weights(data.Model);
        Assert.All(
            before.Keys.Where(name => name.Contains("_l1", StringComparison.Ordinal)),
            name => Assert.NotEqual(before[name], after[name]));
    }

    [Fact]
    public void Run_FrozenVectors_LeavesThemAsTheyWere()
    {
        var vectors = new WordVectors(3);
        foreach (string word in (string[])["film", "plot"]) Bits.Random(3, seed: 7).CopyTo(vectors.Add(word));
        PreparedData data = PreparedData.Make(
            _data, null, UnlabelledReviews.Small with { Embedding = null, Vectors = vectors, FreezeVectors = true });
        Dictionary<string, float[]> before = Weights(data.Model);
        Run(data);
        data.Pretraining!.Apply(data.Model);
        Dictionary<string, float[]> after = Weights(data.Model);
        Assert.Equal(before["embedding.weight"], after["embedding.weight"]);
        Assert.NotEqual(before["weight_ih_l0"], after["weight_ih_l0"]);
        Assert.Equal(2, data.VectorsFound);
    }

    [Fact]
    public void Make_WordsOfTheTextsWithoutLabels_AreKnownAndThoseOfValidationTextsAreNot()
    {
        TextDataset validation = TextDataset.FromPairs([("a quiet film", "good"), ("a loud film", "bad")]);
        PlainText text = new("text", [.. UnlabelledReviews.Text(80, 5).Lines, "a quiet film", "a hushed film"]);
        TrainingOptions options = UnlabelledReviews.Small with { Pretraining = new Pretraining { Texts = text } };
        IReadOnlyList<string> words = PreparedData.Make(_data, validation, options).Model.Vocabulary.Words;
        Assert.Contains("cheered", words);
        Assert.Contains("hushed", words);
        Assert.DoesNotContain("quiet", words);
        Assert.Equal(9, PreparedData.Make(_data, validation, options with { MaximumVocabulary = 9 }).Model.Vocabulary.Count);
    }

    [Fact]
    public void Encode_RareWords_AreReadButPredictedAsUnknown()
    {
        var tokenizer = new Tokenizer(new TokenizerOptions());
        TextDataset train = TextDataset.FromPairs([("a c", "x"), ("d", "y")]);
        TextDataset validation = TextDataset.FromPairs([("d", "y")]);
        PretrainingTexts texts = PretrainingTexts.Of(
            new PlainText("t", [string.Join(' ', Enumerable.Repeat("b a a", 80)), "c", "c"]), train,
            [.. train.Examples.Select(example => tokenizer.Tokenize(example.Text))], validation, tokenizer);
        // The same text counts once, the validation text not at all.
        Assert.Equal(243, texts.Tokens);
        (TextPart part, TextPart held) = texts.Encode(new Vocabulary(["<unk>", "a", "b", "c"]), predicted: 2);
        Assert.Equal([4, 2, 1, 1, 2], part.Read.Take(5));
        Assert.Equal([2, 0, 1, 1, 0], part.Predicted.Take(5));
        // Few texts: the end of the last is held back.
        Assert.Equal([4, 3, 4, 1, 3, 4], held.Read.TakeLast(6));
        Assert.Equal([2, 0, 2, 1, 0, 2], held.Predicted.TakeLast(6));
        Assert.Equal(held.Read.Reverse(), held.Reversed().Read);
        Assert.Equal(held.Predicted.Reverse(), held.Reversed().Predicted);
    }

    [Fact]
    public void Make_TooLittleText_SaysHowMuchIsNeeded()
    {
        TrainingOptions options = UnlabelledReviews.Small with
        {
            Pretraining = new Pretraining { Texts = new PlainText("few.txt", ["one two", ""]) },
        };
        var fault = Assert.Throws<InvalidDataException>(() => ClassifierTrainer.Train(_data, options));
        Assert.StartsWith("few.txt: 2 tokens are too few to pre-train on", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LanguageModelTrainedBefore_IsWhatTheClassifierStartsFrom()
    {
        LanguageModel language = Language();
        PreparedData data = PreparedData.Make(
            _data, null, PretrainingCheck.Fill(new TrainingOptions { Pretraining = new Pretraining { Model = language } }));
        ClassifierModel model = data.Model;
        Assert.Equal(
            (CellKind.Gru, 10, 12), (model.Spec.Recurrent.Cell, model.Spec.Recurrent.HiddenSize, model.Spec.EmbeddingSize));
        Dictionary<string, float[]> here = Weights(model), there = Weights(language);
        foreach (string name in (string[])["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"])
        {
            Assert.Equal(there[name], here[name]);
        }

        int smiled = model.Vocabulary.IndexOf("smiled"), row = language.Vocabulary.IndexOf("smiled");
        Assert.NotEqual(Vocabulary.Unknown, smiled);
        Assert.Equal(
            there["embedding.weight"].AsSpan(12 * row, 12).ToArray(), here["embedding.weight"].AsSpan(12 * smiled, 12).ToArray());
        Assert.DoesNotContain("<eos>", model.Vocabulary.Words);
        Assert.Equal(language.Vocabulary.Count - 2, data.VectorsFound);
        Assert.Null(data.Pretraining);
    }

    [Fact]
    public void Validate_OptionsThatDoNotFit_AreRefused()
    {
        LanguageModel language = Language();
        PlainText text = UnlabelledReviews.Text(80, 5);
        TrainingOptions started = new() { Pretraining = new Pretraining { Model = language } };
        Refused("Pretraining needs either Texts or Model", new TrainingOptions { Pretraining = new Pretraining() });
        Refused(
            "Pretraining needs either Texts or Model",
            new TrainingOptions { Pretraining = new Pretraining { Texts = text, Model = language } });
        Refused(
            "Pretraining.Epochs is 0; it must be 1 to 1,000,000",
            new TrainingOptions { Pretraining = new Pretraining { Texts = text, Epochs = 0 } });
        Refused("Pretraining.Epochs is given", started with { Pretraining = new Pretraining { Model = language, Epochs = 1 } });
        Refused("a model of the kind BagOfWords has none", UnlabelledReviews.Small with { Model = ModelKind.BagOfWords });
        Refused("Embedding is 0 (one-hot input)", UnlabelledReviews.Small with { Embedding = 0 });
        Refused("cannot be combined with Characters", UnlabelledReviews.Small with { Characters = 4 });
        Refused("Hidden is 11, but that of the language model to start from (Pretraining.Model) is 10",
            started with { Hidden = 11 });
        Refused("Cell is Lstm, but", started with { Cell = CellKind.Lstm });
        Refused("Embedding is 13, but", started with { Embedding = 13 });
        Refused("GruReset is Outside, but", started with { GruReset = GruReset.Outside });
        Refused("Unit is Character, but", started with { Unit = TokenUnit.Character });
        Refused("Layers is 2, but", started with { Layers = 2, Bidirectional = false });
        (started with { Layers = 2 }).Validate();
    }

    [Fact]
    public void Train_AnyNumberOfThreads_GivesTheSameFile()
    {
        TrainingOptions options = UnlabelledReviews.Small with { Hidden = 70, Embedding = 40, Batch = 32, Epochs = 2 };
        byte[] expected = File(options);
        foreach (int threads in (int[])[2, 3, 7]) Assert.Equal(expected, File(options with { Threads = threads }));
    }

    [Fact]
    public void ForModel_SecondOfTwo_StartsFromTheSameEncoderAndAnotherOutput()
    {
        PreparedData data = PreparedData.Make(_data, null, UnlabelledReviews.Small with { Models = 2 });
        Run(data);
        data.Pretraining!.Apply(data.Model);
        Dictionary<string, float[]> first = Weights(data.Model), second = Weights(data.ForModel(1).Model);
        Assert.Equal(first["embedding.weight"], second["embedding.weight"]);
        Assert.Equal(first["weight_ih_l0_reverse"], second["weight_ih_l0_reverse"]);
        Assert.NotEqual(first["output.weight"], second["output.weight"]);
    }

    [Fact]
    public void Train_Stages_AreReportedOneAfterTheOther()
    {
        var log = new ProgressLog();
        ClassifierTrainer.Train(_data, UnlabelledReviews.Small, progress: log);
        Assert.Equal(
            ["pre-training", "pre-training", "model", "model", "model", "model"], log.Epochs.Select(report => report.Stage));
        Assert.IsType<LanguageScore>(log.Epochs.First().Validation);
    }

    private static void Run(PreparedData data) => data.Pretraining!.Run(
        () => [], Workers.ForThreads(1), RunClock.Start(), progress: null, CancellationToken.None, checkpoint: null);

    private static Dictionary<string, float[]> Weights(TrainedModel model) =>
        model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.ToArray());

    private static LanguageModel Language() => LanguageModelTrainer.Train(
        UnlabelledReviews.Text(200, 5),
        new LanguageModelOptions
        {
            Unit = TokenUnit.Word, Cell = CellKind.Gru, Hidden = 10, Embedding = 12, Layers = 1, Epochs = 1, Threads = 1,
        }).Model;

    private static void Refused(string message, TrainingOptions options) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);

    private byte[] File(TrainingOptions options)
    {
        string path = _directory["model.safetensors"];
        ModelFile.Save(ClassifierTrainer.Train(_data, options).Model, path);
        return System.IO.File.ReadAllBytes(path);
    }
}
