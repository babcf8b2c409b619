using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Recurant.Tests.Processes;

/// <summary>What a process that trained the test host's models said of itself.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Accelerated">The bits of the widest vectors that .NET advised it to use; 0 for none.</param>
/// <param name="Supported">The bits of the widest vectors whose instructions it could use.</param>
/// <param name="Files">The SHA-256 of each model file, by model.</param>
/// <param name="Epochs">Of each model "N of M": the epochs that this process ran and those of the whole run.</param>
internal sealed record TrainingProcess(
    int Code, int Accelerated, int Supported, IReadOnlyDictionary<string, string> Files,
    IReadOnlyDictionary<string, string> Epochs)
{
    private const int MillisecondsAtMost = 300_000;

    /// <summary>Runs the test host; see its Program.cs for the arguments.</summary>
    public static TrainingProcess Run(
        string directory, string set, int threads, string mode = "", params (string Name, string Value)[] environment)
    {
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string dotnet = Path.GetFullPath(
            Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        var start = new ProcessStartInfo(dotnet) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Recurant.TestHost.dll"));
        start.ArgumentList.Add(directory);
        start.ArgumentList.Add(set);
        start.ArgumentList.Add(threads.ToString(CultureInfo.InvariantCulture));
        if (mode.Length > 0) start.ArgumentList.Add(mode);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(MillisecondsAtMost))
        {
            process.Kill();
            throw new TimeoutException($"The process did not end within {MillisecondsAtMost} ms.");
        }

        if (errors.Result.Length > 0) throw new InvalidOperationException(errors.Result);
        return Read(process.ExitCode, output.Result);
    }

    private static TrainingProcess Read(int code, string output)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var epochs = new Dictionary<string, string>(StringComparer.Ordinal);
        int accelerated = -1, supported = -1;
        foreach (string line in output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ');
            if (parts[0] == "accelerated") accelerated = int.Parse(parts[1], CultureInfo.InvariantCulture);
            else if (parts[0] == "supported") supported = int.Parse(parts[1], CultureInfo.InvariantCulture);
            else if (parts[1] == "epochs") epochs[parts[0]] = string.Join(' ', parts[2..]);
            else files[parts[0]] = parts[1];
        }

        return new TrainingProcess(code, accelerated, supported, files, epochs);
    }
}
