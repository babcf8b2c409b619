using System.Text.Json;

namespace Recurant.Reports;

/// <summary>The sections of a report about the model's results: scores, confusion matrix, calibration, mistakes.</summary>
internal static class RunOutcome
{
    public static void Write(HtmlPage page, RunRecord record)
    {
        if (record.Result is not { } result)
        {
            page.Section("scores", "Scores").Note(
                "The run is still going on, or was stopped before it was evaluated: there are no scores yet.");
            return;
        }

        WriteScores(page.Section("scores", "Scores"), result);
        WriteConfusion(page, result);
        WriteCounts(page, result);
        WriteCalibration(page, result);
        WriteMistakes(page, result);
        RunTokenCosts.Write(page, result);
        RunTranslations.Write(page, result);
        RunDistances.Write(page, result);
    }

    /// <summary>What the model was evaluated on: "the test data", unless the record says otherwise.</summary>
    internal static string DataOf(JsonElement result) =>
        RunSummary.Text(result, "reviewed") is { Length: > 0 } part ? $"the {part} data" : "the test data";

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
        PageSection section = page.Section("confusion", "Confusion matrix");
        string things = RunSummary.Text(result, "confusion_of") is { Length: > 0 } of ? of : "texts";
        string label = things == "words" ? "tag" : "label";
        section.Text($"Rows are the actual {label}s, columns the predicted ones; cells count {things} of {DataOf(result)}. Shades are shares "
            + "of the row, so that in a good model only the diagonal is dark.");
        section.Chart(new HeatMap
        {
            Title = "Confusion matrix", RowName = "actual", ColumnName = "predicted", Rows = labels, Columns = labels,
            Values = counts, ShadeByRow = true,
        });
        section.Table(new TextTable
        {
            Caption = $"Precision and recall of each {label}",
            Columns = [label, "actual", "predicted", "precision", "recall"],
            // A row that groups several labels has no precision of its own.
            Rows = [.. labels.Index().Where(pair => pair.Item != TaggerReview.Others).Select(pair => (string[])
            [
                pair.Item, ChartText.Value(counts[pair.Index].Sum()), ChartText.Value(counts.Sum(row => row[pair.Index])),
                ChartText.Value(counts[pair.Index][pair.Index] / counts.Sum(row => row[pair.Index])),
                ChartText.Value(counts[pair.Index][pair.Index] / counts[pair.Index].Sum()),
            ])],
        });
    }

    /// <summary>Precision, recall and F1 of each kind of span, or of each tag where the matrix has not all.</summary>
    private static void WriteCounts(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "counts") is not { ValueKind: JsonValueKind.Array } list) return;
        string name = RunSummary.Text(result, "counts_of");
        (string Name, double Right, double Found, double Present)[] counts = [.. list.EnumerateArray().Select(count =>
            (RunSummary.Text(count, "name"), RunSummary.Number(count, "right"), RunSummary.Number(count, "found"),
                RunSummary.Number(count, "present"))).Where(count => count.Item3 + count.Item4 > 0)];
        if (counts.Length == 0) return;
        PageSection section = page.Section("counts", $"Scores of each {name}");
        section.Text(name == "span"
            ? "A span, such as a name of several words, is correct if its first word, its last word and its type all are."
            : "All tags, including those that the confusion matrix groups as others.");
        section.Chart(new BarChart
        {
            Title = "F1", LabelName = name, ValueName = "F1", Most = 1,
            Bars = [.. counts.Select(count => (count.Name, 2 * count.Right / (count.Found + count.Present)))],
        });
        section.Table(new TextTable
        {
            Caption = "Precision: correct / predicted; recall: correct / actual",
            Columns = [name, "actual", "predicted", "correct", "precision", "recall", "F1"],
            Rows = [.. counts.Select(count => (string[])
            [
                count.Name, ChartText.Value(count.Present), ChartText.Value(count.Found), ChartText.Value(count.Right),
                ChartText.Value(count.Right / count.Found), ChartText.Value(count.Right / count.Present),
                ChartText.Value(2 * count.Right / (count.Found + count.Present)),
            ])],
        });
    }

    private static void WriteCalibration(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "calibration") is not { ValueKind: JsonValueKind.Object } calibration) return;
        PageSection section = page.Section("calibration", "Calibration");
        double error = RunSummary.Number(calibration, "expected_error");
        JsonElement[] bins =
            [.. calibration.GetProperty("bins").EnumerateArray().Where(bin => bin.GetProperty("count").GetInt32() > 0)];
        double gap = bins.Sum(bin => bin.GetProperty("count").GetInt32()
            * (RunSummary.Number(bin, "confidence") - RunSummary.Number(bin, "accuracy")));
        string which = gap > 0 ? "overconfident" : "underconfident";
        section.Note($"The expected calibration error is {ChartText.Value(error)}: on average, the probability given to an answer "
            + $"and the share of correct answers differ by that much. The model is {which}.");
        if (CalibratedWhat(result) is { Length: > 0 } what) section.Text(what);
        double[] confidence = [.. bins.Select(bin => RunSummary.Number(bin, "confidence"))];
        section.Chart(new LineChart
        {
            Title = "Accuracy against predicted probability", XLabel = "predicted probability",
            YLabel = "accuracy", FromZero = true,
            Series =
            [
                new("model", confidence, [.. bins.Select(bin => RunSummary.Number(bin, "accuracy"))]),
                new("perfectly calibrated", confidence, confidence),
            ],
        });
        section.Table(new TextTable
        {
            Caption = $"Answers on {DataOf(result)} by predicted probability",
            Columns = ["probability", "answers", "mean probability", "accuracy"],
            Rows = [.. bins.Select(bin => (string[])
            [
                $"{ChartText.Value(RunSummary.Number(bin, "from"))} to {ChartText.Value(RunSummary.Number(bin, "to"))}",
                ChartText.Value(bin.GetProperty("count").GetInt32()), ChartText.Value(RunSummary.Number(bin, "confidence")),
                ChartText.Value(RunSummary.Number(bin, "accuracy")),
            ])],
        });
    }

    private static string CalibratedWhat(JsonElement result) =>
        RunSummary.Member(result, "token_costs") is not null
            ? "Measured on the most probable next token at each position: its probability, and whether it is the actual next token."
            : RunSummary.Text(result, "probability_of") switch
            {
                "tag" => "Measured on each word: the probability of its tag, and whether the tag is correct.",
                "marginal" => "Measured on each word: the marginal probability of its tag over all tag sequences of the sentence, "
                    + "and whether the tag is correct. The tags are those of the most probable sequence.",
                "sentence" => "Measured on each sentence: the geometric mean of its words' probabilities, and whether it is "
                    + "exactly the expected one.",
                _ => "",
            };

    private static void WriteMistakes(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "mistakes") is not { ValueKind: JsonValueKind.Array } list) return;
        PageSection section = page.Section("mistakes", "Most confident mistakes");
        JsonElement[] mistakes = [.. list.EnumerateArray()];
        bool areWords = mistakes.Length > 0 && RunSummary.Member(mistakes[0], "word") is not null;
        section.Text(mistakes.Length == 0 ? $"There are no mistakes on {DataOf(result)}."
            : $"The wrong answers with the highest probability, of {RunReport.Whole(RunSummary.Number(result, "mistake_count"))} on "
            + $"{DataOf(result)}{(areWords ? ", at most one per sentence" : "")}. Labels that are wrong in the data often show up here.");
        if (mistakes.Length == 0) return;
        section.Table(new TextTable
        {
            Caption = "Wrong answers, the most confident first",
            Columns = [.. areWords ? ["word"] : Array.Empty<string>(), "text", "expected", "predicted", "probability"],
            Rows = [.. mistakes.Select(mistake => (string[])
            [
                .. areWords ? [RunSummary.Text(mistake, "word")] : Array.Empty<string>(),
                RunSummary.Text(mistake, "text"), RunSummary.Text(mistake, "right"), RunSummary.Text(mistake, "answered"),
                ChartText.Value(RunSummary.Number(mistake, "probability")),
            ])],
            TextColumns = areWords ? [0, 1, 2, 3] : [0, 1, 2],
        });
    }

    private static string[] Strings(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } array
        ? [.. array.EnumerateArray().Select(text => text.GetString() ?? "")]
        : [];
}
