namespace Recurant.Tests.Storage;

public class OptimizerFileTests
{
    private const int Steps = 9, StoppedAfter = 4;

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Nesterov)]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.AdaGrad)]
    public void Load_OfARunThatWasStopped_GoesOnToTheSameBits(OptimizerKind kind)
    {
        using var directory = new TemporaryDirectory();
        (string network, string state) = (directory["network.safetensors"], directory["optimizer.safetensors"]);
        var whole = new Run(kind);
        whole.Go(Steps);
        var stopped = new Run(kind);
        stopped.Go(StoppedAfter);
        ParameterFile.Save(network, stopped.Network.NamedParameters);
        OptimizerFile.Save(state, stopped.Optimizer, stopped.Network.NamedParameters);

        var resumed = new Run(kind);
        ParameterFile.Load(network, resumed.Network.NamedParameters);
        OptimizerFile.Load(state, resumed.Optimizer, resumed.Network.NamedParameters);
        resumed.Pass.Step = StoppedAfter;
        resumed.Go(Steps - StoppedAfter);
        Bits.AssertValuesEqual(whole.Network.Parameters, resumed.Network.Parameters);
    }

    [Fact]
    public void Load_OfAnUnfitFile_NamesWhatIsWrong()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["optimizer.safetensors"];
        var run = new Run(OptimizerKind.Adam);
        OptimizerFile.Save(path, run.Optimizer, run.Network.NamedParameters);
        string Fault(Optimizer optimizer, IEnumerable<NamedParameter> parameters) =>
            Assert.ThrowsAny<Exception>(() => OptimizerFile.Load(path, optimizer, parameters)).Message;

        var other = new Dense(3, 2);
        Assert.Contains(
            "it is the state of \"adam\", but the optimiser is \"sgd\"",
            Fault(new Optimizer(OptimizerKind.Sgd, run.Network.Parameters), run.Network.NamedParameters));
        Assert.Contains("'first.weight' [2, 3] is missing",
            Fault(new Optimizer(OptimizerKind.Adam, other.Parameters), other.NamedParameters));
        Assert.Contains("is not among those given", Fault(run.Optimizer, other.NamedParameters));
        ParameterFile.Save(path, other.NamedParameters);
        Assert.Contains("metadata 'optimizer': the key is missing", Fault(run.Optimizer, run.Network.NamedParameters));
    }

    private sealed class Run
    {
        private static readonly SequenceBatch s_tokens = SequenceBatch.OfTokens([[0, 3, 2], [5, 1], [4]]);

        public Run(OptimizerKind kind)
        {
            Network = new Sequential(
                new Embedding(6, 4), new Recurrent(CellKind.Gru, 4, 5) { RecurrentDropout = 0.3f }, new PoolingLayer(),
                new Dense(5, 2));
            Network.Initialise(seed: 1);
            Optimizer = new Optimizer(kind, Network.Parameters) { Clip = 1f };
        }

        public Sequential Network { get; }

        public Optimizer Optimizer { get; }

        public Pass Pass { get; } = new(seed: 5, threads: 1);

        public void Go(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                Pass.Begin();
                Pass.CrossEntropy(Network.Forward(Pass, s_tokens), [0, 1, 1]);
                Pass.Backward();
                Optimizer.Step(threads: 1);
            }
        }
    }
}
