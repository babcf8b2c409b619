namespace Recurant.Layers;

/// <summary>Work whose parts wait for one another, so that each needs a thread of its own.</summary>
internal interface IMeetingWork
{
    void Run(int part, int parts, ref SpinBarrier meeting);
}

/// <summary>
/// How the workers divide a layer in one direction; the result never depends on it.
/// <para>By sequences: each worker runs its own through all steps, and nobody waits.</para>
/// <para>By hidden units: each worker computes its units of every gate for all sequences, and all meet after each step,
/// unless the cell has no product with the hidden state. It is the better way with few sequences, where a worker's share
/// would be too few rows for a fast product.</para>
/// </summary>
internal readonly struct WorkSplit
{
    /// <summary>Multiply-adds of the whole layer below which a second thread costs more than it gives.</summary>
    private const long WorthSplitting = 1 << 18;

    /// <summary>Multiply-adds of one step that outweigh a meeting of the workers.</summary>
    private const long WorthMeeting = 1 << 15;

    /// <summary>Sequences of one worker below which a step's product is slow.</summary>
    private const int FewSequences = 6;

    /// <summary>Floats of gates that stay in a core's second-level cache beside the weights.</summary>
    private const int CachedGates = 64 * 1024;

    private const int MostStepsPerChunk = 128;

    /// <summary>Rows for which a core multiplies as long as it takes the weights to come from the third-level cache.</summary>
    private const int BusyRows = 20;

    private WorkSplit(int parts, bool dividesUnits)
    {
        Parts = parts;
        DividesUnits = dividesUnits;
    }

    public int Parts { get; }

    public bool DividesUnits { get; }

    /// <summary>The split for these threads, at this moment.</summary>
    public static WorkSplit Of(RecurrentCell cell, BatchLayout batch, Workers workers, bool copiesPrevious)
    {
        WorkSplit split = Of(cell, batch, workers.Count, copiesPrevious);
        if (!split.DividesUnits || !cell.HasHiddenProduct || workers.MayMeet()) return split;
        return new WorkSplit(batch.Sequences > 1 ? workers.Count : 1, false);
    }

    /// <summary>The split for so many threads that have a core each.</summary>
    public static WorkSplit Of(RecurrentCell cell, BatchLayout batch, int workers, bool copiesPrevious)
    {
        // Without W_hh the input's share is all the work there is; a one-hot input's is a row of W_ih.
        int depth = cell.HasHiddenProduct ? cell.HiddenSize : cell.OneHotInput ? 1 : cell.InputSize;
        long weights = (long)cell.GateWidth * depth;
        if (workers == 1 || batch.Rows * weights < WorthSplitting) return new WorkSplit(1, false);
        int panels = (cell.HiddenSize + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth;
        long step = batch.Rows / batch.Steps * weights;
        bool canDivide = cell.DividesUnits && !copiesPrevious && panels >= workers
            && (step > WorthMeeting || !cell.HasHiddenProduct);
        if (canDivide && batch.Sequences < FewSequences * workers) return new WorkSplit(workers, true);
        return batch.Sequences > 1 ? new WorkSplit(workers, false) : new WorkSplit(1, false);
    }

    /// <summary>Steps whose input share is computed together.</summary>
    public int StepsPerChunk(RecurrentCell cell, BatchLayout batch)
    {
        int rows = DividesUnits ? batch.Sequences : (batch.Sequences + Parts - 1) / Parts;
        long gates = (long)cell.GateWidth / (DividesUnits ? Parts : 1) * rows;
        long cached = CachedGates / Math.Max(1, gates), worth = (RowsPerReading(cell, rows) + rows - 1) / Math.Max(1, rows);
        return (int)Math.Clamp(Math.Max(cached, worth), 1, Math.Max(1, Math.Min(MostStepsPerChunk, batch.Steps)));
    }

    /// <summary>
    /// Rows of input for which it pays to read W_ih: more where it does not fit the second-level cache, because it then drives
    /// W_hh out of the caches beyond. The rows of one step suffice where they keep a core busy for as long as both matrices
    /// take to come; the gates then stay in the second-level cache from one product to the next.
    /// </summary>
    private static int RowsPerReading(RecurrentCell cell, int rows) =>
        (long)cell.InputSize * cell.GateWidth <= 256 * 1024 ? 48 : rows >= BusyRows ? rows : 256;

    public void Run<TWork>(Workers workers, in TWork work) where TWork : struct, IMeetingWork
    {
        var together = new Together<TWork> { Work = work };
        if (Parts == 1) together.Execute(0, 1);
        else workers.RunTogether(ref together);
        if (together.Meeting.WasLong) workers.AvoidMeetings();
    }

    /// <summary>A worker that fails tells those who wait for it.</summary>
    private struct Together<TWork> : IParallelWork where TWork : struct, IMeetingWork
    {
        public TWork Work;
        public SpinBarrier Meeting;

        public void Execute(int part, int parts)
        {
            try
            {
                Work.Run(part, parts, ref Meeting);
            }
            catch
            {
                Meeting.Break();
                throw;
            }
        }
    }
}

/// <summary>What one worker does of a layer in one direction.</summary>
internal readonly struct WorkShare
{
    private WorkShare(RecurrentCell cell, CellMemory memory, Matrix output, int first, int last)
    {
        Memory = memory;
        Output = output;
        First = first;
        Last = last;
        Units = cell.CellSize;
    }

    /// <summary>Some neighbouring sequences, all units.</summary>
    public static WorkShare OfSequences(
        RecurrentCell cell, CellMemory memory, Matrix output, BatchLayout batch, int part, int parts) =>
        new(cell, memory, output, Boundary(batch, part, parts), Boundary(batch, part + 1, parts));

    /// <summary>All sequences, some whole panels of units.</summary>
    public static WorkShare OfUnits(RecurrentCell cell, CellMemory memory, Matrix output, int sequences, int part, int parts)
    {
        int panels = (cell.HiddenSize + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth;
        (int first, int last) = Partition.Range(panels, part, parts);
        int firstUnit = first * PackedMatrix.PanelWidth, end = Math.Min(cell.HiddenSize, last * PackedMatrix.PanelWidth);
        var share = new WorkShare(cell, memory, output, 0, sequences);
        return parts == 1 ? share : share with { FirstUnit = firstUnit, Units = end - firstUnit };
    }

    /// <summary>
    /// The first sequence of a part. The sequences stay in their order, longest first, and are cut where the steps before the cut
    /// are nearest to an equal share of all steps.
    /// </summary>
    private static int Boundary(BatchLayout batch, int part, int parts)
    {
        long wanted = (long)batch.Rows * part / parts, before = 0;
        ReadOnlySpan<int> lengths = batch.Lengths;
        int sequence = 0;
        while (sequence < lengths.Length && before + lengths[sequence] / 2 < wanted) before += lengths[sequence++];
        return part == parts ? lengths.Length : sequence;
    }

    public CellMemory Memory { get; }

    public Matrix Output { get; }

    public Matrix DOutput { get; init; }

    /// <summary>The layer's input; no matrix with one-hot input.</summary>
    public Matrix Input { get; init; }

    public ReadOnlyMemory<int> InputRows { get; init; }

    /// <summary>The first sequence.</summary>
    public int First { get; }

    /// <summary>One past the last sequence.</summary>
    public int Last { get; }

    public int FirstUnit { get; private init; }

    public int Units { get; private init; }

    public bool StartsFromZero { get; init; }

    public bool Copies { get; init; }
}
