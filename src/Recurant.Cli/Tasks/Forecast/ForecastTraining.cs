using System.Globalization;
using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary><c>train</c> for forecasts, beside what is simple: the last value, the seasonal naive, a linear map, Theta.</summary>
internal sealed class ForecastTraining(ForecastTask task) : TaskTraining<ForecasterModel, SeriesData, ForecastScore>(task)
{
    private const int MostNamed = 5;

    private ForecastOptions _options = new();
    private IReadOnlyList<ForecastBaseline> _baselines = [];
    private bool _standardised;

    protected override string MeasureHeading => "loss";

    protected override string BaselineName => Best?.Name ?? "baseline";

    private ForecastBaseline? Best => _baselines.MinBy(each => each.Score.Mase ?? each.Score.MeanAbsoluteError);

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        SeriesFormatOptions format = settings.Series.Format(settings) with
        {
            Targets = settings.Target is { } named ? SettingValue.List(named) : [],
        };
        Train = SeriesData.Read(settings.Data!, settings, format, call);
        _standardised = settings.Series.Standardised;
        _options = WithTargets(settings.ForecastOptions);
        if (settings.Task is null || settings.Target is null) TellGuess(call, settings);
        if (settings.TestFile is { } file) Follow(call, settings, file, format);
        else Divide(settings);
        if (settings.Series.ValidRows is { } valid)
        {
            _options = _options with { ValidationRows = int.Parse(valid, CultureInfo.InvariantCulture) };
        }

        _options.Validate();
        Tested = Train;
        if (settings.TestFile is null && settings.Series.TestRows is null)
        {
            int rows = Train.TestRows!.Sum() - Train.File.FutureRows.Sum();
            call.Tell(
                $"{Numbers.Count(rows)} rows, the last fifth of each series, are left for the test (--test-rows, --test FILE)");
        }

