namespace Recurant.Tests;

/// <summary>
/// What an action allocates, on the quietest of several rounds. What is warm allocates nothing in any of them and what allocates
/// does so in every one, but a single round may read a few thousand bytes that nobody asked for: the runtime hands a thread its
/// memory in pieces of eight kilobytes and a collection that runs meanwhile, for any thread's sake, counts the rest of a piece as
/// used; and the runtime and the test runner allocate now and then on threads of their own.
/// </summary>
internal static class Allocation
{
    private const int Rounds = 12;

    /// <summary>Bytes allocated on the thread that calls.</summary>
    public static long LeastOnThisThread(Action action) => Least(action, GC.GetAllocatedBytesForCurrentThread);

    /// <summary>Bytes allocated on all threads; the test must run alone, in <see cref="Training.AloneCollection"/>.</summary>
    public static long LeastInProcess(Action action) => Least(action, () => GC.GetTotalAllocatedBytes(precise: true));

    /// <summary>Checks that an action which has been done often enough allocates nothing on the thread that calls.</summary>
    public static void AssertNoneWarm(Action action, int times)
    {
        void Repeat()
        {
            for (int i = 0; i < times; i++) action();
        }

        for (int i = 0; i < 50; i++) action();
        Assert.Equal(0, LeastOnThisThread(Repeat));
    }

    private static long Least(Action action, Func<long> allocated)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = allocated();
            action();
            least = Math.Min(least, allocated() - before);
        }

        return least;
    }
}
