using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Recurant.Bench.Peers;

/// <summary>Runs a training program with every engine that can train, and prints what came out.</summary>
internal static class TrainingProgram
{
    /// <summary>Each engine with each number of threads in a process of its own, one after the other.</summary>
    /// <typeparam name="TResult">What the process of one engine prints as one JSON line.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="arguments">Further arguments of the process.</param>
    /// <param name="row">A result as a row of the JSON report.</param>
    /// <param name="head">The head of the table, without engine and threads.</param>
    /// <param name="line">A result as a line of the table, without its edges.</param>
    public static int RunAll<TResult>(
        Options options, string[] arguments, Func<TResult, object> row, string head, Func<TResult, FormattableString> line)
    {
        var results = new List<TResult>();
        var failed = new HashSet<string>();
        foreach (int threads in options.Threads)
        {
            foreach (string engine in options.EngineNames)
            {
                Console.Error.WriteLine($"{engine}, threads: {threads}");
                try
                {
                    results.Add(RunChild<TResult>(engine, threads, options, arguments));
                }
                catch (InvalidOperationException fault)
                {
                    // The others are measured all the same; the row of this one is missing.
                    Console.Error.WriteLine($"{Report.Title(engine)} does not run here: {fault.Message}");
                    failed.Add(engine);
                }
            }
        }

        if (options.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                machine = Report.Machine(), program = options.Program, rows = results.Select(row),
            }));
        }
        else
        {
            Console.WriteLine(Report.Machine());
            foreach (string engine in failed) Console.WriteLine($"\n{Report.Title(engine)} does not run here.");
            string columns = string.Concat(Enumerable.Repeat("--:|", head.Count('|') + 2));
            Console.WriteLine($"\n| engine | threads | {head} |\n|---|{columns}");
            foreach (TResult result in results) Console.WriteLine($"| {FormattableString.Invariant(line(result))} |");
        }

        return failed.Contains(Engines.Recurant) ? 1 : 0;
    }

    private static TResult RunChild<TResult>(string engine, int threads, Options options, string[] arguments)
    {
        ProcessStartInfo start = WorkerProcess.StartInfo(
        [
            "--worker", engine, "--program", options.Program!, "--data", options.Data,
            "--threads", threads.ToString(CultureInfo.InvariantCulture), .. arguments,
        ]);
        using Process process = Scratch.Instance.Start(start);
        string output = process.StandardOutput.ReadToEnd();
        WorkerProcess.ThrowIfInterrupted(process);
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<TResult>(output)!
            : throw new InvalidOperationException($"the program of {engine} ended with {process.ExitCode}");
    }
}
