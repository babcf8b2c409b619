using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>
/// A run of one or two stages: the model learns while a part of the data validates it; then, where the plan says so, it learns
/// anew from all of the data, for as many epochs as were best.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="plan">How it learns.</param>
/// <param name="learnt">The tensors that training changes.</param>
/// <param name="progress">Gets told where the run stands.</param>
/// <param name="cancellation">Ends the run after the present step.</param>
internal sealed class StagedRun<TModel, TScore>(
    TModel model, LearningPlan plan, IReadOnlyList<Parameter> learnt, IProgress<TrainingProgress>? progress,
    CancellationToken cancellation)
    where TModel : TrainedModel where TScore : Score
{
    /// <summary>The name of the second stage.</summary>
    private const string RefitStage = "refit";

    /// <summary>The options.</summary>
    public required LearningOptions Options { get; init; }

    /// <summary>Sets the weights that training starts from.</summary>
    public required Action Start { get; init; }

    /// <summary>Makes the first stage.</summary>
    public required Func<Workers, TrainingTask> Learn { get; init; }

    /// <summary>Makes the second; null for none.</summary>
    public Func<Workers, TrainingTask>? Refit { get; init; }

    /// <summary>What is done between the two.</summary>
    public Action<Workers>? Between { get; init; }

    public required Func<JsonElement, Score> ReadScore { get; init; }

    public TrainingResult<TModel, TScore> Run()
    {
        var clock = RunClock.Start(Options.Clock);
        Workers workers = Workers.Asked(Options.Threads);
        using RunCheckpoint? checkpoint = RunCheckpoint.Open(Options.Checkpoint);
        FinishedRun? finished = checkpoint?.Finished(ReadScore) is [var done, ..] ? done : null;
        double seconds = 0;
        Start();
        if (finished is null)
        {
            var run = new TaskRun(Learn(workers), plan, workers, clock, progress, cancellation, checkpoint) { TaskName =
                model.Task };
            TrainingEnd ended = run.Run();
            finished = new FinishedRun(run.Epochs, run.Best.Number, ended);
            seconds = run.Seconds;
            Between?.Invoke(workers);
        }

        TrainingEnd end = finished.End;
        if (Refit is not null && end is TrainingEnd.Completed or TrainingEnd.EarlyStopping)
        {
            end = RunAgain(clock, workers, checkpoint, finished, ref seconds);
        }

        return new TrainingResult<TModel, TScore>
        {
            Model = model, Validation = (TScore)finished.Epochs.First(epoch => epoch.Number == finished.Best).Validation,
            Epochs = finished.Epochs, BestEpoch = finished.Best, Seconds = seconds, End = end,
        };
    }

    /// <summary>The second stage; if it is stopped, the weights of the first come back.</summary>
    private TrainingEnd RunAgain(
        RunClock clock, Workers workers, RunCheckpoint? checkpoint, FinishedRun finished, ref double seconds)
    {
        float[][] before = [.. learnt.Select(parameter => parameter.Value.ToArray())];
        Start();
        var run = new TaskRun(
            Refit!(workers), plan with { Stage = RefitStage, LastEpoch = finished.Best, LastTolerance = null }, workers, clock,
                progress, cancellation,
            checkpoint)
        {
            TaskName = model.Task, Finished = [finished],
        };
        TrainingEnd end;
        try
        {
            end = run.Run();
            seconds = run.Seconds;
        }
        catch (OperationCanceledException)
        {
            end = TrainingEnd.Cancelled;
        }

        if (end == TrainingEnd.Completed) return finished.End;
        for (int i = 0; i < before.Length; i++)
        {
            before[i].CopyTo(learnt[i].Value);
            learnt[i].MarkChanged();
        }

        return end;
    }
}
