using System.Text.Json.Nodes;

namespace Recurant.Tests.Storage;

/// <summary>A model file taken apart, to be put together again with one thing changed.</summary>
internal sealed class ModelFileCase
{
    public static readonly string[] Words = ["<unk>", "good", "bad", "not", "film", "the"];

    public static readonly string[] Characters = ["<unk>", "e", "\U0001F600", "F"];

    public SortedDictionary<string, string> Metadata { get; } = [];

    public List<(string Name, int[] Shape, float[] Values)> Tensors { get; } = [];

    /// <summary>A model of distinct weights that knows five words and three labels.</summary>
    public static ClassifierModel Model(ClassifierSpec spec)
    {
        Vocabulary? characters = spec.CharacterSize > 0 ? new Vocabulary(Characters) : null;
        var model = new ClassifierModel(spec, new Vocabulary(Words), ["bad", "good", "mixed"], characters);
        ulong seed = 5;
        foreach (Parameter parameter in model.Parameters) parameter.InitialiseUniform(seed++, 0, 0.6f);
        return model;
    }

    public static ClassifierSpec Spec { get; } = new()
    {
        VocabularySize = Words.Length, Classes = 3, EmbeddingSize = 4,
            Recurrent = new RecurrentSpec
            {
                HiddenSize = 5, Layers = 1,
            },
    };

    /// <summary>A classifier that reads the characters of words.</summary>
    public static ClassifierSpec Spelling { get; } =
        Spec with { CharacterSize = 3, CharacterVocabularySize = Characters.Length, CharacterEmbeddingSize = 2 };

    /// <summary>Saves a model and reads everything that its file holds.</summary>
    public static ModelFileCase Of(ClassifierModel model)
    {
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"];
        ModelFile.Save(model, path);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        var parts = new ModelFileCase();
        foreach ((string key, string value) in file.Metadata) parts.Metadata[key] = value;
        foreach (TensorInfo tensor in file.Tensors)
        {
            parts.Tensors.Add((tensor.Name, [.. tensor.Shape.Select(extent => (int)extent)], file.ReadFloats(tensor.Name)));
        }

        return parts;
    }

    /// <summary>Changes the specification.</summary>
    public ModelFileCase Specification(Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(Metadata["recurant"])!.AsObject();
        change(json);
        Metadata["recurant"] = json.ToJsonString();
        return this;
    }

    public void Save(string path)
    {
        var writer = new SafetensorsWriter();
        foreach ((string key, string value) in Metadata) writer.AddMetadata(key, value);
        foreach ((string name, int[] shape, float[] values) in Tensors) writer.Add(name, shape, values);
        writer.Save(path);
    }

    /// <summary>The message of the fault that loading must meet with, behind the name of the file.</summary>
    public string Fault()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"];
        Save(path);
        var fault = Assert.Throws<InvalidDataException>(() => ModelFile.Load<ClassifierModel>(path));
        Assert.StartsWith(path + ": ", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
        return fault.Message[(path.Length + 2)..];
    }
}
