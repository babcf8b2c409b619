namespace Recurant.Tests.Insight;

public class TextExplanationTests
{
    /// <summary>Probabilities in single precision.</summary>
    private const double Rounding = 1e-5;

    [Theory]
    [InlineData(ModelKind.Recurrent)]
    [InlineData(ModelKind.FeedForward)]
    [InlineData(ModelKind.BagOfWords)]
    public void Explain_EveryKind_ProbabilitiesAreThoseOfTheChangedTexts(ModelKind kind)
    {
        ClassifierModel model = ExplainCase.Model(ExplainCase.Small with { Model = kind });
        var predictor = new Predictor(model, 1);
        TextExplanation explanation = Explainer.Explain(model, "not a good plot", new ExplainOptions { Label = "c" });

        Assert.Equal(["not", "a", "good", "plot"], explanation.Words.Select(word => word.Word));
        Assert.Equal([true, false, true, true], explanation.Words.Select(word => word.IsKnown));
        Assert.Equal(predictor.Predict("not a good plot").Label, explanation.Predicted);
        AssertNear("not a good plot", explanation.Probability);
        AssertNear("", explanation.EmptyProbability);
        AssertNear("not a", explanation.Words[1].ProbabilityAsRead);
        AssertNear("not a plot", explanation.Words[2].ProbabilityWithout);
        AssertNear("not a <unk> plot", explanation.Words[2].ProbabilityHidden);
        double effect = Odds(explanation.Probability) - Odds(explanation.Words[2].ProbabilityWithout);
        Assert.Equal(effect, explanation.Words[2].Effect, 1e-9);

        void AssertNear(string text, double actual) => Assert.Equal(predictor.Predict(text).ProbabilityOf("c"), actual, Rounding);
    }

    [Fact]
    public void Explain_Pair_IsWhatNeitherDoesAlone()
    {
        ClassifierModel model = ExplainCase.Model(ExplainCase.Small, bound: 1.5f);
        var options = new ExplainOptions { Label = "a" };
        WordPair pair =
            Explainer.Explain(model, "the plot is not good", options).Pairs.Single(pair => pair is { First: 3, Second: 4 });

        double all = L("the plot is not good"), good = L("the plot is good"), not = L("the plot is not"), none = L("the plot is");
        Assert.Equal(all - good - not + none, pair.Interaction, 1e-6);
        Assert.Equal(all - good, pair.FirstEffect, 1e-6);
        Assert.Equal(not - none, pair.FirstAlone, 1e-6);
        Assert.Equal(all - not, pair.SecondEffect, 1e-6);
        Assert.Equal(good - none, pair.SecondAlone, 1e-6);

        double L(string text) => Odds(Explainer.Explain(model, text, options).Probability);
    }

    [Fact]
    public void Explain_BagOfWordsWithoutPairs_HasHardlyAnyInteraction()
    {
        // Without the factor 1 / sqrt(n) there would be none at all.
        ClassifierModel model = ExplainCase.Model(ExplainCase.Small with { Model = ModelKind.FeedForward,
            Recurrent = ExplainCase.Small.Recurrent with
            {
                Layers = 0,
            } });
        TextExplanation explanation = Explainer.Explain(model, ExplainCase.Text);
        Assert.NotEmpty(explanation.Pairs);
        Assert.All(explanation.Pairs, pair => Assert.True(Math.Abs(pair.Interaction) < 0.1, $"{pair}"));
        Assert.All(explanation.Pairs, pair => Assert.Equal(-1, pair.Turned));
    }

    [Theory]
    [InlineData(2, -3, 1, 1, 0, 1)]
    [InlineData(1, 1, 2, -3, 1, 0)]
    [InlineData(2, -3, 1, -4, 1, 0)]
    [InlineData(2, -0.4, 1, 1, -1, -1)]
    [InlineData(2, 3, 1, 4, -1, -1)]
    public void Turned_Signs_NameTheWordThatIsTurned(
        double first, double firstAlone, double second, double secondAlone, int turned, int turner)
    {
        var pair = new WordPair(0, 1, first - firstAlone, first, firstAlone, second, secondAlone);
        Assert.Equal(turned, pair.Turned);
        Assert.Equal(turner, pair.Turner);
    }

