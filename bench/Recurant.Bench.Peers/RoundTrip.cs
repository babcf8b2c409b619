using System.Diagnostics;

namespace Recurant.Bench.Peers;

/// <summary>
/// How far apart two threads are: the time a cache line takes to the other thread and back. Where a hypervisor moves virtual
/// cores between real ones it changes while a program runs. On one AMD EPYC it is some 0.05 microseconds where both
/// threads share a real core and its arithmetic units, 0.11 between cores of one third-level cache, 0.53 between caches.
/// </summary>
internal static class RoundTrip
{
    private const int Trips = 1000, Blocks = 5;

    // The lines of the two numbers, with room on both sides for what a prefetcher fetches beside them.
    private const int LineInts = 64;

    /// <summary>Microseconds, the median of five blocks of a thousand trips; takes some milliseconds.</summary>
    public static double Measure()
    {
        var lines = new int[4 * LineInts];
        var blocks = new double[Blocks];
        var other = new Thread(() =>
        {
            for (int trip = 1; trip <= Trips * (Blocks + 1); trip++)
            {
                while (Volatile.Read(ref lines[LineInts]) != trip) Thread.SpinWait(0);
                Volatile.Write(ref lines[2 * LineInts], trip);
            }
        });
        other.Start();
        // The first block waits for the other thread to start.
        int sent = 0;
        for (int block = -1; block < Blocks; block++)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int trip = 0; trip < Trips; trip++)
            {
                Volatile.Write(ref lines[LineInts], ++sent);
                while (Volatile.Read(ref lines[2 * LineInts]) != sent) Thread.SpinWait(0);
            }

            if (block >= 0) blocks[block] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds / Trips;
        }

        other.Join();
        return Statistics.Median(blocks);
    }
}
