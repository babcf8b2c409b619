namespace Recurant.Tests.Inference;

public class RecurrentStreamTests
{
    private const int Steps = 9;

    public static TheoryData<CellKind, int, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<CellKind, int, int, int>();
            foreach (CellKind cell in Enum.GetValues<CellKind>())
            {
                (int, int, int)[] sizes = [(3, 5, 1), (7, 33, 2), (40, 128, 1), (16, 256, 2), (300, 256, 1), (64, 64, 1)];
                foreach ((int input, int hidden, int layers) in sizes) cases.Add(cell, input, hidden, layers);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_OneAfterTheOther_GivesTheBitsOfTheWholeSequence(CellKind cell, int input, int hidden, int layers)
    {
        var spec = new StackSpec
        {
            Cell = cell, InputSize = input, HiddenSize = Layers.CellVariant.Width(cell, hidden), Layers = layers,
        };
        AssertSameBits(spec);
    }

    [Theory]
    [InlineData(Activation.Relu, ElmanForm.Hidden)]
    [InlineData(Activation.Sigmoid, ElmanForm.Hidden)]
    [InlineData(Activation.Tanh, ElmanForm.PreActivation)]
    [InlineData(Activation.Sigmoid, ElmanForm.PreActivation)]
    public void Step_EveryFormOfElmansNetwork_GivesTheBitsOfTheWholeSequence(Activation activation, ElmanForm form) =>
        AssertSameBits(new StackSpec
        {
            Cell = CellKind.Elman, Activation = activation, Form = form, InputSize = 6, HiddenSize = 20, Layers = 2,
        });

    [Fact]
    public void Step_GruWithTheResetOutside_GivesTheBitsOfTheWholeSequence() =>
        AssertSameBits(new StackSpec
        {
            Cell = CellKind.Gru, GruReset = GruReset.Outside, InputSize = 6, HiddenSize = 20, Layers = 2,
        });

    [Fact]
    public void Step_WordNumbers_GivesTheBitsOfTheWholeSequence()
    {
        RecurrentStack stack = Stack(new StackSpec { InputSize = 11, HiddenSize = 24, OneHotInput = true, Layers = 2 });
        var batch = new BatchLayout();
        batch.Fill([[3, 10, 0, 3, 7]], [0]);
        RecurrentMemory memory = stack.CreateMemory();
        stack.ResetInitialState(memory, 1);
        Matrix expected = stack.Forward(Workers.ForThreads(1), batch, default, memory);
        var stream = new RecurrentStream(stack, Workers.ForThreads(2));
        for (int t = 0; t < 5; t++) Bits.AssertEqual(expected.Row(t), stream.Step(batch.Tokens[t]), $"step {t}");
    }

    [Theory]
    [InlineData(CellKind.Elman, 128)]
    [InlineData(CellKind.Elman, 256)]
    [InlineData(CellKind.Gru, 128)]
    [InlineData(CellKind.Lstm, 256)]
    public void Step_WordNumbersInStrips_GivesTheBitsOfTheWholeSequence(CellKind cell, int hidden)
    {
        RecurrentStack stack = Stack(new StackSpec { Cell = cell, InputSize = 11, HiddenSize = hidden, OneHotInput = true });
        var batch = new BatchLayout();
        batch.Fill([[3, 10, 0, 3, 7]], [0]);
        RecurrentMemory memory = stack.CreateMemory();
        stack.ResetInitialState(memory, 1);
        Matrix expected = stack.Forward(Workers.ForThreads(1), batch, default, memory);
        foreach (int threads in new[] { 1, 2 })
        {
            var stream = new RecurrentStream(stack, Workers.ForThreads(threads));
            for (int t = 0; t < 5; t++) Bits.AssertEqual(expected.Row(t), stream.Step(batch.Tokens[t]), $"step {t}");
        }
    }

    /// <summary>Large enough that two threads divide the units; the test would show nothing if they did not.</summary>
    [Theory]
    [InlineData(CellKind.Gru)]
    [InlineData(CellKind.Lstm)]
    public void Constructor_LargeLayer_DividesItsUnits(CellKind cell)
    {
        RecurrentStack stack = Stack(new StackSpec { Cell = cell, InputSize = 300, HiddenSize = 256 });
        Assert.True(new RecurrentStream(stack, Workers.ForThreads(2)).DividesUnits);
        Assert.False(new RecurrentStream(stack, Workers.ForThreads(1)).DividesUnits);
    }

    [Theory]
    [InlineData(17, 1)]
    [InlineData(128, 1)]
    [InlineData(128, 2)]
    public void LoadState_SavedEarlier_GoesOnFromThere(int hidden, int threads)
    {
        RecurrentStack stack = Stack(new StackSpec { InputSize = 4, HiddenSize = hidden, Layers = 2 });
        var stream = new RecurrentStream(stack, Workers.ForThreads(threads));
        Matrix input = Bits.RandomMatrix(Steps, 4, 9);
        var state = new float[stream.StateSize];
        Assert.Equal(2 * 2 * hidden, stream.StateSize);
        float[][] outputs = new float[Steps][];
        for (int t = 0; t < Steps; t++)
        {
            if (t == 4) stream.SaveState(state);
            outputs[t] = stream.Step(input.Row(t)).ToArray();
        }

        stream.LoadState(state);
        for (int t = 4; t < Steps; t++) Bits.AssertEqual(outputs[t], stream.Step(input.Row(t)), $"step {t}");

        stream.Reset();
        stream.SaveState(state);
        Assert.All(state, value => Assert.Equal(0f, value));
        Bits.AssertEqual(outputs[0], stream.Step(input.Row(0)), "after a reset");
    }

    [Theory]
    [MemberData(nameof(CellVariant.All), MemberType = typeof(CellVariant))]
    public void Step_OfPublicLayers_GivesTheBitsOfTheSequenceAndForks(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        var recurrent = new Recurrent(
            3, CellVariant.Spec(cell, activation, form, reset, inputSize: 3, hiddenSize: 20) with { Layers = 2 });
        recurrent.Initialise(seed: 1);
        SequenceBatch x = SequenceBatch.Of([Bits.Random(3 * Steps, 5)], size: 3);
        var pass = new Pass(threads: 1);
        pass.Begin(PassKind.Prediction);
        SequenceBatch h = recurrent.Forward(pass, x);
        var stream = new RecurrentStream(recurrent);
        RecurrentStream fork = stream.Fork();
        for (int t = 0; t < Steps; t++)
        {
            if (t == 3) fork = stream.Fork();
            Bits.AssertEqual(h[0, t], stream.Step(x[0, t]), $"step {t}");
            if (t >= 3) Bits.AssertEqual(h[0, t], fork.Step(x[0, t]), $"fork, step {t}");
        }
    }

    /// <summary>The weights are laid out anew after they have changed.</summary>
    [Fact]
    public void Reset_AfterTheWeightsChanged_GivesTheBitsOfANewStream()
    {
        RecurrentStack stack = Stack(new StackSpec { InputSize = 4, HiddenSize = 32 });
        var stream = new RecurrentStream(stack, Workers.ForThreads(1));
        float[] input = [1, -2, 3, -4], before = stream.Step(input).ToArray();
        stack.Initialise(8, 0);
        stream.Reset();
        float[] after = new RecurrentStream(stack, Workers.ForThreads(1)).Step(input).ToArray();
        Bits.AssertEqual(after, stream.Step(input), "after a reset");
        Assert.NotEqual(before, after);
    }

    [Theory]
    [InlineData(64, 1)]
    [InlineData(65, 1)]
    [InlineData(128, 2)]
    public void Step_Warm_AllocatesNothing(int hidden, int threads)
    {
        RecurrentStack stack = Stack(new StackSpec { InputSize = 64, HiddenSize = hidden, Layers = 2 });
        var stream = new RecurrentStream(stack, Workers.ForThreads(threads));
        float[] input = new float[64];
        Allocation.AssertNoneWarm(() => stream.Step(input), times: 100);
    }

    [Fact]
    public void Constructor_Bidirectional_SaysWhatToDo()
    {
        RecurrentStack stack = Stack(new StackSpec { InputSize = 4, HiddenSize = 5, Bidirectional = true });
        ArgumentException error = Assert.Throws<ArgumentException>(() => new RecurrentStream(stack, Workers.ForThreads(1)));
        Assert.Contains("one direction", error.Message);
    }

    [Fact]
    public void Step_WrongLength_NamesTheRightOne()
    {
        var stream = new RecurrentStream(Stack(new StackSpec { InputSize = 4, HiddenSize = 5 }), Workers.ForThreads(1));
        Assert.Contains("4 numbers, not 3", Assert.Throws<ArgumentException>(() => stream.Step(new float[3])).Message);
        Assert.Contains("vectors of 4", Assert.Throws<ArgumentException>(() => stream.Step(2)).Message);
    }

    private static void AssertSameBits(StackSpec spec)
    {
        RecurrentStack stack = Stack(spec);
        Matrix input = Bits.RandomMatrix(Steps, spec.InputSize, 8);
        var batch = new BatchLayout();
        batch.Fill([Steps]);
        RecurrentMemory memory = stack.CreateMemory();
        stack.ResetInitialState(memory, 1);
        Matrix expected = stack.Forward(Workers.ForThreads(1), batch, input, memory);
        foreach (int threads in new[] { 1, 2, 3 })
        {
            var stream = new RecurrentStream(stack, Workers.ForThreads(threads));
            for (int t = 0; t < Steps; t++)
            {
                Bits.AssertEqual(expected.Row(t), stream.Step(input.Row(t)), $"{threads} threads, step {t}");
            }
        }
    }

    private static RecurrentStack Stack(StackSpec spec)
    {
        var stack = new RecurrentStack(spec);
        stack.Initialise(7, 0);
        return stack;
    }
}
