using System.Globalization;

namespace Recurant.Formats.Tests;

/// <summary>Situations from public bug reports of forecasting libraries, in small files of our own.</summary>
public sealed class SeriesCaseTests : SeriesFiles
{
    private static DateTime Day(int year, int month, int day) => new(year, month, day);

    private static string Iso(DateTime time, string format = "yyyy-MM-dd") => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Autumn() => "local_time,load_mw\n" + Rows(30, i =>
        $"{Iso(new DateTime(2024, 10, 26, 20, 0, 0).AddHours(i < 7 ? i : i - 1), "yyyy-MM-dd HH:mm")},{230 + i}.5");

    [Fact]
    public void Read_RepeatedHourWithoutZone_KeepsBothRowsAndSaysSo()
    {
        SeriesFile file = Read("d.csv", Autumn());
        Assert.Equal((30, TimeUnit.Ticks), (file.Table.Rows, file.Table.Axis!.Rule.Unit));
        Assert.Equal("236.5 237.5", Values(file, "load_mw").Split(' ')[6..8] is [{ } a, { } b] ? $"{a} {b}" : "");
        Assert.Equal(
            "d.csv: a local hour comes twice (lines 8 and 9 2024-10-27 02:00), which looks like a change of clocks; both rows "
            + "are kept. Give --time-zone NAME (TimeZone), such as --time-zone Europe/Berlin, and the steps are equal.",
                Warnings(file));
    }

    [Fact]
    public void Read_RepeatedHourWithZone_HasEqualSteps()
    {
        SeriesFile file = Read("d.csv", Autumn(), new SeriesFormatOptions { TimeZone = "Europe/Berlin" });
        Assert.Empty(file.Table.Warnings);
        Assert.Equal("hourly, Europe/Berlin", file.Table.Axis!.ToString());
        Assert.All(Enumerable.Range(1, 29), row =>
            Assert.Equal(TimeSpan.TicksPerHour, file.Table.InstantOf(row) - file.Table.InstantOf(row - 1)));
        Assert.Equal("2024-10-28 01:00", Next(file, 1));
    }

    [Fact]
    public void Read_HalfHourOffset_ContinuesAtTheHourOfTheFile()
    {
        SeriesFile file = Read("d.csv", "unique_id,ds,y\n" + string.Concat(new[] { "g2", "g1" }.Select(id => Rows(24, i =>
            $"{id},{Iso(new DateTime(2024, 6, 4, 17, 0, 0).AddHours(i), "yyyy-MM-dd HH:mm:ss")}+05:30,{i}.25"))));
        Assert.Equal("g2 24, g1 24", Spans(file));
        Assert.Equal("2024-06-05 17:00:00+05:30 | 2024-06-05 18:00:00+05:30", Next(file, 2));
        Assert.Equal(new TimeAxis(new TimeRule(TimeUnit.Ticks, TimeSpan.TicksPerHour), new TimeSpan(5, 30, 0)), file.Table.Axis);
    }

    [Fact]
    public void Read_MonthEnds_ContinueWithMonthEnds()
    {
        SeriesFile file = Read("d.csv", "date,sales\n"
            + Rows(36, i => $"{Iso(Day(2020, 12, 1).AddMonths(i).AddDays(-1))},{i}.5"));
        Assert.Equal("CSV, time \"date\" (monthly, on the last day, 36 steps), number \"sales\"", file.Description);
        Assert.Equal("2023-11-30 | 2023-12-31 | 2024-01-31 | 2024-02-29", Next(file, 4));
    }

    [Fact]
    public void Read_DecimalCommas_AreJudgedByTheWholeFile()
    {
        SeriesFile file = Read("d.csv",
            "Datum;Umsatz;F\u00E4lle;je 100k\n01.01.2024;5.840,72;2.155;19,47\n08.01.2024;5.856,77;2.186;19,61\n"
            + "15.01.2024;5.869,57;2.217;19,76\n22.01.2024;-12,5;3;0,5\n");
        Assert.Equal("5840.72 5856.77 5869.57 -12.5", Values(file, "Umsatz"));
        Assert.Equal("2155 2186 2217 3", Values(file, "F\u00E4lle"));
        Assert.Equal("19.47 19.61 19.76 0.5", Values(file, "je 100k"));
        Assert.Equal("29.01.2024", Next(file, 1));
        Assert.Equal(
            "d.csv: \"2.217\" in the column \"F\u00E4lle\" is read as 2217, since other columns use the comma as the decimal "
            + "mark.",
            Warnings(file));
    }

    [Fact]
    public void Read_ThousandsCurrencyPercent_AreNumbers()
    {
        SeriesFile file = Read("d.csv", "Month,Revenue,Growth,Share\n01/31/2024,\"$1,234,567\",(3.5),12.0%\n"
            + "02/29/2024,\"$1,242,667\",(3.1),12.1%\n03/31/2024,\"$1,250,767\",2.7,12.2%\n04/30/2024,-$5,0,1%\n");
        Assert.Equal("1234567 1242667 1250767 -5", Values(file, "Revenue"));
        Assert.Equal("-3.5 -3.1 2.7 0", Values(file, "Growth"));
        Assert.Equal("12 12.1 12.2 1", Values(file, "Share"));
        Assert.Equal("05/31/2024 | 06/30/2024", Next(file, 2));
        Assert.Equal("d.csv: percents in the column \"Share\" are read as they stand: 12% is 12.", Warnings(file));
    }

