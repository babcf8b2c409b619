using System.Text;

namespace Recurant.Formats.Tests;

public sealed class TableTests : TemporaryFiles
{
    private const string Two = "2 a: x | 3 b: y";

    [Theory]
    [InlineData("d.csv", "text,label\nx,a\ny,b\n", Two)]
    [InlineData("d.csv", "label;Text\na;x\nb;y", Two)]
    [InlineData("d.csv", "\uFEFFtext,label\r\nx,a\r\ny,b\r\n", Two)]
    [InlineData("d.csv", "text,label\n\n\"x, \"\"z\"\"\nw\",a\n\ny,b\n", "3 a: x, \"z\"\nw | 6 b: y")]
    [InlineData("d.csv", "text,label\r\n\"x\r\n\r\ny\",a\r\n#z,b\r\n", "2 a: x\n\ny | 5 b: #z")]
    [InlineData("d.csv", "text,label\n5\" disk, a \ny,b\n", "2 a: 5\" disk | 3 b: y")]
    [InlineData("d.csv", "text,label\nx\ry,a\ny,b\n", "2 a: x y | 3 b: y")]
    [InlineData("d.csv", "text\tlabel\nx, z\ta\ny\tb\n", "2 a: x, z | 3 b: y")]
    [InlineData("d.tsv", "text\tlabel\nx\ta\ny\tb\n", Two)]
    [InlineData("d.tsv", "text,label\nx,a\ny,b\n", Two)]
    [InlineData("d.txt", "text,label\nx,a\ny,b\n", Two)]
    [InlineData("d.tsv", "label\ttext\na\t\"x\"\"z\"\nb\t\"x\" and \"y\"\na\t\"\n", "2 a: x\"z | 3 b: \"x\" and \"y\" | 4 a: \"")]
    [InlineData("d.tsv", "label\ttext\n  \na\tx\n\nb\ty\n", "3 a: x | 5 b: y")]
    [InlineData("d.tsv", "id\tsentiment\treview\n1\ta\tx\n2\tb\ty\n", Two)]
    [InlineData("d.csv", ",text,label\n0,x,a\n1,y,b\n", Two)]
    public void Read_HeaderWithUsualNames_FindsTheColumns(string name, string content, string expected) =>
        Assert.Equal(expected, Show(TextDatasetReader.Read(Write(name, content))));

    [Theory]
    [InlineData("d.tsv", "a\tx y z\nb\ty y y\na\tz\n", "1 a: x y z | 2 b: y y y | 3 a: z")]
    [InlineData("d.txt", "x y z\ta\ny y y\tb\nz\ta\n", "1 a: x y z | 2 b: y y y | 3 a: z")]
    [InlineData("d.csv", "1,\"x, y\"\n0,z\n1,w\n", "1 1: x, y | 2 0: z | 3 1: w")]
    [InlineData(
        "d.tsv", "question\twhat is it\nquestion\twho\nanswer\tme\n",
        "1 question: what is it | 2 question: who | 3 answer: me")]
    [InlineData("d.tsv", "x\ta\ny\ta\n", "1 a: x | 2 a: y")]
    public void Read_NoHeader_GuessesTheColumns(string name, string content, string expected) =>
        Assert.Equal(expected, Show(TextDatasetReader.Read(Write(name, content))));

    [Fact]
    public void Read_OneLabelAndLongTexts_TakesTheShortColumnForTheLabel()
    {
        string text = string.Concat(Enumerable.Repeat("long text ", 100));
        Assert.Equal("a", TextDatasetReader.Read(Write("d.tsv", $"{text}1\ta\n{text}2\ta\n{text}3\ta\n")).Examples[0].Label);
    }

    [Fact]
    public void Read_ManyColumnsWithoutNames_TakesFewestValuesForLabelAndLongestForText()
    {
        // row number, constant, five ratings, two labels, text
        IEnumerable<string> rows =
            Enumerable.Range(0, 40).Select(i => $"{i}\tv1\t{i % 5}\t{(i % 2 == 0 ? "neg" : "pos")}\tsome text {i}");
        string path = Write("d.tsv", string.Join('\n', rows));
        TextDataset data = TextDatasetReader.Read(path);
        Assert.Equal(new TextExample("some text 3", "pos", 4), data.Examples[3]);
        Assert.Equal(40, data.Count);
        Assert.Equal(
            "tab-separated columns without a header, text in column 5, label in column 4",
            TextDatasetReader.Detect(path).ToString());
    }

