namespace Recurant.Formats.Tests;

public sealed class PairTests : TemporaryFiles
{
    [Theory]
    [InlineData("d.tsv", "a b\tc\nd\te f\n", "1 a b -> c | 2 d -> e f")]
    [InlineData("d.csv", "\"a, b\",c\nd,\"e\nf\"\n", "1 a, b -> c | 2 d -> e\nf")]
    [InlineData("d.tsv", "source\ttarget\na\tc\n\nd\te\n", "2 a -> c | 4 d -> e")]
    [InlineData("d.csv", "id,Target,Source\n1,a,c\n2,d,e\n", "2 c -> a | 3 e -> d")]
    [InlineData("d.tsv.gz", "de\ten\na\tc\n", "2 a -> c")]
    [InlineData("d.tsv", "English\tGerman\na\tc\n", "2 a -> c")]
    [InlineData("d.tsv", "en-GB\tzh_Hans\na\tc\n", "2 a -> c")]
    [InlineData("d.tsv", "Yes\tJa\nNo\tNein\n", "1 Yes -> Ja | 2 No -> Nein")] // words of dictionaries are no header
    [InlineData("d.jsonl", "{\"source\": \"a\", \"id\": 1, \"target\": \"c\"}\n", "1 a -> c")]
    [InlineData("d.jsonl", "{\"en\": \"a\", \"de\": \"c\"}\n\n{\"de\": \"e\", \"en\": \"d\"}\n", "1 a -> c | 3 d -> e")]
    [InlineData("d.jsonl", "{\"x\": \"a\", \"y\": \"c\"}\n", "1 a -> c")]
    [InlineData("d.tsv", "\U0001F600\t\u6F22\u5B57\ne\u0301\tx\n", "1 \U0001F600 -> \u6F22\u5B57 | 2 e\u0301 -> x")]
    public void Read_OneFile_GivesThePairs(string name, string content, string expected) =>
        Assert.Equal(expected, Show(PairDatasetReader.Read(Write(name, content))));

    [Theory]
    [InlineData("d.csv", "a,b,c\n1,2,3\n", "c", "a", "2 3 -> 1")]
    [InlineData("d.csv", "a,b,c\n1,2,3\n", "3", "2", "1 c -> b | 2 3 -> 2")]
    [InlineData("d.tsv", "en\tde\nx\ty\n", "de", null, "2 y -> x")]
    [InlineData("d.tsv", "en\tde\nx\ty\n", null, "en", "2 y -> x")]
    [InlineData("d.tsv", "x\ty\n", "2", null, "1 y -> x")]
    [InlineData("d.jsonl", "{\"a\": \"x\", \"b\": \"y\", \"c\": \"z\"}\n", "c", "b", "1 z -> y")]
    [InlineData("d.jsonl", "{\"a\": \"x\", \"b\": \"y\"}\n", "b", null, "1 y -> x")]
    [InlineData("d.jsonl", "{\"en\": \"x\", \"de\": \"y\", \"n\": \"z\"}\n", "de", "en", "1 y -> x")]
    public void Read_ColumnsByOption_TakesThese(string name, string content, string? source, string? target, string expected)
    {
        var options = new PairFormatOptions { SourceColumn = source, TargetColumn = target };
        Assert.Equal(expected, Show(PairDatasetReader.Read(Write(name, content), options)));
    }

