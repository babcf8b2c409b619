namespace Recurant.Tests.Inference;

/// <summary>
/// Training and answers with reused memory that is poisoned each time it is handed out: the same bits as without. Whoever reads
/// what a call before has left there gets NaN, or an index out of range.
/// </summary>
public class StaleMemoryTests
{
    public static TheoryData<string> Classifiers => ["lstm", "gru", "one-hot", "attention", "characters", "average", "recompute",
        "feed-forward", "bag of words", .. Enum.GetNames<CellKind>()];

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Classifier_Poisoned_SameBits(string name)
    {
        TrainingOptions small = Reviews.Small with { Epochs = 1, Dropout = Reviews.EveryDropout, Layers = 2, Direct = true };
        TrainingOptions options = name switch
        {
            "lstm" => small with { Bidirectional = true },
            "gru" => small with { Cell = CellKind.Gru, Pooling = Pooling.Max },
            "one-hot" => small with { Embedding = 0 },
            "attention" => small with { Pooling = Pooling.Attention, Bidirectional = true },
            "characters" => small with { Characters = 6 },
            "average" => small with { Models = 2 },
            "recompute" => small with { Recompute = true, Pooling = Pooling.Mean, Bidirectional = false },
            "feed-forward" => small with { Model = ModelKind.FeedForward, Direct = false },
            "bag of words" => small with { Model = ModelKind.BagOfWords, Direct = false },
            _ => small with { Cell = Enum.Parse<CellKind>(name), Hidden = 12, Dropout = Reviews.NoDropout },
        };
        TextDataset data = Reviews.Words(40, seed: 3, longest: 60);
        AssertSame(() =>
        {
            ClassifierModel model = ClassifierTrainer.Train(data, options).Model;
            var predictor = new Predictor(model, threads: 2);
            string[] texts = [.. data.Examples.Select(example => example.Text)];
            // A second call meets what the first one left.
            float[] first = Numbers(predictor.Predict(texts[..7])), all = Numbers(predictor.Predict(texts));
            return [.. Weights(model), .. first, .. all, .. Numbers(predictor.Predict(texts[..7]))];
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tagger_Poisoned_SameBits(bool randomField)
    {
        TaggedDataset data = TaggedWords.Names(40, seed: 1);
        AssertSame(() =>
        {
            TaggerModel model = TaggerTrainer.Train(
                data, TaggedWords.Small with { RandomField = randomField, Epochs = 1 }).Model;
            var predictor = new TagPredictor(model, threads: 2);
            return [.. Weights(model), .. data.Sentences.SelectMany(
                sentence => predictor.Predict([sentence.Words])[0].Select(word => word.Probability))];
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void LanguageModel_Poisoned_SameBits(int embedding)
    {
        var text = new PlainText("lines", [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? "the cat sat" : "a dog ran")]);
        var options = new LanguageModelOptions
        {
            Hidden = 128, Embedding = embedding, Layers = 2, Batch = 4, Window = 12, Epochs = 1, Threads = 2,
        };
        AssertSame(() =>
        {
            LanguageModel model = LanguageModelTrainer.Train(text, options).Model;
            string[] written = [.. new TextGenerator(model, threads: 2).Continue("the", 30)];
            return [.. Weights(model), .. string.Concat(written).Select(character => (float)character)];
        });
    }

    [Theory]
    [InlineData(AttentionKind.Dot)]
    [InlineData(AttentionKind.General)]
    [InlineData(AttentionKind.Additive)]
    [InlineData(AttentionKind.Bahdanau)]
    public void Translator_Poisoned_SameBits(AttentionKind attention)
    {
        PairDataset data = Phrases.Numbers(40, seed: 1);
        AssertSame(() =>
        {
            TranslatorModel model = TranslatorTrainer.Train(
                data, Phrases.Small with { Attention = attention, Hidden = 24, Epochs = 1 }).Model;
            var translator = new Translator(model, threads: 2);
            string[] sources = [.. data.Pairs.Select(pair => pair.Source)];
            return [.. Weights(model), .. translator.Translate(sources).Select(found => (float)found.Score),
                .. translator.Translate(sources[..3]).Select(found => (float)found.Score)];
        });
    }

    [Theory]
    [InlineData(ProblemKind.Adding)]
    [InlineData(ProblemKind.Copying)]
    public void Problem_Poisoned_SameBits(ProblemKind kind) => AssertSame(() => Weights(ProblemTrainer.Train(
        new SequenceProblem(kind, 12), new ProblemTrainingOptions { Hidden = 12, Batch = 10, Epochs = 1, Threads = 2 }).Model));

    /// <summary>The search looks at one word more than the beam is wide; there are only eight.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    public void Search_FewerWordsThanTheBeam_DoesNotDependOnCallsBefore(int beam)
    {
        TranslatorCase run = new(TranslatorCase.SpecOf(CellKind.Lstm, AttentionKind.General));
        var options = new SearchOptions { Beam = beam, MoreWords = 3 };
        var search = new BeamSearch(run.Network, Workers.ForThreads(1));
        double[] Found(BeamSearch with) =>
            [.. with.Search(TranslatorCase.Sources, options).SelectMany(found => found.Select(one => one.LogProbability))];
        double[] first = Found(search);
        search.Search([TranslatorCase.Sources[1]], options with { Beam = 3 });
        Assert.Equal(first, Found(search));
        Workspace.IsPoisoned = true;
        try
        {
            Assert.Equal(first, Found(search));
        }
        finally
        {
            Workspace.IsPoisoned = false;
        }

        Assert.All(first, log => Assert.True(double.IsFinite(log)));
    }

    [Fact]
    public void Workspace_Poisoned_IsNaNAndFarOutOfRange()
    {
        float[] numbers = new float[3];
        int[] places = new int[3];
        Workspace.Poison(numbers.AsSpan());
        Workspace.Poison(places.AsSpan());
        Assert.All(numbers, number => Assert.True(float.IsNaN(number)));
        Assert.All(places, place => Assert.True(place > 1_000_000_000));
    }

    private static void AssertSame(Func<float[]> run)
    {
        float[] expected = run();
        Workspace.IsPoisoned = true;
        try
        {
            Bits.AssertEqual(expected, run(), "poisoned");
        }
        finally
        {
            Workspace.IsPoisoned = false;
        }
    }

    private static float[] Weights(TrainedModel model) =>
        [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];

    private static float[] Numbers(IReadOnlyList<Prediction> predictions) =>
        [.. predictions.SelectMany(prediction => prediction.Probabilities.Select(pair => pair.Value))];
}
