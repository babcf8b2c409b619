namespace Recurant.Cli;

/// <summary>The memory of the process.</summary>
internal static class HeapMemory
{
    /// <summary>
    /// Gives the system back what is free: before work that comes after what needed much, and would otherwise begin beside its
    /// remains. Takes a tenth of a second.
    /// </summary>
    public static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
}
