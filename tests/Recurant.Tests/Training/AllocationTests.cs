namespace Recurant.Tests.Training;

/// <summary>No other test runs beside these, whose subject is what the whole process allocates.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public class AloneCollection;

/// <summary>A training step allocates nothing on any thread once its memory has grown to the largest batch.</summary>
[Collection(nameof(AloneCollection))]
public class AllocationTests
{
    private const int Batch = 16, StepsInRound = 10;

    public static TheoryData<string, int> Networks
    {
        get
        {
            TheoryData<string, int> networks = [];
            foreach (string name in s_networks.Keys)
            {
                networks.Add(name, 1);
                networks.Add(name, 3);
            }

            return networks;
        }
    }

    // Wide enough that products, packing and updates are dealt out over the threads.
    private static readonly TrainingOptions s_wide = Reviews.Small with
    {
        Hidden = 64, Embedding = 64, Layers = 2, Bidirectional = true, Dropout = Reviews.EveryDropout, Batch = Batch,
    };

    private static readonly Dictionary<string, TrainingOptions> s_networks = new()
    {
        ["elman"] = s_wide with { Cell = CellKind.Elman, Pooling = Pooling.Last },
        ["elman, preactivation"] = s_wide with { Cell = CellKind.Elman, Form = ElmanForm.PreActivation, Pooling = Pooling.Mean },
        ["lstm"] = s_wide with { Cell = CellKind.Lstm, Pooling = Pooling.Max, Direct = true },
        ["lstm, characters"] = s_wide with { Cell = CellKind.Lstm, Characters = 32, Direct = true },
        ["lstm, one-hot"] = s_wide with { Cell = CellKind.Lstm, Embedding = 0, Optimizer = OptimizerKind.Sgd },
        ["gru inside"] = s_wide with { Cell = CellKind.Gru, Pooling = Pooling.Attention, Optimizer = OptimizerKind.Nesterov },
        ["gru outside"] = s_wide with { Cell = CellKind.Gru, GruReset = GruReset.Outside, LabelSmoothing = 0.1f, Clip = 0 },
        ["feed-forward"] = s_wide with { Model = ModelKind.FeedForward, Optimizer = OptimizerKind.RmsProp },
        ["bag of words"] = s_wide with { Model = ModelKind.BagOfWords },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Step_OnceWarm_AllocatesNothingOnAnyThread(string network, int threads)
    {
        (TaskRun run, int steps) = Start(s_networks[network], threads);
        Assert.Equal(0, LeastAllocated(run, steps));
    }

    [Fact]
    public void Step_HundredsOfTextsAndClasses_AllocatesNothing()
    {
        const int Large = 300;
        TextDataset words = Reviews.Words(2 * Large, seed: 1);
        var data = new TextDataset(
            "many", [.. words.Examples.Select((example, i) => example with { Label = $"label {i % Large}" })]);
        TrainingOptions options = s_wide with { Layers = 1, Hidden = 16, Direct = true, Batch = Large };
        (TaskRun run, int steps) = Start(options, threads: 2, data);
        Assert.Equal(0, LeastAllocated(run, steps));
    }

    [Fact]
    public void LeastAllocated_StepsThatAllocate_IsNotZero()
    {
        // The gate itself must be able to fail: the same measure over steps that make one small object each.
        object? last = null;
        Assert.True(Least(_ => last = new byte[8]) >= StepsInRound * 8);
        Assert.NotNull(last);
    }

    private static (TaskRun Run, int Steps) Start(TrainingOptions options, int threads, TextDataset? data = null)
    {
        PreparedData prepared = PreparedData.Make(data ?? Reviews.Words(200, seed: 1), null, options);
        Workers workers = Workers.ForThreads(threads);
        var task = new ClassifierTask(prepared, workers);
        var run = new TaskRun(task, prepared.Plan, workers, RunClock.Start());
        // The longest texts first: memory grows to what they need, with a reserve, and stays.
        task.WarmUp();
        for (int step = 0; step < 3 * task.Feed.StepsInEpoch; step++) run.Step(step % task.Feed.StepsInEpoch);
        return (run, task.Feed.StepsInEpoch);
    }

    private static long LeastAllocated(TaskRun run, int steps) => Least(step => run.Step(step % steps));

    /// <summary>What a round of steps allocates in the whole process.</summary>
    internal static long Least(Action<int> step) => Allocation.LeastInProcess(() =>
    {
        for (int i = 0; i < StepsInRound; i++) step(i);
    });
}
