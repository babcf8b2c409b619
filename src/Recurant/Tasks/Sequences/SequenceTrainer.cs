namespace Recurant.Tasks;

/// <summary>Trains models that answer sequences of measurements.</summary>
public static class SequenceTrainer
{
    /// <summary>Trains a model that answers with labels: one for each sequence, or one for each step.</summary>
    /// <param name="train">What to learn from, the right answers in a column of it.</param>
    /// <param name="options">How.</param>
    /// <param name="validation">What validates; null sets a share of the sequences aside.</param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">Ends the run after the present step; the best weights so far are returned.</param>
    /// <exception cref="InvalidDataException">
    /// The data cannot be learnt from, and the message names the file; or the checkpoint to continue from is damaged, or belongs
    /// to another run.
    /// </exception>
    /// <exception cref="ArgumentException">An option is outside its range, or the answers are numbers.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first epoch was over.</exception>
    public static TrainingResult<SeriesModel, Evaluation> TrainLabels(
        SeriesTable train, SequenceOptions options, SeriesTable? validation = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Train<Evaluation>(train, options, validation, ofLabels: true, progress, cancellation);

    /// <summary>Trains a model that answers with numbers: one for each sequence, or one for each step.</summary>
    /// <inheritdoc cref="TrainLabels"/>
    public static TrainingResult<SeriesModel, RegressionScore> TrainNumbers(
        SeriesTable train, SequenceOptions options, SeriesTable? validation = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Train<RegressionScore>(train, options, validation, ofLabels: false, progress, cancellation);

    private static TrainingResult<SeriesModel, TScore> Train<TScore>(
        SeriesTable train, SequenceOptions options, SeriesTable? validation, bool ofLabels, IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
        where TScore : Score
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        SequenceData data = SequenceData.Make(train, options, validation);
        if (data.Spec.IsOfLabels != ofLabels)
        {
            throw new ArgumentException(
                $"{train.Name}: the column \"{options.Target}\" holds {(ofLabels ? "numbers" : "labels")}, but "
                + $"{(ofLabels ? "labels" : "numbers")} were asked for. Set Answer to "
                + (ofLabels ? "Label or StepLabels" : "Number or StepNumbers") + ".", nameof(options));
        }

        void Start()
        {
            for (int n = 0; n < data.Model.Networks.Count; n++)
            {
                data.Model.Networks[n].Initialise(ForecastTask.SeedOf(data.Plan.Seed, n));
            }
        }

        return new StagedRun<SeriesModel, TScore>(data.Model, data.Plan, data.Model.Parameters, progress, cancellation)
        {
            Options = options, Start = Start,
            Learn = workers => new SequenceTask(data, data.Train, workers),
            Refit = data.Plan.Refit ? workers => new SequenceTask(data, data.All, workers) : null,
            ReadScore = members => (TScore)(ofLabels ? (Score)Evaluation.Read(members) : RegressionScore.Read(members)),
        }.Run();
    }
}
