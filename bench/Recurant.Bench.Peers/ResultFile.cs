using System.Runtime.InteropServices;

namespace Recurant.Bench.Peers;

/// <summary>Named arrays on their way from a worker to the driver, and how two engines' arrays are compared.</summary>
internal static class ResultFile
{
    // Single-precision sums in different orders over up to 784 steps; a wrong gate or a lost step shows as 0.01 or more.
    private const double Tolerance = 1e-3;

    public static void Write(string path, IEnumerable<(string Name, float[] Values)> results)
    {
        using var writer = new BinaryWriter(File.Create(path));
        foreach ((string name, float[] values) in results)
        {
            writer.Write(name);
            writer.Write(values.Length);
            writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }
    }

    public static Dictionary<string, float[]> Read(string path)
    {
        var results = new Dictionary<string, float[]>();
        using var reader = new BinaryReader(File.OpenRead(path));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            string name = reader.ReadString();
            var values = new float[reader.ReadInt32()];
            reader.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            results.Add(name, values);
        }

        return results;
    }

    /// <summary>Throws where two engines do not compute the same.</summary>
    public static void MustAgree(
        string what, string nameA, Dictionary<string, float[]> a, string nameB, Dictionary<string, float[]> b)
    {
        if (!a.Keys.ToHashSet().SetEquals(b.Keys))
        {
            throw new InvalidOperationException(
                $"{what}: {nameA} computed {string.Join(", ", a.Keys)}, {nameB} {string.Join(", ", b.Keys)}");
        }

        foreach ((string name, float[] values) in a)
        {
            double difference = RelativeDifference(values, b[name]);
            if (!(difference <= Tolerance))
            {
                throw new InvalidOperationException(
                    $"{what}: '{name}' of {nameA} and {nameB} differ by {difference:g3} of the largest value; "
                    + "this row and those after it were not timed");
            }
        }
    }

    private static double RelativeDifference(float[] a, float[] b)
    {
        double largest = 0;
        double difference = a.Length == b.Length ? 0 : double.NaN;
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            largest = Math.Max(largest, Math.Abs(a[i]));
            difference = Math.Max(difference, Math.Abs(a[i] - (double)b[i]));
        }

        return largest > 0 ? difference / largest : double.NaN;
    }
}