    [Theory]
    [InlineData("d.tsv", "", "d.tsv: the file is empty")]
    [InlineData("d.txt", "a\nb\n", "d.txt: no pairs of texts. Expected two columns")]
    [InlineData("d.tsv", "source\ttarget\n", "d.tsv: there are no pairs")]
    [InlineData("d.tsv", "a\tb\nc\n", "d.tsv, line 2, column 1: too few fields: expected 2, found 1.")]
    [InlineData("d.tsv", "a\tb\nc\td\te\n", "d.tsv, line 2, column 5: too many fields: expected 2, found 3.")]
    [InlineData("d.tsv", "a\tb\tc\n", "d.tsv, line 1: cannot tell which of the 3 columns hold the source and the target.")]
    [InlineData("d.csv", "text\na\n", "d.csv, line 1, column 1: there is only one column")]
    [InlineData("d.tsv", "a\tb\nc\t\n\te\nf\t \n",
        "d.tsv, line 2: the target of the pair is empty, and 3 of 4 pairs have an empty")]
    [InlineData("d.tsv", "\tb\n", "d.tsv, line 1: the source of the pair is empty, and 1 of 1")]
    [InlineData("d.tsv", "\t \n", "d.tsv: the file is empty")]
    [InlineData("d.jsonl", "{\"a\": \"x\", \"b\": \"y\", \"c\": \"z\"}\n",
        "d.jsonl, line 1: cannot tell which key holds the source.")]
    [InlineData("d.jsonl", "{\"a\": \"x\", \"b\": 1}\n", "d.jsonl, line 1, column 17: the value of \"b\" must be a string.")]
    [InlineData("d.jsonl", "{\"a\": \"x\", \"b\": \"y\"}\n{\"a\": \"x\"}\n", "d.jsonl, line 2, column 1: there is no \"b\"")]
    public void Read_FaultyFile_SaysWhere(string name, string content, string expected)
    {
        string path = Write(name, content);
        Assert.StartsWith(expected, WithoutRoot(Assert.Throws<InvalidDataException>(() => PairDatasetReader.Read(path)).Message));
    }

