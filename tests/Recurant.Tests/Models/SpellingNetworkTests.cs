namespace Recurant.Tests.Models;

/// <summary>Classifiers that read the characters of words beside their vectors.</summary>
public class SpellingNetworkTests
{
    // Single precision through the characters and up to two layers over them.
    private const double Tolerance = 2e-5;

    private static readonly ClassifierSpec s_small = new()
    {
        VocabularySize = 1, Classes = 3, EmbeddingSize = 5, CharacterEmbeddingSize = 4, CharacterSize = 6,
            Recurrent = new RecurrentSpec
            {
                HiddenSize = 7, Bidirectional = true,
            },
        MaximumCharacters = 9,
    };

    private static readonly Dictionary<string, ClassifierSpec> s_cases = new()
    {
        ["lstm"] = s_small,
        ["gru, two layers, attention"] = s_small with {
            Recurrent = s_small.Recurrent with
            {
                Cell = CellKind.Gru, Layers = 2,
            }, Pooling = Pooling.Attention },
        ["one direction, last"] = s_small with {
            Recurrent = s_small.Recurrent with
            {
                Bidirectional = false,
            }, Pooling = Pooling.Last },
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pass_ProbabilitiesLossAndGradients_EqualTheReference(string name) => Check(new SpellingCase(s_cases[name]));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pass_DropoutOfWordsTypesAndColumns_EqualsTheReferenceWithTheSameMasks(string name)
    {
        DropoutPlan plan = new() { Word = 0.3f, Embedding = 0.2f, Input = 0.3f, Seed = 3, Step = 5 };
        SpellingCase run = new(s_cases[name]) { Dropout = plan };
        Check(run);
        int hidden = 0;
        for (int b = 0; b < run.Batch.Sequences; b++)
        {
            int[] forms = run.Texts[run.Batch.Order[b]];
            for (int t = 0; t < forms.Length; t++)
            {
                if (run.Batch.Tokens[run.Batch.RowStart(t) + b] != run.Forms.WordOf(forms[t])) hidden++;
            }
        }

        Assert.InRange(hidden, 1, run.Batch.Rows - 5);
    }

    [Fact]
    public void Pass_AnyNumberOfThreads_GivesTheSameBits()
    {
        DropoutPlan plan = new() { Word = 0.2f, Embedding = 0.2f, Input = 0.2f, Recurrent = 0.3f, Output = 0.2f, Seed = 3 };
        ClassifierSpec spec = s_small with {
            Recurrent = s_small.Recurrent with
            {
                HiddenSize = 40,
            }, EmbeddingSize = 30, CharacterSize = 20, DirectBuckets = 50 };
        SpellingCase one = new SpellingCase(spec) { Dropout = plan }.Run();
        foreach (int threads in (int[])[2, 3, 5])
        {
            SpellingCase many = new SpellingCase(spec) { Dropout = plan }.Run(threads);
            Assert.Equal(one.Loss, many.Loss);
            Bits.AssertGradientsEqual(one.Model.Parameters, many.Model.Parameters);
        }
    }

    [Fact]
    public void Forward_WithoutHistory_GivesTheSameBits()
    {
        SpellingCase run = new SpellingCase(s_small).Run();
        float[] expected = [.. run.Probabilities.SelectMany(row => row)];
        Bits.AssertEqual(expected, [.. run.Run(keepsHistory: false).Probabilities.SelectMany(row => row)], "probabilities");
    }

    [Fact]
    public void FrozenVectors_Backward_StillTrainsTheCharacters()
    {
        SpellingCase tuned = new SpellingCase(s_small).Run(), frozen = new(s_small);
        frozen.Model.Parameters[0].IsTrainable = false;
        frozen.Run();
        Assert.False(frozen.Model.Parameters[0].HasGradient);
        for (int i = 1; i < tuned.Model.Parameters.Count; i++)
        {
            Parameter expected = tuned.Model.Parameters[i];
            Bits.AssertEqual(expected.Gradient, frozen.Model.Parameters[i].Gradient, expected.Name);
        }
    }

    [Fact]
    public void Predict_UnknownWords_AreToldApartByTheirCharactersAndCapitals()
    {
        var predictor = new Predictor(new SpellingCase(s_small).Model, threads: 1);
        string[] texts = ["the hat", "the heat", "the Hat", "the hOt", "The hat"];
        Assert.Equal(texts.Length, texts.Select(text => predictor.Predict(text).Probability).Distinct().Count());
        // Without characters they are all the same unknown word, and capitals are not looked at.
        var blind = new Predictor(new ClassifierModel(
            s_small with { CharacterSize = 0, VocabularySize = 2 }, new Vocabulary(["<unk>", "the"]), ["x", "y", "z"]),
            threads: 1);
        Assert.Single(texts.Select(text => blind.Predict(text).Probability).Distinct());
    }

    [Fact]
    public void Predict_ManyTexts_GivesTheBitsOfEachAlone()
    {
        var predictor = new Predictor(new SpellingCase(s_small with { DirectBuckets = 30 }).Model, threads: 2);
        string[] texts = [.. Enumerable.Range(0, 150).Select(
            i => string.Join(' ', Enumerable.Range(0, i % 9).Select(t => $"the{i * t % 17} Old")))];
        IReadOnlyList<Prediction> together = predictor.Predict(texts);
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(
                predictor.Predict(texts[i]).Probabilities.Select(pair => pair.Value),
                together[i].Probabilities.Select(pair => pair.Value));
        }
    }

    [Fact]
    public void Describe_WithCharacters_AccountsForEveryTensorOnce()
    {
        ClassifierModel model = new SpellingCase(s_small).Model;
        IReadOnlyList<LayerDescription> layers = model.Describe();
        Assert.Equal(
            model.Parameters.Select(parameter => parameter.Name).Order(), layers.SelectMany(layer => layer.Tensors).Order());
        Assert.Equal(model.ParameterCount, layers.Sum(layer => layer.ParameterCount));
        Assert.Contains(layers, layer => layer.Name == "characters of words: LSTM, both directions");
        Assert.StartsWith("words and their characters (6 units a direction), ", model.Summary, StringComparison.Ordinal);
    }

    private static void Check(SpellingCase run)
    {
        run.Run();
        var reference = new ReferenceSpelling(run);
        for (int b = 0; b < run.Batch.Sequences; b++)
        {
            Near.AssertEqual(reference.Probabilities[b], run.Probabilities[b], Tolerance, $"probabilities {b}");
        }

        Assert.Equal(reference.Loss, run.Loss, Tolerance * run.Texts.Length);
        foreach (Parameter parameter in run.Model.Parameters)
        {
            NetworkCase.AssertGradient(parameter, reference.Gradients[parameter.Name], Tolerance, "");
        }
    }
}
