using System.Text.Json;
using static Recurant.Reports.RunSummary;

namespace Recurant.Reports;

/// <summary>The sections of a report about the model's results: scores, confusion matrix, calibration, mistakes.</summary>
internal static class RunOutcome
{
    /// <summary>
    /// What a task may tell of its model, in the order of the page: the member of the result, and what shows it. The writer gets
    /// the page, the result and the member.
    /// </summary>
    private static readonly (string Member, Action<HtmlPage, JsonElement, JsonElement> Write)[] s_sections =
    [
        ("confusion", WriteConfusion), ("counts", WriteCounts), ("calibration", WriteCalibration), ("mistakes", WriteMistakes),
        ("token_costs", RunTokenCosts.Write), ("translations", RunTranslations.Write), ("by_distance", RunDistances.Write),
        ("forecasts", (page, _, members) => RunForecasts.Write(page, members)),
    ];

    public static void Write(HtmlPage page, RunRecord record)
    {
        if (record.Result is not { } result)
        {
            page.Section("scores", "Scores").Note(
                "The run is still going on, or was stopped before it was evaluated: there are no scores yet.");
            return;
        }

        WriteScores(page.Section("scores", "Scores"), result);
        foreach ((string member, Action<HtmlPage, JsonElement, JsonElement> write) in s_sections)
        {
            if (Member(result, member) is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } value)
            {
                write(page, result, value);
            }

        }
    }

    /// <summary>What the model was evaluated on: "the test data", unless the record says otherwise.</summary>
    internal static string DataOf(JsonElement result) =>
        Text(result, "reviewed") is { Length: > 0 } part ? $"the {part} data" : "the test data";

    private static void WriteScores(PageSection section, JsonElement result)
    {
        var columns = new List<(string Name, Dictionary<string, string> Values)>();
        Add("validation", Member(result, "valid"));
        Add("test", Member(result, "test"));
        JsonElement? baseline = Member(result, "baseline");
        Add($"test, {Text(baseline, "name")}", Member(baseline, "test"));
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

    private static void WriteConfusion(HtmlPage page, JsonElement result, JsonElement confusion)
    {
        string[] labels = Strings(Member(result, "labels"));
        double[][] counts =
            [.. confusion.EnumerateArray().Select(row => row.EnumerateArray().Select(count => count.GetDouble()).ToArray())];
        if (labels.Length != counts.Length) return;
        PageSection section = page.Section("confusion", "Confusion matrix");
        string things = Text(result, "confusion_of") is { Length: > 0 } of ? of : "texts";
        string label = things == "words" ? "tag" : "label";
        section.Text($"Rows are the actual {label}s, columns the predicted ones; cells count {things} of {DataOf(result)}. "
            + $"Shades are shares "
            + "of the row, so that in a good model only the diagonal is dark.");
        section.Chart(new HeatMap
        {
            Title = "Confusion matrix", RowName = "actual", ColumnName = "predicted", Rows = labels, Columns = labels,
            Values = counts, ShadeByRow = true,
        });
        // A row that groups several labels has no precision of its own.
        section.Table($"Precision and recall of each {label}", labels.Index().Where(pair => pair.Item != TaggerReview.Others),
            new(label, pair => pair.Item), new("actual", pair => counts[pair.Index].Sum()),
            new("predicted", pair => counts.Sum(row => row[pair.Index])),
            new("precision", pair => counts[pair.Index][pair.Index] / counts.Sum(row => row[pair.Index])),
            new("recall", pair => counts[pair.Index][pair.Index] / counts[pair.Index].Sum()));
    }

    /// <summary>Precision, recall and F1 of each kind of span, or of each tag where the matrix has not all.</summary>
    private static void WriteCounts(HtmlPage page, JsonElement result, JsonElement list)
    {
        string name = Text(result, "counts_of");
        (string Name, double Right, double Found, double Present)[] counts = [.. list.EnumerateArray().Select(count =>
            (Text(count, "name"), Number(count, "right"), Number(count, "found"),
                Number(count, "present"))).Where(count => count.Item3 + count.Item4 > 0)];
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
        section.Table("Precision: correct / predicted; recall: correct / actual", counts,
            new(name, count => count.Name), new("actual", count => count.Present), new("predicted", count => count.Found),
            new("correct", count => count.Right), new("precision", count => count.Right / count.Found),
            new("recall", count => count.Right / count.Present),
            new("F1", count => 2 * count.Right / (count.Found + count.Present)));
    }

    private static void WriteCalibration(HtmlPage page, JsonElement result, JsonElement calibration)
    {
        PageSection section = page.Section("calibration", "Calibration");
        double error = Number(calibration, "expected_error");
        JsonElement[] bins =
            [.. calibration.GetProperty("bins").EnumerateArray().Where(bin => bin.GetProperty("count").GetInt32() > 0)];
        double gap = bins.Sum(bin => bin.GetProperty("count").GetInt32()
            * (Number(bin, "confidence") - Number(bin, "accuracy")));
        string which = gap > 0 ? "overconfident" : "underconfident";
        section.Note($"The expected calibration error is {ChartText.Value(error)}: on average, the probability given to an "
            + $"answer "
            + $"and the share of correct answers differ by that much. The model is {which}.");
        if (CalibratedWhat(result) is { Length: > 0 } what) section.Text(what);
        double[] confidence = [.. bins.Select(bin => Number(bin, "confidence"))];
        section.Chart(new LineChart
        {
            Title = "Accuracy against predicted probability", XLabel = "predicted probability",
            YLabel = "accuracy", FromZero = true,
            Series =
            [
                new("model", confidence, [.. bins.Select(bin => Number(bin, "accuracy"))]),
                new("perfectly calibrated", confidence, confidence),
            ],
        });
        section.Table($"Answers on {DataOf(result)} by predicted probability", bins,
            new("probability", bin => $"{ChartText.Value(Number(bin, "from"))} to {ChartText.Value(Number(bin, "to"))}"),
            Value("answers", "count"), Value("mean probability", "confidence"), Value("accuracy", "accuracy"));
    }

    private static string CalibratedWhat(JsonElement result) =>
        Member(result, "token_costs") is not null
            ? "Measured on the most probable next token at each position: its probability, and whether it is the actual next "
            + "token."
            : Text(result, "probability_of") switch
            {
                "tag" => "Measured on each word: the probability of its tag, and whether the tag is correct.",
                "marginal" =>
                    "Measured on each word: the marginal probability of its tag over all tag sequences of the sentence, "
                    + "and whether the tag is correct. The tags are those of the most probable sequence.",
                "sentence" => "Measured on each sentence: the geometric mean of its words' probabilities, and whether it is "
                    + "exactly the expected one.",
                _ => "",
            };

    private static void WriteMistakes(HtmlPage page, JsonElement result, JsonElement list)
    {
        PageSection section = page.Section("mistakes", "Most confident mistakes");
        JsonElement[] mistakes = [.. list.EnumerateArray()];
        bool areWords = mistakes.Length > 0 && Member(mistakes[0], "word") is not null;
        section.Text(mistakes.Length == 0 ? $"There are no mistakes on {DataOf(result)}."
            : $"The wrong answers with the highest probability, of {RunReport.Whole(Number(result, "mistake_count"))} on "
            + $"{DataOf(result)}{(areWords ? ", at most one per sentence" : "")}. Labels that are wrong in the data often show "
            + $"up here.");
        if (mistakes.Length == 0) return;
        section.Table("Wrong answers, the most confident first", mistakes,
        [
            .. areWords ? [Words("word", "word")] : Array.Empty<Column<JsonElement>>(), Words("text", "text"), Words(
            "expected", "right"),
            Words("predicted", "answered"), Value("probability", "probability"),
        ]);
    }

    private static string[] Strings(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } array
        ? [.. array.EnumerateArray().Select(text => text.GetString() ?? "")]
        : [];
}
