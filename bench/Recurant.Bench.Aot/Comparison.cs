using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Recurant.Bench.Aot;

/// <summary>
/// The program compiled ahead of time beside the same program under the JIT, in turns, and the cold start of
/// <c>recurant predict</c>: one Markdown report on standard output.
/// </summary>
internal static class Comparison
{
    private const int Rounds = 5, Starts = 51;
    private const string Text = "this movie is not good , but it has a certain charm .";

    public static int Run(string compiled, string command, string[] models)
    {
        Console.WriteLine($"# Compiled ahead of time\n\n{Machine()}. Times of one run; one thread.\n");
        if (!WriteStarts(command, models) || !WriteKernels(compiled)) return 1;
        return 0;
    }

    private static bool WriteStarts(string command, string[] models)
    {
        Console.WriteLine(Invariant($"The command `recurant`: {new FileInfo(command).Length / 1e6:f1} MB.\n"));
        if (models.Length == 0) return true;
        Console.WriteLine($"| `recurant predict MODEL \"...\"`, cold | model | median of {Starts} | fastest | slowest |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (string model in models)
        {
            List<double> times = [];
            for (int i = 0; i < Starts; i++)
            {
                var watch = Stopwatch.StartNew();
                if (Output(command, "predict", model, Text) is not { Length: > 0 }) return false;
                times.Add(watch.Elapsed.TotalMilliseconds);
            }

            times.Sort();
            Console.WriteLine(Invariant($"| {Path.GetFileName(model)} | {new FileInfo(model).Length / 1e6:f1} MB ")
                + Invariant($"| {times[Starts / 2]:f1} ms | {times[0]:f1} ms | {times[^1]:f1} ms |"));
        }

        Console.WriteLine();
        return true;
    }

    private static bool WriteKernels(string compiled)
    {
        var jit = new Dictionary<string, List<double>>();
        var aot = new Dictionary<string, List<double>>();
        string heads = "";
        for (int round = 0; round < Rounds; round++)
        {
            // The order turns, so that a slow drift of the machine does neither side good.
            for (int turn = 0; turn < 2; turn++)
            {
                bool ahead = (round + turn) % 2 == 1;
                if (Collect(ahead ? compiled : Environment.ProcessPath!, ahead ? aot : jit) is not { } head) return false;
                if (round == 0) heads += turn == 0 ? head : $", {head}";
            }
        }

        Console.WriteLine($"Vectors: {heads}.\n\n| kernel | JIT | ahead of time | ahead / JIT |\n|---|---|---|---|");
        foreach ((string name, List<double> times) in jit)
        {
            double j = Median(times), a = Median(aot[name]);
            Console.WriteLine(Invariant($"| {name} | {j:f1} us | {a:f1} us | {a / j:f2} |"));
        }

        return true;
    }

    private static string? Collect(string program, Dictionary<string, List<double>> into)
    {
        if (Output(program, "kernels") is not { } output) return null;
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string[] cells in lines.Skip(1).Select(line => line.Split('\t')))
        {
            if (!into.TryGetValue(cells[0], out List<double>? times)) into.Add(cells[0], times = []);
            times.Add(double.Parse(cells[1], CultureInfo.InvariantCulture));
        }

        return lines[0].Replace("\t", " ", StringComparison.Ordinal) + " bits";
    }

    /// <summary>What a program writes; null, with its errors shown, if it fails.</summary>
    private static string? Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0) return output;
        Console.Error.WriteLine($"{program} ended with exit code {process.ExitCode}.");
        return null;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Machine()
    {
        const string Processors = "/proc/cpuinfo";
        string name = File.Exists(Processors)
            ? File.ReadLines(Processors).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) ?? ""
            : "";
        return $"{name[(name.IndexOf(':') + 1)..].Trim()}, {Environment.ProcessorCount} cores, "
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
