using Recurant.Training;

namespace Recurant.Reports;

/// <summary>The page that shows several training runs beside one another.</summary>
public static class RunComparison
{
    /// <summary>The page, whole, as one HTML file's text.</summary>
    /// <param name="records">The runs, at least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static string Html(IReadOnlyList<RunRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (records.Count == 0) throw new ArgumentException("There are no runs to compare.", nameof(records));
        RunSummary[] runs = [.. records.Select(RunSummary.Of)];
        string[] names = UniqueNames(records, runs);
        var page = new HtmlPage($"{records.Count} training runs compared", string.Join(", ", names));
        WriteScores(page.Section("runs", "The runs"), runs, names);
        WriteSettings(page.Section("settings", "Where they differ"), runs, names);
        WriteCurves(page.Section("curves", "How they learnt"), records, names);
        return page.ToString();
    }

    /// <summary>For each run a name that no other has: the record's, or its path where names are equal.</summary>
    internal static string[] UniqueNames(IReadOnlyList<RunRecord> records, RunSummary[] runs) =>
        [.. runs.Select((run, i) => runs.Count(other => other.Name == run.Name) == 1 ? run.Name : $"{records[i].Path} ({i + 1})")];

    private static void WriteScores(PageSection section, RunSummary[] runs, string[] names)
    {
        if (runs.Select(run => (run.Task, run.Data)).Distinct().Count() > 1)
        {
            section.Note("These runs learnt different things or from different data: their scores do not compare.");
        }

        section.Table(new TextTable
        {
            Caption = "The runs",
            Columns = ["run", "data", "model", "measure", "validation", "test", "best epoch", "epochs", "seconds",
                "tokens a second", "learnt numbers", "end"],
            Rows = [.. runs.Select((run, i) => (string[])
            [
                names[i], run.Data, run.Model, run.Measure, ChartText.Value(run.Validation), ChartText.Value(run.Test),
                ChartText.Value(run.BestEpoch), ChartText.Value(run.Epochs), ChartText.Value(Math.Round(run.Seconds, 1)),
                RunReport.Whole(run.TokensPerSecond), RunReport.Whole(run.Parameters), run.End,
            ])],
            TextColumns = [0, 1, 2, 3, 11],
        });
        foreach (IGrouping<string, (RunSummary Run, string Name)> measure in runs.Zip(names).GroupBy(pair => pair.First.Measure))
        {
            if (measure.Key.Length == 0) continue;
            section.Chart(new BarChart
            {
                Title = $"{measure.Key} on the validation data", LabelName = "run", ValueName = measure.Key,
                Bars = [.. measure.Select(pair => (pair.Name, pair.Run.Validation))],
            });
        }
    }

    private static void WriteSettings(PageSection section, RunSummary[] runs, string[] names)
    {
        IReadOnlyList<string> differing = RunSummary.DifferingSettings(runs);
        if (differing.Count == 0)
        {
            section.Text("They were told the same.");
            return;
        }

        section.Table(new TextTable
        {
            Caption = "Options in which they differ; empty where the run was left its default",
            Columns = ["option", .. names],
            Rows = [.. differing.Select(name => (string[])["--" + name, .. runs.Select(run => run.Setting(name))])],
            TextColumns = [.. Enumerable.Range(0, runs.Length + 1)],
        });
    }

    private static void WriteCurves(PageSection section, IReadOnlyList<RunRecord> records, string[] names)
    {
        RunCurves[] curves = [.. records.Select(record => new RunCurves(record))];
        var charts = new List<IChart>();
        Chart("Validation: the measure that decides", "epoch", "measure",
            (curve, stage, name) => curve.OverEpochs(stage, name, epoch => epoch.Value));
        Chart("Validation against time", "seconds", "measure",
            (curve, stage, name) => curve.OverTime(stage, name, epoch => epoch.Value));
        string loss = curves.Select(curve => curve.LossName).Distinct().Count() == 1 ? curves[0].LossName : "loss";
        Chart("Training loss", "step", loss, (curve, stage, name) => curve.TrainingLoss(stage, name));
        Chart("Validation loss", "epoch", loss,
            (curve, stage, name) => curve.OverEpochs(stage, name, epoch => epoch.ValidationLoss));
        if (charts.Count > 0) section.Charts(charts);

        void Chart(string title, string x, string y, Func<RunCurves, string, string, ChartSeries> line)
        {
            // Of a run of several stages the last: it is the one whose scores count.
            ChartSeries[] series = [.. curves
                .Select((curve, i) => curve.Stages.Count == 0 ? null : line(curve, curve.Stages[^1], names[i]))
                .OfType<ChartSeries>().Where(each => each.X.Count > 0)];
            if (series.Length > 0) charts.Add(new LineChart { Title = title, XLabel = x, YLabel = y, Series = series });
        }
    }
}
