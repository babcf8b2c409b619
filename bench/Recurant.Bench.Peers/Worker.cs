using System.Diagnostics;
using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>
/// One engine in a process of its own, told what to do by lines on standard input:
/// "prepare MODE FILE CASE" computes once and leaves the results in FILE; "time SECONDS" answers with milliseconds.
/// </summary>
/// <remarks>Thread counts are per process in libtorch, and no engine's idle threads can take another one's cores.</remarks>
internal static class Worker
{
    public const string Answer = "@ ";
    private const int WarmUpRuns = 3;

    public static int Run(string engineName, int threads)
    {
        IEngine? engine = null;
        Action step = () => throw new InvalidOperationException("'time' before 'prepare'");
        while (Console.ReadLine() is { } line)
        {
            try
            {
                engine ??= Engines.Make(engineName, threads);
                string[] words = line.Split(' ', 4);
                if (words[0] == "prepare")
                {
                    step = Prepare(engine, Enum.Parse<Mode>(words[1]), words[2], Case.Parse(words[3]));
                    Console.WriteLine(Answer + "ready");
                }
                else
                {
                    double seconds = double.Parse(words[1], CultureInfo.InvariantCulture);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Answer}{Time(step, seconds):r}"));
                }
            }
            catch (Exception e)
            {
                Console.WriteLine(Answer + "failed: " + e.ToString().ReplaceLineEndings(" "));
            }
        }

        engine?.Dispose();
        return 0;
    }

    private static Action Prepare(IEngine engine, Mode mode, string file, Case shape)
    {
        engine.Prepare(shape, new CaseData(shape), mode);
        Action step = mode == Mode.Train ? engine.Train : engine.Infer;
        for (int i = 0; i < WarmUpRuns; i++)
        {
            step();
        }

        ResultFile.Write(file, engine.Results());
        return step;
    }

    /// <summary>The median milliseconds of as many steps as fit into the time, after one that is not counted.</summary>
    private static double Time(Action step, double seconds)
    {
        step();
        var times = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        do
        {
            long before = Stopwatch.GetTimestamp();
            step();
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);
        return Statistics.Median(times);
    }
}
