using System.Globalization;

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
    /// <summary>Runs the test host; see its Program.cs for the arguments.</summary>
    public static TrainingProcess Run(
        string directory, string set, int threads, string mode = "", params (string Name, string Value)[] environment)
    {
        string[] arguments =
            [directory, set, threads.ToString(CultureInfo.InvariantCulture), .. mode.Length > 0 ? [mode] : Array.Empty<string>()];
        HostProcess process = HostProcess.Run(arguments, environment: environment);
        if (process.Errors.Length > 0) throw new InvalidOperationException(process.Errors);
        return Read(process.Code, process.Output);
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
