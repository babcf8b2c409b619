using System.Text;

namespace Recurant.Formats.Tests;

public sealed class LineFormatTests : TemporaryFiles
{
    [Theory]
    [InlineData("d.txt", "__label__a x y\n\n__label__b-c z\n", "1 a: x y | 3 b-c: z")]
    [InlineData("d.csv", "__label__a x, y\r\n__label__b\ty\r\n", "1 a: x, y | 2 b: y")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\", \"label\": \"a\"}\n\n{\"label\": \"b\", \"n\": {\"text\": 1}, \"text\": \"\\u00e9\"}\n",
        "1 a: x | 3 b: \u00E9")]
    [InlineData("d.txt", "{\"Review\": \"x\", \"label\": 1}\n{\"Review\": \"y\", \"label\": 0.5}\n", "1 1: x | 2 0.5: y")]
    [InlineData(
        "d.ndjson", "{\"label\": true, \"text\": \"x\"}\n{\"label\": false, \"text\": \"y\"}\n",
        "1 true: x | 2 false: y")]
    [InlineData("d.jsonl", "{\"rating\": 5, \"body\": \"x\"}\n{\"body\": \"y\", \"rating\": 1}\n", "1 5: x | 2 1: y")]
    [InlineData("d.jsonl", "{\"txet\": \"x y\", \"label\": \"a\"}\n", "1 a: x y")]
    [InlineData("d.jsonl", "{\"m\": {\"body\": \"x y\"}, \"label\": \"a\", \"t\": \"2020-01-01\"}\n", "1 a: x y")]
    [InlineData("d.txt", "x y __label__a\nz __label__b w\n", "1 a: x y | 2 b: z w")]
    [InlineData("d.label", "NUM:dist How far ?\nHUM:desc Who ?\n", "1 NUM: How far ? | 2 HUM: Who ?")]
    [InlineData("d.txt", "NUM:dist How far ?\nHUM:desc Who ?\n", "1 NUM: How far ? | 2 HUM: Who ?")]
    public void Read_LineFormat_GivesTheExamples(string name, string content, string expected) =>
        Assert.Equal(expected, Show(TextDatasetReader.Read(Write(name, content))));

    [Fact]
    public void Read_TrecFine_GivesTheWholeLabel()
    {
        string path = Write("d.label", "NUM:dist How far ?\nHUM:desc Who ?\n");
        var fine = new TextFormatOptions { LabelColumn = "fine" };
        Assert.Equal(["HUM:desc", "NUM:dist"], TextDatasetReader.Read(path, fine).Labels);
        Assert.Equal(["HUM", "NUM"], TextDatasetReader.Read(path, new TextFormatOptions { LabelColumn = "coarse" }).Labels);
    }

    [Fact]
    public void Read_JsonKeysByOption_TakesThese()
    {
        var options = new TextFormatOptions { TextColumn = "b", LabelColumn = "a" };
        Assert.Equal("1 x: y", Show(TextDatasetReader.Read(Write("d.jsonl", "{\"a\": \"x\", \"b\": \"y\"}\n"), options)));
    }

    [Theory]
    [InlineData("d.txt", "__label__a x\ny z\n", "d.txt, line 2, column 1: expected __label__ and the label")]
    [InlineData("d.txt", "__label__a x\n__label__ y\n", "d.txt, line 2, column 10: the label is empty")]
    [InlineData("d.txt", "__label__a __label__b x\n", "d.txt, line 1, column 12: a second label")]
    [InlineData("d.txt", "__label__a x __label__b\n", "d.txt, line 1, column 14: a second label")]
    [InlineData("d.label", "NUM:dist How ?\nwhat is it\n", "d.label, line 2, column 1: expected COARSE:fine")]
    [InlineData("d.jsonl", "", "d.jsonl: the file is empty")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\", \"label\": \"a\"}\n{\"text\": \"\u00E9\", \"label\": a}\n",
        "d.jsonl, line 2, column 24: not valid JSON: ")]
    [InlineData("d.jsonl", "{\"text\": \"x\", \"label\": \"a\"\n", "d.jsonl, line 1, column 27: not valid JSON: ")]
    [InlineData("d.jsonl", "{\"text\": \"x\", \"label\": \"a\"} x\n", "d.jsonl, line 1, column 29: not valid JSON: ")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\", \"label\": \"a\"}\n{\"label\": \"a\"}\n",
        "d.jsonl, line 2, column 1: there is no \"text\" in this object.")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\", \"label\": \"a\"}\n[1]\n",
        "d.jsonl, line 2, column 1: expected one JSON object a line")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\", \"label\": null}\n",
        "d.jsonl, line 1, column 24: the value of \"label\" must be a string, a number or a truth value.")]
    [InlineData(
        "d.jsonl", "{\"text\": 5, \"label\": 1}\n",
        "d.jsonl: no key holds texts: \"text\", \"label\" hold numbers.")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\", \"label\": 1}\n{\"text\": 5, \"label\": 1}\n",
        "d.jsonl, line 2, column 10: the value of \"text\" must be a string.")]
    [InlineData(
        "d.jsonl", "{\"text\": [\"x\", \"y\"], \"label\": 1}\n",
        "d.jsonl, line 1, column 10: the value of \"text\" must be a string. Here it is an array")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\", \"label\": [1, 2]}\n",
        "d.jsonl, line 1, column 24: the value of \"label\" must be a string, a number or a truth value. Here it is an array")]
    [InlineData("d.jsonl", "{\"text\": \"x\", \"label\": \" \"}\n", "d.jsonl, line 1, column 1: the value of \"label\" is empty")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\\ud800\", \"label\": \"a\"}\n",
        "d.jsonl, line 1, column 10: half of a surrogate pair")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\", \"label\": \"a\"}\n{\"\\ud800abc\": 1, \"text\": \"x\", \"label\": \"a\"}\n",
        "d.jsonl, line 2, column 2: half of a surrogate pair")]
    [InlineData(
        "d.jsonl", "{\"text\": \"x\"}\n",
        "d.jsonl, line 1: cannot tell which key holds the label. The keys are: \"text\".")]
    [InlineData(
        "d.json", "[\n{\"text\": \"x\", \"label\": \"a\"}\n]\n",
        "d.json, line 1, column 1: expected one JSON object a line")]
    [InlineData("d.txt", "just some text\nand more\n", "d.txt: plain lines without labels.")]
    public void Read_FaultyLines_SaysWhere(string name, string content, string expected) =>
        Assert.StartsWith(expected, Fault(name, content));

    [Fact]
    public void Read_OptionsThatDoNotFit_ListWhatThereIs()
    {
        const string line = "{\"text\": \"x\", \"label\": \"a\"}\n";
        Assert.Contains(
            "there is no key \"lable\" for the label. The keys are: \"text\", \"label\". Did you mean \"label\"?",
            Fault("d.jsonl", line, new TextFormatOptions { LabelColumn = "lable" }));
        Assert.Contains("cannot both be \"text\"",
            Fault("d.jsonl", line, new TextFormatOptions { TextColumn = "text", LabelColumn = "text" }));
        Assert.Contains(
            "Did you mean \"fine\"?", Fault("d.label", "NUM:dist How ?\n", new TextFormatOptions { LabelColumn = "fien" }));
        string path = Write("d.txt", "x");
        string message = Assert.Throws<ArgumentException>(
            () => TextDatasetReader.Read(path, new TextFormatOptions { Format = "json" })).Message;
        Assert.Contains("There is no format \"json\".", message);
        Assert.Contains("Did you mean \"jsonl\"?", message);
    }

    [Fact]
    public void Read_FormatByOption_OverrulesTheName()
    {
        string path = Write("d.txt", "x,a\ny,b\nz,b\n");
        Assert.Equal("1 a: x | 2 b: y | 3 b: z", Show(TextDatasetReader.Read(path, new TextFormatOptions { Format = "CSV" })));
    }

    [Fact]
    public void Read_DirectoryOfDirectories_TakesTheirNamesAsLabels()
    {
        Write("d/pos/2.txt", "good\r\nfilm\n");
        Write("d/pos/1.txt", "fine");
        Write("d/neg/1.txt", "");
        Write("d/neg/notes.md", "no text");
        Write("d/README", "no text");
        TextDataset data = TextDatasetReader.Read(Path.Combine(Root, "d"));
        Assert.Equal("1 neg:  | 1 pos: fine | 1 pos: good\nfilm", Show(data));
        Assert.Equal(Path.Combine(Root, "d", "pos", "2.txt"), data.Examples[2].File);
        Assert.Contains("1 text is empty", Assert.Single(data.Warnings));
    }

    [Theory]
    [InlineData("rt.pos", "rt.neg", "neg", "pos")]
    [InlineData("Greek.txt", "Dutch.txt", "Dutch", "Greek")]
    [InlineData("Greek", "Dutch", "Dutch", "Greek")]
    public void Read_DirectoryOfFiles_TakesTheirNamesAsLabels(string first, string second, string label1, string label2)
    {
        Write($"d/{first}", "x\n\ny\n");
        Write($"d/{second}", "z\n");
        Write("d/README.md", "no text");
        Assert.Equal($"1 {label1}: z | 1 {label2}: x | 3 {label2}: y", Show(TextDatasetReader.Read(Path.Combine(Root, "d"))));
    }

    [Fact]
    public void Read_DirectoryWithoutLabels_SaysWhatIsExpected()
    {
        string path = Path.Combine(Root, "d");
        Write("d/a.txt", "x\n");
        Write("d/b.csv", "y\n");
        Assert.Contains("no labels found", Assert.Throws<InvalidDataException>(() => TextDatasetReader.Read(path)).Message);
        Directory.Delete(path, recursive: true);
        Directory.CreateDirectory(path);
        Assert.Contains("no labels found", Assert.Throws<InvalidDataException>(() => TextDatasetReader.Read(path)).Message);
    }

    [Fact]
    public void Read_DirectoryWithFaultyFile_NamesTheFile()
    {
        Write("d/pos/1.txt", "fine");
        string bad = Write("d/neg/1.txt", [.. "x\ny"u8, 0xFF]);
        string message = Assert.Throws<InvalidDataException>(() => TextDatasetReader.Read(Path.Combine(Root, "d"))).Message;
        Assert.StartsWith($"{bad}, line 2, column 2: the byte 0xFF", message);
    }

    [Theory]
    [InlineData("d.txt", "x y\n\nz, w\n", "x y||z, w")]
    [InlineData("d.csv", "text,label\n\"x, y\",a\nz,b\n", "x, y|z")]
    [InlineData("d.csv", "id,review\n1,some text\n2,more\n", "some text|more")]
    [InlineData("d.csv", "text\nx\ny\n", "x|y")]
    [InlineData("d.csv", "x\ny\n", "x|y")]
    [InlineData("d.tsv", "1\tsome text\n2\tmore\n", "some text|more")]
    [InlineData("d.jsonl", "{\"text\": \"x\"}\n\n{\"text\": \"y\", \"label\": 1}\n", "x|y")]
    [InlineData("d.txt", "__label__a x\n__label__b y\n", "x|y")]
    [InlineData("d.label", "NUM:dist How ?\n", "How ?")]
    public void ReadTexts_AnyFormat_GivesTheTexts(string name, string content, string expected) =>
        Assert.Equal(expected, string.Join('|', TextDatasetReader.ReadTexts(Write(name, content))));

    [Fact]
    public void ReadTexts_FaultFurtherDown_GivesTheTextsBeforeIt()
    {
        string path = Write("d.txt", Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("x\n", 200)) + "\u00E9\n"));
        int count = 0;
        Assert.Throws<InvalidDataException>(() =>
        {
            foreach (string text in TextDatasetReader.ReadTexts(path)) count++;
        });
        Assert.Equal(200, count);
    }

    [Theory]
    [InlineData("d.csv", "text,label\nx,a\n", "CSV with a header, text in \"text\", label in \"label\"")]
    [InlineData("d.tsv", "a\tx y\nb\tz\na\tw\n", "tab-separated columns without a header, text in column 2, label in column 1")]
    [InlineData("d.jsonl", "{\"text\": \"x\", \"label\": 1}\n", "JSON lines, text in \"text\", label in \"label\"")]
    [InlineData("d.txt", "__label__a x\n", "fastText lines")]
    [InlineData("d.label", "NUM:dist How ?\n", "TREC question lines")]
    [InlineData("d.txt", "x\n", "plain lines")]
    public void Detect_AnyFormat_SaysWhatItIs(string name, string content, string expected) =>
        Assert.Equal(expected, TextDatasetReader.Detect(Write(name, content)).ToString());

    [Fact]
    public void Detect_Directory_SaysWhatItIs() =>
        Assert.Equal("a directory, labels from its names", TextDatasetReader.Detect(Root).ToString());
}
