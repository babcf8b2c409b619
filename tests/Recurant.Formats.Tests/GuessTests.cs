using System.Diagnostics;

namespace Recurant.Formats.Tests;

/// <summary>What files are taken for, where one sign alone would be wrong.</summary>
public sealed class GuessTests : TemporaryFiles
{
    [Theory]
    [InlineData("t0,t1,label\n", "0.{0},1.5{0},walk", "no column holds texts: \"t0\", \"t1\" hold numbers")]
    [InlineData("date,price\n", "2024-01-{0},1.{0}", "\"price\" holds numbers, \"date\" holds dates")]
    [InlineData("", "12.03.2024;1,{0}", "no column holds texts")]
    [InlineData("a\tb\n", "{0}\t1,2{0} EUR", "no column holds texts")]
    public void Detect_TableOfNumbers_IsRefusedWithItsColumns(string header, string row, string expected)
    {
        string name = row.Contains('\t') ? "d.tsv" : "d.csv";
        string rows = string.Join('\n',
            Enumerable.Range(10, 18).Select(i => row.Replace("{0}", $"{i}") + (row.EndsWith("walk") && i % 2 > 0 ? "s" : "")));
        Assert.Contains(expected, Fault(name, header + rows));
    }

    [Fact]
    public void Read_NumbersInLines_AreRefusedUnlessTheFormatIsNamed()
    {
        string rows = string.Join('\n', Enumerable.Range(0, 20).Select(i => $"__label__{i % 2} 0.{i} 1.{i} 2.{i}"));
        Assert.Contains("the texts are numbers or dates", Fault("d.txt", rows));
        Assert.Equal(20, TextDatasetReader.Read(Write("d.txt", rows), new TextFormatOptions { Format = "fasttext" }).Count);
        string lines = Write("e.txt", string.Join('\n', Enumerable.Range(0, 20).Select(i => $"{i}.5 {i}.25 7")));
        Assert.Throws<InvalidDataException>(() => PlainTextReader.Read(lines));
        Assert.Equal(20, PlainTextReader.Read(lines, new TextFormatOptions { Format = "lines" }).Count);
    }

    [Fact]
    public void Read_NumbersNamedAsText_AreTaken()
    {
        string rows = string.Join('\n', Enumerable.Range(0, 20).Select(i => $"{i}.5,{(i % 2 == 0 ? "a" : "b")}"));
        TextDataset data = TextDatasetReader.Read(Write("d.csv", "x,label\n" + rows), new TextFormatOptions { TextColumn = "x" });
        Assert.Equal(("0.5", "a"), (data.Examples[0].Text, data.Examples[0].Label));
    }

    [Theory]
    [InlineData("Region;Kategorie;Betreff;Text;Betrag", "Nord{2};K{3};ein Titel {0};ein langer Text, {0} mit Worten;{0},50",
        "Text", "Kategorie")]
    [InlineData("id,helpful,rating,reviewText", "{0},{2},{5},some longer text number {0}", "reviewText", "rating")]
    [InlineData("v1,v2,,,", "s{2},\"text, number {0}\",,,", "v2", "v1")]
    [InlineData("phrase_text|airline_sentiment|region", "words of it {0}|s{3}|r{2}", "phrase_text", "airline_sentiment")]
    public void Detect_NamesAndShapes_FindTextAndLabel(string header, string row, string text, string label)
    {
        string rows = string.Join('\n', Enumerable.Range(0, 60).Select(i => row.Replace("{0}", $"{i}").Replace("{2}", $"{i % 2}")
            .Replace("{3}", $"{i % 3}").Replace("{5}", $"{1 + (i % 5)}")));
        DetectedFormat format = TextDatasetReader.Detect(Write("d.csv", $"{header}\n{rows}\n"));
        Assert.Equal((true, text, label), (format.HasHeader, format.Text, format.Label));
    }

