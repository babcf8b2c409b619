using System.Runtime.InteropServices;

namespace Recurant.Tests.Numerics;

/// <summary>Comparing floats by their bits, and distinct numbers to compute with.</summary>
internal static class Bits
{
    /// <summary>Stands where nothing may be written: a number that no computation of the tests gives.</summary>
    public const float Sentinel = -123456.789f;

    public static ReadOnlySpan<int> Of(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, int>(values);

    public static bool Equal(ReadOnlySpan<float> left, ReadOnlySpan<float> right) => Of(left).SequenceEqual(Of(right));

    /// <summary>The same bits in the values of every parameter.</summary>
    public static void AssertValuesEqual(IEnumerable<Parameter> expected, IEnumerable<Parameter> actual)
    {
        foreach ((Parameter one, Parameter other) in expected.Zip(actual)) AssertEqual(one.Value, other.Value, one.Name);
    }

    /// <summary>The same bits in the gradients of every parameter.</summary>
    public static void AssertGradientsEqual(IEnumerable<Parameter> expected, IEnumerable<Parameter> actual)
    {
        foreach ((Parameter one, Parameter other) in expected.Zip(actual)) AssertEqual(one.Gradient, other.Gradient, one.Name);
    }

    public static void AssertEqual(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        if (Equal(expected, actual)) return;
        int first = Of(expected).CommonPrefixLength(Of(actual));
        Assert.Fail(
            $"{what}: lengths {expected.Length} and {actual.Length}; at {first} expected " +
            $"{(first < expected.Length ? expected[first] : 0):G9}, was {(first < actual.Length ? actual[first] : 0):G9}.");
    }

    /// <summary>Distinct numbers in [-1, 1), the same for the same seed.</summary>
    public static float[] Random(int count, ulong seed)
    {
        float[] values = new float[count];
        new Philox(seed, RandomPurpose.Initialisation).FillUniform(values, -1f, 1f);
        return values;
    }

    public static FloatBuffer Buffer(ReadOnlySpan<float> values)
    {
        var buffer = new FloatBuffer(values.Length);
        values.CopyTo(buffer.Span);
        return buffer;
    }

    public static FloatBuffer RandomBuffer(int count, ulong seed) => Buffer(Random(count, seed));

    /// <summary>A matrix of its own.</summary>
    public static Matrix RandomMatrix(int rows, int columns, ulong seed) =>
        new(RandomBuffer(rows * columns, seed), 0, rows, columns);

    /// <summary>All elements, row by row, however far apart the rows lie.</summary>
    public static float[] Values(Matrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        for (int row = 0; row < matrix.Rows; row++) matrix.Row(row).CopyTo(values.AsSpan(row * matrix.Columns));
        return values;
    }

    public static Matrix Zeros(int rows, int columns) => new(new FloatBuffer(rows * columns), 0, rows, columns);
}
