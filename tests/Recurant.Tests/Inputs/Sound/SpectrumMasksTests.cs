namespace Recurant.Tests.Inputs.Sound;

public class SpectrumMasksTests
{
    private const int Frames = 100, Bands = 40;

    [Fact]
    public void Apply_FrequencyMask_HidesTheSameBandsOfAllFramesAndTheirDifferences()
    {
        var masks = new SpectrumMasks { FrequencyMasks = 1, TimeMasks = 0, WidestMask = 10 };
        var widths = new HashSet<int>();
        for (ulong step = 0; step < 200; step++)
        {
            bool[,] hidden = Hidden(masks, step, 3 * Bands);
            bool[] first = [.. Enumerable.Range(0, Bands).Select(j => hidden[0, j])];
            for (int t = 0; t < Frames; t++)
            {
                for (int j = 0; j < 3 * Bands; j++) Assert.Equal(first[j % Bands], hidden[t, j]);
            }

            int count = first.Count(x => x);
            widths.Add(count);
            Assert.Equal(count, Array.LastIndexOf(first, true) - Array.IndexOf(first, true) + (count > 0 ? 1 : 0));
        }

        Assert.Equal(Enumerable.Range(0, 11), widths.Order());
    }

    [Fact]
    public void Apply_TimeMask_HidesWholeFramesUpToItsShare()
    {
        var masks = new SpectrumMasks { FrequencyMasks = 0, TimeMasks = 1, LongestMask = 100, LongestShare = 0.07f };
        var lengths = new HashSet<int>();
        for (ulong step = 0; step < 200; step++)
        {
            bool[,] hidden = Hidden(masks, step, Bands);
            int count = 0;
            for (int t = 0; t < Frames; t++)
            {
                for (int j = 1; j < Bands; j++) Assert.Equal(hidden[t, 0], hidden[t, j]);
                if (hidden[t, 0]) count++;
            }

            lengths.Add(count);
        }

        Assert.Equal(Enumerable.Range(0, 8), lengths.Order());
    }

    [Fact]
    public void Apply_SameStream_SameBits()
    {
        float[] once = Bits.Random(Frames * Bands, 3), twice = [.. once], other = [.. once];
        new SpectrumMasks().Apply(Stream(5), once, Bands, Bands);
        new SpectrumMasks().Apply(Stream(5), twice, Bands, Bands);
        new SpectrumMasks().Apply(Stream(6), other, Bands, Bands);
        Bits.AssertEqual(once, twice, "the same step");
        Assert.False(Bits.Equal(once, other));
    }

    [Fact]
    public void Apply_NoMasks_ChangesNothing()
    {
        float[] features = Bits.Random(Frames * Bands, 3), before = [.. features];
        new SpectrumMasks { FrequencyMasks = 0, TimeMasks = 0 }.Apply(Stream(1), features, Bands, Bands);
        Bits.AssertEqual(before, features, "features");
        new SpectrumMasks().Apply(Stream(1), [], Bands, Bands);
    }

    [Theory]
    [InlineData(41, 40)]
    [InlineData(40, 0)]
    [InlineData(20, 40)]
    public void Apply_OtherShape_Refuses(int width, int bands) => Assert.Throws<ArgumentException>(
        () => new SpectrumMasks().Apply(Stream(1), new float[80], width, bands));

    /// <summary>Which cells became the mean of their column.</summary>
    private static bool[,] Hidden(SpectrumMasks masks, ulong step, int width)
    {
        float[] before = Bits.Random(Frames * width, 9), features = [.. before];
        masks.Apply(Stream(step), features, width, Bands);
        var hidden = new bool[Frames, width];
        for (int i = 0; i < before.Length; i++)
        {
            hidden[i / width, i % width] = features[i] != before[i];
            if (features[i] == before[i]) continue;
            double mean = 0;
            for (int t = 0; t < Frames; t++) mean += before[t * width + i % width] / (double)Frames;
            Assert.Equal(mean, features[i], 1e-6);
        }

        return hidden;
    }

    private static Philox Stream(ulong step) => new(1, RandomPurpose.Augmentation, step);
}
