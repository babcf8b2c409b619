namespace Recurant.Tests.Data;

[Collection(nameof(AloneCollection))]
public class PackedListTests
{
    /// <summary>Bytes that a data set may hold for each byte of its file: the text, and a few numbers a row.</summary>
    private const double MostRetained = 1.6;

    [Fact]
    public void TextList_AnyStrings_GivesThemBack()
    {
        string[] texts =
        [
            "", "plain", "ä ö ü ß", "日本語", "\U0001F600 smile", "half \uD800 pair", "\uDC00", new string('x', 3_000_000), "\u00FF",
            "behind a long one", new string('é', 70_000),
        ];
        using var list = new TextList();
        foreach (string text in texts) list.Add(text);
        Assert.Equal(texts, list);
        Assert.Equal(texts.Length, list.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[texts.Length]);
    }

    [Fact]
    public void TextList_ManyTexts_GivesEachBackInAnyOrder()
    {
        using var list = new TextList();
        for (int i = 0; i < 200_000; i++) list.Add(TextOf(i));
        for (int i = 0; i < 200_000; i++) Assert.Equal(TextOf(i), list[i]);
        for (long i = 0, place = 0; i < 1000; i++, place = (place + 123_457) % 200_000)
        {
            Assert.Equal(TextOf((int)place), list[(int)place]);
        }

        static string TextOf(int i) => new((char)('a' + i % 26), i % 37);
    }

    [Fact]
    public void ExampleList_OfExamples_GivesThemBackAndHoldsLittleMore()
    {
        TextExample[] examples =
            [.. Enumerable.Range(0, 50_000).Select(i => new TextExample(
                $"a text of about a hundred bytes, as reviews and tickets are that people write in a hurry, number {i}",
                i % 3 == 0 ? "good" : "bad", i + 2) { File = i % 1000 == 0 ? "other.txt" : null })];
        long bytes = examples.Sum(example => (long)example.Text.Length), before = GC.GetTotalMemory(forceFullCollection: true);
        var list = new ExampleList();
        foreach (TextExample example in examples) list.Add(example.Text, example.Label, example.Line, example.File);
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(held, 0, (long)(MostRetained * bytes));
        Assert.Equal(examples, list);
        list.Dispose();
        Assert.Throws<ObjectDisposedException>(() => list[0]);
    }

    [Fact]
    public void SentenceList_OfSentences_GivesThemBack()
    {
        using var list = new SentenceList();
        for (int i = 0; i < 3000; i++) list.Add(["w" + i, "the", "half \uD800"], ["A", "B", "A"], i);
        TaggedSentence sentence = list[2500];
        Assert.Equal(["w2500", "the", "half \uD800"], sentence.Words);
        Assert.Equal(["A", "B", "A"], sentence.Tags);
        Assert.Equal(2500, sentence.Line);
        Assert.Throws<ArgumentException>(() => list.Add([], []));
        Assert.Throws<ArgumentException>(() => list.Add(["one"], ["A", "B"]));
    }

    [Fact]
    public void PairList_OfPairs_GivesThemBack()
    {
        using var list = new PairList();
        list.Add("a", "b", 7);
        list.Add("", "ç", 300);
        Assert.Equal([new TextPair("a", "b", 7), new TextPair("", "ç", 300)], list);
    }

    [Fact]
    public void TokenRows_AnyNumbers_GivesThemBack()
    {
        int[][] sequences = [[0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, int.MaxValue], [], [5]];
        TokenRows rows = TokenRows.Of(sequences);
        Assert.Equal(sequences, rows);
        Assert.Equal([8, 0, 1], rows.Lengths());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(60_000)]
    [InlineData(10_000_000)]
    [InlineData(int.MaxValue)]
    public void TokenSequence_OfAnyWidth_GivesTokensBack(int kinds)
    {
        var sequence = new TokenSequence(kinds);
        for (int i = 0; i < 600_000; i++) sequence.Add(TokenOf(i));
        Assert.Equal(600_000, sequence.Count);
        for (int i = 0; i < 600_000; i += 997) Assert.Equal(TokenOf(i), sequence[i]);

        int TokenOf(int i) => (int)(i * 7919L % kinds);
    }

    [Fact]
    public void Subset_OfASubset_HasTheLabelsThatOccur()
    {
        TextDataset data = TextDataset.FromPairs([("a", "x"), ("b", "z"), ("c", "y"), ("d", "x")]);
        TextDataset part = data.Subset([3, 1, 2]).Subset([2, 0]);
        Assert.Equal(["c", "d"], part.Examples.Select(example => example.Text));
        Assert.Equal(["x", "y"], part.Labels);
        Assert.Equal([1, 0], part.LabelNumbers);
    }

    [Fact]
    public void RowGroups_OfTexts_AreThoseOfADictionary()
    {
        string[] texts = [.. Enumerable.Range(0, 5000)
            .Select(i => (i * 7919 % 613).ToString(System.Globalization.CultureInfo.InvariantCulture))];
        // A poor hash: most rows must be compared.
        RowGroups groups = RowGroups.Of(texts, texts.Length, i => texts[i], text => (ulong)text.Length, string.Equals);
        var expected = new Dictionary<string, int>();
        foreach (string text in texts) expected.TryAdd(text, expected.Count);
        Assert.Equal(texts.Select(text => expected[text]), groups.GroupOf);
        Assert.Equal(expected.Count, groups.Count);
        Assert.Equal(texts.Length, groups.Sizes.Sum());
        Assert.All(Enumerable.Range(0, groups.Count), group => Assert.Equal(group, groups.GroupOf[groups.FirstRows[group]]));
    }

    [Fact]
    public void Rows_OfFewerThanFit_AreAmongThoseOfMore()
    {
        int[] all = DatasetSample.Rows(1000, _ => 9, long.MaxValue), few = DatasetSample.Rows(1000, _ => 9, 1000),
            more = DatasetSample.Rows(1000, _ => 9, 2000);
        Assert.Equal(Enumerable.Range(0, 1000), all);
        Assert.Equal(100, few.Length);
        Assert.Equal(200, more.Length);
        Assert.Subset(more.ToHashSet(), few.ToHashSet());
        Assert.Equal(few.Order(), few);
        // From everywhere, not from the beginning.
        Assert.InRange(few.Average(), 400, 600);
    }

    [Fact]
    public void Read_CancelledScope_Ends()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, string.Concat(Enumerable.Repeat("a line of text\n", 50_000)));
            using var source = new CancellationTokenSource();
            var told = new List<PhaseProgress>();
            using var scope = new ReadingScope(new Told(value =>
            {
                told.Add(value);
                if (value.Share > 0.4) source.Cancel();
            }), source.Token);
            Assert.Throws<OperationCanceledException>(() =>
            {
                using var file = new TextFile(path);
                while (file.TryReadLine(out _)) { }
            });
            Assert.InRange(told[^1].Share, 0.4, 0.6);
            Assert.All(told, value => Assert.Equal(("reading", new FileInfo(path).Length), (value.Phase, value.Total)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed class Told(Action<PhaseProgress> tell) : IProgress<PhaseProgress>
    {
        public void Report(PhaseProgress value) => tell(value);
    }
}
