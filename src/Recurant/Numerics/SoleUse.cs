namespace Recurant.Numerics;

/// <summary>
/// Notices when two threads use at once what serves one at a time, and says so instead of computing something wrong. A call
/// within a call of the same thread is welcome, and so is another thread that comes after: nothing is bound to a thread for
/// longer than a call.
/// </summary>
/// <param name="name">What it is: "A RecurrentStream".</param>
/// <param name="remedy">What to do instead, one sentence.</param>
internal sealed class SoleUse(string name, string remedy)
{
    /// <summary>The thread that is inside; 0 for none.</summary>
    private int _thread;

    /// <summary>The guard of a list that any number of threads may read once one thread has added everything.</summary>
    public static SoleUse OfAdding(string name) => new(name, "Add from one thread; any number may read when all is added.");

    /// <summary>Enters a call; it ends when what is returned is disposed of. Allocates nothing.</summary>
    /// <exception cref="InvalidOperationException">Another thread is inside.</exception>
    public Call Enter()
    {
        int own = Environment.CurrentManagedThreadId;
        int inside = Interlocked.CompareExchange(ref _thread, own, 0);
        if (inside == 0) return new Call(this);
        // Its own number stands there only while this thread is inside a call already.
        return inside == own ? default : throw new InvalidOperationException(
            $"{name} was used by two threads at once, and it serves one at a time. {remedy}");
    }

    /// <summary>A call under way.</summary>
    /// <param name="use">What is used; null within another call.</param>
    public readonly ref struct Call(SoleUse? use)
    {
        /// <summary>Ends it.</summary>
        public void Dispose()
        {
            if (use is not null) Volatile.Write(ref use._thread, 0);
        }
    }
}