    [Fact]
    public void Read_HeaderWithUnknownNames_IsNoExample()
    {
        IEnumerable<string> rows = Enumerable.Range(0, 20).Select(i => $"{(i % 2 == 0 ? "neg" : "pos")},some text {i}");
        string path = Write("d.csv", "klass,words\n" + string.Join('\n', rows));
        Assert.Equal(new TextExample("some text 0", "neg", 2), TextDatasetReader.Read(path).Examples[0]);
        Assert.Equal("CSV with a header, text in \"words\", label in \"klass\"", TextDatasetReader.Detect(path).ToString());
    }

    [Theory]
    [InlineData("b", "c", "2 3: 2")]
    [InlineData("B", "1", "2 1: 2")]
    [InlineData("3", "1", "1 a: c | 2 1: 3")]
    public void Read_ColumnsByOption_TakesThese(string text, string label, string expected)
    {
        var options = new TextFormatOptions { TextColumn = text, LabelColumn = label };
        Assert.Equal(expected, Show(TextDatasetReader.Read(Write("d.csv", "a,b,c\n1,2,3\n"), options)));
    }

    [Fact]
    public void Read_OneColumnByOption_GuessesTheOther()
    {
        string path = Write("d.csv", "id,text,stars,label\n1,x x,5,a\n2,y y,1,b\n3,z z,5,a\n4,w w,1,a\n");
        Assert.Equal("5", TextDatasetReader.Read(path, new TextFormatOptions { LabelColumn = "stars" }).Examples[0].Label);
        Assert.Equal("1", TextDatasetReader.Read(path, new TextFormatOptions { TextColumn = "id" }).Examples[0].Text);
    }

    [Theory]
    [InlineData("d.csv", "", "d.csv: the file is empty")]
    [InlineData("d.csv", "\n\n  \n", "d.csv: the file is empty")]
    [InlineData("d.csv", "text,label\n", "d.csv: there is a header and no row below it")]
    [InlineData("d.tsv", "id\tstars\ttext\n", "d.tsv: there is a header and no row below it")]
    [InlineData("d.csv", "text\nx\n", "d.csv, line 1, column 1: there is only one column")]
    [InlineData(
        "d.csv", "text,label\nx,a\n\"y\n\",b,c\n",
        "d.csv, line 4, column 5: too many fields: expected 2, found 3. Put a field")]
    [InlineData("d.csv", "text,label\nx,a\ny\n", "d.csv, line 3, column 1: too few fields: expected 2, found 1.")]
    [InlineData("d.tsv", "text\tlabel\nx\ta\tb\n", "d.tsv, line 2, column 5: too many fields: expected 2, found 3. Separate")]
    [InlineData("d.tsv", "id\ttext\tlabel\n1\tx\n", "d.tsv, line 2, column 3: too few fields: expected 3, found 2.")]
    [InlineData("d.tsv", "a\tx\nb\ty\tz\n", "d.tsv, line 2, column 5: too many fields: expected 2, found 3.")]
    [InlineData("d.csv", "text,label\nx,a\ny,\"b\nz,a\n", "d.csv, line 3, column 3: the quote that opens here is never closed.")]
    [InlineData(
        "d.csv", "text,label\nx,a\n\"y\n z\" w,b\n",
        "d.csv, line 4, column 4: text follows the closing quote of the field that began on line 3, column 1.")]
    [InlineData("d.csv", "text,label\n\"x\ny\",\" \"\n", "d.csv, line 3, column 4: the label is empty.")]
    [InlineData("d.csv", "text,label\nx,a\ny,\n", "d.csv, line 3, column 3: the label is empty.")]
    [InlineData("d.tsv", "text\tlabel\nx\ta\ny\t \n", "d.tsv, line 3, column 3: the label is empty.")]
    [InlineData(
        "d.tsv", "a\tb\tc\nx\ty\tz\n",
        "d.tsv: cannot tell which column holds the label. The columns are: \"a\", \"b\", \"c\".")]
    public void Read_FaultyTable_SaysWhere(string name, string content, string expected) =>
        Assert.StartsWith(expected, Fault(name, content));

    [Fact]
    public void Read_UnclosedQuoteInALongFile_IsFoundWhereItOpened()
    {
        var content = new StringBuilder("text,label\nx,a\n\"y,b\n");
        content.Insert(content.Length, "some more text,a\n", 200_000);
        Assert.StartsWith(
            "d.csv, line 3, column 1: the quote that opens here is never closed.", Fault("d.csv", content.ToString()));
    }