    [Fact]
    public void Detect_OtherColumns_AreListed()
    {
        string rows = string.Join('\n', Enumerable.Range(0, 60)
            .Select(i => $"{(i % 2 == 0 ? "Nord" : "Ost")},k{i % 3},a text number {i},the longer text {i} here"));
        DetectedFormat format = TextDatasetReader.Detect(Write("d.csv", $"region,kategorie,betreff,text\n{rows}\n"));
        Assert.Equal(["region"], format.OtherLabels);
        Assert.Equal(["betreff"], format.OtherTexts);
    }

    [Fact]
    public void Detect_JsonLinesWithALevel_AreLabelledTexts()
    {
        string rows = string.Join('\n', Enumerable.Range(0, 40).Select(i =>
            $"{{\"ts\":\"2024-01-01T10:{i:00}:00Z\",\"level\":\"L{i % 3}\",\"message\":{{\"body\":\"some words {i}\"}}}}"));
        Assert.Equal(
            new DetectedData(DataKind.LabelledTexts, "JSON lines, text in \"message.body\", label in \"level\""),
            DataDetector.Detect(Write("d.jsonl", rows)));
    }

    [Theory]
    [InlineData("text\tlabel\nx\ta\n\"two\nlines\"\tb\n", "2 a: x | 3 b: two\nlines")]
    [InlineData("label\ttext\na\t\"one \"\"q\"\"\ttab\nlast\"\nb\ty\n", "2 a: one \"q\"\ttab\nlast | 4 b: y")]
    [InlineData("label\ttext\na\t\"Never closed\nb\ty \"z\"\n", "2 a: \"Never closed | 3 b: y \"z\"")]
    public void Read_TabsInBothConventions_AreReadByTheEvidence(string content, string expected) =>
        Assert.Equal(expected, Show(TextDatasetReader.Read(Write("d.tsv", content))));

    [Fact]
    public void Read_CommaBehindFastTextLabels_IsAnErrorOrADelimiter()
    {
        const string Lines = "__label__pos,the film\n__label__neg,the day\n";
        Assert.StartsWith("d.txt, line 1: the label reads \"pos,the\"", Fault("d.txt", Lines));
        Assert.Equal(
            "1 pos: the film | 2 neg: the day",
            Show(TextDatasetReader.Read(Write("d.txt", Lines), new TextFormatOptions { Delimiter = ',' })));
    }

