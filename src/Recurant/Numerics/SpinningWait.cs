using System.Diagnostics;

namespace Recurant.Numerics;

/// <summary>
/// Waiting for another thread: at first by looking again and again, then by offering the core to others in between.
/// </summary>
internal struct SpinningWait(int spinsBeforeYield)
{
    private int _spins;
    private long _firstYield;

    /// <summary>
    /// Whether the wait took more than half a millisecond: the thread waited for had no core of its own. It is measured by the
    /// clock, because on a busy machine a core that was offered comes back after some milliseconds.
    /// </summary>
    public readonly bool WasLong =>
        _firstYield != 0 && Stopwatch.GetElapsedTime(_firstYield) > TimeSpan.FromMilliseconds(0.5);

    /// <summary>Waits a moment.</summary>
    public void Once()
    {
        if (_spins < spinsBeforeYield)
        {
            _spins++;
            Thread.SpinWait(1);
            return;
        }

        if (_firstYield == 0) _firstYield = Stopwatch.GetTimestamp();
        Thread.Yield();
    }
}
