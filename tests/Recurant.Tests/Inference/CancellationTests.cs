using System.Collections;

namespace Recurant.Tests.Inference;

/// <summary>Who waits may stop waiting: between texts, and within the search or the writing of one.</summary>
public class CancellationTests
{
    [Fact]
    public void Predict_CancelledWhileTextsAreRead_Stops()
    {
        var classifier = new TextClassifier(SmallModels.Classifier());
        string[] texts = SmallModels.Texts(30, 100);
        IReadOnlyList<Prediction> before = classifier.Predict(texts);
        Cancelled(token => classifier.Predict(texts, token), texts, list => token => classifier.Predict(list, token));
        Assert.Equal(before.Select(answer => answer.ToString()), classifier.Predict(texts).Select(answer => answer.ToString()));
        Assert.Throws<OperationCanceledException>(() => classifier.Predict("good", new CancellationToken(true)));
    }

    [Fact]
    public void Tag_CancelledWhileTextsAreRead_Stops()
    {
        var tagger = new TagPredictor(SmallModels.Tagger());
        IReadOnlyList<string>[] sentences = [.. SmallModels.Texts(30, 100).Select(text => TagPredictor.Split(text))];
        Cancelled(token => tagger.Predict(sentences, token), sentences, list => token => tagger.Predict(list, token));
        Assert.Throws<OperationCanceledException>(() => tagger.Predict("good film", new CancellationToken(true)));
    }

    [Fact]
    public void Translate_CancelledWhileTextsAreRead_Stops()
    {
        var translator = new Translator(SmallModels.Translator());
        string[] texts = SmallModels.Texts(30, 100);
        Cancelled(token => translator.Translate(texts, token), texts, list => token => translator.Translate(list, token));
    }

    /// <summary>A search that lasts: the widest of texts of 100,000 words, with a network that does not end by itself.</summary>
    [Fact]
    public void Translate_LongTextAndWideBeam_ObeysATimer()
    {
        var translator = new Translator(SmallModels.Translator(size: 64, ends: false), threads: 1) { Beam = 64 };
        string text = string.Concat(Enumerable.Repeat("the film is not good ", 20_000));
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        Assert.Throws<OperationCanceledException>(() => translator.Translate(text, source.Token));
        // What was left in the middle leaves nothing behind.
        Translation expected = new Translator(translator.Model, threads: 1) { Beam = 64 }.Translate("the film");
        Translation answer = translator.Translate("the film");
        Assert.Equal(expected.Text, answer.Text);
        Assert.Equal(expected.Pieces, answer.Pieces);
    }

    /// <summary>All sentences are searched side by side in one batch, and the token is cancelled when it has begun.</summary>
    [Fact]
    public void Search_CancelledWithinABatch_Stops()
    {
        CaptionerModel model = SmallModels.Captioner();
        using var source = new CancellationTokenSource();
        var strips = new CancellingStrips(new ImageStrips(SmallModels.Images(3), model.Spec.Layout), source);
        var search = new BeamSearch(model.Network, Workers.ForThreads(1));
        Assert.Throws<OperationCanceledException>(() => search.Search(strips, 3, new SearchOptions(), source.Token));
        Assert.Equal(3, search.Search(strips, 3, new SearchOptions()).Length);
    }

    [Fact]
    public void Describe_Cancelled_Stops() => Assert.Throws<OperationCanceledException>(() =>
        new Captioner(SmallModels.Captioner()).Describe(SmallModels.Images(2), new CancellationToken(true)));

