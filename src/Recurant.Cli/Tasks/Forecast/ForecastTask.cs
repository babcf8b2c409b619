using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Values to come of series.</summary>
internal sealed class ForecastTask : CliTask<ForecasterModel, SeriesData, ForecastScore>
{
    public const string HorizonOption = "--horizon";

    public override string Name => TaskNames.Forecast;

    public override DataKind? Kind => DataKind.Series;

    public override string Item => "series";

    public override IReadOnlyList<string> Settings { get; } =
    [
        .. OfTables, .. OfCells, "test", "target", "test-rows", "train-rows", "valid-rows", "metric-scale", "known", "static",
            "past",
        "horizon", "lookback", "season", "segment", "distribution", "centre", "logarithms", "allow-negative", "calendar",
        "linear", "decay", "refit", "models",
    ];

    public override IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>
    {
        ["bidirectional"] = "what is to come cannot be read from its end",
        ["valid"] = "the last rows before the test validate; --valid-rows says how many",
        ["label"] = "the column to forecast is named by --target",
    };

    public override IReadOnlyList<ScoreColumn<ForecastScore>> Columns { get; } =
    [
        new("windows", "windows", score => score.Windows, Numbers.Count),
        new("loss", "loss", score => score.Loss > 0 ? score.Loss : double.NaN, Numbers.Four) { On = ScoredOn.Model },
        new("mae", "MAE", score => score.MeanAbsoluteError, Numbers.Significant),
        new("mse", "", score => score.MeanSquaredError, Numbers.Significant),
        new("rmse", "RMSE", score => score.RootMeanSquaredError, Numbers.Significant),
        new("mase", "MASE", score => score.Mase ?? double.NaN, Numbers.Four),
        new("smape", "sMAPE", score => score.Smape, Numbers.Significant),
        new("mape", "", score => score.Mape ?? double.NaN, Numbers.Significant),
        new("wql", "wQL", score => score.WeightedQuantileLoss ?? double.NaN, Numbers.Four),
        new("coverage80", "in 80%", score => score.Coverage80 ?? double.NaN, Numbers.Four),
    ];

    public override IReadOnlyList<string> Options { get; } = [HorizonOption, "--number", "--steps"];

    /// <summary>What answers with a model that is one of this task's.</summary>
    public static Forecaster DoorOf(TrainedModel model, int threads) => new(Own(model), threads);

    /// <summary>One series of the data.</summary>
    public override IEnumerable<IExplanationView> Explain(ExplainRequest ask)
    {
        ForecasterModel model = Own(ask.Model);
        TrainSettings settings = ask.Call.Apply(ExplainCommand.TableSettings, new TrainSettings());
        SeriesData data = SeriesData.Read(ask.Path("the series"), settings, Format(model, settings), ask.Call);
        return [new SeriesView(Explainer.Explain(
            model, data.Table, data.SeriesOf(ask.Call), 0, ask.Options, ask.Cancellation))];
    }

    public override LensResult Look(
        Invocation call, TrainedModel model, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.Look(
            Own(model), SeriesData.Read(data, settings, Format(Own(model), settings), call).Table, options);

    public override DoctorReport Examine(Invocation call, TrainSettings settings, TrainedModel? model)
    {
        if (model is null) return base.Examine(call, settings, model);
        SeriesData data = ReadFor(Own(model), settings.Data!, settings, call);
        return ModelDoctor.Examine(Own(model), new ForecastDataset(data.Table, data.TestRows), call.Threads);
    }

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) => ["output"];

    public override bool TakesOneRate => true;

    public override TaskTraining Train() => new ForecastTraining(this);

    public override SeriesData Read(string path, TrainSettings settings, Invocation call)
    {
        SeriesData data = SeriesData.Read(path, settings, settings.Series.Format(settings) with
        {
            Targets = settings.Target is { } target ? SettingValue.List(target) : [],
        }, call);
        return data;
    }

    protected override SeriesData ReadFor(ForecasterModel model, string path, TrainSettings settings, Invocation call) =>
        Divided(SeriesData.Read(path, settings, Format(model, settings), call), settings);

    /// <summary>How a file is read for a model.</summary>
    public static SeriesFormatOptions Format(ForecasterModel model, TrainSettings settings) => SeriesData.For(
        settings.Series.Format(settings) with
        {
            Known = [.. NamesOf(model, ColumnRole.Known)], Static = [.. NamesOf(model, ColumnRole.Static)],
        },
        model, model.Spec.Columns, model.Spec.Targets.Select(target => new ExpectedColumn(target.Name) { MayBeMissing = true }));

