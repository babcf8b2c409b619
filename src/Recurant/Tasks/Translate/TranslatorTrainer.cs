using System.Globalization;

namespace Recurant.Tasks;

/// <summary>Trains translators: an encoder-decoder with attention for any pairs of texts.</summary>
public static class TranslatorTrainer
{
    /// <summary>Trains a model.</summary>
    /// <param name="train">The pairs to learn from.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="validation">
    /// Pairs for early stopping; null sets a share of <paramref name="train"/> aside. Of more than 1,000 a choice is translated.
    /// </param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">
    /// Ends the run after the present step; the best weights so far are returned. A run with
    /// <see cref="LearningOptions.Checkpoint"/> keeps its state first.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The data cannot be learnt from; or the checkpoint to continue from is damaged, or belongs to a run with other data or
    /// options.
    /// </exception>
    /// <exception cref="ArgumentException">An option is outside its range, or two do not go together.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first epoch was over.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no checkpoint to continue from.</exception>
    /// <exception cref="IOException">
    /// A checkpoint cannot be kept, and the one before it is unchanged; or there is one, and
    /// <see cref="CheckpointOptions.Start"/> says that there must be none.
    /// </exception>
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
