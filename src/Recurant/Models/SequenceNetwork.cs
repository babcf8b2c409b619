namespace Recurant.Models;

/// <summary>What a network over sequences of numbers keeps of a batch, and the batch itself.</summary>
internal sealed class SequenceMemory
{
    public required RecurrentMemory Recurrent { get; init; }

    public BatchLayout Batch { get; } = new();

    /// <summary>X [steps * B, I].</summary>
    public RowStore Input { get; } = new();

    /// <summary>The right answers: of adding one a sequence, of copying one a row.</summary>
    public float[] Numbers { get; set; } = [];

    public int[] Classes { get; set; } = [];

    public RowStore Answers { get; } = new(isTarget: true);

    public RowStore DHidden { get; } = new();

    public DenseMemory Output { get; } = new();

    public int[] Lengths { get; set; } = [];
}

/// <summary>
/// A network over sequences of numbers.
/// <code>
/// (1) h_1 .. h_T = recurrent(x_1 .. x_T)
/// (2) adding:  y = V h_T + b,            J = (y - right)^2
/// (3) copying: y_t = softmax(V h_t + b), J = -(1/T) sum_t ln y_t[right_t]
/// </code>
/// </summary>
internal sealed class SequenceNetwork
{
    private readonly SequenceSpec _spec;
    private readonly Dense _output;

