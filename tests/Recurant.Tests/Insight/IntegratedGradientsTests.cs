namespace Recurant.Tests.Insight;

public class IntegratedGradientsTests
{
    /// <summary>
    /// Single precision rounds the logits at 1e-6 and each gradient at as much; a wrong gradient of a word is off by 1e-2 and
    /// more.
    /// </summary>
    private const double Rounding = 2e-3;

    private static readonly Workers s_one = Workers.ForThreads(1);

    [Theory]
    [MemberData(nameof(CellVariant.All), MemberType = typeof(CellVariant))]
    public void Explain_EveryCell_AttributionsAddUp(CellKind cell, Activation activation, ElmanForm form, GruReset reset) =>
        AssertAddsUp(ExplainCase.Small with {
            Recurrent = ExplainCase.Small.Recurrent with
            {
                Cell = cell, Activation = activation, Form = form, GruReset = reset,
            } });

    [Theory]
    [InlineData(Pooling.Last, 1, 7)]
    [InlineData(Pooling.Mean, 2, 7)]
    [InlineData(Pooling.Max, 1, 0)]
    [InlineData(Pooling.Attention, 2, 0)]
    public void Explain_EveryPooling_AttributionsAddUp(Pooling pooling, int layers, int embedding) =>
        AssertAddsUp(ExplainCase.Small with { Pooling = pooling,
            Recurrent = ExplainCase.Small.Recurrent with
            {
                Layers = layers,
            }, EmbeddingSize = embedding });

    [Theory]
    [InlineData(ModelKind.Recurrent, 5, 50, 1)]
    [InlineData(ModelKind.Recurrent, 0, 50, 3)]
    [InlineData(ModelKind.Recurrent, 5, 0, 2)]
    [InlineData(ModelKind.FeedForward, 0, 0, 1)]
    [InlineData(ModelKind.FeedForward, 0, 0, 2)]
    [InlineData(ModelKind.BagOfWords, 0, 0, 1)]
    [InlineData(ModelKind.BagOfWords, 0, 0, 2)]
    public void Explain_EveryKindOfModel_AttributionsAddUp(ModelKind kind, int characters, int buckets, int models) =>
        AssertAddsUp(
            ExplainCase.Small with { Model = kind, CharacterSize = characters, DirectBuckets = buckets, Models = models });

    [Theory]
    [InlineData(CellKind.Sru)]
    [InlineData(CellKind.Lru)]
    public void Explain_OneHotOfAsManyWordsAsUnits_AttributionsAddUp(CellKind cell) =>
        // The text has eight distinct words: a dense input of that width would take another way through these cells.
        AssertAddsUp(ExplainCase.Small with {
            Recurrent = ExplainCase.Small.Recurrent with
            {
                Cell = cell, HiddenSize = 8,
            }, EmbeddingSize = 0 });

    [Fact]
    public void Explain_FewSteps_TellsTheErrorThatIsLeft()
    {
        ClassifierModel model = ExplainCase.Model(ExplainCase.Small, bound: 2f);
        AttributionSum few = Explain(model, new ExplainOptions { MostSteps = 16, Tolerance = 0 }).Attribution;
        AttributionSum many = Explain(model, new ExplainOptions { MostSteps = 4096, Tolerance = 0 }).Attribution;
        Assert.Equal(16, few.Steps);
        Assert.Equal(4096, many.Steps);
        Assert.True(Math.Abs(many.Error) < Math.Abs(few.Error) / 4, $"{many.Error} of many steps, {few.Error} of few.");
    }

    [Fact]
    public void Explain_BagOfWords_AWordHasItsWeightAndHalfOfItsPairs()
    {
        ClassifierModel model = ExplainCase.Model(ExplainCase.Small with { Model = ModelKind.BagOfWords });
        Matrix weights = ((BagOfWordsNetwork)model.Network).Weights.Matrix;
        // Two classes, so that the log odds are the difference of two logits, which is linear.
        var two = new ClassifierModel(model.Spec with { Classes = 2 }, model.Vocabulary, ["a", "b"]);
        Matrix ofTwo = ((BagOfWordsNetwork)two.Network).Weights.Matrix;
        for (int row = 0; row < weights.Rows; row++) weights.Row(row)[..2].CopyTo(ofTwo.Row(row));
        TextExplanation explanation = Explainer.Explain(two, "plot not good", new ExplainOptions { Label = "a" });

        double W(string feature) => two.Vocabulary.IndexOf(feature) is var f && f > 0 ? ofTwo.Row(f)[0] - ofTwo.Row(f)[1] : 0;
        double scale = 1 / Math.Sqrt(4); // plot, not, good, "not good"
        double[] expected = [W("plot"), W("not") + W("not good") / 2, W("good") + W("not good") / 2];
        for (int t = 0; t < 3; t++) Assert.Equal(scale * expected[t], explanation.Words[t].Attribution, Rounding);
    }

