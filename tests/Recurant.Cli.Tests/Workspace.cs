using System.Diagnostics;
using System.Text;

namespace Recurant.Cli.Tests;

/// <summary>What a run of the command left: its exit code and its two streams.</summary>
public sealed record CommandResult(int Code, string Out, string Error)
{
    /// <summary>The lines of the error stream.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A directory of its own for one test, and the built command run in it as a child process.</summary>
public sealed class Workspace : IDisposable
{
    // Far more than any test needs on a slow machine; a command that hangs fails the test instead of blocking all.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    public Workspace()
    {
        Root = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "recurant-cli-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    /// <summary>How the command is said to be called; it names itself so in what it tells to type.</summary>
    public string CalledAs { get; init; } = "recurant";

    public static string Command => System.IO.Path.Combine(AppContext.BaseDirectory, "Recurant.Cli.dll");

    /// <summary>The directory of the sources.</summary>
    public static string Repository()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory, "Recurant.slnx")))
        {
            directory = System.IO.Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("The repository was not found.");
    }

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public bool Has(string name) => File.Exists(Path(name));

    public string Write(string name, string text)
    {
        File.WriteAllText(Path(name), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return name;
    }

    public string WriteBytes(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path(name), bytes);
        return name;
    }

    /// <summary>The names of all files, temporary ones too.</summary>
    public string[] Files() =>
        [.. Directory.GetFiles(Root).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public CommandResult Run(params string[] arguments) => RunWithInput("", arguments);

    /// <summary>The same in a directory inside this one.</summary>
    public CommandResult RunIn(string directory, params string[] arguments)
    {
        using Process process = StartIn(Path(directory), arguments);
        process.StandardInput.Close();
        return Finish(process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public CommandResult RunWithInput(string input, params string[] arguments) =>
        RunWithInput(Encoding.UTF8.GetBytes(input), arguments);

    public CommandResult RunWithInput(byte[] input, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command has ended without reading its input, as it does on wrong usage.
        }

        return Finish(process, output, error);
    }

    /// <summary>Starts the command and leaves its streams to the test.</summary>
    /// <remarks>
    /// A shell starts what it runs in the background with interrupts ignored, and all its children inherit that: "./test.sh
    /// &amp;" would see no command interrupted. On Linux env brings the default back, and becomes the command itself.
    /// </remarks>
    public Process Start(params string[] arguments) => StartIn(Root, arguments);

    private Process StartIn(string directory, string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] before = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", host] : [host];
        var start = new ProcessStartInfo(before[0], before[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Command);
        start.Environment["RECURANT_CALLED_AS"] = CalledAs;
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public static CommandResult Finish(Process process, Task<string> output, Task<string> error)
    {
        if (!process.WaitForExit(s_limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The command did not end within {s_limit}.");
        }

        return new CommandResult(process.ExitCode, output.Result.ReplaceLineEndings("\n"), error.Result.ReplaceLineEndings("\n"));
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // A directory left behind in the temporary place is no reason to fail.
        }
    }
}
