using System.Text.Json;
using Recurant.Training;

namespace Recurant.Reports;

/// <summary>The sections of a report that tell what the model can do: scores, confusion, calibration, mistakes.</summary>
internal static class RunOutcome
{
    public static void Write(HtmlPage page, RunRecord record)
    {
        if (record.Result is not { } result)
        {
            page.Section("scores", "Scores").Note(
                "The run has not ended, or was ended before it could say what came of it: there are no scores yet.");
            return;
        }

        WriteScores(page.Section("scores", "Scores"), result);
        WriteConfusion(page, result);
        WriteCalibration(page, result);
        WriteMistakes(page, result);
    }

    private static void WriteScores(PageSection section, JsonElement result)
    {
        var columns = new List<(string Name, Dictionary<string, string> Values)>();
        Add("validation", RunSummary.Member(result, "valid"));
        Add("test", RunSummary.Member(result, "test"));
        JsonElement? baseline = RunSummary.Member(result, "baseline");
        Add($"test, {RunSummary.Text(baseline, "name")}", RunSummary.Member(baseline, "test"));
        string[] names = [.. columns.SelectMany(column => column.Values.Keys).Distinct()];
        section.Table(new TextTable
        {
            Caption = "Scores",
            Columns = ["", .. columns.Select(column => column.Name)],
            Rows = [.. names.Select(
                name => (string[])[name, .. columns.Select(column => column.Values.GetValueOrDefault(name, ""))])],
        });

        void Add(string name, JsonElement? scores)
        {
            if (scores is not { ValueKind: JsonValueKind.Object } members) return;
            var values = new Dictionary<string, string>();
            foreach (JsonProperty member in members.EnumerateObject())
            {
                string? value = member.Value.ValueKind switch
                {
                    JsonValueKind.Number => ChartText.Value(member.Value.GetDouble()),
                    JsonValueKind.String => member.Value.GetString(),
                    _ => null,
                };
                if (value is not null) values[member.Name.Replace('_', ' ')] = value;
            }

            columns.Add((name, values));
        }
    }

    private static void WriteConfusion(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "confusion") is not { ValueKind: JsonValueKind.Array } confusion) return;
        string[] labels = Strings(RunSummary.Member(result, "labels"));
        double[][] counts =
            [.. confusion.EnumerateArray().Select(row => row.EnumerateArray().Select(count => count.GetDouble()).ToArray())];
        if (labels.Length != counts.Length) return;
        PageSection section = page.Section("confusion", "What is taken for what");
        section.Text("A row for each right label, a column for each answer, on the test data. The shades are shares of the row: "
            + "in a good model only the diagonal is dark.");
        section.Chart(new HeatMap
        {
            Title = "Confusion matrix", RowName = "right label", ColumnName = "answer", Rows = labels, Columns = labels,
            Values = counts, ShadeByRow = true,
        });
        section.Table(new TextTable
        {
            Caption = "Each label: how often its answers are right (precision), how many of its texts are found (recall)",
            Columns = ["label", "texts", "answers", "precision", "recall"],
            Rows = [.. labels.Select((label, i) => (string[])
            [
                label, ChartText.Value(counts[i].Sum()), ChartText.Value(counts.Sum(row => row[i])),
                ChartText.Value(counts[i][i] / counts.Sum(row => row[i])), ChartText.Value(counts[i][i] / counts[i].Sum()),
            ])],
        });
    }

    private static void WriteCalibration(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "calibration") is not { ValueKind: JsonValueKind.Object } calibration) return;
        PageSection section = page.Section("calibration", "How far its probabilities can be trusted");
        double error = RunSummary.Number(calibration, "expected_error");
        JsonElement[] bins =
            [.. calibration.GetProperty("bins").EnumerateArray().Where(bin => bin.GetProperty("count").GetInt32() > 0)];
        double gap = bins.Sum(bin => bin.GetProperty("count").GetInt32()
            * (RunSummary.Number(bin, "confidence") - RunSummary.Number(bin, "accuracy")));
        string which = gap > 0 ? "surer than it is right" : "right more often than it is sure";
        section.Note($"The expected calibration error is {ChartText.Value(error)}: on average the probability of an answer and the "
            + $"share of right answers lie so far apart. The model is {which}.");
        double[] confidence = [.. bins.Select(bin => RunSummary.Number(bin, "confidence"))];
        section.Chart(new LineChart
        {
            Title = "Right answers against the probability given", XLabel = "probability of the answer",
            YLabel = "share that is right", FromZero = true,
            Series =
            [
                new("the model", confidence, [.. bins.Select(bin => RunSummary.Number(bin, "accuracy"))]),
                new("if they agreed", confidence, confidence),
            ],
        });
        section.Table(new TextTable
        {
            Caption = "Answers on the test data by their probability",
            Columns = ["probability", "answers", "mean probability", "share that is right"],
            Rows = [.. bins.Select(bin => (string[])
            [
                $"{ChartText.Value(RunSummary.Number(bin, "from"))} to {ChartText.Value(RunSummary.Number(bin, "to"))}",
                ChartText.Value(bin.GetProperty("count").GetInt32()), ChartText.Value(RunSummary.Number(bin, "confidence")),
                ChartText.Value(RunSummary.Number(bin, "accuracy")),
            ])],
        });
    }

    private static void WriteMistakes(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "mistakes") is not { ValueKind: JsonValueKind.Array } list) return;
        PageSection section = page.Section("mistakes", "Its surest mistakes");
        JsonElement[] mistakes = [.. list.EnumerateArray()];
        section.Text(mistakes.Length == 0 ? "There is no mistake among the answers to the test data."
            : $"Of {RunReport.Whole(RunSummary.Number(result, "mistake_count"))} wrong answers on the test data these were given with "
            + "the highest probability. Among them are labels that are wrong in the data themselves.");
        if (mistakes.Length == 0) return;
        section.Table(new TextTable
        {
            Caption = "Wrong answers, the surest first",
            Columns = ["text", "right", "answered", "probability"],
            Rows = [.. mistakes.Select(mistake => (string[])
            [
                RunSummary.Text(mistake, "text"), RunSummary.Text(mistake, "right"), RunSummary.Text(mistake, "answered"),
                ChartText.Value(RunSummary.Number(mistake, "probability")),
            ])],
            TextColumns = [0, 1, 2],
        });
    }

    private static string[] Strings(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } array
        ? [.. array.EnumerateArray().Select(text => text.GetString() ?? "")]
        : [];
}
