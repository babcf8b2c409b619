namespace Recurant.Layers;

/// <summary>gates = b + W_ih x_t for some steps together: one product for all of a worker's rows.</summary>
internal static class InputShare
{
    /// <summary>Fills the gates of the steps [begin, end) for a worker's rows and units.</summary>
    public static void Add(
        RecurrentCell cell, in WorkShare share, BatchLayout batch, int begin, int end, Matrix input,
        ReadOnlySpan<int> inputRows)
    {
        CellMemory memory = share.Memory;
        int count = 0, gateStep = memory.Gates.Step;
        Span<RowBlock> blocks = stackalloc RowBlock[end - begin];
        for (int t = begin; t < end; t++)
        {
            int sequences = Math.Min(batch.SequencesAt(t), share.Last);
            if (share.First >= sequences) continue;
            int row = batch.RowStart(t) + share.First;
            int gateRow = (memory.KeepsHistory ? batch.RowStart(t) : (t - begin) * batch.Sequences) + share.First;
            int rows = sequences - share.First;
            if (cell.OneHotInput)
            {
                AddColumns(cell, share, batch, row, gateRow, rows);
                continue;
            }

            if (!inputRows.IsEmpty)
            {
                CopyShared(cell, share, inputRows, row, gateRow, rows);
                continue;
            }

            Address left = input.At(row), target = memory.Gates.At(gateRow);
            if (count > 0)
            {
                // Rows that go on at the same distance make one block with those before, and taller tiles.
                ref RowBlock before = ref blocks[count - 1];
                if (left == before.Left + (nint)before.Rows * input.RowStep &&
                    target == before.Target + (nint)before.Rows * gateStep)
                {
                    before.Rows += rows;
                    continue;
                }
            }

            blocks[count++] = new RowBlock { Left = left, Initial = memory.GateStart.At(0), Target = target, Rows = rows };
        }

        if (count == 0) return;
        var steps = new RowSteps(input.RowStep, 0, gateStep);
        CellStep.MultiplyUnits(
            blocks[..count], steps, memory.Packed.Input.Matrix, cell.CellSize, share.FirstUnit,
            share.Units);
    }

    /// <summary>SharedGates = b + W_ih x for every row of an input whose rows several rows of the batch share.</summary>
    public static void Prepare(Workers workers, RecurrentCell cell, CellMemory memory, Matrix input)
    {
        memory.SharedGates.Reserve(input.Rows, cell.GateWidth);
        var work = new SharedWork { Memory = memory, Input = input };
        workers.Run(ref work);
        input.KeepAlive();
    }

    private struct SharedWork : IParallelWork
    {
        public CellMemory Memory;
        public Matrix Input;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Input.Rows, part, parts);
            if (first == last) return;
            var block = new RowBlock
            {
                Left = Input.At(first), Initial = Memory.GateStart.At(0), Target = Memory.SharedGates.At(first),
                Rows = last - first,
            };
            PackedMatrix weights = Memory.Packed.Input.Matrix;
            var steps = new RowSteps(Input.RowStep, 0, Memory.SharedGates.Step);
            MatrixProduct.Multiply(new ReadOnlySpan<RowBlock>(ref block), steps, weights, 0, weights.Panels);
        }
    }

    /// <summary>The gradients of the gates, summed over the rows that share an input, in the order of the rows.</summary>
    public static Matrix SumGradients(
        Workers workers, CellMemory memory, Matrix dGates, int inputs, ReadOnlyMemory<int> inputRows)
    {
        memory.SharedGates.Reserve(inputs, dGates.Columns).Clear();
        Matrix sums = memory.SharedGates.Rows(inputs);
        AddByRow(workers, dGates, inputRows, sums);
        return sums;
    }

    /// <summary>sums[targets[r]] += source[r] for all rows r in their order; columns are dealt out.</summary>
    public static void AddByRow(Workers workers, Matrix source, ReadOnlyMemory<int> targets, Matrix sums)
    {
        var work = new SumWork { Source = source, Targets = targets, Sums = sums };
        workers.Run(ref work, (long)source.Rows * source.Columns);
    }

    private struct SumWork : IParallelWork
    {
        public Matrix Source, Sums;
        public ReadOnlyMemory<int> Targets;

        public readonly void Execute(int part, int parts)
        {
            ReadOnlySpan<int> targets = Targets.Span;
            // Shares of whole cache lines, so that no two workers write into one.
            (int first, int last) = Partition.Range((Source.Columns + 15) / 16, part, parts);
            int begin = Math.Min(16 * first, Source.Columns), end = Math.Min(16 * last, Source.Columns);
            for (int row = 0; row < Source.Rows; row++)
            {
                Elementwise.Add(Source.Row(row)[begin..end], Sums.Row(targets[row])[begin..end]);
            }
        }
    }

    private static void CopyShared(
        RecurrentCell cell, in WorkShare share, ReadOnlySpan<int> inputRows, int row, int gateRow, int rows)
    {
        for (int i = 0; i < rows; i++, row++, gateRow++)
        {
            Span<float> source = share.Memory.SharedGates.Row(inputRows[row]), target = share.Memory.Gates.Row(gateRow);
            for (int gate = 0; gate < cell.Gates; gate++)
            {
                int first = gate * cell.CellSize + share.FirstUnit;
                source.Slice(first, share.Units).CopyTo(target[first..]);
            }
        }
    }

    /// <summary>W_ih x for a one-hot x is a column of W_ih.</summary>
    private static void AddColumns(
        RecurrentCell cell, in WorkShare share, BatchLayout batch, int row, int gateRow, int rows)
    {
        for (int i = 0; i < rows; i++, row++, gateRow++)
        {
            AddColumn(cell, share.Memory, batch.Tokens[row], gateRow, share.FirstUnit, share.Units);
        }
    }

    /// <summary>gates = b + the column of one word, for some units.</summary>
    public static void AddColumn(RecurrentCell cell, CellMemory memory, int token, int gateRow, int firstUnit, int units)
    {
        Span<float> gates = memory.Gates.Row(gateRow), start = memory.GateStart.Span;
        Span<float> column = cell.InputWeights.Matrix.Row(token);
        for (int gate = 0; gate < cell.Gates; gate++)
        {
            int first = gate * cell.CellSize + firstUnit;
            Span<float> target = gates.Slice(first, units);
            start.Slice(first, units).CopyTo(target);
            Elementwise.Add(column.Slice(first, units), target);
        }
    }
}
