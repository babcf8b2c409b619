using System.Buffers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.Tokenizers;
using Tokenizer = Microsoft.ML.Tokenizers.Tokenizer;

namespace Recurant.Extensions.Tests;

/// <summary>The tokens of every kind of model as Microsoft.ML's tokenizer.</summary>
public class TokenizerTests
{
    private static readonly Lazy<Dictionary<string, RecurantTokenizer>> s_tokenizers = new(() =>
    {
        TranslatorModel words = TestModels.Translator(0), subwords = TestModels.Translator(40);
        return new Dictionary<string, RecurantTokenizer>
        {
            ["words"] = RecurantTokenizer.Of(TestModels.A.Model),
            ["capitals"] = RecurantTokenizer.Of(TestModels.Classifier(1, options => options with { Lowercase = false }).Model),
            ["spelt words"] = RecurantTokenizer.Of(TestModels.Classifier(1, options => options with { Characters = 4 }).Model),
            ["bag of words"] = RecurantTokenizer.Of(
                TestModels.Classifier(1, options => options with { Model = ModelKind.BagOfWords }).Model),
            ["characters"] = RecurantTokenizer.Of(
                TestModels.Classifier(1, options => options with { Unit = TokenUnit.Character }).Model),
            ["tagger"] = RecurantTokenizer.Of(TestModels.Tagger()),
            ["lm words"] = RecurantTokenizer.Of(TestModels.Language(TokenUnit.Word, lowercase: true)),
            ["lm characters"] = RecurantTokenizer.Of(TestModels.Language(TokenUnit.Character)),
            ["lm subwords"] = RecurantTokenizer.Of(TestModels.Language(TokenUnit.Subword)),
            ["translator words"] = RecurantTokenizer.Of(words),
            ["translator subwords"] = RecurantTokenizer.Of(subwords),
            ["translations"] = new RecurantTokenizer(TextTokens.OfAnswers(words)),
        };
    });

    public static TheoryData<string> Kinds => [.. s_tokenizers.Value.Keys];

    private static RecurantTokenizer Of(string kind) => s_tokenizers.Value[kind];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EncodeToTokens_OfOddTexts_HasOrderedPlacesInTheNormalisedText(string kind)
    {
        RecurantTokenizer tokenizer = Of(kind);
        foreach (string text in TestModels.OddTexts)
        {
            IReadOnlyList<EncodedToken> tokens = tokenizer.EncodeToTokens(text, out string? normalised);
            string cut = normalised ?? text;
            Assert.Equal(tokenizer.Normalizer.Normalize(text), cut);
            int end = 0, start = 0;
            foreach (EncodedToken token in tokens)
            {
                (int first, int last) = (token.Offset.Start.Value, token.Offset.End.Value);
                Assert.InRange(first, start, last);
                Assert.InRange(last, Math.Max(end, first), cut.Length);
                // A token is behind the one before it, or is another byte of the same character.
                Assert.True(first >= end || (first == start && last == end), $"{text}: {first}..{last} after {start}..{end}");
                Assert.InRange(token.Id, 0, tokenizer.Tokens.Count - 1);
                Assert.Equal(tokenizer.Tokens[token.Id], token.Value);
                (start, end) = (first, last);
            }

            Assert.Equal(tokens.Select(token => token.Id), tokenizer.EncodeToIds(text));
            Assert.Equal(tokens.Select(token => token.Id), tokenizer.EncodeToIds(text.AsSpan()));
            Assert.Equal(tokens, tokenizer.EncodeToTokens(text.AsSpan(), out _));
            Assert.Equal(tokens.Count, tokenizer.CountTokens(text));
            // What is normalised is the same again.
            Assert.Equal(tokens, tokenizer.EncodeToTokens(cut, out string? none, considerNormalization: false));
            Assert.Null(none);
        }
    }

    [Fact]
    public void EncodeToTokens_OfAClassifier_AreTheTokensOfItsTokenizer()
    {
        foreach (string kind in (string[])["words", "capitals", "bag of words", "characters"])
        {
            var options = new TokenizerOptions
            {
                Lowercase = kind != "capitals", Unit = kind == "characters" ? TokenUnit.Character : TokenUnit.Word,
            };
            var own = new Recurant.Data.Tokenizer(options);
            var vocabulary = new Vocabulary([.. Enumerable.Range(0, Of(kind).Tokens.Count).Select(i => Of(kind).Tokens[i])]);
            foreach (string text in TestModels.OddTexts)
            {
                var expected = new List<int>();
                own.Encode(text, vocabulary, expected);
                Assert.Equal(expected, Of(kind).EncodeToIds(text));
            }
        }
    }

