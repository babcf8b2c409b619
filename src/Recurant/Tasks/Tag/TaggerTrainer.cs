namespace Recurant.Tasks;

/// <summary>
/// Trains taggers: a tag for every word of a sentence, from the words around it and from its own characters.
/// </summary>
public static class TaggerTrainer
{
    /// <summary>Trains a model.</summary>
    /// <inheritdoc cref="ClassifierTrainer.Train"/>
    public static TrainingResult<TaggerModel, TaggerEvaluation> Train(
        TaggedDataset train, TaggerTrainingOptions? options = null, TaggedDataset? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new TaggerTrainingOptions();
        options.Validate();
        return TrainingRun.Of<TaggerModel, TaggerEvaluation>(options, progress, cancellation, (workers, work) =>
        {
            TaggerData data = TaggerData.Make(train, validation, options, work);
            return (data.Model, data.Plan, new TaggerTask(data, workers));
        });
    }
}
