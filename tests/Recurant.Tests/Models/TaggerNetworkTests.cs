namespace Recurant.Tests.Models;

public class TaggerNetworkTests
{
    // Single precision through two recurrent layers and a random field.
    private const double Tolerance = 2e-5;

    private static readonly TaggerSpec s_small = new()
    {
        VocabularySize = 1, Tags = 4, EmbeddingSize = 5, ShapeSize = 3, CharacterEmbeddingSize = 4, CharacterSize = 6,
        Recurrent = new RecurrentSpec { HiddenSize = 7, Layers = 2, Bidirectional = true }, MaximumCharacters = 4,
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    private static readonly Dictionary<string, TaggerSpec> s_cases = new()
    {
        ["softmax"] = s_small,
        ["random field"] = s_small with { RandomField = true, Recurrent = s_small.Recurrent with { Layers = 1 } },
        ["no characters"] = s_small with { CharacterSize = 0 },
        ["no shapes, gru"] = s_small with { ShapeSize = 0,
            Recurrent = s_small.Recurrent with
            {
                Cell = CellKind.Gru,
            }, RandomField = true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pass_ScoresLossAndGradients_EqualTheReference(string name) => AssertReference(new TaggerCase(s_cases[name]));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pass_Dropout_EqualsTheReferenceWithTheSameMasks(string name)
    {
        DropoutPlan plan = new() { Word = 0.6f, Input = 0.3f, Layers = 0.3f, Output = 0.4f, Seed = 3, Step = 5 };
        TaggerCase run = new(s_cases[name]) { Dropout = plan };
        AssertReference(run);
        int hidden = 0;
        int[] read = run.Batch.Tokens.ToArray();
        run.Batch.Fill(run.Encoded, [.. Enumerable.Range(0, run.Encoded.Length)]);
        for (int row = 0; row < run.Batch.Rows; row++)
        {
            if (read[row] != run.Forms.WordOf(run.Batch.Tokens[row])) hidden++;
        }

        Assert.InRange(hidden, 1, run.Batch.Rows - 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pass_AnyNumberOfThreads_GivesTheSameBits(bool field)
    {
        DropoutPlan plan = new() { Word = 0.3f, Input = 0.2f, Layers = 0.2f, Recurrent = 0.2f, Output = 0.2f, Seed = 3 };
        TaggerSpec spec = s_small with { RandomField = field,
            Recurrent = s_small.Recurrent with
            {
                HiddenSize = 40,
            }, EmbeddingSize = 30, CharacterSize = 20 };
        TaggerCase one = new TaggerCase(spec) { Dropout = plan }.Run();
        foreach (int threads in (int[])[2, 3, 5])
        {
            TaggerCase many = new TaggerCase(spec) { Dropout = plan }.Run(threads);
            Bits.AssertEqual(one.Scores, many.Scores, "scores");
            Assert.Equal(one.Loss, many.Loss);
            Bits.AssertGradientsEqual(one.Network.Parameters, many.Network.Parameters);
        }
    }

    [Fact]
    public void Forward_WithoutHistory_GivesTheSameBits()
    {
        TaggerCase run = new TaggerCase(s_small).Run();
        run.Memory.KeepsHistory = false;
        run.Batch.Fill(run.Encoded, [.. Enumerable.Range(0, run.Encoded.Length)]);
        Matrix again = run.Network.Forward(Workers.ForThreads(1), run.Batch, run.Forms, run.Memory, null);
        Bits.AssertEqual(run.Scores, again.Span, "scores");
    }

    [Fact]
    public void Words_SeenOften_AreRarelyReadAsUnknown()
    {
        // a = 1: a word seen once is hidden half the time, one seen four times a fifth of it.
        TaggerCase run = new(s_small) { Dropout = new DropoutPlan { Word = 0.5f } };
        int the = run.Model.Vocabulary.IndexOf("the"), old = run.Model.Vocabulary.IndexOf("old");
        const int Steps = 2000;
        int hiddenThe = 0, hiddenOld = 0, rowsOfThe = 0;
        TaggerMemory memory = run.Network.CreateMemory();
        for (ulong step = 0; step < Steps; step++)
        {
            run.Batch.Fill(run.Encoded, [0]);
            int[] forms = run.Batch.Tokens.ToArray();
            run.Network.Forward(
                Workers.ForThreads(1), run.Batch, run.Forms, memory, new DropoutPlan { Word = 0.5f, Step = step });
            for (int row = 0; row < run.Batch.Rows; row++)
            {
                int word = run.Forms.WordOf(forms[row]);
                bool hidden = run.Batch.Tokens[row] == Vocabulary.Unknown;
                if (word == the) rowsOfThe++;
                if (word == the && hidden) hiddenThe++;
                if (word == old && hidden) hiddenOld++;
            }
        }

        // Five standard deviations of 2,000 and 4,000 draws are 0.056 and 0.032.
        Assert.Equal(0.2, (double)hiddenThe / rowsOfThe, 0.032);
        Assert.Equal(0.5, (double)hiddenOld / Steps, 0.056);
    }

    [Fact]
    public void Encode_LongWord_KeepsBothEnds()
    {
        TaggerCase run = new(s_small);
        WordForms forms = run.Model.NewForms();
        int[] form = forms.Encode(["the" + new string('f', 10_000) + "man"]);
        Vocabulary known = run.Model.Characters;
        Assert.Equal([known.IndexOf("t"), known.IndexOf("h"), known.IndexOf("a"), known.IndexOf("n")], forms.Characters[form[0]]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\U0001F600\U0001F600")]
    [InlineData("中文没有空格")]
    [InlineData("e\u0301\u0301\u0301")]
    [InlineData("\uD800")]
    public void Forward_WordsThatAreNoWords_GivesFiniteScores(string word)
    {
        TaggerCase run = new(s_small);
        WordForms forms = run.Model.NewForms();
        BatchLayout batch = new();
        batch.Fill([forms.Encode(["the", word, "boat"])], [0]);
        Matrix scores = run.Network.Forward(Workers.ForThreads(1), batch, forms, run.Network.CreateMemory(), null);
        foreach (float score in scores.Span) Assert.True(float.IsFinite(score));
    }

    private static void AssertReference(TaggerCase run)
    {
        run.Run();
        ReferenceTagger reference = new(run);
        Assert.Equal(reference.Loss, run.Loss, reference.Loss * Tolerance);
        for (int b = 0; b < run.Batch.Sequences; b++)
        {
            for (int t = 0; t < run.Batch.Lengths[b]; t++)
            {
                int row = run.Batch.RowStart(t) + b, tags = run.Spec.Tags;
                Near.AssertEqual(reference.Scores[b][t], run.Scores.AsSpan(row * tags, tags), Tolerance, $"z of {b} at {t}");
            }
        }

        foreach (Parameter parameter in run.Network.Parameters)
        {
            NetworkCase.AssertGradient(parameter, reference.Gradients[parameter.Name], 2 * Tolerance, "");
        }
    }
}
