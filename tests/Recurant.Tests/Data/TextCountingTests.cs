namespace Recurant.Tests.Data;

public class TextCountingTests
{
    private static readonly Tokenizer s_tokenizer = new(new TokenizerOptions());
    private static readonly IReadOnlyList<TextExample> s_texts = Texts(5000);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Words_AnyNumberOfThreads_AreThoseOfOneAfterAnother(int threads)
    {
        var expected = new WordCounts();
        foreach (TextExample text in s_texts) foreach (string word in s_tokenizer.Tokenize(text.Text)) expected.Add(word);
        WordCounts counts = TextCounting.Words(s_texts, s_tokenizer, PhaseWork.Unwatched, "", Workers.ForThreads(threads));
        Assert.Equal(expected.Counts.OrderBy(count => count.Key, StringComparer.Ordinal),
            counts.Counts.OrderBy(count => count.Key, StringComparer.Ordinal));
        Assert.Equal(expected.Words, counts.Words);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(300)]
    public void AddPairs_AnyMinimum_GivesTheVocabularyOfAllPairs(int minimum)
    {
        Vocabulary expected = Vocabulary.Build(
            s_texts.Select(text => TextEncoder.WithPairs(s_tokenizer.Tokenize(text.Text))), minimum, int.MaxValue / 4);
        WordCounts counts = TextCounting.Words(s_texts, s_tokenizer, PhaseWork.Unwatched, "", Workers.ForThreads(1));
        TextCounting.AddPairs(counts, s_texts, s_tokenizer, minimum, PhaseWork.Unwatched);
        Vocabulary found = Vocabulary.Build(counts, minimum, int.MaxValue / 4);
        Assert.Equal(expected.Words, found.Words);
        Assert.Equal(expected.Counts, found.Counts);
        Assert.True(found.Count > 3);
    }

    [Fact]
    public void PairSieve_FewBytesForMuch_HoldsNothingBackThatIsFrequent()
    {
        var sieve = new PairSieve(1);
        string[] things = [.. Enumerable.Range(0, 20_000).Select(i => $"word {i}")];
        foreach (string thing in things) sieve.Add(thing);
        foreach (string thing in things.Take(500)) sieve.Add(thing);
        Assert.All(things.Take(500), thing => Assert.True(sieve.MayReach(thing, 2)));
        Assert.Equal(20_500, sieve.Total);
    }

    /// <summary>Most pairs of a large text come once: they are never strings.</summary>
    [Fact]
    public void AddPairs_ManyPairsThatComeOnce_MakesNoStringsOfThem()
    {
        TextExample[] texts =
            [.. Enumerable.Range(0, 20_000).Select(i => new TextExample($"w{i % 200} w{i / 200} w{i % 7}", "a", i + 1))];
        WordCounts counts = TextCounting.Words(texts, s_tokenizer, PhaseWork.Unwatched, "", Workers.ForThreads(1));
        TextCounting.AddPairs(counts, texts, s_tokenizer, 2, PhaseWork.Unwatched);
        // 20,000 pairs of the first two words come once; those at the edges and of the last two often.
        Assert.InRange(counts.Counts.Count, 1000, 8000);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 2)]
    public void Encode_SeveralThreads_GivesTheNumbersOfOneAfterAnother(bool pairs, int threads)
    {
        string[] words =
            [.. s_texts.Take(1000).SelectMany(text => TextEncoder.WithPairs(s_tokenizer.Tokenize(text.Text))).Distinct()];
        var encoder = new TextEncoder(s_tokenizer, new Vocabulary(["<unk>", .. words]), pairs, maximumTokens: 9);
        Workers workers = Workers.ForThreads(threads);
        var encoding = new TextEncoding(encoder, threads);
        TextBlocks.Run(PhaseWork.Unwatched, "", s_texts.Count, row => s_texts[row].Text, workers, encoding);
        Assert.Equal(s_texts.Select(text => Slowly(encoder, text.Text, pairs)), encoding.Rows);
    }

    private static int[] Slowly(TextEncoder encoder, string text, bool pairs)
    {
        List<string> tokens = s_tokenizer.Tokenize(text);
        if (!pairs && tokens.Count > 9) tokens = [.. tokens[..4], .. tokens[^5..]];
        return encoder.Encode(tokens, forms: null);
    }

    /// <summary>Some empty, some longer than a chunk, words of falling frequency.</summary>
    private static TextExample[] Texts(int count)
    {
        var texts = new TextExample[count];
        var random = new Philox(5, RandomPurpose.Shuffling, 0);
        uint drawn = 0;
        for (int i = 0; i < count; i++)
        {
            int length = i == 77 ? 40_000 : i % 17;
            IEnumerable<string> words = Enumerable.Range(0, length)
                .Select(_ => $"w{(int)Math.Exp(random.Uniform(drawn++) * Math.Log(3000)):x}");
            texts[i] = new TextExample(string.Join(' ', words), "a", i + 1);
        }

        return texts;
    }
}