    [Fact]
    public void Read_MissingDaysOfOneSeries_ArePutInWithoutValues()
    {
        int[] gone = [6, 7, 8, 14];
        SeriesFile file = Read("d.csv", "family,ds,y\n" + Rows(18, i => $"A,{Iso(Day(2024, 3, 1 + i))},{10 + (i % 7)}")
            + string.Join('\n', Enumerable.Range(1, 18).Except(gone).Select(day =>
                $"B,{Iso(Day(2024, 3, day))},{200 + (day % 6)}")) + "\n"
            + Rows(15, i => $"C,{Iso(Day(2024, 3, 4 + i))},{6 + i}"));
        Assert.Equal("A 18, B 18, C 15", Spans(file));
        Assert.Equal("201 202 203 204 205 - - - 203 204 205 200 201 - 203 204 205 200", Values(file, "y", 1));
        Assert.Equal(
            "d.csv: 4 rows are missing between the others (daily), the first at 2024-03-06; they are put in without values: "
            + "\"B\" 4.",
            Warnings(file));
    }

    [Fact]
    public void Read_SteppedNumbers_AreCountedTimes()
    {
        SeriesFile file = Read("d.csv", "unique_id,ds,y\n" + Rows(19, i => $"const7,{i},7")
            + Rows(19, i => $"late,{i},{(i < 17 ? 0 : 5)}"));
        Assert.Equal("const7 19, late 19", Spans(file));
        Assert.True(file.Table.Axis!.IsCounted);
        Assert.Equal("19 | 20", Next(file, 2, 1));
        Assert.Equal((null, "y"), (file.LabelColumn, file.Targets[0]));
    }

    [Fact]
    public void Read_SeriesOfOneRow_StaysBesideTheOthers()
    {
        SeriesFile file = Read("d.csv", "unique_id,ds,y\n" + Rows(5, i =>
            $"A,{Iso(Day(2021, 5, 1).AddMonths(i).AddDays(-1))},{i * 1000}")
            + "one,2021-08-31,17\n" + Rows(36, i => $"long,{Iso(Day(2018, 10, 1).AddMonths(i).AddDays(-1))},{i}.5"));
        Assert.Equal("A 5, one 1, long 36", Spans(file));
        Assert.Equal("2021-09-30", Next(file, 1, 1));
    }

    private const string Twice = "unique_id,ds,y\ns1,2024-04-04,13\ns1,2024-04-05,14\ns1,2024-04-05,14\ns1,2024-04-06,15\n"
        + "s2,2024-04-05,15\ns2,2024-04-06,16\ns2,2024-04-06,99\ns2,2024-04-07,17\n";

    [Fact]
    public void Read_OneTimeWithTwoValues_IsRefusedWithBothLines() => Assert.Equal(
        "d.csv: lines 7 and 8 both hold the time 2024-04-06 of the series \"s2\", with different values (16 and 99 in the column "
        + "\"y\"). Mend the file, name the column that tells them apart with --id (Id), or say what counts: --duplicates first, "
        + "last, mean or sum (Duplicates).", SeriesFault("d.csv", Twice));

    [Theory]
    [InlineData(DuplicateRows.First, "15 16 17", "the first of them counts")]
    [InlineData(DuplicateRows.Last, "15 99 17", "the last of them counts")]
    [InlineData(DuplicateRows.Mean, "15 57.5 17", "their mean counts")]
    [InlineData(DuplicateRows.Sum, "15 115 17", "their sum counts")]
    public void Read_OneTimeWithTwoValues_FollowsTheOption(DuplicateRows option, string expected, string said)
    {
        SeriesFile file = Read("d.csv", Twice, new SeriesFormatOptions { Duplicates = option });
        Assert.Equal("13 14 15", Values(file, "y", 0));
        Assert.Equal(expected, Values(file, "y", 1));
        Assert.Equal(
            "d.csv: 1 row is the same as another with the same time; one of them is kept (the first: lines 3 and 4 "
            + $"2024-04-05).\nd.csv: 1 row has the time of another; {said}.", Warnings(file));
    }

    [Fact]
    public void Read_BlanksAtBothEnds_AreRowsWithoutValue()
    {
        SeriesFile file = Read("d.csv", "timestamp,value\n" + Rows(40, i =>
            $"{Iso(Day(2019, 11, 23).AddDays(i))},{(i < 9 || i == 20 || i > 36 ? "NaN" : $"{6000 + i}")}"));
        Assert.Equal((40, 0), (file.Table.Rows, file.FutureRows[0]));
        Assert.Equal("2020-01-02", Next(file, 1));
        Assert.Equal(13, Values(file, "value").Split(' ').Count(value => value == "-"));
    }

