using System.Runtime.Intrinsics;

namespace Recurant.Tests.Numerics;

public class WideningFusedMultiplyAddTests
{
    private static readonly float[] s_corners =
    [
        0f, 1f, 3f, 1f / 3f, 1f + FloatStep, 1f - FloatStep / 2, 16777217f, 0.1f, 1e-20f, 1e20f, 4097f, 8193f / 8192f,
        float.Epsilon, 3 * float.Epsilon, 1.17549435e-38f, float.MaxValue, float.MaxValue / 2, 2f, 0.5f,
        float.PositiveInfinity,
    ];

    private const float FloatStep = 1.1920929e-7f;

    [Fact]
    public void Compute_CornersOfTheRange_RoundsOnce()
    {
        float[] signed = [.. s_corners, .. s_corners.Select(value => -value), float.NaN];
        foreach (float a in signed)
        {
            foreach (float b in signed)
            {
                foreach (float c in signed) Check(a, b, c);
            }
        }
    }

    [Fact]
    public void Compute_AnyBits_RoundsOnce()
    {
        Random random = new(1);
        for (int i = 0; i < 400_000; i++) Check(AnyFloat(random), AnyFloat(random), AnyFloat(random));
    }

    /// <summary>The addend nearly cancels the product, or is so far away that only its sign tells how to round.</summary>
    [Fact]
    public void Compute_AddendNearOrFarFromTheProduct_RoundsOnce()
    {
        Random random = new(2);
        for (int i = 0; i < 400_000; i++)
        {
            float a = 1 + random.NextSingle(), b = 1 + random.NextSingle();
            float near = -a * b * (1 + (random.Next(9) - 4) * FloatStep);
            float far = MathF.ScaleB(random.NextSingle() - 0.5f, random.Next(-80, 80));
            Check(a, b, near);
            Check(a, b, far);
            // A product of 12 by 12 bits is a float or half way between two: the tie that rounding twice gets wrong.
            Check(random.Next(1 << 12, 1 << 13), random.Next(1 << 12, 1 << 13), far);
        }
    }

    private static float AnyFloat(Random random) => BitConverter.Int32BitsToSingle((int)random.NextInt64());

    private static void Check(float a, float b, float c)
    {
        float expected = MathF.FusedMultiplyAdd(a, b, c);
        Vector128<float> actual = WideningFusedMultiplyAdd.Compute(
            Vector128.Create(a, -a, 0, a), Vector128.Create(b, b, b, 1), Vector128.Create(c, c, c, c));
        Same(expected, actual[0]);
        Same(MathF.FusedMultiplyAdd(-a, b, c), actual[1]);
        Same(MathF.FusedMultiplyAdd(0, b, c), actual[2]);
        Same(MathF.FusedMultiplyAdd(a, 1, c), actual[3]);

        void Same(float one, float other)
        {
            bool same = float.IsNaN(one)
                ? float.IsNaN(other)
                : BitConverter.SingleToInt32Bits(one) == BitConverter.SingleToInt32Bits(other);
            if (!same) Assert.Fail($"fma({a:r}, {b:r}, {c:r}): {other:r} instead of {one:r}");
        }
    }
}
