namespace Recurant.Bench.Peers;

/// <summary>Memory of a training step of a case.</summary>
internal sealed record MemoryRow(Case Case, ManagedMemory Memory)
{
    /// <summary>B T H.</summary>
    public double Volume => (double)Case.Batch * Case.Time * Case.Hidden;
}

/// <summary>What the scaling program found.</summary>
/// <param name="ByTime">Rows of rising T, at B = <see cref="ScaleProgram.Batch"/>.</param>
/// <param name="ByBatch">Rows of rising B, at T = <see cref="ScaleProgram.Time"/>.</param>
/// <param name="Memory">Recurant's training step of rising T.</param>
internal sealed record Scaling(IReadOnlyList<Row> ByTime, IReadOnlyList<Row> ByBatch, IReadOnlyList<MemoryRow> Memory);

/// <summary>One layer of LSTM as the sequences grow longer and the batch larger: does the cost grow in proportion?</summary>
internal static class ScaleProgram
{
    public const int Batch = 16, Time = 64, Hidden = 128;
    private const int LongestTime = 4096, LongestRecomputed = 16384, LargestBatch = 256;
    private const int QuickTime = 256, QuickBatch = 8;

    public static int Run(Options options)
    {
        int longest = options.Quick ? QuickTime : LongestTime;
        Case[] byTime = [.. Doubling(Time, longest).Select(time => Shape(Batch, time))];
        Case[] byBatch = [.. Doubling(1, options.Quick ? QuickBatch : LargestBatch).Select(batch => Shape(batch, Time))];
        bool trainsHere = options.EngineNames.Contains(Engines.Recurant) && options.Modes.Contains(Mode.Train);
        int longestRecomputed = options.Quick ? QuickTime : LongestRecomputed;
        Case[] recomputed = Engines.CanRecompute && trainsHere
            ? [.. Doubling(Time, longestRecomputed).Select(time => Shape(Batch, time, recompute: true))]
            : [];

        List<Row> rows = Comparison.Measure(options, options.EngineNames, options.Modes, [.. byTime.Union(byBatch)]);
        var scaling = new Scaling(
            [.. rows.Where(row => byTime.Contains(row.Case)), .. MeasureRecomputed(options, recomputed)],
            [.. rows.Where(row => byBatch.Contains(row.Case)).OrderBy(row => row.Case.Batch)],
            trainsHere
                ? [.. byTime.Concat(recomputed).Select(shape => new MemoryRow(shape, MeasureMemory(shape, options.Threads[0])))]
                : []);

        string table = ScaleReport.Table(scaling);
        if (options.Output is { } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "scale.md"), table + "\n");
            foreach ((string name, string svg) in ScaleReport.Charts(scaling))
            {
                File.WriteAllText(Path.Combine(folder, name), svg);
            }
        }

        Console.WriteLine(options.Json ? ScaleReport.Json(scaling) : table);
        return Comparison.ExitCode(rows);
    }

    /// <summary>Training steps that compute most states a second time; only Recurant's engine has them.</summary>
    private static List<Row> MeasureRecomputed(Options options, Case[] cases) =>
        cases.Length == 0 ? [] : Comparison.Measure(options, [Engines.Recurant], [Mode.Train], cases);

    private static ManagedMemory MeasureMemory(Case shape, int threads)
    {
        Console.Error.WriteLine($"{shape}, memory");
        using var worker = new WorkerProcess(Engines.Recurant, threads);
        return worker.Memory(shape);
    }

    private static Case Shape(int batch, int time, bool recompute = false) =>
        new("lstm", batch, time, Hidden, Hidden, 1, recompute);

    private static IEnumerable<int> Doubling(int least, int most)
    {
        for (int n = least; n <= most; n *= 2) yield return n;
    }
}
