using System.Text.Json;

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
    /// Embedding, one recurrent layer, its last state, a dense layer, cross-entropy: the golden program's classifier, of the
    /// public layers.
    /// </summary>
    private sealed class Classifier
    {
        private readonly Sequential _network;
        private readonly Pass _pass = new(threads: 1);

        public Classifier(string cell, Dictionary<string, float[]> tensors)
        {
            int Size(string name) => s_golden.GetProperty(name).GetInt32();
            CellKind kind = cell switch { "lstm" => CellKind.Lstm, "gru" => CellKind.Gru, _ => CellKind.Elman };
            _network = new Sequential(
                new Embedding(Size("vocabulary"), Size("embedding_size")),
                new Recurrent(kind, Size("embedding_size"), Size("hidden_size")),
                new PoolingLayer(Pooling.Last),
                new Dense(Size("hidden_size"), Size("classes")));
            string[] names = ["embedding", "rnn", "", "linear"];
            foreach ((string name, Parameter parameter) in _network.NamedParameters)
            {
                string golden = names[name[0] - '0'] + name[1..];
                parameter.SetValues(tensors["initial." + golden]);
                Parameters.Add(golden, parameter);
            }
        }

        public Dictionary<string, Parameter> Parameters { get; } = [];

        /// <summary>Forward and backward; returns the mean loss.</summary>
        public double Step(JsonElement golden)
        {
            int[][] tokens = [.. golden.GetProperty("tokens").EnumerateArray().Select(Numbers)];
            _pass.Begin();
            SequenceBatch logits = _network.Forward(_pass, SequenceBatch.OfTokens(tokens));
            double loss = _pass.CrossEntropy(logits, Numbers(golden.GetProperty("labels")));
            // PyTorch's optimisers update the whole table, ours the words of the batch: here every word occurs.
            _pass.Backward();
            return loss;
        }

        private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];
    }
}
