using System.Globalization;

namespace Recurant.Cli;

/// <summary>The forecasts of tables: a step of a series a line, its time as the file writes times.</summary>
internal sealed class ForecastAnswers(Forecaster forecaster, Invocation call) : AnswerWriter
{
    private readonly TextWriter _to = call.Terminal.Out;

    public override bool ReadsTables => true;

    public override void Write(IReadOnlyList<string> texts)
    {
        ForecasterSpec spec = forecaster.Model.Spec;
        int? horizon = call.Whole(ForecastTask.HorizonOption, 1, spec.Horizon);
        TrainSettings settings = call.Apply(PredictCommand.TableSettings, new TrainSettings());
        bool isFirst = true;
        foreach (string path in texts)
        {
            SeriesData data = SeriesData.Read(path, settings, ForecastTask.Format(forecaster.Model, settings), call);
            IReadOnlyList<SeriesForecast> forecasts = forecaster.Forecast(data.Table, horizon, call.Interruption.Token);
            if (!call.Json && isFirst) WriteHeadings(data);
            isFirst = false;
            foreach (SeriesForecast forecast in forecasts) Write(forecast, data);
        }

        _to.Flush();
    }

    private void WriteHeadings(SeriesData data)
    {
        string[] names =
        [
            .. data.File.IdColumn is { } id ? [id] : data.Table.Series.Count > 1 ? ["id"] : Array.Empty<string>(),
            .. data.File.Times?.Columns ?? ["step"], .. HasColumns ? ["column"] : Array.Empty<string>(), "mean",
            .. forecaster.Model.Spec.Levels.Select(Level),
        ];
        _to.WriteLine(string.Join(',', names.Select(Cell)));
    }

    private bool HasColumns => forecaster.Model.Spec.TargetCount > 1;

    private void Write(SeriesForecast forecast, SeriesData data)
    {
        bool hasId = data.File.IdColumn is not null || data.Table.Series.Count > 1;
        for (int step = 0; step < forecast.Mean.Count; step++)
        {
            IReadOnlyList<string> time = data.File.Times is { } format
                ? format.Write(forecast.InstantOf(step), data.Table.Axis!) : [Numbers.Plain(step + 1)];
            if (call.Json)
            {
                int at = step;
                _to.WriteLine(JsonText.Object(writer =>
                {
                    writer.WriteString("id", forecast.Id);
                    if (HasColumns) writer.WriteString("column", forecast.Column);
                    writer.WriteString("time", string.Join(' ', time));
                    writer.WriteNumber("mean", forecast.Mean[at]);
                    writer.WriteObject("quantiles", members =>
                    {
                        foreach (float level in forecast.Levels) members.WriteNumber(Level(level), forecast.Quantile(at, level));
                    });
                }));
                continue;
            }

            string[] cells =
            [
                .. hasId ? [forecast.Id] : Array.Empty<string>(), .. time,
                .. HasColumns ? [forecast.Column] : Array.Empty<string>(), Number(forecast.Mean[step]),
                .. forecast.Levels.Select(level => Number(forecast.Quantile(step, level))),
            ];
            _to.WriteLine(string.Join(',', cells.Select(Cell)));
        }
    }

    private static string Level(float level) => level.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Number(float value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A cell of CSV.</summary>
    private static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0
        ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
