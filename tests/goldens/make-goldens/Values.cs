using TorchSharp;
using static TorchSharp.torch;

namespace Recurant.Goldens;

/// <summary>Random values that float32 holds exactly, and the way between them and double-precision tensors.</summary>
internal static class Values
{
    /// <summary>The largest difference allowed between PyTorch's results in double and in single precision.</summary>
    /// <remarks>A wrong equation shows as 0.01 or more; rounding over six steps and two layers stays under 1e-5.</remarks>
    public const double SinglePrecisionTolerance = 2e-5;

    /// <summary>Uniform in [-scale, scale), rounded to float32.</summary>
    public static float[] Uniform(Random random, long count, float scale)
    {
        var values = new float[count];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(random.NextDouble() * 2 - 1) * scale;
        return values;
    }

    public static Tensor ToTensor(float[] values, long[] shape, ScalarType type) => tensor(values).reshape(shape).to(type);

    public static double[] ToDoubles(Tensor tensor) =>
        tensor.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    public static float[] ToFloats(double[] values) => Array.ConvertAll(values, value => (float)value);

    public static double LargestDifference(double[] a, double[] b)
    {
        if (a.Length != b.Length) throw new InvalidOperationException($"compared {a.Length} values with {b.Length}");
        double largest = 0;
        for (int i = 0; i < a.Length; i++) largest = Math.Max(largest, Math.Abs(a[i] - b[i]));
        return largest;
    }

    /// <summary>Fails when two computations that must agree do not.</summary>
    public static void MustAgree(string what, double[] a, double[] b, double tolerance)
    {
        double difference = LargestDifference(a, b);
        if (!(difference <= tolerance))
        {
            throw new InvalidOperationException($"{what}: differs by {difference:g3}, more than {tolerance:g3} is not allowed");
        }
    }
}
