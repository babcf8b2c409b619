namespace Recurant.Tests.Models;

public class LanguageModelNetworkTests
{
    // Single precision through two recurrent layers and a softmax.
    private const double Tolerance = 2e-5;
    private const int Sequences = 3, Steps = 5, Words = 11;

    private static readonly LanguageModelSpec s_small = new() { VocabularySize = Words, EmbeddingSize = 6,
        Recurrent = new RecurrentSpec
        {
            HiddenSize = 7, Layers = 2,
        } };

    private static readonly Dictionary<string, LanguageModelSpec> s_cases = new()
    {
        ["lstm"] = s_small,
        ["gru"] = s_small with { Recurrent = s_small.Recurrent with { Cell = CellKind.Gru } },
        ["tied"] = s_small with { Tied = true, EmbeddingSize = 7 },
        ["tied, projection"] = s_small with { Tied = true, Recurrent = s_small.Recurrent with { Cell = CellKind.Elman } },
        ["gru, reset outside"] = s_small with {
            Recurrent = s_small.Recurrent with
            {
                Cell = CellKind.Gru, GruReset = GruReset.Outside,
            } },
        ["sru"] = s_small with { Recurrent = s_small.Recurrent with { Cell = CellKind.Sru }, EmbeddingSize = 7 },
        ["sru, narrow input"] = s_small with { Recurrent = s_small.Recurrent with { Cell = CellKind.Sru } },
        ["one-hot"] = s_small with { EmbeddingSize = 0 },
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    /// <summary>Two windows: the second begins from the states of the first, and its gradient ends where it begins.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_TwoWindows_LossAndGradientsEqualTheReference(string name)
    {
        LanguageModelSpec spec = s_cases[name];
        var run = new Windows(spec, threads: 1);
        var reference = new ReferenceLanguageModel(spec, run.Network.Parameters);
        for (int window = 0; window < 2; window++)
        {
            double loss = run.Read(window);
            reference.Read(run, window);
            Assert.Equal(reference.Loss, loss, Tolerance * run.Rows);
            foreach (Parameter parameter in run.Network.Parameters)
            {
                double[] expected = reference.Gradients[parameter.Name];
                for (int i = 0; i < expected.Length; i++)
                {
                    Assert.True(
                        Math.Abs(expected[i] - run.Gradient(parameter, i)) < Tolerance,
                        $"window {window}, {parameter.Name}[{i}]: {expected[i]} expected, {run.Gradient(parameter, i)} found");
                }

                parameter.ClearGradient();
            }
        }
    }

    [Fact]
    public void Loss_AnyNumberOfThreads_GivesTheSameBits()
    {
        LanguageModelSpec spec = s_small with { EmbeddingSize = 40,
            Recurrent = s_small.Recurrent with
            {
                HiddenSize = 70,
            }, Tied = true };
        DropoutPlan dropout = new() { Input = 0.2f, Layers = 0.2f, Output = 0.2f, Seed = 4 };
        var one = new Windows(spec, threads: 1) { Dropout = dropout };
        one.Read(0);
        double expected = one.Read(1);
        foreach (int threads in (int[])[2, 3, 7])
        {
            var many = new Windows(spec, threads) { Dropout = dropout };
            many.Read(0);
            Assert.Equal(expected, many.Read(1));
            Bits.AssertGradientsEqual(one.Network.Parameters, many.Network.Parameters);
        }
    }

    /// <summary>The states before a window are forgotten after 256 steps, so parts read side by side lose nothing.</summary>
    [Fact]
    public void Scorer_LongTextInParts_EqualsTheTextInOnePiece()
    {
        LanguageModelSpec spec = s_small with { Recurrent = s_small.Recurrent with { Cell = CellKind.Gru } };
        var network = new LanguageModelNetwork(spec);
        network.Initialise(3);
        int[] tokens = new int[9001];
        for (int i = 0; i < tokens.Length; i++) tokens[i] = new Philox(5, RandomPurpose.Splitting).Below((uint)i, Words);
        double parts = new LanguageScorer(network, Workers.ForThreads(2), network.CreateMemory()).Loss(tokens);

        LanguageModelMemory memory = network.CreateMemory();
        var carried = new CarriedState(network.Stack, 1);
        var window = new BatchLayout();
        double total = 0;
        for (int i = 0; i + 1 < tokens.Length; i += 100)
        {
            window.Fill([100]);
            tokens.AsSpan(i, 100).CopyTo(window.Tokens);
            carried.Enter(memory.Recurrent, 1);
            total += network.Loss(Workers.ForThreads(1), window, tokens.AsMemory(i + 1, 100), memory, null, withGradient: false);
            carried.Leave(memory.Recurrent, window);
        }

        Assert.Equal(total / 9000, parts, 1e-6);
    }

    /// <summary>A network that reads windows of a text that is cut into parts.</summary>
    private sealed class Windows
    {
        private readonly Workers _workers;
        private readonly BatchLayout _window = new();
        private readonly LanguageModelMemory _memory;
        private readonly CarriedState _carried;
        private readonly int[] _targets = new int[Sequences * Steps];

        public Windows(LanguageModelSpec spec, int threads)
        {
            _workers = Workers.ForThreads(threads);
            Network = new LanguageModelNetwork(spec);
            Network.Initialise(7);
            // Biases that are not zero, so that none can be forgotten.
            foreach (Parameter bias in Network.Parameters.Where(parameter => parameter.Shape.Count == 1))
            {
                bias.InitialiseUniform(8, (uint)bias.Count, 0.3f);
            }

            _memory = Network.CreateMemory();
            _carried = new CarriedState(Network.Stack, Sequences);
        }

        public LanguageModelNetwork Network { get; }

        public DropoutPlan? Dropout { get; init; }

        public int Rows => Sequences * Steps;

        public static int Token(int sequence, int place) => (sequence * 5 + place * place + 3 * place) % Words;

        public double Read(int window)
        {
            _window.Fill([Steps, Steps, Steps]);
            for (int t = 0; t < Steps; t++)
            {
                for (int b = 0; b < Sequences; b++)
                {
                    _window.Tokens[t * Sequences + b] = Token(b, window * Steps + t);
                    _targets[t * Sequences + b] = Token(b, window * Steps + t + 1);
                }
            }

            _carried.Enter(_memory.Recurrent, Sequences);
            double loss = Network.Loss(_workers, _window, _targets, _memory, Dropout, withGradient: true);
            _carried.Leave(_memory.Recurrent, _window);
            return loss;
        }

        /// <summary>Element i of a gradient in PyTorch's layout.</summary>
        public float Gradient(Parameter parameter, int i)
        {
            if (!parameter.IsStoredTransposed) return parameter.Gradient[i];
            int rows = parameter.Shape[0], row = i / rows, column = i % rows;
            return parameter.Gradient[column * parameter.Shape[1] + row];
        }
    }

    /// <summary>The equations (1) to (5) of the network in double precision, one sequence at a time.</summary>
    private sealed class ReferenceLanguageModel
    {
        private readonly LanguageModelSpec _spec;
        private readonly ReferenceSpec _stackSpec;
        private readonly ReferenceStack _stack;
        private readonly ReferenceTensors _weights = new();
        private readonly double[]?[] _state = new double[Sequences][], _cell = new double[Sequences][];

        public ReferenceLanguageModel(LanguageModelSpec spec, IReadOnlyList<Parameter> parameters)
        {
            _spec = spec;
            foreach (Parameter parameter in parameters)
            {
                float[] values = [.. parameter.Value];
                if (parameter.IsStoredTransposed)
                {
                    int rows = parameter.Shape[0], columns = parameter.Shape[1];
                    for (int i = 0; i < values.Length; i++) values[i] = parameter.Value[i % rows * columns + i / rows];
                }

                _weights.Set(parameter.Name, values);
            }

            _stackSpec = new ReferenceSpec
            {
                Cell = Enum.Parse<ReferenceCell>(spec.Recurrent.Cell.ToString()),
                Reset = Enum.Parse<ReferenceReset>(spec.Recurrent.GruReset.ToString()),
                InputSize = spec.Stack.InputSize, HiddenSize = spec.Recurrent.HiddenSize, Layers = spec.Recurrent.Layers,
            };
            _stack = new ReferenceStack(_stackSpec, _weights);
        }

        public double Loss { get; private set; }

        public ReferenceTensors Gradients { get; private set; } = new();

        public void Read(Windows run, int window)
        {
            Loss = 0;
            Gradients = new ReferenceTensors();
            foreach (Parameter parameter in run.Network.Parameters) Gradients[parameter.Name] = new double[parameter.Count];
            for (int b = 0; b < Sequences; b++) Read(run, b, window * Steps);
        }

        private void Read(Windows run, int b, int first)
        {
            int width = _stackSpec.InputSize, hidden = _spec.Recurrent.HiddenSize;
            double[] input = new double[Steps * width];
            for (int t = 0; t < Steps; t++)
            {
                int word = Windows.Token(b, first + t);
                if (_spec.EmbeddingSize == 0) input[t * width + word] = 1;
                else Algebra.Row(_weights["embedding.weight"], word, width).CopyTo(input.AsSpan(t * width));
            }

            ReferenceStackRun pass = _stack.Forward(input, _state[b], _cell[b]);
            (_state[b], _cell[b]) = (pass.FinalState, pass.FinalCell.Length > 0 ? pass.FinalCell : null);
            double[] dOutputs = new double[Steps * hidden];
            string output = _spec.Tied ? "embedding.weight" : "output.weight";
            for (int t = 0; t < Steps; t++)
            {
                double[] h = pass.Outputs.AsSpan(t * hidden, hidden).ToArray(), g = h;
                if (_spec.HasProjection)
                {
                    g = Algebra.Multiply(_weights["projection.weight"], h);
                    Algebra.AddTo(g, _weights["projection.bias"]);
                }

                double[] z = Algebra.Multiply(_weights[output], g);
                Algebra.AddTo(z, _weights["output.bias"]);
                double[] dz = OutputEquations.Softmax(z);
                int target = Windows.Token(b, first + t + 1);
                Loss -= Math.Log(dz[target]);
                dz[target] -= 1;
                for (int j = 0; j < dz.Length; j++) dz[j] /= run.Rows;
                Algebra.AddOuter(Gradients[output], dz, g);
                Algebra.AddTo(Gradients["output.bias"], dz);
                double[] dg = Algebra.MultiplyTransposed(_weights[output], dz), dh = dg;
                if (_spec.HasProjection)
                {
                    Algebra.AddOuter(Gradients["projection.weight"], dg, h);
                    Algebra.AddTo(Gradients["projection.bias"], dg);
                    dh = Algebra.MultiplyTransposed(_weights["projection.weight"], dg);
                }

                dh.CopyTo(dOutputs, t * hidden);
            }

            ReferenceTensors back = _stack.Backward(pass, dOutputs).Tensors;
            foreach (ReferenceShape shape in _stackSpec.RecurrentShapes()) Algebra.AddTo(Gradients[shape.Name], back[shape.Name]);
            for (int t = 0; t < Steps && _spec.EmbeddingSize > 0; t++)
            {
                int word = Windows.Token(b, first + t);
                Algebra.AddTo(
                    Algebra.Row(Gradients["embedding.weight"], word, width), back["input"].AsSpan(t * width, width));
            }
        }
    }
}
