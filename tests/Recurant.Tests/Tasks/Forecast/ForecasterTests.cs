using static Recurant.Tests.Tasks.Forecast.ForecastCase;

namespace Recurant.Tests.Tasks.Forecast;

/// <summary>Training and forecasting on series of a few dozen rows.</summary>
public sealed class ForecasterTests : IDisposable
{
    // Values near 160 hold 1e-5 of a unit; the network, whose inputs differ by that, makes a little more of it.
    private const float AffineTolerance = 2e-3f;
    private const float NaN = float.NaN;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Train_AnyThreadsAndAgain_GivesTheSameFile(int models)
    {
        var data = new ForecastDataset(Table(), [6, 6, 6]);
        ForecastOptions options = Small with { Models = models };
        byte[] expected = Bytes(data, options);
        Assert.Equal(expected, Bytes(data, options));
        Assert.Equal(expected, Bytes(data, options with { Threads = 2 }));
        Assert.NotEqual(expected, Bytes(data, options with { Seed = 2 }));
    }

    [Fact]
    public void SaveAndLoad_AForecaster_GivesTheSameBytesAndForecasts()
    {
        Forecaster made = Forecaster.Train(new ForecastDataset(Table()), Small with { Models = 2 });
        string path = _directory["m.safetensors"];
        made.Save(path);
        Forecaster read = Forecaster.Load(path);
        Assert.Equal(File.ReadAllBytes(path), read.ToBytes());
        Assert.Equal(made.Model.Spec.Columns, read.Model.Spec.Columns);
        float[] expected = Flat(made.Forecast(Table()));
        Bits.AssertEqual(expected, Flat(read.Forecast(Table())), "loaded");
        Bits.AssertEqual(expected, Flat(new Forecaster(read.Model, threads: 2).Forecast(Table())), "2 threads");
        AssertAscendingAndFinite(made.Forecast(Table()));
        Assert.Equal(["1", "2", "3"], made.Forecast(Table()).Select(each => each.Id));
        Assert.Equal(2, made.Forecast(Table(), horizon: 2)[1].Mean.Count);
        Assert.Equal(made.Forecast(Table())[1].Mean.Take(2), made.Forecast(Table(), horizon: 2)[1].Mean);
        Assert.Contains(
            "5 steps were asked for; the model was trained for a horizon of 4",
            Assert.Throws<ArgumentException>(() => made.Forecast(Table(), horizon: 5)).Message);
    }

    [Fact]
    public void Forecast_ValuesTimesFour_IsFourTimesTheForecast()
    {
        var forecaster = new Forecaster(Train(new ForecastDataset(Table()), Plain));
        float[] values = Wave(31, 12, 7), expected = Flat([forecaster.Forecast(values)]);
        // Powers of two change no bit but those of exponents.
        float[] found = Flat([forecaster.Forecast([.. values.Select(value => 4 * value)])]);
        Bits.AssertEqual([.. expected.Select(value => 4 * value)], found, "times four");
    }

    [Fact]
    public void Forecast_ValuesTimesThreeAndAHundred_IsThreeTimesTheForecastAndAHundred()
    {
        ForecasterModel model = Train(new ForecastDataset(Table()), Plain with { Centre = WindowCentre.Horizon });
        var forecaster = new Forecaster(model);
        float[] values = Wave(31, 12, 7), expected = Flat([forecaster.Forecast(values)]);
        float[] found = Flat([forecaster.Forecast([.. values.Select(value => 3 * value + 100)])]);
        for (int i = 0; i < found.Length; i++) Assert.Equal(3 * expected[i] + 100, found[i], AffineTolerance);
    }

    [Theory]
    // Of independent steps the past tells nothing: what tells more leaks. Of steps that turn back it tells the direction.
    [InlineData(0f, false)]
    [InlineData(-0.8f, true)]
    public void Train_AWalk_KnowsItsDirectionOnlyWhereThePastTellsIt(float kept, bool isKnown)
    {
        float[] walk = new float[1500], noise = Bits.Random(1500, 5);
        float step = 0;
        for (int t = 1; t < walk.Length; t++)
        {
            step = kept * step + noise[t];
            walk[t] = walk[t - 1] + step;
        }

        var data = new ForecastDataset(SeriesTable.Of([walk]), [500]);
        ForecasterModel model = Train(data, Plain with { Epochs = 10, Batch = 32, Horizon = 1, Lookback = 16 });
        ForecastScore score = new Forecaster(model).Evaluate(data);
        DirectionScore direction = score.Direction!;
        Assert.Equal(isKnown, direction.Low > direction.Majority);
        double lastValue = ForecastBaselines.Score(model, data)[0].Score.Mase!.Value;
        Assert.Equal(isKnown, score.Mase < 0.95 * lastValue);
    }

