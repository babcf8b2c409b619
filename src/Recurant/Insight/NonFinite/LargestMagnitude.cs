using System.Numerics;
using System.Runtime.InteropServices;

namespace Recurant.Insight;

/// <summary>max |x|, quickly: it is asked for in every step of training.</summary>
internal static class LargestMagnitude
{
    /// <summary>The largest magnitude of the numbers; 0 of none, and NaN is passed over.</summary>
    public static float Of(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> largest = Vector<float>.Zero;
        foreach (Vector<float> vector in vectors) largest = Vector.MaxNumber(largest, Vector.Abs(vector));
        float result = 0;
        for (int i = 0; i < Vector<float>.Count; i++) result = Math.Max(result, largest[i]);
        foreach (float value in values[(vectors.Length * Vector<float>.Count)..])
        {
            if (Math.Abs(value) > result) result = Math.Abs(value);
        }

        return result;
    }
}
