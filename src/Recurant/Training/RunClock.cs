namespace Recurant.Training;

/// <summary>The time since a run began.</summary>
internal sealed class RunClock
{
    private readonly TimeProvider _time;
    private readonly long _begin;

    private RunClock(TimeProvider time) => (_time, _begin) = (time, time.GetTimestamp());

    /// <summary>Begins to count.</summary>
    /// <param name="time">Null for the machine's own.</param>
    public static RunClock Start(TimeProvider? time = null) => new(time ?? TimeProvider.System);

    public TimeSpan Elapsed => _time.GetElapsedTime(_begin);
}