    [Fact]
    public void Train_RowsOfTheTestChanged_GivesTheSameFile()
    {
        SeriesTable table = Table(), other = Changed(table, i => table.Series[i].Count - 6);
        int[] test = [6, 6, 6];
        foreach (bool refit in (bool[])[false, true])
        {
            ForecastOptions options = Small with { Refit = refit };
            Assert.Equal(Bytes(new(table, test), options), Bytes(new(other, test), options));
        }

        Assert.NotEqual(Bytes(new(table), Small), Bytes(new(other), Small));
    }

    [Fact]
    public void Train_RowsOfTheValidationChanged_FitsTheSameColumns()
    {
        SeriesTable table = Table();
        int[] test = [6, 6, 6];
        var data = new ForecastDataset(table, test);
        ForecastParts parts = ForecastParts.Of(data, [table.Columns[0]], 4, null);
        SeriesTable other = Changed(table, i => parts.LearntEnd[i]);
        ForecasterSpec one = Train(data, Small with { Refit = true }).Spec;
        Assert.Equal(one.Columns, Train(new ForecastDataset(other, test), Small with { Refit = true }).Spec.Columns);
        Assert.InRange(one.Columns[0].Mean, 20, 50);
    }

    [Fact]
    public void Surprises_ValuesBehindARow_DoNotChangeItsForecast()
    {
        var forecaster = new Forecaster(Train(new ForecastDataset(Table()), Small));
        const int From = 17;
        SeriesTable table = SeriesTable.Of([Wave(40)], "y"), other = Changed(table, _ => From);
        Surprise[] found = [.. forecaster.Surprises(table)], changed = [.. forecaster.Surprises(other)];
        Assert.Equal(Enumerable.Range(1, 39), found.Select(each => each.Step));
        Assert.Equal(found.Where(each => each.Step < From), changed.Where(each => each.Step < From));
        Surprise first = found[From - 1], second = changed[From - 1];
        Assert.Equal((first.Expected, first.Low, first.High), (second.Expected, second.Low, second.High));
        Assert.NotEqual(first.Score, second.Score);
        // The same window from a table that ends there.
        SeriesForecast alone = forecaster.Forecast(table.FirstRows(_ => From))[0];
        Assert.Equal(alone.Quantile(0, 0.5f), first.Expected);
    }

    /// <summary>No model forecasts what is drawn by lot better than its mean does; who does so has seen it.</summary>
    [Fact]
    public void Evaluate_IndependentNoise_IsNoBetterThanTheMean()
    {
        float[] noise = Bits.Random(400, 5);
        var data = new ForecastDataset(SeriesTable.Of([noise]), [100]);
        ForecastScore score = new Forecaster(Train(data, Plain with { Epochs = 4 })).Evaluate(data);
        double variance = noise[300..].Average(value => (double)value * value);
        Assert.InRange(score.MeanSquaredError, 0.85 * variance, 3 * variance);
    }

    [Fact]
    public void Train_ConstantSeries_ForecastsTheConstantAndHasNoMase()
    {
        float[] late = new float[30];
        late.AsSpan(24).Fill(5f);
        var table = SeriesTable.Of([[.. Enumerable.Repeat(7f, 30)], new float[30], late]);
        var data = new ForecastDataset(table, [4, 4, 4]);
        TrainingResult<ForecasterModel, ForecastScore> result = ForecasterTrainer.Train(data, Small);
        var forecaster = new Forecaster(result.Model);
        IReadOnlyList<SeriesForecast> forecasts = forecaster.Forecast(table);
        AssertAscendingAndFinite(forecasts);
        Assert.All(forecasts[0].Quantiles, value => Assert.Equal(7f, value, 0.5f));
        Assert.All(forecasts[1].Quantiles, value => Assert.Equal(0f, value, 0.05f));
        ForecastScore score = forecaster.Evaluate(data);
        Assert.Equal(2, score.Undefined);
        Assert.True(double.IsFinite(score.Mase!.Value) && double.IsFinite(score.Smape) && double.IsFinite(score.Loss));
        var constant = new ForecastDataset(SeriesTable.Of([[.. Enumerable.Repeat(7f, 30)]]), [4]);
        Assert.Null(new Forecaster(Train(constant, Small)).Evaluate(constant).Mase);
    }

