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

    /// <summary>How long a worker sleeps before it looks whether a call has overlooked it.</summary>
    private const int OverlookedMilliseconds = 1;

    /// <summary>Runs without meetings after a meeting that took long.</summary>
    private const int RunsAlone = 50;
    private static readonly Dictionary<int, Workers> s_byCount = [];

    // A cache line that one thread writes and another reads takes 0.1 to 0.3 microseconds to get from core to core, and a step
    // of a stream takes two. So what the caller writes for the workers stands on one line of its own, what each worker answers
    // on another, and all else that changes with every run is touched by the caller alone.
    private const int LineLongs = 16;
    private readonly long[] _lineMemory;
    private readonly long* _call;
    private readonly WeakReference<IStepWork>?[] _stepWork = new WeakReference<IStepWork>?[2 * LineLongs];

    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _asleep;
    private int _started = 1; // the threads there are, the caller's own included
    private int _busy;
    private int _runsAlone;
    private volatile Exception? _failure;

    private Workers(int count)
    {
        Count = count;
        _wake = new SemaphoreSlim[count];
        _asleep = new int[count];
        _lineMemory = GC.AllocateArray<long>((count + 2) * LineLongs, pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref _lineMemory[0]), line = LineLongs * sizeof(long);
        _call = (long*)((start + line - 1) / line * line);
    }

    /// <summary>The number of the run that the workers have been called to.</summary>
    private ref int Generation => ref *(int*)_call;

    /// <summary>Where the work stands; nothing for work that is called step by step.</summary>
    private ref void* State => ref *(void**)(_call + 1);

    private ref delegate*<void*, int, int, void> Code => ref *(delegate*<void*, int, int, void>*)(_call + 2);

    private ref StepCall Step => ref *(StepCall*)(_call + 3);

    /// <summary>The last run that a worker has done its part of.</summary>
    private ref int Done(int part) => ref *(int*)(_call + part * LineLongs);

    /// <summary>
    /// The work that is called step by step; on a line that is seldom written. The workers live as long as the process and must
    /// not keep the weights of a stream that nobody else has any more.
    /// </summary>
    private ref WeakReference<IStepWork>? StepWork => ref _stepWork[LineLongs];

    /// <summary>The number of threads, the caller's own included.</summary>
    public int Count { get; }

    /// <summary>Numbers to read and write once that outweigh handing half of them to another thread.</summary>
    private const long WorthDividing = 1 << 16;

    /// <summary>The most threads of one call.</summary>
    public const int MostThreads = 1024;

    /// <summary>The workers for a number of threads as options give it: 0 for one a core.</summary>
    public static Workers Asked(int threads) => ForThreads(threads == 0 ? Environment.ProcessorCount : threads);

    /// <summary>The workers for so many threads; made once and kept as long as the process.</summary>
    /// <exception cref="ArgumentException">There would be none, or more than <see cref="MostThreads"/>.</exception>
    public static Workers ForThreads(int count)
    {
        if (count is < 1 or > MostThreads)
        {
            throw new ArgumentException(
                $"{count} threads were asked for; it must be 0 (one a core) to {MostThreads}.", nameof(count));
        }

        lock (s_byCount)
        {
            if (!s_byCount.TryGetValue(count, out Workers? workers)) s_byCount[count] = workers = new Workers(count);
            return workers;
        }
    }

    /// <summary>
    /// Executes all parts, one a thread, and returns when every part is done. Should the workers be busy with another
    /// caller's work, or with the work this call is made from, the caller does all its parts itself: the result is the
    /// same.
    /// </summary>
    public void Run<TWork>(scoped ref TWork work) where TWork : struct, IParallelWork => Run(ref work, together: false);

    /// <summary>The same, by the caller alone where dividing so few numbers would cost more than it saves.</summary>
    public void Run<TWork>(scoped ref TWork work, long numbers) where TWork : struct, IParallelWork
    {
        if (numbers < WorthDividing) work.Execute(0, 1); else Run(ref work);
    }

    private bool Run<TWork>(scoped ref TWork work, bool together) where TWork : struct, IParallelWork
    {
        if (Count == 1)
        {
            work.Execute(0, 1);
            return false;
        }

        if (!TryBegin())
        {
            int parts = together ? 1 : Count;
            for (int part = 0; part < parts; part++) work.Execute(part, parts);
            return false;
        }

        bool waitedLong = false;
        try
        {
            Start();
            // This frame outlives the call, and the collector keeps up to date what the struct refers to. The caller's own struct
            // may be a field of an object, which the collector moves.
            TWork own = work;
            State = Unsafe.AsPointer(ref own);
            Code = &Execute<TWork>;
            int generation = Call();
            try
            {
                own.Execute(0, Count);
            }
            catch (BrokenMeetingException failure)
            {
                // Thrown below, with the reason.
                NoteBroken(failure);
            }
            finally
            {
                waitedLong = WaitForAll(generation);
                work = own;
            }

            ThrowFailure();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }

        return waitedLong;
    }

    /// <summary>A step of work that is called again and again.</summary>
    /// <param name="work">The work.</param>
    /// <param name="input">The input of the step; all threads read it where it stands.</param>
    /// <param name="number">The number of the input where it is a word's.</param>
    /// <param name="step">The step.</param>
    /// <param name="together">Whether each thread does a part; otherwise the caller does the whole.</param>
    /// <returns>Whether the caller waited long for the others.</returns>
    public bool RunStep(IStepWork work, ReadOnlySpan<float> input, int number, int step, bool together)
    {
        fixed (float* start = input)
        {
            var call = new StepCall(new Address(start), number, step);
            if (together && Count > 1 && TryBegin()) return RunStepTogether(work, call);
            work.Execute(0, 1, call);
            return false;
        }
    }

    private bool RunStepTogether(IStepWork work, StepCall call)
    {
        bool waitedLong = false;
        try
        {
            Start();
            if (!ReferenceEquals(StepWork, work.Reference)) StepWork = work.Reference;
            State = null;
            Step = call;
            int generation = Call();
            try
            {
                work.Execute(0, Count, call);
            }
            catch (BrokenMeetingException failure)
            {
                // Thrown below, with the reason.
                NoteBroken(failure);
            }
            finally
            {
                waitedLong = WaitForAll(generation);
            }

            ThrowFailure();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }

        return waitedLong;
    }

    private bool TryBegin() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    /// <summary>Calls the workers to what stands on the caller's line.</summary>
    private int Call()
    {
        _failure = null;
        int generation = Generation + 1;
        Volatile.Write(ref Generation, generation);
        // A fence here would hold up the caller until its line has got to the workers. Without it a worker that falls asleep
        // at this very moment may be overlooked; it looks again after a millisecond, when the number has long arrived.
        for (int i = 1; i < Count; i++)
        {
            // Who takes the mark away is who wakes: one release for each sleep.
            if (Volatile.Read(ref _asleep[i]) != 0 && Interlocked.Exchange(ref _asleep[i], 0) != 0) _wake[i].Release();
        }

        return generation;
    }

    /// <returns>Whether that took long.</returns>
    private bool WaitForAll(int generation)
    {
        var wait = new SpinningWait(SpinsBeforeYield);
        for (int part = 1; part < Count; part++)
        {
            // With more threads than cores the part we wait for may need this core.
            while (Volatile.Read(ref Done(part)) != generation) wait.Once();
        }

        return wait.WasLong;
    }

    /// <summary>
    /// A worker waited in vain: that is the failure only as long as the one that did not come has not told why.
    /// </summary>
    private void NoteBroken(BrokenMeetingException failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    private void ThrowFailure()
    {
        if (_failure is { } failure)
        {
            _failure = null;
            throw new AggregateException("A worker thread failed: " + failure.Message, failure);
        }
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

    /// <summary>A method of its own: what it holds of the work is gone when it returns.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ExecuteStep(int part, int parts)
    {
        // The caller holds the work until all parts are done.
        if (StepWork is { } reference && reference.TryGetTarget(out IStepWork? work)) work.Execute(part, parts, Step);
    }

    private void Sleep(int part, int seen)
    {
        Interlocked.Exchange(ref _asleep[part], 1);
        if (Volatile.Read(ref Generation) == seen && _wake[part].Wait(OverlookedMilliseconds)) return;
        if (Volatile.Read(ref Generation) == seen)
        {
            _wake[part].Wait();
        }
        else if (Interlocked.Exchange(ref _asleep[part], 0) == 0)
        {
            // Called all the same, and somebody has taken the mark: a release is on its way.
            _wake[part].Wait();
        }
    }

    private void Loop(int part)
    {
        // Run numbers begin anew after 2^32 runs; nothing compares them but for equality.
        int seen = 0, parts = Count;
        while (true)
        {
            int spins = 0;
            while (Volatile.Read(ref Generation) == seen)
            {
                if (++spins < SpinsBeforeSleep)
                {
                    Thread.SpinWait(1);
                    continue;
                }

                Sleep(part, seen);
                spins = 0;
            }

            seen = Generation;
            // The answer's line is fetched now, so that it need not be waited for at the end.
            Volatile.Write(ref Done(part), seen - 1);
            try
            {
                if (State == null) ExecuteStep(part, parts); else Code(State, part, parts);
            }
            catch (BrokenMeetingException failure)
            {
                NoteBroken(failure);
            }
            catch (Exception failure)
            {
                _failure = failure;
            }

            Volatile.Write(ref Done(part), seen);
        }
    }
}
