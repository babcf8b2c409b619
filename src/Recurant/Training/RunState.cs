namespace Recurant.Training;

/// <summary>
/// Where a run stands between two steps, apart from the numbers of its tensors. All of it is in a checkpoint; the order of the
/// texts is not, since the seed and the number of the epoch give it again.
/// </summary>
internal sealed class RunState
{
    /// <summary>The present epoch, from 1.</summary>
    public int Epoch { get; set; } = 1;

    /// <summary>Steps done in this epoch.</summary>
    public int StepsInEpoch { get; set; }

    /// <summary>Steps done in all: the key of the dropouts' random numbers and the place in the schedule.</summary>
    public long Step { get; set; }

    /// <summary>The sum of the losses of this epoch's units (texts, words) so far.</summary>
    public double Loss { get; set; }

    /// <summary>
    /// This epoch's units so far, and how many of them were answered right; below 0 where that is not looked at.
    /// </summary>
    public long Seen { get; set; }

    public long Correct { get; set; }

    /// <summary>The tokens read in this epoch so far.</summary>
    public long Tokens { get; set; }

    /// <summary>The factor of the learning rate under the plateau schedule.</summary>
    public float Plateau { get; set; } = 1f;

    /// <summary>Of several models that are trained one after another: the runs of those that are finished.</summary>
    public IReadOnlyList<FinishedRun> Finished { get; set; } = [];

    /// <summary>The epochs that are over.</summary>
    public List<EpochRecord> Epochs { get; } = [];

    /// <summary>The best of them.</summary>
    public EpochRecord? Best { get; set; }

    /// <summary>The time the run and this epoch had taken at the last checkpoint, for reports and the budget.</summary>
    public double Seconds { get; set; }

    public double SecondsInEpoch { get; set; }

    internal double MeanLoss => Loss / Seen;

    internal double Accuracy => Correct < 0 ? double.NaN : (double)Correct / Seen;

    /// <summary>Counts a step that is done.</summary>
    public void Add(StepLoss step)
    {
        Loss += step.Loss;
        Seen += step.Units;
        Correct = step.Correct < 0 ? -1 : Correct + step.Correct;
        Tokens += step.Tokens;
        StepsInEpoch++;
    }

    /// <summary>Goes on to the first step of the next epoch.</summary>
    public void BeginNextEpoch()
    {
        Epoch++;
        (StepsInEpoch, Loss, Seen, Correct, Tokens, SecondsInEpoch) = (0, 0, 0, 0, 0, 0);
    }
}

/// <summary>The run of one of several models, when it is over.</summary>
/// <param name="Epochs">Its epochs.</param>
/// <param name="Best">The number of the one whose weights were kept.</param>
/// <param name="End">Why it ended.</param>
internal sealed record FinishedRun(IReadOnlyList<EpochRecord> Epochs, int Best, TrainingEnd End);
