namespace Recurant.Bench.Peers;

/// <summary>One row of the report; an engine that was not measured has no time.</summary>
/// <param name="Disturbed">Turns during which other programs used cores that the engine needed.</param>
internal sealed record Row(
    Case Case, int Threads, Mode Mode, IReadOnlyDictionary<string, double> Milliseconds, int Disturbed)
{
    public double? Time(string engine) => Milliseconds.TryGetValue(engine, out double time) ? time : null;

    public double? Gflops(string engine) => Case.Flops(Mode) / 1e6 / Time(engine);

    /// <summary>How many times faster Recurant is than the fastest peer that can do the row.</summary>
    public double? Speedup
    {
        get
        {
            double[] peers = [.. Milliseconds.Where(time => time.Key != Engines.Recurant).Select(time => time.Value)];
            return peers.Length == 0 ? null : peers.Min() / Time(Engines.Recurant);
        }
    }
}

/// <summary>Runs the grid: on each row every engine computes, the results are compared, and only then is time taken.</summary>
internal static class Comparison
{
    private const double SecondsPerTurn = 0.2;

    // A turn that other programs disturbed is taken again, but not for ever.
    private const int Attempts = 4;

    // So that the threads of the engine before, which spin a while for more work, are asleep.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    public static int Run(Options options)
    {
        Case[] cases = [.. options.Cases()];
        if (cases.Length == 0)
        {
            throw new InvalidOperationException($"no row of the grid has '{options.Rows}' in its name and one of those cells");
        }

        var limits = options.Threads.ToDictionary(threads => threads, FmaLimit.Measure);
        var rows = new List<Row>();
        foreach (int threads in options.Threads)
        {
            WorkerProcess[] workers = [.. options.EngineNames.Select(engine => new WorkerProcess(engine, threads))];
            try
            {
                foreach (Case shape in cases)
                {
                    foreach (Mode mode in options.Modes)
                    {
                        Console.Error.WriteLine($"{shape}, {Report.Name(mode)}, threads: {threads}");
                        rows.Add(Measure(workers, shape, mode, threads, options.Rounds));
                    }
                }
            }
            finally
            {
                Array.ForEach(workers, worker => worker.Dispose());
            }
        }

        WarnOfDisturbance(rows);
        Console.WriteLine(options.Json ? Report.Json(limits, rows) : Report.Table(limits, rows));
        return 0;
    }

    private static void WarnOfDisturbance(List<Row> rows)
    {
        int count = rows.Count(row => row.Disturbed > 0);
        if (count > 0)
        {
            Console.Error.WriteLine(
                $"warning: in {count} of {rows.Count} rows other programs used cores that an engine needed; "
                + "measure again when they are done");
        }
    }

    private static Row Measure(WorkerProcess[] all, Case shape, Mode mode, int threads, int rounds)
    {
        WorkerProcess[] workers = [.. all.Where(worker => mode == Mode.Infer || worker.Engine != Engines.OnnxRuntime)];
        Prepare(workers, shape, mode);
        var times = workers.ToDictionary(worker => worker.Engine, _ => new List<double>());
        int disturbed = 0;
        for (int round = 0; round < rounds; round++)
        {
            foreach (WorkerProcess worker in round % 2 == 0 ? workers : workers.Reverse())
            {
                (double milliseconds, bool wasDisturbed) = TakeTurn(worker);
                times[worker.Engine].Add(milliseconds);
                disturbed += wasDisturbed ? 1 : 0;
            }
        }

        var medians = times.ToDictionary(pair => pair.Key, pair => Statistics.Median(pair.Value));
        return new Row(shape, threads, mode, medians, disturbed);
    }

    private static (double Milliseconds, bool Disturbed) TakeTurn(WorkerProcess worker)
    {
        (double Milliseconds, bool Disturbed) best = (double.PositiveInfinity, true);
        for (int attempt = 0; attempt < Attempts && best.Disturbed; attempt++)
        {
            Thread.Sleep(Pause);
            (double Milliseconds, bool Disturbed) turn = worker.Time(SecondsPerTurn);
            if (!turn.Disturbed || turn.Milliseconds < best.Milliseconds)
            {
                best = turn;
            }
        }

        return best;
    }

    private static void Prepare(WorkerProcess[] workers, Case shape, Mode mode)
    {
        string? first = null;
        Dictionary<string, float[]> expected = [];
        foreach (WorkerProcess worker in workers)
        {
            Dictionary<string, float[]> results = worker.Prepare(shape, mode);
            if (first is null)
            {
                (first, expected) = (worker.Engine, results);
            }
            else
            {
                ResultFile.MustAgree($"{shape}, {mode}", first, expected, worker.Engine, results);
            }
        }
    }
}
