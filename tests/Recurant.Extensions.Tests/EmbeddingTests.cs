using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Recurant.Extensions.Tests;

/// <summary>States of recurrent models as embeddings; the reference is the equation in double precision.</summary>
public class EmbeddingTests
{
    /// <summary>Sums of fewer than 20 single-precision products of numbers below 1, and tanh within 1e-6.</summary>
    private const double Tolerance = 1e-5;

    private static readonly TextClassifier s_last = TestModels.Classifier(3, options => options with
    {
        Cell = CellKind.Elman, Bidirectional = false, Pooling = Pooling.Last, Layers = 1, Direct = false,
    });

    [Fact]
    public async Task GenerateAsync_OfAClassifier_IsTheLastState()
    {
        using var generator = RecurantEmbeddingGenerator.Of(s_last);
        RecurantTokenizer tokenizer = RecurantTokenizer.Of(s_last.Model);
        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(
            TestModels.OddTexts, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(TestModels.OddTexts.Count, embeddings.Count);
        long tokens = 0;
        for (int i = 0; i < embeddings.Count; i++)
        {
            IReadOnlyList<int> words = tokenizer.EncodeToIds(TestModels.OddTexts[i]);
            // A text without words is one unknown word.
            if (words.Count == 0) words = [Vocabulary.Unknown];
            tokens += words.Count;
            AssertNear(Elman(s_last.Model, words), embeddings[i].Vector.Span);
        }

        Assert.Equal(tokens, embeddings.Usage!.InputTokenCount);
        Assert.Equal(tokens, embeddings.Usage.TotalTokenCount);
    }

    [Fact]
    public async Task GenerateAsync_OfALanguageModel_IsTheLastState()
    {
        LanguageModel model = TestModels.Language(TokenUnit.Word, cell: CellKind.Elman);
        var text = new TextGenerator(model);
        RecurantTokenizer tokenizer = RecurantTokenizer.Of(model);
        int end = model.Vocabulary.IndexOf("<eos>");
        using var generator = RecurantEmbeddingGenerator.Of(text, "lm");
        string[] texts = ["", "the film is good", "zzz\nthe", "the music"];
        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(
            texts, new EmbeddingGenerationOptions { Dimensions = 8, ModelId = "lm" }, TestContext.Current.CancellationToken);
        for (int i = 0; i < texts.Length; i++)
        {
            AssertNear(Elman(model, [end, .. tokenizer.EncodeToIds(texts[i])]), embeddings[i].Vector.Span);
            Assert.Equal("lm", embeddings[i].ModelId);
        }

        Assert.Equal(texts.Sum(each => tokenizer.CountTokens(each)), embeddings.Usage!.InputTokenCount);
    }

    /// <summary>(1) h_t = tanh(W_ih E[w_t] + b_ih + W_hh h_(t-1) + b_hh)</summary>
    private static double[] Elman(TrainedModel model, IReadOnlyList<int> words)
    {
        Parameter Of(string name) => model.Parameters.Single(parameter => parameter.Name == name);
        Parameter e = Of("embedding.weight"), u = Of("weight_ih_l0"), w = Of("weight_hh_l0");
        Parameter bu = Of("bias_ih_l0"), bw = Of("bias_hh_l0");
        int hidden = w.Shape[1], size = e.Shape[1];
        var h = new double[hidden];
        foreach (int word in words)
        {
            var next = new double[hidden];
            for (int i = 0; i < hidden; i++)
            {
                double sum = (double)bu.Values[i] + bw.Values[i];
                for (int j = 0; j < size; j++) sum += (double)u.Values[i * size + j] * e.Values[word * size + j];
                for (int j = 0; j < hidden; j++) sum += (double)w.Values[i * hidden + j] * h[j];
                next[i] = Math.Tanh(sum);
            }

            h = next;
        }

        return h;
    }

    private static void AssertNear(double[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], Tolerance);
    }

    /// <summary>p = max over the steps and both directions, then the output layer: what Predict says of the same text.</summary>
    [Fact]
    public void TextVectors_ThroughTheOutputLayer_AreTheProbabilities()
    {
        TextClassifier model = TestModels.Classifier(4, options => options with { Direct = false });
        Parameter v = model.Model.Parameters.Single(parameter => parameter.Name == "output.weight");
        Parameter b = model.Model.Parameters.Single(parameter => parameter.Name == "output.bias");
        int classes = v.Shape[0];
        Assert.Equal(v.Shape[1], model.TextVectorSize);
        IReadOnlyList<TextVector> vectors = model.TextVectors(TestModels.OddTexts, TestContext.Current.CancellationToken);
        for (int i = 0; i < vectors.Count; i++)
        {
            var logits = new double[classes];
            for (int c = 0; c < classes; c++)
            {
                logits[c] = b.Values[c];
                for (int j = 0; j < v.Shape[1]; j++) logits[c] += v.Values[c * v.Shape[1] + j] * vectors[i].Values.Span[j];
            }

            double total = logits.Sum(Math.Exp);
            Prediction answer = model.Predict(TestModels.OddTexts[i]);
            for (int c = 0; c < classes; c++)
            {
                Assert.Equal(Math.Exp(logits[c]) / total, answer.Probabilities[c].Value, Tolerance);
            }
        }
    }