    /// <summary>Names the rows that test: as many as were asked for, or a fifth. Future rows stand behind them.</summary>
    public static SeriesData Divided(SeriesData data, TrainSettings settings)
    {
        IReadOnlyList<int> future = data.File.FutureRows;
        if (settings.Series.TestRows is not { } test)
        {
            return data with { TestRows = ForecastDataset.SetAside(data.Table, futureRows: future).TestRows };
        }

        bool isDay = !int.TryParse(test, out _);
        return data with
        {
            TestRows =
            [
                .. Enumerable.Range(0, data.Table.Series.Count).Select(series => isDay
                    ? data.Table.Series[series].Count - data.RowsOf(test, series, upTo: false)
                    : Math.Min(data.RowsOf(test, series, false) + future[series], data.Table.Series[series].Count)),
            ],
        };
    }

    public override ForecastScore Score(
        ForecasterModel model, SeriesData data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => new Forecaster(model, threads).Evaluate(
            new ForecastDataset(data.Table, data.TestRows), call.Value("--metric-scale") == "standardised", cancellation);

    public override void WriteScore(Utf8JsonWriter writer, ForecastScore score, ScoredOn place = ScoredOn.All)
    {
        base.WriteScore(writer, score, place);
        if (place is ScoredOn.Validation) return;
        writer.WriteNumber("season", score.Season);
        if (score.Undefined > 0) writer.WriteNumber("mase_undefined", score.Undefined);
        if (score.Direction is { } direction)
        {
            writer.WriteObject("direction", members => members.Write(
                ("count", direction.Count), ("accuracy", direction.Accuracy), ("low", direction.Low), ("high", direction.High),
                ("majority", direction.Majority)));
        }

        writer.WriteObjects("by_horizon", score.ByHorizon, step => writer.Write(
            ("step", step.Step), ("mae", step.MeanAbsoluteError), ("mse", step.MeanSquaredError),
            ("coverage80", step.Coverage80)));
    }

    protected override void WriteDetails(UserTerminal terminal, ForecasterModel model, ForecastScore score)
    {
        terminal.WriteText(About(score));
        if (AboutDirection(score) is { } direction) terminal.WriteText(direction);
    }

    /// <summary>Whether the way of the first step is foreseen; null where values do not move.</summary>
    public static string? AboutDirection(ForecastScore score) => score.Direction is not { } direction ? null
        : $"direction of the first step: right in {Numbers.Four(direction.Accuracy)} ({Numbers.Four(direction.Low)} to "
        + $"{Numbers.Four(direction.High)}) of {Numbers.Count(direction.Count)}; the more frequent one alone "
        + Numbers.Four(direction.Majority) + (direction.IsLearnt ? "" : ": nothing is learnt of it");

    /// <summary>What the numbers of a score are.</summary>
    public static string About(ForecastScore score) =>
        $"MASE: errors over those of the value {(score.Season > 1 ? $"a season of {score.Season} steps" : "one step")} ago, "
            + $"mean over "
        + "the series" + (score.Undefined > 0
            ? $"; undefined for {Numbers.Of(score.Undefined, "series", "series")} without such errors before the test" : "")
        + (score.Coverage80 is null ? "" : "; in 80%: the share of values inside their 80% interval");

    public override AnswerWriter Answers(Invocation call, TrainedModel model, int threads) =>
        new ForecastAnswers(new Forecaster(Own(model), threads), call);

    public override AnsweringProgram Program { get; } = new()
    {
        Does = "Forecasts the series of each table: a step of a series a line",
        Item = "path",
        Example = "series.csv",
        MorePackages = ["Recurant.Formats"],
        Usings = ["Recurant.Data", "Recurant.Formats", "Recurant.Tasks"],
        Load = "Forecaster model = Forecaster.Load(ModelPath);",
        Answer = """
            SeriesTable table = SeriesReader.Read(path).Table;
            foreach (SeriesForecast forecast in model.Forecast(table))
            {
                for (int step = 0; step < forecast.Mean.Count; step++)
                {
                    Console.WriteLine($"{forecast.Id}\t{forecast.Column}\t{step + 1}\t{forecast.Mean[step]}");
                }
            }
            """,
    };

    private static IEnumerable<string> NamesOf(ForecasterModel model, ColumnRole role) =>
        model.Spec.Columns.Where(column => column.Role == role).Select(column => column.Name);
}
