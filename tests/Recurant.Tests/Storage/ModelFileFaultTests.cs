using System.Text.Json.Nodes;
using JsonValue = System.Text.Json.Nodes.JsonValue;

namespace Recurant.Tests.Storage;

/// <summary>Every kind of damage to a model file meets with a fault that names the file and the place.</summary>
public class ModelFileFaultTests
{
    // A model of this size takes some kilobytes; the header, JSON and the exception need the rest.
    private const long MostAllocated = 4_000_000;

    public static TheoryData<string> Properties =>
        [.. JsonNode.Parse(Good().Metadata["recurant"])!.AsObject().SelectMany(pair => pair.Value is JsonObject inner
            ? inner.Select(member => $"{pair.Key}.{member.Key}") : [pair.Key])];

    /// <summary>The object that holds a property, and the property's name in it.</summary>
    private static (JsonObject Holder, string Name) Place(JsonObject json, string property)
    {
        string[] path = property.Split('.');
        return (path.Length == 1 ? json : json[path[0]]!.AsObject(), path[^1]);
    }

    private static void Set(JsonObject json, string property, JsonNode? value)
    {
        (JsonObject holder, string name) = Place(json, property);
        holder[name] = value;
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void Load_PropertyMissing_NamesIt(string property)
    {
        string fault = Good().Specification(json =>
        {
            (JsonObject holder, string name) = Place(json, property);
            holder.Remove(name);
        }).Fault();
        Assert.StartsWith($"metadata 'recurant': the specification lacks \"{property}\"", fault, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void Load_PropertyOfAnotherType_NamesIt(string property)
    {
        foreach (JsonNode? wrong in new JsonNode?[] { null, new JsonArray(1), new JsonObject() })
        {
            string fault = Good().Specification(json => Set(json, property, wrong)).Fault();
            Assert.StartsWith($"metadata 'recurant': \"{property}\" is ", fault, StringComparison.Ordinal);
            Assert.Contains("expected", fault, StringComparison.Ordinal);
        }

        // A text where a number or a flag stands, and a fraction where anything else does.
        bool isText = Good().Metadata["recurant"].Contains($"\"{property.Split('.')[^1]}\":\"", StringComparison.Ordinal);
        JsonNode other = isText || property != "recurrent.forget_bias" ? JsonValue.Create(1.5) : JsonValue.Create("x");
        Assert.Contains($"\"{property}\"", Good().Specification(json => Set(json, property, other)).Fault(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format", 3, "the specification has format 3, but this version of Recurant reads format 2")]
    [InlineData("format", 1,
        "the specification has format 1, that of versions before the first release; this version reads format 2. "
        + "Train the model again.")]
    [InlineData("task", "weaving", "the task \"weaving\" is not known to this version")]
    [InlineData("model", "transformer", "\"model\" is \"transformer\"; expected one of recurrent, feedforward, bag-of-words")]
    [InlineData("recurrent.cell", "Lstm",
        "\"recurrent.cell\" is \"Lstm\"; expected one of elman, lstm, gru, mingru, minlstm, sru, indrnn, lru, peephole-lstm, "
        + "layernorm-lstm, projected-lstm")]
    [InlineData("pooling", "", "\"pooling\" is \"\"; expected one of")]
    [InlineData("recurrent.hidden_size", 0, "HiddenSize is 0; it must be 1 to")]
    [InlineData("recurrent.hidden_size", -5, "HiddenSize is -5")]
    [InlineData("recurrent.layers", 65, "Layers is 65; it must be 1 to 64")]
    [InlineData("embedding_size", -1, "EmbeddingSize is -1")]
    [InlineData("maximum_tokens", 1, "MaximumTokens is 1")]
    [InlineData("direct_buckets", -1, "DirectBuckets is -1")]
    [InlineData("recurrent.hidden_size", 3000000000, "\"recurrent.hidden_size\" is 3000000000; expected a whole number")]
    [InlineData("recurrent.forget_bias", 1e300, "\"recurrent.forget_bias\" is 1E+300; expected a number")]
    public void Load_PropertyOutOfRange_NamesItAndWhatIsExpected(string property, object value, string expected)
    {
        string fault = Good().Specification(json => Set(json, property, JsonValue.Create(value))).Fault();
        Assert.StartsWith("metadata 'recurant': " + expected, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models", 0, "Models is 0; it must be 1 to 100")]
    [InlineData("models", 101, "Models is 101; it must be 1 to 100")]
    [InlineData("models", "two", "\"models\" is \"two\"; expected a whole number")]
    [InlineData("character_size", -1, "CharacterSize is -1; it must be 0 (none) to")]
    [InlineData("maximum_characters", 1, "MaximumCharacters is 1; it must be 2 to")]
    [InlineData("character_embedding_size", 0, "CharacterEmbeddingSize is 0; it must be 1 to")]
    [InlineData("embedding_size", 0, "CharacterSize is 3; it must be 0 (none) unless the model is recurrent")]
    [InlineData("unit", "char", "CharacterSize is 3; it must be 0 (none) unless the model is recurrent")]
    public void Load_CharactersOrModelsOutOfRange_NamesThem(string property, object value, string expected)
    {
        ModelFileCase parts = ModelFileCase.Of(ModelFileCase.Model(ModelFileCase.Spelling with { Models = 2 }));
        string fault = parts.Specification(json => json[property] = JsonValue.Create(value)).Fault();
        Assert.StartsWith("metadata 'recurant': " + expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CharactersMissingOrTooFew_NamesTheKey()
    {
        ModelFileCase parts = ModelFileCase.Of(ModelFileCase.Model(ModelFileCase.Spelling));
        parts.Metadata["characters"] = "[\"<unk>\",\"e\"]";
        Assert.StartsWith(
            "metadata 'characters': it has 2 entries, but \"character_vocabulary_size\" in 'recurant' is 4", parts.Fault(),
            StringComparison.Ordinal);
        parts.Metadata.Remove("characters");
        Assert.StartsWith("metadata 'characters': the key is missing", parts.Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ModelMissingFromAnAverage_NamesItsFirstTensor()
    {
        ModelFileCase parts = ModelFileCase.Of(ModelFileCase.Model(ModelFileCase.Spec with { Models = 2 }));
        parts.Specification(json => json["models"] = 3);
        Assert.StartsWith("the tensor 'models.2.embedding.weight' [6, 4] is missing", parts.Fault(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recurant", "", "metadata 'recurant': ")]
    [InlineData("recurant", "[]", "metadata 'recurant': the specification is not a JSON object")]
    [InlineData("recurant", "{\"format\":2", "metadata 'recurant': ")]
    [InlineData("vocabulary", null, "metadata 'vocabulary': the key is missing")]
    [InlineData("vocabulary", "{}", "metadata 'vocabulary': it is not a JSON array")]
    [InlineData("vocabulary", "[\"<unk>\"", "metadata 'vocabulary': ")]
    [InlineData("vocabulary", "[\"<unk>\",\"a\",\"b\",\"c\",\"d\",\"e\"] x", "metadata 'vocabulary': ")]
    [InlineData("vocabulary", "[\"<unk>\",7]", "metadata 'vocabulary': element 1 is not a string")]
    [InlineData("vocabulary", "[\"<unk>\",\"\\ud800\"]", "metadata 'vocabulary': a text in it is not valid Unicode")]
    [InlineData("vocabulary", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]",
        "metadata 'vocabulary': The first word of a vocabulary must be \"<unk>\"")]
    [InlineData("vocabulary", "[\"<unk>\",\"a\",\"b\",\"a\",\"d\",\"e\"]", "metadata 'vocabulary': The word \"a\" stands twice")]
    [InlineData("vocabulary", "[\"<unk>\",\"a\"]",
        "metadata 'vocabulary': it has 2 entries, but \"vocabulary_size\" in 'recurant' is 6")]
    [InlineData("vocabulary", "[]", "metadata 'vocabulary': The first word")]
    [InlineData("labels", null, "metadata 'labels': the key is missing")]
    [InlineData("labels", "[\"bad\",\"good\"]", "metadata 'labels': it has 2 entries, but \"classes\" in 'recurant' is 3")]
    [InlineData("labels", "[\"bad\",\"good\",\"bad\"]", "metadata 'labels': the label \"bad\" stands twice")]
    [InlineData("labels", "\"bad\"", "metadata 'labels': it is not a JSON array")]
    public void Load_DamagedMetadata_NamesTheKey(string key, string? text, string expected)
    {
        ModelFileCase parts = Good();
        if (text is null) parts.Metadata.Remove(key); else parts.Metadata[key] = text;
        string fault = parts.Fault();
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter '", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileOfAnotherProgram_SaysSo()
    {
        ModelFileCase parts = Good();
        parts.Metadata.Remove("recurant");
        Assert.StartsWith("this is a safetensors file of another program", parts.Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AnyTensorMissing_NamesItAndItsShape()
    {
        for (int i = 0; i < Good().Tensors.Count; i++)
        {
            ModelFileCase parts = Good();
            (string name, int[] shape, _) = parts.Tensors[i];
            parts.Tensors.RemoveAt(i);
            Assert.StartsWith($"the tensor '{name}' [{string.Join(", ", shape)}] is missing", parts.Fault(),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_AnyTensorOfAnotherShape_NamesBothShapes()
    {
        for (int i = 0; i < Good().Tensors.Count; i++)
        {
            ModelFileCase parts = Good();
            (string name, int[] shape, float[] values) = parts.Tensors[i];
            // The same number of values, so that only the shape tells.
            parts.Tensors[i] = (name, [.. shape.Reverse(), 1], values);
            string fault = parts.Fault();
            Assert.StartsWith($"tensor '{name}' has the shape [{string.Join(", ", shape.Reverse())}, 1]", fault,
                StringComparison.Ordinal);
            Assert.Contains($"the model has [{string.Join(", ", shape)}]", fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_TensorTooMany_NamesIt()
    {
        ModelFileCase parts = Good();
        parts.Tensors.Add(("weight_ih_l1", [2], [1, 2]));
        Assert.StartsWith("the tensor 'weight_ih_l1' does not belong to the model", parts.Fault(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Load_WeightThatIsNotFinite_NamesTensorAndElement(float wrong)
    {
        for (int i = 0; i < Good().Tensors.Count; i++)
        {
            ModelFileCase parts = Good();
            parts.Tensors[i].Values[^1] = wrong;
            int last = parts.Tensors[i].Values.Length - 1;
            string expected = FormattableString.Invariant($"tensor '{parts.Tensors[i].Name}' holds {wrong} at element {last}");
            Assert.StartsWith(expected, parts.Fault(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("recurrent", "hidden_size", 16000)]
    [InlineData("recurrent", "embedding_size", 65536)]
    [InlineData("recurrent", "layers", 64)]
    [InlineData("recurrent", "direct_buckets", 1 << 28)]
    [InlineData("recurrent", "maximum_tokens", int.MaxValue)]
    [InlineData("feed-forward", "hidden_size", 30000)]
    [InlineData("feed-forward", "layers", 64)]
    [InlineData("bag-of-words", "vocabulary_size", int.MaxValue)]
    [InlineData("bag-of-words", "classes", int.MaxValue)]
    public void Load_SizesThatTheFileDoesNotHave_AreRefusedBeforeMemoryIsTaken(string model, string property, int size)
    {
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"];
        ModelFileCase parts = Good().Specification(json =>
        {
            json["model"] = model;
            json["hidden_size"] = 3000;
            json["layers"] = 3;
            json["bidirectional"] = true;
            json[property] = size;
        });
        parts.Save(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => ModelFile.Load<ClassifierModel>(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, MostAllocated);
    }

    [Fact]
    public void Load_EveryByteOfTheHeaderChanged_LoadsOrIsRefused()
    {
        // Whatever one wrong byte does, the only exception is the one that names the file.
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"];
        Good().Save(path);
        byte[] bytes = File.ReadAllBytes(path);
        int header = 8 + BitConverter.ToInt32(bytes);
        int refused = 0;
        for (int i = 8; i < header; i++)
        {
            byte kept = bytes[i];
            bytes[i] = (byte)(kept ^ (1 << (i % 7)));
            RawFile.Overwrite(path, bytes);
            try
            {
                ModelFile.Load<ClassifierModel>(path);
            }
            catch (InvalidDataException fault)
            {
                refused++;
                Assert.StartsWith(path + ": ", fault.Message, StringComparison.Ordinal);
            }

            bytes[i] = kept;
        }

        Assert.True(refused > (header - 8) / 2, $"{refused} of {header - 8} refused.");
    }

    [Fact]
    public void Load_NoFile_IsNotFound() =>
        Assert.Throws<FileNotFoundException>(
            () => ModelFile.Load<ClassifierModel>(Path.Combine(Path.GetTempPath(), "recurant-no-such-model.safetensors")));

    private static ModelFileCase Good() => ModelFileCase.Of(ModelFileCase.Model(ModelFileCase.Spec with { DirectBuckets = 7 }));
}
