using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Recurant.Tests.Processes;

/// <summary>Runs the test host; see its Program.cs for the arguments.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record HostProcess(int Code, string Output, string Errors)
{
    private const int MillisecondsAtMost = 300_000;

    /// <param name="arguments">Its arguments.</param>
    /// <param name="runtimeConfig">A file with other settings of the runtime; null for its own.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    public static HostProcess Run(
        IEnumerable<string> arguments, string? runtimeConfig = null, params (string Name, string Value)[] environment)
    {
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string dotnet = Path.GetFullPath(
            Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        var start = new ProcessStartInfo(dotnet) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (runtimeConfig is not null)
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add("--runtimeconfig");
            start.ArgumentList.Add(runtimeConfig);
            start.ArgumentList.Add("--depsfile");
            start.ArgumentList.Add(FileOf(".deps.json"));
        }

        start.ArgumentList.Add(FileOf(".dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(MillisecondsAtMost))
        {
            process.Kill();
            throw new TimeoutException($"The process did not end within {MillisecondsAtMost} ms.");
        }

        return new HostProcess(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>One of the files that make up the test host.</summary>
    public static string FileOf(string ending) => Path.Combine(AppContext.BaseDirectory, "Recurant.TestHost" + ending);
}