    public SequenceNetwork(SequenceSpec spec)
    {
        spec.Validate();
        _spec = spec;
        Stack = new RecurrentStack(spec.Stack);
        _output = new Dense("output", spec.Recurrent.HiddenSize, spec.Problem.Outputs);
        Parameters = [.. Stack.Parameters, .. _output.Parameters];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    public RecurrentStack Stack { get; }

    /// <param name="seed">The key of the random numbers.</param>
    /// <param name="memorySteps">
    /// T of the chrono start (Tallec and Ollivier 2018): the biases of an LSTM's forget gate, and of a GRU's update gate, begin at
    /// ln U(1, T - 1), so that the gates are open for about 1 to T steps; those of the LSTM's input gate at the negative. 0: none. Other cells start as ever.
    /// </param>
    public void Initialise(ulong seed, int memorySteps)
    {
        Stack.Initialise(seed, 1000);
        _output.Initialise(seed, 100);
        if (memorySteps < 3 || !HasChronoStart(_spec.Recurrent.Cell)) return;
        uint part = 0;
        foreach (RecurrentCell cell in Stack.Cells)
        {
            StartOpen(cell, new Philox(seed, RandomPurpose.Initialisation, 1, part++), memorySteps);
        }
    }

    private static void StartOpen(RecurrentCell cell, Philox stream, int steps)
    {
        int hidden = cell.HiddenSize;
        // Gates in PyTorch's order: i, f, g, o of an LSTM; r, z, n of a GRU, where z keeps the old state.
        int keeps = hidden, lets = cell is GruCell or GruOutsideCell ? -1 : 0;
        for (int j = 0; j < hidden; j++)
        {
            float bias = Elementwise.Log(1f + stream.Uniform((uint)j) * (steps - 2));
            cell.InputBias.Value[keeps + j] = bias;
            cell.HiddenBias.Value[keeps + j] = 0;
            if (lets < 0) continue;
            cell.InputBias.Value[lets + j] = -bias;
            cell.HiddenBias.Value[lets + j] = 0;
        }

        cell.InputBias.MarkChanged();
        cell.HiddenBias.MarkChanged();
    }

    /// <summary>Whether a cell has the gates that the chrono start is for.</summary>
    public static bool HasChronoStart(CellKind cell) => cell is CellKind.Lstm or CellKind.PeepholeLstm or CellKind.Gru;

    public SequenceMemory CreateMemory() => new() { Recurrent = Stack.CreateMemory() };

    public IReadOnlyList<LayerDescription> Describe()
    {
        var layers = new List<LayerDescription>();
        RecurrentCell[] cells = [.. Stack.Cells];
        for (int layer = 0; layer < cells.Length; layer++)
        {
            layers.Add(LayerDescription.Of(
                $"{CellCatalogue.TitleOf(Stack.Spec)} layer {layer}",
                $"[T, {cells[layer].InputSize}] -> [T, {_spec.Recurrent.HiddenSize}]",
                cells[layer].Equations, cells[layer].Parameters));
        }

        bool isNumber = _spec.Problem.Kind == ProblemKind.Adding;
        layers.Add(LayerDescription.Of(
            isNumber ? "number" : "softmax",
            isNumber ? $"[{_spec.Recurrent.HiddenSize}] -> [1]" : $"[T, {_spec.Recurrent.HiddenSize}] -> [T, {_spec.Problem.Outputs}]",
            [isNumber ? "y = V h_T + b" : "y_t = softmax(V h_t + b)"], _output.Parameters));
        return layers;
    }

    /// <summary>Makes a batch of so many sequences, the one of number <paramref name="first"/> and those behind it.</summary>
    public void Fill(SequenceMemory memory, int batch, ulong seed, ProblemPart part, ulong first)
    {
        SequenceProblem problem = _spec.Problem;
        if (memory.Lengths.Length != batch)
        {
            memory.Lengths = new int[batch];
            memory.Lengths.AsSpan().Fill(problem.Steps);
            memory.Numbers = new float[batch];
            memory.Classes = new int[problem.Kind == ProblemKind.Copying ? Workspace.RequireLength(batch, problem.Steps) : 0];
        }

        Workspace.Reuse(memory.Numbers);
        Workspace.Reuse(memory.Classes);

        memory.Batch.Fill(memory.Lengths);
        Stack.RequireRoom(memory.Batch, keepsHistory: part == ProblemPart.Training);
        memory.Input.Reserve(memory.Batch.Rows, problem.Inputs).Clear();
        Matrix input = memory.Input.Rows(memory.Batch.Rows);
        for (int b = 0; b < batch; b++)
        {
            var stream = new Philox(seed, RandomPurpose.Problems, first + (ulong)b, (uint)part);
            memory.Numbers[b] = problem.Fill(stream, input, b, batch, memory.Classes);
        }
    }

    /// <summary>(1) to (3) of the batch in the memory.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="memory">The workspace.</param>
    /// <param name="dropout">Between layers and of states; only while training.</param>
    /// <param name="withGradient">Whether to go back.</param>
    /// <param name="recalled">Of copying, how many of the remembered symbols were said right.</param>
    /// <returns>The sum of the losses of the sequences.</returns>
    public double Loss(Workers workers, SequenceMemory memory, DropoutPlan? dropout, bool withGradient, out int recalled)
    {
        BatchLayout batch = memory.Batch;
        bool isNumber = _spec.Problem.Kind == ProblemKind.Adding;
        memory.Recurrent.KeepsHistory = withGradient;
        Stack.ResetInitialState(memory.Recurrent, batch.Sequences);
        Matrix input = memory.Input.Rows(batch.Rows);
        Matrix hidden = Stack.Forward(workers, batch, input, memory.Recurrent, dropout);
        // Sequences are equally long: the last step's rows are the last ones.
        int first = isNumber ? batch.Rows - batch.Sequences : 0;
        Matrix read = hidden.Slice(first, batch.Rows - first);
        Matrix answers = memory.Answers.Reserve(read.Rows, _spec.Problem.Outputs).Rows(read.Rows);
        _output.Forward(workers, read, answers, memory.Output);
        recalled = isNumber ? 0 : CountRecalled(answers, memory);
        double loss = isNumber
            ? SquaredError.Apply(answers, memory.Numbers)
            : CrossEntropy.Apply(answers, memory.Classes, smoothing: 0, out _) / batch.Steps;
        if (!withGradient || !double.IsFinite(loss)) return loss;
        memory.DHidden.Reserve(batch.Rows, _spec.Recurrent.HiddenSize).Clear();
        Matrix dHidden = memory.DHidden.Rows(batch.Rows);
        _output.Backward(workers, read, answers, dHidden.Slice(first, read.Rows), memory.Output);
        Stack.ResetFinalGradient(memory.Recurrent, batch.Sequences);
        Stack.Backward(workers, batch, input, dHidden, null, memory.Recurrent, dropout);
        return loss;
    }

    /// <summary>(1) and the answers of the batch in the memory, without their loss: [B, 1], or of copying [rows,
    /// symbols].</summary>
    public Matrix Answer(Workers workers, SequenceMemory memory)
    {
        BatchLayout batch = memory.Batch;
        memory.Recurrent.KeepsHistory = false;
        Stack.ResetInitialState(memory.Recurrent, batch.Sequences);
        Matrix hidden = Stack.Forward(workers, batch, memory.Input.Rows(batch.Rows), memory.Recurrent);
        int first = _spec.Problem.Kind == ProblemKind.Adding ? batch.Rows - batch.Sequences : 0;
        Matrix read = hidden.Slice(first, batch.Rows - first);
        Matrix answers = memory.Answers.Reserve(read.Rows, _spec.Problem.Outputs).Rows(read.Rows);
        _output.Forward(workers, read, answers, memory.Output);
        return answers;
    }

    private static int CountRecalled(Matrix answers, SequenceMemory memory)
    {
        int count = 0, first = answers.Rows - SequenceProblem.Remembered * memory.Batch.Sequences;
        for (int row = first; row < answers.Rows; row++)
        {
            if (CrossEntropy.ArgMax(answers.Row(row)) == memory.Classes[row]) count++;
        }

        return count;
    }

    /// <summary>What the layers left in the memory, in the order it was computed.</summary>
    public IEnumerable<LayerValues> Values(SequenceMemory memory, bool afterBackward)
    {
        BatchLayout batch = memory.Batch;
        bool isNumber = _spec.Problem.Kind == ProblemKind.Adding;
        int answers = isNumber ? batch.Sequences : batch.Rows;
        var output = new LayerValues(
            "output layer", afterBackward ? "gradient of the answers" : "answers", memory.Answers.Rows(answers),
            isNumber ? RowMeaning.Sequences : RowMeaning.Steps, batch);
        IEnumerable<LayerValues> layers = Stack.Values(memory.Recurrent, batch, afterBackward);
        return afterBackward ? layers.Prepend(output) : layers.Append(output);
    }

    /// <summary>The first layer of the last batch whose output holds NaN or infinity; null if all are finite.</summary>
    public string? FirstNonFinite(SequenceMemory memory)
    {
        for (int layer = 0; layer < Stack.Spec.Layers; layer++)
        {
            Matrix output = memory.Recurrent.Outputs[layer].Rows(memory.Batch.Rows);
            if (!ClassifierNetwork.IsFinite(output)) return $"recurrent layer {layer}";
        }

        return null;
    }
}

/// <summary>What the sequences of a problem are for; the same number gives another sequence in each part.</summary>
internal enum ProblemPart : uint
{
    Training,
    Validation,
    Test,
}
