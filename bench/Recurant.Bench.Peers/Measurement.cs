namespace Recurant.Bench.Peers;

/// <summary>A measured grid, and what follows from more than one of its numbers.</summary>
/// <param name="Limits">The machine's FMA limit in GFLOP/s, by number of threads.</param>
internal sealed record Measurement(IReadOnlyDictionary<int, double> Limits, IReadOnlyList<Row> Rows)
{
    /// <summary>From this batch on a second thread is expected to pay.</summary>
    public const int BatchWorthThreads = 20;

    /// <summary>From this width on the products alone decide.</summary>
    public const int LargeHidden = 512;

    /// <summary>Recurant's share of the FMA limit of so many threads, 0 to 1.</summary>
    public double? FmaShare(Row row) => row.Gflops(Engines.Recurant) / Limits[row.Threads];

    /// <summary>Recurant's time on one thread divided by that on two; null for other rows and small batches.</summary>
    public double? ThreadsGain(Row row)
    {
        if (row.Threads != 2 || row.Case.Batch < BatchWorthThreads) return null;
        Row? single = Rows.FirstOrDefault(other => other.Threads == 1 && other.Case == row.Case && other.Mode == row.Mode);
        return single?.Time(Engines.Recurant) / row.Time(Engines.Recurant);
    }

    /// <summary>Recurant's large LSTM and GRU rows.</summary>
    public IEnumerable<Row> LargeRows => Rows.Where(
        row => row.Case.Hidden >= LargeHidden && row.Case.Cell != "rnn" && row.Time(Engines.Recurant) is not null);
}
