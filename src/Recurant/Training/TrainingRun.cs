namespace Recurant.Training;

/// <summary>A run from its options to its result; the same for all tasks.</summary>
internal static class TrainingRun
{
    /// <summary>Prepares, trains, and says what came of it.</summary>
    /// <param name="options">How it learns; its ranges are checked.</param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">Ends the run after the present step.</param>
    /// <param name="prepare">Makes the model, the plan and the task of the data.</param>
    public static TrainingResult<TModel, TScore> Of<TModel, TScore>(
        LearningOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellation,
        Func<Workers, PhaseWork, (TModel Model, LearningPlan Plan, TrainingTask Task)> prepare)
        where TModel : TrainedModel where TScore : Score
    {
        var clock = RunClock.Start(options.Clock);
        using RunCheckpoint? checkpoint = RunCheckpoint.Open(options.Checkpoint);
        Workers workers = Workers.Asked(options.Threads);
        (TModel model, LearningPlan plan, TrainingTask task) = prepare(workers, PhaseWork.Of(progress, cancellation));
        var run = new TaskRun(task, plan, workers, clock, progress, cancellation, checkpoint)
        {
            TaskName = model.Task,
        };
        TrainingEnd end = run.Run();
        return TrainingResult<TModel, TScore>.Of(model, run, end);
    }
}
