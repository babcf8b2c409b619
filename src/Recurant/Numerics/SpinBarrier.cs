using System.Runtime.InteropServices;

namespace Recurant.Numerics;

/// <summary>A worker did not come to a meeting, because it failed; its own exception tells why.</summary>
internal sealed class BrokenMeetingException() : Exception("A worker thread that others wait for has failed.");

/// <summary>
/// A meeting point of worker threads inside one piece of work: nobody goes on before everybody has come. Meant for waits of
/// less than a microsecond; who waits longer offers its core to others.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct SpinBarrier
{
    private const int SpinsBeforeYield = 500;

    // On cache lines of their own: one is written by all, the other read by all.
    [FieldOffset(64)]
    private int _arrived;

    [FieldOffset(128)]
    private int _generation;

    // Beside the number that all look at while they wait.
    [FieldOffset(132)]
    private bool _broken;

    [FieldOffset(133)]
    private bool _wasLong;

    /// <summary>Whether any wait was long: some worker had no core of its own.</summary>
    public readonly bool WasLong => _wasLong;

    /// <summary>Waits for all of <paramref name="parts"/> workers. What each wrote before, all see afterwards.</summary>
    /// <exception cref="BrokenMeetingException">A worker will not come.</exception>
    public void Meet(int parts)
    {
        int generation = Volatile.Read(ref _generation);
        if (Interlocked.Increment(ref _arrived) == parts)
        {
            _arrived = 0;
            Volatile.Write(ref _generation, generation + 1);
            return;
        }

        var wait = new SpinningWait(SpinsBeforeYield);
        while (Volatile.Read(ref _generation) == generation)
        {
            if (Volatile.Read(ref _broken)) throw new BrokenMeetingException();
            wait.Once();
        }

        if (wait.WasLong) Volatile.Write(ref _wasLong, true);
    }

    /// <summary>A worker that has failed says so: whoever waits for it, or will, throws instead of waiting for ever.</summary>
    public void Break() => Volatile.Write(ref _broken, true);
}
