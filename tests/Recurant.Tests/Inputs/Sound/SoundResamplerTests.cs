namespace Recurant.Tests.Inputs.Sound;

public class SoundResamplerTests
{
    /// <summary>Samples at either end that the zeros around the clip are seen in.</summary>
    private const int Border = 400;

    [Theory]
    [InlineData(8_000, 16_000, 440)]
    [InlineData(44_100, 16_000, 440)]
    [InlineData(48_000, 16_000, 7_000)]
    [InlineData(16_000, 44_100, 3_000)]
    [InlineData(16_000, 8_000, 3_500)]
    [InlineData(22_050, 16_000, 1_000)]
    [InlineData(44_101, 16_000, 1_000)]
    public void Resample_Sine_StaysThatSine(int from, int to, double frequency)
    {
        float[] resampled = SoundResampler.Resample(Sine(from, from, frequency), from, to);
        Assert.Equal(to, resampled.Length);
        float[] exact = Sine(to, to, frequency);
        double signal = 0, noise = 0;
        for (int i = Border; i < to - Border; i++)
        {
            signal += exact[i] * (double)exact[i];
            noise += (resampled[i] - (double)exact[i]) * (resampled[i] - (double)exact[i]);
        }

        double ratio = 10 * Math.Log10(signal / noise);
        Assert.True(ratio > 90, $"{from} to {to} Hz, {frequency} Hz: {ratio:F1} dB");
    }

    [Theory]
    [InlineData(44_100, 16_000, 8_050)]
    [InlineData(44_100, 16_000, 12_000)]
    [InlineData(16_000, 8_000, 4_100)]
    [InlineData(48_000, 8_000, 20_000)]
    public void Resample_ToneAboveHalfTheRate_IsGone(int from, int to, double frequency)
    {
        float[] resampled = SoundResampler.Resample(Sine(from, from, frequency), from, to);
        double left = 20 * Math.Log10(resampled[Border..^Border].Max(Math.Abs));
        Assert.True(left < -90, $"{frequency} Hz at {from} to {to} Hz leaves {left:F1} dB");
    }

    [Fact]
    public void Resample_Constant_StaysConstant() => Assert.All(
        SoundResampler.Resample([.. Enumerable.Repeat(1f, 4_000)], 44_100, 16_000)[100..^100],
        x => Assert.Equal(1f, x, 1e-5f));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(441, 160)]
    public void Resample_AnyLength_RoundsUp(int length, int expected) =>
        Assert.Equal(expected, SoundResampler.Resample(new float[length], 44_100, 16_000).Length);

    [Fact]
    public void Resample_SameRate_IsACopy() => Assert.Equal([1f, 2f], SoundResampler.Resample([1f, 2f], 16_000, 16_000));

    [Theory]
    [InlineData(0, 16_000)]
    [InlineData(16_000, 0)]
    [InlineData(16_000, 768_001)]
    [InlineData(16_000, 10)]
    public void Resample_RateOutsideItsRange_Refuses(int from, int to) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SoundResampler.Resample([1f], from, to));

    private static float[] Sine(int length, int rate, double frequency) =>
        [.. Enumerable.Range(0, length).Select(i => (float)Math.Sin(2 * Math.PI * frequency * i / rate))];
}
