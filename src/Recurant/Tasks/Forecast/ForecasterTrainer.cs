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
    /// The data cannot be learnt from, and the message names the file; or the checkpoint to continue from is damaged, or belongs
    /// to another run.
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
        ForecastData prepared = ForecastData.Make(data, options);
        ForecasterModel model = prepared.Model;
        return new StagedRun<ForecasterModel, ForecastScore>(model, prepared.Plan, model.Learnt, progress, cancellation)
        {
            Options = options,
            Start = () =>
            {
                for (int n = 0; n < model.Networks.Count; n++)
                {
                    model.Networks[n].Initialise(ForecastTask.SeedOf(prepared.Plan.Seed, n));
                }
            },
            Learn = workers => new ForecastTask(prepared, prepared.Parts.LearntEnd, workers),
            Between = workers => QuantileCorrections.Fit(prepared, workers),
            Refit = !prepared.Plan.Refit ? null : workers =>
                new ForecastTask(prepared, prepared.Parts.ValidEnd, workers) { Calibration = [model.Corrections,
                    model.Surprises] },
            ReadScore = ForecastScore.Read,
        }.Run();
    }
}

/// <summary>
/// The corrections of the quantiles, by horizon, from the residuals of the validation windows.
/// <code>
/// (1) correction_a = n / (n + d)  times the a-quantile of y - q_a over the validation windows; d = 30
/// </code>
/// n is how many of these windows lie side by side without a common step: of a long horizon over few rows they are few, and what
/// they have in common may be the weather of those weeks. A model that is trained anew learns from those rows too: then d is 100.
/// </summary>
internal static class QuantileCorrections
{
    /// <summary>Of fewer windows the correction would be one of their errors.</summary>
    private const int FewestResiduals = 50;

    private const double Doubt = 30, DoubtBeforeRefit = 100;

    public static void Fit(ForecastData data, Workers workers)
    {
        ForecasterSpec spec = data.Spec;
        int levels = spec.Levels.Count;
        var residuals = new List<float>[spec.Horizon * levels];
        for (int i = 0; i < residuals.Length; i++) residuals[i] = [];
        new ForecastScorer(data.Model, workers).Residuals(
            data.Rows, data.Validation, (step, level, error) => residuals[step * levels + level].Add(error));
        double independent = data.Parts.Validated(spec.Horizon);
        var trust = (float)(independent / (independent + (data.Plan.Refit ? DoubtBeforeRefit : Doubt)));
        for (int i = 0; i < residuals.Length; i++)
        {
            List<float> errors = residuals[i];
            if (errors.Count < FewestResiduals) continue;
            errors.Sort();
            data.Model.Corrections.Value[i] = trust * QuantileOf(errors, spec.Levels[i % levels]);                      // (1)
        }

        data.Model.Corrections.MarkChanged();
        Anomalies.Fit(data, workers);
    }

    /// <summary>The quantile of sorted numbers, between two of them in a straight line.</summary>
    private static float QuantileOf(List<float> sorted, float level)
    {
        float place = level * (sorted.Count - 1);
        int low = (int)place;
        float above = sorted[Math.Min(low + 1, sorted.Count - 1)];
        return sorted[low] + (place - low) * (above - sorted[low]);
    }
}
