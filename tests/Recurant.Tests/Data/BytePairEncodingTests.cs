using System.Text;
using CsCheck;

namespace Recurant.Tests.Data;

public class BytePairEncodingTests
{
    private static readonly string[] s_texts =
    [
        "the street. The street! the lowest, the lower", "low low low low lower newest newest widest", "it's theirs; don't",
        "{0} is {0}, {1:N2} is not {name}", "in 2016 and 2017: 3.5", "stra\u00DFe \u6F22\u5B57\u6F22\u5B57 \U0001F600\U0001F600",
    ];

    private static readonly BytePairEncoding s_encoding = BytePairEncoding.Learn(s_texts, 60);

    [Fact]
    public void Learn_KnownCorpus_JoinsTheMostFrequentFirst()
    {
        // ab comes 4 times, its marked form _ab 3 times; then c after it.
        var encoding = BytePairEncoding.Learn(["ab ab abc abc", "xabc"], 3);
        Assert.Equal(["a", "b", "c"], encoding.Characters); // x comes once
        Assert.Equal(["a b", "\u2581 ab", "\u2581ab c"], encoding.Merges);
        Assert.Equal(["\u2581ab", "\u2581abc", "\u2581", "<0x78>", "ab", "c"], Pieces(encoding, "ab abc xabc"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    [InlineData(1000)]
    public void Learn_AnyCorpus_IsWhatTheSlowWayLearns(int merges)
    {
        string[] texts =
            [.. s_texts, "aaaa aaa aa aaaaa abababab ababab bababa <0x41> <0x41> <0x42>", "mississippi mission miss"];
        Assert.Equal(SlowMerges(texts, merges), BytePairEncoding.Learn(texts, merges).Merges);
    }

    [Fact]
    public void Learn_RandomCorpora_IsWhatTheSlowWayLearns()
    {
        Gen<string> text = Gen.String[Gen.Char["aab b<0x41>"], 0, 40];
        text.Array[1, 8]
            .Sample(texts => Assert.Equal(SlowMerges(texts, 40), BytePairEncoding.Learn(texts, 40).Merges), iter: 300);
    }

    [Fact]
    public void Learn_TextsInAnotherOrder_IsTheSame()
    {
        string[] turned = [.. s_texts];
        Array.Reverse(turned);
        var encoding = BytePairEncoding.Learn(turned, 60);
        Assert.Equal(s_encoding.Merges, encoding.Merges);
        Assert.Equal(s_encoding.Pieces, encoding.Pieces);
    }

    [Fact]
    public void Learn_EnoughText_SharesThePiecesOfAWord()
    {
        Assert.Equal(Pieces(s_encoding, "street"), Pieces(s_encoding, "street.")[..^1]);
        Assert.Equal(["\u2581{0}", "."], Pieces(BytePairEncoding.Learn(["{0} {0} {0}."], 20, 1), "{0}."));
        Assert.Equal(
            ["\u2581don", "'t", "\u2581'", "t"], Pieces(BytePairEncoding.Learn(["don't don't ' t ' t"], 20, 1), "don't 't"));
    }

    [Fact]
    public void Constructor_OfTheSavedLists_CutsTheSame()
    {
        var again = new BytePairEncoding(s_encoding.Characters, s_encoding.Merges);
        Assert.Equal(s_encoding.Pieces, again.Pieces);
        foreach (string text in s_texts) Assert.Equal(s_encoding.Encode(text), again.Encode(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("   ")]
    [InlineData(" a  b ")]
    [InlineData("tab\there\r\n\r\n  and\u00A0there")]
    [InlineData("\u2581 is \u2581itself\u2581")]
    [InlineData("e\u0301\u0302 \u0301")]
    [InlineData("\U0001F469\u200D\U0001F469\u200D\U0001F467 \U0001F1E9\U0001F1EA \u2764\uFE0F")]
    [InlineData("\u6F22\u5B57\u4EEE\u540D\u4EA4\u3058\u308A\u6587\u3002")]
    [InlineData("<0x41> is no byte")]
    [InlineData("{} {0 {0} {a b} {0123456789012345678901234567890}")]
    [InlineData("it's 's don't o'clock rock'n'roll '")]
    public void Decode_WhatEncodeGave_IsTheText(string text) =>
        Assert.Equal(text, s_encoding.Decode(s_encoding.Encode(text).ToArray()));

    [Fact]
    public void Decode_RandomTexts_AreTheTexts()
    {
        Gen.String.Sample(text =>
        {
            string clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            Assert.Equal(clean, s_encoding.Decode(s_encoding.Encode(text).ToArray()));
        });
        Gen.String[Gen.Char[" \u2581{0}'ab.\uD83D\uDE00\u0301\n"], 0, 60].Sample(text =>
        {
            string clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            Assert.Equal(clean, s_encoding.Decode(s_encoding.Encode(text).ToArray()));
        });
    }

    [Fact]
    public void Encode_LongTokens_StayWhole()
    {
        foreach (string unit in new[] { "x", "lower", "\u6F22", "\U0001F600", "\u0301", "!", "{", "9" })
        {
            string text = string.Concat(Enumerable.Repeat(unit, 10_000));
            List<int> numbers = BytePairEncoding.Learn([text, text], 50).Encode(text);
            Assert.True(numbers.Count < 10_000 * unit.Length);
            Assert.Equal(text, s_encoding.Decode(s_encoding.Encode(text).ToArray()));
        }
    }

    [Fact]
    public void Encode_UnknownCharacter_IsItsBytes()
    {
        Assert.Equal(["\u2581", "<0xE2>", "<0x82>", "<0xAC>"], Pieces(s_encoding, "\u20AC"));
        Assert.Equal("\uFFFD", s_encoding.Decode([0xE2, 0x82]));
        Assert.Equal(["\u2581", "<0xE2>", "<0x96>", "<0x81>"], Pieces(s_encoding, "\u2581"));
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(1f)]
    public void Encode_WithDropout_IsAnotherCutOfTheSameText(float dropout)
    {
        string text = string.Join(' ', s_texts);
        var numbers = new List<int>();
        s_encoding.Encode(text, numbers, dropout, 7);
        Assert.Equal(text, s_encoding.Decode(numbers.ToArray()));
        Assert.True(numbers.Count > s_encoding.Encode(text).Count);
        var again = new List<int>();
        s_encoding.Encode(text, again, dropout, 7);
        Assert.Equal(numbers, again);
        var other = new List<int>();
        s_encoding.Encode(text, other, dropout, 8);
        Assert.Equal(dropout == 1, numbers.SequenceEqual(other));
        Assert.Equal(dropout == 1, numbers.TrueForAll(number => s_encoding.Pieces[number].Length <= 2 || number < 256));
    }

    [Fact]
    public void Encode_ManyThreads_CutTheSame()
    {
        List<int>[] expected = [.. s_texts.Select(text => s_encoding.Encode(text))];
        Parallel.For(0, 2000, i => Assert.Equal(expected[i % s_texts.Length], s_encoding.Encode(s_texts[i % s_texts.Length])));
    }

    [Theory]
    [InlineData("a a", "")]
    [InlineData("ab", "")]
    [InlineData("\u2581", "")]
    [InlineData("a b", "a c")]
    [InlineData("a b", "ab")]
    [InlineData("a b", "a b|a b")]
    [InlineData("a b", "a b |")]
    [InlineData("a b", "<0x00> a")]
    [InlineData("< 0 x 4 1 >", "< 0|<0 x|<0x 4|<0x4 1|<0x41 >")]
    public void Constructor_FaultyLists_AreRefused(string characters, string merges)
    {
        string[] pairs = merges.Length == 0 ? [] : merges.Split('|');
        Assert.Throws<ArgumentException>(() => new BytePairEncoding(characters.Split(' '), pairs));
    }

    [Fact]
    public void Decode_NumberThatIsNone_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => s_encoding.Decode([s_encoding.Count]));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_encoding.Decode([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_encoding.Encode("a", [], 1.5f, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BytePairEncoding.Learn([], -1));
    }

    [Fact]
    public void Learn_RealCaptions_ShortensThem()
    {
        string path = SharedData.Find("multi30k_en_de/train.de.gz");
        var lines = new List<string>();
        using (var file = new TextFile(path))
        {
            while (file.TryReadLine(out ReadOnlySpan<char> line)) lines.Add(line.ToString());
        }

        var encoding = BytePairEncoding.Learn(lines, 8000);
        Assert.Equal(8000, encoding.Merges.Count);
        long pieces = 0;
        foreach (string line in lines)
        {
            List<int> numbers = encoding.Encode(line);
            Assert.Equal(line, encoding.Decode(numbers.ToArray()));
            pieces += numbers.Count;
        }

        double words = lines.Sum(line => line.Split(' ').Length);
        Assert.InRange(pieces / words, 1.0, 1.35); // of which 0.1 are marks of punctuation
    }

    private static List<string> Pieces(BytePairEncoding encoding, string text) =>
        encoding.Encode(text).ConvertAll(number => encoding.Pieces[number]);

    /// <summary>The method as it is defined: counts all pairs again before each merge.</summary>
    private static List<string> SlowMerges(string[] texts, int merges)
    {
        var words = new List<string[]>();
        var counts = new Dictionary<string, int>();
        foreach (string text in texts)
        {
            foreach (string segment in Segments(text))
            {
                words.Add([.. segment.EnumerateRunes().Select(rune => rune.ToString())]);
                foreach (string piece in words[^1]) counts[piece] = counts.GetValueOrDefault(piece) + 1;
            }
        }

        bool Joins(string a, string b) => Known(a) && Known(b) && !(a + b is ['<', '0', 'x', _, _, '>']);
        bool Known(string piece) => piece == "\u2581" || piece.EnumerateRunes().Count() > 1 || counts[piece] >= 2;
        var result = new List<string>();
        while (result.Count < merges)
        {
            (string A, string B)? best = words
                .SelectMany(word => word.Zip(word.Skip(1))).Where(pair => Joins(pair.First, pair.Second))
                .GroupBy(pair => pair).Where(group => group.Count() >= 2)
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.First, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Second, StringComparer.Ordinal).Select(group => ((string, string)?)group.Key)
                .FirstOrDefault();
            if (best is not { } merge) break;
            string name = $"{merge.A} {merge.B}";
            if (!result.Contains(name)) result.Add(name);
            for (int w = 0; w < words.Count; w++)
            {
                var joined = new List<string>();
                for (int i = 0; i < words[w].Length; i++)
                {
                    bool found = words[w][i] == merge.A && i + 1 < words[w].Length && words[w][i + 1] == merge.B;
                    joined.Add(found ? merge.A + merge.B : words[w][i]);
                    i += found ? 1 : 0;
                }

                words[w] = [.. joined];
            }
        }

        return result;
    }

    private static List<string> Segments(string text)
    {
        var prepared = new char[SubwordScanner.PreparedLength(text)];
        SubwordScanner.Prepare(text, prepared);
        var scanner = new SubwordScanner(prepared);
        var segments = new List<string>();
        while (scanner.Next()) segments.Add(scanner.Segment.ToString());
        Assert.Equal(new string(prepared), string.Concat(segments));
        return segments;
    }
}
