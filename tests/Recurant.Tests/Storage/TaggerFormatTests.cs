namespace Recurant.Tests.Storage;

/// <summary>Taggers that are saved and loaded again.</summary>
public sealed class TaggerFormatTests : IDisposable
{
    private static readonly string[] s_words = ["<unk>", "the", "dog", "\u96fb\u5f71"];
    private static readonly string[] s_characters = ["<unk>", "t", "h", "e", "\U0001F600"];

    private static readonly TaggerSpec s_spec = new()
    {
        VocabularySize = 4, CharacterVocabularySize = 5, Tags = 3, EmbeddingSize = 4, ShapeSize = 2, CharacterEmbeddingSize = 3,
        CharacterSize = 4, MaximumCharacters = 6, Recurrent = new RecurrentSpec { HiddenSize = 5, Bidirectional = true },
    };

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Models => [.. s_models.Keys];

    private static readonly Dictionary<string, TaggerSpec> s_models = new()
    {
        ["softmax"] = s_spec with { Lowercase = false, Recurrent = s_spec.Recurrent with { Layers = 2 } },
        ["random field"] = s_spec with { RandomField = true, Constrained = false,
            Recurrent = s_spec.Recurrent with
            {
                ForgetBias = 0.5f,
            } },
        ["no characters, no shapes"] = s_spec with { CharacterSize = 0, ShapeSize = 0, CharacterVocabularySize = 1 },
        ["elman"] = s_spec with {
            Recurrent = s_spec.Recurrent with
            {
                Cell = CellKind.Elman, Activation = Activation.Relu, Form = ElmanForm.PreActivation,
            } },
        ["gru"] = s_spec with { Recurrent = s_spec.Recurrent with { Cell = CellKind.Gru, GruReset = GruReset.Outside } },
        ["projected lstm"] = s_spec with { Recurrent = s_spec.Recurrent with { Cell = CellKind.ProjectedLstm } },
        ["lru"] = s_spec with { Recurrent = s_spec.Recurrent with { Cell = CellKind.Lru, HiddenSize = 6 } },
    };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void SaveAndLoad_EveryModel_KeepsEveryBit(string name)
    {
        TaggerModel model = Model(s_models[name]);
        model.SetTrainingRecord("""{"seed":1}""");
        string path = _directory["model.safetensors"], again = _directory["again.safetensors"];
        ModelFile.Save(model, path);
        TaggerModel loaded = ModelFile.Load<TaggerModel>(path);
        Assert.Equal(model.Spec, loaded.Spec);
        Assert.Equal(model.Vocabulary.Words, loaded.Vocabulary.Words);
        Assert.Equal(model.Characters.Words, loaded.Characters.Words);
        Assert.Equal(model.Tags, loaded.Tags);
        Assert.Equal(model.TrainingRecord, loaded.TrainingRecord);
        foreach ((Parameter before, Parameter after) in model.Parameters.Zip(loaded.Parameters, (a, b) => (a, b)))
        {
            Assert.Equal(before.Name, after.Name);
            Bits.AssertEqual(before.Value, after.Value, before.Name);
        }

        string[] words = ["The", "dog", "\u96fb\u5f71", "barks", "\U0001F600"];
        Assert.Equal(new TagPredictor(model, 1).Predict([words])[0], new TagPredictor(loaded, 2).Predict([words])[0]);
        ModelFile.Save(loaded, again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Describe_EveryModel_NamesEveryTensorOnce(string name)
    {
        TaggerModel model = Model(s_models[name]);
        ModelFile.Save(model, _directory["m.safetensors"]);
        using SafetensorsFile file = SafetensorsFile.Open(_directory["m.safetensors"]);
        ModelDescription description = ModelFile.TryDescribe(file)!;
        Assert.Equal("tag", description.Task);
        Assert.Equal(
            model.Parameters.Select(parameter => parameter.Name).Order(),
            description.Layers.SelectMany(layer => layer.Tensors).Order());
        Assert.Equal(model.Tags, description.Labels);
        Assert.Equal(file.Tensors.Select(tensor => tensor.Name).Distinct().Count(), file.Tensors.Count);
    }

    [Theory]
    [InlineData("characters", "[\"<unk>\"]", "it has 1 entries, but \"character_vocabulary_size\"")]
    [InlineData("characters", "[\"a\"]", "The first word of a vocabulary must be")]
    [InlineData("labels", "[\"A\",\"A\",\"B\"]", "the tag \"A\" stands twice")]
    [InlineData("labels", "[\"A\"]", "it has 1 entries, but \"tags\"")]
    [InlineData("recurant", "{\"format\":2,\"task\":\"tag\"}", "the specification lacks \"vocabulary_size\"")]
    [InlineData("recurant", "{\"format\":3,\"task\":\"tag\"}", "the specification has format 3")]
    public void Load_FaultInTheMetadata_NamesTheKey(string key, string value, string message)
    {
        ModelFile.Save(Model(s_spec), _directory["m.safetensors"]);
        var writer = new SafetensorsWriter();
        using (SafetensorsFile file = SafetensorsFile.Open(_directory["m.safetensors"]))
        {
            foreach ((string name, string text) in file.Metadata) writer.AddMetadata(name, name == key ? value : text);
            foreach (TensorInfo tensor in file.Tensors)
            {
                writer.Add(tensor.Name, [.. tensor.Shape.Select(extent => (int)extent)], file.ReadFloats(tensor.Name));
            }
        }

        writer.Save(_directory["wrong.safetensors"]);
        var fault = Assert.Throws<InvalidDataException>(() => ModelFile.Load(_directory["wrong.safetensors"]));
        Assert.Contains($"metadata '{key}': {message}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AsAClassifier_SaysThatItIsATagger()
    {
        ModelFile.Save(Model(s_spec), _directory["m.safetensors"]);
        var fault = Assert.Throws<InvalidDataException>(() => ModelFile.Load<ClassifierModel>(_directory["m.safetensors"]));
        Assert.Contains("tag", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HiddenSize")]
    [InlineData("Tags")]
    [InlineData("MaximumCharacters")]
    [InlineData("CharacterSize")]
    [InlineData("ForgetBias")]
    [InlineData("HiddenSize", true)]
    public void Validate_OutOfRange_NamesTheProperty(string property, bool odd = false)
    {
        TaggerSpec wrong = property switch
        {
            "HiddenSize" when odd => s_spec with { Recurrent = s_spec.Recurrent with { Cell = CellKind.Lru } },
            "HiddenSize" => s_spec with { Recurrent = s_spec.Recurrent with { HiddenSize = 0 } },
            "Tags" => s_spec with { Tags = 1 },
            "MaximumCharacters" => s_spec with { MaximumCharacters = 1 },
            "CharacterSize" => s_spec with { CharacterSize = -1 },
            _ => s_spec with { Recurrent = s_spec.Recurrent with { ForgetBias = float.NaN } },
        };
        Assert.StartsWith(property + " is ", Assert.Throws<ArgumentException>(wrong.Validate).Message, StringComparison.Ordinal);
    }

    private static TaggerModel Model(TaggerSpec spec)
    {
        var characters = new Vocabulary(spec.CharacterVocabularySize == 1 ? ["<unk>"] : s_characters);
        var model = new TaggerModel(spec, new Vocabulary(s_words), characters, ["A", "B", "\"C\""]);
        ulong seed = 7;
        foreach (Parameter parameter in model.Parameters) parameter.InitialiseUniform(seed++, 0, 0.6f);
        return model;
    }
}
