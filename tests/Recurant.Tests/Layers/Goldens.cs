using System.Text.Json;

namespace Recurant.Tests.Layers;

/// <summary>The golden values of PyTorch in tests/goldens; its README says what each is.</summary>
internal static class Goldens
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "goldens");

    public static JsonElement ReadJson(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, file)));
        return document.RootElement.Clone();
    }

    /// <summary>All tensors of a file.</summary>
    public static Dictionary<string, float[]> ReadTensors(string file)
    {
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(Folder, file));
        return tensors.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensors.ReadFloats(tensor.Name));
    }
}
