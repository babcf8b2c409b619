namespace Recurant.Tests.Insight;

/// <summary>Every check of data finds what was put there, names the line, and is silent where nothing is wrong.</summary>
public class DataDoctorTests
{
    [Fact]
    public void Examine_SoundTexts_HasNoWarning()
    {
        DoctorReport report = DataDoctor.Examine(Sound(), Sound(start: 1000));
        Assert.Equal(FindingLevel.Ok, report.Worst);
        Assert.Equal(report.Findings.Count, report.Count(FindingLevel.Ok));
    }

    [Theory]
    [InlineData("a caf\uFFFD here", "replacement characters")]
    [InlineData("a caf\u00C3\u00A9 here", "decoded twice")]
    [InlineData("he said \u00E2\u20AC\u0153yes", "decoded twice")]
    [InlineData("bell \u0007 rings", "control characters")]
    [InlineData("a dash \u0096 here", "control characters")]
    [InlineData("joined \uFEFFfiles", "byte order marks inside")]
    [InlineData("turned \u202E round", "text direction marks")]
    [InlineData("no\u200Bblank", "invisible characters")]
    [InlineData("a cafe\u0301 apart", "accents as separate characters")]
    public void Examine_DamagedText_NamesItsLine(string text, string expected)
    {
        Finding finding = Find(DataDoctor.Examine(With((text, "good"))), "encoding");
        Assert.Contains(expected, finding.What, StringComparison.Ordinal);
        Assert.Equal(["data.tsv, line 101"], finding.Where);
        Assert.True(finding.Level >= FindingLevel.Note);
    }

    [Theory]
    [InlineData("\u00C3o b\u00E2ton \u00C2ge na\u00EFve \u00E2me \u00FCber")]
    [InlineData("a\ttab and\na line \uD83D\uDE00")]
    public void Examine_HonestAccents_AreNoDamage(string text) =>
        Assert.Equal(FindingLevel.Ok, Find(DataDoctor.Examine(With((text, "good"))), "encoding").Level);

    [Fact]
    public void Examine_BothFormsOfAccents_IsAWarning()
    {
        Finding finding = Find(DataDoctor.Examine(With(("one cafe\u0301", "good"), ("two caf\u00E9", "bad"))), "encoding");
        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Equal(1, Value(finding, "composed"));
    }

    [Fact]
    public void Examine_Copies_CountsExactAndNearOnes()
    {
        Finding finding = Find(DataDoctor.Examine(With(("The end.", "good"), ("The end.", "good"), ("the  END!", "good"))),
            "duplicates");
        Assert.Equal((1, 2), (Value(finding, "exact"), Value(finding, "near")));
        Assert.Equal(["data.tsv, line 102", "data.tsv, line 103"], finding.Where);
    }

    [Fact]
    public void Examine_OneTextTwoLabels_NamesBothLines()
    {
        Finding finding = Find(DataDoctor.Examine(With(("The end.", "good"), ("the end", "bad"))), "conflicts");
        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Equal(["data.tsv, line 101 (\"good\") / data.tsv, line 102 (\"bad\")"], finding.Where);
        Assert.Equal((1, 0), (Value(finding, "groups"), Value(finding, "exact_groups")));
    }

    [Theory]
    [InlineData(1, FindingLevel.Warning)]
    [InlineData(10, FindingLevel.Fault)]
    public void Examine_TestTextsInTraining_IsLeakage(int count, FindingLevel level)
    {
        TextDataset train = Sound();
        var test = new TextDataset("test.tsv", [.. Sound(start: 1000).Examples.Skip(count),
            .. train.Examples.Take(count).Select((example, i) => example with { Text = example.Text.ToUpperInvariant() + "!",
                Line = 500 + i })]);
        Finding finding = Find(DataDoctor.Examine(train, test), "leakage");
        Assert.Equal(level, finding.Level);
        Assert.Equal((count, 0), (Value(finding, "leaked"), Value(finding, "exact")));
        Assert.Equal("test.tsv, line 500 = data.tsv, line 1", finding.Where[0]);
    }

    [Fact]
    public void Examine_TestLabelUnknown_IsAFault()
    {
        var test = new TextDataset("test.tsv", [new TextExample("something else", "ugly", 1)]);
        Finding finding = Find(DataDoctor.Examine(Sound(), test), "labels of the test");
        Assert.Equal((FindingLevel.Fault, "test.tsv, line 1"), (finding.Level, finding.Where[0]));
    }

    [Fact]
    public void Examine_WordsNeverSeen_AreCounted()
    {
        var test = new TextDataset("test.tsv", [new TextExample("good zork zork", "good", 1)]);
        Finding finding = Find(DataDoctor.Examine(Sound(), test), "unknown words");
        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Equal((2, 3), (Value(finding, "unknown"), Value(finding, "words")));
    }

