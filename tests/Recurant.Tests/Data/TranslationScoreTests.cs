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
        Assert.Equal(
            [75, 100.0 / 3, 25, 25], score.Precisions.Select(p => Math.Round(p, 10)).Select((p, i) => i == 1 ? 100.0 / 3 : p));
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
    [InlineData(
        " risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists .",
        "risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists .",
        63.361730)]
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

    /// <summary>
    /// References without an n-gram of an order: "ok" has no 3-gram, so the four of "okthen" count for nothing. P = (6/10 + 4/8 +
    /// 2/2 + 1/1) / 4 = 0.775, R = 1, chrF = 5 P R / (4 P + R).
    /// </summary>
    [Fact]
    public void ChrfCorpus_ReferenceShorterThanTheOrder_CountsNothingThere() =>
        Assert.Equal(100 * 5 * 0.775 / (4 * 0.775 + 1), Chrf.Corpus(["ok then", "fine"], ["ok", "fine"]), ChrfTolerance);

    /// <summary>Signs that separate files, groups, records and units are white space there.</summary>
    [Fact]
    public void ChrfCorpus_Separators_AreWhiteSpace() =>
        Assert.Equal(100, Chrf.Corpus(["a\u001Cb\u001D\u001E\u001Fc\u3000\u0085d"], ["abcd"]), ChrfTolerance);

    [Fact]
    public void ChrfCorpus_RandomCorpora_AgreeWithTheDefinition()
    {
        var random = new Random(1);
        for (int corpus = 0; corpus < 1000; corpus++)
        {
            int lines = 1 + random.Next(4);
            string[] outputs = [.. Enumerable.Range(0, lines).Select(_ => Line())];
            string[] references = [.. outputs.Select(output => random.Next(3) == 0 ? Line() : Changed(output))];
            Assert.Equal(ChrfByDefinition(outputs, references), Chrf.Corpus(outputs, references), 1e-9);
        }

        string Line() => new([.. Enumerable.Range(0, random.Next(14)).Select(_ => "aab c"[random.Next(5)])]);
        string Changed(string line) => line.Length == 0 ? "b" : line.Remove(random.Next(line.Length), 1) + "c"[..random.Next(2)];
    }

    /// <summary>
    /// chrF as Popovic 2015 defines it and sacreBLEU counts it over a corpus. For n = 1 .. 6: the n-grams of an output and of its
    /// reference are bags; M_n adds up the sizes of their intersections, R_n those of the references' bags, and O_n those of the
    /// outputs' bags, but only of lines whose reference has any n-gram. Precision M_n / O_n and recall M_n / R_n are averaged
    /// over the n for which neither O_n nor R_n is 0; F_2 of the two means is the score.
    /// </summary>
    private static double ChrfByDefinition(string[] outputs, string[] references)
    {
        var precisions = new List<double>();
        var recalls = new List<double>();
        for (int n = 1; n <= 6; n++)
        {
            int matches = 0, ofOutputs = 0, ofReferences = 0;
            for (int i = 0; i < outputs.Length; i++)
            {
                List<string> left = Bag(references[i], n);
                ofReferences += left.Count;
                if (left.Count == 0) continue;
                List<string> output = Bag(outputs[i], n);
                ofOutputs += output.Count;
                matches += output.Count(left.Remove);
            }

            if (ofOutputs == 0 || ofReferences == 0) continue;
            precisions.Add((double)matches / ofOutputs);
            recalls.Add((double)matches / ofReferences);
        }

        if (precisions.Count == 0) return 0;
        (double p, double r) = (precisions.Average(), recalls.Average());
        return p + r == 0 ? 0 : 100 * 5 * p * r / (4 * p + r);

        static List<string> Bag(string line, int n)
        {
            string text = line.Replace(" ", "", StringComparison.Ordinal);
            return [.. Enumerable.Range(0, Math.Max(0, text.Length - n + 1)).Select(start => text.Substring(start, n))];
        }
    }

    [Fact]
    public void ChrfCorpus_SeveralLines_AddsTheirCounts() => Assert.Equal(50, Chrf.Corpus(["a", "b"], ["a", "c"]), ChrfTolerance);
}
