namespace Recurant.Formats.Tests;

/// <summary>What is wrong with a table of numbers is said with its place and a way out.</summary>
public sealed class SeriesFaultTests : SeriesFiles
{
    private const string Days = "date,y,z\n2024-01-01,1,5\n2024-01-02,2,6\n2024-01-03,3,7\n";

    [Theory]
    [InlineData("d.csv", Days + "2024-01-04,inf,8\n",
        "d.csv, line 5, column 12: \"inf\" in the column \"y\" is infinite, or larger than 32 bits hold. Leave it blank if it is "
        + "missing.")]
    [InlineData("d.csv", Days + "2024-01-04,1e39,8\n",
        "d.csv, line 5, column 12: \"1e39\" in the column \"y\" is infinite, or larger than 32 bits hold. Leave it blank if it "
        + "is missing.")]
    [InlineData("d.csv", Days + "2024-01-04,4\n2024-01-05,5,9\n",
        "d.csv, line 5, column 12: too few fields: expected 3, found 2. Put a field that holds the separator in double quotes; "
        + "--delimiter names another separator.")]
    [InlineData("d.csv", Days + "2024-01-04,4,8,9\n2024-01-05,5,9\n",
        "d.csv, line 5, column 16: too many fields: expected 3, found 4. Put a field that holds the separator in double quotes; "
        + "--delimiter names another separator.")]
    [InlineData("d.csv", Days + ",4,8\n",
        "d.csv, line 5, column 1: the time is missing (column \"date\"). Every row needs one.")]
    [InlineData("d.csv", Days + "2024-01-04,\"4,8\n",
        "d.csv, line 5, column 12: the quote that opens here is never closed. Close it, or double quotes that belong to the "
        + "text.")]
    [InlineData("d.csv", Days + "2024-01-04,\"4\"x,8\n",
        "d.csv, line 5, column 15: text follows the closing quote of a field. Double the quotes inside a field, and close it "
        + "right before the separator.")]
    [InlineData("d.csv", "\n\n", "d.csv: the file is empty; a table of numbers is expected.")]
    [InlineData("d.csv", "date,y\n", "d.csv: there is a header and no row below it; rows of numbers are expected.")]
    [InlineData("d.csv", "a,b\nx,y\nz,w\n", "d.csv: no column holds numbers.")]
    [InlineData("d.csv", "date,y\n2024-01-01,16\n2024-01-01,99\n2024-01-02,3\n",
        "d.csv: lines 2 and 3 both hold the time 2024-01-01, with different values (16 and 99 in the column \"y\"). Mend the "
        + "file, name the column that tells them apart with --id (Id), or say what counts: --duplicates first, last, mean or sum "
        + "(Duplicates).")]
    [InlineData("d.ts", "@classLabel true a b\n@data\n1,2:c\n",
        "d.ts, line 3, column 5: \"c\" is none of the labels that the head names. They are: \"a\", \"b\".")]
    [InlineData("d.ts", "@classLabel true a b\n@data\n1,x:a\n",
        "d.ts, line 3, column 3: \"x\" is no number. Write ? for a missing value.")]
    [InlineData("d.ts", "@classLabel true a b\n@data\n1,2\n",
        "d.ts, line 3, column 3: the label is missing: a colon and it are expected behind the last dimension.")]
    [InlineData("d.ts", "@problemName x\n", "d.ts: there is no line @data; the sequences are expected below it.")]
    [InlineData("d.tsf", "@attribute series_name string\n@data\nT1:1,-inf\n",
        "d.tsf, line 3, column 6: \"-inf\" is no finite number. Write ? for a missing value.")]
    [InlineData("d.tsf", "@attribute series_name string\n@data\n1,2\n",
        "d.tsf, line 3: 1 attributes and the values are expected, with colons between; found 1 parts.")]
    [InlineData("d.arff", "@attribute a numeric\n@attribute b numeric\n@data\n1\n",
        "d.arff, line 4: 2 values are expected, one for each attribute; found 1.")]
    public void Read_FaultyFile_SaysWhatAndWhere(string name, string content, string expected) =>
        Assert.Equal(expected, SeriesFault(name, content));

    [Fact]
    public void Read_OptionsThatNameNothing_AreRefused()
    {
        Assert.Equal(
            "d.csv, line 1: there is no column \"dat\" for the time. The columns are: \"date\", \"y\", \"z\". Did you mean "
            + "\"date\"?",
            SeriesFault("d.csv", Days, new SeriesFormatOptions { Time = ["dat"] }));
        Assert.Equal(
            "d.csv: there is no column \"w\". The columns are: \"y\", \"z\".",
            SeriesFault("d.csv", Days, new SeriesFormatOptions { Targets = ["w"] }));
        string path = Write("e.csv", Days);
        Assert.Contains("There is no time zone \"Europe/Berlim\"", Assert.Throws<ArgumentException>(() =>
            SeriesReader.Read(path, new SeriesFormatOptions { TimeZone = "Europe/Berlim" })).Message);
        Assert.Contains("There is no format \"excel\" of numbers.", Assert.Throws<ArgumentException>(() =>
            SeriesReader.Read(path, new SeriesFormatOptions { Format = "excel" })).Message);
        Assert.Equal(
            "f.csv: the column \"k\" holds no times that are known, such as \"a\". Dates such as 2024-01-31, 31.01.2024 or Jan "
            + "31 2024, times of day behind them, seconds or milliseconds since 1970 and numbers that count are read.",
            SeriesFault("f.csv", "k,y\na,1\nb,2\n", new SeriesFormatOptions { Time = ["k"] }));
    }

