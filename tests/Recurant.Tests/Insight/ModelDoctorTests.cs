namespace Recurant.Tests.Insight;

/// <summary>Trained models pass every check of what must always hold, keep their weights, and a spoilt one is found
/// out.</summary>
public class ModelDoctorTests
{
    private static readonly TextDataset s_train = Training.Reviews.Words(80, seed: 1), s_test = Training.Reviews.Words(30,
        seed: 2);

    public static TheoryData<CellKind, Pooling, bool> Kinds => new()
    {
        { CellKind.Lstm, Pooling.Max, true }, { CellKind.Gru, Pooling.Attention, false }, { CellKind.Elman, Pooling.Mean, false },
        { CellKind.MinGru, Pooling.Last, false }, { CellKind.LayerNormLstm, Pooling.Last, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Examine_TrainedClassifier_KeepsItsPromises(CellKind cell, Pooling pooling, bool both)
    {
        ClassifierModel model = ClassifierTrainer.Train(s_train, Training.Reviews.Small with
        {
            Cell = cell, Pooling = pooling, Bidirectional = both, Direct = true, Epochs = 3,
        }).Model;
        float[][] before = [.. model.Parameters.Select(parameter => parameter.Values.ToArray())];
        DoctorReport report = ModelDoctor.Examine(model, s_test);
        AssertPromises(report);
        string[] checks = [.. report.Findings.Select(finding => finding.Check)];
        Assert.Equal(!both, checks.Contains("step by step"));
        Assert.Contains("gradients, every weight", checks);
        Assert.Equal(before, model.Parameters.Select(parameter => parameter.Values.ToArray()));
    }

    /// <summary>While a model is examined, looked into and explained, it serves: every answer is what it always is.</summary>
    [Fact]
    public async Task Examine_ModelThatServes_AnswersDoNotChange()
    {
        ClassifierModel model = ClassifierTrainer.Train(s_train, Training.Reviews.Small with { Epochs = 2 }).Model;
        var predictor = new Predictor(model, 1);
        string[] texts = [.. s_test.Examples.Select(example => example.Text)];
        string[] expected = Answers();
        string explained = Explainer.Explain(model, texts[0]).Attribution.ToString();
        using var isOver = new CancellationTokenSource();
        var wrong = 0;
        Task serving = Task.Run(() =>
        {
            while (!isOver.IsCancellationRequested)
            {
                if (!expected.SequenceEqual(Answers())) Interlocked.Increment(ref wrong);
            }
        });
        Parallel.For(0, 4, i =>
        {
            AssertPromises(ModelDoctor.Examine(model, s_test, threads: 1));
            GradientLens.Look(model, s_test);
            Assert.Equal(explained, Explainer.Explain(model, texts[0]).Attribution.ToString());
        });
        isOver.Cancel();
        await serving;
        Assert.Equal(0, wrong);
        Assert.All(
            model.Parameters, parameter => Assert.False(parameter.HasGradient && parameter.Gradient.ContainsAnyExcept(0f)));

        string[] Answers() => [.. predictor.Predict(texts).Select(answer => $"{answer.Label} {answer.Probability:R}")];
    }

    [Fact]
    public void Examine_SeveralModelsWithCharacters_KeepsItsPromises()
    {
        ClassifierModel model = ClassifierTrainer.Train(s_train, Training.Reviews.Small with { Characters = 4, Models = 2,
            Epochs = 2 }).Model;
        DoctorReport report = ModelDoctor.Examine(model, s_test);
        AssertPromises(report);
        ClassifierModel plain = ClassifierTrainer.Train(s_train, Training.Reviews.Small with { Models = 2, Epochs = 2 }).Model;
        Assert.Contains(ModelDoctor.Examine(plain, s_test).Findings, finding => finding.Check == "gradients, every weight");
    }

    [Fact]
    public void Examine_OtherKindsOfModel_KeepTheirPromises()
    {
        var tagged = TaggedWords.PartsOfSpeech(60, seed: 1);
        TaggerModel tagger = TaggerTrainer.Train(tagged, TaggedWords.Small with { Epochs = 2 }).Model;
        AssertPromises(ModelDoctor.Examine(tagger, TaggedWords.PartsOfSpeech(30, seed: 2), tagged));

        var text = new PlainText("text",
            [.. Enumerable.Range(0, 150).Select(i => $"the {(i * 7 % 5 == 0 ? "cat" : "dog")} sat on mat {i % 9}")]);
        LanguageModel language = LanguageModelTrainer.Train(text, new LanguageModelOptions
        {
            Unit = TokenUnit.Character, Hidden = 12, Embedding = 6, Layers = 2, Window = 20, Batch = 4, Epochs = 2,
        }).Model;
        DoctorReport ofText = ModelDoctor.Examine(language, text);
        AssertPromises(ofText);
        Assert.Contains(ofText.Findings, finding => finding.Check == "chunking");

        SequenceModel problem = ProblemTrainer.Train(
            SequenceProblem.Parse("adding:10")!, new ProblemTrainingOptions { Hidden = 8, Epochs = 1 }).Model;
        AssertPromises(ModelDoctor.Examine(problem));
    }

    [Theory]
    [InlineData(AttentionKind.General)]
    [InlineData(AttentionKind.Bahdanau)]
    public void Examine_Translator_KeepsItsPromises(AttentionKind attention)
    {
        PairDataset pairs = Phrases.Numbers(120, seed: 1);
        TranslatorModel model = TranslatorTrainer.Train(
            pairs, Phrases.Small with { Attention = attention, Epochs = 3, Threads = 1 }).Model;
        float[][] before = [.. model.Parameters.Select(parameter => parameter.Values.ToArray())];
        DoctorReport report = ModelDoctor.Examine(model, Phrases.Numbers(40, seed: 2), threads: 1);
        AssertPromises(report);
        Assert.Contains(report.Findings, finding => finding.Check == "padding");
        Finding source = Assert.Single(report.Findings, finding => finding.Check == "against the source as it is");
        Assert.Equal(40, source.Values.Single(value => value.Key == "pairs").Value);
        Assert.Equal(before, model.Parameters.Select(parameter => parameter.Values.ToArray()));
        Assert.Throws<InvalidDataException>(() => ModelDoctor.Examine(model, new PairDataset("none", [])));
    }

    [Fact]
    public void Examine_UntrainedModel_LosesAgainstTheMostFrequentLabel()
    {
        ClassifierModel model = ClassifierTrainer.Train(s_train, Training.Reviews.Small with { Epochs = 1 }).Model;
        var most = new TextDataset("most", [.. s_test.Examples.Select((example, i) => example with { Label = i == 0 ? "bad"
            : "good" })]);
        // The output turned round: what is good is called bad.
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Name.StartsWith("output",
            StringComparison.Ordinal)))
        {
            parameter.SetValues(parameter.Name == "output.bias" ? [50f, -50f] : parameter.Values);
        }

        Finding finding = ModelDoctor.Examine(model, most).Findings.First(found =>
            found.Check == "against the most frequent label");
        Assert.Equal(FindingLevel.Fault, finding.Level);
    }

