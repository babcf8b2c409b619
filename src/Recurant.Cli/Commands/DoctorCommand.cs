namespace Recurant.Cli;

/// <summary><c>recurant doctor</c>: what is wrong with data, and with a model.</summary>
internal sealed class DoctorCommand() : CliCommand("doctor", "DATA [MODEL]",
    "Check data: label balance, duplicates, contradictions, leakage into the test data, unknown words, damaged "
    + "characters, words that give the label away. With MODEL, also check the model: its answers must not depend on "
    + "batching, order or threads, its gradients must match its loss, and it must beat simple baselines. Exit code 0 if "
    + "there is no fault, else 1.")
{
    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new("--test", "FILE", "Test data: checked for overlap with DATA. With MODEL, the model is scored on them."),
        new("--task", "classify|tag|translate|lm", "The task. Default: that of the model, or detected from the data."),
        .. SettingTable.Columns.Select(CommandOption.Of),
        .. SettingTable.PairColumns.Select(CommandOption.Of),
        .. SettingTable.SeriesColumns.Select(CommandOption.Of),
        .. SettingTable.SeriesParts.Select(CommandOption.Of),
        SharedOptions.Threads with { Group = "The run" },
    ];

    public override IReadOnlyList<string> Examples =>
        ["doctor reviews.tsv", "doctor train.tsv --test test.tsv", "doctor train.tsv reviews.safetensors --test test.tsv --json"];

    public override int Run(Invocation call)
    {
        call.RequireModelAt(1);
        var settings = new TrainSettings { Data = call.Arguments[0], Task = call.Value("--task"),
            TestFile = call.Value("--test") };
        settings = call.Apply(
            [.. SettingTable.Columns, .. SettingTable.PairColumns, .. SettingTable.SeriesColumns, .. SettingTable.SeriesParts],
            settings);
        TrainedModel? model = call.Arguments.Count > 1 ? ModelFile.Load(call.Arguments[1]) : null;
        DoctorReport report = (model is null ? CliTasks.Of(settings) : CliTasks.Of(model)).Examine(call, settings, model);
        if (model is null) report = report.With(new DoctorReport([Training(call, settings)]));
        if (call.Json) WriteJson(call, report); else WriteText(call, report);
        return report.Worst == FindingLevel.Fault ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>Whether <c>train</c> would take the data: its own way is gone, up to the first step.</summary>
    private static Finding Training(Invocation call, TrainSettings settings)
    {
        HeapMemory.GiveBack(); // the data that were examined: they are read once more, as train reads them
        string? refusal = CliTasks.Of(settings).Train().Rehearse(call.Silently(), settings);
        return refusal is null ? new Finding("training", FindingLevel.Ok, "'recurant train' can learn from these data.")
            : new Finding("training", FindingLevel.Fault, refusal) { Means = "'recurant train' refuses these data." };
    }

    private static void WriteText(Invocation call, DoctorReport report)
    {
        const int Indent = 9, PlacesShown = 5;
        TextWriter to = call.Terminal.Out;
        int width = Math.Max(20, call.Terminal.Width - Indent);
        foreach (Finding finding in report.Findings)
        {
            string tag = Word(finding.Level).PadRight(Indent);
            foreach (string line in TextLayout.Wrap(TextLayout.OneLine($"{finding.Check}: {finding.What}"), width))
            {
                to.WriteLine(tag + line);
                tag = new string(' ', Indent);
            }

            if (finding.Level == FindingLevel.Ok) continue;
            var more = new List<string>();
            if (finding.Where.Count > 0)
            {
                string others = finding.Where.Count > PlacesShown
                    ? $"; and {(finding.Where.Count == 100 ? "more" : $"{finding.Where.Count - PlacesShown} more")} (--json)"
                        : "";
                more.Add($"where: {Places([.. finding.Where.Take(PlacesShown)])}{others}");
            }

            if (finding.Means.Length > 0) more.Add(finding.Means);
            if (finding.Advice.Length > 0) more.Add($"do: {finding.Advice}");
            foreach (string text in more)
            {
                foreach (string line in TextLayout.Wrap(TextLayout.OneLine(text), width)) to.WriteLine(tag + line);
            }
        }

        to.WriteLine();
        to.WriteLine(string.Join(", ", Enum.GetValues<FindingLevel>().Reverse()
            .Select(level => $"{report.Count(level)} {Plural(level, report.Count(level))}")));
    }

    /// <summary>The places; the name of a file that all of them share is said once.</summary>
    private static string Places(string[] places)
    {
        const string Line = ", line ";
        int end = places[0].IndexOf(Line, StringComparison.Ordinal) + Line.Length;
        string start = end < Line.Length ? "" : places[0][..end];
        bool isShared = places.Length > 1 && start.Length > 0
            && Array.TrueForAll(places, place => place.StartsWith(start, StringComparison.Ordinal)
                && place[start.Length..].All(char.IsAsciiDigit));
        return isShared
            ? $"{start[..^Line.Length]}, lines {string.Join(", ", places.Select(place => place[start.Length..]))}"
            : string.Join("; ", places);
    }

    private static void WriteJson(Invocation call, DoctorReport report) => call.Terminal.Out.WriteLine(JsonText.Object(writer =>
    {
        writer.WriteString("worst", Word(report.Worst));
        writer.WriteObjects("findings", report.Findings, finding =>
        {
            writer.Write(("check", finding.Check), ("level", Word(finding.Level)), ("what", finding.What));
            writer.WriteStrings("where", finding.Where);
            writer.Write(("means", finding.Means.Length > 0 ? finding.Means : null),
                ("do", finding.Advice.Length > 0 ? finding.Advice : null));
            writer.WriteObject("values", values =>
            {
                foreach ((string name, double value) in finding.Values) values.WriteFinite(name, value);
            });
        });
    }));

    private static string Word(FindingLevel level) => level.ToString().ToLowerInvariant();

    private static string Plural(FindingLevel level, int count) =>
        level == FindingLevel.Ok || count == 1 ? Word(level) : Word(level) + "s";
}
