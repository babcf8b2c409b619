namespace Recurant.Cli;

/// <summary><c>recurant init</c>: writes a configuration file to fill in.</summary>
internal sealed class InitCommand() : CliCommand("init", "[FILE]",
    "Write a configuration file for train --config, with every setting explained.")
{
    private const string DefaultName = "recurant.json";

    public override IReadOnlyList<CommandOption> Options { get; } = [new("--force", null, "Replace the file if it exists.")];

    public override IReadOnlyList<string> Examples => ["init", "init experiments/first.json"];

    public override int Run(Invocation call)
    {
        string path = call.Arguments.Count > 0 ? call.Arguments[0] : DefaultName;
        if (File.Exists(path) && !call.Has("--force"))
        {
            throw new UsageException($"{path} exists already. Choose another name, or replace it with --force.");
        }

        ConfigFile.Write(path);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer => writer.WriteString("config", path)));
        }
        else
        {
            call.Terminal.Out.WriteLine(
                $"Wrote {path}. Fill in the settings you need, then: {ShellCommand.Of("train", "--config", path)}");
        }

        return ExitCode.Done;
    }
}