    [Fact]
    public void Examine_NearlyConstantLabels_IsAWarning()
    {
        var data = new TextDataset("data.tsv", [.. Sound().Examples.Select((example, i) => example with { Label = i < 5 ? "rare"
            : "most" })]);
        Finding finding = Find(DataDoctor.Examine(data), "label balance");
        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Equal(0.95, Value(finding, "largest_share"));
        DoctorReport one = DataDoctor.Examine(new TextDataset("data.tsv", [.. data.Examples.Skip(5)]));
        Assert.Equal(FindingLevel.Fault, Find(one, "label balance").Level);
    }

    [Fact]
    public void Examine_RareEmptyAndAlikeLabels_AreNamed()
    {
        DoctorReport report = DataDoctor.Examine(With(("", "good"), ("only one", "Good ")));
        Assert.Equal(["data.tsv, line 101"], Find(report, "empty texts").Where);
        Assert.Equal(["data.tsv, line 102"], Find(report, "rare labels").Where);
        Assert.Contains("\"good\" and \"Good \"", Find(report, "similar labels").What, StringComparison.Ordinal);
    }

    [Fact]
    public void Examine_LabelStandsInTheText_IsAWarning()
    {
        TextDataset sound = Sound();
        var data = new TextDataset("data.tsv", [.. sound.Examples.Select(
            example => example.Label == "good" ? example with { Text = "src7 " + example.Text } : example)]);
        Finding finding = Find(DataDoctor.Examine(data), "words that are the label");
        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains("\"src7\" (50 of 50 \"good\")", finding.What, StringComparison.Ordinal);
        Assert.DoesNotContain(DataDoctor.Examine(sound).Findings, found => found.Check == "words that are the label");
    }

    [Fact]
    public void Examine_PairsSentencesAndLines_AreExaminedToo()
    {
        var pairs = new PairDataset("pairs.tsv", [new TextPair("one", "eins", 1), new TextPair("One!", "ein", 2),
            new TextPair("two \uFFFD", "zwei", 3)]);
        DoctorReport ofPairs = DataDoctor.Examine(pairs, new PairDataset("test.tsv", [new TextPair("ONE", "eins", 1)]));
        Assert.Equal(FindingLevel.Note, Find(ofPairs, "conflicts").Level);
        Assert.Equal(["pairs.tsv, line 3"], Find(ofPairs, "encoding").Where);
        Assert.Equal(FindingLevel.Fault, Find(ofPairs, "leakage").Level);

        var tagged = new TaggedDataset("words.conll", [new TaggedSentence(["a", "b"], ["X", "Y"], 1),
            new TaggedSentence(["a", "b"], ["X", "X"], 4)]);
        DoctorReport ofTags = DataDoctor.Examine(tagged, new TaggedDataset("t", [new TaggedSentence(["c"], ["Z"], 1)]));
        Assert.Equal(["words.conll, line 1 / words.conll, line 4"], Find(ofTags, "conflicts").Where);
        Assert.Equal(FindingLevel.Warning, Find(ofTags, "tags of the test").Level);

        DoctorReport ofLines = DataDoctor.Examine(new PlainText("text.txt", ["a line", "", "a line", "bad \u0001"]));
        Assert.Equal(FindingLevel.Note, Find(ofLines, "duplicates").Level);
        Assert.Equal(["text.txt, line 4"], Find(ofLines, "encoding").Where);
        Assert.Equal(FindingLevel.Fault, DataDoctor.Examine(new PlainText("none.txt", [])).Worst);
    }

    private static Finding Find(DoctorReport report, string check) => report.Findings.First(finding => finding.Check == check);

    private static double Value(Finding finding, string name) => finding.Values.First(value => value.Key == name).Value;

    /// <summary>A hundred different texts, the words of which say nothing about the label.</summary>
    private static TextDataset Sound(int start = 0) => new(
        start == 0 ? "data.tsv" : "test.tsv",
        [.. Enumerable.Range(0, 100).Select(i => new TextExample(
            string.Join(' ', Enumerable.Range(0, 4)
                .Select(t => "good bad the film was long and slow cast plot".Split(' ')[((start > 0 ? 7777 : 0)
                    + i * 7919 / (int)Math.Pow(10, t)) % 10])) + $" {i % 10} {i / 10} {(start > 0 ? "good film" : "")}",
            i % 2 == 0 ? "good" : "bad", i + 1))]);

    private static TextDataset With(params (string Text, string Label)[] more) => new(
        "data.tsv", [.. Sound().Examples, .. more.Select((example, i) => new TextExample(example.Text, example.Label, 101 + i))]);
}
