namespace Recurant.Tests.Layers;

/// <summary>However a layer is divided among threads and its steps into chunks, the bits are the same.</summary>
public class WorkSplitTests
{
    private const int InputSize = 19;

    [Theory]
    [InlineData(new[] { 5 }, 2)]
    [InlineData(new[] { 7, 7, 7, 7 }, 2)]
    [InlineData(new[] { 1, 1, 1, 1, 1 }, 3)]
    [InlineData(new[] { 40, 3, 3, 2, 1, 1 }, 2)]
    [InlineData(new[] { 9, 8, 7, 6, 5, 4, 3, 2, 1 }, 4)]
    public void OfSequences_AllParts_HaveEverySequenceOnceAndEqualShares(int[] lengths, int parts)
    {
        var stack = new RecurrentStack(new StackSpec { Cell = CellKind.Lstm, InputSize = 3, HiddenSize = 4 });
        var batch = new BatchLayout();
        batch.Fill(lengths);
        int next = 0;
        for (int part = 0; part < parts; part++)
        {
            WorkShare share = WorkShare.OfSequences(
                stack.Cells.First(), stack.CreateMemory().Cells[0], default, batch, part, parts);
            Assert.Equal(next, share.First);
            next = Math.Max(next, share.Last);
            int steps = batch.Lengths[share.First..Math.Max(share.First, share.Last)].ToArray().Sum();
            Assert.InRange(steps, 0, batch.Rows / parts + lengths.Max());
        }

        Assert.Equal(lengths.Length, next);
    }

    /// <summary>Few sequences of large layers; 314 units leave a panel of 26 columns at the end of each gate.</summary>
    public static TheoryData<CellKind, ElmanForm, int, int[]> DividedUnits => new()
    {
        { CellKind.Lstm, default, 256, [20] },
        { CellKind.Lstm, default, 314, [7, 5] },
        { CellKind.Lstm, default, 256, [3, 9, 1, 6] },
        { CellKind.Gru, default, 256, [20] },
        { CellKind.Gru, default, 256, [6, 11, 2] },
        { CellKind.Gru, default, 314, [4, 4, 4, 4] },
        { CellKind.Elman, ElmanForm.Hidden, 256, [20, 20] },
        { CellKind.Elman, ElmanForm.Hidden, 314, [8, 8, 2, 7] },
        { CellKind.Elman, ElmanForm.PreActivation, 256, [9, 4, 9, 5] },
        { CellKind.MinGru, default, 256, [30] },
        { CellKind.MinGru, default, 314, [12, 20, 9] },
        { CellKind.MinLstm, default, 256, [30, 1, 6] },
        { CellKind.Sru, default, 256, [30] },
        { CellKind.Sru, default, 314, [20, 20] },
        { CellKind.IndRnn, default, 256, [30, 40, 6] },
        { CellKind.PeepholeLstm, default, 256, [3, 9, 1, 6] },
    };

    [Theory]
    [MemberData(nameof(DividedUnits))]
    public void ForwardAndBackward_UnitsDividedAmongThreads_SameBits(CellKind cell, ElmanForm form, int hidden, int[] lengths)
    {
        foreach (bool initialState in new[] { false, true })
        {
            StackSpec spec = CellVariant.Spec(cell, Activation.Tanh, form, default, InputSize, hidden) with
            {
                OneHotInput = cell == CellKind.Gru && !initialState,
            };
            StackCase run = CellVariant.Case(spec, lengths, initialState);
            StackResult expected = run.Run(threads: 1);
            foreach (int threads in new[] { 2, 3, 4 })
            {
                AssertDividesUnits(run, threads);
                string when = $"{threads} threads, initial state: {initialState}";
                CellVariant.AssertSame(expected, run.Run(threads), when);
                RecurrentMemory memory = run.Stack.CreateMemory();
                memory.KeepsHistory = false;
                CellVariant.AssertSame(
                    expected with { DInputs = [], DInitialHidden = [], DInitialCell = [], Gradients = [] },
                    run.Forward(threads, memory), when + ", without history");
            }
        }
    }

    /// <summary>
    /// Both directions of two layers. Two threads take a direction each, four divide the units of each direction.
    /// </summary>
    [Theory]
    [InlineData(CellKind.Lstm, 2)]
    [InlineData(CellKind.Lstm, 3)]
    [InlineData(CellKind.Lstm, 4)]
    [InlineData(CellKind.Gru, 2)]
    [InlineData(CellKind.Gru, 4)]
    public void ForwardAndBackward_BothDirectionsDivided_SameBits(CellKind cell, int threads)
    {
        StackSpec spec = CellVariant.Spec(cell, default, default, default, InputSize, 160) with
        {
            Layers = 2, Bidirectional = true,
        };
        StackCase run = CellVariant.Case(spec, [12, 3, 3], initialState: true);
        AssertDividesUnits(run, threads: 4);
        StackResult expected = run.Run(threads: 1);
        for (int i = 0; i < 3; i++) CellVariant.AssertSame(expected, run.Run(threads), $"{threads} threads");
    }