    [Fact]
    public void Forecast_OneRowOrNoneThatIsKnown_IsFinite()
    {
        SeriesTable table = SeriesTable.Of([Wave(40), [30f], [NaN, NaN], [NaN, 31f, NaN]], "y");
        foreach (ForecastOptions options in (ForecastOptions[])[Small, Plain])
        {
            var forecaster = new Forecaster(Train(new ForecastDataset(table), options));
            IReadOnlyList<SeriesForecast> forecasts = forecaster.Forecast(table);
            Assert.Equal(4, forecasts.Count);
            AssertAscendingAndFinite(forecasts);
            Assert.All(forecasts[1].Mean, value => Assert.InRange(value, 15f, 60f));
            AssertAscendingAndFinite([forecaster.Forecast([5f])]);
        }

        Assert.Throws<ArgumentException>(() => new Forecaster(Train(new ForecastDataset(table), Small)).Forecast([]));
    }

    [Fact]
    public void Train_MissingValues_ReadsWhichAreKnown()
    {
        float[] values = Wave(60);
        for (int t = 5; t < 60; t += 7) values[t] = NaN;
        values.AsSpan(20, 12).Fill(NaN);
        var data = new ForecastDataset(SeriesTable.Of([values]), [6]);
        var forecaster = new Forecaster(Train(data, Small));
        Assert.True(forecaster.Model.Spec.Masked);
        AssertAscendingAndFinite([forecaster.Forecast(values)]);
        ForecastScore score = forecaster.Evaluate(data);
        Assert.True(double.IsFinite(score.MeanAbsoluteError) && double.IsFinite(score.Mase!.Value));
        // What is missing is read as the value before it, and the network is told so.
        float[] filled = [.. values];
        Assert.True(float.IsNaN(values[54]) && !float.IsNaN(values[53]));
        filled[54] = values[53];
        Assert.NotEqual(Flat([forecaster.Forecast(values)]), Flat([forecaster.Forecast(filled)]));
    }

    [Fact]
    public void Train_Counts_ForecastsNoneBelowZeroUnlessAllowed()
    {
        float[] counts = [.. Bits.Random(80, 4).Select(value => value > 0.4f ? MathF.Round(6 * value) : 0f)];
        var data = new ForecastDataset(SeriesTable.Of([counts]));
        var forecaster = new Forecaster(Train(data, Small));
        Assert.True(forecaster.Model.Spec.Positive);
        Assert.All(Flat([forecaster.Forecast(counts)]), value => Assert.True(value >= 0));
        Assert.All(Flat([forecaster.Forecast([0, 0, 0, 0, 0, 0])]), value => Assert.True(value >= 0));
        var allowed = new Forecaster(Train(data, Plain));
        Assert.False(allowed.Model.Spec.Positive);
        Assert.Contains(Flat([allowed.Forecast([0, 9, 0, 0, 0, 1, 0, 0])]), value => value < 0);
    }

    [Fact]
    public void Train_EveryRoleAndCategories_ForecastsUnknownOnesToo()
    {
        SeriesTable table = WithRoles(future: 4);
        ForecastOptions options = Small with { Targets = ["y"], Known = ["price"], Static = ["kind"], Horizon = null };
        var data = new ForecastDataset(table);
        ForecasterModel model = Train(data, options);
        Assert.Equal(
            [ColumnRole.Target, ColumnRole.Known, ColumnRole.Past, ColumnRole.Static],
            model.Spec.Columns.Select(column => column.Role));
        // The rows behind the last target are those that are asked for.
        Assert.Equal(4, model.Spec.Horizon);
        var forecaster = new Forecaster(model);
        float[] expected = Flat(forecaster.Forecast(table));
        AssertAscendingAndFinite(forecaster.Forecast(table));
        Assert.NotEqual(expected, Flat(forecaster.Forecast(WithRoles(4, price: 9f))));
        Assert.NotEqual(expected, Flat(forecaster.Forecast(WithRoles(4, kind: NaN))));
        AssertAscendingAndFinite(forecaster.Forecast(WithRoles(4, kind: NaN)));
        Assert.Contains(
            "there are 3 future rows of the series \"a\", and 4 are needed: \"price\" must be known",
            Assert.Throws<InvalidDataException>(() => forecaster.Forecast(WithRoles(3))).Message);
        Assert.Equal(3, forecaster.Forecast(WithRoles(3), horizon: 3)[0].Mean.Count);
        Assert.Contains(
            "reads 4 columns", Assert.Throws<InvalidOperationException>(() => forecaster.Forecast([1f, 2f])).Message);
        var lacks = new SeriesTable("t", [.. table.Columns.Where(column => column.Name != "price")], table.Series);
        Assert.Contains(
            "t: there is no column \"price\", which the model reads",
            Assert.Throws<InvalidDataException>(() => forecaster.Forecast(lacks)).Message);
    }

