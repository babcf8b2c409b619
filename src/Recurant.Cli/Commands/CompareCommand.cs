using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary><c>recurant compare</c>: several recorded training runs beside one another, in a table and on a page.</summary>
internal sealed class CompareCommand() : CliCommand("compare", "RUN RUN...",
    "Compare recorded training runs: scores, times and differing options, with learning curves on an HTML page.")
{
    private const string PageOption = "--report";
    private const int LongestName = 22, LongestValue = 18;

    public override (int Least, int Most) ArgumentCount => (2, 100);

    public override IReadOnlyList<CommandOption> Options { get; } =
        [
        new(PageOption, "FILE.html|none", "The page to write, or none. Default: compare.html, with --json none.")
        {
            Aliases = ["--out"],
        },
    ];

    public override IReadOnlyList<string> Examples =>
        ["compare lstm.run.jsonl gru.run.jsonl", "compare lstm.safetensors gru.safetensors --report cells.html"];

    public override int Run(Invocation call)
    {
        RunRecord[] records = [.. call.Arguments.Select(RecordedRuns.Read)];
        RunSummary[] runs = [.. records.Select(RunSummary.Of)];
        string page = call.Value(PageOption) ?? (call.Json ? "none" : "compare.html");
        if (page != "none")
        {
            PageFile.Check(PageOption, page, [.. call.Arguments, .. records.Select(record => record.Path)]);
            PageFile.Write(page, RunComparison.Html(records));
        }

        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer => WriteJson(writer, runs, page)));
            return ExitCode.Done;
        }

        WriteText(call.Terminal, runs);
        if (page != "none") call.Terminal.Out.WriteLine($"\nWrote {page}");
        return ExitCode.Done;
    }

    private static void WriteText(UserTerminal terminal, RunSummary[] runs)
    {
        TextWriter to = terminal.Out;
        var rows = new List<string[]> { new[] { "run", "measure", "valid", "test", "epochs", "best", "time", "tokens/s" } };
        foreach (RunSummary run in runs)
        {
            rows.Add(
            [
                Short(run.Name, LongestName), run.Measure, Score(run.Validation), Score(run.Test), Numbers.Count(run.Epochs),
                Numbers.Count(run.BestEpoch), double.IsNaN(run.Seconds) ? "-" : Numbers.Seconds(run.Seconds),
                double.IsNaN(run.TokensPerSecond) ? "-" : Numbers.Count(run.TokensPerSecond),
            ]);
        }

        terminal.WriteTable(rows, left: 1);
        IReadOnlyList<string> differing = RunSummary.DifferingSettings(runs);
        if (runs.Select(run => (run.Task, run.Data)).Distinct().Count() > 1)
        {
            to.WriteLine();
            terminal.WriteText("The runs were trained on different tasks or data: their scores cannot be compared.");
        }

        if (differing.Count == 0) return;
        to.WriteLine();
        List<string[]> settings = [["option", .. runs.Select(run => Short(run.Name, LongestValue))]];
        foreach (string name in differing)
        {
            settings.Add(
            [
                "--" + name,
                .. runs.Select(run => run.Setting(name) is { Length: > 0 } value ? Short(value, LongestValue) : "-"),
            ]);
        }

        int[] left = [.. Enumerable.Range(1, runs.Length)];
        terminal.WriteTable(settings, left);
    }

    private static void WriteJson(Utf8JsonWriter writer, RunSummary[] runs, string page)
    {
        writer.WriteObjects("runs", runs, run =>
        {
            writer.Write(("name", run.Name), ("task", run.Task), ("data", run.Data), ("measure", run.Measure),
                ("valid", run.Validation), ("test", run.Test), ("epochs", run.Epochs), ("best_epoch", run.BestEpoch),
                ("seconds", run.Seconds), ("tokens_per_second", run.TokensPerSecond), ("parameters", run.Parameters),
                ("end", run.End));
            writer.WriteObject("settings", members =>
            {
                foreach ((string name, string value) in run.Settings) members.WriteString(name, value);
            });
        });
        writer.WriteStrings("differing", RunSummary.DifferingSettings(runs));
        if (page != "none") writer.WriteString("report", page);
    }

    private static string Score(double value) => double.IsNaN(value) ? "-" : Numbers.Measure(value);

    private static string Short(string text, int width) => TextLayout.Shorten(TextLayout.OneLine(text), width);
}