    [Fact]
    public void TextVectors_OfSeveralModels_StandSideBySide()
    {
        TextClassifier one = TestModels.Classifier(5), two = TestModels.Classifier(5, options => options with { Models = 2 });
        Assert.Equal(2 * one.TextVectorSize, two.TextVectorSize);
        IReadOnlyList<TextVector> ofOne = one.TextVectors(TestModels.OddTexts), ofTwo = two.TextVectors(TestModels.OddTexts);
        for (int i = 0; i < ofOne.Count; i++)
        {
            // The first of several models is the one that is trained alone.
            Assert.Equal(ofOne[i].Values.ToArray(), ofTwo[i].Values[..one.TextVectorSize].ToArray());
            Assert.NotEqual(ofOne[i].Values.ToArray(), ofTwo[i].Values[one.TextVectorSize..].ToArray());
        }
    }

    [Fact]
    public void TextVectors_OneByOneAndByManyThreads_AreTheSameBits()
    {
        IReadOnlyList<TextVector> together = TestModels.A.TextVectors(TestModels.OddTexts);
        var generator = new TextGenerator(TestModels.Language(TokenUnit.Character));
        IReadOnlyList<TextVector> ofLanguage = generator.TextVectors(TestModels.OddTexts);
        Parallel.For(0, 16 * together.Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, n =>
        {
            int i = n % together.Count;
            string[] text = [TestModels.OddTexts[i]];
            Assert.Equal(together[i].Values.ToArray(), TestModels.A.TextVectors(text)[0].Values.ToArray());
            Assert.Equal(ofLanguage[i].Values.ToArray(), generator.TextVectors(text)[0].Values.ToArray());
        });
    }

    [Fact]
    public void Metadata_NamesProviderModelAndDimensions()
    {
        using var generator = RecurantEmbeddingGenerator.Of(TestModels.A, "reviews");
        var metadata = (EmbeddingGeneratorMetadata)generator.GetService(typeof(EmbeddingGeneratorMetadata))!;
        Assert.Equal(
            ("recurant", "reviews", TestModels.A.TextVectorSize),
            (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(generator, generator.GetService(typeof(RecurantEmbeddingGenerator)));
        Assert.Same(generator, generator.GetService(typeof(IEmbeddingGenerator<string, Embedding<float>>)));
        Assert.Null(generator.GetService(typeof(string)));
        Assert.Null(generator.GetService(typeof(EmbeddingGeneratorMetadata), "key"));
    }

    [Fact]
    public async Task GenerateAsync_OfWhatItDoesNotHave_IsRefused()
    {
        using var generator = RecurantEmbeddingGenerator.Of(TestModels.A, "reviews");
        int size = TestModels.A.TextVectorSize;
        var fault = await Assert.ThrowsAsync<ArgumentException>(
            () => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 3 }));
        Assert.Contains($"Dimensions is 3, but the embeddings of this model have {size} numbers", fault.Message);
        fault = await Assert.ThrowsAsync<ArgumentException>(
            () => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { ModelId = "other" }));
        Assert.Contains("ModelId is 'other', but this generator has 'reviews'", fault.Message);
        await Assert.ThrowsAsync<ArgumentNullException>(() => generator.GenerateAsync(["a", null!]));
        TextClassifier bag = TestModels.Classifier(1, options => options with { Model = ModelKind.BagOfWords });
        Assert.Equal(0, bag.TextVectorSize);
        const string Reason = "has no recurrent layers";
        Assert.Contains(Reason, Assert.Throws<InvalidOperationException>(() => bag.TextVectors(["a"])).Message);
        Assert.Contains(Reason, Assert.Throws<ArgumentException>(() => RecurantEmbeddingGenerator.Of(bag)).Message);
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var generator = RecurantEmbeddingGenerator.Of(TestModels.A);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => generator.GenerateAsync(["a"], cancellationToken: cancelled.Token));
        Assert.Throws<OperationCanceledException>(() => TestModels.A.TextVectors(["a"], cancelled.Token));
        Assert.Throws<OperationCanceledException>(
            () => new TextGenerator(TestModels.Language(TokenUnit.Character)).TextVectors(["a"], cancelled.Token));
    }

    [Fact]
    public async Task AddRecurantEmbeddings_AfterASwap_AreTheNewModels()
    {
        using var folder = new ModelFolder();
        TestModels.A.Save(folder["m"]);
        ModelFile.Save(TestModels.Tagger(), folder["t"]);
        using ServiceProvider provider = new ServiceCollection()
            .AddRecurant(options => options.AddTextClassifier("m", folder["m"]).AddTagPredictor("t", folder["t"]))
            .AddRecurantEmbeddings("m").AddRecurantEmbeddings("t").BuildServiceProvider();
        var generator = provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        Assert.Same(generator, provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("m"));
        // What is not read yet has no dimensions yet.
        Assert.Null(generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        Embedding<float> before = await generator.GenerateAsync("good");
        Assert.Equal(TestModels.A.TextVectors(["good"])[0].Values.ToArray(), before.Vector.ToArray());
        TestModels.B.Save(folder["m"]);
        provider.GetRequiredService<ServedModel<TextClassifier>>().Reload();
        Embedding<float> after = await generator.GenerateAsync("good");
        Assert.Equal(TestModels.B.TextVectors(["good"])[0].Values.ToArray(), after.Vector.ToArray());
        Assert.Equal(after.Vector.Length, generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        var tagger = provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("t");
        Assert.Contains("gives no embeddings; expected a recurrent classifier or a language model", (await Assert.ThrowsAsync<
            InvalidOperationException>(() => tagger.GenerateAsync(["good"]))).Message);
    }
}
