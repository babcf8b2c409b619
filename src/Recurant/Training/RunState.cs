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

    /// <summary>The sum of the losses of this epoch's texts so far.</summary>
    public double Loss { get; set; }

    /// <summary>This epoch's texts so far, and how many of them were answered right.</summary>
    public int Seen { get; set; }

    public int Correct { get; set; }

    /// <summary>The factor of the learning rate under the plateau schedule.</summary>
    public float Plateau { get; set; } = 1f;

    /// <summary>The epochs that are over.</summary>
    public List<EpochRecord> Epochs { get; } = [];

    /// <summary>The best of them.</summary>
    public EpochRecord? Best { get; set; }

    /// <summary>The time the run and this epoch had taken at the last checkpoint, for reports and the budget.</summary>
    public double Seconds { get; set; }

    public double SecondsInEpoch { get; set; }

    /// <summary>Goes on to the first step of the next epoch.</summary>
    public void BeginNextEpoch()
    {
        Epoch++;
        (StepsInEpoch, Loss, Seen, Correct, SecondsInEpoch) = (0, 0, 0, 0, 0);
    }
}
