namespace Recurant.Tests.Layers;

/// <summary>What holds for every cell whatever it computes: threads, batches and memory change no bit.</summary>
public class RecurrentStackTests
{
    // Large enough that each layer splits its sequences and its products over the threads.
    private const int Hidden = 72, InputSize = 70;
    private static readonly int[] s_lengths = [9, 14, 1, 7, 14, 3, 12, 5, 11, 13, 2];

    public static TheoryData<CellKind, GruReset, ElmanForm, bool> Stacks => new()
    {
        { CellKind.Elman, default, ElmanForm.Hidden, true },
        { CellKind.Elman, default, ElmanForm.PreActivation, false },
        { CellKind.Lstm, default, default, true },
        { CellKind.Gru, GruReset.Inside, default, true },
        { CellKind.Gru, GruReset.Outside, default, true },
        { CellKind.MinGru, default, default, true },
        { CellKind.MinLstm, default, default, false },
        { CellKind.Sru, default, default, false },
        { CellKind.IndRnn, default, default, true },
        { CellKind.Lru, default, default, false },
        { CellKind.Lru, default, default, true },
        { CellKind.PeepholeLstm, default, default, true },
        { CellKind.LayerNormLstm, default, default, true },
        { CellKind.ProjectedLstm, default, default, true },
    };

    [Fact]
    public void Forward_MoreThanTheMachineHas_IsRefusedBeforeMemoryIsAskedFor()
    {
        var stack = new RecurrentStack(new StackSpec { InputSize = 256, HiddenSize = 256, Layers = 500 });
        var batch = new BatchLayout();
        batch.Fill([1_900_000]);
        RecurrentMemory memory = stack.CreateMemory();
        // 500 layers of 4 x 256 gates (with 16 more to the next row), 2 x 256 cell states, 256 outputs; 499 of 256 gradients
        const double Bytes = 4.0 * 1_900_000 * (500 * (1040 + 512 + 256) + 499 * 256);
        string message = Assert.Throws<InvalidDataException>(
            () => stack.RequireRoom(batch, keepsHistory: true, available: (long)Bytes - 1)).Message;
        Assert.Equal(
            "A batch of 1 sequence with 1,900,000 steps (LSTM, 500 layers of 256 units) needs 7,841.3 GB of memory, and this "
            + "machine has 7,841.3 GB.\nLower the batch size, the length of the sequences or the hidden size (--batch, "
            + "--max-tokens, --hidden), or train with --recompute.", message);
        stack.RequireRoom(batch, keepsHistory: true, available: (long)Bytes);
        stack.RequireRoom(batch, keepsHistory: false, available: (long)(Bytes / 3)); // outputs and little else
        Assert.SkipUnless(Workspace.AvailableBytes is > 0 and < (long)Bytes, "the machine has so much");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => stack.Forward(Workers.ForThreads(1), batch, default, memory));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Forward_BufferBeyondAnArray_NamesTheSizes()
    {
        var stack = new RecurrentStack(new StackSpec { InputSize = 8, HiddenSize = 512 });
        var batch = new BatchLayout();
        batch.Fill([2_000_000]);
        Assert.StartsWith(
            "2,000,000 x 2,064 = 4,128,000,000 numbers are needed in one piece of memory, but only 2,147,483,575 are possible.\n",
            Assert.Throws<InvalidDataException>(
                () => stack.Forward(Workers.ForThreads(1), batch, default, stack.CreateMemory())).Message);
    }

    /// <summary>Before the input is made, which alone may take longer than anybody waits.</summary>
    [Fact]
    public void Train_ProblemBeyondTheMachine_IsRefusedAtOnce()
    {
        var options = new ProblemTrainingOptions { Batch = 4096 };
        var clock = System.Diagnostics.Stopwatch.StartNew();
        string message = Assert.Throws<InvalidDataException>(
            () => ProblemTrainer.Train(new SequenceProblem(ProblemKind.Adding, 200_000), options)).Message;
        Assert.Contains("--batch", message, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"took {clock.Elapsed}");
    }