    [Fact]
    public void Train_NothingToLearnFrom_IsNamed()
    {
        Refused("no series has two rows with a value of \"value\"", SeriesTable.Of([[1f]]), new());
        Refused("there is no column \"z\"", Table(), new() { Targets = ["z"] });
        Refused("is named twice", Table(), new() { Targets = ["y"], Known = ["y"] });
        var words = new SeriesTable("t", [new SeriesColumn("w", [0, 1], ["a", "b"])], [new("", 0, 2)]);
        Refused("the column \"w\" cannot be forecast: it holds categories, such as \"a\"", words, new() { Targets = ["w"] });
        Refused("there is no column of numbers to forecast", words, new());

        static void Refused(string part, SeriesTable table, ForecastOptions options) => Assert.Contains(
            part,
            Assert.Throws<InvalidDataException>(() => ForecasterTrainer.Train(new ForecastDataset(table), options)).Message);
    }

    [Fact]
    public void Train_StoppedInEitherStageAndContinued_GivesTheSameFile()
    {
        var data = new ForecastDataset(Table(), [6, 6, 6]);
        ForecastOptions options = Small with { Refit = true };
        byte[] expected = Bytes(data, options);
        var copies = new List<string>();
        int saved = 0;
        ForecasterTrainer.Train(data, options with
        {
            Checkpoint = new CheckpointOptions
            {
                Directory = _directory["run"], Interval = TimeSpan.Zero,
                Saved = () =>
                {
                    if (saved++ % 23 == 5) copies.Add(_directory.CopyOfRun($"after {saved}"));
                },
            },
        });
        var stages = new HashSet<string>();
        foreach (string copy in copies)
        {
            stages.Add(RunStateJson.ReadStage(
                File.ReadAllText(Path.Combine(CheckpointStore.Last(copy)!, CheckpointStore.RunFile))));
            var last = new CheckpointOptions { Directory = copy, Start = CheckpointStart.Resume };
            Assert.Equal(expected, Bytes(data, options with { Checkpoint = last }));
        }

        Assert.Equal(["model", "refit"], stages.Order(StringComparer.Ordinal));
        var other = new CheckpointOptions { Directory = copies[0], Start = CheckpointStart.Resume };
        Assert.Contains("belongs to another run", Assert.Throws<InvalidDataException>(() => Bytes(
            new ForecastDataset(Table(), [5, 6, 6]), options with { Checkpoint = other })).Message);
    }

    [Fact]
    public void Evaluate_ADataSet_HasAWindowForEveryOriginAndABaselineOfTheSame()
    {
        var data = new ForecastDataset(Table(), [6, 6, 6]);
        ForecasterModel model = Train(data, Small with { Season = 3 });
        ForecastScore score = new Forecaster(model).Evaluate(data);
        // Of six rows three origins have all four steps behind them.
        Assert.Equal(9, score.Windows);
        Assert.Equal([1, 2, 3, 4], score.ByHorizon.Select(step => step.Step));
        IReadOnlyList<ForecastBaseline> baselines = ForecastBaselines.Score(model, data);
        Assert.Equal(["last value", "seasonal naive", "linear", "theta"], baselines.Select(each => each.Name));
        Assert.All(baselines, each => Assert.Equal((9, null), (each.Score.Windows, each.Score.Coverage80)));
        Assert.Equal(score, new Forecaster(model, threads: 2).Evaluate(data) with { ByHorizon = score.ByHorizon });
        // By hand: the error of the last value of the third series from its last origin.
        double sum = 0;
        foreach (SeriesSpan span in data.Table.Series)
        {
            for (int origin = span.Count - 6; origin <= span.Count - 4; origin++)
            {
                for (int h = 0; h < 4; h++)
                {
                    SeriesColumn y = data.Table.Columns[0];
                    sum += Math.Abs(y[span.First + origin + h] - y[span.First + origin - 1]);
                }
            }
        }

        Assert.Equal(sum / 36, baselines[0].Score.MeanAbsoluteError, 1e-4);
        Assert.Contains(
            "no series has rows to test with",
            Assert.Throws<InvalidDataException>(() => new Forecaster(model).Evaluate(new ForecastDataset(Table()))).Message);
        ForecastReview review = ForecastReview.Of(model, data);
        Assert.Equal((3, 3), (review.Examples.Count, review.BySeries.Count));
        Assert.Equal(["1", "2", "3"], review.Examples.Select(example => example.Name));
    }

