using System.Diagnostics;

namespace Recurant.Tests.Numerics;

public class WorkersTests
{
    /// <summary>
    /// A number of threads that no other test asks for. Workers of the same number are shared, and while another test keeps
    /// them busy a caller does all parts itself and stops at the first that fails.
    /// </summary>
    private const int Own = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Run_ManyTimes_ExecutesEachPartOnce(int threads)
    {
        Workers workers = Workers.ForThreads(threads);
        int[] counts = new int[threads];
        const int Times = 400;
        for (int i = 0; i < Times; i++)
        {
            var work = new CountingWork { Counts = counts };
            workers.Run(ref work);
            // Run returns when every part is done, not before.
            Assert.All(counts, count => Assert.Equal(i + 1, count));
        }
    }

    /// <summary>Longer than the workers spin: they are asleep and have to be woken.</summary>
    [Fact]
    public void Run_AfterAPause_WakesTheWorkers()
    {
        Workers workers = Workers.ForThreads(3);
        int[] counts = new int[3];
        for (int i = 0; i < 20; i++)
        {
            var work = new CountingWork { Counts = counts };
            workers.Run(ref work);
            Thread.Sleep(5);
        }

        Assert.All(counts, count => Assert.Equal(20, count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_PartThatFails_ThrowsOnceAndWorksAgain(int failing)
    {
        Workers workers = Workers.ForThreads(Own);
        int[] counts = new int[Own];
        var work = new CountingWork { Counts = counts, FailingParts = 1 << failing };
        Exception error = Assert.ThrowsAny<Exception>(() => workers.Run(ref work));
        Assert.Contains($"part {failing}", error.Message, StringComparison.Ordinal);
        Assert.All(counts, count => Assert.Equal(1, count));

        var next = new CountingWork { Counts = counts };
        workers.Run(ref next);
        Assert.All(counts, count => Assert.Equal(2, count));
    }

    [Fact]
    public void Run_CallersPartAndAnotherFail_NextRunReportsNothing()
    {
        Workers workers = Workers.ForThreads(Own);
        int[] counts = new int[Own];
        var work = new CountingWork { Counts = counts, FailingParts = 0b101 };
        Assert.ThrowsAny<Exception>(() => workers.Run(ref work));
        var next = new CountingWork { Counts = counts };
        workers.Run(ref next);
        Assert.All(counts, count => Assert.Equal(2, count));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Run_FromInsideARun_ExecutesAllPartsOfBoth(int threads)
    {
        Workers workers = Workers.ForThreads(threads);
        for (int i = 0; i < 200; i++)
        {
            int[] outer = new int[threads], inner = new int[threads];
            var work = new NestedWork { Workers = workers, Outer = outer, Inner = inner };
            workers.Run(ref work);
            Assert.All(outer, count => Assert.Equal(1, count));
            Assert.All(inner, count => Assert.Equal(threads, count));
        }
    }

    [Fact]
    public void Run_FromSeveralThreadsAtOnce_EachGetsItsResult()
    {
        Workers workers = Workers.ForThreads(3);
        const int Callers = 4, Times = 100;
        int[][] counts = [.. Enumerable.Range(0, Callers).Select(_ => new int[3])];
        Thread[] callers = [.. counts.Select(own => new Thread(() =>
        {
            for (int i = 0; i < Times; i++)
            {
                var work = new CountingWork { Counts = own };
                workers.Run(ref work);
            }
        }))];
        foreach (Thread caller in callers) caller.Start();
        foreach (Thread caller in callers) caller.Join();
        Assert.All(counts, own => Assert.All(own, count => Assert.Equal(Times, count)));
    }

    [Fact]
    public void Run_OnceWarm_AllocatesNothing()
    {
        Workers workers = Workers.ForThreads(3);
        var work = new CountingWork { Counts = new int[3] };
        Allocation.AssertNoneWarm(() => workers.Run(ref work), times: 200);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void RunStep_ManyTimes_EveryPartSeesWhatThisStepBrings(int threads)
    {
        Workers workers = Workers.ForThreads(threads);
        var work = new SummingWork();
        float[] input = new float[3];
        double expected = 0;
        for (int i = 1; i <= 300; i++)
        {
            Array.Fill(input, i);
            workers.RunStep(work, input, 2 * i, i & 1, together: i % 3 != 0);
            // Whether one thread has done the whole or each its part, the parts together are the whole.
            expected += 2 * i + 4 * i + (i & 1);
            Assert.Equal(expected, work.Sum, 1e-6 * expected);
            if (i % 100 == 0) Thread.Sleep(5);
        }
    }

    /// <summary>
    /// Calls that come when the workers are about to fall asleep, for parts that wait for one another: a call that a worker
    /// misses would never end.
    /// </summary>
    [Fact]
    public void RunStep_AfterPausesOfAllLengths_ReachesEveryWorker()
    {
        Workers workers = Workers.ForThreads(3);
        var work = new SummingWork();
        float[] input = [1];
        const int Calls = 600;
        for (int i = 0; i < Calls; i++)
        {
            // From nothing to 150 microseconds; they sleep after about 60.
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < i / 4.0) { }
            workers.RunStep(work, input, 0, 0, together: true);
        }

        Assert.Equal(2.0 * Calls, work.Sum, 1e-3);
    }

    [Fact]
    public void RunStep_PartThatFails_ThrowsOnceAndWorksAgain()
    {
        Workers workers = Workers.ForThreads(Own);
        var work = new SummingWork { Fails = true };
        float[] input = [1];
        Exception error = Assert.ThrowsAny<Exception>(() => workers.RunStep(work, input, 0, 0, together: true));
        Assert.Contains("failed as asked", error.Message, StringComparison.Ordinal);
        work = new SummingWork();
        workers.RunStep(work, input, 0, 0, together: true);
        Assert.Equal(2, work.Sum, 1e-6);
    }

    [Fact]
    public void ForThreads_SameCount_GivesTheSameWorkers()
    {
        Assert.Same(Workers.ForThreads(3), Workers.ForThreads(3));
        Assert.Equal(3, Workers.ForThreads(3).Count);
        Assert.Throws<ArgumentException>(() => Workers.ForThreads(0));
    }

    [Fact]
    public void Range_AnyNumberOfParts_DealsOutEveryItemOnceAndEvenly()
    {
        for (int items = 0; items < 50; items++)
        {
            for (int parts = 1; parts < 12; parts++)
            {
                int next = 0;
                for (int part = 0; part < parts; part++)
                {
                    (int first, int last) = Partition.Range(items, part, parts);
                    Assert.Equal(next, first);
                    Assert.InRange(last - first, items / parts, (items + parts - 1) / parts);
                    next = last;
                }

                Assert.Equal(items, next);
            }
        }

        Assert.Equal((int.MaxValue / 2, int.MaxValue), Partition.Range(int.MaxValue, 1, 2));
    }

    private struct CountingWork : IParallelWork
    {
        public int[] Counts;

        /// <summary>One bit for each part that throws.</summary>
        public int FailingParts;

        public readonly void Execute(int part, int parts)
        {
            if (parts != Counts.Length) throw new ArgumentException($"{parts} parts instead of {Counts.Length}");
            Interlocked.Increment(ref Counts[part]);
            if ((FailingParts >> part & 1) != 0) throw new InvalidOperationException($"part {part}");
        }
    }

    /// <summary>Adds up what a step brings, each part its share, and meets the others.</summary>
    private sealed class SummingWork : IStepWork
    {
        private readonly Lock _lock = new();
        private SpinBarrier _meeting;

        public SummingWork() => Reference = new WeakReference<IStepWork>(this);

        public WeakReference<IStepWork> Reference { get; }

        public double Sum { get; set; }

        public bool Fails { get; set; }

        public void Execute(int part, int parts, StepCall call)
        {
            if (Fails && part == parts - 1)
            {
                _meeting.Break();
                throw new InvalidOperationException("failed as asked");
            }

            float input = call.Input.Span(1)[0];
            lock (_lock) Sum += (2 * input + 2 * call.Number + call.Step) / parts;
            if (parts > 1) _meeting.Meet(parts);
        }
    }

    private struct NestedWork : IParallelWork
    {
        public Workers Workers;
        public int[] Outer, Inner;

        public readonly void Execute(int part, int parts)
        {
            var inner = new CountingWork { Counts = Inner };
            Workers.Run(ref inner);
            Interlocked.Increment(ref Outer[part]);
        }
    }
}
