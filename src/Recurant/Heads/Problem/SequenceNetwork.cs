namespace Recurant.Heads;

/// <summary>What a network over sequences of numbers keeps of a batch, and the batch itself.</summary>
internal sealed class SequenceMemory(SequenceNetwork network) : NetworkMemory
{
    public BodyMemory Body { get; } = network.Body.CreateMemory();

    public RecurrentMemory Recurrent => Body.Recurrent;

    public BatchLayout Batch { get; } = new();

    /// <summary>X [steps * B, I].</summary>
    public RowStore Input => Body.Input.Read;

    /// <summary>The right answers: of adding one a sequence, of copying one a row.</summary>
    public float[] Numbers { get; set; } = [];

    public int[] Classes { get; set; } = [];

    /// <summary>[rows that are read, outputs]; gradients after the loss.</summary>
    public RowStore Answers { get; } = new(isTarget: true);

    public RowStore DHidden { get; } = new();

    public DenseMemory Output { get; } = new();

    public int[] Lengths { get; set; } = [];

    public override IReadOnlyList<RecurrentPart> Parts => [new RecurrentPart(null, 0, network.Stack, Recurrent, Batch)];

    public override IEnumerable<LayerValues> Values(bool afterBackward)
    {
        var output = new LayerValues(
            "output layer", afterBackward ? "gradient of the answers" : "answers", Answers.Rows(network.RowsRead(Batch)),
            network.IsNumber ? RowMeaning.Sequences : RowMeaning.Steps, Batch);
        IEnumerable<LayerValues> layers = network.Body.Values(Body, afterBackward);
        return afterBackward ? layers.Prepend(output) : layers.Append(output);
    }
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
        Body = new RecurrentBody(new VectorsInput(), new RecurrentStack(spec.Stack));
        _output = new Dense("output", spec.Recurrent.HiddenSize, spec.Problem.Outputs);
        Parameters = [.. Body.Parameters, .. _output.Parameters];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    public RecurrentBody Body { get; }

    public RecurrentStack Stack => Body.Stack;

    /// <summary>Whether the answer is one number after the last step; otherwise a symbol at every step.</summary>
    public bool IsNumber => _spec.Problem.Kind == ProblemKind.Adding;

    /// <summary>
    /// How many rows of the states are read. Sequences are equally long: the last step's rows are the last ones.
    /// </summary>
    public int RowsRead(BatchLayout batch) => IsNumber ? batch.Sequences : batch.Rows;

    /// <param name="seed">The key of the random numbers.</param>
    /// <param name="memorySteps">
    /// T of the chrono start (Tallec and Ollivier 2018): the biases of an LSTM's forget gate, and of a GRU's update gate, begin
    /// at ln U(1, T - 1), so that the gates are open for about 1 to T steps; those of the LSTM's input gate at the negative. 0:
    /// none. Other cells start as ever.
    /// </param>
    public void Initialise(ulong seed, int memorySteps)
    {
        Body.Initialise(seed);
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

    public SequenceMemory CreateMemory() => new(this);

    public IReadOnlyList<LayerDescription> Describe()
    {
        int hidden = _spec.Recurrent.HiddenSize;
        return
        [
            .. Body.Describe(),
            LayerDescription.Of(
                IsNumber
                    ? "number" : "softmax", IsNumber ? $"[{hidden}] -> [1]" : $"[T, {hidden}] -> [T, {_spec.Problem.Outputs}]",
                [IsNumber ? "y = V h_T + b" : "y_t = softmax(V h_t + b)"], _output.Parameters),
        ];
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
        Matrix input = memory.Body.Input.Rows = memory.Input.Rows(memory.Batch.Rows);
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
        Matrix answers = Answer(workers, memory, dropout, withGradient);
        recalled = IsNumber ? 0 : CountRecalled(answers, memory);
        double loss = IsNumber
            ? SquaredError.Apply(answers, memory.Numbers)
            : CrossEntropy.Apply(answers, memory.Classes, smoothing: 0, out _) / batch.Steps;
        if (!withGradient || !double.IsFinite(loss)) return loss;
        memory.DHidden.Reserve(batch.Rows, _spec.Recurrent.HiddenSize).Clear();
        Matrix dHidden = memory.DHidden.Rows(batch.Rows);
        _output.Backward(
            workers, LastRows(batch, memory.Recurrent.Outputs[^1].Rows(batch.Rows)), answers, LastRows(batch, dHidden),
                memory.Output);
        Body.Backward(workers, batch, memory.Body, dHidden, dropout);
        return loss;
    }

    /// <summary>
    /// (1) and the answers of the batch in the memory, without their loss: [B, 1], or of copying [rows, symbols].
    /// </summary>
    public Matrix Answer(Workers workers, SequenceMemory memory, DropoutPlan? dropout = null, bool keepsHistory = false)
    {
        BatchLayout batch = memory.Batch;
        memory.Body.KeepsHistory = keepsHistory;
        Matrix read = LastRows(batch, Body.Forward(workers, batch, memory.Body, dropout));
        Matrix answers = memory.Answers.Reserve(read.Rows, _spec.Problem.Outputs).Rows(read.Rows);
        _output.Forward(workers, read, answers, memory.Output);
        return answers;
    }

    private Matrix LastRows(BatchLayout batch, Matrix rows) => rows.Slice(batch.Rows - RowsRead(batch), RowsRead(batch));

    private static int CountRecalled(Matrix answers, SequenceMemory memory)
    {
        int count = 0, first = answers.Rows - SequenceProblem.Remembered * memory.Batch.Sequences;
        for (int row = first; row < answers.Rows; row++)
        {
            if (CrossEntropy.ArgMax(answers.Row(row)) == memory.Classes[row]) count++;
        }

        return count;
    }
}

/// <summary>What the sequences of a problem are for; the same number gives another sequence in each part.</summary>
internal enum ProblemPart : uint
{
    Training,
    Validation,
    Test,
}
