using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>A piece of work that can be cut into independent parts; no result may depend on the number of parts.</summary>
internal interface IParallelWork
{
    /// <summary>Does part number <paramref name="part"/> of <paramref name="parts"/>.</summary>
    void Execute(int part, int parts);
}

/// <summary>
/// Threads that are kept: a training step hands them work thousands of times a second, so they spin for a moment
/// before they sleep. Handing out work allocates nothing.
/// </summary>
internal sealed unsafe class Workers
{
    // .NET makes one iteration of SpinWait last about 30 nanoseconds on every machine. A worker looks for work that often,
    // because a step of a small network takes two microseconds, and does so for about 60 microseconds before it sleeps: longer
    // than the serial pieces between two products as a rule. The caller waits about 20 microseconds before it offers its core
    // to others: on a busy machine the part it waits for may need that core.
    private const int SpinsBeforeSleep = 2048;
    private const int SpinsBeforeYield = 640;

    /// <summary>Offers of the core after which a wait counts as long, about half a millisecond.</summary>
    private const int LongWait = 1000;

    /// <summary>Runs without meetings after a meeting that took long.</summary>
    private const int RunsAlone = 50;
    private static readonly Dictionary<int, Workers> s_byCount = [];

    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _asleep;
    private int _started = 1; // the threads there are, the caller's own included
    private int _busy;
    private int _runsAlone;
    private volatile int _generation;
    private int _pending;
    private void* _state;
    private delegate*<void*, int, int, void> _execute;
    private volatile Exception? _failure;

    private Workers(int count)
    {
        Count = count;
        _wake = new SemaphoreSlim[count];
        _asleep = new int[count];
    }

    /// <summary>The number of threads, the caller's own included.</summary>
    public int Count { get; }

    /// <summary>The workers for so many threads; made once and kept as long as the process.</summary>
    public static Workers ForThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (s_byCount)
        {
            if (!s_byCount.TryGetValue(count, out Workers? workers))
            {
                s_byCount[count] = workers = new Workers(count);
            }

            return workers;
        }
    }

    /// <summary>
    /// Executes all parts, one a thread, and returns when every part is done. Should the workers be busy with another
    /// caller's work, or with the work this call is made from, the caller does all its parts itself: the result is the
    /// same.
    /// </summary>
    public void Run<TWork>(scoped ref TWork work) where TWork : struct, IParallelWork => Run(ref work, together: false);

    private bool Run<TWork>(scoped ref TWork work, bool together) where TWork : struct, IParallelWork
    {
        if (Count == 1)
        {
            work.Execute(0, 1);
            return false;
        }

        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            int parts = together ? 1 : Count;
            for (int part = 0; part < parts; part++)
            {
                work.Execute(part, parts);
            }

            return false;
        }

        int spins = 0;

        try
        {
            Start();
            // The caller's frame outlives the call, and the collector keeps up to date what the struct refers to.
            _state = Unsafe.AsPointer(ref work);
            _execute = &Execute<TWork>;
            _failure = null;
            Volatile.Write(ref _pending, Count - 1);
            _generation++;
            Interlocked.MemoryBarrier();
            for (int i = 1; i < Count; i++)
            {
                if (Volatile.Read(ref _asleep[i]) != 0)
                {
                    _wake[i].Release();
                }
            }

            try
            {
                work.Execute(0, Count);
            }
            finally
            {
                for (; Volatile.Read(ref _pending) != 0; spins++)
                {
                    // With more threads than cores the part we wait for may need this core.
                    if (spins < SpinsBeforeYield) Thread.SpinWait(1); else Thread.Yield();
                }
            }

            if (_failure is { } failure)
            {
                throw new AggregateException("A worker thread failed: " + failure.Message, failure);
            }
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }

        return spins > SpinsBeforeYield + LongWait;
    }

    /// <summary>
    /// Executes parts that wait for one another: each on a thread of its own if there are as many threads, or else one part
    /// that is the whole.
    /// </summary>
    /// <returns>Whether the caller waited long for the others: some thread had no core of its own.</returns>
    public bool RunTogether<TWork>(scoped ref TWork work) where TWork : struct, IParallelWork => Run(ref work, together: true);

    /// <summary>
    /// Whether it is a good time for work whose parts wait for one another. Where every core is busy with other programs one
    /// meeting can take as long as thousands of steps, so after a bad experience one thread works alone for a while. Only the
    /// time depends on it.
    /// </summary>
    public bool MayMeet()
    {
        if (Count == 1) return false;
        if (Volatile.Read(ref _runsAlone) <= 0) return true;
        Interlocked.Decrement(ref _runsAlone);
        return false;
    }

    /// <summary>Notes that a meeting took long.</summary>
    public void AvoidMeetings() => Volatile.Write(ref _runsAlone, RunsAlone);

    private static void Execute<TWork>(void* state, int part, int parts) where TWork : struct, IParallelWork =>
        Unsafe.AsRef<TWork>(state).Execute(part, parts);

    /// <summary>Starts the threads that are missing: should the system refuse one, the next call goes on from there.</summary>
    private void Start()
    {
        for (; _started < Count; _started++)
        {
            int part = _started;
            _wake[part] = new SemaphoreSlim(0);
            new Thread(() => Loop(part), maxStackSize: 1 << 20) { IsBackground = true, Name = $"Recurant worker {part}" }.Start();
        }
    }

    private void Loop(int part)
    {
        int seen = 0;
        while (true)
        {
            int spins = 0;
            while (_generation == seen)
            {
                if (++spins < SpinsBeforeSleep)
                {
                    Thread.SpinWait(1);
                    continue;
                }

                Interlocked.Exchange(ref _asleep[part], 1);
                if (_generation == seen)
                {
                    _wake[part].Wait();
                }

                Volatile.Write(ref _asleep[part], 0);
                // Had the generation changed before we slept, one release is left over: it costs one more turn of this loop.
            }

            seen = _generation;
            try
            {
                _execute(_state, part, Count);
            }
            catch (Exception failure)
            {
                _failure = failure;
            }

            Interlocked.Decrement(ref _pending);
        }
    }
}
