using System.Text.Json;
using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Losses;
using Recurant.Numerics;
using Recurant.Optimizers;
using Recurant.Parameters;
using Recurant.Tests.Layers;
using Recurant.Tests.Numerics;
using Xunit;

namespace Recurant.Tests.Optimizers;

/// <summary>
/// Ten training steps of a small classifier against PyTorch's: the loss and the gradient's norm of every step, and every
/// parameter at the end.
/// </summary>
public class PyTorchStepTests
{
    // PyTorch's own single precision ends up to 3e-7 from its double precision (float32_difference in steps.json).
    private const double Tolerance = 2e-6;

    private static readonly JsonElement s_golden = Goldens.ReadJson("steps.json");

    public static TheoryData<string, string> Runs
    {
        get
        {
            TheoryData<string, string> runs = [];
            foreach (JsonElement run in s_golden.GetProperty("runs").EnumerateArray())
            {
                runs.Add(run.GetProperty("cell").GetString()!, run.GetProperty("name").GetString()!);
            }

            return runs;
        }
    }

    [Fact]
    public void Runs_AreEighteenForEachOfThreeCells() => Assert.Equal(54, Runs.Count);

    [Theory]
    [MemberData(nameof(Runs))]
    public void TenSteps_GoldenRun_EqualPyTorch(string cell, string name)
    {
        JsonElement run = s_golden.GetProperty("runs").EnumerateArray().Single(
            candidate => candidate.GetProperty("cell").GetString() == cell && candidate.GetProperty("name").GetString() == name);
        Dictionary<string, float[]> tensors = Goldens.ReadTensors(run.GetProperty("file").GetString()!);
        Classifier classifier = new(cell, tensors);
        Optimizer optimizer = new(KindOf(run), classifier.Parameters.Values);
        JsonElement batches = s_golden.GetProperty("batches");
        double clip = run.GetProperty("clip_norm").GetDouble();
        for (int step = 0; step < 10; step++)
        {
            double loss = classifier.Step(batches[step % batches.GetArrayLength()]);
            double norm = optimizer.GradientNorm(Workers.ForThreads(1));
            Assert.Equal(run.GetProperty("losses")[step].GetDouble(), loss, Tolerance);
            Assert.Equal(run.GetProperty("gradient_norms")[step].GetDouble(), norm, 2 * Tolerance);
            optimizer.Step(
                Workers.ForThreads(1), run.GetProperty("learning_rate").GetSingle(), run.GetProperty("weight_decay").GetSingle(),
                clip == 0 ? 1f : (float)Math.Min(1, clip / (norm + 1e-6)));
        }

        foreach ((string parameter, Parameter trained) in classifier.Parameters)
        {
            Near.AssertEqual(tensors[$"{name}.{parameter}"], trained.Value, Tolerance, parameter);
        }
    }

    /// <summary>The kind, after a look at the settings: they are fixed here.</summary>
    private static OptimizerKind KindOf(JsonElement run)
    {
        double Setting(string name) => run.GetProperty(name).GetDouble();
        switch (run.GetProperty("optimizer").GetString())
        {
            case "sgd" when Setting("momentum") == 0:
                return OptimizerKind.Sgd;
            case "sgd":
                Assert.Equal(0.9, Setting("momentum"));
                return run.GetProperty("nesterov").GetBoolean() ? OptimizerKind.Nesterov : OptimizerKind.Momentum;
            case "rmsprop":
                Assert.Equal((0.99, 1e-8), (Setting("alpha"), Setting("epsilon")));
                return OptimizerKind.RmsProp;
            case "adagrad":
                Assert.Equal(1e-10, Setting("epsilon"));
                return OptimizerKind.AdaGrad;
            case string adam:
                Assert.Equal((0.9, 0.999, 1e-8), (Setting("beta1"), Setting("beta2"), Setting("epsilon")));
                return adam == "adamw" ? OptimizerKind.AdamW : OptimizerKind.Adam;
            default:
                throw new InvalidDataException("A run without an optimizer.");
        }
    }