    [Fact]
    public void Of_StepsTooSmallToMeetOrCellsThatCannot_DividesTheSequences()
    {
        Workers two = Workers.ForThreads(2), three = Workers.ForThreads(3);
        BatchLayout batch = new();
        batch.Fill([20, 20, 20]);
        // Two panels are not enough for three workers; 100 units would leave much of a panel empty; r is needed whole.
        Assert.False(WorkSplit.Of(new LstmCell(8, 64, "l0"), batch, three, copiesPrevious: false).DividesUnits);
        Assert.False(WorkSplit.Of(new LstmCell(8, 100, "l0"), batch, two, copiesPrevious: false).DividesUnits);
        Assert.False(WorkSplit.Of(new GruOutsideCell(8, 256, "l0"), batch, two, copiesPrevious: true).DividesUnits);
        Assert.False(WorkSplit.Of(new LstmCell(8, 256, "l0"), batch, two, copiesPrevious: true).DividesUnits);
        Assert.Equal(1, WorkSplit.Of(new LstmCell(8, 8, "l0"), batch, two, copiesPrevious: false).Parts);
        batch.Fill([.. Enumerable.Repeat(20, 40)]);
        WorkSplit many = WorkSplit.Of(new LstmCell(8, 256, "l0"), batch, two, copiesPrevious: false);
        Assert.False(many.DividesUnits);
        Assert.Equal(2, many.Parts);
    }

    public static TheoryData<CellKind, Activation, ElmanForm, GruReset> Cells => CellVariant.All;

    /// <summary>
    /// A long batch goes through several chunks. Each of its sequences alone, in pieces shorter than a chunk that go on from
    /// one another's final state, gives the same numbers.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Forward_MoreStepsThanAChunk_SameBitsAsInPieces(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        const int Piece = 50;
        int[] lengths = [290, 131, 128, 290, 1, 257, 60];
        StackSpec spec = CellVariant.Spec(cell, activation, form, reset, InputSize, 21);
        StackCase run = CellVariant.Case(spec, lengths, initialState: false);
        RecurrentCell layer = run.Stack.Cells.Single();
        Workers one = Workers.ForThreads(1);
        Assert.True(WorkSplit.Of(layer, run.NewBatch(), one, layer.CopiesPrevious).StepsPerChunk(layer, run.NewBatch()) < 129);
        float[][] pieces = [.. Enumerable.Range(0, lengths.Length).Select(i => InPieces(run, i, Piece))];
        foreach (bool keeps in new[] { true, false })
        {
            foreach (int threads in new[] { 1, 2, 3, 7 })
            {
                RecurrentMemory memory = run.Stack.CreateMemory();
                memory.KeepsHistory = keeps;
                StackResult whole = run.Forward(threads, memory);
                for (int i = 0; i < lengths.Length; i++)
                {
                    Bits.AssertEqual(pieces[i], whole.Outputs[i], $"sequence {i}, {threads} threads, history: {keeps}");
                }
            }
        }
    }

    /// <summary>
    /// Workers that divide the sequences do not wait for one another, so one may be chunks ahead of another, and where the
    /// lengths differ the steps of one chunk lie elsewhere than those of the next.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Forward_WorkersInDifferentChunks_SameBits(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        int[] lengths = [.. Enumerable.Range(0, 30).Select(i => 2 * i + 1)];
        StackSpec spec = CellVariant.Spec(cell, activation, form, reset, InputSize, 200);
        StackCase run = CellVariant.Case(spec, lengths, initialState: true);
        RecurrentCell layer = run.Stack.Cells.First();
        StackResult expected = run.Forward(threads: 1);
        foreach (int threads in new[] { 2, 3, 7 })
        {
            WorkSplit split = WorkSplit.Of(layer, run.NewBatch(), Workers.ForThreads(threads), layer.CopiesPrevious);
            Assert.Equal((threads, false), (split.Parts, split.DividesUnits));
            Assert.True(split.StepsPerChunk(layer, run.NewBatch()) < 60);
            RecurrentMemory memory = run.Stack.CreateMemory();
            memory.KeepsHistory = false;
            for (int i = 0; i < 3; i++) CellVariant.AssertSame(expected, run.Forward(threads, memory), $"{threads} threads");
        }
    }

    private static void AssertDividesUnits(StackCase run, int threads)
    {
        foreach (RecurrentCell cell in run.Stack.Cells)
        {
            // After a long meeting the answer is no for a while; each question brings the end of that nearer.
            WorkSplit split = default;
            for (int i = 0; i < 10_000 && !split.DividesUnits; i++)
            {
                split = WorkSplit.Of(cell, run.NewBatch(), Workers.ForThreads(threads), copiesPrevious: false);
            }

            Assert.Equal((threads, true), (split.Parts, split.DividesUnits));
        }
    }

    /// <summary>The outputs of one sequence, read in pieces.</summary>
    private static float[] InPieces(StackCase run, int sequence, int piece)
    {
        int length = run.Lengths[sequence];
        List<float> outputs = [];
        StackResult? before = null;
        for (int first = 0; first < length; first += piece)
        {
            int count = Math.Min(piece, length - first);
            StackCase part = new()
            {
                Stack = run.Stack,
                Lengths = [count],
                Inputs = [run.Inputs[sequence][(first * InputSize)..((first + count) * InputSize)]],
                DOutputs = [],
                InitialHidden = before?.FinalHidden,
                InitialCell = before?.FinalCell is { Length: > 0 } finalCell ? finalCell : null,
            };
            RecurrentCell layer = run.Stack.Cells.Single();
            WorkSplit split = WorkSplit.Of(layer, part.NewBatch(), Workers.ForThreads(1), layer.CopiesPrevious);
            Assert.Equal(count, split.StepsPerChunk(layer, part.NewBatch()));
            before = part.Forward(threads: 1);
            outputs.AddRange(before.Outputs[0]);
        }

        return [.. outputs];
    }
}
