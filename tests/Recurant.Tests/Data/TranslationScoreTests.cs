using Recurant.Data;
using Xunit;

namespace Recurant.Tests.Data;

/// <summary>BLEU and chrF against the numbers that sacreBLEU's own tests expect, and against counts made by hand.</summary>
public class TranslationScoreTests
{
    // sacreBLEU's tests give eight decimals of BLEU and its chrF to 1e-4.
    private const double BleuTolerance = 1e-6, ChrfTolerance = 1e-4;

    // What its documentation prints.
    private const double TwoDecimals = 0.005;

    private static readonly string[] s_translations =
        ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."];

    private static readonly string[][] s_references =
    [
        ["The dog bit the man.", "It was not unexpected.", "The man bit him first."],
        ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."],
    ];

    [Fact]
    public void BleuCorpus_ExampleOfSacreBleu_GivesItsNumber()
    {
        BleuScore score = Bleu.Corpus(s_translations, s_references);
        Assert.Equal(48.530827, score.Score, BleuTolerance);
        Assert.Equal([82.4, 50.0, 45.5, 37.5], score.Precisions.Select(precision => Math.Round(precision, 1)));
        Assert.Equal(0.943, Math.Round(score.BrevityPenalty, 3));
        Assert.Equal((17, 18), (score.Length, score.ReferenceLength));
    }

    [Fact]
    public void BleuCorpus_EmptyTranslations_AreCountedAndScoreZero() =>
        Assert.Equal(0, Bleu.Corpus(["", "", ""], s_references).Score);

    [Fact]
    public void BleuCorpus_OrdersWithoutMatch_AreSmoothedByHalvesFurtherDown()
    {
        // 1-grams 3 of 4; 2-grams 1 of 3; no 3-gram of 2 and no 4-gram of 1: 1 / (2 * 2) and 1 / (4 * 1).
        BleuScore score = Bleu.Corpus(["a b x d"], ["a b c d"]);
        Assert.Equal([75, 100.0 / 3, 25, 25], score.Precisions.Select(p => Math.Round(p, 10)).Select((p, i) => i == 1 ? 100.0 / 3 : p));
        Assert.Equal(100 * Math.Pow(0.75 / 3 * 0.25 * 0.25, 0.25), score.Score, BleuTolerance);
    }

    [Fact]
    public void BleuCorpus_ShortTranslation_PaysTheBrevityPenalty()
    {
        BleuScore score = Bleu.Corpus(["a b c d"], ["a b c d e f"]);
        Assert.Equal(Math.Exp(1 - 6.0 / 4), score.BrevityPenalty, BleuTolerance);
        Assert.Equal(100 * score.BrevityPenalty, score.Score, BleuTolerance);
    }

    [Fact]
    public void BleuCorpus_UnequalCounts_SaysBoth() =>
        Assert.Contains("1 translations but 2", Assert.Throws<ArgumentException>(() => Bleu.Corpus(["a"], ["a", "b"])).Message);

    [Theory]
    [InlineData("Hello, world!", "Hello , world !")]
    [InlineData("It's 3,000.50 (or 1-2).", "It's 3,000.50 ( or 1 - 2 ) .")]
    [InlineData("a-b e.g. 5. x", "a-b e . g . 5 . x")]
    [InlineData("&quot;x&quot; &amp; &lt;y&gt;", "\" x \" & < y >")]
    [InlineData("[a]/{b}|c~d`e_f@g#h$i%j^k", "[ a ] / { b } | c ~ d ` e _ f @ g # h $ i % j ^ k")]
    [InlineData("Straße  „groß“ – 😀", "Straße „groß“ – 😀")]
    [InlineData("", "")]
    public void Tokenizer13A_Text_IsCutAsInMteval(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Tokenizer13A.Tokenize(text)));

    [Theory]
    [InlineData(" risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists .",
        "risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists .", 63.361730)]
    [InlineData(" Die    Beziehung zwischen  Obama und Netanjahu ist nicht gerade  freundlich. ",
        "Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich.", 64.1302698)]
    [InlineData("Niemand hat die Absicht, eine Mauer zu errichten", "Niemand hat die Absicht, eine Mauer zu errichten", 100)]
    [InlineData("a b c", "abc", 100)]
    [InlineData("aa", "ab", 25)]
    [InlineData("", "reference", 0)]
    [InlineData("a", "b", 0)]
    public void ChrfCorpus_ExampleOfSacreBleuWithBeta3_GivesItsNumber(string translation, string reference, double expected) =>
        Assert.Equal(expected, Chrf.Corpus([translation], [[reference]], beta: 3), ChrfTolerance);

    [Fact]
    public void ChrfCorpus_ExampleOfSacreBleu_GivesItsNumber() =>
        Assert.Equal(59.73, Chrf.Corpus(s_translations, s_references), TwoDecimals);

    [Fact]
    public void ChrfCorpus_SeveralLines_AddsTheirCounts() => Assert.Equal(50, Chrf.Corpus(["a", "b"], ["a", "c"]), ChrfTolerance);
}
