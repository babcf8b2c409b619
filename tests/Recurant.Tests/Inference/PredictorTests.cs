namespace Recurant.Tests.Inference;

public class PredictorTests
{
    private static readonly string[] s_words = ["<unk>", "good", "bad", "not", "film", "the", "was", "very", "plot", "dull"];

    private static readonly Dictionary<string, ClassifierSpec> s_models = new()
    {
        ["lstm"] = Spec with {
            Recurrent = Spec.Recurrent with
            {
                Bidirectional = true, Layers = 2,
            }, Pooling = Pooling.Attention, DirectBuckets = 40 },
        ["gru"] = Spec with { Recurrent = Spec.Recurrent with { Cell = CellKind.Gru, HiddenSize = 70 }, Pooling = Pooling.Max },
        ["elman, one-hot"] = Spec with {
            Recurrent = Spec.Recurrent with
            {
                Cell = CellKind.Elman,
            }, EmbeddingSize = 0, Pooling = Pooling.Mean },
        ["feed-forward"] = Spec with { Model = ModelKind.FeedForward,
            Recurrent = Spec.Recurrent with
            {
                Layers = 2, HiddenSize = 40,
            } },
        ["average"] = Spec with { Models = 3, DirectBuckets = 40 },
        ["bag of words"] = Spec with { Model = ModelKind.BagOfWords },
    };

    public static TheoryData<string> Models => [.. s_models.Keys];

