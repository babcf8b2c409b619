namespace Recurant.Tasks;

/// <summary>Trains captioners: an image gives a sentence.</summary>
public static class CaptionerTrainer
{
    /// <summary>Trains a model.</summary>
    /// <remarks>Images to validate with must be of the same size; of more than 2,000 a choice is described.</remarks>
    /// <inheritdoc cref="ClassifierTrainer.Train"/>
    public static TrainingResult<CaptionerModel, CaptionerEvaluation> Train(
        CaptionDataset train, CaptionerTrainingOptions? options = null, CaptionDataset? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new CaptionerTrainingOptions();
        options.Validate();
        return TrainingRun.Of<CaptionerModel, CaptionerEvaluation>(options, progress, cancellation, (workers, work) =>
        {
            CaptionerData data = CaptionerData.Make(train, validation, options, work);
            return (data.Model, data.Plan, new CaptionerTask(data, workers));
        });
    }
}
