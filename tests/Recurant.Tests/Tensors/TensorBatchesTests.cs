using System.Numerics.Tensors;
using Recurant.Tensors;

namespace Recurant.Tests.Tensors;

public class TensorBatchesTests
{
    [Fact]
    public void ToBatch_PaddedTensor_ReadsEachSequenceAsFarAsItGoes()
    {
        float[] values = [1, 2, 3, 4, float.NaN, float.NaN, 5, 6, 7, 8, 9, 10];
        SequenceBatch batch = new ReadOnlyTensorSpan<float>(values, [2, 3, 2]).ToBatch([2, 3]);

        Assert.Equal([1f, 2, 3, 4], batch.ToArray(0));
        Assert.Equal([5f, 6, 7, 8, 9, 10], batch.ToArray(1));
        float[] back = new float[16];
        batch.CopyTo(new TensorSpan<float>(back, [2, 4, 2]), padding: -1);
        Assert.Equal([1f, 2, 3, 4, -1, -1, -1, -1, 5, 6, 7, 8, 9, 10, -1, -1], back);
    }

    /// <summary>A slice whose rows do not follow one another: every second column, the last sequence.</summary>
    [Fact]
    public void ToBatch_SliceOfATensor_ReadsItsElements()
    {
        var whole = new ReadOnlyTensorSpan<float>(Bits.Random(2 * 3 * 5, 1), [2, 3, 5]);
        SequenceBatch batch = whole.Slice([1..2, 0..3, 1..4]).ToBatch();

        Assert.Equal((1, 3, 3), (batch.Sequences, batch.Steps, batch.Size));
        for (int t = 0; t < 3; t++) for (int j = 0; j < 3; j++) Assert.Equal(whole[1, t, 1 + j], batch[0, t][j]);
    }

    [Fact]
    public void Forward_OfATensor_GivesTheBitsOfTheBatch()
    {
        var network = new Sequential(new Recurrent(Recurant.Cells.CellKind.Gru, 2, 5), new PoolingLayer(), new Dense(5, 3));
        network.Initialise(1);
        float[] values = Bits.Random(24, 1), rows = new float[9];
        var pass = new Pass(threads: 1);
        pass.Begin(PassKind.Prediction);
        float[] expected = network.Forward(pass, SequenceBatch.Of([4, 4, 4], values, size: 2)).ToArray(1);
        pass.Begin(PassKind.Prediction);
        network.Forward(pass, new ReadOnlyTensorSpan<float>(values, [3, 4, 2])).CopyTo(new TensorSpan<float>(rows, [3, 3]));

        Bits.AssertEqual(expected, rows.AsSpan(3, 3), "the second sequence");
        ReadOnlyTensorSpan<float> weights = ((Dense)network.Layers[2]).Weights.AsTensor();
        Assert.Equal([3, 5], weights.Lengths.ToArray());
        Assert.Equal(((Dense)network.Layers[2]).Weights.Values[7], weights[1, 2]);
    }

    [Fact]
    public void Mistakes_EachOne_IsNamed()
    {
        static string Of(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        float[] six = new float[6];
        Assert.Contains("[B, T, N] or [B, N]", Of(() => new ReadOnlyTensorSpan<float>(six, [6]).ToBatch()));
        Assert.Contains("lengths are [2, 4]", Of(() => new ReadOnlyTensorSpan<float>(six, [2, 3, 1]).ToBatch([2, 4])));
        Assert.Contains("[1, 3 or more, 2] is expected", Of(() =>
            SequenceBatch.Of([six], size: 2).CopyTo(new TensorSpan<float>(six, [1, 2, 3]))));
    }
}
