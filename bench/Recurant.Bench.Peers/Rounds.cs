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
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    /// <summary>Prepares every engine for the same job; throws where two do not compute the same.</summary>
    public static void Prepare(IEnumerable<WorkerProcess> workers, string job, string what)
    {
        string? first = null;
        Dictionary<string, float[]> expected = [];
        foreach (WorkerProcess worker in workers)
        {
            Dictionary<string, float[]> results = worker.Prepare(job, what);
            if (results.Count == 0)
            {
                continue;
            }

            if (first is null)
            {
                (first, expected) = (worker.Engine, results);
            }
            else
            {
                ResultFile.MustAgree($"{job}, {what}", first, expected, worker.Engine, results);
            }
        }
    }

    /// <summary>In each round every prepared engine has one turn; the order turns round from round to round.</summary>
    public static Medians Time(WorkerProcess[] workers, int rounds)
    {
        var times = workers.ToDictionary(worker => worker.Engine, _ => new List<double>());
        var roundTrips = new List<double>();
        int disturbed = 0;
        for (int round = 0; round < rounds; round++)
        {
            foreach (WorkerProcess worker in round % 2 == 0 ? workers : workers.Reverse())
            {
                (double milliseconds, bool wasDisturbed) = TakeTurn(worker, roundTrips);
                times[worker.Engine].Add(milliseconds);
                disturbed += wasDisturbed ? 1 : 0;
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
            Thread.Sleep(Pause);
            if (worker.Threads > 1) roundTrips.Add(RoundTrip.Measure());
            (double Milliseconds, bool Disturbed) turn = worker.Time(SecondsPerTurn);
            if (!turn.Disturbed || turn.Milliseconds < best.Milliseconds)
            {
                best = turn;
            }
        }

        return best;
    }
}
