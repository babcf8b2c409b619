namespace Recurant.Tests.Layers;

/// <summary>
/// A run that keeps only what the steps to come need gives the outputs and final states of one that keeps every step.
/// </summary>
public class KeptHistoryTests
{
    private const int InputSize = 12;
    private static readonly int[] s_small = [1, 5, 16, 17, 31, 32, 33, 48], s_large = [48, 64, 96, 100, 128, 200];

    // One long sequence among short ones: most steps have far fewer rows than there are sequences.
    private static readonly int[][] s_lengths = [[4, 4, 4], [1, 13, 2, 1, 1, 3, 1]];
    private static readonly int[][] s_moreLengths = [[5, 5, 5, 5, 5], [2, 17, 1, 1, 9, 1, 3, 1, 2, 1, 1]];

    public static TheoryData<CellKind, Activation, ElmanForm, GruReset> Cells => CellVariant.All;

    [Theory]
    [MemberData(nameof(Cells))]
    public void Forward_WithoutHistory_SameBits(CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        foreach (int hidden in s_small)
        {
            for (int variant = 0; variant < 32; variant++)
            {
                Check(Case(CellVariant.Spec(cell, activation, form, reset, InputSize, hidden), variant, s_lengths), [1]);
            }
        }
    }

    /// <summary>Sizes at which layers are large enough to be divided among the threads.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Forward_WithoutHistoryOnSeveralThreads_SameBits(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        for (int i = 0; i < s_large.Length; i++)
        {
            // Other variants at every size; together they are all.
            for (int variant = i; variant < 32; variant += s_large.Length)
            {
                Check(
                    Case(CellVariant.Spec(cell, activation, form, reset, InputSize, s_large[i]), variant, s_moreLengths),
                    [1, 2, 3, 7]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Forward_WithoutHistoryAfterALargerBatch_SameBits(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        foreach (int hidden in new[] { 5, 33, 100 })
        {
            StackSpec spec = CellVariant.Spec(cell, activation, form, reset, InputSize, hidden) with { Bidirectional = true };
            StackCase small = CellVariant.Case(spec, s_lengths[1], initialState: false);
            StackCase large = CellVariant.Case(spec, s_moreLengths[1], initialState: true, small.Stack);
            StackResult expected = small.Forward(threads: 1);
            RecurrentMemory memory = small.Stack.CreateMemory();
            foreach (bool keeps in new[] { true, false })
            {
                memory.KeepsHistory = keeps;
                large.Forward(threads: 2, memory);
                memory.KeepsHistory = false;
                CellVariant.AssertSame(expected, small.Forward(threads: 1, memory), $"H {hidden}, history before: {keeps}");
            }

            // And the backward pass finds all it needs when the next run keeps its history again.
            memory.KeepsHistory = true;
            CellVariant.AssertSame(small.Run(threads: 1), small.Run(threads: 1, memory), $"H {hidden}, history again");
        }
    }

    /// <summary>An input row that many rows of the batch have in common is multiplied once.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Forward_RowsThatShareAnInput_SameBits(CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        const int Distinct = 5;
        float[] shared = Bits.Random(Distinct * InputSize, 7);
        foreach (int hidden in new[] { 5, InputSize, 64, 100, 160 })
        {
            StackSpec spec = CellVariant.Spec(cell, activation, form, reset, InputSize, hidden) with { Layers = 2 };
            StackCase plain = CellVariant.Case(spec, s_moreLengths[1], initialState: false);
            int row = 0;
            for (int i = 0; i < plain.Inputs.Length; i++)
            {
                for (int t = 0; t < plain.Lengths[i]; t++, row += 3)
                {
                    shared.AsSpan(row % Distinct * InputSize, InputSize).CopyTo(plain.Inputs[i].AsSpan(t * InputSize));
                }
            }

            StackResult expected = plain.Forward(threads: 1);
            Matrix input = new(Bits.Buffer(shared), 0, Distinct, InputSize);
            foreach (int threads in new[] { 1, 2, 3 })
            {
                RecurrentMemory memory = plain.Stack.CreateMemory();
                memory.KeepsHistory = false;
                memory.InputRows = RowsOf(plain, expected.Batch, shared);
                plain.Stack.ResetInitialState(memory, expected.Batch.Sequences);
                Matrix output = plain.Stack.Forward(Workers.ForThreads(threads), expected.Batch, input, memory);
                Matrix kept = expected.Memory.Outputs[^1].Rows(output.Rows);
                Bits.AssertEqual(Bits.Values(kept), Bits.Values(output), $"H {hidden}, {threads} threads");
            }
        }
    }

    /// <summary>For each row of the batch the number of its input among those that are shared.</summary>
    private static int[] RowsOf(StackCase run, BatchLayout batch, float[] shared)
    {
        int[] rows = new int[batch.Rows];
        for (int b = 0; b < batch.Sequences; b++)
        {
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                float first = run.Inputs[batch.Order[b]][t * InputSize];
                rows[batch.RowStart(t) + b] = Array.IndexOf(shared, first) / InputSize;
            }
        }

        return rows;
    }

    /// <summary>The masks are those of the same run with history.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Forward_WithoutHistoryWithDropout_SameBits(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        StackSpec spec = CellVariant.Spec(cell, activation, form, reset, InputSize, 37) with
        {
            Bidirectional = true, Layers = 2,
        };
        StackCase plain = CellVariant.Case(spec, s_moreLengths[1], initialState: false);
        StackCase dropped = new()
        {
            Stack = plain.Stack,
            Lengths = plain.Lengths,
            Inputs = plain.Inputs,
            DOutputs = plain.DOutputs,
            Dropout = new DropoutPlan { Layers = 0.3f, Recurrent = 0.4f, Seed = 7 },
        };
        Assert.False(Bits.Equal(plain.Forward(threads: 1).FinalHidden, dropped.Forward(threads: 1).FinalHidden));
        Check(dropped, [1, 3]);
    }

    private static void Check(StackCase run, int[] threads)
    {
        StackResult expected = run.Forward(threads: 1);
        foreach (int count in threads)
        {
            RecurrentMemory memory = run.Stack.CreateMemory();
            memory.KeepsHistory = false;
            StackSpec spec = run.Stack.Spec;
            string when = $"{count} threads, lengths {string.Join(' ', run.Lengths)}, {spec}, "
                + $"initial state: {run.InitialHidden is not null}";
            StackResult actual = run.Forward(count, memory);
            CellVariant.AssertSame(expected, actual, when);
            // Twice in the same memory: nothing of the first run is left over.
            CellVariant.AssertSame(expected, run.Forward(count, memory), "again, " + when);
            foreach (CellMemory cell in memory.Cells) AssertForgot(cell, actual, run);
        }
    }

    /// <summary>The test would be worth nothing if the history were kept all the same.</summary>
    private static void AssertForgot(CellMemory memory, StackResult result, StackCase run)
    {
        bool canForget = run.Stack.Cells.First().CanForget;
        Assert.Equal(!canForget, memory.KeepsHistory);
        if (run.Stack.Spec.Cell == CellKind.Lstm)
        {
            Assert.Throws<ArgumentException>(() => memory.Cells.Rows(result.Batch.Sequences + 1));
        }
    }

    /// <summary>The variants 0 to 31: layers, directions, kind of input, initial states and lengths.</summary>
    private static StackCase Case(StackSpec spec, int variant, int[][] lengths) => CellVariant.Case(
        spec with { Layers = 1 + (variant & 1), Bidirectional = (variant & 2) != 0, OneHotInput = (variant & 4) != 0 },
        lengths[variant >> 4], initialState: (variant & 8) != 0);
}
