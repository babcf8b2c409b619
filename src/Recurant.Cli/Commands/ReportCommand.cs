using Recurant.Reports;

namespace Recurant.Cli;

/// <summary><c>recurant report</c>: draws a recorded training run on a page.</summary>
internal sealed class ReportCommand() : CliCommand("report", "RUN",
    "Write an HTML page about a recorded training run: curves, scores, mistakes, equations. The run may still be going "
    + "on.")
{
    private const string PageOption = "--report";

    public override IReadOnlyList<CommandOption> Options { get; } =
        [new(PageOption, "FILE.html", "The page to write. Default: the run's name with .html.") { Aliases = ["--out"] }];

    public override IReadOnlyList<string> Examples =>
        ["report reviews.run.jsonl", "report reviews.safetensors --report reviews.html"];

    public override int Run(Invocation call)
    {
        RunRecord record = RecordedRuns.Read(call.Arguments[0]);
        string path = call.Value(PageOption) ?? Path.Combine(
            Path.GetDirectoryName(record.Path) ?? "", RunSummary.Of(record).Name + ".html");
        PageFile.Check(PageOption, path, [call.Arguments[0], record.Path]);
        PageFile.Write(path, RunReport.Html(record));
        call.Terminal.Out.WriteLine(call.Json ? JsonText.Object(writer => writer.WriteString("report", path)) : path);
        return ExitCode.Done;
    }
}
