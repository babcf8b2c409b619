using System.Diagnostics;
using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>Notices when other programs took cores from the one being timed; on Linux, elsewhere it sees nothing.</summary>
internal sealed class Disturbance
{
    private const string Statistics = "/proc/stat";
    private const double TicksPerSecond = 100;

    // Processor time is counted in steps of 10 ms; a tenth of a core is well above that for a turn of 200 ms.
    private const double Allowed = 0.1;

    private readonly Process _process;
    private readonly int _threads;
    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly double _allBusy = BusySeconds();
    private readonly double _ownBusy;

    /// <summary>Begins to watch a process that uses so many threads.</summary>
    public Disturbance(Process process, int threads)
    {
        (_process, _threads) = (process, threads);
        _ownBusy = OwnSeconds();
    }

    /// <summary>Whether, since the beginning, the others left fewer cores free than the process has threads.</summary>
    public bool HasOccurred()
    {
        double elapsed = Stopwatch.GetElapsedTime(_begin).TotalSeconds;
        double others = (BusySeconds() - _allBusy - (OwnSeconds() - _ownBusy)) / elapsed;
        return others > Math.Max(0, Environment.ProcessorCount - _threads) + Allowed;
    }

    private double OwnSeconds()
    {
        _process.Refresh();
        return _process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Processor time of all programs: user, nice, system, interrupts, and what a hypervisor took.</summary>
    private static double BusySeconds()
    {
        if (!File.Exists(Statistics)) return 0;
        string[] fields = File.ReadLines(Statistics).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double ticks = ((int[])[1, 2, 3, 6, 7, 8]).Sum(i => double.Parse(fields[i], CultureInfo.InvariantCulture));
        return ticks / TicksPerSecond;
    }
}