    [Fact]
    public void EncodeToTokens_OfWords_StandWhereTheyStand()
    {
        IReadOnlyList<EncodedToken> tokens = Of("words").EncodeToTokens(
            "The \u201Cfilm\u201D isn\u2019t <b>good</b> &amp; zzz?!?! .... ''", out string? text);
        Assert.Equal("the \"film\" isn't  good  & zzz?!?! .... ''", text);
        Assert.Equal(
            ["the", "\"", "film", "\"", "is", "n't", "good", "&", "zzz", "?!?!", "....", "''"],
            tokens.Select(token => text![token.Offset]));
        Assert.Equal("<unk>", tokens[8].Value);
        Assert.Equal(0, tokens[8].Id);
        Assert.Equal("good", tokens[6].Value);
    }

    [Fact]
    public void EncodeToTokens_OfATagger_AreItsWords()
    {
        foreach (string text in (string[])[.. TestModels.OddTexts, "The film (isn't) good, \"is it?\" Mr. X shouldn't've... :-)"])
        {
            IReadOnlyList<EncodedToken> tokens = Of("tagger").EncodeToTokens(text, out string? normalised);
            Assert.Equal(TagPredictor.Split(text), tokens.Select(token => (normalised ?? text)[token.Offset]));
        }
    }

    [Fact]
    public void EncodeToTokens_OfSubwords_CoverTheTextButForBlanks()
    {
        foreach (string kind in (string[])
            ["lm subwords", "translator subwords", "translator words", "lm characters", "characters"])
        {
            foreach (string text in TestModels.OddTexts)
            {
                IReadOnlyList<EncodedToken> tokens = Of(kind).EncodeToTokens(text, out string? normalised);
                string cut = normalised ?? text;
                Assert.Equal(cut, string.Concat(tokens.Select(token => token.Offset).Distinct().Select(place => cut[place])));
            }
        }
    }

