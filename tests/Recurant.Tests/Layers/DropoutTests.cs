namespace Recurant.Tests.Layers;

public class DropoutTests
{
    private const int Columns = 21;

    [Fact]
    public void MakeMask_OtherLengths_KeepsTheMaskOfEachPlaceInTheList()
    {
        Philox stream = new DropoutPlan { Seed = 3, Step = 8 }.Stream(RandomPurpose.InputDropout);
        float[][] first = Masks([2, 5, 3], stream), second = Masks([4, 1, 9], stream);
        for (int i = 0; i < 3; i++) Bits.AssertEqual(first[i], second[i], $"place {i}");
        Assert.NotEqual(first[0], first[1]);
        Assert.NotEqual(first[1], first[2]);
    }

    [Fact]
    public void Stream_OtherPurposeStepOrPart_GivesOtherMasks()
    {
        DropoutPlan plan = new() { Seed = 3, Step = 8 };
        float[][] masks =
        [
            Masks([4], plan.Stream(RandomPurpose.InputDropout))[0],
            Masks([4], plan.Stream(RandomPurpose.LayerDropout))[0],
            Masks([4], plan.Stream(RandomPurpose.LayerDropout, part: 1))[0],
            Masks([4], (plan with { Step = 9 }).Stream(RandomPurpose.LayerDropout))[0],
            Masks([4], (plan with { Seed = 4 }).Stream(RandomPurpose.LayerDropout))[0],
        ];
        for (int i = 0; i < masks.Length; i++)
        {
            for (int j = 0; j < i; j++) Assert.NotEqual(masks[i], masks[j]);
        }
    }

    [Fact]
    public void Apply_EveryStep_MultipliesTheRowsOfASequenceByItsMask()
    {
        BatchLayout batch = new();
        batch.Fill([3, 1, 2]);
        RowStore mask = new();
        Dropout.MakeMask(mask, batch, Columns, 0.5f, new DropoutPlan { Seed = 1 }.Stream(RandomPurpose.InputDropout));
        Matrix source = Bits.RandomMatrix(batch.Rows, Columns, 1), destination = Bits.Zeros(batch.Rows, Columns);
        Dropout.Apply(Workers.ForThreads(2), batch, mask, source, destination);
        for (int b = 0; b < batch.Sequences; b++)
        {
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                int row = batch.RowStart(t) + b;
                for (int j = 0; j < Columns; j++) Assert.Equal(source.Row(row)[j] * mask.Row(b)[j], destination.Row(row)[j]);
            }
        }

        Dropout.Apply(Workers.ForThreads(2), batch, mask, source, source);
        Bits.AssertEqual(destination.Span, source.Span, "in place");
    }

    /// <summary>The masks in the order of the list.</summary>
    private static float[][] Masks(int[] lengths, Philox stream)
    {
        BatchLayout batch = new();
        batch.Fill(lengths);
        RowStore mask = new();
        Dropout.MakeMask(mask, batch, Columns, 0.5f, stream);
        float[][] masks = new float[lengths.Length][];
        for (int b = 0; b < lengths.Length; b++) masks[batch.Order[b]] = mask.Row(b).ToArray();
        return masks;
    }
}