    /// <summary>
    /// Embedding, one recurrent layer, its last state, a dense layer, cross-entropy: the golden program's classifier.
    /// </summary>
    private sealed class Classifier
    {
        private readonly Embedding _embedding = new(
            s_golden.GetProperty("vocabulary").GetInt32(), s_golden.GetProperty("embedding_size").GetInt32());
        private readonly RecurrentStack _stack;
        private readonly Dense _output;
        private readonly Workers _workers = Workers.ForThreads(1);
        private readonly RecurrentMemory _memory;
        private readonly DenseMemory _outputMemory = new();
        private readonly PoolingMemory _pooling = new();

        public Classifier(string cell, Dictionary<string, float[]> tensors)
        {
            int hidden = s_golden.GetProperty("hidden_size").GetInt32();
            _stack = new RecurrentStack(new RecurrentSpec
            {
                Cell = cell switch { "lstm" => CellKind.Lstm, "gru" => CellKind.Gru, _ => CellKind.Elman },
                InputSize = _embedding.Size,
                HiddenSize = hidden,
            });
            _output = new Dense("linear", hidden, s_golden.GetProperty("classes").GetInt32());
            _memory = _stack.CreateMemory();
            foreach (Parameter parameter in _stack.Parameters) Parameters.Add("rnn." + parameter.Name, parameter);
            foreach (Parameter parameter in _output.Parameters) Parameters.Add(parameter.Name, parameter);
            Parameters.Add("embedding.weight", _embedding.Table);
            foreach ((string name, Parameter parameter) in Parameters)
            {
                tensors["initial." + name].CopyTo(parameter.Value);
                parameter.MarkChanged();
            }
        }

        public Dictionary<string, Parameter> Parameters { get; } = [];

        /// <summary>Forward and backward; returns the mean loss.</summary>
        public double Step(JsonElement golden)
        {
            int[][] tokens = [.. golden.GetProperty("tokens").EnumerateArray().Select(Numbers)];
            int[] labels = Numbers(golden.GetProperty("labels"));
            SequenceBatch batch = new();
            batch.Fill(tokens, [.. Enumerable.Range(0, tokens.Length)]);
            int[] sorted = [.. batch.Order.ToArray().Select(i => labels[i])];

            int hidden = _stack.Spec.HiddenSize, count = batch.Sequences;
            Matrix input = Bits.Zeros(batch.Rows, _embedding.Size), dInput = Bits.Zeros(batch.Rows, _embedding.Size);
            Matrix pooled = Bits.Zeros(count, hidden), dPooled = Bits.Zeros(count, hidden),
                dHidden = Bits.Zeros(batch.Rows, hidden);
            Matrix logits = Bits.Zeros(count, _output.Bias.Count);
            _embedding.Forward(Workers.ForThreads(1), batch.TokenMemory, input);
            _stack.ResetInitialState(_memory, count);
            _stack.ResetFinalGradient(_memory, count);
            Matrix states = _stack.Forward(_workers, batch, input, _memory);
            FixedPooling.Forward(Workers.ForThreads(1), Pooling.Last, batch, 1, states, pooled, _pooling);
            _output.Forward(_workers, pooled, logits, _outputMemory);
            double loss = CrossEntropy.Apply(logits, sorted, smoothing: 0, out _);

            _output.Backward(_workers, pooled, logits, dPooled, _outputMemory);
            FixedPooling.Backward(Workers.ForThreads(1), Pooling.Last, batch, 1, dPooled, dHidden, _pooling);
            _stack.Backward(_workers, batch, input, dHidden, dInput, _memory);
            _embedding.Backward(Workers.ForThreads(1), batch.TokenMemory, dInput);
            // PyTorch's optimisers update the whole table, ours the words of the batch: here every word occurs.
            return loss / count;
        }

        private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];
    }
}
