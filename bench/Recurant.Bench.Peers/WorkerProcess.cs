using System.Diagnostics;
using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>The driver's end of a <see cref="Worker"/>: starts this same program again and talks to it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly int _threads;

    public WorkerProcess(string engine, int threads)
    {
        (Engine, _threads) = (engine, threads);
        _process = Process.Start(StartInfo("--worker", engine, "--threads", threads.ToString(CultureInfo.InvariantCulture)))
            ?? throw new InvalidOperationException($"the process of {engine} did not start");
    }

    public string Engine { get; }

    /// <summary>How to start this program again with other arguments, its standard output read by us.</summary>
    public static ProcessStartInfo StartInfo(params string[] arguments) =>
        new(Environment.ProcessPath!, [typeof(WorkerProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

    /// <summary>Computes the case once and returns everything that came out.</summary>
    public Dictionary<string, float[]> Prepare(Case shape, Mode mode)
    {
        string file = Path.GetTempFileName();
        try
        {
            Ask($"prepare {mode} {file} {shape}");
            return ResultFile.Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// The median milliseconds of the prepared step, repeated for about this long, and whether other programs disturbed it.
    /// </summary>
    public (double Milliseconds, bool Disturbed) Time(double seconds)
    {
        var disturbance = new Disturbance(_process, _threads);
        string answer = Ask(string.Create(CultureInfo.InvariantCulture, $"time {seconds}"));
        return (double.Parse(answer, CultureInfo.InvariantCulture), disturbance.HasOccurred());
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string question)
    {
        _process.StandardInput.WriteLine(question);
        _process.StandardInput.Flush();
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(Worker.Answer, StringComparison.Ordinal))
            {
                string answer = line[Worker.Answer.Length..];
                return answer.StartsWith("failed", StringComparison.Ordinal)
                    ? throw new InvalidOperationException($"{Engine}, '{question}': {answer}")
                    : answer;
            }
        }

        throw new InvalidOperationException($"{Engine} ended at '{question}'; its own message stands above");
    }
}
