namespace Recurant.Tasks;

/// <summary>Trains forecasters: one model for all series of a table.</summary>
public static class ForecasterTrainer
{
    /// <summary>Trains a model.</summary>
    /// <remarks>
    /// The rows of each series are divided in their order: first those that are learnt from, then those that validate, then those
    /// of the test, which nothing looks at. Rows at the end whose targets are all missing are asked for, not learnt from.
    /// </remarks>
    /// <param name="data">The series, and which rows are left for the test.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">Ends the run after the present step; the best weights so far are returned.</param>
    /// <exception cref="InvalidDataException">
    /// The data cannot be learnt from, and the message names the file; or the checkpoint to continue from is damaged, or belongs to
    /// another run.
    /// </exception>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first epoch was over.</exception>
    public static TrainingResult<ForecasterModel, ForecastScore> Train(
        ForecastDataset data, ForecastOptions? options = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new ForecastOptions();
        options.Validate();
        return new ForecastRuns(ForecastData.Make(data, options), progress, cancellation).Run();
    }
}

/// <summary>
/// The run of a forecaster: it learns from the rows before those that validate, which choose the epoch and calibrate the
/// quantiles; then, where the plan says so, it learns anew from all of them for as long.
/// </summary>
internal sealed class ForecastRuns(
    ForecastData data, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
{
    private readonly RunClock _clock = RunClock.Start(data.Plan.Options.Clock);
    private readonly Workers _workers = Workers.Asked(data.Plan.Options.Threads);

    public TrainingResult<ForecasterModel, ForecastScore> Run()
    {
        using RunCheckpoint? checkpoint = RunCheckpoint.Open(data.Plan.Options.Checkpoint);
        FinishedRun? finished = checkpoint?.Finished(ForecastScore.Read) is [var done, ..] ? done : null;
        TrainingEnd end = TrainingEnd.Completed;
        TaskRun? run = null;
        Start();
        if (finished is null)
        {
            var task = new ForecastTask(data, data.Parts.LearntEnd, _workers);
            run = new TaskRun(task, data.Plan, _workers, _clock, progress, cancellation, checkpoint) { TaskName = TaskNames.Forecast };
            end = run.Run();
            finished = new FinishedRun(run.Epochs, run.Best.Number, end);
            Calibrate();
        }

        EpochRecord best = finished.Epochs.First(epoch => epoch.Number == finished.Best);
        double seconds = run?.Seconds ?? 0;
        if (data.Plan.Refit && end is TrainingEnd.Completed or TrainingEnd.EarlyStopping)
        {
            end = Refit(checkpoint, finished, ref seconds);
        }

        return new TrainingResult<ForecasterModel, ForecastScore>
        {
            Model = data.Model, Validation = (ForecastScore)best.Validation, Epochs = finished.Epochs, BestEpoch = finished.Best,
            Seconds = seconds, End = end,
        };
    }

    /// <summary>The second stage; if it is cancelled the weights of the first come back.</summary>
    private TrainingEnd Refit(RunCheckpoint? checkpoint, FinishedRun finished, ref double seconds)
    {
        float[][] before = [.. data.Model.Learnt.Select(parameter => parameter.Value.ToArray())];
        Start();
        LearningPlan plan = data.Plan with { Stage = ForecastTask.RefitStage, LastEpoch = finished.Best };
        var task = new ForecastTask(data, data.Parts.ValidEnd, _workers) { Calibration = data.Model.Corrections };
        var run = new TaskRun(task, plan, _workers, _clock, progress, cancellation, checkpoint)
        {
            TaskName = TaskNames.Forecast, Finished = [finished],
        };
        TrainingEnd end;
        try
        {
            end = run.Run();
        }
        catch (OperationCanceledException)
        {
            end = TrainingEnd.Cancelled;
        }

        seconds = run.Seconds;
        if (end is TrainingEnd.Completed or TrainingEnd.EarlyStopping) return finished.End;
        for (int i = 0; i < before.Length; i++)
        {
            before[i].CopyTo(data.Model.Learnt[i].Value);
            data.Model.Learnt[i].MarkChanged();
        }

        return end;
    }

    /// <summary>Sets the weights that training starts from.</summary>
    private void Start()
    {
        for (int n = 0; n < data.Model.Networks.Count; n++)
        {
            data.Model.Networks[n].Initialise(ForecastTask.SeedOf(data.Plan.Seed, n));
        }
    }

    /// <summary>
    /// The corrections of the quantiles: for a level a the a-quantile of y - q over the validation windows, by horizon.
    /// </summary>
    private void Calibrate()
    {
        ForecasterSpec spec = data.Spec;
        int levels = spec.Levels.Count;
        var residuals = new List<float>[spec.Horizon * levels];
        for (int i = 0; i < residuals.Length; i++) residuals[i] = [];
        new ForecastScorer(data.Model, _workers).Residuals(
            data.Rows, data.Validation, (step, level, error) => residuals[step * levels + level].Add(error));
        for (int i = 0; i < residuals.Length; i++)
        {
            List<float> errors = residuals[i];
            // Of few windows the correction would be one of their errors.
            if (errors.Count < FewestResiduals) continue;
            errors.Sort();
            data.Model.Corrections.Value[i] = QuantileOf(errors, spec.Levels[i % levels]);
        }

        data.Model.Corrections.MarkChanged();
    }

    private const int FewestResiduals = 50;

    /// <summary>The quantile of sorted numbers, between two of them in a straight line.</summary>
    private static float QuantileOf(List<float> sorted, float level)
    {
        float place = level * (sorted.Count - 1);
        int low = (int)place;
        float above = sorted[Math.Min(low + 1, sorted.Count - 1)];
        return sorted[low] + (place - low) * (above - sorted[low]);
    }
}
