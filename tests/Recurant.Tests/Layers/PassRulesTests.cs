using LayerNorm = Recurant.Layers.LayerNorm;

namespace Recurant.Tests.Layers;

/// <summary>What may be done with a pass and its batches, in which order; the rest is named and gives no wrong numbers.</summary>
public class PassRulesTests
{
    private static readonly int[] s_lengths = [3, 6, 1, 4];

    public static TheoryData<string> EachLayer => new(Layers.Keys);

    private static Dictionary<string, Layer> Layers => new()
    {
        ["Dense"] = new Dense(3, 4),
        ["Conv1d"] = new Conv1d(3, 4, 3),
        ["ActivationLayer"] = new ActivationLayer(Activation.Tanh),
        ["LayerNorm"] = new LayerNorm(3),
        ["BatchNorm"] = new BatchNorm(3),
        ["Dropout"] = new Dropout(0.3f),
        ["PoolingLayer"] = new PoolingLayer(Pooling.Mean),
        ["AttentionPooling"] = new AttentionPooling(3, 4),
        ["Recurrent"] = new Recurrent(CellKind.Lstm, 3, 4, layers: 2, bidirectional: true),
    };

    [Theory]
    [MemberData(nameof(EachLayer))]
    public void Backward_OfEachLayer_LeavesTheGradientOfItsOutputs(string name)
    {
        SequenceBatch x = Inputs(3);
        x.WantsGradient = true;
        var pass = new Pass(threads: 1);
        pass.Begin();
        SequenceBatch y = Layers[name].Forward(pass, x);
        float[] gradient = Bits.Random(y.RowCount * y.Size, 13);
        for (int row = 0; row < y.RowCount; row++) gradient.AsSpan(row * y.Size, y.Size).CopyTo(y.GradientRow(row));
        pass.Backward();
        for (int row = 0; row < y.RowCount; row++)
        {
            Bits.AssertEqual(gradient.AsSpan(row * y.Size, y.Size).ToArray(), y.GradientRow(row), name);
        }
    }

    [Theory]
    [MemberData(nameof(EachLayer))]
    public void Initialise_ATrainedLayer_StartsAnew(string name)
    {
        Layer layer = Layers[name];
        layer.Initialise(seed: 3);
        float[][] start = [.. layer.Parameters.Select(parameter => parameter.Values.ToArray())];
        foreach (Parameter parameter in layer.Parameters) parameter.SetValues(Bits.Random(parameter.Count, 1));
        layer.Initialise(seed: 3);
        for (int i = 0; i < start.Length; i++)
        {
            Bits.AssertEqual(start[i], layer.Parameters[i].Values, layer.Parameters[i].Name);
        }
    }

    [Fact]
    public void Set_BeforeBackward_IsNamed()
    {
        Dense dense = Made(new Dense(3, 3));
        var pass = new Pass(threads: 1);
        SequenceBatch x = Inputs(3);
        SequenceBatch Forward()
        {
            pass.Begin();
            SequenceBatch y = dense.Forward(pass, x);
            pass.Loss(y, y, Loss.SquaredError);
            return y;
        }

        SequenceBatch y = Forward();
        x.CopyFrom(Inputs(3));
        Fails<InvalidOperationException>("An input of Dense was set again", pass.Backward);
        // The layout is the same, and so the values can still be read.
        Assert.Equal(3, y[1, 5].Length);
        Forward();
        x.CopyFrom(Inputs(3, [2, 2]));
        Fails<InvalidOperationException>("An input of Dense was set again", pass.Backward);
        Fails<InvalidOperationException>("with other lengths", () => _ = y[0, 0][0]);
        Assert.All(dense.Weights.Gradient.ToArray(), value => Assert.Equal(0f, value));
        Forward();
        pass.Backward();

        pass.Begin();
        SequenceBatch gate = Inputs(3, [2, 2]);
        SequenceBatch product = pass.Multiply(dense.Forward(pass, x), gate);
        pass.Loss(product, Inputs(3, [2, 2]), Loss.SquaredError);
        gate.CopyFrom(x);
        Fails<InvalidOperationException>("An input of ProductLayer was set again", pass.Backward);
    }

