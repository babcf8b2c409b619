using LayerNorm = Recurant.Layers.LayerNorm;

namespace Recurant.Tests.Layers;

/// <summary>Networks of the public layers: the engine's bits, right gradients, no memory of their own, clear errors.</summary>
public class PassTests
{
    private static readonly int[] s_lengths = [3, 6, 1, 4];

    [Theory]
    [MemberData(nameof(CellVariant.All), MemberType = typeof(CellVariant))]
    public void Recurrent_EachCell_GivesTheEnginesBits(CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        StackSpec spec = CellVariant.Spec(cell, activation, form, reset, inputSize: 3, hiddenSize: 5) with
        {
            Layers = 2, Bidirectional = true,
        };
        var recurrent = new Recurrent(3, spec);
        recurrent.Initialise(seed: 7);
        StackCase engine = CellVariant.Case(spec, s_lengths, initialState: false, recurrent.Stack);
        StackResult expected = engine.Run(threads: 1);
        float[][] gradients = [.. recurrent.Parameters.Select(parameter => parameter.Gradient.ToArray())];
        foreach (Parameter parameter in recurrent.Parameters) parameter.ClearGradient();

        SequenceBatch x = SequenceBatch.Of(engine.Inputs, spec.InputSize);
        x.WantsGradient = true;
        var pass = new Pass(threads: 2);
        pass.Begin();
        SequenceBatch h = recurrent.Forward(pass, x);
        Bits.AssertEqual(Flat(expected.Outputs), Flat(h), "h");
        for (int i = 0; i < h.Sequences; i++)
        {
            for (int t = 0; t < h.LengthOf(i); t++)
            {
                engine.DOutputs[i].AsSpan(t * h.Size, h.Size).CopyTo(h.GradientOf(i, t));
            }
        }

        pass.Backward();
        foreach ((Parameter parameter, float[] gradient) in recurrent.Parameters.Zip(gradients))
        {
            Bits.AssertEqual(gradient, parameter.Gradient, parameter.Name);
        }
    }

    /// <summary>All layers in one network, with shared weights, branches, a residual sum, a gate and states handed on.</summary>
    public static TheoryData<string> Networks => new(Built.Keys);