    /// <summary>One of what is counted is no second: it has no calendar, and no minute for a season.</summary>
    [Fact]
    public void Train_CountedTimes_HaveNoSeasonOfTheCalendar()
    {
        const long One = TimeSpan.TicksPerSecond;
        SeriesTable Counted(int rows, int future) => new(
            "t",
            [
                new SeriesColumn("y", [.. Wave(rows), .. Enumerable.Repeat(NaN, future)]),
                new SeriesColumn("price", Bits.Random(rows + future, 3)),
            ],
            [new("", 0, rows + future)], [.. Enumerable.Range(0, rows + future).Select(t => t * One)],
            new TimeAxis(new TimeRule(TimeUnit.Ticks, One)) { IsCounted = true });
        ForecastOptions options = Small with
        {
            Targets = ["y"], Known = ["price"], Season = null, Horizon = 3, Lookback = null, Segment = null, Calendar = true,
        };
        ForecasterModel model = Train(new ForecastDataset(Counted(40, 3)), options);
        Assert.Equal((1, 0), (model.Spec.Season, model.Spec.CalendarWidth));
        SeriesForecast forecast = new Forecaster(model).Forecast(Counted(40, 3))[0];
        Assert.Equal(42 * One, forecast.InstantOf(2));
        AssertAscendingAndFinite([forecast]);
        Assert.Contains(
            "there are 2 future rows, and 3 are needed, until 42: \"price\"",
            Assert.Throws<InvalidDataException>(() => new Forecaster(model).Forecast(Counted(40, 2))).Message);
        Assert.Contains(
            "is of 5, which is not after the last row of t, 39",
            Assert.Throws<InvalidDataException>(() => Counted(40, 0).FollowedBy(Counted(40, 0).WithoutFirst(_ => 5))).Message);
    }

    [Fact]
    public void QuantilesOfASeries_LackingOne_AreNamed()
    {
        SeriesForecast forecast = new Forecaster(Train(new ForecastDataset(Table()), Small)).Forecast(Wave(20));
        Assert.Contains(
            "no quantile of the level 0.25", Assert.Throws<ArgumentException>(() => forecast.Quantile(0, 0.25f)).Message);
        Assert.Throws<InvalidOperationException>(() => forecast.TimeOf(0));
    }

    /// <summary>The same table with large other numbers from a row of each series on.</summary>
    private static SeriesTable Changed(SeriesTable table, Func<int, int> from)
    {
        float[] values = [.. Enumerable.Range(0, table.Rows).Select(row => table.Columns[0][row])];
        for (int i = 0; i < table.Series.Count; i++)
        {
            SeriesSpan span = table.Series[i];
            for (int t = from(i); t < span.Count; t++) values[span.First + t] = 900 + 31 * (t % 5);
        }

        return new SeriesTable(table.Name, [new SeriesColumn(table.Columns[0].Name, values)], table.Series);
    }

    private static SeriesTable WithRoles(int future, float price = 3f, float kind = 0f)
    {
        int rows = 40 + future;
        var spans = new SeriesSpan[] { new("a", 0, rows), new("b", rows, rows) };
        float[] y = [.. Wave(40), .. Enumerable.Repeat(NaN, future), .. Wave(40, 60, 2), .. Enumerable.Repeat(NaN, future)];
        float[] prices = [.. Enumerable.Range(0, 2 * rows).Select(row => row % rows < 40 ? row % 4 : price)];
        float[] weather = Bits.Random(2 * rows, 9);
        float[] kinds = [.. Enumerable.Range(0, 2 * rows).Select(row => row < rows ? kind : 1f)];
        return new SeriesTable(
            "t",
            [
                new SeriesColumn("y", y), new SeriesColumn("price", prices), new SeriesColumn("weather", weather),
                new SeriesColumn("kind", kinds, ["red", "blue"]),
            ], spans);
    }
}