    [Fact]
    public void State_CarriedOnBeforeBackward_GivesTheSameGradients()
    {
        Recurrent recurrent = Made(new Recurrent(CellKind.Lstm, 3, 4, layers: 2));
        SequenceBatch x = Inputs(3);
        var pass = new Pass(threads: 1);
        float[] Gradient(bool carryFirst)
        {
            SequenceBatch state = SequenceBatch.Of([1, 1, 1, 1], Bits.Random(64, 5), 16);
            pass.Begin();
            SequenceBatch h = recurrent.Forward(pass, x, state);
            pass.Loss(h, Inputs(4), Loss.SquaredError);
            if (carryFirst) state.CopyFrom(recurrent.FinalState(pass, h));
            pass.Backward();
            float[] gradient = recurrent.Parameters[0].Gradient.ToArray();
            new Optimizer(OptimizerKind.Sgd, recurrent.Parameters).ClearGradients();
            return gradient;
        }

        Bits.AssertEqual(Gradient(carryFirst: false), Gradient(carryFirst: true), "weight_ih_l0");
    }

    [Fact]
    public void Outputs_OfAPassBegunAnew_AreGivenUp()
    {
        Dense dense = Made(new Dense(3, 3));
        SequenceBatch x = Inputs(3);
        (Pass pass, Pass other) = (new Pass(threads: 1), new Pass(threads: 1));
        pass.Begin();
        SequenceBatch y = dense.Forward(pass, x);
        Fails<InvalidOperationException>("CopyFrom", () => y.CopyFrom(x));
        pass.Begin();
        other.Begin();
        foreach (Pass reader in new[] { pass, other })
        {
            Fails<InvalidOperationException>("gives up all outputs", () => dense.Forward(reader, y));
            Fails<InvalidOperationException>("gives up all outputs", () => reader.Add(x, y));
            Fails<InvalidOperationException>("gives up all outputs", () => reader.Loss(y, x, Loss.SquaredError));
        }
    }

    [Fact]
    public void Output_GivenToAnotherPass_TakesTheGradientBack()
    {
        (Dense first, Dense second) = (Made(new Dense(3, 4)), Made(new Dense(4, 2)));
        SequenceBatch x = Inputs(3), target = Inputs(2);
        (Pass one, Pass two) = (new Pass(threads: 1), new Pass(threads: 1));
        float[] Gradient(Pass upper)
        {
            one.Begin();
            if (upper != one) upper.Begin();
            upper.Loss(second.Forward(upper, first.Forward(one, x)), target, Loss.SquaredError);
            upper.Backward();
            if (upper != one) one.Backward();
            float[] gradient = first.Weights.Gradient.ToArray();
            new Optimizer(OptimizerKind.Sgd, [.. first.Parameters, .. second.Parameters]).ClearGradients();
            return gradient;
        }

        Bits.AssertEqual(Gradient(one), Gradient(two), "weight");
    }

    [Fact]
    public void Loss_ThatNoBackwardPassWouldFind_IsNamed()
    {
        Dense dense = Made(new Dense(3, 3));
        SequenceBatch x = Inputs(3);
        (Pass pass, Pass other) = (new Pass(threads: 1), new Pass(threads: 1));
        pass.Begin();
        other.Begin();
        SequenceBatch y = dense.Forward(pass, x);
        Fails<ArgumentException>("in another pass", () => other.Loss(y, x, Loss.SquaredError));
        pass.Loss(y, x, Loss.SquaredError);
        pass.Backward();
        Fails<InvalidOperationException>("call Begin", () => pass.Loss(y, x, Loss.SquaredError));
        Fails<InvalidOperationException>("call Begin", () => pass.CrossEntropy(
            y, [[0, 0, 0], [0, 0, 0, 0, 0, 0], [0], [0, 0, 0, 0]]));
    }

    [Fact]
    public void GradientOf_AsksForWhatIsThere()
    {
        Dense dense = Made(new Dense(3, 3));
        SequenceBatch x = Inputs(3), target = SequenceBatch.Of(s_lengths, Bits.Random(42, 17), 3);
        var pass = new Pass(threads: 1);
        void Backward()
        {
            pass.Begin(PassKind.Gradients);
            pass.Loss(dense.Forward(pass, x), target, Loss.SquaredError);
            pass.Backward();
        }

        Backward();
        Fails<InvalidOperationException>("set WantsGradient", () => _ = x.GradientOf(0)[0]);
        x.WantsGradient = true;
        Backward();
        float[] gradient = x.GradientOf(1, 2).ToArray();
        Assert.All(gradient, value => Assert.NotEqual(0f, value));
        pass.Begin(PassKind.Prediction);
        SequenceBatch y = dense.Forward(pass, x);
        Assert.Equal(gradient, x.GradientOf(1, 2).ToArray());
        Fails<InvalidOperationException>("set WantsGradient", () => _ = y.GradientOf(0)[0]);
        Backward();
        Assert.Equal(gradient, x.GradientOf(1, 2).ToArray());
    }

