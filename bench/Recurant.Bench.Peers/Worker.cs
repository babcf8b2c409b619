using System.Diagnostics;
using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>
/// One engine in a process of its own, told what to do by lines on standard input, the words of a line separated by tabs.
/// Each line gets one as an answer:
/// <list type="bullet">
/// <item>"prepare FILE JOB WHAT": makes the job, does it a few times and leaves its results in FILE.</item>
/// <item>"time SECONDS": the median milliseconds of a step.</item>
/// <item>"bytes": the managed bytes that all threads allocate in a step.</item>
/// <item>"memory CASE": the managed bytes that a training step holds, those a second one allocates.</item>
/// </list>
/// </summary>
/// <remarks>Thread counts are per process in libtorch, and no engine's idle threads can take another one's cores.</remarks>
internal sealed class Worker : IDisposable
{
    public const string Answer = "@ ";
    public const string Stream = "stream";
    public const string Score = "score";

    private const int WarmUpRuns = 3;

    // The runtime compiles hot methods anew in the background, twice, each time after a pause, for every new kind of cell; with
    // less than this a row of two threads was measured while that went on.
    private const double WarmUpSeconds = 1.5;

    private readonly string _name;
    private readonly int _threads;
    private IEngine? _engine;
    private IJob? _job;

    private Worker(string name, int threads) => (_name, _threads) = (name, threads);

    private IJob Job => _job ?? throw new InvalidOperationException("nothing is prepared");

    public static int Run(string name, int threads)
    {
        using var worker = new Worker(name, threads);
        while (Console.ReadLine() is { } line)
        {
            string answer;
            try
            {
                answer = worker.Obey(line);
            }
            catch (Exception e)
            {
                answer = "failed: " + e.ToString().ReplaceLineEndings(" ");
            }

            Console.WriteLine(Answer + answer);
        }

        return 0;
    }

    public void Dispose()
    {
        _job?.Dispose();
        _engine?.Dispose();
    }

    private string Obey(string line)
    {
        string[] words = line.Split('\t');
        switch (words[0])
        {
            case "prepare":
                Prepare(words[1], words[2], words[3]);
                return "ready";
            case "time":
                double milliseconds = Time(Job, double.Parse(words[1], CultureInfo.InvariantCulture));
                return milliseconds.ToString("r", CultureInfo.InvariantCulture);
            case "bytes":
                return ManagedMemory.AllocatedBy(Job).ToString(CultureInfo.InvariantCulture);
            case "memory":
                return ManagedMemory.OfTraining(FindEngine(), Case.Parse(words[1])).ToString();
            default:
                throw new ArgumentException($"there is no order '{words[0]}'");
        }
    }

    private void Prepare(string file, string job, string what)
    {
        _job?.Dispose();
        _job = job switch
        {
            Stream => new StreamJob(_name, _threads, Case.Parse(what)),
            Score => ScoreJobs.Make(_name, _threads, new ScoreFiles(what)),
            _ => new GridJob(FindEngine(), Case.Parse(what), Report.ToMode(job)),
        };
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmUpRuns || Stopwatch.GetElapsedTime(begin).TotalSeconds < WarmUpSeconds; i++)
        {
            _job.Step();
        }

        ResultFile.Write(file, _job.Results());
    }

    private IEngine FindEngine() => _engine ??= Engines.Make(_name, _threads);

    /// <summary>The median milliseconds of as many steps as fit into the time, after one that is not counted.</summary>
    private static double Time(IJob job, double seconds)
    {
        job.Step();
        var times = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        do
        {
            long before = Stopwatch.GetTimestamp();
            job.Step();
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);
        return Statistics.Median(times);
    }
}