    /// <summary>What every character is written as comes back; a lone surrogate is U+FFFD.</summary>
    [Theory]
    [InlineData("lm subwords")]
    [InlineData("translator subwords")]
    public void Decode_OfSubwords_IsTheText(string kind)
    {
        foreach (string text in TestModels.OddTexts)
        {
            IReadOnlyList<int> ids = Of(kind).EncodeToIds(text);
            string expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(Of(kind).Tokens.Normalise(text)));
            Assert.Equal(expected, Of(kind).Decode(ids));
        }
    }

    [Fact]
    public void Decode_OfWordsAndCharacters_IsWhatTheVocabularyKnows()
    {
        Assert.Equal("the film is <unk> good", Of("words").Decode(Of("words").EncodeToIds("The film is zzz GOOD")));
        Assert.Equal("the film", Of("characters").Decode(Of("characters").EncodeToIds("The Film")));
        Assert.Equal("the film is <unk>", Of("tagger").Decode(Of("tagger").EncodeToIds("the film is zzz")));
        Assert.Equal("the film\nis good", Of("lm words").Decode(Of("lm words").EncodeToIds("The film\r\nis  good")));
        Assert.Equal("the film is good.", Of("translator words").Decode(Of("translator words").EncodeToIds("the film is good.")));
        Assert.All(s_tokenizers.Value.Values, tokenizer => Assert.Equal("", tokenizer.Decode([])));
        Assert.All(s_tokenizers.Value.Values, tokenizer => Assert.Contains("expected a number from 0 to", Assert.Throws<
            ArgumentOutOfRangeException>(() => tokenizer.Decode([tokenizer.Tokens.Count])).Message));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_IntoRoomOfAnySize_WritesWhatFits(string kind)
    {
        RecurantTokenizer tokenizer = Of(kind);
        foreach (string text in TestModels.OddTexts)
        {
            IReadOnlyList<int> ids = tokenizer.EncodeToIds(text);
            string whole = tokenizer.Decode(ids)!;
            var room = new char[whole.Length + 3];
            for (int size = 0; size <= Math.Min(whole.Length + 3, 60); size++)
            {
                OperationStatus status = tokenizer.Decode(ids, room.AsSpan(0, size), out int consumed, out int written);
                Assert.Equal(whole.Length <= size ? OperationStatus.Done : OperationStatus.DestinationTooSmall, status);
                Assert.InRange(written, 0, size);
                string part = new(room, 0, written);
                Assert.StartsWith(part, whole, StringComparison.Ordinal);
                Assert.Equal(part, tokenizer.Decode(ids.Take(consumed)));
                if (status == OperationStatus.Done) Assert.Equal((ids.Count, whole.Length), (consumed, written));
            }
        }

        int[] bad = [1, 2, tokenizer.Tokens.Count, 1];
        Assert.Equal(OperationStatus.InvalidData, tokenizer.Decode(bad, new char[100], out int valid, out _));
        Assert.Equal(2, valid);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GetIndexByTokenCount_OfEveryCount_CutsBetweenCharacters(string kind)
    {
        RecurantTokenizer tokenizer = Of(kind);
        foreach (string text in TestModels.OddTexts)
        {
            IReadOnlyList<EncodedToken> tokens = tokenizer.EncodeToTokens(text, out string? normalised);
            string cut = normalised ?? text;
            for (int most = 1; most <= tokens.Count + 1; most++)
            {
                int index = tokenizer.GetIndexByTokenCount(text, most, out string? same, out int count);
                Assert.Equal(normalised, same);
                Assert.InRange(count, 0, most);
                Assert.All(tokens.Take(count), token => Assert.True(token.Offset.End.Value <= index));
                Assert.All(tokens.Skip(count), token => Assert.True(token.Offset.Start.Value >= index));
                Assert.Equal(
                    tokens.Take(count).Select(token => token.Id), tokenizer.EncodeToIds(text, most, out _, out int consumed));
                Assert.Equal(index, consumed);
                int fromEnd = tokenizer.GetIndexByTokenCountFromEnd(text, most, out _, out int countFromEnd);
                Assert.InRange(countFromEnd, 0, most);
                Assert.All(tokens.SkipLast(countFromEnd), token => Assert.True(token.Offset.End.Value <= fromEnd));
                Assert.All(tokens.TakeLast(countFromEnd), token => Assert.True(token.Offset.Start.Value >= fromEnd));
                if (most >= tokens.Count) Assert.Equal((tokens.Count, cut.Length, 0), (count, index, fromEnd));
                // At most the three bytes of a character that is cut are missing.
                else Assert.InRange(count, Math.Max(0, most - 3), most);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.GetIndexByTokenCount("a", 0, out _, out _));
    }

    [Fact]
    public void GetIndexByTokenCount_InAnEmoji_IsBeforeIt()
    {
        RecurantTokenizer tokenizer = Of("lm subwords");
        string text = "film\U0001F600";
        int whole = tokenizer.CountTokens(text), word = tokenizer.CountTokens("film");
        Assert.Equal(word + 4, whole);
        for (int most = word; most < whole; most++)
        {
            Assert.Equal(4, tokenizer.GetIndexByTokenCount(text, most, out _, out int count));
            Assert.Equal(word, count);
        }

        Assert.Equal(6, tokenizer.GetIndexByTokenCountFromEnd(text, 3, out _, out int none));
        Assert.Equal(0, none);
        Assert.Equal(4, tokenizer.GetIndexByTokenCountFromEnd(text, 4, out _, out int bytes));
        Assert.Equal(4, bytes);
    }

    [Fact]
    public void Of_ModelsWithoutTexts_AreRefused()
    {
        Assert.Contains("A classifier writes no texts", Assert.Throws<ArgumentException>(
            () => TextTokens.OfAnswers(TestModels.A.Model)).Message);
        Assert.Throws<ArgumentNullException>(() => TextTokens.Of(null!));
    }

    [Fact]
    public void AddRecurantTokenizer_OfAServedModel_IsItsTokenizer()
    {
        using var folder = new ModelFolder();
        TestModels.A.Save(folder["a"]);
        using ServiceProvider provider = new ServiceCollection()
            .AddRecurant(options => options.AddTextClassifier("a", folder["a"])).AddRecurantTokenizer("a").BuildServiceProvider();
        Assert.Equal(
            Of("words").EncodeToIds("the film is good"),
            provider.GetRequiredService<Tokenizer>().EncodeToIds("the film is good"));
        Assert.Equal(1, provider.GetRequiredKeyedService<Tokenizer>("a").CountTokens("film"));
    }

    /// <summary>A tokenizer that changes shared state gives other numbers to threads that use it at once.</summary>
    [Fact]
    public void EncodeToIds_SixteenThreads_IsAsAlone()
    {
        foreach (RecurantTokenizer tokenizer in s_tokenizers.Value.Values)
        {
            int[][] alone = [.. TestModels.OddTexts.Select(text => tokenizer.EncodeToIds(text).ToArray())];
            int wrong = 0;
            Thread[] all = [.. Enumerable.Range(0, 16).Select(first => new Thread(() =>
            {
                for (int n = 0; n < 4 * alone.Length; n++)
                {
                    int i = (first + n) % alone.Length;
                    if (!tokenizer.EncodeToIds(TestModels.OddTexts[i]).SequenceEqual(alone[i])) Interlocked.Increment(ref wrong);
                }
            }))];
            foreach (Thread thread in all) thread.Start();
            foreach (Thread thread in all) thread.Join();
            Assert.Equal(0, wrong);
        }
    }
}
