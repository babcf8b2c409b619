using System.Globalization;
using System.Text.Json;

namespace Recurant.Reports;

/// <summary>The page of one training run: what was trained, how training went, the results, and how to reproduce them.</summary>
public static class RunReport
{
    private const int StagesWithBothLosses = 3;

    /// <summary>The page, whole, as one HTML file's text.</summary>
    /// <param name="record">The run.</param>
    public static string Html(RunRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        RunSummary summary = RunSummary.Of(record);
        var page = new HtmlPage($"Training of {summary.Name}", Subtitle(summary));
        var curves = new RunCurves(record);
        WriteSummary(page.Section("summary", "Summary"), record, summary);
        string[] stages = [.. curves.Stages.Where(stage => stage != RunCurves.Pretraining)];
        if (curves.Stages.Contains(RunCurves.Pretraining))
        {
            PageSection before = page.Section("pre-training", "Pre-training");
            before.Text("The word vectors and layers were first trained to predict the words of unlabelled texts.");
            before.Chart(Losses(curves, [RunCurves.Pretraining]));
        }

        if (stages.Length > 0)
        {
            WriteLearning(page.Section("learning", "Loss and measures"), record, curves, stages);
            WriteSteps(page.Section("steps", "Learning rate and gradient"), curves, stages);
            WriteSpeed(page.Section("speed", "Time"), summary, curves, stages);
        }

        RunOutcome.Write(page, record);
        RunInsides.Write(page, record);
        WriteCommand(page.Section("again", "Reproduce"), record);
        return page.ToString();
    }

    private static string Subtitle(RunSummary summary)
    {
        string model = summary.Model.Length > 0 ? summary.Model : "A model";
        return $"{model}{(summary.Data.Length > 0 ? $", trained on {summary.Data}" : "")}.";
    }

    private static void WriteSummary(PageSection section, RunRecord record, RunSummary summary)
    {
        section.Note(Verdict(summary));
        var facts = new List<(string, string)>
        {
            ("task", summary.Task),
            ("data", summary.Data),
            ("training rows", summary.Rows > 0 ? Whole(summary.Rows) : ""),
            ("model", summary.Model),
            ("parameters", summary.Parameters > 0 ? Whole(summary.Parameters) : ""),
            ("epochs", summary.Epochs > 0 ? $"{summary.Epochs}, {summary.End}" : summary.End),
            ("time", Seconds(summary.Seconds)),
            ("tokens/s, including validation", Whole(summary.TokensPerSecond)),
            ("started", RunSummary.Text(record.Run, "begun")),
            ("Recurant", RunSummary.Text(record.Run, "version")),
            (".NET", RunSummary.Text(record.Run, "runtime")),
            ("machine", RunSummary.Text(record.Run, "machine")),
        };
        section.Facts(facts.Where(fact => fact.Item2.Length > 0));
        if (summary.Settings.Count == 0) return;
        section.Table("Options that were set; all others follow from the data or have their defaults", summary.Settings,
            new("option", setting => "--" + setting.Key), new("value", setting => setting.Value, IsText: true));
    }

    private static string Verdict(RunSummary summary)
    {
        if (summary.BestEpoch == 0) return $"The run is {summary.End}; no epoch has been completed.";
        string test = double.IsNaN(summary.Test) ? "" : $" and {ChartText.Value(summary.Test)} on the test data";
        return $"Epoch {summary.BestEpoch} was the best: {summary.Measure} {ChartText.Value(summary.Validation)} on the "
            + $"validation data{test}.";
    }

    private static void WriteLearning(PageSection section, RunRecord record, RunCurves curves, string[] stages)
    {
        string measure = record.Epochs.LastOrDefault()?.Measure ?? "measure";
        var series = new List<ChartSeries>();
        foreach (string stage in stages)
        {
            if (measure == "accuracy" && stages.Length <= StagesWithBothLosses
                && curves.EpochsOf(stage).Any(epoch => double.IsFinite(epoch.TrainAccuracy)))
            {
                series.Add(curves.OverEpochs(stage, Name("training", stage, stages), epoch => epoch.TrainAccuracy));
            }

            series.Add(curves.OverEpochs(stage, Name("validation", stage, stages), epoch => epoch.Value));
        }

        LineChart losses = Losses(curves, stages);
        series.RemoveAll(line => !line.Y.Any(double.IsFinite));
        if (series.Count == 0)
        {
            section.Chart(losses);
            return;
        }

        section.Charts(losses, new LineChart { Title = Capital(measure), XLabel = "epoch", YLabel = measure, Series = series });
        section.Text("Training values are measured during training, with dropout and changing weights; validation values at the "
            + "end of "
            + "each epoch, with the averaged weights.");
    }