    [Fact]
    public void Continue_CancelledAfterThreeTokens_StopsBeforeTheFourth()
    {
        var generator = new TextGenerator(SmallModels.Language());
        string[] alone = [.. generator.Continue("the film", 10)];
        using var source = new CancellationTokenSource();
        var written = new List<string>();
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (string token in generator.Continue("the film", 10, cancellation: source.Token))
            {
                written.Add(token);
                if (written.Count == 3) source.Cancel();
            }
        });
        Assert.Equal(alone[..3], written);
        Assert.Equal(alone, generator.Continue("the film", 10));
    }

    [Fact]
    public async Task ContinueAsync_ToTheEnd_IsWhatContinueWrites()
    {
        var generator = new TextGenerator(SmallModels.Language());
        var options = new SamplingOptions { Seed = 9 };
        var written = new List<string>();
        await foreach (string token in generator.ContinueAsync("not", 25, options)) written.Add(token);
        Assert.Equal(generator.Continue("not", 25, options), written);
    }

    [Fact]
    public async Task ContinueAsync_CancelledFromOutside_Stops()
    {
        var generator = new TextGenerator(SmallModels.Language());
        foreach (bool isArgument in (bool[])[true, false])
        {
            using var source = new CancellationTokenSource();
            IAsyncEnumerable<string> text = isArgument
                ? generator.ContinueAsync("not", 1000, cancellation: source.Token) : generator.ContinueAsync("not", 1000);
            int count = 0;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (string token in text.WithCancellation(isArgument ? default : source.Token))
                {
                    if (++count == 5) await source.CancelAsync();
                }
            });
            Assert.Equal(5, count);
        }

        Assert.Throws<ArgumentException>(() => generator.ContinueAsync("", 3, new SamplingOptions { TopP = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.ContinueAsync("", -1));
    }

    /// <summary>A long prompt is read token by token in turns, so that it holds up nobody and can be given up.</summary>
    [Fact]
    public void Continue_WhileAnotherReadsALongPrompt_GetsItsTurns()
    {
        var generator = new TextGenerator(SmallModels.Language());
        string[] alone = [.. generator.Continue("the film", 3)];
        string prompt = string.Concat(Enumerable.Repeat("the film is not good ", 400_000));
        using var source = new CancellationTokenSource();
        using var begins = new ManualResetEventSlim();
        IEnumerable<string> text = generator.Continue(prompt, 1, cancellation: source.Token);
        bool isCancelled = false;
        var reader = new Thread(() =>
        {
            begins.Set();
            try
            {
                Assert.Single(text);
            }
            catch (OperationCanceledException)
            {
                isCancelled = true;
            }
        });
        reader.Start();
        begins.Wait(TestContext.Current.CancellationToken);
        Thread.Sleep(50);
        // Answered while the prompt is still being read.
        Assert.Equal(alone, generator.Continue("the film", 3));
        source.Cancel();
        reader.Join();
        Assert.True(isCancelled);
        Assert.Equal(alone, generator.Continue("the film", 3));
    }

    /// <summary>The caller may be the thread of a window: what a long prompt takes is taken elsewhere.</summary>
    [Fact]
    public async Task ContinueAsync_LongPrompt_IsEncodedInThePool()
    {
        var generator = new TextGenerator(SmallModels.Language());
        string prompt = string.Concat(Enumerable.Repeat("the film is not good ", 50_000));
        using var source = new CancellationTokenSource();
        IAsyncEnumerator<string> tokens = generator.ContinueAsync(prompt, 1).GetAsyncEnumerator(source.Token);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ValueTask<bool> first = tokens.MoveNextAsync();
        // The numbers of the tokens alone are a million bytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
        await tokens.DisposeAsync();
    }

    /// <summary>A slow stream is given up before its next read, in its first part and in later ones.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(18)]
    public void Load_CancelledWhileAStreamIsRead_ReadsNoMore(int cancelledAt)
    {
        using var source = new CancellationTokenSource();
        int reads = 0;
        var stream = new OneWayStream(new MemoryStream(new byte[24 << 20]))
        {
            MostAtOnce = 1 << 20,
            BeforeRead = () =>
            {
                if (++reads == cancelledAt) source.Cancel();
            },
        };
        Assert.Throws<OperationCanceledException>(() => SafetensorsFile.Open(stream, cancellationToken: source.Token));
        Assert.Equal(cancelledAt, reads);
    }

    [Fact]
    public void Load_Cancelled_StopsAndLeavesTheStreamOpen()
    {
        byte[] bytes = ModelFile.ToBytes(SmallModels.Classifier());
        Assert.Throws<OperationCanceledException>(() => TextClassifier.Load(bytes, cancellation: new CancellationToken(true)));
        using var source = new CancellationTokenSource();
        var stream = new OneWayStream(new MemoryStream(bytes)) { BeforeRead = source.Cancel };
        Assert.Throws<OperationCanceledException>(() => TextClassifier.Load(stream, cancellation: source.Token));
        Assert.False(stream.IsDisposed);
    }

    [Fact]
    public void Save_Cancelled_LeavesTheOldFile()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"];
        new TextClassifier(SmallModels.Classifier(1)).Save(path);
        byte[] before = File.ReadAllBytes(path);
        Assert.Throws<OperationCanceledException>(() =>
            new TextClassifier(SmallModels.Classifier(2)).Save(path, new CancellationToken(true)));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["m.safetensors"], directory.Names());
    }

    [Fact]
    public void EvaluateAndExplain_Cancelled_Stop()
    {
        var stopped = new CancellationToken(true);
        TextDataset texts = TextDataset.FromPairs([("good film", "good"), ("bad film", "bad")]);
        Action[] waits =
        [
            () => new TextClassifier(SmallModels.Classifier()).Evaluate(texts, stopped),
            () => ProblemTrainer.Evaluate(SmallModels.Problem(), cancellation: stopped),
            () => new Captioner(SmallModels.Captioner()).Evaluate(SmallModels.Images(2), stopped),
            () => LanguageModelTrainer.Evaluate(SmallModels.Language(), new PlainText("t", ["good film"]), 1, stopped),
            () => Explainer.Explain(SmallModels.Classifier(), "good film", cancellation: stopped),
            () => Explainer.Explain(SmallModels.Tagger(), (string[])["good", "film"], cancellation: stopped),
            () => Explainer.Explain(SmallModels.Language(), "good film", cancellation: stopped),
            () => Explainer.Explain(SmallModels.Translator(), "good film", cancellation: stopped),
            () => Explainer.Explain(SmallModels.Captioner(), SmallModels.Images(1), 0, cancellation: stopped),
            () => Explainer.Explain(SmallModels.Problem(), 0, cancellation: stopped),
        ];
        Assert.All(waits, wait => Assert.ThrowsAny<OperationCanceledException>(wait));
    }

    /// <summary>Cancelled at once, and while the third item is read.</summary>
    private static void Cancelled<TItem, TAnswer>(
        Func<CancellationToken, TAnswer> atOnce, IReadOnlyList<TItem> items,
        Func<IReadOnlyList<TItem>, Func<CancellationToken, TAnswer>> within)
    {
        Assert.Throws<OperationCanceledException>(() => { _ = atOnce(new CancellationToken(true)); });
        using var source = new CancellationTokenSource();
        var list = new CancellingList<TItem>(items, source);
        Assert.Throws<OperationCanceledException>(() => { _ = within(list)(source.Token); });
    }

    private sealed class CancellingList<T>(IReadOnlyList<T> items, CancellationTokenSource source) : IReadOnlyList<T>
    {
        public int Count => items.Count;

        public T this[int index]
        {
            get
            {
                if (index == 2) source.Cancel();
                return items[index];
            }
        }

        public IEnumerator<T> GetEnumerator()
        {
            for (int i = 0; i < Count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class CancellingStrips(IVectorSource inner, CancellationTokenSource source) : IVectorSource
    {
        public int Steps(int item) => inner.Steps(item);

        public void Write(int item, int step, Span<float> vector)
        {
            source.Cancel();
            inner.Write(item, step, vector);
        }
    }
}
