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
        WriteScores(page.Section("runs", "Runs"), records, runs, names);
        WriteSettings(page.Section("settings", "Different settings"), runs, names);
        WriteCurves(page.Section("curves", "Learning curves"), records, names);
        return page.ToString();
    }

    /// <summary>For each run a name that no other has: the record's, or its path where names are equal.</summary>
    internal static string[] UniqueNames(IReadOnlyList<RunRecord> records, RunSummary[] runs) =>
        [.. runs.Select(
            (run, i) => runs.Count(other => other.Name == run.Name) == 1 ? run.Name : $"{records[i].Path} ({i + 1})")];

    private static void WriteScores(
        PageSection section, IReadOnlyList<RunRecord> records, RunSummary[] runs, string[] names)
    {
        if (runs.Select(run => (run.Task, run.Data)).Distinct().Count() > 1)
        {
            section.Note("These runs were trained on different tasks or data, so their scores cannot be compared.");
        }

        section.Table("Scores, times and sizes", runs.Index(),
            new("run", run => names[run.Index]), new("measure", run => run.Item.Measure, IsText: true),
            new("validation", run => run.Item.Validation), new("test", run => run.Item.Test), new(
                "best epoch", run => run.Item.BestEpoch),
            new("epochs", run => run.Item.Epochs), new("seconds", run => Math.Round(run.Item.Seconds, 1)),
            new("tokens/s", run => RunReport.Whole(run.Item.TokensPerSecond)), new(
                "parameters", run => RunReport.Whole(run.Item.Parameters)),
            new("end", run => run.Item.End, IsText: true));
        section.Table("Models and data", runs.Index(),
            new("run", run => names[run.Index]), new("model", run => run.Item.Model, IsText: true),
            new("data", run => run.Item.Data, IsText: true));
        (DotPlot Plot, bool HasIntervals)[] plots =
        [
            .. Dots(records, runs, names, "validation", "valid", run => run.Validation),
            .. Dots(records, runs, names, "test", "test", run => run.Test),
        ];
        if (plots.Length == 0) return;
        section.Charts([.. plots.Select(each => each.Plot)]);
        section.Text("The axes span the values and do not start at 0." + (plots.Any(each => each.HasIntervals)
            ? " A line is the 95% interval (Wilson) of an accuracy, given the number of rows it was measured on: runs whose "
            + "lines "
                + "overlap may differ by chance alone."
            : ""));
    }

    /// <summary>The measure that decides, on one part of the data; runs with another measure have a plot of their own.</summary>
    private static IEnumerable<(DotPlot Plot, bool HasIntervals)> Dots(
        IReadOnlyList<RunRecord> records, RunSummary[] runs, string[] names, string part, string member, Func<RunSummary,
            double> score)
    {
        foreach (IGrouping<string, int> measure in Enumerable.Range(0, runs.Length).GroupBy(i => runs[i].Measure))
        {
            if (measure.Key.Length == 0 || !measure.Any(i => double.IsFinite(score(runs[i])))) continue;
            PlottedDot[] dots = [.. measure.Select(i => DotOf(names[i], runs[i], score(runs[i]),
                RunSummary.Number(RunSummary.Member(records[i].Result, member), "rows")))];
            yield return (new DotPlot
            {
                Title = $"{RunReport.Capital(measure.Key)} on the {part} data", LabelName = "run", ValueName = measure.Key,
                IntervalName = "95% interval", Dots = dots,
            }, dots.Any(dot => double.IsFinite(dot.Low)));
        }
    }

    /// <summary>
    /// Of an accuracy the Wilson interval (Wilson 1927): (p + z^2/2n +- z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n), z = 1.96.
    /// Other measures have none, nor have accuracies of which the record does not tell the rows.
    /// </summary>
    private static PlottedDot DotOf(string name, RunSummary run, double p, double n)
    {
        if (run.Task != TaskNames.Classify || run.Measure != "accuracy" || !(n > 0) || !(p is >= 0 and <= 1)) return new(name, p);
        const double Z = 1.959964;
        double middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        double half = Z * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n);
        return new(name, p, Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    private static void WriteSettings(PageSection section, RunSummary[] runs, string[] names)
    {
        IReadOnlyList<string> differing = RunSummary.DifferingSettings(runs);
        if (differing.Count == 0)
        {
            section.Text("All runs have the same settings.");
            return;
        }

        section.Table(new TextTable
        {
            Caption = "Options that differ between the runs; empty means the default",
            Columns = ["option", .. names],
            Rows = [.. differing.Select(name => (string[])["--" + name, .. runs.Select(run => run.Setting(name))])],
            TextColumns = [.. Enumerable.Range(0, runs.Length + 1)],
        });
    }

    private static void WriteCurves(PageSection section, IReadOnlyList<RunRecord> records, string[] names)
    {
        RunCurves[] curves = [.. records.Select(record => new RunCurves(record))];
        var charts = new List<IChart>();
        Chart("Validation by epoch", "epoch", "measure",
            (curve, stage, name) => curve.OverEpochs(stage, name, epoch => epoch.Value));
        Chart("Validation by time", "seconds", "measure",
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