    [Fact]
    public void Backward_InWhichALayerThrows_LeavesNothingToTheNextPass()
    {
        Recurrent recurrent = Made(new Recurrent(CellKind.Gru, 3, 4));
        Stumbling stumbling = new();
        SequenceBatch x = Inputs(3), target = SequenceBatch.OfRows([[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]);
        var pass = new Pass(threads: 1);
        float[] Gradient(bool final)
        {
            pass.Begin();
            SequenceBatch h = recurrent.Forward(pass, x), g = stumbling.Forward(pass, h);
            pass.Loss(g, Inputs(4), Loss.SquaredError);
            if (final) pass.Loss(recurrent.FinalState(pass, h), target, Loss.SquaredError);
            pass.Backward();
            float[] gradient = recurrent.Parameters[0].Gradient.ToArray();
            new Optimizer(OptimizerKind.Sgd, recurrent.Parameters).ClearGradients();
            return gradient;
        }

        float[] expected = Gradient(final: false);
        stumbling.Stumbles = true;
        ulong step = pass.Step;
        Assert.Throws<NotFiniteNumberException>(() => Gradient(final: true));
        Assert.Equal(step + 1, pass.Step);
        Fails<InvalidOperationException>("call Begin", pass.Backward);
        stumbling.Stumbles = false;
        Bits.AssertEqual(expected, Gradient(final: false), "weight_ih_l0");
    }

    [Fact]
    public void Steps_WhereTheyWereJoined_AreMissed()
    {
        var pass = new Pass(threads: 1);
        pass.Begin();
        SequenceBatch pooled = new PoolingLayer().Forward(pass, Inputs(3));
        Recurrent recurrent = Made(new Recurrent(CellKind.Gru, 3, 4));
        Fails<ArgumentException>("Recurrent reads the steps", () => recurrent.Forward(pass, pooled));
        Fails<ArgumentException>("Conv1d reads the steps", () => new Conv1d(3, 3, 3).Forward(pass, pooled));
        Fails<ArgumentException>("Layer 2 (Recurrent) reads the steps", () => new Sequential(
            new PoolingLayer(), new Dense(3, 3), recurrent));
        Fails<ArgumentException>("Layer 1 (Sequential) reads the steps", () => new Sequential(
            new PoolingLayer(), new Sequential(new Dense(3, 3), recurrent)));
        Fails<ArgumentException>("do not fit together", () => pass.Concatenate(Inputs(3, [4, 5]), Inputs(2, [1, 5])));
        Fails<ArgumentException>("do not fit together", () => pass.Concatenate(pooled, Inputs(3)));
        Fails<ArgumentException>("second input has tokens", () => pass.Concatenate(
            Inputs(3, [1, 1]), SequenceBatch.OfTokens([[1], [2]])));
    }

    [Fact]
    public void CopyFrom_Tokens_CopiesThem()
    {
        Embedding embedding = Made(new Embedding(5, 2));
        SequenceBatch tokens = SequenceBatch.OfTokens([[3], [1, 4]]), copy = SequenceBatch.Of([[0f]]);
        copy.CopyFrom(tokens);
        var pass = new Pass(threads: 1);
        pass.Begin(PassKind.Prediction);
        SequenceBatch expected = embedding.Forward(pass, tokens), found = embedding.Forward(pass, copy);
        for (int i = 0; i < 2; i++) Assert.Equal(expected.ToArray(i), found.ToArray(i));
    }

    [Fact]
    public void Prediction_OfOneBatchByManyThreads_GivesTheSameNumbers()
    {
        Recurrent recurrent = Made(new Recurrent(CellKind.Gru, 3, 8));
        float[] Predict(SequenceBatch x)
        {
            var pass = new Pass(threads: 1);
            pass.Begin(PassKind.Prediction);
            SequenceBatch h = recurrent.Forward(pass, x);
            return [.. Enumerable.Range(0, h.Sequences).SelectMany(h.ToArray)];
        }

        float[] expected = Predict(Inputs(3));
        for (int i = 0; i < 20; i++)
        {
            SequenceBatch x = Inputs(3);
            Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
                Bits.AssertEqual(expected, Predict(x), "h"));
        }
    }

    [Fact]
    public void Optimizer_OfSharedAndFrozenParameters_ChangesEachOnceAndTheseNot()
    {
        (Parameter shared, Parameter frozen) = (new Parameter("shared", 1), new Parameter("frozen", 1) { IsTrainable = false });
        var optimizer = new Optimizer(OptimizerKind.Sgd, [shared, frozen, shared]) { LearningRate = 0.5f };
        (shared.Gradient[0], frozen.Gradient[0]) = (3f, 4f);
        Assert.Equal(3.0, optimizer.Step());
        Assert.Equal((-1.5f, 0f), (shared.Values[0], frozen.Values[0]));
        Assert.Equal((0f, 0f), (shared.Gradient[0], frozen.Gradient[0]));
    }

