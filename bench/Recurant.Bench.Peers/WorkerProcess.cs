using System.Diagnostics;
using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>The driver's end of a <see cref="Worker"/>: starts this same program again and talks to it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    // 128 and the number of the signal.
    private const int EndedBySigint = 130, EndedBySigterm = 143;

    private readonly Process _process;

    public WorkerProcess(string engine, int threads)
    {
        (Engine, Threads) = (engine, threads);
        _process = Scratch.Instance.Start(
            StartInfo("--worker", engine, "--threads", threads.ToString(CultureInfo.InvariantCulture)));
    }

    public string Engine { get; }

    public int Threads { get; }

    /// <summary>How to start this program again with other arguments, its standard output read by us.</summary>
    public static ProcessStartInfo StartInfo(params string[] arguments) =>
        new(Environment.ProcessPath!, [typeof(WorkerProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

    /// <summary>Makes a job, does it a few times and returns what it computed.</summary>
    public Dictionary<string, float[]> Prepare(string job, string what)
    {
        string file = Scratch.Instance.NewPath("results");
        Ask($"prepare\t{file}\t{job}\t{what}");
        Dictionary<string, float[]> results = ResultFile.Read(file);
        File.Delete(file);
        return results;
    }

    /// <summary>
    /// The median milliseconds of the prepared step, repeated for about this long, and whether other programs disturbed it.
    /// </summary>
    public (double Milliseconds, bool Disturbed) Time(double seconds)
    {
        var disturbance = new Disturbance(_process, Threads);
        string answer = Ask(string.Create(CultureInfo.InvariantCulture, $"time\t{seconds}"));
        return (double.Parse(answer, CultureInfo.InvariantCulture), disturbance.HasOccurred());
    }

    /// <summary>Managed bytes that a prepared step allocates.</summary>
    public long Bytes() => long.Parse(Ask("bytes"), CultureInfo.InvariantCulture);

    /// <summary>Memory of a training step; for a process that has done nothing else.</summary>
    public ManagedMemory Memory(Case shape) => ManagedMemory.Parse(Ask($"memory\t{shape}"));

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Throws if a process was ended from outside, as by Ctrl-C, which reaches all of them.</summary>
    public static void ThrowIfInterrupted(Process process)
    {
        process.WaitForExit();
        if (process.ExitCode is EndedBySigint or EndedBySigterm) throw new OperationCanceledException("interrupted");
    }

    private string Ask(string question)
    {
        try
        {
            _process.StandardInput.WriteLine(question);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // The process has ended; what it said last tells more.
        }

        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(Worker.Answer, StringComparison.Ordinal))
            {
                string answer = line[Worker.Answer.Length..];
                return answer.StartsWith("failed", StringComparison.Ordinal)
                    ? throw new InvalidOperationException($"{Engine}, '{question.Replace('\t', ' ')}': {answer}")
                    : answer;
            }
        }

        ThrowIfInterrupted(_process);
        throw new InvalidOperationException($"{Engine} ended at '{question.Replace('\t', ' ')}'; its own message stands above");
    }
}
