namespace Recurant.Numerics;

/// <summary>How work is cut into parts.</summary>
internal static class Partition
{
    /// <summary>The share [first, last) of a part when so many items are dealt out as evenly as can be.</summary>
    public static (int First, int Last) Range(int items, int part, int parts) =>
        ((int)((long)items * part / parts), (int)((long)items * (part + 1) / parts));
}