    [Fact]
    public void Names_ThatDoNotExist_AreNamed()
    {
        Fails<ArgumentOutOfRangeException>("Cell is 99; one of Elman, Lstm", () => new Recurrent((CellKind)99, 3, 4));
        Fails<ArgumentOutOfRangeException>("Form is 99; one of", () => new RecurrentSpec { Form = (ElmanForm)99 }.Validate());
        Fails<ArgumentOutOfRangeException>("GruReset is 9", () => new RecurrentSpec { GruReset = (GruReset)9 }.Validate());
        Fails<ArgumentOutOfRangeException>("Activation is 9", () => new RecurrentSpec { Activation = (Activation)9 }.Validate());
        Fails<ArgumentOutOfRangeException>("activation is 9", () => new ActivationLayer((Activation)9));
        Fails<ArgumentOutOfRangeException>("pooling is 9", () => new PoolingLayer((Pooling)9));
        Fails<ArgumentOutOfRangeException>("kind is 9; one of Sgd", () => new Optimizer((OptimizerKind)9, []));
        Fails<ArgumentOutOfRangeException>("kind is 9; one of Training", () => new Pass(threads: 1).Begin((PassKind)9));
        Fails<ArgumentException>("-1 threads were asked for", () => new Pass(threads: -1));
        Fails<ArgumentNullException>("sequences[0][1]", () => SequenceBatch.Of([[[1f], null!]]));
        var pass = new Pass(threads: 1);
        pass.Begin();
        Fails<InvalidOperationException>("made nothing, but RowStore was asked for", () =>
            new Forgetful().Forward(pass, Inputs(3)));
    }

    private static void Fails<TException>(string part, Action action) where TException : Exception =>
        Assert.Contains(part, Assert.Throws<TException>(action).Message);

    private static TLayer Made<TLayer>(TLayer layer) where TLayer : Layer
    {
        layer.Initialise(seed: 1);
        return layer;
    }

    private static SequenceBatch Inputs(int size, int[]? lengths = null)
    {
        lengths ??= s_lengths;
        return SequenceBatch.Of(lengths, Bits.Random(lengths.Sum() * size, 11), size);
    }

    /// <summary>y = x, whose backward pass can fail.</summary>
    private sealed class Stumbling : Layer
    {
        public bool Stumbles { get; set; }

        public override int OutputSize(int inputSize) => inputSize;

        protected internal override void Forward(in LayerCall call)
        {
            for (int row = 0; row < call.Input.RowCount; row++) call.Input.Row(row).CopyTo(call.Output.Row(row));
        }

        protected internal override void Backward(in LayerCall call)
        {
            if (Stumbles) throw new NotFiniteNumberException();
            for (int row = 0; row < call.Input.RowCount; row++)
            {
                call.Output.GradientRow(row).CopyTo(call.Input.GradientRow(row));
            }
        }
    }

    /// <summary>Asks for a memory that it does not make.</summary>
    private sealed class Forgetful : Layer
    {
        public override int OutputSize(int inputSize) => inputSize;

        protected internal override void Forward(in LayerCall call) => call.Memory<RowStore>().Clear();

        protected internal override void Backward(in LayerCall call)
        {
        }
    }

    [Fact]
    public void OfRows_OneRowOrNone_IsABatchOrAnError()
    {
        SequenceBatch one = SequenceBatch.OfRows([[1f, 2f, 3f]]);
        Assert.Equal((1, 3, 1), (one.Sequences, one.Size, one.LengthOf(0)));
        Assert.Throws<ArgumentException>(() => SequenceBatch.OfRows([]));
        Assert.Throws<ArgumentException>(() => SequenceBatch.OfRows([[1f, 2f], [1f, 2f, 3f, 4f]]));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    public void Loss_WeightsWithoutASum_AreRefused(float weight)
    {
        SequenceBatch x = SequenceBatch.Of([[0.5f, 1f], [2f]]);
        var dense = new Dense(1, 1);
        dense.Initialise(seed: 1);
        var pass = new Pass();
        pass.Begin();
        SequenceBatch y = dense.Forward(pass, x);
        SequenceBatch weights = SequenceBatch.Of([[weight, weight], [weight]]);
        Assert.Throws<ArgumentException>("weights", () => pass.Loss(y, x, Loss.SquaredError, weights));
    }
}