    private static Dictionary<string, (Layer[] Layers, Func<Pass, SequenceBatch, SequenceBatch> Forward)> Built
    {
        get
        {
            Dictionary<string, (Layer[], Func<Pass, SequenceBatch, SequenceBatch>)> all = [];
            void Add(string name, Layer[] layers, Func<Pass, SequenceBatch, SequenceBatch> forward) =>
                all.Add(name, (layers, forward));
            foreach (CellKind cell in Enum.GetValues<CellKind>())
            {
                var recurrent = new Recurrent(cell, 3, 4, layers: 2, bidirectional: cell is CellKind.Lstm or CellKind.Sru);
                Add($"{cell}, states handed on", [recurrent], (pass, x) =>
                {
                    SequenceBatch first = recurrent.Forward(pass, x);
                    return recurrent.Forward(pass, x, recurrent.FinalState(pass, first));
                });
            }

            var one = new Sequential(new Conv1d(3, 4, kernelSize: 3), new ActivationLayer(Activation.Tanh), new LayerNorm(4));
            Add("convolution and normalisation", [one], one.Forward);
            var batch = new Sequential(new Conv1d(3, 4, kernelSize: 3), new BatchNorm(4), new Dense(4, 2));
            Add("convolution and batch normalisation", [batch], batch.Forward);
            var causal = new Conv1d(3, 2, kernelSize: 4, isCausal: true);
            Add("causal convolution", [causal], causal.Forward);
            var dense = new Dense(3, 3);
            Add("a layer used twice, with a residual sum", [dense], (pass, x) =>
                pass.Add(dense.Forward(pass, dense.Forward(pass, x)), x));
            var gate = new Sequential(new Dense(3, 3), new ActivationLayer(Activation.Sigmoid));
            Add("a gate and a concatenation", [gate], (pass, x) =>
                pass.Concatenate(pass.Multiply(gate.Forward(pass, x), x), x));
            var pooled = new Recurrent(CellKind.Gru, 3, 4, bidirectional: true);
            foreach (Pooling pooling in new[] { Pooling.Last, Pooling.Mean, Pooling.Max })
            {
                Add($"pooling {pooling}, beside every step", [pooled], (pass, x) => pass.Concatenate(
                    x, new PoolingLayer(pooling, directions: 2).Forward(pass, pooled.Forward(pass, x))));
            }

            var attention = new Sequential(new AttentionPooling(3, 5), new Dense(3, 2));
            Add("attention pooling", [attention], attention.Forward);
            var decoder = new Sequential(new Recurrent(CellKind.Lstm, 3, 3), new Dense(3, 3));
            Add("final state alone", [decoder], (pass, x) =>
            {
                var encoder = (Recurrent)decoder.Layers[0];
                return encoder.FinalState(pass, encoder.Forward(pass, x));
            });
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Backward_EachNetwork_IsTheSlopeOfTheLoss(string name)
    {
        (Layer[] layers, Func<Pass, SequenceBatch, SequenceBatch> forward) = Built[name];
        uint ordinal = 0;
        foreach (Layer layer in layers)
        {
            layer.Initialise(seed: 3, ordinal += 100);
            foreach (Parameter parameter in layer.Parameters.Where(IsLearnt))
            {
                parameter.InitialiseUniform(4, ordinal += 1, 0.7f);
            }
        }

        SequenceBatch x = Inputs(3);
        SequenceBatch? target = null;
        IReadOnlyList<GradientCheckRow> rows = NetworkGradientCheck.Run(
            layers.SelectMany(layer => layer.NamedParameters).Where(named => IsLearnt(named.Parameter)), pass =>
            {
                SequenceBatch y = forward(pass, x);
                target ??= TargetsLike(y);
                return pass.Loss(y, target, Loss.SquaredError);
            },
            inputs: [x]);

        Assert.Equal(layers.Sum(layer => layer.Parameters.Count(IsLearnt)) + 1, rows.Count);
        Assert.All(rows, row => Assert.True(row.LargestRelativeError < NetworkGradientCheck.Tolerance, row.ToString()));
        Assert.Contains(rows, row => Math.Abs(row.Analytic) > 1e-6);

        // Running statistics have no gradient.
        static bool IsLearnt(Parameter parameter) => parameter.LearningRateFactor > 0;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_OfTokens_IsTheSlopeOfTheLoss(bool oneHot)
    {
        Layer first = oneHot
            ? new Recurrent(6, new RecurrentSpec { Cell = CellKind.Lstm, HiddenSize = 4 }, oneHot: true)
            : new Embedding(6, 4);
        var network = new Sequential(first, new Recurrent(CellKind.Elman, 4, 3), new Dense(3, 5));
        network.Initialise(seed: 5);
        SequenceBatch x = SequenceBatch.OfTokens([[0, 5, 2], [1, 1], [3]]);
        IReadOnlyList<int[]> classes = [[1, 4, -1], [0, 2], [3]];

        IReadOnlyList<GradientCheckRow> rows = NetworkGradientCheck.Run(
            network.NamedParameters, pass => pass.CrossEntropy(network.Forward(pass, x), classes, smoothing: 0.1f));

        Assert.All(rows, row => Assert.True(row.LargestRelativeError < NetworkGradientCheck.Tolerance, row.ToString()));
    }

    [Fact]
    public void NetworkGradientCheck_OfAWrongLayer_FindsIt()
    {
        SequenceBatch x = Inputs(3), target = TargetsLike(x);
        var wrong = new Forgetful(3);
        IReadOnlyList<GradientCheckRow> rows = NetworkGradientCheck.Run(
            wrong.NamedParameters, pass => pass.Loss(wrong.Forward(pass, x), target, Loss.SquaredError), inputs: [x]);

        Assert.True(rows[0].LargestRelativeError > 0.1, rows[0].ToString());
        Assert.True(rows[1].LargestRelativeError < NetworkGradientCheck.Tolerance, rows[1].ToString());
    }

    public static TheoryData<string, LossFunction> LossFunctions => new()
    {
        { "squared", Loss.SquaredError }, { "absolute", Loss.AbsoluteError }, { "Huber", Loss.Huber(0.3f) },
        { "Bernoulli", Loss.Bernoulli }, { "cross-entropy", Loss.CrossEntropy },
    };

    [Theory]
    [MemberData(nameof(LossFunctions))]
    public void Loss_Weighted_IsTheMeanAndItsGradientTheSlope(string name, LossFunction loss)
    {
        var dense = new Dense(3, 4);
        dense.Initialise(seed: 1);
        SequenceBatch x = Inputs(3), weights = SequenceBatch.Of([[1, 0, 2], [1, 1, 1, 1, 1, 3], [0], [0.5f, 1, 1, 1]]);
        SequenceBatch target = null!;
        double found = 0, expected = 0, whole = 0;
        IReadOnlyList<GradientCheckRow> rows = NetworkGradientCheck.Run(dense.NamedParameters, pass =>
        {
            SequenceBatch y = dense.Forward(pass, x);
            if (target is null)
            {
                target = Probabilities(y);
                for (int i = 0; i < y.Sequences; i++)
                {
                    for (int t = 0; t < y.LengthOf(i); t++)
                    {
                        expected += weights[i, t][0] * loss(y[i, t], target[i, t], new float[4]);
                        whole += weights[i, t][0];
                    }
                }

                return found = pass.Loss(y, target, loss, weights);
            }

            return pass.Loss(y, target, loss, weights);
        });

        Assert.True(found > 0, name);
        Assert.Equal(expected / whole, found, 1e-12);
        Assert.All(rows, row => Assert.True(row.LargestRelativeError < NetworkGradientCheck.Tolerance, row.ToString()));
    }

    /// <summary>
    /// PyTorch 1.13: mse_loss, l1_loss, huber_loss(delta=0.5), binary_cross_entropy_with_logits, cross_entropy.
    /// </summary>
    [Fact]
    public void Losses_OfOneRow_EqualPyTorch()
    {
        float[] y = [0.5f, -1.25f, 2f], t = [1f, 0f, 0.25f], probabilities = [0.2f, 0.5f, 0.3f], gradient = new float[3];
        void Check(double expected, float[] slopes, double found)
        {
            Assert.Equal(expected, found, 1e-6);
            for (int j = 0; j < 3; j++) Assert.Equal(slopes[j], gradient[j], 1e-6f);
        }

        Check(1.625, [-1f / 3, -2.5f / 3, 3.5f / 3], Loss.SquaredError(y, t, gradient));
        Check(3.5 / 3, [-1f / 3, -1f / 3, 1f / 3], Loss.AbsoluteError(y, t, gradient));
        Check((0.125 + 0.5 + 0.75) / 3, [-0.5f / 3, -0.5f / 3, 0.5f / 3], Loss.Huber(0.5f)(y, t, gradient));
        Check(0.7843114, [-0.1258469f, 0.0742334f, 0.2102657f], Loss.Bernoulli(y, t, gradient));
        Check(2.1576220, [-0.0231798f, -0.4692733f, 0.4924531f], Loss.CrossEntropy(y, probabilities, gradient));
    }

    [Fact]
    public void Step_OnceWarm_AllocatesNothing()
    {
        var network = new Sequential(
            new Recurrent(CellKind.Lstm, 3, 8, layers: 2) { LayerDropout = 0.2f, RecurrentDropout = 0.1f }, new LayerNorm(8),
            new Conv1d(8, 4, 3), new Dropout(0.3f), new PoolingLayer(Pooling.Mean), new Dense(4, 2));
        network.Initialise(seed: 1);
        SequenceBatch x = Inputs(3);
        float[][] given = [.. Enumerable.Range(0, x.Sequences).Select(x.ToArray)];
        int[] classes = [0, 1, 1, 0];
        var pass = new Pass(seed: 1, threads: 1);
        var optimizer = new Optimizer(OptimizerKind.Adam, network.Parameters) { Clip = 1f };
        void Step()
        {
            x.Set(given, 3);
            pass.Begin();
            pass.CrossEntropy(network.Forward(pass, x), classes);
            pass.Backward();
            optimizer.Step(threads: 1);
        }

        for (int i = 0; i < 5; i++) Step();
        Assert.Equal(0, Allocation.LeastOnThisThread(Step));
    }

    [Fact]
    public void Training_AtAnyNumberOfThreads_GivesTheSameBits()
    {
        float[][] Train(int threads)
        {
            var network = new Sequential(
                new Recurrent(CellKind.Gru, 3, 40, bidirectional: true) { RecurrentDropout = 0.2f }, new Dropout(0.3f),
                new AttentionPooling(80, 20), new Dense(80, 3));
            network.Initialise(seed: 9);
            SequenceBatch x = Inputs(3, [.. Enumerable.Range(0, 40).Select(i => 1 + i % 7)]);
            int[] classes = [.. Enumerable.Range(0, 40).Select(i => i % 3)];
            var pass = new Pass(seed: 2, threads);
            var optimizer = new Optimizer(OptimizerKind.Adam, network.Parameters) { LearningRate = 0.01f };
            for (int step = 0; step < 4; step++)
            {
                pass.Begin();
                pass.CrossEntropy(network.Forward(pass, x), classes);
                pass.Backward();
                optimizer.Step(threads);
            }

            return [.. network.Parameters.Select(parameter => parameter.Values.ToArray())];
        }

        float[][] one = Train(1);
        foreach (int threads in new[] { 2, 3, 5 })
        {
            foreach ((float[] expected, float[] actual) in one.Zip(Train(threads)))
            {
                Bits.AssertEqual(expected, actual, $"{threads}");
            }
        }
    }

    [Fact]
    public void Dropout_InTraining_DiffersByStepAndLayerAndIsOffElsewhere()
    {
        var drop = new Dropout(0.5f);
        SequenceBatch x = SequenceBatch.OfRows([.. Enumerable.Range(0, 50).Select(_ => Enumerable.Repeat(1f, 40).ToArray())]);
        var pass = new Pass(seed: 3, threads: 1);
        float[] Values(PassKind kind, bool second = false)
        {
            pass.Begin(kind);
            SequenceBatch first = drop.Forward(pass, x);
            return Flat(second ? drop.Forward(pass, x) : first);
        }

        float[] one = Values(PassKind.Training), two = Values(PassKind.Training), other = Values(PassKind.Training, second: true);
        Assert.NotEqual(one, two);
        Assert.NotEqual(two, other);
        Assert.All(one, value => Assert.True(value is 0f or 2f));
        Assert.Equal(1.0, one.Average(), 0.1);
        Assert.All(Values(PassKind.Gradients), value => Assert.Equal(1f, value));
        Assert.All(Values(PassKind.Prediction), value => Assert.Equal(1f, value));
        // The masks are a function of seed and step: a training that goes on draws those it would have drawn.
        var resumed = new Pass(seed: 3, threads: 2) { Step = 1 };
        resumed.Begin();
        Assert.Equal(two, Flat(drop.Forward(resumed, x)));
    }

    [Fact]
    public void RecurrentDropout_OfTwoLayersOfANetwork_DrawsTwoMasks()
    {
        Recurrent Layer() => new(CellKind.Lstm, 3, 3) { RecurrentDropout = 0.5f };
        (Recurrent a, Recurrent b) = (Layer(), Layer());
        a.Initialise(seed: 1);
        b.Initialise(seed: 1);
        SequenceBatch x = Inputs(3, [.. Enumerable.Repeat(6, 12)]);
        var pass = new Pass(seed: 1, threads: 1);
        pass.Begin();
        Assert.NotEqual(Flat(a.Forward(pass, x)), Flat(b.Forward(pass, x)));
        pass.Begin(PassKind.Prediction);
        Assert.Equal(Flat(a.Forward(pass, x)), Flat(b.Forward(pass, x)));
    }

    [Fact]
    public void Prediction_OfManyThreadsAtOnce_GivesTheSameBits()
    {
        var network = new Sequential(new Recurrent(CellKind.Gru, 3, 20), new PoolingLayer(), new Dense(20, 2));
        network.Initialise(seed: 1);
        SequenceBatch Batch() => Inputs(3);
        float[] Predict()
        {
            var pass = new Pass(threads: 1);
            pass.Begin(PassKind.Prediction);
            return Flat(network.Forward(pass, Batch()));
        }

        float[] expected = Predict();
        float[][] found = new float[64][];
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => found[i] = Predict());
        Assert.All(found, values => Bits.AssertEqual(expected, values, "logits"));
    }

    [Fact]
    public void Gradients_OfTwoBatches_AddUp()
    {
        var dense = new Dense(3, 2);
        dense.Initialise(seed: 1);
        SequenceBatch x = Inputs(3);
        var pass = new Pass(threads: 1);
        void Add()
        {
            pass.Begin();
            SequenceBatch y = dense.Forward(pass, x);
            pass.Loss(y, Probabilities(y), Loss.SquaredError);
            pass.Backward();
        }

        Add();
        float[] once = dense.Weights.Gradient.ToArray();
        Add();
        for (int i = 0; i < once.Length; i++) Assert.Equal(2 * once[i], dense.Weights.Gradient[i], 1e-6f);
        new Optimizer(OptimizerKind.Sgd, dense.Parameters).ClearGradients();
        Assert.All(dense.Weights.Gradient.ToArray(), value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Mistakes_EachOne_IsNamed()
    {
        var pass = new Pass(threads: 1);
        SequenceBatch x = Inputs(3), tokens = SequenceBatch.OfTokens([[1], [2]]);
        var dense = new Dense(3, 2);
        var recurrent = new Recurrent(CellKind.Lstm, 3, 4);
        void Fails<TException>(string part, Action action) where TException : Exception
        {
            string message = Assert.Throws<TException>(action).Message;
            Assert.Contains(part, message);
        }

        Fails<InvalidOperationException>("call Begin", () => dense.Forward(pass, x));
        pass.Begin(PassKind.Prediction);
        dense.Forward(pass, x);
        Fails<InvalidOperationException>("PassKind.Training", pass.Backward);
        pass.Begin();
        SequenceBatch y = dense.Forward(pass, x);
        Fails<InvalidOperationException>("compute a loss", pass.Backward);
        Fails<ArgumentException>("vectors of 3 numbers, but the input has 2", () => dense.Forward(pass, y));
        Fails<ArgumentException>("Embedding before", () => dense.Forward(pass, tokens));
        Fails<ArgumentException>("SequenceBatch.OfTokens", () => new Embedding(5, 2).Forward(pass, x));
        Fails<ArgumentException>("0 to 1", () => new Embedding(2, 2).Forward(pass, tokens));
        Fails<ArgumentException>("one row for each sequence", () => recurrent.Forward(
            pass, new PoolingLayer().Forward(pass, x) is var pooled ? new PoolingLayer().Forward(pass, pooled) : x));
        Fails<ArgumentException>("4 rows of 8 are expected", () => recurrent.Forward(pass, x, y));
        Fails<ArgumentException>("FinalState needs", () => recurrent.FinalState(pass, y));
        Fails<ArgumentException>("does not fit the prediction", () => pass.Loss(y, x, Loss.SquaredError));
        Fails<ArgumentException>("one class for each sequence", () => pass.CrossEntropy(y, [0, 1, 1, 0]));
        Fails<ArgumentException>("Layer 1 (Dense) reads vectors of 3", () => new Sequential(dense, new Dense(3, 3)));
        Fails<ArgumentException>("even for an LRU", () => new Recurrent(CellKind.Lru, 3, 5));
        Fails<ArgumentException>("HiddenSize is 0", () => new Recurrent(CellKind.Gru, 3, 0));
        Fails<ArgumentOutOfRangeException>("0 to less than 1", () => new Dropout(1f));
        Fails<ArgumentException>("a multiple of 2", () => SequenceBatch.Of([[1, 2, 3]], size: 2));
        Fails<ArgumentException>("at least one sequence", () => SequenceBatch.Of(Array.Empty<float[]>()));
        Fails<ArgumentException>("Step 1 of sequence 0 has 1 numbers", () => SequenceBatch.Of([[[1f, 2f], [3f]]]));
        Fails<ArgumentException>("tokens are numbered from 0", () => SequenceBatch.OfTokens([[-1]]));
        Fails<ArgumentOutOfRangeException>("steps 0 to 2", () => _ = x[0, 3][0]);
        Fails<ArgumentOutOfRangeException>("sequences 0 to 3", () => _ = x[4][0]);
        Fails<ArgumentException>("3 steps of 1 numbers together, but 4", () => SequenceBatch.Of([1, 2], [1, 2, 3, 4]));
        Fails<ArgumentOutOfRangeException>("LearningRate is NaN", () => _ =
            new Optimizer(OptimizerKind.Sgd, []) { LearningRate = float.NaN });
        dense.Weights.Gradient[0] = float.PositiveInfinity;
        Fails<InvalidOperationException>(
            "Lower the learning rate", () => new Optimizer(OptimizerKind.Sgd, dense.Parameters).Step());
    }

    [Fact]
    public void SequenceBatch_HowevermadeUp_HaveTheNumbersWhereTheyWereGiven()
    {
        float[][] sequences = [[1, 2, 3, 4], [5, 6], [7, 8, 9, 10, 11, 12]];
        SequenceBatch[] all =
        [
            SequenceBatch.Of(sequences, size: 2),
            SequenceBatch.Of([[[1f, 2f], [3f, 4f]], [[5f, 6f]], [[7f, 8f], [9f, 10f], [11f, 12f]]]),
            SequenceBatch.Of([2, 1, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], size: 2),
        ];
        var copy = SequenceBatch.Of([[0f]]);
        copy.CopyFrom(all[0]);
        foreach (SequenceBatch batch in all.Append(copy))
        {
            Assert.Equal((3, 3, 6, 2), (batch.Sequences, batch.Steps, batch.RowCount, batch.Size));
            for (int i = 0; i < 3; i++) Assert.Equal(sequences[i], batch.ToArray(i));
            Assert.Equal([9f, 10f], batch[2, 1].ToArray());
            Assert.Equal([9f, 10f], batch.Row(batch.RowOf(2, 1)).ToArray());
        }
    }

    private static SequenceBatch Inputs(int size, int[]? lengths = null)
    {
        lengths ??= s_lengths;
        return SequenceBatch.Of(lengths, Bits.Random(lengths.Sum() * size, 11), size);
    }

    private static SequenceBatch TargetsLike(SequenceBatch y)
    {
        int[] lengths = [.. Enumerable.Range(0, y.Sequences).Select(y.LengthOf)];
        return SequenceBatch.Of(lengths, Bits.Random(lengths.Sum() * y.Size, 12), y.Size);
    }

    private static SequenceBatch Probabilities(SequenceBatch y)
    {
        SequenceBatch target = TargetsLike(y);
        for (int row = 0; row < target.RowCount; row++) Loss.Softmax(target.Row(row), target.Row(row));
        return target;
    }

    private static float[] Flat(SequenceBatch values) =>
        [.. Enumerable.Range(0, values.Sequences).SelectMany(values.ToArray)];

    private static float[] Flat(float[][] sequences) => [.. sequences.SelectMany(sequence => sequence)];

    /// <summary>y = w * x whose backward pass forgets the factor x in dw.</summary>
    private sealed class Forgetful : Layer
    {
        private readonly Parameter _gain;

        public Forgetful(int size)
        {
            _gain = new Parameter("gain", size);
            _gain.SetValues([.. Enumerable.Repeat(0.8f, size)]);
        }

        public override IReadOnlyList<Parameter> Parameters => [_gain];

        public override int OutputSize(int inputSize) => inputSize;

        protected internal override void Forward(in LayerCall call)
        {
            for (int row = 0; row < call.Input.RowCount; row++)
            {
                Elementwise.Multiply(_gain.Values, call.Input.Row(row), call.Output.Row(row));
            }
        }

        protected internal override void Backward(in LayerCall call)
        {
            for (int row = 0; row < call.Input.RowCount; row++)
            {
                Elementwise.Add(call.Output.GradientRow(row), _gain.Gradient);
                Elementwise.AddProduct(call.Output.GradientRow(row), _gain.Values, call.Input.GradientRow(row));
            }
        }
    }
}
