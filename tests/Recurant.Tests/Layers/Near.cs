namespace Recurant.Tests.Layers;

/// <summary>Comparing single precision with a more precise computation of the same numbers.</summary>
internal static class Near
{
    /// <summary>
    /// Every difference is at most the tolerance times the largest magnitude of the expected tensor, or the tolerance
    /// itself where all are small.
    /// </summary>
    public static void AssertEqual(IReadOnlyList<double> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.True(expected.Count == actual.Length, $"{what}: {actual.Length} numbers instead of {expected.Count}.");
        double largest = 1;
        foreach (double value in expected) largest = Math.Max(largest, Math.Abs(value));
        for (int i = 0; i < actual.Length; i++)
        {
            // Written so that a NaN fails.
            if (!(Math.Abs(actual[i] - expected[i]) <= tolerance * largest))
            {
                Assert.Fail($"{what} [{i}]: {actual[i]:G9} instead of {expected[i]:G9}.");
            }
        }
    }

    public static void AssertEqual(float[] expected, ReadOnlySpan<float> actual, double tolerance, string what) =>
        AssertEqual(Array.ConvertAll(expected, value => (double)value), actual, tolerance, what);
}
