namespace Recurant.Tests.Training;

/// <summary>A step that learns to translate allocates nothing on any thread once its memory has grown.</summary>
[Collection(nameof(AloneCollection))]
public class TranslatorAllocationTests
{
    [Theory]
    [InlineData(AttentionKind.General, CellKind.Lstm, 1)]
    [InlineData(AttentionKind.General, CellKind.Lstm, 3)]
    [InlineData(AttentionKind.Additive, CellKind.Gru, 2)]
    [InlineData(AttentionKind.Bahdanau, CellKind.Lstm, 2)]
    public void Step_OnceWarm_AllocatesNothingOnAnyThread(AttentionKind attention, CellKind cell, int threads)
    {
        TranslatorTrainingOptions options = Phrases.Wide with { Attention = attention, Cell = cell };
        TranslatorData data = TranslatorData.Make(Phrases.Numbers(160, seed: 1), null, options);
        Workers workers = Workers.ForThreads(threads);
        var task = new TranslatorTask(data, workers);
        var run = new TaskRun(task, data.Plan, workers, RunClock.Start());
        task.WarmUp();
        task.Feed.BeginEpoch(1);
        for (int step = 0; step < 3 * task.Feed.StepsInEpoch; step++) run.Step(step % task.Feed.StepsInEpoch);
        Assert.Equal(0, AllocationTests.Least(step => run.Step(step % task.Feed.StepsInEpoch)));
    }
}
