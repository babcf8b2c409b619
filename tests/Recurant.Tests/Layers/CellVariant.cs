namespace Recurant.Tests.Layers;

/// <summary>Every cell in every form it comes in, and stacks of them with all there is to give to a run.</summary>
internal static class CellVariant
{
    /// <summary>
    /// Elman in both forms with each activation, GRU with the reset gate inside and outside, and every other cell.
    /// </summary>
    public static TheoryData<CellKind, Activation, ElmanForm, GruReset> All => new()
    {
        { CellKind.Elman, Activation.Tanh, ElmanForm.Hidden, default },
        { CellKind.Elman, Activation.Relu, ElmanForm.Hidden, default },
        { CellKind.Elman, Activation.Sigmoid, ElmanForm.Hidden, default },
        { CellKind.Elman, Activation.Tanh, ElmanForm.PreActivation, default },
        { CellKind.Elman, Activation.Relu, ElmanForm.PreActivation, default },
        { CellKind.Elman, Activation.Sigmoid, ElmanForm.PreActivation, default },
        { CellKind.Lstm, default, default, default },
        { CellKind.Gru, default, default, GruReset.Inside },
        { CellKind.Gru, default, default, GruReset.Outside },
        { CellKind.MinGru, default, default, default },
        { CellKind.MinLstm, default, default, default },
        { CellKind.Sru, default, default, default },
        { CellKind.IndRnn, Activation.Tanh, default, default },
        { CellKind.IndRnn, Activation.Relu, default, default },
        { CellKind.Lru, Activation.Tanh, default, default },
        { CellKind.Lru, Activation.Relu, default, default },
        { CellKind.PeepholeLstm, default, default, default },
        { CellKind.LayerNormLstm, default, default, default },
        { CellKind.ProjectedLstm, default, default, default },
    };

    /// <summary>The cell of a name such as "gru outside"; of "tanh", "relu preactivation" and the like Elman.</summary>
    public static CellKind KindOf(string name) =>
        Enum.TryParse(name.Split(' ')[0], ignoreCase: true, out CellKind kind) ? kind : CellKind.Elman;

    public static StackSpec Spec(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset, int inputSize, int hiddenSize) => new()
    {
        Cell = cell,
        Activation = activation,
        Form = form,
        GruReset = reset,
        InputSize = inputSize,
        HiddenSize = Width(cell, hiddenSize),
    };

    /// <summary>The width, or the next even one for a cell that needs that.</summary>
    public static int Width(CellKind cell, int hiddenSize) => cell == CellKind.Lru ? hiddenSize + hiddenSize % 2 : hiddenSize;

    /// <summary>A stack with distinct weights, and sequences for it.</summary>
    /// <param name="spec">What the stack is made of.</param>
    /// <param name="lengths">The lengths of the sequences.</param>
    /// <param name="initialState">Whether states to start from and gradients of the final states are given.</param>
    /// <param name="stack">The stack, if there is one already.</param>
    public static StackCase Case(StackSpec spec, int[] lengths, bool initialState, RecurrentStack? stack = null)
    {
        if (stack is null)
        {
            stack = new RecurrentStack(spec);
            StackCase.FillWeights(stack, scale: 1.4f / MathF.Sqrt(spec.HiddenSize + 8), seed: 20);
        }

        int sequences = spec.Layers * spec.Directions * lengths.Length, states = sequences * spec.HiddenSize;
        int cellStates = sequences * stack.CellSize;
        bool cellState = initialState && stack.Cells.First().HasCellState;
        return new StackCase
        {
            Stack = stack,
            Lengths = lengths,
            Inputs = spec.OneHotInput ? [] : Sequences(lengths, spec.InputSize, 100),
            Tokens = spec.OneHotInput ? Tokens(lengths, spec.InputSize) : [],
            DOutputs = Sequences(lengths, spec.OutputSize, 200),
            InitialHidden = initialState ? Bits.Random(states, 300) : null,
            InitialCell = cellState ? Bits.Random(cellStates, 301) : null,
            DFinalHidden = initialState ? Bits.Random(states, 302) : null,
            DFinalCell = cellState ? Bits.Random(cellStates, 303) : null,
            ForgetsLongMeetings = true,
        };
    }

    public static void AssertSame(StackResult expected, StackResult actual, string when)
    {
        foreach (((string name, float[] values), (_, float[] others)) in expected.All().Zip(actual.All()))
        {
            Bits.AssertEqual(values, others, $"{name}, {when}");
        }
    }

    private static float[][] Sequences(int[] lengths, int columns, ulong seed) =>
        [.. lengths.Select((length, i) => Bits.Random(length * columns, seed + (ulong)i))];

    private static int[][] Tokens(int[] lengths, int words) =>
        [.. lengths.Select((length, i) => Enumerable.Range(0, length).Select(t => (7 * i + 5 * t + t * t) % words).ToArray())];
}
