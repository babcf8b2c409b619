using System.Runtime.Intrinsics;

namespace Recurant.Tests.Inputs.Sound;

public class RealFftTests
{
    /// <summary>Rounding of log2 N steps in single precision, relative to the energy of all samples.</summary>
    private const double Tolerance = 3e-7;

    public static TheoryData<int> Sizes => [8, 16, 32, 64, 128, 256, 512, 1024];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Power_AnySize_AgreesWithTheSumOfTheDefinition(int size)
    {
        float[][] signals = Signals(size);
        float[] power = Power<Width128, Vector128<float>>(signals, size);
        for (int f = 0; f < signals.Length; f++)
        {
            double[] expected = SoundReference.Power(Array.ConvertAll(signals[f], x => (double)x));
            double energy = size * signals[f].Sum(x => (double)x * x);
            for (int k = 0; k <= size / 2; k++)
            {
                Assert.InRange(power[k * 16 + f] - expected[k], -Tolerance * energy, Tolerance * energy);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Power_AnyWidth_SameBits(int size)
    {
        float[][] signals = Signals(size);
        float[] expected = Power<Width128, Vector128<float>>(signals, size);
        Bits.AssertEqual(expected, Power<Width256, Vector256<float>>(signals, size), "256 bits");
        Bits.AssertEqual(expected, Power<Width512, Vector512<float>>(signals, size), "512 bits");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(12)]
    public void New_NoPowerOfTwo_Refuses(int size) => Assert.Throws<ArgumentOutOfRangeException>(() => new RealFft(size));

    private static float[][] Signals(int size) =>
        [.. Enumerable.Range(0, 16).Select(f => Bits.Random(size, (ulong)(100 * size + f)))];

    private static float[] Power<TWidth, TVector>(float[][] signals, int size)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        var fft = new RealFft(size);
        float[] work = new float[fft.WorkLength], power = new float[fft.PowerLength];
        for (int f = 0; f < 16; f++)
        {
            for (int i = 0; i < size; i++) work[fft.PlaceOf(i) + f] = signals[f][i];
        }

        for (int lane = 0; lane < 16; lane += TWidth.Count) fft.Power<TWidth, TVector, WholeVector>(work, power, lane, 16 - lane);
        return power;
    }
}
