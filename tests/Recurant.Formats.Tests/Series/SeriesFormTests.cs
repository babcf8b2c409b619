namespace Recurant.Formats.Tests;

/// <summary>The forms that tables of numbers and sequences come in.</summary>
public sealed class SeriesFormTests : SeriesFiles
{
    [Fact]
    public void Read_OneColumnOfNumbers_IsASeriesWithoutTimes()
    {
        SeriesFile file = Read("d.txt", "112\n98\n69\n");
        Assert.Equal(("112 98 69", "3"), (Values(file, "c1"), Spans(file)));
        Assert.Null(file.Times);
    }

    [Fact]
    public void Read_WideTable_IsOneSeriesOfManyColumns()
    {
        SeriesFile file = Read("d.csv", "date,HUFL,OT\n2016-07-01 00:00:00,5.5,30.5\n2016-07-01 01:00:00,5.25,27\n2016-07-01 "
            + "02:00:00,NA,-1e2\n");
        Assert.Equal(("5.5 5.25 -", "30.5 27 -100"), (Values(file, "HUFL"), Values(file, "OT")));
        Assert.Equal("2016-07-01 03:00:00", Next(file, 1));
    }

    [Fact]
    public void Read_QuotedMonths_AndAFooter()
    {
        SeriesFile file = Read("d.csv", "\"Month\",\"International airline "
            + "passengers\"\n\"1949-01\",112\n\"1949-02\",118\n\"1949-03\",132\n\"1949-04\",129\n\n\"International airline "
            + "passengers: monthly totals\"\n");
        Assert.Equal(("112 118 132 129", "1949-05"), (Values(file, "International airline passengers"), Next(file, 1)));
        Assert.Equal("d.csv: the last line is passed over: no rows like those above.", Warnings(file));
    }

    [Fact]
    public void Read_HeaderOneNameShort_HasRowNumbersFirst()
    {
        SeriesFile file = Read("d.txt", "\"date\",\"Temperature\",\"Occupancy\"\n\"1\",\"2015-02-04 "
            + "17:51:00\",23.18,1\n\"2\",\"2015-02-04 17:51:59\",23.15,0\n\"3\",\"2015-02-04 17:53:00\",23.15,1\n");
        Assert.Equal(["Temperature", "Occupancy"], file.Table.Columns.Select(column => column.Name));
        Assert.Equal("every minute", file.Table.Axis!.ToString());
        Assert.Equal(
            "d.txt: the header names 3 columns and the rows have 4; the first column is taken for row names without a name.",
            Warnings(file));
    }

    [Fact]
    public void Read_TimeInSeveralColumns_IsPutTogether()
    {
        SeriesFile file = Read("d.csv",
            "No,year,month,day,hour,pm2.5,cbwd\n1,2010,1,1,22,NA,NW\n2,2010,1,1,23,5,cv\n3,2010,1,2,0,7,NW\n");
        Assert.Equal(["year", "month", "day", "hour"], file.TimeColumns);
        Assert.Equal(("- 5 7", "NW cv NW", "2010,1,2,1"), (Values(file, "pm2.5"), Values(file, "cbwd"), Next(file, 1)));
        Assert.Equal(2, file.Table.Columns.Count);
    }

    [Fact]
    public void Read_DateAndClock_AreOneTime()
    {
        SeriesFile file = Read("d.txt",
            "Date;Time;Power\n16/12/2006;17:24:00;4.216\n16/12/2006;17:25:00;5.360\n16/12/2006;17:26:00;?\n");
        Assert.Equal(("16/12/2006,17:27:00", "4.216 5.36 -"), (Next(file, 1), Values(file, "Power")));
    }

    [Fact]
    public void Read_RowsOfUnequalLength_AreSeries()
    {
        string values(int n) => string.Join(',', Enumerable.Range(0, 10).Select(i => i < n ? $"\"{100 + i}\"" : ""));
        SeriesFile file = Read("d.csv", string.Join(',', Enumerable.Range(1, 11).Select(i => $"\"V{i}\"")) + "\n"
            + $"\"H1\",{values(7)}\n\"H2\",{values(10)}\n");
        Assert.Equal("H1 7, H2 10", Spans(file));
        Assert.Equal("100 101 102 103 104 105 106", Values(file, "value", 0));
        Assert.Equal("V1", file.IdColumn);
    }

    [Fact]
    public void Read_RowsWithALabel_AreSequences()
    {
        SeriesFile file = Read("d.csv", string.Join(',', Enumerable.Range(0, 10).Select(i => $"t{i}")) + ",label\n"
            + Rows(6, r => string.Join(',', Enumerable.Range(0, 10).Select(i => $"{r}.{i}")) + (r % 2 == 0 ? ",walk" : ",run")));
        Assert.Equal("1 10, 2 10, 3 10, 4 10, 5 10, 6 10", Spans(file));
        Assert.Equal(("label", true), (file.LabelColumn, file.LabelIsConstant));
        Assert.Equal(["run", "walk"], file.Table.Columns[file.Table.IndexOf("label")].Categories);
    }