    [Theory]
    [InlineData("sorce", null,
        "there is no column \"sorce\" for the source. The first row holds: \"source\", \"target\". Did you")]
    [InlineData("3", null, "there is no column \"3\" for the source.")]
    [InlineData("1", "source", "the source and the target cannot both be column 1.")]
    public void Read_ColumnThatIsNotThere_ListsTheOthers(string? source, string? target, string expected)
    {
        string path = Write("d.tsv", "source\ttarget\na\tb\n");
        var options = new PairFormatOptions { SourceColumn = source, TargetColumn = target };
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => PairDatasetReader.Read(path, options)).Message);
    }

    [Fact]
    public void Read_EmptySides_AreLeftOutAndCounted()
    {
        string path = Write("d.tsv", "a\tb\nc\t\n\td\ne\tf\ng\th\n");
        PairDataset data = PairDatasetReader.Read(path);
        Assert.Equal("1 a -> b | 4 e -> f | 5 g -> h", Show(data));
        Assert.Equal([$"{path}: 2 pairs are left out: a side is empty (first: the target on line 2)."], data.Warnings);
    }

    [Fact]
    public void ReadLines_TwoFiles_JoinsTheirLines()
    {
        string source = Write("s.en", "a b\nc\td\n\ne\n");
        string target = Write("t.de", "A B\r\nC D\r\nX\r\nE");
        PairDataset data = PairDatasetReader.ReadLines(source, target);
        Assert.Equal("1 a b -> A B | 2 c\td -> C D | 4 e -> E", Show(data));
        Assert.Contains("1 pair is left out: a side is empty (first: the source on line 3)", Assert.Single(data.Warnings));
    }

    [Theory]
    [InlineData("a\nb\nc\nd\n", "A\nB\n", "s.en, line 3: the files part here. This one has 4 lines and ROOT/t.de has 2;",
        "\"c\"")]
    [InlineData("a\n", "A\nB\nC", "t.de, line 2: the files part here. This one has 3 lines and ROOT/s.en has 1;", "\"B\"")]
    [InlineData("", "A\n", "t.de, line 1: the files part here. This one has 1 lines and ROOT/s.en has 0;", "\"A\"")]
    public void ReadLines_UnequalCounts_SaysWhereTheyPart(string first, string second, string expected, string line)
    {
        string source = Write("s.en", first);
        string target = Write("t.de", second);
        string message = Assert.Throws<InvalidDataException>(() => PairDatasetReader.ReadLines(source, target)).Message;
        Assert.StartsWith(expected.Replace("ROOT/", Root + Path.DirectorySeparatorChar, StringComparison.Ordinal),
            message[(Root.Length + 1)..]);
        Assert.Contains(line, message);
    }

    [Fact]
    public void ReadLines_EmptyFiles_AreAFault()
    {
        string path = Write("s", "");
        Assert.Contains("there are no pairs", Assert.Throws<InvalidDataException>(
            () => PairDatasetReader.ReadLines(path, path)).Message);
    }

    [Theory]
    [InlineData("d.conll", "a\tO\nb\tO\n", DataKind.TaggedWords, "CoNLL columns")]
    [InlineData("d.txt", "some text\nmore\n", DataKind.PlainText, "plain lines")]
    [InlineData("d.csv", "text\nx\ny\n", DataKind.PlainText, "CSV, one column")]
    [InlineData("d.tsv", "source\ttarget\na\tb\n", DataKind.TextPairs, "tab-separated columns, pairs of texts")]
    [InlineData("d.tsv", "de\ten\na\tb\n", DataKind.TextPairs, "tab-separated columns, pairs of texts")]
    [InlineData("d.csv", "text,target\na,b\n", DataKind.LabelledTexts,
        "CSV with a header, text in \"text\", label in \"target\"")]
    [InlineData("d.csv", "source,text,label,target\na,b,c,d\n", DataKind.LabelledTexts,
        "CSV with a header, text in \"text\", label in \"label\"")]
    [InlineData("d.csv", "question,answer\na,b\n", DataKind.TextPairs, "CSV, pairs of texts")]
    [InlineData("d.tsv", "a\tx y\nb\tz\na\tw\n", DataKind.LabelledTexts,
        "tab-separated columns without a header, text in column 2, label in column 1")]
    [InlineData("d.jsonl", "{\"src\": \"x\", \"tgt\": \"y\"}\n", DataKind.TextPairs, "JSON lines, pairs of texts")]
    [InlineData("d.jsonl", "{\"text\": \"x\"}\n", DataKind.PlainText, "JSON lines, text in \"text\"")]
    [InlineData("d.jsonl", "{\"text\": \"x\", \"stars\": 1}\n", DataKind.LabelledTexts,
        "JSON lines, text in \"text\", label in \"stars\"")]
    [InlineData("d.txt", "__label__a x\n", DataKind.LabelledTexts, "fastText lines")]
    public void Detect_AnyData_SaysWhatItIs(string name, string content, DataKind kind, string description) =>
        Assert.Equal(new DetectedData(kind, description), DataDetector.Detect(Write(name, content)));

    [Fact]
    public void Detect_TwoColumnsOfTexts_ArePairs()
    {
        string rows = string.Concat(Enumerable.Range(0, 50).Select(i => $"the sentence number {i}\tder Satz Nummer {i}\n"));
        Assert.Equal(DataKind.TextPairs, DataDetector.Detect(Write("d.tsv", rows)).Kind);
        Assert.Equal(DataKind.TextPairs, DataDetector.Detect(Write("d.txt", rows)).Kind);
        string numbered = string.Concat(Enumerable.Range(0, 50).Select(i => $"{i}\tder Satz Nummer {i}\n"));
        Assert.Throws<InvalidDataException>(() => DataDetector.Detect(Write("n.tsv", numbered)));
    }

    [Fact]
    public void PlainTextRead_Lines_KeepsTheEmptyOnes()
    {
        PlainText text = PlainTextReader.Read(Write("d.txt", "a b\n\n c\r\n\n"));
        Assert.Equal(["a b", "", " c", ""], text.Lines);
        Assert.Equal(["x", "y z"], PlainTextReader.Read(Write("d.tsv", "text\tlabel\nx\t1\ny z\t0\n")).Lines);
        var lines = new TextFormatOptions { Format = "lines" };
        Assert.Equal(["x\t1", "y\t2"], PlainTextReader.Read(Write("e.txt", "x\t1\ny\t2\n"), lines).Lines);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("\n \n\n", "the file is empty")]
    public void PlainTextRead_NoText_IsAFault(string content, string expected)
    {
        string path = Write("d.txt", content);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => PlainTextReader.Read(path)).Message);
    }

    private string WithoutRoot(string message) =>
        message.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    private static string Show(PairDataset data) =>
        string.Join(" | ", data.Pairs.Select(pair => $"{pair.Line} {pair.Source} -> {pair.Target}"));
}
