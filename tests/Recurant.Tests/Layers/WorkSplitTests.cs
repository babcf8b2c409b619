using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Tests.Numerics;
using Xunit;

namespace Recurant.Tests.Layers;

/// <summary>However a layer is divided among threads and its steps into chunks, the bits are the same.</summary>
public class WorkSplitTests
{
    private const int InputSize = 19;

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
    };

    [Theory]
    [MemberData(nameof(DividedUnits))]
    public void ForwardAndBackward_UnitsDividedAmongThreads_SameBits(CellKind cell, ElmanForm form, int hidden, int[] lengths)
    {
        foreach (bool initialState in new[] { false, true })
        {
            RecurrentSpec spec = CellVariant.Spec(cell, Activation.Tanh, form, default, InputSize, hidden) with
            {
                Bidirectional = true, OneHotInput = cell == CellKind.Gru && !initialState,
            };
            StackCase run = CellVariant.Case(spec, lengths, initialState);
            SequenceBatch batch = run.NewBatch();
            StackResult expected = run.Run(threads: 1);
            foreach (int threads in new[] { 2, 3, 4 })
            {
                foreach (RecurrentCell divided in run.Stack.Cells)
                {
                    WorkSplit split = WorkSplit.Of(divided, batch, threads, copiesPrevious: false);
                    Assert.True(split.DividesUnits, $"{threads} threads");
                    Assert.Equal(threads, split.Parts);
                }

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

    /// <summary>Several layers of many units; the second reads both directions of the first.</summary>
    [Fact]
    public void ForwardAndBackward_UnitsOfTwoLayersDivided_SameBits()
    {
        RecurrentSpec spec = CellVariant.Spec(CellKind.Lstm, default, default, default, InputSize, 192) with
        {
            Layers = 2, Bidirectional = true,
        };
        StackCase run = CellVariant.Case(spec, [12, 3], initialState: true);
        Assert.All(
            run.Stack.Cells, cell => Assert.True(WorkSplit.Of(cell, run.NewBatch(), 2, copiesPrevious: false).DividesUnits));
        CellVariant.AssertSame(run.Run(threads: 1), run.Run(threads: 2), "2 threads");
    }

    [Fact]
    public void Of_StepsTooSmallToMeetOrCellsThatCannot_DividesTheSequences()
    {
        SequenceBatch batch = new();
        batch.Fill([20, 20, 20]);
        Assert.True(WorkSplit.Of(new LstmCell(8, 256, "l0"), batch, 2, copiesPrevious: false).DividesUnits);
        // Two panels are not enough for three workers; 100 units would leave much of a panel empty; r is needed whole.
        Assert.False(WorkSplit.Of(new LstmCell(8, 64, "l0"), batch, 3, copiesPrevious: false).DividesUnits);
        Assert.False(WorkSplit.Of(new LstmCell(8, 100, "l0"), batch, 2, copiesPrevious: false).DividesUnits);
        Assert.False(WorkSplit.Of(new GruOutsideCell(8, 256, "l0"), batch, 2, copiesPrevious: true).DividesUnits);
        Assert.False(WorkSplit.Of(new LstmCell(8, 256, "l0"), batch, 2, copiesPrevious: true).DividesUnits);
        Assert.Equal(1, WorkSplit.Of(new LstmCell(8, 8, "l0"), batch, 2, copiesPrevious: false).Parts);
        batch.Fill([.. Enumerable.Repeat(20, 40)]);
        WorkSplit many = WorkSplit.Of(new LstmCell(8, 256, "l0"), batch, 2, copiesPrevious: false);
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
        RecurrentSpec spec = CellVariant.Spec(cell, activation, form, reset, InputSize, 21);
        StackCase run = CellVariant.Case(spec, lengths, initialState: false);
        RecurrentCell layer = run.Stack.Cells.Single();
        Assert.True(WorkSplit.Of(layer, run.NewBatch(), 1, layer.CopiesPrevious).StepsPerChunk(layer, run.NewBatch()) < 129);
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
        RecurrentSpec spec = CellVariant.Spec(cell, activation, form, reset, InputSize, 200) with { Bidirectional = true };
        StackCase run = CellVariant.Case(spec, lengths, initialState: true);
        RecurrentCell layer = run.Stack.Cells.First();
        StackResult expected = run.Forward(threads: 1);
        foreach (int threads in new[] { 2, 3, 7 })
        {
            WorkSplit split = WorkSplit.Of(layer, run.NewBatch(), threads, layer.CopiesPrevious);
            Assert.Equal((threads, false), (split.Parts, split.DividesUnits));
            Assert.True(split.StepsPerChunk(layer, run.NewBatch()) < 60);
            RecurrentMemory memory = run.Stack.CreateMemory();
            memory.KeepsHistory = false;
            for (int i = 0; i < 3; i++) CellVariant.AssertSame(expected, run.Forward(threads, memory), $"{threads} threads");
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
            Assert.Equal(
                count, WorkSplit.Of(layer, part.NewBatch(), 1, layer.CopiesPrevious).StepsPerChunk(layer, part.NewBatch()));
            before = part.Forward(threads: 1);
            outputs.AddRange(before.Outputs[0]);
        }

        return [.. outputs];
    }
}
