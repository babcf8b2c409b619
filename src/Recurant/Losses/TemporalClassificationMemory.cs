namespace Recurant.Losses;

/// <summary>What a <see cref="ConnectionistTemporalClassification"/> keeps of a batch.</summary>
internal sealed class TemporalClassificationMemory
{
    /// <summary>Of each thread the frames and rows of the utterance that it works on.</summary>
    public FloatBuffer[] Threads { get; private set; } = [];

    /// <summary>[B]: the loss of each utterance, in the order of the batch.</summary>
    public double[] Losses { get; private set; } = [];

    /// <summary>[B]: of each utterance the frames whose largest logit is the blank's.</summary>
    public int[] BlankFrames { get; private set; } = [];

    /// <summary>
    /// The share of the last batch's frames whose largest logit is the blank's, 0 to 1. It rises towards 1 in the first steps of
    /// a training, when saying nothing is cheapest, and falls when the network begins to tell symbols apart.
    /// </summary>
    public double BlankShare { get; private set; }

    /// <summary>Makes room for a batch.</summary>
    /// <param name="threads">The threads that work on it.</param>
    /// <param name="utterances">B.</param>
    /// <param name="floats">What each thread needs.</param>
    public void Reserve(int threads, int utterances, long floats)
    {
        if (Threads.Length < threads)
        {
            FloatBuffer[] before = Threads;
            Threads = new FloatBuffer[threads];
            for (int i = 0; i < threads; i++) Threads[i] = i < before.Length ? before[i] : new FloatBuffer();
        }

        // No more threads have work than there are utterances.
        for (int i = 0; i < Math.Min(threads, utterances); i++) Threads[i].Reserve(floats);
        Losses = Workspace.Reserve(Losses, utterances);
        BlankFrames = Workspace.Reserve(BlankFrames, utterances);
    }

    /// <summary>Adds up the utterances' losses, in their order, and the frames of the blank.</summary>
    public double Total(BatchLayout batch)
    {
        double total = 0;
        long blanks = 0;
        for (int b = 0; b < batch.Sequences; b++)
        {
            total += Losses[b];
            blanks += BlankFrames[b];
        }

        BlankShare = (double)blanks / Math.Max(1, batch.Rows);
        return total;
    }
}
