using System.Text.Json;
using Recurant.Insight;
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
        WriteCounts(page, result);
        WriteCalibration(page, result);
        WriteMistakes(page, result);
        RunTokenCosts.Write(page, result);
        RunTranslations.Write(page, result);
        RunDistances.Write(page, result);
    }

    /// <summary>What the model was looked at with: "the test data", unless the record says otherwise.</summary>
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
        PageSection section = page.Section("confusion", "What is taken for what");
        string things = RunSummary.Text(result, "confusion_of") is { Length: > 0 } of ? of : "texts";
        string label = things == "words" ? "tag" : "label";
        section.Text($"A row for each right {label}, a column for each answer, counted in {things} of {DataOf(result)}. The shades "
            + "are shares of the row: in a good model only the diagonal is dark.");
        section.Chart(new HeatMap
        {
            Title = "Confusion matrix", RowName = $"right {label}", ColumnName = "answer", Rows = labels, Columns = labels,
            Values = counts, ShadeByRow = true,
        });
        section.Table(new TextTable
        {
            Caption = $"Each {label}: how often its answers are right (precision), how many of its {things} are found (recall)",
            Columns = [label, things, "answers", "precision", "recall"],
            // What stands for several together has no precision of its own.
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
        PageSection section = page.Section("counts", $"Each kind of {name}");
        section.Text(name == "span"
            ? "A span, such as a name of several words, is right if it begins and ends where it should and is of the right kind."
            : "All tags, also those that the matrix counts among the others.");
        section.Chart(new BarChart
        {
            Title = "F1", LabelName = name, ValueName = "F1", Most = 1,
            Bars = [.. counts.Select(count => (count.Name, 2 * count.Right / (count.Found + count.Present)))],
        });
        section.Table(new TextTable
        {
            Caption = "How often what was found is right (precision), how much of what is there was found (recall)",
            Columns = [name, "present", "found", "right", "precision", "recall", "F1"],
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
        PageSection section = page.Section("calibration", "How far its probabilities can be trusted");
        double error = RunSummary.Number(calibration, "expected_error");
        JsonElement[] bins =
            [.. calibration.GetProperty("bins").EnumerateArray().Where(bin => bin.GetProperty("count").GetInt32() > 0)];
        double gap = bins.Sum(bin => bin.GetProperty("count").GetInt32()
            * (RunSummary.Number(bin, "confidence") - RunSummary.Number(bin, "accuracy")));
        string which = gap > 0 ? "surer than it is right" : "right more often than it is sure";
        section.Note($"The expected calibration error is {ChartText.Value(error)}: on average the probability of an answer and "
            + $"the share of right answers lie so far apart. The model is {which}.");
        if (CalibratedWhat(result) is { Length: > 0 } what) section.Text(what);
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
            Caption = $"Answers on {DataOf(result)} by their probability",
            Columns = ["probability", "answers", "mean probability", "share that is right"],
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
            ? "Looked at is the most probable next token at each place: its probability, and whether it is the token that comes."
            : RunSummary.Text(result, "probability_of") switch
            {
                "tag" => "Looked at is each word: the probability of its tag, and whether the tag is right.",
                "marginal" => "Looked at is each word: the marginal probability of its tag over all rows of tags of the sentence, "
                    + "and whether the tag is right. The tags are those of the most probable row.",
                "sentence" => "Looked at is each sentence: the geometric mean of its words' probabilities, and whether it is "
                    + "exactly the expected one.",
                _ => "",
            };

    private static void WriteMistakes(HtmlPage page, JsonElement result)
    {
        if (RunSummary.Member(result, "mistakes") is not { ValueKind: JsonValueKind.Array } list) return;
        PageSection section = page.Section("mistakes", "Its surest mistakes");
        JsonElement[] mistakes = [.. list.EnumerateArray()];
        bool areWords = mistakes.Length > 0 && RunSummary.Member(mistakes[0], "word") is not null;
        section.Text(mistakes.Length == 0 ? $"There is no mistake among the answers to {DataOf(result)}."
            : $"Of {RunReport.Whole(RunSummary.Number(result, "mistake_count"))} wrong answers on {DataOf(result)} these were given "
            + $"with the highest probability{(areWords ? ", of each sentence at most one" : "")}. Among them are labels that are wrong "
            + "in the data themselves.");
        if (mistakes.Length == 0) return;
        section.Table(new TextTable
        {
            Caption = "Wrong answers, the surest first",
            Columns = [.. areWords ? ["word"] : Array.Empty<string>(), "text", "right", "answered", "probability"],
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