    private static ClassifierSpec Spec => new()
    {
        VocabularySize = s_words.Length, Classes = 3, EmbeddingSize = 20, Recurrent = new RecurrentSpec { HiddenSize = 33 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Predict_ManyTexts_GivesTheBitsOfEachAlone(string name)
    {
        // More texts than a batch holds, of lengths from 0 to 40, on other numbers of threads.
        string[] texts = Texts(150);
        ClassifierModel model = Model(s_models[name]);
        var alone = new Predictor(model, threads: 1);
        float[] expected = [.. texts.SelectMany(text => Numbers(alone.Predict(text)))];
        foreach (int threads in (int[])[1, 2, 3])
        {
            var predictor = new Predictor(model, threads);
            for (int again = 0; again < 2; again++)
            {
                Bits.AssertEqual(expected, [.. predictor.Predict(texts).SelectMany(Numbers)], $"{threads} threads, call {again}");
            }
        }

        Assert.True(texts.Select(text => alone.Predict(text).Probability).Distinct().Count() > 100);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Predict_FromEightThreadsAtOnce_GivesTheSameBits(string name)
    {
        string[] texts = Texts(60);
        var predictor = new Predictor(Model(s_models[name]), threads: 2);
        float[] expected = [.. predictor.Predict(texts).SelectMany(Numbers)];
        var wrong = new List<string>();
        using var start = new Barrier(8);
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (int again = 0; again < 10; again++)
            {
                float[] actual = [.. predictor.Predict(texts).SelectMany(Numbers)];
                float[] single = [.. Numbers(predictor.Predict(texts[again]))];
                if (Bits.Equal(expected, actual) && Bits.Equal(expected.AsSpan(3 * again, 3), single)) continue;
                lock (wrong) wrong.Add($"call {again}");
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Predict_AnyText_GivesProbabilitiesOfAllLabels(string name)
    {
        ClassifierModel model = Model(s_models[name]);
        var predictor = new Predictor(model, threads: 1);
        string veryLong = string.Join(' ', Enumerable.Repeat("the film was not good", 20_000));
        foreach (string text in (string[])["", " \n", "good", "zyx wvu", "\U0001F600", veryLong])
        {
            Prediction prediction = predictor.Predict(text);
            Assert.Equal(model.Labels, prediction.Probabilities.Select(pair => pair.Key));
            Assert.Equal(1, prediction.Probabilities.Sum(pair => pair.Value), 1e-6);
            Assert.Equal(prediction.Probability, prediction.Probabilities.Max(pair => pair.Value));
            Assert.Equal(prediction.Probability, prediction.Probabilities.Single(pair => pair.Key == prediction.Label).Value);
            Assert.All(prediction.Probabilities, pair => Assert.InRange(pair.Value, 0f, 1f));
        }

        // A text without any known word is read as one unknown word.
        Bits.AssertEqual([.. Numbers(predictor.Predict(""))], [.. Numbers(predictor.Predict("zyx"))],
            "nothing and an unknown word");
        Assert.Empty(predictor.Predict([]));
    }

    [Fact]
    public void Predict_TextBeyondTheMaximum_IsReadFromBothEnds()
    {
        var predictor = new Predictor(Model(s_models["lstm"] with { MaximumTokens = 5 }), threads: 1);
        float[] expected = [.. Numbers(predictor.Predict("good bad plot dull the"))];
        Bits.AssertEqual(expected, [.. Numbers(predictor.Predict("good bad film was very not very plot dull the"))],
            "cut in the middle");
        Assert.False(Bits.Equal(expected, [.. Numbers(predictor.Predict("good bad film plot dull the very"))]));
    }

    [Fact]
    public void Predict_NullText_NamesItsPlace()
    {
        var predictor = new Predictor(Model(s_models["bag of words"]), threads: 1);
        var fault = Assert.Throws<ArgumentNullException>("texts", () => predictor.Predict(["good", null!]));
        Assert.Contains("Text 1", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("texts", () => predictor.Predict((IReadOnlyList<string>)null!));
        Assert.Throws<ArgumentNullException>("model", () => new Predictor(null!));
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => new Predictor(Model(Spec), threads: -1));
    }

    [Fact]
    public void Predict_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var predictor = new Predictor(Model(Spec), threads: 1);
        Assert.Throws<OperationCanceledException>(() => predictor.Predict(Texts(3), cancellation.Token));
        Assert.Equal(3, predictor.Predict(Texts(3)).Count);
    }

    /// <summary>
    /// A bag of words whose three features decide alone: z = (2, 0, 0) for "good", (0, 2, 0) for "bad" and (0, 0, 2) for "film".
    /// A text of one word has n = 1 feature that the model knows, so nothing is scaled.
    /// </summary>
    [Fact]
    public void Evaluate_ByHand_EqualsConfusionF1AndLoss()
    {
        var spec = new ClassifierSpec { Model = ModelKind.BagOfWords, VocabularySize = 4, Classes = 4 };
        var model = new ClassifierModel(spec, new Vocabulary(["<unk>", "good", "bad", "film"]), ["g", "b", "f", "never"]);
        Parameter weights = model.Parameters[0];
        for (int word = 1; word < 4; word++) weights.Matrix.Row(word)[word - 1] = 2;
        weights.MarkChanged();
        (string, string)[] rows =
        [
            ("good", "g"), ("good", "g"), ("good", "b"), ("bad", "b"), ("bad", "f"), ("film", "f"), ("good", "g"), ("film", "b"),
        ];
        Evaluation evaluation = new Predictor(model, threads: 1).Evaluate(TextDataset.FromPairs(rows));
        Assert.Equal(8, evaluation.Rows);
        int[][] confusion = [[3, 0, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]];
        Assert.Equal(confusion, evaluation.Confusion);
        Assert.Equal(5 / 8.0, evaluation.Accuracy, 1e-12);

        // F1 = 2 TP / (2 TP + FP + FN): g 6/7, b 2/5, f 2/4; "never" neither occurs nor is predicted, so it is left out.
        Assert.Equal((6 / 7.0 + 2 / 5.0 + 2 / 4.0) / 3, evaluation.MacroF1, 1e-12);

        // p(right) is e^2 / (e^2 + 3) for the five right answers and 1 / (e^2 + 3) for the three wrong ones.
        double sum = Math.Log(Math.Exp(2) + 3);
        Assert.Equal((5 * (sum - 2) + 3 * sum) / 8, evaluation.Loss, 1e-6);
    }

    [Fact]
    public void Evaluate_UnknownLabel_NamesFileAndLine()
    {
        var data = new TextDataset("test.tsv", [new("good", "good", 1), new("bad", "odd", 2)]);
        var fault = Assert.Throws<InvalidDataException>(() => new Predictor(Model(Spec), threads: 1).Evaluate(data));
        Assert.StartsWith("test.tsv, line 2: the label \"odd\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_NoRows_IsZero()
    {
        Evaluation evaluation = new Predictor(Model(Spec), threads: 1).Evaluate(new TextDataset("empty", []));
        Assert.Equal((0, 0.0, 0.0, 0.0), (evaluation.Rows, evaluation.Loss, evaluation.Accuracy, evaluation.MacroF1));
    }

    private static ClassifierModel Model(ClassifierSpec spec)
    {
        Vocabulary vocabulary = new(s_words);
        var model = new ClassifierModel(spec, vocabulary, ["bad", "good", "mixed"]);
        ulong seed = 70;
        foreach (Parameter parameter in model.Parameters) parameter.InitialiseUniform(seed++, 0, 0.4f);
        return model;
    }

    /// <summary>Texts of known and unknown words, of every length from none to forty.</summary>
    private static string[] Texts(int count)
    {
        var random = new Philox(3, RandomPurpose.Splitting);
        return [.. Enumerable.Range(0, count).Select(i => string.Join(
            ' ', Enumerable.Range(0, i * 7 % 41).Select(t => s_words[random.Below((uint)(100 * i + t), s_words.Length)])))];
    }

    private static IEnumerable<float> Numbers(Prediction prediction) => prediction.Probabilities.Select(pair => pair.Value);
}