    [Fact]
    public void Examine_SilentUnits_AreCounted()
    {
        ClassifierModel model = ClassifierTrainer.Train(s_train, Training.Reviews.Small with { Cell = CellKind.Elman,
            Epochs = 1 }).Model;
        foreach (Parameter parameter in model.Parameters
            .Where(parameter => parameter.Name is "weight_ih_l0" or "weight_hh_l0" or "bias_ih_l0"))
        {
            // The first three of eight units get nothing, the fourth always much.
            float[] values = parameter.Values.ToArray();
            int width = values.Length / 8;
            values.AsSpan(0, 4 * width).Clear();
            if (width == 1) values[3] = 20;
            parameter.SetValues(values);
        }

        Parameter bias = model.Parameters.First(parameter => parameter.Name == "bias_hh_l0");
        bias.SetValues(new float[8]);
        Finding finding = ModelDoctor.Examine(model, s_test).Findings.First(found => found.Check == "units");
        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Equal(["recurrent layer 0: 3 dead, 1 saturated of 8"], finding.Where);
    }

    [Fact]
    public void Examine_WeightsNotFinite_IsAFault()
    {
        ClassifierModel model = ClassifierTrainer.Train(s_train, Training.Reviews.Small with { Epochs = 1 }).Model;
        model.Parameters[1].Value[5] = float.NaN;
        Finding finding = Assert.Single(ModelDoctor.ExamineWeights(model).Findings);
        Assert.Equal((FindingLevel.Fault, model.Parameters[1].Name), (finding.Level, finding.Where[0]));
    }

    /// <summary>Whatever was learnt: same bits, right gradients, finite weights.</summary>
    private static void AssertPromises(DoctorReport report)
    {
        string[] always = ["batch", "padding", "threads", "history", "chunking", "step by step", "gradients", "weights"];
        Finding[] promised = [.. report.Findings
            .Where(finding => always.Any(name => finding.Check.StartsWith(name, StringComparison.Ordinal)))];
        Assert.All(promised, finding => Assert.True(finding.Level == FindingLevel.Ok, $"{finding.Check}: {finding.What}"));
        Assert.True(promised.Length >= 2);
    }
}
