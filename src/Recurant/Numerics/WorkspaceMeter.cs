namespace Recurant.Numerics;

/// <summary>Counts the bytes of all buffers that belong to one workspace, whichever threads make them grow.</summary>
internal sealed class WorkspaceMeter
{
    [ThreadStatic]
    private static WorkspaceMeter? s_current;

    private long _bytes;

    /// <summary>Whose buffers are being made on this thread; null if nobody counts them.</summary>
    public static WorkspaceMeter? Current => s_current;

    /// <summary>The bytes of the buffers now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Makes a workspace; the buffers made with it are counted as long as they live.</summary>
    public static T Measure<T>(Func<T> make, out WorkspaceMeter meter)
    {
        WorkspaceMeter? before = s_current;
        s_current = meter = new WorkspaceMeter();
        try
        {
            return make();
        }
        finally
        {
            s_current = before;
        }
    }

    /// <summary>Notes that a buffer has grown by so many bytes.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