        return Train.Table.Rows;
    }

    private void TellGuess(Invocation call, TrainSettings settings)
    {
        IReadOnlyList<string> others = settings.Target is null ? Train.File.OtherTargets : [];
        call.Tell($"forecasts {Quoted(_options.Targets ?? Train.File.Targets)}"
            + (others.Count > 0 ? $"; also possible: {Quoted(others)} (--target)" : "")
            + (settings.Task is null ? "; --task names another task" : ""));

        static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Take(MostNamed).Select(name => $"\"{name}\""));
    }

    /// <summary>Without --target what the reader takes for the targets, and the other columns as their past.</summary>
    private ForecastOptions WithTargets(ForecastOptions options) => options.Targets is not null || Train.File.Targets.Count == 0
        ? options : options with { Targets = Train.File.Targets };

    /// <summary>The rows of another file, which continue these.</summary>
    private void Follow(Invocation call, TrainSettings settings, string file, SeriesFormatOptions format)
    {
        if (settings.Series.TestRows is not null)
        {
            throw new UsageException("--test-rows has no effect here: all rows of --test FILE test. Leave one of them out.");
        }

        SeriesTable first = Train.Table;
        SeriesData test = SeriesData.Read(file, settings, SeriesData.Like(format, Train.File), call);
        SeriesTable whole = first.FollowedBy(test.Table);
        var rows = first.Series.ToDictionary(span => span.Id, span => span.Count, StringComparer.Ordinal);
        Train = Train with
        {
            Table = whole, TestRows = [.. whole.Series.Select(span => span.Count - rows.GetValueOrDefault(span.Id))],
        };
    }

    /// <summary>The rows of the table that were asked for.</summary>
    private void Divide(TrainSettings settings)
    {
        SeriesSettings series = settings.Series;
        if (series.TrainRows is { } first)
        {
            SeriesData all = Train;
            int valid = series.ValidRows is { } rows ? int.Parse(rows, CultureInfo.InvariantCulture) : 0;
            int[] learnt = [.. Enumerable.Range(0, all.Table.Series.Count).Select(i => all.RowsOf(first, i, upTo: true) + valid)];
            if (series.TestRows is { } tested && int.TryParse(tested, CultureInfo.InvariantCulture, out int count))
            {
                Train = all with { Table = all.Table.FirstRows(i => learnt[i] + count) };
                Train = Train with { TestRows = [.. Train.Table.Series.Select(span => Math.Min(count, span.Count))] };
                return;
            }

            if (series.TestRows is null)
            {
                Train = all with
                {
                    TestRows = [.. all.Table.Series.Select((span, i) => Math.Max(0, span.Count - learnt[i]))],
                };
                return;
            }
        }

        Train = ForecastTask.Divided(Train, settings);
    }

    protected override TrainingResult<ForecasterModel, ForecastScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) => ForecasterTrainer.Train(
            new ForecastDataset(Train.Table, Train.TestRows), LearningOptions.WithCommon(_options, settings.Training), progress,
            cancellation);

    protected override ForecastScore? Test(
        Invocation call, TrainingResult<ForecasterModel, ForecastScore> result, TrainSettings settings)
    {
        TellShort(call, result.Model.Spec.Lookback);
        if (HasTest(result.Model))
        {
            return new Forecaster(result.Model, settings.Training.Threads).Evaluate(
                new ForecastDataset(Train.Table, Train.TestRows), _standardised, Interrupted);
        }

        if (settings.TestFile is { } file) call.Tell($"{file}: no row has a value that is forecast, so nothing is tested");
        return null;
    }

    /// <summary>Names the series that a whole window does not fit in.</summary>
    private void TellShort(Invocation call, int lookback)
    {
        SeriesTable table = Train.Table;
        string[] ids =
        [
            .. table.Series.Zip(Train.TestRows!).Where(each => each.First.Count - each.Second < lookback)
                .Select(each => each.First.Id),
        ];
        if (ids.Length == 0 || table.Series.Count == 1) return;
        string more = ids.Length > MostNamed ? $" and {Numbers.Count(ids.Length - MostNamed)} more" : "";
        call.Tell(
            $"{Numbers.Count(ids.Length)} of {Numbers.Count(table.Series.Count)} series have fewer rows before the test than the "
            + $"{lookback} steps that are looked back on: "
            + string.Join(", ", ids.Take(MostNamed).Select(id => $"\"{id}\"")) + more
            + ". What lacks is filled up with their beginning.");
    }

    /// <summary>Whether a row of the test has a value.</summary>
    private bool HasTest(ForecasterModel model)
    {
        SeriesTable table = Train.Table;
        SeriesColumn[] targets = [.. model.Spec.Targets.Select(target => table.Columns[table.IndexOf(target.Name)])];
        return table.Series.Zip(Train.TestRows!).Any(each => Enumerable
            .Range(each.First.First + each.First.Count - each.Second, each.Second)
            .Any(row => targets.Any(target => !float.IsNaN(target[row]))));
    }

    protected override ForecastScore? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<ForecasterModel, ForecastScore> result, ForecastScore? test,
        CancellationToken cancellation)
    {
        if (test is null) return null;
        _baselines = ForecastBaselines.Score(
            result.Model, new ForecastDataset(Train.Table, Train.TestRows), _standardised, settings.Training.Threads,
                cancellation);
        if (Best is { } best && Worse(test, best.Score))
        {
            call.Tell($"The model does not beat {best.Name} on the test rows: its "
                + (test.Mase is null ? "MAE" : "MASE") + $" is {Numbers.Significant(Measure(test))}, that of {best.Name} "
                + $"{Numbers.Significant(Measure(best.Score))}. Use {best.Name}, or give longer series or other columns.");
        }

        return Best?.Score;
    }

    private static bool Worse(ForecastScore score, ForecastScore simple) => Measure(score) >= Measure(simple);

    private static double Measure(ForecastScore score) => score.Mase ?? score.MeanAbsoluteError;

    /// <summary>What a report draws: scores beside simple forecasts, errors by horizon and series, and three forecasts.</summary>
    protected override void WriteReview(
        Utf8JsonWriter writer, ForecasterModel model, ForecastScore? test, TrainSettings settings)
    {
        if (test is null) return;
        ForecastReview review = ForecastReview.Of(
            model, new ForecastDataset(Train.Table, Train.TestRows), settings.Training.Threads);
        writer.WriteObject("forecasts", members =>
        {
            members.WriteObjects("scores", [("the model", test), .. _baselines.Select(each => (each.Name, each.Score))], each =>
            {
                members.WriteString("name", each.Item1);
                task.Columns.Write(members, each.Item2);
            });
            members.WriteObjects("by_horizon", test.ByHorizon, step => members.Write(
                ("step", step.Step), ("mae", step.MeanAbsoluteError), ("coverage80", step.Coverage80)));
            members.WriteObjects("by_series", review.BySeries, each => members.Write(
                ("name", each.Name), ("mase", each.Mase), ("mae", each.MeanAbsoluteError)));
            members.WriteObjects("examples", review.Examples, example =>
            {
                members.Write(("name", example.Name), ("column", example.Column));
                members.WriteNumbers("history", example.History);
                members.WriteNumbers("actual", example.Actual);
                members.WriteNumbers("median", example.Median);
                members.WriteNumbers("low", example.Low);
                members.WriteNumbers("high", example.High);
            });
        });
    }

    protected override void WriteColumns(Utf8JsonWriter writer) => Train.WriteRecord(writer, null);

    protected override void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteString("description", Train.File.Description);
        writer.WriteStrings("other_targets", Train.File.OtherTargets);
        writer.WriteStrings("other_times", Train.File.OtherTimes);
        writer.WriteStrings("other_ids", Train.File.OtherIds);
    }

    protected override void WriteMore(Utf8JsonWriter writer)
    {
        Train.WriteTo(writer);
        if (_baselines.Count == 0) return;
        writer.WriteObjects("baselines", _baselines, baseline =>
        {
            writer.WriteString("name", baseline.Name);
            writer.WriteObject("test", scores => task.WriteScore(scores, baseline.Score, ScoredOn.Baseline));
        });
    }

    protected override void WriteDetails(UserTerminal terminal, ForecastScore test)
    {
        terminal.Out.WriteLine();
        List<string[]> rows = [["test", .. task.Columns.Headings(test)], ["the model", .. task.Columns.Cells(test)]];
        foreach (ForecastBaseline baseline in _baselines) rows.Add([baseline.Name, .. task.Columns.Cells(baseline.Score)]);
        terminal.WriteTable(rows);
        terminal.WriteText(ForecastTask.About(test));
        if (ForecastTask.AboutDirection(test) is { } direction) terminal.WriteText(direction);
    }

    protected override string Knows(TrainingResult<ForecasterModel, ForecastScore> result)
    {
        ForecasterSpec spec = result.Model.Spec;
        string[] targets = [.. spec.Targets.Select(target => target.Name)];
        string named = targets.Length > 4 ? $"{targets.Length} targets" : $"target {string.Join(", ", targets)}";
        return $"{Numbers.Of(Train.Table.Series.Count, "series", "series")}, {named}, season {spec.Season}"
            + (spec.Positive ? ", no forecast below 0 (--allow-negative)" : "");
    }

    protected override string Next(string path) =>
        $"predict {path} {ShellCommand.QuotePath(Train.File.Table.Name)}";
}