    [Theory]
    [InlineData(2.0, -3.0, 1.0, true)]
    [InlineData(0.8, -1.6, 1.0, false)] // "is" beside "not": a sixth of the largest effect is noise.
    [InlineData(2.0, -3.0, -1.0, false)] // Its attribution speaks against what its effect speaks for.
    public void Turns_SmallOrContradictoryEffects_AreNotReported(double together, double alone, double attribution, bool isTold)
    {
        TextExplanation explanation = Explainer.Explain(ExplainCase.Model(ExplainCase.Small), "the plot is not good") with
        {
            Words =
            [
                new WordEffect("not", true, 1, 0.5, 0.5, 0.5, 7.2), new WordEffect(
                    "good", true, attribution, 0.5, 0.5, 0.5, together),
            ],
            Pairs = [new WordPair(0, 1, together - alone, 7.2, 7.2, together, alone)],
        };

        Assert.Equal(1, explanation.Pairs[0].Turned);
        Assert.Equal(isTold ? 1 : 0, explanation.Turns.Count());
    }

    [Fact]
    public void Explain_EmptyText_HasNoWords()
    {
        TextExplanation explanation = Explainer.Explain(ExplainCase.Model(ExplainCase.Small), "");
        Assert.Empty(explanation.Words);
        Assert.Equal(explanation.EmptyProbability, explanation.Probability);
        Assert.Equal(0, explanation.Attribution.Error);
    }

    [Fact]
    public void Explain_UnknownLabel_SaysWhichThereAre()
    {
        ArgumentException fault = Assert.Throws<ArgumentException>(() =>
            Explainer.Explain(ExplainCase.Model(ExplainCase.Small), "good", new ExplainOptions { Label = "d" }));
        Assert.Contains("\"a\", \"b\", \"c\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_DataSet_FindsWordsUnitsAndMistakes()
    {
        ClassifierModel model = ExplainCase.Model(ExplainCase.Small with { Pooling = Pooling.Max }, bound: 1f);
        string[] texts =
            ["good plot", "bad plot", "not good", "the good cast", "is the bad plot", "not bad", "good", "bad , bad", "the good"];
        var predictor = new Predictor(model, 1);
        string[] said = [.. texts.Select(text => predictor.Predict(text).Label)];
        // The answers are right but for two.
        string Other(string label) => label == "a" ? "b" : "a";
        var data =
            new TextDataset(
            "texts", [.. texts.Select((text, i) => new TextExample(text, i is 3 or 6 ? Other(said[i]) : said[i], i + 1))]);
        DataExplanation explanation = Explainer.Explain(model, data);

        Assert.Equal(7.0 / 9, explanation.Accuracy!.Value, 1e-9);
        Assert.Equal([4, 7], explanation.Mistakes.Select(mistake => mistake.Line).Order());
        Assert.Equal(
            explanation.Mistakes.OrderByDescending(mistake => mistake.Probability), explanation.Mistakes);
        WordImportance word = explanation.Words[0];
        double[] shares = [.. texts.Where((_, i) => said[i] == word.Label)
            .SelectMany(
                text =>
                Explainer.Explain(model, text, new ExplainOptions { Label = word.Label, MostSteps = 64, Tolerance = 0.02 }).Words)
            .Where(effect => effect.Word == word.Word).Select(effect => effect.Attribution)];
        Assert.Equal(shares.Length, word.Count);
        Assert.Equal(shares.Average(), word.Mean, 1e-6);
        Assert.Equal(12, explanation.Units.Count);
        Assert.True(explanation.Units[0].Effect > 0);
        Assert.Equal(explanation.Units.OrderByDescending(unit => unit.Effect), explanation.Units);
    }

    private static double Odds(double p) => Math.Log(p / (1 - p));
}
