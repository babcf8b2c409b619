using System.Runtime.InteropServices;

namespace Recurant.Bench.Peers;

/// <summary>Named arrays on their way from a worker to the driver.</summary>
internal static class ResultFile
{
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
}