    [Fact]
    public void Read_ExpectedColumns_AreTheTable()
    {
        ExpectedColumn[] expected = [new("z"), new("y") { MayBeMissing = true }];
        SeriesFile file = Read("d.csv", "date,w,z\n2024-01-01,1,5\n2024-01-02,2,6\n",
            new SeriesFormatOptions { Expected = expected });
        Assert.Equal(("5 6", "- -", 2), (Values(file, "z"), Values(file, "y"), file.Table.Columns.Count));
        Assert.Equal(
            "e.csv: there is no column \"z\", which the model was trained with. The columns are: \"w\", \"y\".",
            SeriesFault("e.csv", "date,w,y\n2024-01-01,1,5\n2024-01-02,2,6\n", new SeriesFormatOptions { Expected = expected }));
        SeriesFile sequences = Read("d.ts", "@classLabel true b c\n@data\n1,2:b\n3,4:c\n", new SeriesFormatOptions
        {
            Expected = [new("value"), new("label", ["a", "b"])],
        });
        Assert.Equal("b b - -", Values(sequences, "label"));
        Assert.Equal(
            "d.ts: \"c\" in the column \"label\" is a category that the model was not trained with; it is taken as unknown.",
            Warnings(sequences));
    }

    [Theory]
    [InlineData("d.ts", "@classLabel true b c\n@data\n1,2:b\n3,4:c\n")]
    [InlineData("d.csv", "id,label,value\n1,b,1\n1,b,2\n2,c,3\n2,c,4\n")]
    public void Read_CategoriesThatMayBeNoOthers_AreRefusedByName(string name, string text)
    {
        var closed = new ExpectedColumn("label", ["a", "b"]) { IsClosed = true };
        Assert.Equal(
            $"{name}: \"c\" in the column \"label\" is none of what the model can answer: \"a\", \"b\".",
            SeriesFault(name, text, new SeriesFormatOptions { Expected = [new("value"), closed] }));
        closed = closed with { Categories = ["b", "c"] };
        SeriesFile fits = Read(name, text, new SeriesFormatOptions { Expected = [new("value"), closed] });
        Assert.Equal("b b c c", Values(fits, "label"));
    }

    [Fact]
    public void Read_LaterRowsOtherwise_AreLookedAtAgain()
    {
        SeriesFile words = Read("d.csv", "t,y,k\n" + Rows(1200, i => $"{i},0.5,{(i < 1100 ? "7" : "x7")}"));
        Assert.Equal(["7", "x7"], words.Table.Columns[1].Categories);
        Assert.StartsWith("d.csv, line ", SeriesFault("d.csv", "t,k\n" + Rows(1200, i => $"{i},{(i == 1100 ? "x7" : "7")}")));
        SeriesFile ids = Read("e.csv", "family,ds,y\n" + Rows(1100, i => $"a,{i},1.5") + Rows(1100, i => $"b,{i},2.5"));
        Assert.Equal("a 1100, b 1100", Spans(ids));
    }

    [Fact]
    public void Read_TimesThatGoBack_AreSortedAndSaid()
    {
        SeriesFile file = Read("d.csv", "date,y\n2024-01-03,3\n2024-01-01,1\n2024-01-02,2\n2024-01-04,4\n2024-01-05,5\n");
        Assert.Equal("1 2 3 4 5", Values(file, "y"));
        Assert.Equal("d.csv: the times go back; the rows are sorted by time.", Warnings(file));
        // Newest first is an order like any other.
        Assert.Empty(Read("e.csv", "date,y\n2024-01-03,3\n2024-01-02,2\n2024-01-01,1\n").Table.Warnings);
    }

    [Fact]
    public void Read_ColumnOfManyWords_IsPassedOverAndSaid()
    {
        SeriesFile file = Read("d.csv", "t,y,note\n" + Rows(1500, i => $"{i},{i}.5,the note {i}"));
        Assert.Equal(["y"], file.Table.Columns.Select(column => column.Name));
        Assert.Equal(
            "d.csv: the column \"note\" holds words, more than 1,000 different ones; it is passed over.", Warnings(file));
    }

    [Fact]
    public void Read_TwoColumnsNameTheSeries_TogetherAreTheId()
    {
        SeriesFile file = Read("d.csv", "date,store,item,sales\n" + string.Concat(Enumerable.Range(0, 4).Select(each =>
            Rows(6, i => $"2024-01-{i + 1:00},{each / 2},{each % 2},{i + each}"))));
        Assert.Equal("0/0 6, 0/1 6, 1/0 6, 1/1 6", Spans(file));
        Assert.Equal(("store,item", "1 0"), (file.IdColumn, string.Join(' ', file.IdValues("1/0"))));
        SeriesFile named = SeriesReader.Read(Path.Combine(Root, "d.csv"), new SeriesFormatOptions { Id = file.IdColumn });
        Assert.Equal(Spans(file), Spans(named));
    }
}
