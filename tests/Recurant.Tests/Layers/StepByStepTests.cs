namespace Recurant.Tests.Layers;

/// <summary>Passes that go step by step; that they give the same bits is tested with the models that use them.</summary>
public class StepByStepTests
{
    private readonly Pass _pass = new(threads: 1);
    private readonly StepByStep _steps;
    private readonly SequenceBatch _step = SequenceBatch.Of([[0.25f, -0.5f]], size: 2);

    public StepByStepTests() => _steps = new StepByStep(stack => new RecurrentStream(stack, Workers.ForThreads(1)));

    [Fact]
    public void Run_LayersThatNeedLaterSteps_AreRefusedByName()
    {
        Layer[] layers =
        [
            new Conv1d(2, 3, 3), new Recurrent(CellKind.Gru, 2, 4, bidirectional: true),
            new PoolingLayer(Pooling.Last, directions: 2), new AttentionPooling(2, 2),
        ];
        foreach (Layer layer in layers)
        {
            _pass.BeginStep(_steps, isKept: true);
            Assert.StartsWith(
                $"{layer.GetType().Name} needs later steps",
                Assert.Throws<NotSupportedException>(() => layer.Forward(_pass, _step)).Message);
        }
    }

    [Fact]
    public void Run_SeveralSteps_AreRefused()
    {
        _pass.BeginStep(_steps, isKept: true);
        Assert.Throws<ArgumentException>(() => new Dense(1, 1).Forward(_pass, SequenceBatch.Of([[1f, 2f]])));
        _pass.Begin(PassKind.Prediction);
        Assert.Equal(2, new Dense(1, 1).Forward(_pass, SequenceBatch.Of([[1f, 2f]])).Steps);
    }

    [Theory]
    [InlineData(Pooling.Last)]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.Max)]
    public void Forward_PoolingOfZerosBelowZero_GivesTheBitsOfTheWholeSequence(Pooling pooling)
    {
        // 0 and -0 are equal, and of equal values the first counts; a sum from zero is never -0.
        float[] values = [-0f, 0f, -0f, -1f, 3f, 3f, -0f, 2f];
        var layer = new PoolingLayer(pooling);
        var whole = new Pass(threads: 1);
        var step = new SequenceBatch();
        for (int t = 0; t < values.Length; t++)
        {
            whole.Begin(PassKind.Prediction);
            float[] expected = layer.Forward(whole, SequenceBatch.Of([values[..(t + 1)]])).ToArray(0);
            step.Set([[values[t]]]);
            foreach (bool isKept in new[] { false, false, true })
            {
                _pass.BeginStep(_steps, isKept);
                Bits.AssertEqual(expected, layer.Forward(_pass, step).ToArray(0), $"step {t}, kept: {isKept}");
            }
        }
    }
}
