namespace Recurant.Tasks;

/// <summary>Trains translators: an encoder-decoder with attention for any pairs of texts.</summary>
public static class TranslatorTrainer
{
    /// <summary>Trains a model.</summary>
    /// <remarks>Of more than 1,000 pairs to validate with a choice is translated.</remarks>
    /// <inheritdoc cref="ClassifierTrainer.Train"/>
    public static TrainingResult<TranslatorModel, TranslatorEvaluation> Train(
        PairDataset train, TranslatorTrainingOptions? options = null, PairDataset? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new TranslatorTrainingOptions();
        options.Validate();
        return TrainingRun.Of<TranslatorModel, TranslatorEvaluation>(options, progress, cancellation, (workers, work) =>
        {
            TranslatorData data = TranslatorData.Make(train, validation, options, work);
            return (data.Model, data.Plan, new TranslatorTask(data, workers));
        });
    }
}