    [Fact]
    public void Read_RowsWithDatesAbove_AreSeriesWithTimes()
    {
        SeriesFile file = Read("d.csv", "Page,2015-07-01,2015-07-02,2015-07-03\na,1,2,3\nb,,5,6\n");
        Assert.Equal("a 3, b 2", Spans(file));
        Assert.Equal(("2015-07-02", "2015-07-04"), (Time(file, 3), Next(file, 1)));
    }

    [Fact]
    public void Read_BlanksWithoutHeader_AreUnitsAndCycles()
    {
        SeriesFile file = Read("d.txt", "1 1 -0.0007 100.0  \n1 2 0.0019 100.0  \n1 3 0.5 99\n2 1 0.25 98 \n2 2 0.5 97\n");
        Assert.Equal(("1 3, 2 2", "c1"), (Spans(file), file.IdColumn));
        Assert.Equal("100 100 99 98 97", Values(file, "c4"));
        Assert.True(file.Table.Axis!.IsCounted);
    }

    [Fact]
    public void Read_SequencesWithALabelColumn_FindIdTimeAndLabel()
    {
        SeriesFile file = Read("d.csv", "seq,speaker,t,c1\n" + string.Concat(Enumerable.Range(0, 8).Select(s =>
            Rows(5 + (s % 3), t => $"{s},{1 + (s % 2)},{t},{s}.{t}5"))));
        Assert.Equal(("seq", "speaker", true), (file.IdColumn, file.LabelColumn, file.LabelIsConstant));
        SeriesFile named = Read("d.csv", File.ReadAllText(Path.Combine(Root, "d.csv")),
            new SeriesFormatOptions { Label = "speaker" });
        Assert.Equal(["1", "2"], named.Table.Columns[0].Categories);
    }

    [Fact]
    public void Read_Tsf_MakesTimesFromTheFrequency()
    {
        SeriesFile file = Read("d.tsf", "# about\n@relation test\n@attribute series_name string\n@attribute start_timestamp "
            + "date\n@frequency monthly\n@horizon 4\n@missing true\n@equallength false\n@data\nT1:1979-01-31 "
            + "00-00-00:1,?,3\nT2:1979-03-31 00-00-00:4,5\n");
        Assert.Equal(("T1 3, T2 2", "1 - 3 4 5"), (Spans(file), Values(file, "value")));
        Assert.Equal("1979-04-30 00-00-00 | 1979-05-31 00-00-00", Next(file, 2));
    }

    [Fact]
    public void Read_TsfWithoutStart_HasNoTimes()
    {
        SeriesFile file = Read("d.tsf", "@relation test\n@attribute series_name string\n@frequency "
            + "yearly\n@data\nT1:1,2\nT2:3\n");
        Assert.Equal(("T1 2, T2 1", "1 2 3"), (Spans(file), Values(file, "value")));
        Assert.Null(file.Table.Axis);
    }

    [Fact]
    public void Read_TsWithTimes_ReadsPairs()
    {
        SeriesFile file = Read("d.ts", "@problemName x\n@timeStamps true\n@univariate true\n@classLabel true 1 "
            + "2\n@data\n(2007-01-01 00:00:00,241.5),(2007-01-01 00:01:00,?):1\n(2008-09-09 20:56:00,4.0),(2008-09-09 "
            + "20:57:00,0.0):2\n");
        Assert.Equal(("241.5 - 4 0", "every minute"), (Values(file, "value"), file.Table.Axis!.ToString()));
        Assert.Equal("2008-09-09 20:58:00", Next(file, 1, 1));
    }

    [Theory]
    [InlineData(PixelOrder.Row, "1 2, 2 2", "pixel1", "0 1 0.2 0.4")]
    [InlineData(PixelOrder.Pixel, "1 6, 2 6", "pixel", "0 0 0 1 0 0 0.2 0 0 0.4 0 0")]
    public void Read_Idx_ReadsRowsOrPixelsAndLabels(PixelOrder order, string spans, string column, string values)
    {
        Write("x-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 7, 3]);
        string path = Write("x-images-idx3-ubyte",
            (byte[])[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 255, 0, 0, 51, 0, 0, 102, 0, 0]);
        SeriesFile file = SeriesReader.Read(path, new SeriesFormatOptions { Pixels = order });
        Assert.Equal((spans, values), (Spans(file), Values(file, column)));
        Assert.Equal("7", Values(file, "label").Split(' ')[0]);
        Assert.Equal(["3", "7"], file.Table.Columns[^1].Categories);
    }

    /// <summary>
    /// A number takes 4 bytes and a time 8, twice, since lists that grow are copied once; and the file passes through buffers.
    /// </summary>
    [Fact]
    public void Read_ManyRows_AllocatesLittleARow()
    {
        const int Few = 100_000, Many = 200_000, MostOfARow = (2 * (4 + 8)) + (2 * 34);
        var start = new DateTime(2024, 1, 1);
        long Allocated(int count)
        {
            string path = Write("d.csv", "id,time,value\n" + Rows(count, i =>
                $"s{i / 1000},{start.AddMinutes(i % 1000):yyyy-MM-dd HH:mm:ss},{i % 977}.25"));
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(count, SeriesReader.Read(path).Table.Rows);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(Few); // what is made once
        Assert.InRange((Allocated(Many) - Allocated(Few)) / (Many - Few), 12, MostOfARow);
    }
}