    [Fact]
    public void Read_DelimiterNamed_IsTaken()
    {
        string path = Write("d.csv", "text^label\nx, y^a\nz^b\n");
        Assert.Equal("2 a: x, y | 3 b: z", Show(TextDatasetReader.Read(path, new TextFormatOptions { Delimiter = '^' })));
        Assert.Contains("--delimiter", Fault("e.csv", "text^label\n" + string.Concat(Enumerable.Repeat("x^a\n", 6))));
    }

    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("yes", "Yes")]
    [InlineData("caf\u00E9", "cafe\u0301")]
    [InlineData("\uD55C", "\u1112\u1161\u11AB")]
    public void Read_LabelsSpeltAlike_AreTold(string one, string other)
    {
        TextDataset data = TextDatasetReader.Read(Write("d.csv", $"text,label\nx y,{one}\nz w,{other}\n"));
        Assert.Contains($"\"{one}\"", Assert.Single(data.Warnings));
        Assert.Empty(TextDatasetReader.Read(Write("e.csv", "text,label\nx,1\ny,2\nz,caf\u00E9\nw,caf\u00E8\n")).Warnings);
    }

    [Theory]
    [InlineData("d.csv", ",", "")]
    [InlineData("d.csv", ",", "\"")]
    [InlineData("d.tsv", "\t", "")]
    [InlineData("d.psv", "|", "")]
    [InlineData("d.txt", ",", "")]
    [InlineData("d.txt", ";", "\"")]
    public void Read_FarTooManyColumns_IsRefusedAtOnce(string name, string delimiter, string quote)
    {
        const int Columns = 400_000;
        string row = string.Join(delimiter, Enumerable.Range(0, Columns).Select(i => $"{quote}column{i}{quote}")) + "\n";
        string path = Write(name, string.Concat(Enumerable.Repeat(row, 10)));
        TimeSpan least = TimeSpan.MaxValue;
        for (int i = 0; i < 3; i++) // the machine may be busy with others
        {
            var watch = Stopwatch.StartNew();
            string message = Assert.Throws<InvalidDataException>(() => DataDetector.Detect(path)).Message;
            Assert.Contains("the row has 400,000 columns, and at most 10,000 are read", message);
            least = watch.Elapsed < least ? watch.Elapsed : least;
        }

        Assert.True(least < TimeSpan.FromSeconds(1), $"took {least}");
    }

    [Fact]
    public void Read_FarTooManyKeys_IsRefused()
    {
        string row = "{" + string.Join(",", Enumerable.Range(0, 400_000).Select(i => $"\"key{i}\":\"a b\"")) + "}\n";
        string path = Write("d.jsonl", string.Concat(Enumerable.Repeat(row, 3)));
        const string Expected = "line 1: the object has more than 10,000 keys.";
        Assert.Contains(Expected, Assert.Throws<InvalidDataException>(() => DataDetector.Detect(path)).Message);
        Assert.Contains(Expected, Assert.Throws<InvalidDataException>(() => TextDatasetReader.Read(path)).Message);
        Assert.Contains(Expected, Assert.Throws<InvalidDataException>(() => PairDatasetReader.Read(path)).Message);
    }

    [Fact]
    public void Read_FarTooManyColumnsOfConll_IsRefused()
    {
        string path = Write("d.conll", string.Join('\t', Enumerable.Repeat("a", 400_000)) + "\n");
        Assert.Contains("at most 10,000", Assert.Throws<InvalidDataException>(() => TaggedDatasetReader.Read(path)).Message);
    }

    [Fact]
    public void Read_SentenceWithTooManyWords_NamesItsFirstLine()
    {
        string path = Write("d.conll", "b\tX\n\n" + string.Concat(Enumerable.Repeat("a\tX\n", TaggedSentence.MaximumWords + 1)));
        Assert.Contains(
            "line 3: the sentence has more than 250,000 words",
            Assert.Throws<InvalidDataException>(() => TaggedDatasetReader.Read(path)).Message);
    }

    [Theory]
    [InlineData('^')]
    [InlineData('~')]
    public void Detect_TableOfUnusualSeparator_IsRefusedWithTheHint(char sign)
    {
        string rows = $"text{sign}label\n" + string.Concat(Enumerable.Range(0, 6).Select(i => $"some words {i}{sign}a\n"));
        string path = Write("d.csv", rows);
        Assert.EndsWith(
            $"d.csv, line 1: there is only one column. Does '{sign}' separate columns? Then give --delimiter {sign}. If each "
            + "row is one text, say so: --format lines.",
            Assert.Throws<InvalidDataException>(() => DataDetector.Detect(path)).Message);
        Assert.Equal(DataKind.PlainText, DataDetector.Detect(path, new TextFormatOptions { Format = "lines" }).Kind);
        Assert.Equal(DataKind.LabelledTexts, DataDetector.Detect(path, new TextFormatOptions { Delimiter = sign }).Kind);
        Assert.Equal(DataKind.PlainText, DataDetector.Detect(Write("e.csv", rows.Replace(sign, '!'))).Kind);
    }

    /// <summary>A row that is wide because its texts hold commas is no table, and one text.</summary>
    [Fact]
    public void Detect_TextWithVeryManyCommas_IsText()
    {
        string text = string.Concat(Enumerable.Repeat("one, two, ", 20_000)) + "\n";
        Assert.Equal(DataKind.PlainText, DataDetector.Detect(Write("d.txt", text + "and\n" + text + "so\non\n")).Kind);
    }

    [Fact]
    public void Read_CarriageReturnsAlone_SaysSo() =>
        Assert.StartsWith(
            "d.csv, line 1, column 11: the lines end in a carriage return alone", Fault("d.csv", "text,label\rx,a\ry,b\r"));
}
