namespace Recurant.Bench.Peers;

/// <summary>What the rounds found: the median milliseconds a step of each engine.</summary>
/// <param name="Disturbed">Turns during which other programs used cores that the engine needed.</param>
/// <param name="RoundTrip">Microseconds of a <see cref="RoundTrip"/> before the turns, their median; null for one thread.</param>
internal sealed record Medians(IReadOnlyDictionary<string, double> Milliseconds, int Disturbed, double? RoundTrip);

/// <summary>Compares what prepared engines computed, and lets them take turns.</summary>
internal static class Rounds
{
    private const double SecondsPerTurn = 0.2;

    // A turn that other programs disturbed is taken again, but not for ever.
    private const int Attempts = 4;

    // So that the threads of the engine before, which spin a while for more work, are asleep.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(60);

    /// <summary>Prepares every engine for the same job and compares their answers; a row never stops those after it.</summary>
    /// <param name="workers">The engines.</param>
    /// <param name="job">What they do.</param>
    /// <param name="what">With what.</param>
    /// <param name="reference">Computes the same in double precision, where engines disagree; null where nothing can.</param>
    /// <param name="injected">An engine whose answer is made wrong, to try out what happens then; null for none.</param>
    public static Verdict Prepare(
        IEnumerable<WorkerProcess> workers, string job, string what, Func<IReadOnlyDictionary<string, float[]>>? reference = null,
        string? injected = null)
    {
        var answers = new List<(string, IReadOnlyDictionary<string, float[]>)>();
        var failed = new Dictionary<string, string>();
        foreach (WorkerProcess worker in workers)
        {
            try
            {
                Dictionary<string, float[]> results = worker.Prepare(job, what);
                if (worker.Engine == injected) SpoilFirst(results);
                if (results.Count > 0) answers.Add((worker.Engine, results));
            }
            catch (Exception fault) when (fault is InvalidOperationException or IOException)
            {
                failed[worker.Engine] = "does not run";
                Console.Error.WriteLine($"{Report.Title(worker.Engine)} does not run here: {fault.Message}");
            }
        }

        Verdict verdict = Verdict.Of(answers, reference is null ? null : () =>
        {
            Console.Error.WriteLine($"{job}, {what}: the engines disagree; the reference decides, which takes a while");
            return reference();
        });
        foreach ((string engine, string fault) in verdict.Faults)
        {
            Console.Error.WriteLine($"{job}, {what}: {Report.Title(engine)}: {fault}; it is not timed in this row");
        }

        return verdict.With(failed);
    }

    private static void SpoilFirst(Dictionary<string, float[]> results)
    {
        foreach (float[] values in results.Values.Take(1)) values[0] = values.Max(Math.Abs) + 1;
    }

    /// <summary>
    /// In each round every prepared engine without a fault has one turn; the order turns round from round to round.
    /// </summary>
    public static Medians Time(WorkerProcess[] all, Verdict verdict, int rounds)
    {
        WorkerProcess[] workers = [.. all.Where(worker => !verdict.Faults.ContainsKey(worker.Engine))];
        var times = workers.ToDictionary(worker => worker.Engine, _ => new List<double>());
        var roundTrips = new List<double>();
        int disturbed = 0;
        for (int round = 0; round < rounds; round++)
        {
            foreach (WorkerProcess worker in round % 2 == 0 ? workers : workers.Reverse())
            {
                if (!times.ContainsKey(worker.Engine)) continue;
                try
                {
                    (double milliseconds, bool wasDisturbed) = TakeTurn(worker, roundTrips);
                    times[worker.Engine].Add(milliseconds);
                    disturbed += wasDisturbed ? 1 : 0;
                }
                catch (InvalidOperationException fault)
                {
                    Console.Error.WriteLine($"{Report.Title(worker.Engine)} failed while it was timed: {fault.Message}");
                    times.Remove(worker.Engine);
                }
            }
        }

        return new Medians(
            times.ToDictionary(pair => pair.Key, pair => Statistics.Median(pair.Value)), disturbed,
            roundTrips.Count > 0 ? Statistics.Median(roundTrips) : null);
    }

    public static void WarnOfDisturbance(int disturbed, int rows)
    {
        if (disturbed > 0)
        {
            Console.Error.WriteLine(
                $"warning: in {disturbed} of {rows} rows other programs used cores that an engine needed; "
                + "measure again when they are done");
        }
    }

    private static (double Milliseconds, bool Disturbed) TakeTurn(WorkerProcess worker, List<double> roundTrips)
    {
        (double Milliseconds, bool Disturbed) best = (double.PositiveInfinity, true);
        for (int attempt = 0; attempt < Attempts && best.Disturbed; attempt++)
        {
            Thread.Sleep(s_pause);
            if (worker.Threads > 1 && Environment.ProcessorCount > 1) roundTrips.Add(RoundTrip.Measure());
            (double Milliseconds, bool Disturbed) turn = worker.Time(SecondsPerTurn);
            if (!turn.Disturbed || turn.Milliseconds < best.Milliseconds) best = turn;
        }

        return best;
    }
}