    [Theory]
    [InlineData(1 << 16, 1 << 16)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void RequireLength_ProductBeyond32Bits_Throws(int rows, int columns) => Assert.StartsWith(
        $"{Workspace.Text(rows)} x {Workspace.Text(columns)} = {Workspace.Text((long)rows * columns)} numbers are needed",
        Assert.Throws<InvalidDataException>(() => Workspace.RequireLength(rows, columns)).Message);

    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_AnyNumberOfThreads_SameBits(CellKind cell, GruReset reset, ElmanForm form, bool bidirectional)
    {
        StackCase run = Case(Spec(cell, reset, form, bidirectional), s_lengths);
        StackResult expected = run.Run(threads: 1);
        foreach (int threads in new[] { 2, 3, 7 }) AssertSame(expected, run.Run(threads), $"{threads} threads");
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Forward_SequenceAlone_SameBitsAsInTheBatch(CellKind cell, GruReset reset, ElmanForm form, bool bidirectional)
    {
        StackCase batch = Case(Spec(cell, reset, form, bidirectional), s_lengths, dropout: false);
        StackResult together = batch.Run(threads: 1);
        for (int i = 0; i < s_lengths.Length; i++)
        {
            StackCase single = new()
            {
                Stack = batch.Stack,
                Lengths = [s_lengths[i]],
                Inputs = [batch.Inputs[i]],
                DOutputs = [batch.DOutputs[i]],
            };
            StackResult alone = single.Run(threads: 1);
            Bits.AssertEqual(together.Outputs[i], alone.Outputs[0], $"output of sequence {i}");
            Bits.AssertEqual(together.DInputs[i], alone.DInputs[0], $"gradient of input {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_MemoryUsedBefore_SameBits(CellKind cell, GruReset reset, ElmanForm form, bool bidirectional)
    {
        StackCase large = Case(Spec(cell, reset, form, bidirectional), s_lengths);
        int[] few = [2, 6, 4];
        StackCase small = new()
        {
            Stack = large.Stack,
            Lengths = few,
            Inputs = Sequences(few, InputSize, 300),
            DOutputs = Sequences(few, large.Stack.Spec.OutputSize, 400),
        };
        StackResult expected = small.Run(threads: 1);
        RecurrentMemory memory = large.Stack.CreateMemory();
        small.Run(threads: 1, memory);
        large.Run(threads: 1, memory);
        AssertSame(expected, small.Run(threads: 1, memory), "memory used before");
    }

    /// <summary>Without it the products with the first states, which are zero, are left out; no other gradient changes.</summary>
    [Theory]
    [MemberData(nameof(Stacks))]
    public void Backward_InitialGradientNotWanted_SameBitsOtherwise(
        CellKind cell, GruReset reset, ElmanForm form, bool bidirectional)
    {
        // Short ones, only first steps, and more first rows than a product takes in one step of its depth.
        int[][] cases = [s_lengths, [1, 1, 1], [.. Enumerable.Repeat(2, 300)], [150, 150, 20]];
        foreach (int[] lengths in cases)
        {
            StackCase run = CellVariant.Case(Spec(cell, reset, form, bidirectional), lengths, initialState: false);
            StackResult expected = run.Run(threads: 1);
            run.WantsInitialGradient = false;
            foreach (int threads in new[] { 1, 2, 3 })
            {
                StackResult actual = run.Run(threads);
                AssertSame(
                    expected with { DInitialHidden = [], DInitialCell = [] },
                    actual with { DInitialHidden = [], DInitialCell = [] }, $"{lengths.Length} sequences, {threads} threads");
            }
        }
    }

    [Fact]
    public void Forward_WeightsChanged_UsesTheNewOnes()
    {
        StackCase run = Case(Spec(CellKind.Lstm, default, default, bidirectional: true), s_lengths);
        RecurrentMemory memory = run.Stack.CreateMemory();
        run.Run(threads: 1, memory);
        StackCase.FillWeights(run.Stack, 0.1f, seed: 900);
        AssertSame(run.Run(threads: 1), run.Run(threads: 1, memory), "weights changed");
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_OnceWarm_AllocateNothing(CellKind cell, GruReset reset, ElmanForm form, bool bidirectional)
    {
        RecurrentStack stack = new(Spec(cell, reset, form, bidirectional));
        StackCase.FillWeights(stack, 0.15f, seed: 20);
        Parameter[] parameters = [.. stack.Parameters];
        RecurrentMemory memory = stack.CreateMemory();
        DropoutPlan dropout = new() { Layers = 0.4f, Recurrent = 0.3f, Seed = 7 };
        BatchLayout batch = new();
        Workers workers = Workers.ForThreads(2);
        int rows = s_lengths.Sum();
        Matrix input = Bits.RandomMatrix(rows, InputSize, 1), dInput = Bits.Zeros(rows, InputSize);
        Matrix dOutput = Bits.RandomMatrix(rows, stack.Spec.OutputSize, 2);
        void Step()
        {
            batch.Fill(s_lengths);
            stack.ResetInitialState(memory, batch.Sequences);
            stack.ResetFinalGradient(memory, batch.Sequences);
            stack.Forward(workers, batch, input, memory, dropout);
            stack.Backward(workers, batch, input, dOutput, dInput, memory, dropout);
            // As after an optimiser's step: the weights have to be laid out anew.
            foreach (Parameter parameter in parameters) parameter.MarkChanged();
        }

        Allocation.AssertNoneWarm(Step, times: 10);
    }

    [Fact]
    public void Dropout_Masks_AreKeptOverTheStepsAndDifferBetweenSequences()
    {
        StackCase run = Case(Spec(CellKind.Lstm, default, default, bidirectional: true), s_lengths);
        StackResult result = run.Run(threads: 1);
        for (int b = 1; b < s_lengths.Length; b++)
        {
            Assert.False(Bits.Equal(result.Memory.Masks[0].Row(0), result.Memory.Masks[0].Row(b)));
            Assert.False(Bits.Equal(result.Memory.Cells[0].RecurrentMask.Row(0), result.Memory.Cells[0].RecurrentMask.Row(b)));
        }

        Assert.False(Bits.Equal(result.Memory.Cells[0].RecurrentMask.Row(0), result.Memory.Cells[1].RecurrentMask.Row(0)));
        float[] zeros = result.Memory.Masks[0].Rows(s_lengths.Length).Span.ToArray();
        Assert.InRange(zeros.Count(value => value == 0) / (double)zeros.Length, 0.35, 0.45);
    }

    [Theory]
    [InlineData(CellKind.Elman)]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    [InlineData(CellKind.MinGru)]
    public void Initialise_AnyCell_FillsEveryParameterFromItsOwnStream(CellKind cell)
    {
        RecurrentStack stack = new(Spec(cell, default, default, bidirectional: true));
        stack.Initialise(seed: 5, ordinal: 10);
        float bound = 1 / MathF.Sqrt(Hidden);
        HashSet<float> firsts = [];
        foreach (Parameter parameter in stack.Parameters)
        {
            float[] values = parameter.Value.ToArray();
            if (cell == CellKind.Lstm && parameter.Name.StartsWith("bias", StringComparison.Ordinal))
            {
                float expected = parameter.Name.StartsWith("bias_ih", StringComparison.Ordinal) ? 1 : 0;
                Assert.All(values[Hidden..(2 * Hidden)], value => Assert.Equal(expected, value));
                values = [.. values[..Hidden], .. values[(2 * Hidden)..]];
            }

            Assert.True(firsts.Add(values[0]), $"{parameter.Name} begins like another parameter.");
            Assert.All(values, value => Assert.InRange(value, -bound, bound));
            Assert.InRange(values.Max(), 0.8 * bound, bound);
            Assert.InRange(values.Min(), -bound, -0.8 * bound);
        }
    }

    [Fact]
    public void Initialise_Relu_StartsFromTheIdentity()
    {
        RecurrentStack stack = new(new StackSpec
        {
            Cell = CellKind.Elman, Activation = Activation.Relu, InputSize = 3, HiddenSize = 4,
        });
        stack.Initialise(seed: 5, ordinal: 0);
        float[] weights = stack.Cells.Single().HiddenWeights.Value.ToArray();
        for (int i = 0; i < 16; i++) Assert.Equal(i % 5 == 0 ? 1f : 0f, weights[i]);
        Assert.All(stack.Cells.Single().InputBias.Value.ToArray(), value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Parameters_TwoLayersBothDirections_HavePyTorchsNamesAndShapes()
    {
        RecurrentStack stack = new(new StackSpec { InputSize = 3, HiddenSize = 4, Layers = 2, Bidirectional = true });
        Assert.Equal(
            [
                "weight_ih_l0 16 3", "weight_hh_l0 16 4", "bias_ih_l0 16", "bias_hh_l0 16",
                "weight_ih_l0_reverse 16 3", "weight_hh_l0_reverse 16 4", "bias_ih_l0_reverse 16", "bias_hh_l0_reverse 16",
                "weight_ih_l1 16 8", "weight_hh_l1 16 4", "bias_ih_l1 16", "bias_hh_l1 16",
                "weight_ih_l1_reverse 16 8", "weight_hh_l1_reverse 16 4", "bias_ih_l1_reverse 16", "bias_hh_l1_reverse 16",
            ],
            stack.Parameters.Select(parameter => $"{parameter.Name} {string.Join(' ', parameter.Shape)}"));
    }

    private static StackSpec Spec(CellKind cell, GruReset reset, ElmanForm form, bool bidirectional) => new()
    {
        Cell = cell,
        GruReset = reset,
        Form = form,
        InputSize = InputSize,
        HiddenSize = Hidden,
        Layers = 2,
        Bidirectional = bidirectional,
    };

    private static StackCase Case(StackSpec spec, int[] lengths, bool dropout = true)
    {
        RecurrentStack stack = new(spec);
        StackCase.FillWeights(stack, scale: 0.15f, seed: 20);
        return new StackCase
        {
            Stack = stack,
            Lengths = lengths,
            Inputs = Sequences(lengths, spec.InputSize, 100),
            DOutputs = Sequences(lengths, spec.OutputSize, 200),
            Dropout = dropout ? new DropoutPlan { Layers = 0.4f, Recurrent = 0.3f, Seed = 7 } : null,
        };
    }

    private static float[][] Sequences(int[] lengths, int columns, ulong seed) =>
        [.. lengths.Select((length, i) => Bits.Random(length * columns, seed + (ulong)i))];

    private static void AssertSame(StackResult expected, StackResult actual, string when)
    {
        foreach (((string name, float[] values), (_, float[] others)) in expected.All().Zip(actual.All()))
        {
            Bits.AssertEqual(values, others, $"{name}, {when}");
        }
    }
}