    [Fact]
    public void Read_EpochMilliseconds_AreToldBySizeAndMayJitter()
    {
        double[] jitter = [0, -0.5, -0.5, 0, -0.5];
        string row(int i) =>
            $"{(1664445000123 + (200L * i) + jitter[i % 5]).ToString("0.0", CultureInfo.InvariantCulture)},0.{i:00}25";
        SeriesFile file = Read("d.csv", "timestamp,accel_x\n" + Rows(22, row) + Rows(18, row, 24));
        Assert.Equal(new TimeRule(TimeUnit.Ticks, 2_000_000), file.Table.Axis!.Rule);
        Assert.Equal("1664445000123.0", Time(file, 0));
        Assert.Equal(new DateTime(2022, 9, 29, 9, 50, 0, 123), file.Table.TimeOf(0));
        Assert.Equal((42, "-"), (file.Table.Rows, Values(file, "accel_x").Split(' ')[22]));
        Assert.StartsWith("d.csv: 2 rows are missing between the others (every 200 ms)", Warnings(file));
    }

    [Fact]
    public void Read_BlankTargetWithKnownColumns_IsTheFuture()
    {
        SeriesFile file = Read("d.csv", "time,y,is_open,temp_forecast\n" + Rows(42, i =>
            $"{Iso(new DateTime(2022, 9, 30).AddHours(i), "yyyy-MM-dd HH:mm")},{(i < 30 ? $"{50 + i}.0" : "")},{i % 2},{i}.5"));
        Assert.Equal("y 12", $"{file.Targets.Single()} {file.FutureRows.Single()}");
    }

    [Fact]
    public void Read_CategoriesNeverSeen_AreUnknownAndSaidOnce()
    {
        SeriesFile train = Read("a.csv", "color,step,weekday,y\n" + string.Concat(new[] { "red", "blue" }.Select(id =>
            Rows(12, i => $"{id},{i},{(i % 2 == 0 ? "mon" : "tue")},{i}"))));
        Assert.Equal("red 12, blue 12", Spans(train));
        Assert.Equal(["mon", "tue"], train.Table.Columns[0].Categories);
        var options = new SeriesFormatOptions
        {
            Id = "color", Time = ["step"], Expected = [new ExpectedColumn("y"), new ExpectedColumn("weekday", ["mon", "tue"])],
        };
        SeriesFile test = Read("b.csv", "color,step,weekday,y\ngreen,0,mon,20\ngreen,1,holiday,21\ngreen,2,holiday,22\n",
            options);
        Assert.Equal(["y", "weekday"], test.Table.Columns.Select(column => column.Name));
        Assert.Equal("mon - -", Values(test, "weekday"));
        Assert.Equal(
            "b.csv: \"holiday\" in the column \"weekday\" is a category that the model was not trained with; it is taken as "
            + "unknown.",
            Warnings(test));
    }

    [Fact]
    public void Read_HeadOfTsThatLies_IsSaid()
    {
        SeriesFile file = Read("d.ts", "# own example\n@problemName Tilt\n@timeStamps false\n@missing false\n@univariate "
            + "false\n@dimensions 2\n@equalLength true\n@seriesLength 3\n@classLabel true left "
            + "right\n@data\n1,2,3:4,5,6:left\n7,8,?,10:1,NaN,3,4:right\n");
        Assert.Equal("1 3, 2 4", Spans(file));
        Assert.Equal("1 2 3 7 8 - 10", Values(file, "dim1"));
        Assert.Equal("left left left right right right right", Values(file, "label"));
        Assert.Equal(("label", true), (file.LabelColumn, file.LabelIsConstant));
        Assert.Equal(
            "d.ts: the head says 3 steps in every sequence, and 1 of 2 have others; that no value is missing, and 2 are; what is "
            + "there counts.", Warnings(file));
    }

    [Fact]
    public void Read_DayOrMonthFirst_IsToldByTheRule()
    {
        SeriesFile file = Read("d.csv", "date,y\n" + Rows(12, i => $"{i + 1:00}/02/2024,{i}"));
        Assert.Equal(new TimeRule(TimeUnit.Days, 1), file.Table.Axis!.Rule);
        Assert.Equal("13/02/2024", Next(file, 1));
        Assert.Equal(
            "d.csv: the times of the column \"date\" are read as dd/MM/yyyy, since they are regular so and not as MM/dd/yyyy; "
            + "--day-first says otherwise (DayFirst).", Warnings(file));
        string first = "date,y\n" + Rows(12, i => $"{i + 1:00}/01/2024,{i}");
        Assert.Equal(
            "e.csv: nothing shows whether the times of the column \"date\" are dd/MM/yyyy or MM/dd/yyyy. Say whether the day "
            + "stands first: --day-first true or --day-first false (DayFirst).", SeriesFault("e.csv", first));
        SeriesFile months = Read("e.csv", first, new SeriesFormatOptions { DayFirst = false });
        Assert.Equal(new TimeRule(TimeUnit.Months, 1, 1), months.Table.Axis!.Rule);
    }
}
