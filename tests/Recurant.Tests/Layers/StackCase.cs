namespace Recurant.Tests.Layers;

/// <summary>
/// A stack with everything that goes into one pass forward and back. What belongs to sequences is in the order of
/// <see cref="Lengths"/>, which is not the order inside the batch; states are [L D, B, H] as in PyTorch.
/// </summary>
internal sealed class StackCase
{
    public required RecurrentStack Stack { get; init; }

    public required int[] Lengths { get; init; }

    /// <summary>[length, I] for each sequence; not used with one-hot input.</summary>
    public float[][] Inputs { get; init; } = [];

    /// <summary>The words of each sequence, for one-hot input.</summary>
    public int[][] Tokens { get; init; } = [];

    /// <summary>h_0 (s_0 in the pre-activation form); null: start from nothing.</summary>
    public float[]? InitialHidden { get; init; }

    public float[]? InitialCell { get; init; }

    /// <summary>[length, D H] for each sequence.</summary>
    public required float[][] DOutputs { get; init; }

    public float[]? DFinalHidden { get; init; }

    public float[]? DFinalCell { get; init; }

    public DropoutPlan? Dropout { get; init; }

    /// <summary>
    /// Whether each pass begins as if no meeting of threads had taken long yet: on a busy machine they would not divide the
    /// hidden units otherwise.
    /// </summary>
    public bool ForgetsLongMeetings { get; init; }

    /// <summary>Whether gradients of initial states are wanted that were not given.</summary>
    public bool WantsInitialGradient { get; set; } = true;

    private int Hidden => Stack.Spec.HiddenSize;

    private int CellSize => Stack.CellSize;

    /// <summary>Runs forward and back, in new memory unless some is given.</summary>
    public StackResult Run(int threads, RecurrentMemory? memory = null)
    {
        StackResult forward = Forward(threads, memory);
        memory = forward.Memory;
        BatchLayout batch = forward.Batch;
        Matrix? dInput = Stack.Spec.OneHotInput ? null : Bits.Zeros(batch.Rows, Stack.Spec.InputSize);
        foreach (Parameter parameter in Stack.Parameters) parameter.ClearGradient();
        Stack.Backward(
            Threads(threads), batch, Input(batch), Rows(DOutputs, batch, Stack.Spec.OutputSize), dInput, memory,
            Dropout);
        return forward with
        {
            DInputs = dInput is { } matrix ? Sequences(matrix, batch) : [],
            DInitialHidden = States(batch, Hidden, memory.Cells.Length, (i, b) => memory.Cells[i].DHidden.Row(b)),
            DInitialCell = States(batch, CellSize, memory.Cells.Length, (i, b) => memory.Cells[i].DCell.Row(b)),
            Gradients = Stack.Parameters.ToDictionary(parameter => parameter.Name, GradientAsInFiles),
        };
    }

    /// <summary>Runs forward only, in new memory unless some is given.</summary>
    public StackResult Forward(int threads, RecurrentMemory? memory = null)
    {
        BatchLayout batch = NewBatch();
        memory ??= Stack.CreateMemory();
        Stack.ResetInitialState(memory, batch.Sequences);
        Stack.ResetFinalGradient(memory, batch.Sequences);
        memory.HasInitialState = InitialHidden is not null;
        memory.WantsInitialGradient = WantsInitialGradient;
        for (int i = 0; i < memory.Cells.Length; i++)
        {
            CopyStates(InitialHidden, Hidden, i, batch, memory.Cells[i].InitialHidden.Row);
            CopyStates(InitialCell, CellSize, i, batch, memory.Cells[i].InitialCell.Row);
            CopyStates(DFinalHidden, Hidden, i, batch, memory.Cells[i].DHidden.Row);
            CopyStates(DFinalCell, CellSize, i, batch, memory.Cells[i].DCell.Row);
        }

        Matrix output = Stack.Forward(Threads(threads), batch, Input(batch), memory, Dropout);
        (float[] finalHidden, float[] finalCell) = FinalStates(batch, memory);
        return new StackResult
        {
            Batch = batch,
            Memory = memory,
            Outputs = Sequences(output, batch),
            FinalHidden = finalHidden,
            FinalCell = finalCell,
        };
    }

    /// <summary>The sequences laid out as a batch.</summary>
    public BatchLayout NewBatch()
    {
        BatchLayout batch = new();
        if (Stack.Spec.OneHotInput) batch.Fill(Tokens, [.. Enumerable.Range(0, Tokens.Length)]); else batch.Fill(Lengths);
        return batch;
    }

    private Workers Threads(int count)
    {
        Workers workers = Workers.ForThreads(count);
        // Asking is counted: after so many questions the answer is yes again.
        while (ForgetsLongMeetings && count > 1 && !workers.MayMeet()) { }
        return workers;
    }

    private Matrix Input(BatchLayout batch) => Stack.Spec.OneHotInput ? default : Rows(Inputs, batch, Stack.Spec.InputSize);