    [Theory]
    [InlineData(ModelKind.Recurrent, 7)]
    [InlineData(ModelKind.Recurrent, 0)]
    [InlineData(ModelKind.FeedForward, 7)]
    [InlineData(ModelKind.BagOfWords, 7)]
    public void Logits_AtTheEndOfTheWay_AreThoseOfThePrediction(ModelKind kind, int embedding)
    {
        ClassifierModel model = ExplainCase.Model(
            ExplainCase.Small with { Model = kind, EmbeddingSize = embedding,
                DirectBuckets = kind == ModelKind.Recurrent ? 40 : 0 });
        var path = new TextPath(model, 0, model.Encoder.Cut(ExplainCase.Text), s_one);
        float[] logits = path.Logits([1.0])[0];
        Prediction prediction = new Predictor(model, 1).Predict(ExplainCase.Text);
        for (int j = 0; j < 3; j++)
        {
            double p = LogOdds.Probability(LogOdds.Of([logits], j));
            Assert.Equal(prediction.Probabilities[j].Value, p, 1e-5);
        }
    }

    [Fact]
    public void AddContributions_EachWord_IsTheSlopeOfTheLogOdds()
    {
        ClassifierModel model = ExplainCase.Model(ExplainCase.Small with { CharacterSize = 5, Pooling = Pooling.Attention });
        List<string> words = model.Encoder.Cut(ExplainCase.Text);
        var path = new TextPath(model, 0, words, s_one);
        float[][] gradient = [new float[3]];
        LogOdds.Gradient(path.Logits([0.5]), 1, gradient);
        var slopes = new double[words.Count];
        path.AddContributions([0.5], gradient, slopes);

        var network = (IVectorNetwork)model.Network;
        WordForms forms = model.NewForms()!;
        int[] tokens = model.Encoder.Encode(words, forms);
        ClassifierMemory memory = model.Network.CreateMemory();
        memory.Forms = forms;
        var batch = new BatchLayout();
        batch.Fill([tokens], [0]);
        Matrix vectors = network.ReadVectors(s_one, batch, memory);
        float[] whole = vectors.Span.ToArray();
        const float Step = 1e-2f;
        for (int t = 0; t < words.Count; t++)
        {
            Assert.Equal((At(0.5f + Step) - At(0.5f - Step)) / (2 * Step), slopes[t], Rounding);

            double At(float share)
            {
                var store = new RowStore();
                store.Reserve(vectors.Rows, vectors.Columns);
                Matrix input = store.Rows(vectors.Rows);
                for (int i = 0; i < whole.Length; i++) input.Span[i] = whole[i] * (i / vectors.Columns == t ? share : 0.5f);
                return LogOdds.Of([network.ForwardVectors(s_one, batch, input, memory).Row(0).ToArray()], 1);
            }
        }
    }

    [Fact]
    public void Explain_Model_IsLeftAsItWas()
    {
        ClassifierModel model = ExplainCase.Model(ExplainCase.Small);
        float[][] before = [.. model.Parameters.Select(parameter => parameter.Values.ToArray())];
        Explainer.Explain(model, ExplainCase.Text);
        Assert.All(model.Parameters, parameter => Assert.False(parameter.HasGradient, parameter.Name));
        Assert.All(model.Parameters.Zip(before), pair => Assert.Equal(pair.Second, pair.First.Values.ToArray()));
    }

    private static TextExplanation Explain(ClassifierModel model, ExplainOptions options) =>
        Explainer.Explain(model, ExplainCase.Text, options);

    private static void AssertAddsUp(ClassifierSpec spec)
    {
        TextExplanation explanation =
            Explain(
                ExplainCase.Model(spec, bound: 0.9f), new ExplainOptions { MostSteps = 4096, Tolerance = Rounding, Label = "b" });
        AttributionSum sum = explanation.Attribution;
        Assert.Equal(explanation.Words.Sum(word => word.Attribution), sum.Sum, 1e-9);
        Assert.True(Math.Abs(sum.Error) <= Rounding * Math.Max(1, Math.Abs(sum.Expected)), $"{sum}: error {sum.Error}");
        Assert.True(explanation.Words.Max(word => Math.Abs(word.Attribution)) > 10 * Rounding, "The words do nothing.");
    }
}
