namespace Recurant.Cli;

/// <summary><c>recurant new</c>: writes a small C# program that answers with a model.</summary>
internal sealed class NewCommand() : CliCommand("new", "MODEL",
    "Write a small C# program that answers with a model: a file that 'dotnet run' runs, or a project.")
{
    private const string OutOption = "--out", ProjectOption = "--project", ForceOption = "--force", FileName = "app.cs",
        SourceEnding = ".cs", ProjectEnding = ".csproj";

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new(OutOption, "DIR|FILE.cs",
            "Where to write it; a directory is made if it is missing. Default: app.cs, with --project a directory named like "
            + "the model."),
        new(ProjectOption, null, "Write a project (.csproj) and Program.cs."),
        new(ForceOption, null, "Replace files that exist."),
    ];

    public override IReadOnlyList<string> Examples =>
    [
        "new reviews.safetensors", "new reviews.safetensors --out src/answers.cs",
        "new reviews.safetensors --project --out Reviews",
    ];

    public override int Run(Invocation call)
    {
        string path = call.Arguments[0];
        TrainedModel model = ModelFile.Load(path);
        CliTask task = CliTasks.Of(model);
        (string Path, string Text)[] files = call.Has(ProjectOption)
            ? ProjectFiles(call, task.Program, model)
            : [OneFile(call, task.Program, model)];
        if (!call.Has(ForceOption) && Array.Find(files, file => File.Exists(file.Path)).Path is { } old)
        {
            throw new UsageException(
                $"{old} exists already. Choose another place with {OutOption}, or replace it with {ForceOption}.");
        }

        TextFiles.Write(files);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.Write(("task", task.Name), ("model", path));
                writer.WriteStrings("files", files.Select(file => file.Path));
            }));
            return ExitCode.Done;
        }

        string place = ShellCommand.QuotePath(files[0].Path), example = ShellCommand.Quote(task.Program.Example);
        string run = call.Has(ProjectOption) ? $"dotnet run --project {place}" : $"dotnet run {place}";
        call.Terminal.Out.WriteLine($"Wrote {string.Join(" and ", files.Select(file => file.Path))}. Next: {run} -- {example}");
        return ExitCode.Done;
    }

    private static (string Path, string Text) OneFile(Invocation call, AnsweringProgram program, TrainedModel model)
    {
        string asked = call.Value(OutOption) ?? FileName;
        RequireName(asked);
        string file = asked.EndsWith(SourceEnding, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(asked)
            ? asked : Path.Combine(asked, FileName);
        return (file, program.OneFile(file, Path.GetFullPath(call.Arguments[0]), model.Summary));
    }

    private static (string Path, string Text)[] ProjectFiles(Invocation call, AnsweringProgram program, TrainedModel model)
    {
        string whole = Path.GetFullPath(call.Arguments[0]);
        string asked = call.Value(OutOption) ?? Path.GetFileNameWithoutExtension(whole);
        RequireName(asked);
        bool isFile = asked.EndsWith(SourceEnding, StringComparison.OrdinalIgnoreCase)
            || asked.EndsWith(ProjectEnding, StringComparison.OrdinalIgnoreCase);
        if (isFile && !Directory.Exists(asked))
        {
            throw new UsageException($"{OutOption}: {asked} names a file, and {ProjectOption} writes two: name their directory.");
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(asked)));
        return
        [
            (Path.Combine(asked, (name.Length > 0 ? name : "app") + ProjectEnding), program.Project()),
            (Path.Combine(asked, "Program" + SourceEnding), program.OfProject(whole, model.Summary)),
        ];
    }

    private static void RequireName(string asked)
    {
        if (asked.Length > 0) return;
        throw new UsageException($"{OutOption} is empty; expected a directory or a file that ends in .cs.");
    }
}