    /// <summary>Distinct weights, biases not zero.</summary>
    public static void FillWeights(RecurrentStack stack, float scale, ulong seed)
    {
        foreach (Parameter parameter in stack.Parameters) parameter.InitialiseUniform(seed++, ordinal: 0, scale);
    }

    private (float[] Hidden, float[] Cell) FinalStates(BatchLayout batch, RecurrentMemory memory)
    {
        int directions = Stack.Spec.Directions;
        Recurant.Cells.RecurrentCell[] cells = [.. Stack.Cells];
        int LastRow(int i, int b) => batch.RowStart(i % directions == 0 ? batch.Lengths[b] - 1 : 0) + b;
        float[] hidden = States(batch, Hidden, cells.Length, (i, b) =>
        {
            Matrix output = memory.Outputs[i / directions].Rows(batch.Rows).Column(i % directions * Hidden, Hidden);
            return cells[i].StateAt(memory.Cells[i], output, LastRow(i, b));
        });
        float[] cell = cells[0].HasCellState
            ? States(batch, CellSize, cells.Length, (i, b) =>
                memory.Cells[i].Cells.Row(memory.Cells[i].KeepsHistory ? LastRow(i, b) : b))
            : [];
        return (hidden, cell);
    }

    private static float[] GradientAsInFiles(Parameter parameter)
    {
        float[] gradient = parameter.Gradient.ToArray();
        if (!parameter.IsStoredTransposed) return gradient;
        int rows = parameter.Shape[0], columns = parameter.Shape[1];
        float[] transposed = new float[gradient.Length];
        for (int i = 0; i < gradient.Length; i++) transposed[i % columns * rows + i / columns] = gradient[i];
        return transposed;
    }

    private delegate Span<float> RowOf(int sequence);

    private delegate ReadOnlySpan<float> StateOf(int index, int sequence);

    private static void CopyStates(float[]? states, int width, int index, BatchLayout batch, RowOf row)
    {
        for (int b = 0; states is not null && b < batch.Sequences; b++)
        {
            states.AsSpan((index * batch.Sequences + batch.Order[b]) * width, width).CopyTo(row(b));
        }
    }

    private static float[] States(BatchLayout batch, int width, int count, StateOf state)
    {
        float[] states = new float[count * batch.Sequences * width];
        for (int i = 0; i < count; i++)
        {
            for (int b = 0; b < batch.Sequences; b++)
            {
                state(i, b).CopyTo(states.AsSpan((i * batch.Sequences + batch.Order[b]) * width));
            }
        }

        return states;
    }

    private static Matrix Rows(float[][] sequences, BatchLayout batch, int columns)
    {
        Matrix rows = Bits.Zeros(batch.Rows, columns);
        for (int b = 0; b < batch.Sequences; b++)
        {
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                sequences[batch.Order[b]].AsSpan(t * columns, columns).CopyTo(rows.Row(batch.RowStart(t) + b));
            }
        }

        return rows;
    }

    private static float[][] Sequences(Matrix rows, BatchLayout batch)
    {
        float[][] sequences = new float[batch.Sequences][];
        for (int b = 0; b < batch.Sequences; b++)
        {
            float[] sequence = sequences[batch.Order[b]] = new float[batch.Lengths[b] * rows.Columns];
            for (int t = 0; t < batch.Lengths[b]; t++) rows.Row(batch.RowStart(t) + b).CopyTo(sequence.AsSpan(t * rows.Columns));
        }

        return sequences;
    }
}

/// <summary>
/// What a pass forward and back gave, or one forward only; orders and shapes as in <see cref="StackCase"/>.
/// </summary>
internal sealed record StackResult
{
    public required BatchLayout Batch { get; init; }

    public required RecurrentMemory Memory { get; init; }

    public required float[][] Outputs { get; init; }

    public required float[] FinalHidden { get; init; }

    public required float[] FinalCell { get; init; }

    public float[][] DInputs { get; init; } = [];

    public float[] DInitialHidden { get; init; } = [];

    public float[] DInitialCell { get; init; } = [];

    /// <summary>By name, in the layout of files.</summary>
    public Dictionary<string, float[]> Gradients { get; init; } = [];

    /// <summary>All numbers, with a name each.</summary>
    public IEnumerable<(string Name, float[] Values)> All()
    {
        for (int i = 0; i < Outputs.Length; i++) yield return ($"output {i}", Outputs[i]);
        yield return ("final hidden", FinalHidden);
        yield return ("final cell", FinalCell);
        for (int i = 0; i < DInputs.Length; i++) yield return ($"dInput {i}", DInputs[i]);
        yield return ("dInitialHidden", DInitialHidden);
        yield return ("dInitialCell", DInitialCell);
        foreach ((string name, float[] values) in Gradients) yield return ("d " + name, values);
    }
}