    private static LineChart Losses(RunCurves curves, string[] stages)
    {
        var series = new List<ChartSeries>();
        foreach (string stage in stages)
        {
            if (stages.Length <= StagesWithBothLosses) series.Add(curves.TrainingLoss(stage, Name("training", stage, stages)));
            series.Add(curves.ValidationLoss(stage, Name("validation", stage, stages)));
        }

        return new LineChart
        {
            Title = "Loss", XLabel = "step", YLabel = curves.LossName, Series =
                [.. series.Where(line => line.Y.Any(double.IsFinite))],
        };
    }

    private static void WriteSteps(PageSection section, RunCurves curves, string[] stages)
    {
        var rate = new LineChart
        {
            Title = "Learning rate", XLabel = "step", YLabel = "learning rate", FromZero = true,
            Series = [.. stages.Select(stage => curves.LearningRate(stage, Name("learning rate", stage, stages)))],
        };
        var norms = new List<ChartSeries>();
        foreach (string stage in stages)
        {
            norms.Add(curves.Norm(stage, Name("mean", stage, stages)));
            if (stages.Length <= StagesWithBothLosses) norms.Add(curves.LargestNorm(stage, Name("largest", stage, stages)));
        }

        section.Charts(rate, new LineChart
        {
            Title = "Norm of the gradient, before clipping", XLabel = "step", YLabel = "norm", IsLogarithmic = true,
            Series = norms,
        });
        long steps = stages.Sum(stage => curves.StepsOf(stage).Sum(each => each.Count));
        long clipped = stages.Sum(stage => curves.StepsOf(stage).Sum(each => (long)each.Clipped));
        section.Text($"The gradient was clipped in {Whole(clipped)} of {Whole(steps)} steps.");
        if (clipped == 0) return;
        section.Chart(new LineChart
        {
            Title = "Clipped steps", XLabel = "step", YLabel = "share of steps", FromZero = true,
            Series = [.. stages.Select(stage => curves.ClippedShare(stage, Name("clipped", stage, stages)))],
        });
    }

    private static void WriteSpeed(PageSection section, RunSummary summary, RunCurves curves, string[] stages)
    {
        section.Text($"The run took {Seconds(summary.Seconds)}.");
        ChartSeries[] speed = [.. stages.Select(stage => curves.Speed(stage, Name("tokens/s", stage, stages)))
            .Where(line => line.X.Count > 0)];
        var charts = new List<IChart>();
        if (speed.Length > 0)
        {
            charts.Add(new LineChart
            {
                Title = "Speed", XLabel = "step", YLabel = "tokens/s", FromZero = true, Series = speed,
            });
        }

        ChartSeries[] seconds = [.. stages.Select(
            stage => curves.OverEpochs(stage, Name("seconds", stage, stages), epoch => epoch.Seconds))
            .Where(line => line.X.Count > 0)];
        if (seconds.Length > 0)
        {
            charts.Add(new LineChart
            {
                Title = "Time of each epoch, including validation", XLabel = "epoch", YLabel = "seconds", FromZero = true,
                Series = seconds,
            });
        }

        if (charts.Count > 0) section.Charts(charts);
    }

    private static void WriteCommand(PageSection section, RunRecord record)
    {
        string command = RunSummary.Text(record.Run, "command");
        if (command.Length == 0)
        {
            section.Text("The command was not recorded.");
            return;
        }

        section.Code(command);
        bool hasBudget = RunSummary.Member(RunSummary.Member(record.Run, "settings"), "budget") is not null;
        section.Text("With the same data and the same version, this command gives the same model file, byte for byte, on any "
            + "number of "
            + $"threads{(hasBudget ? ", unless its time budget ends it at another step" : "")}.");
    }

    private static string Name(string what, string stage, string[] stages) => stages.Length == 1 ? what : $"{what}, {stage}";

    internal static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    internal static string Whole(double value) => double.IsNaN(value) ? "" : value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The members "from" and "to" of a band: "6 to 10".</summary>
    internal static string Range(JsonElement band)
    {
        double from = RunSummary.Number(band, "from"), to = RunSummary.Number(band, "to");
        return from == to ? Whole(from) : $"{Whole(from)} to {Whole(to)}";
    }

    internal static string Seconds(double value) => double.IsNaN(value) ? ""
        : value < 100 ? value.ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : string.Create(CultureInfo.InvariantCulture, $"{value:0} s ({Math.Floor(value / 60):0} min {value % 60:00} s)");
}
