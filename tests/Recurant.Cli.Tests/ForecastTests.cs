using System.Globalization;
using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Forecasting from the command line; the situations come from public bug reports, the files are our own.</summary>
public sealed class ForecastTests : IDisposable
{
    private static readonly string[] s_small =
        ["--hidden", "4", "--epochs", "2", "--models", "1", "--batch", "8", "--threads", "1", "--out", "m.safetensors"];

    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void TrainAndPredict_MonthEnds_IsGuessedAndGoesOnWithMonthEnds()
    {
        _place.Write("m.csv", "date,sales\n" + Rows(36, i =>
            $"{Iso(new DateTime(2020, 12, 1).AddMonths(i).AddDays(-1))},{90 + 2 * i + (i % 12 == 1 ? 40 : 0)}.5"));
        CommandResult trained = Train("m.csv");
        Assert.Contains("time \"date\" (monthly, on the last day, 36 steps)", trained.Error, StringComparison.Ordinal);
        Assert.Contains("forecasts \"sales\"; --task names another task", trained.Error, StringComparison.Ordinal);
        Assert.Contains("7 rows, the last fifth of each series, are left for the test", trained.Error, StringComparison.Ordinal);
        Assert.Contains("target sales, season 12, no forecast below 0 (--allow-negative)", trained.Out, StringComparison.Ordinal);
        Assert.Matches("(?m)^seasonal naive +1 ", trained.Out);
        Assert.Contains("Next: recurant predict m.safetensors m.csv", trained.Out, StringComparison.Ordinal);
        string[][] rows = Predict("m.csv");
        Assert.Equal("date,mean,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9", string.Join(',', rows[0]));
        Assert.Equal(
            ["2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29"], rows.Skip(1).Take(4).Select(row => row[0]));
        Assert.Equal(12, rows.Length - 1);
        AssertAscending(rows, first: 2);
        Assert.Equal(
            ["2023-11-30", "2023-12-31"], Predict("m.csv", "--horizon", "2").Skip(1).Select(row => row[0]));
        CommandResult far = _place.Run("predict", "m.safetensors", "m.csv", "--horizon", "13");
        Assert.Equal(2, far.Code);
        Assert.Contains("\"13\" is not a whole number from 1 to 12", far.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_HalfHourZone_StaysAtTheHourOfTheFile()
    {
        _place.Write("z.csv", "unique_id,ds,y\n" + string.Concat(new[] { "g2", "g1" }.Select(id => Rows(60, i =>
            $"{id},{new DateTime(2024, 6, 4, 17, 0, 0).AddHours(i):yyyy-MM-dd HH:mm:ss}+05:30,{570 + i % 24}.25"))));
        Train("z.csv", "--horizon", "3", "--lookback", "6", "--segment", "3");
        string[][] rows = Predict("z.csv");
        Assert.Equal(
            [
                "g2 2024-06-07 05:00:00+05:30", "g2 2024-06-07 06:00:00+05:30", "g2 2024-06-07 07:00:00+05:30",
                "g1 2024-06-07 05:00:00+05:30", "g1 2024-06-07 06:00:00+05:30", "g1 2024-06-07 07:00:00+05:30",
            ],
            rows.Skip(1).Select(row => $"{row[0]} {row[1]}"));
        using var line = JsonDocument.Parse(
            _place.Run("predict", "m.safetensors", "z.csv", "--json").Out.Split('\n')[0]);
        Assert.Equal(
            ["id", "time", "mean", "quantiles"], line.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9",
            string.Join(' ', line.RootElement.GetProperty("quantiles").EnumerateObject().Select(member => member.Name)));
    }

    [Fact]
    public void Train_Json_HasScoresByHorizonBaselinesTimeAndSeries()
    {
        _place.Write("d.csv", "date,y\n" + Rows(60, i => $"{Iso(new DateTime(2024, 1, 1).AddDays(i))},{10 + i % 7 + i % 3}"));
        CommandResult result = Train("d.csv", "--json", "--horizon", "3");
        using var document = JsonDocument.Parse(result.Out);
        JsonElement root = document.RootElement, test = root.GetProperty("test");
        Assert.Equal("forecast", root.GetProperty("task").GetString());
        foreach (string key in (string[])["windows", "mae", "mse", "mase", "smape", "wql", "coverage80"])
        {
            Assert.True(test.GetProperty(key).GetDouble() >= 0, key);
        }

        // Of twelve rows ten origins have three steps behind them.
        Assert.Equal(10, test.GetProperty("windows").GetInt32());
        Assert.Equal(
            [1, 2, 3], test.GetProperty("by_horizon").EnumerateArray().Select(step => step.GetProperty("step").GetInt32()));
        Assert.Equal(
            ["last value", "seasonal naive", "linear", "theta"],
            root.GetProperty("baselines").EnumerateArray().Select(each => each.GetProperty("name").GetString()));
        Assert.All(root.GetProperty("baselines").EnumerateArray(), each =>
        {
            Assert.Equal(10, each.GetProperty("test").GetProperty("windows").GetInt32());
            Assert.False(each.GetProperty("test").TryGetProperty("loss", out _));
        });
        JsonElement time = root.GetProperty("time");
        Assert.Equal(("date", "daily", JsonValueKind.Null),
            (time.GetProperty("column").GetString(), time.GetProperty("rule").GetString(), time.GetProperty("zone").ValueKind));
        Assert.Equal(1, root.GetProperty("series").GetInt32());

        // The command that tests reads the same rows, and says the same.
        CommandResult tested = _place.Run("test", "m.safetensors", "d.csv", "--json", "--threads", "1");
        using var again = JsonDocument.Parse(tested.Out);
        Assert.Equal(test.GetProperty("mae").GetDouble(), again.RootElement.GetProperty("mae").GetDouble(), 1e-6);
    }

    [Fact]
    public void Train_FutureRows_AreTheHorizonAndNoRowsOfTheTest()
    {
        _place.Write("f.csv", Future(30, 12));
        CommandResult trained = Train("f.csv", "--known", "is_open,temp", "--target", "y");
        Assert.Contains("6 rows, the last fifth of each series, are left for the test", trained.Error, StringComparison.Ordinal);
        Assert.Contains("12 steps ahead", trained.Out, StringComparison.Ordinal);
        string[][] rows = Predict("f.csv");
        Assert.Equal((12, "2022-10-01 06:00", "2022-10-01 17:00"), (rows.Length - 1, rows[1][0], rows[^1][0]));
        CommandResult none = _place.Run(["train", "f.csv", "--known", "is_open,temp", "--test-rows", "0", .. s_small]);
        Assert.True(none.Code == 0, none.Error);
        Assert.DoesNotMatch("(?m)^test ", none.Out);

        // A model for more steps than are known.
        Train("f.csv", "--known", "is_open,temp", "--target", "y", "--horizon", "14");
        CommandResult refused = _place.Run("predict", "m.safetensors", "f.csv");
        Assert.Equal(1, refused.Code);
        Assert.Contains(
            "f.csv: there are 12 future rows, and 14 are needed, until 2022-10-01 19:00", refused.Error,
            StringComparison.Ordinal);
        Assert.Equal(13, Predict("f.csv", "--horizon", "12").Length);
    }

    [Fact]
    public void Predict_UnseenCategory_IsSaidOnceAndForecastNearItsLevel()
    {
        string Series(string id, int rows, int level, string sixth = "sun") => Rows(rows, i =>
            $"{id},{i},{((string[])["mon", "tue", "wed", "thu", "fri", "sat", sixth])[i % 7]},{level + i % 7}");
        _place.Write("t.csv", "color,step,weekday,y\n" + Series("red", 40, 5) + Series("blue", 40, 100));
        _place.Write("p.csv", "color,step,weekday,y\n" + Series("green", 30, 20, "holiday"));
        Train("t.csv", "--target", "y", "--horizon", "7", "--lookback", "14", "--season", "7");
        CommandResult result = _place.Run("predict", "m.safetensors", "p.csv");
        Assert.True(result.Code == 0, result.Error);
        Assert.Single(result.ErrorLines, line => line.Contains(
            "\"holiday\" in the column \"weekday\" is a category that the model was not trained with", StringComparison.Ordinal));
        string[][] rows = Cells(result.Out);
        Assert.Equal(7, rows.Length - 1);
        Assert.All(rows.Skip(1), row => Assert.InRange(Number(row[2]), 10, 40));
    }

    [Fact]
    public void Train_ConstantSeries_HasNoMaseNoNaNAndForecastsTheConstant()
    {
        _place.Write("c.csv", "unique_id,ds,y\n" + Rows(19, i => $"const7,{i},7") + Rows(19, i => $"zeros,{i},0"));
        CommandResult result = Train("c.csv", "--json", "--horizon", "3");
        using var document = JsonDocument.Parse(result.Out);
        JsonElement test = document.RootElement.GetProperty("test");
        Assert.DoesNotContain("NaN", result.Out, StringComparison.Ordinal);
        Assert.False(test.TryGetProperty("mase", out _));
        // What is counted has no season of the calendar.
        Assert.Equal((2, 1), (test.GetProperty("mase_undefined").GetInt32(), test.GetProperty("season").GetInt32()));
        string[][] rows = Predict("c.csv");
        Assert.Equal(
            ["const7 19", "const7 20", "const7 21", "zeros 19"], rows.Skip(1).Take(4).Select(row => $"{row[0]} {row[1]}"));
        Assert.All(rows.Skip(1).Take(3), row => Assert.InRange(Number(row[2]), 6.5, 7.5));
        Assert.All(rows.Skip(4), row => Assert.InRange(Number(row[2]), 0, 0.1));
    }

    [Fact]
    public void Train_SeriesTooShort_AreNamedAndForecastAllTheSame()
    {
        string MonthEnd(int year, int month, int more) => Iso(new DateTime(year, month, 1).AddMonths(more).AddDays(-1));
        _place.Write("s.csv", "unique_id,ds,y\n" + Rows(5, i => $"A,{MonthEnd(2021, 5, i)},{1000 * i}")
            + "one,2021-08-31,17\n" + Rows(48, i => $"long,{MonthEnd(2017, 10, i)},{i % 12}.5"));
        CommandResult trained = Train("s.csv", "--horizon", "4", "--lookback", "12", "--segment", "4");
        Assert.Contains(
            "2 of 3 series have fewer rows before the test than the 12 steps that are looked back on: \"A\", \"one\"",
            trained.Error, StringComparison.Ordinal);
        string[][] rows = Predict("s.csv");
        Assert.Equal(["A", "one", "long"], rows.Skip(1).Select(row => row[0]).Distinct());
        Assert.Equal("2021-09-30", rows.First(row => row[0] == "one")[1]);
        AssertAscending(rows, first: 3);
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("student-t")]
    [InlineData("negative-binomial")]
    public void TrainAndPredict_ADistribution_AnswersWithItsQuantiles(string distribution)
    {
        _place.Write("d.csv", "date,y\n" + Rows(60, i => $"{Iso(new DateTime(2024, 1, 1).AddDays(i))},{10 + i % 7 + i % 3}"));
        CommandResult trained = Train("d.csv", "--horizon", "3", "--distribution", distribution);
        Assert.Contains(distribution, trained.Out, StringComparison.Ordinal);
        string[][] rows = Predict("d.csv");
        Assert.Equal(3, rows.Length - 1);
        AssertAscending(rows, first: 2);
        if (distribution != "negative-binomial") return;
        Assert.All(rows.Skip(1).SelectMany(row => row.Skip(2)), cell => Assert.Equal(Math.Floor(Number(cell)), Number(cell)));
    }

    [Fact]
    public void Train_CountsThatAreNone_NamesTheFirstAndTheOptionsThatContradict()
    {
        _place.Write("h.csv", "date,y\n" + Rows(40, i => $"{Iso(new DateTime(2024, 1, 1).AddDays(i))},{(i == 4 ? 2.5 : i)}"));
        Refused("h.csv: \"y\" is 2.5 in row 5. A negative binomial distribution is of counts");
        Refused("--logarithms is true, but a negative binomial distribution reads counts as they are", "--logarithms", "true");
        Refused("--centre is last, but a negative binomial distribution reads counts from zero on", "--centre", "last");
        Refused("but a negative binomial distribution gives counts", "--allow-negative", "true");
        _place.Write("h.csv", "date,y\n" + Rows(40, i => $"{Iso(new DateTime(2024, 1, 1).AddDays(i))},{i - 3}"));
        Refused("h.csv: \"y\" is -3 in row 1");
        CommandResult unknown = _place.Run(["train", "h.csv", "--distribution", "normal", .. s_small]);
        Assert.Contains(
            "\"normal\" is none of quantiles, gaussian, student-t, negative-binomial", unknown.Error, StringComparison.Ordinal);

        void Refused(string part, params string[] more)
        {
            CommandResult refused = _place.Run(
                ["train", "h.csv", "--horizon", "3", "--distribution", "negative-binomial", .. more, .. s_small]);
            Assert.NotEqual(0, refused.Code);
            Assert.Contains(part, refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Train_DuplicateRows_NamesBothLinesUnlessDecided()
    {
        string rows = "unique_id,ds,y\n" + Rows(30, i => $"s1,{Iso(new DateTime(2024, 4, 1).AddDays(i))},{10 + i}")
            + "s1,2024-04-30,99\n";
        _place.Write("d.csv", rows);
        CommandResult refused = _place.Run(["train", "d.csv", .. s_small]);
        Assert.Equal(1, refused.Code);
        Assert.Contains("lines 31 and 32 both hold the time 2024-04-30", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--duplicates first, last, mean or sum", refused.Error, StringComparison.Ordinal);
        Train("d.csv", "--duplicates", "last");
    }

    [Fact]
    public void Predict_Counts_IsNeverBelowZeroUnlessAllowed()
    {
        _place.Write("n.csv", "day,units\n" + Rows(70, i =>
            $"{Iso(new DateTime(2019, 1, 1).AddDays(i))},{(i % 5 == 0 || i % 11 == 3 ? 1 + i % 4 : 0)}"));
        CommandResult trained = Train("n.csv");
        Assert.Contains("no forecast below 0 (--allow-negative)", trained.Out, StringComparison.Ordinal);
        Assert.All(Predict("n.csv").Skip(1).SelectMany(row => row.Skip(1)), cell => Assert.True(Number(cell) >= 0, cell));
        Assert.DoesNotContain(
            "below 0", Train("n.csv", "--allow-negative", "true", "--logarithms", "false").Out, StringComparison.Ordinal);
        Assert.Contains(Predict("n.csv").Skip(1).SelectMany(row => row.Skip(1)), cell => Number(cell) < 0);
    }

    [Fact]
    public void Predict_MissingAtTheEnds_BeginsBehindTheLastRow()
    {
        _place.Write("e.csv", "timestamp,value\n" + Rows(50, i =>
            $"{Iso(new DateTime(2019, 11, 13).AddDays(i))},{(i < 9 || i == 20 || i >= 47 ? "NaN" : $"{6000 + 200 * (i % 7)}")}"));
        Train("e.csv", "--target", "value");
        string[][] rows = Predict("e.csv");
        Assert.Equal("2020-01-02", rows[1][0]);
        Assert.All(rows.Skip(1), row => Assert.InRange(Number(row[1]), 4000, 9000));
    }

    [Fact]
    public void Train_ChangedTestRows_ChangesNothingThatIsFitted()
    {
        string Values(int late) => "t,y\n" + Rows(50, i => string.Create(
            CultureInfo.InvariantCulture, $"{i},{(i < 40 ? i * 7 % 11 / 5.0 - 1 : late + i % 3)}"));
        _place.Write("a.csv", Values(1000));
        _place.Write("b.csv", Values(3));
        using var honest = JsonDocument.Parse(Train("a.csv", "--json", "--horizon", "4").Out);
        Assert.InRange(honest.RootElement.GetProperty("test").GetProperty("mae").GetDouble(), 100, 1001);
        byte[] weights = Weights();
        Train("b.csv", "--horizon", "4");
        Assert.Equal(weights, Weights());

        byte[] Weights()
        {
            byte[] file = File.ReadAllBytes(_place.Path("m.safetensors"));
            return file[(8 + (int)BitConverter.ToUInt64(file))..];
        }
    }

    [Fact]
    public void Train_FileOfItsOwnToTest_MustContinueTheFirst()
    {
        string Days(int first, int count) => "date,y\n" + Rows(count, i =>
            $"{Iso(new DateTime(2024, 1, 1).AddDays(first + i))},{10 + (first + i) % 7}");
        _place.Write("a.csv", Days(0, 40));
        _place.Write("b.csv", Days(42, 10));
        _place.Write("back.csv", Days(20, 10));
        CommandResult result = Train("a.csv", "--test", "b.csv", "--horizon", "3", "--json");
        using var document = JsonDocument.Parse(result.Out);
        // Two missing days and ten others; of them ten origins have three steps behind them.
        Assert.Equal(10, document.RootElement.GetProperty("test").GetProperty("windows").GetInt32());
        CommandResult back = _place.Run(["train", "a.csv", "--test", "back.csv", .. s_small]);
        Assert.Equal(1, back.Code);
        Assert.Contains(
            "back.csv: its first row is of 2024-01-21, which is not after the last row of a.csv, 2024-02-09",
            back.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainAndPredict_WrongColumns_AreNamed()
    {
        _place.Write("d.csv", "date,y,word\n" + Rows(40, i =>
            $"{Iso(new DateTime(2024, 1, 1).AddDays(i))},{10 + i % 7},{(i % 3 == 0 ? "rain" : "sun")}"));
        CommandResult words = _place.Run(["train", "d.csv", "--task", "forecast", "--target", "word", .. s_small]);
        Assert.Equal(1, words.Code);
        Assert.Contains(
            "d.csv: the column \"word\" cannot be forecast: it holds categories, such as \"rain\"", words.Error,
            StringComparison.Ordinal);
        CommandResult none = _place.Run(["train", "d.csv", "--task", "forecast", "--target", "z", .. s_small]);
        Assert.Equal(1, none.Code);
        Assert.Contains("there is no column \"z\"", none.Error, StringComparison.Ordinal);

        Train("d.csv", "--target", "y", "--horizon", "3");
        _place.Write("o.csv", "date,y,other\n" + Rows(40, i => $"{Iso(new DateTime(2024, 1, 1).AddDays(i))},{i % 7},{i}"));
        CommandResult other = _place.Run("predict", "m.safetensors", "o.csv");
        Assert.Equal(1, other.Code);
        Assert.Contains("\"word\"", other.Error, StringComparison.Ordinal);
        CommandResult missing = _place.Run("predict", "m.safetensors");
        Assert.Equal(2, missing.Code);
        Assert.Contains("DATA is missing", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Anomalies_AValueFarOff_IsListedWithItsTime()
    {
        string Sensor(int first, int count, int spike) => "time,v\n" + Rows(count, i =>
        {
            double value = 20 + 3 * Math.Sin(0.7 * i) + 0.3 * Math.Sin(2.9 * i * i) + (i == spike ? 60 : 0);
            return string.Create(
                CultureInfo.InvariantCulture, $"{new DateTime(2024, 1, 1).AddHours(first + i):yyyy-MM-dd HH:mm},{value:F3}");
        });
        _place.Write("learn.csv", Sensor(0, 400, -1));
        _place.Write("today.csv", Sensor(400, 60, 41));
        Train("learn.csv", "--horizon", "2", "--lookback", "12", "--segment", "1", "--season", "1", "--valid-rows", "120");
        CommandResult found = _place.Run("anomalies", "m.safetensors", "today.csv", "--false-alarms", "0.001");
        Assert.True(found.Code == 0, found.Error);
        Assert.Contains(found.Out.Split('\n'), line => line.StartsWith("2024-01-19 09:00\t", StringComparison.Ordinal));
        Assert.Matches("\\d+ values? of 59 with a score above \\d", found.Error);
        string top = _place.Run("anomalies", "m.safetensors", "today.csv", "--top", "1", "--json").Out;
        using var line = JsonDocument.Parse(top);
        Assert.Equal(
            ["id", "time", "row", "value", "expected", "low", "high", "score"],
            line.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("2024-01-19 09:00", 42),
            (line.RootElement.GetProperty("time").GetString(), line.RootElement.GetProperty("row").GetInt32()));
        Assert.Equal(59, _place.Run("anomalies", "m.safetensors", "today.csv", "--all").Out.Count(c => c == '\n'));
        Assert.Equal(2, _place.Run("anomalies", "m.safetensors", "today.csv", "--false-alarms", "0.5").Code);
        Assert.Equal(2, _place.Run("anomalies", "m.safetensors", "today.csv", "--all", "--top", "3").Code);
        Assert.Equal(2, _place.Run("anomalies", "m.safetensors").Code);
        Train("learn.csv", "--horizon", "2", "--lookback", "12", "--segment", "1", "--season", "1", "--valid-rows", "40");
        CommandResult few = _place.Run("anomalies", "m.safetensors", "today.csv");
        Assert.Equal(1, few.Code);
        Assert.Contains("validated with fewer than 100 values", few.Error);
        Assert.Contains("--valid-rows", few.Error);
        Assert.Equal(0, _place.Run("anomalies", "m.safetensors", "today.csv", "--top", "1").Code);
    }

    [Fact]
    public void Explain_AForecast_HasEffectsThatAddUp()
    {
        _place.Write("d.csv", "date,y\n" + Rows(60, i => $"{Iso(new DateTime(2024, 1, 1).AddDays(i))},{10 + i % 7 + i % 3}"));
        Train("d.csv", "--horizon", "3");
        CommandResult result = _place.Run("explain", "m.safetensors", "d.csv", "--json");
        Assert.True(result.Code == 0, result.Error);
        using var document = JsonDocument.Parse(result.Out);
        JsonElement root = document.RootElement;
        double difference = root.GetProperty("value").GetDouble() - root.GetProperty("baseline").GetDouble();
        double sum = root.GetProperty("effects").EnumerateArray().Sum(effect => effect.GetProperty("effect").GetDouble());
        Assert.Equal(difference, sum, 0.01 * Math.Max(1, Math.Abs(difference)));
        CommandResult lens = _place.Run("lens", "m.safetensors", "d.csv");
        Assert.True(lens.Code == 0, lens.Error);
        Assert.Contains("encoder", lens.Out, StringComparison.Ordinal);
    }

    private CommandResult Train(string file, params string[] more)
    {
        CommandResult result = _place.Run(["train", file, .. more, .. s_small]);
        Assert.True(result.Code == 0, result.Error);
        return result;
    }

    private string[][] Predict(string file, params string[] more)
    {
        CommandResult result = _place.Run(["predict", "m.safetensors", file, .. more]);
        Assert.True(result.Code == 0, result.Error);
        return Cells(result.Out);
    }

    private static string[][] Cells(string csv) =>
        [.. csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))];

    private static void AssertAscending(string[][] rows, int first)
    {
        foreach (string[] row in rows.Skip(1))
        {
            double[] quantiles = [.. row.Skip(first).Select(Number)];
            Assert.Equal(9, quantiles.Length);
            Assert.All(quantiles, value => Assert.True(double.IsFinite(value)));
            Assert.Equal(quantiles.Order(), quantiles);
        }
    }

    private static string Future(int known, int future) => "time,y,is_open,temp\n" + Rows(known + future, i =>
    {
        string y = i < known ? $"{50 + i % 9}.5" : "";
        return $"{new DateTime(2022, 9, 30).AddHours(i):yyyy-MM-dd HH:mm},{y},{(i % 24 is > 7 and < 18 ? 1 : 0)},{15 + i % 5}.3";
    });

    private static string Iso(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static string Rows(int count, Func<int, string> row) =>
        string.Concat(Enumerable.Range(0, count).Select(i => row(i) + "\n"));
}
