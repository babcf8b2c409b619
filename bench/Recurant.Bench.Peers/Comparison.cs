namespace Recurant.Bench.Peers;

/// <summary>One row of the report; an engine that was not measured has no time.</summary>
/// <param name="Medians">The milliseconds of each engine, and what disturbed them.</param>
/// <param name="Verdict">Which engines were not timed, and why.</param>
internal sealed record Row(Case Case, int Threads, Mode Mode, Medians Medians, Verdict Verdict)
{
    public string? Fault(string engine) => Verdict.Faults.GetValueOrDefault(engine);

    public int Disturbed => Medians.Disturbed;

    /// <summary>Microseconds; null for one thread.</summary>
    public double? RoundTrip => Medians.RoundTrip;

    public double? Time(string engine) => Medians.Milliseconds.TryGetValue(engine, out double time) ? time : null;

    public double? Gflops(string engine) => Case.Flops(Mode) / 1e6 / Time(engine);

    /// <summary>How many times faster Recurant is than one peer.</summary>
    public double? Against(string peer) => Time(peer) / Time(Engines.Recurant);

    /// <summary>How many times faster Recurant is than the fastest peer that can do the row.</summary>
    public double? Speedup
    {
        get
        {
            double[] peers = [.. Medians.Milliseconds.Where(time => time.Key != Engines.Recurant).Select(time => time.Value)];
            return peers.Length == 0 ? null : peers.Min() / Time(Engines.Recurant);
        }
    }
}

/// <summary>Runs the grid: on each row every engine computes, the results are compared, and only then is time taken.</summary>
internal static class Comparison
{
    public static int Run(Options options)
    {
        Case[] cases = [.. options.Cases()];
        if (cases.Length == 0)
        {
            throw new InvalidOperationException($"no row of the grid has '{options.Rows}' in its name and one of those cells");
        }

        // Before and after, the larger of the two: a busy moment must not make the limit look lower than it is.
        var limits = options.Threads.ToDictionary(threads => threads, FmaLimit.Measure);
        List<Row> rows = Measure(options, options.EngineNames, options.Modes, cases);
        foreach (int threads in options.Threads) limits[threads] = Math.Max(limits[threads], FmaLimit.Measure(threads));
        var measurement = new Measurement(limits, rows);
        Console.WriteLine(options.Json ? JsonReport.Of(measurement) : Report.Table(measurement));
        return ExitCode(rows);
    }

    /// <summary>A fault of a peer is told and no failure of the comparison; one of Recurant is.</summary>
    public static int ExitCode(IEnumerable<Row> rows) => rows.Any(row => row.Fault(Engines.Recurant) is not null) ? 1 : 0;

    /// <summary>Measures the cases with all numbers of threads and rounds that were asked for.</summary>
    public static List<Row> Measure(Options options, string[] engines, Mode[] modes, IReadOnlyCollection<Case> cases)
    {
        var rows = new List<Row>();
        foreach (int threads in options.Threads)
        {
            WorkerProcess[] workers = [.. engines.Select(engine => new WorkerProcess(engine, threads))];
            try
            {
                foreach (Case shape in cases)
                {
                    foreach (Mode mode in modes)
                    {
                        Console.Error.WriteLine($"{shape}, {Report.Name(mode)}, threads: {threads}");
                        rows.Add(Measure(workers, shape, mode, threads, options));
                    }
                }
            }
            finally
            {
                Array.ForEach(workers, worker => worker.Dispose());
            }
        }

        Rounds.WarnOfDisturbance(rows.Count(row => row.Disturbed > 0), rows.Count);
        return rows;
    }

    private static Row Measure(WorkerProcess[] all, Case shape, Mode mode, int threads, Options options)
    {
        WorkerProcess[] workers = [.. all.Where(worker => mode == Mode.Infer || worker.Engine != Engines.OnnxRuntime)];
        // With states computed twice only some of the arrays are there; only one engine can do it.
        Func<IReadOnlyDictionary<string, float[]>>? reference = shape.Recompute ? null : () => GridReference.Compute(shape, mode);
        Verdict verdict = Rounds.Prepare(workers, Report.Name(mode), shape.ToString(), reference, options.Inject);
        return new Row(shape, threads, mode, Rounds.Time(workers, verdict, options.Rounds), verdict);
    }
}