    [Theory]
    [InlineData(
        "txt", null,
        "there is no column \"txt\" for the text. The columns are: \"text\", \"label\". Did you mean \"text\"?")]
    [InlineData(
        null, "lable",
        "there is no column \"lable\" for the label. The columns are: \"text\", \"label\". Did you mean \"label\"?")]
    [InlineData("3", null, "there is no column \"3\" for the text.")]
    [InlineData("0", null, "there is no column \"0\" for the text.")]
    [InlineData("text", "1", "the text and the label cannot both be column \"text\".")]
    public void Read_ColumnThatIsNotThere_ListsTheOthers(string? text, string? label, string expected)
    {
        var options = new TextFormatOptions { TextColumn = text, LabelColumn = label };
        Assert.Contains(expected, Fault("d.csv", "text,label\nx,a\n", options));
    }

    [Fact]
    public void Read_ColumnNameWithoutHeader_AsksForANumber()
    {
        string message = Fault("d.tsv", "1\tx\n0\ty\n", new TextFormatOptions { TextColumn = "text" });
        Assert.Equal(
            "d.tsv, line 1: there is no column \"text\" for the text. "
            + "The first row names no columns: give the number of one, 1 to 2.",
            message);
    }

    [Fact]
    public void Read_LabelColumnIsARowNumber_SaysThatThereIsNoLabel()
    {
        string rows = string.Join('\n', Enumerable.Range(0, 30).Select(i => $"{i},text {i}"));
        Assert.StartsWith("d.csv: cannot tell which column holds the label.", Fault("d.csv", "id,text\n" + rows));
    }

    [Fact]
    public void Read_InvalidUtf8_NamesLineColumnAndByte()
    {
        byte[] content = [.. "text,label\nx,a\ncaf"u8, 0xE9, .. ",b\n"u8];
        Assert.StartsWith("d.csv, line 3, column 4: the byte 0xE9 is not valid UTF-8.", Fault("d.csv", content));
    }

    [Theory]
    [InlineData("d.csv", "text,label\nx,a\n", ",b\n")]
    [InlineData("d.tsv", "text\tlabel\nx\ta\n", "\tb\n")]
    [InlineData("d.jsonl", "{\"text\":\"x\",\"label\":\"a\"}\n\n{\"label\":\"b\",\"text\":\"", "\"}\n")]
    [InlineData("d.txt", "__label__a x\n\n__label__b ", "\n")]
    public void Read_LineOfTenMegabytes_IsRead(string name, string before, string after)
    {
        string path = Write(name, before + new string('x', 10_000_000) + after);
        Assert.Equal(10_000_000, TextDatasetReader.Read(path).Examples[1].Text.Length);
    }

    [Fact]
    public void Read_LongestLineAccepted_IsRead()
    {
        string text = new('x', 999_990);
        Assert.Equal(text, TextDatasetReader.Read(Write("d.csv", $"text,label\n\"{text}\",a\n")).Examples[0].Text);
    }

    [Fact]
    public void Read_EmptyTexts_AreKeptAndCounted()
    {
        string path = Write("d.csv", "text,label\nx,a\n,b\n \"\",a\n\"\",b\n");
        TextDataset data = TextDatasetReader.Read(path);
        Assert.Equal("2 a: x | 3 b:  | 4 a:  \"\" | 5 b: ", Show(data));
        Assert.Equal([$"{path}: 2 texts are empty (first: line 3)."], data.Warnings);
        Assert.Empty(TextDatasetReader.Read(Write("e.csv", "text,label\nx,a\n")).Warnings);
    }

    [Fact]
    public void Read_FileThatCannotBeOpened_SaysSo()
    {
        string missing = Path.Combine(Root, "missing.csv");
        Assert.Contains("no such file", Assert.Throws<FileNotFoundException>(() => TextDatasetReader.Read(missing)).Message);
        var csv = new TextFormatOptions { Format = "csv" };
        Assert.Contains("this is a directory", Assert.Throws<IOException>(() => TextDatasetReader.Read(Root, csv)).Message);
    }

    [Fact]
    public void Read_ManyRows_GivesTheSameAsWritten()
    {
        // Fields of all kinds, over the border of every buffer.
        var content = new StringBuilder("label,text\n");
        var expected = new List<TextExample>();
        int line = 2;
        for (int i = 0; i < 20_000; i++)
        {
            string text = (i % 4) switch { 0 => $"plain {i}", 1 => $"com,ma {i}", 2 => $"quo\"te {i}", _ => $"two\nlines {i}" };
            expected.Add(new TextExample(text, $"l{i % 3}", line));
            content.Append($"l{i % 3},").Append(i % 4 == 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"").Append('\n');
            line += i % 4 == 3 ? 2 : 1;
        }

        Assert.Equal(expected, TextDatasetReader.Read(Write("d.csv", content.ToString())).Examples);
    }
}
