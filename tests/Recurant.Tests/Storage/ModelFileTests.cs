namespace Recurant.Tests.Storage;

/// <summary>Models that are saved and loaded again, and files as PyTorch expects them.</summary>
public sealed class ModelFileTests : IDisposable
{
    private static readonly string[] s_texts = ["the film was good", "bad", "not the good film not bad", "", "never seen before"];

    private static readonly Dictionary<string, ClassifierSpec> s_models = new()
    {
        ["elman"] = ModelFileCase.Spec with {
            Recurrent = ModelFileCase.Spec.Recurrent with
            {
                Cell = CellKind.Elman, Activation = Activation.Relu,
            }, Pooling = Pooling.Last },
        ["elman, preactivation"] = ModelFileCase.Spec with {
            Recurrent = ModelFileCase.Spec.Recurrent with
            {
                Cell = CellKind.Elman, Form = ElmanForm.PreActivation, Layers = 2,
            } },
        ["lstm"] = ModelFileCase.Spec with {
            Recurrent = ModelFileCase.Spec.Recurrent with
            {
                Bidirectional = true, Layers = 2, ForgetBias = 0.5f,
            }, MaximumTokens = 3 },
        ["lstm, one-hot, direct"] = ModelFileCase.Spec with { EmbeddingSize = 0, DirectBuckets = 11,
            Recurrent = ModelFileCase.Spec.Recurrent with
            {
                Bidirectional = true,
            } },
        ["gru inside"] = ModelFileCase.Spec with {
            Recurrent = ModelFileCase.Spec.Recurrent with
            {
                Cell = CellKind.Gru,
            }, Pooling = Pooling.Attention, Lowercase = false },
        ["gru outside"] = ModelFileCase.Spec with {
            Recurrent = ModelFileCase.Spec.Recurrent with
            {
                Cell = CellKind.Gru, GruReset = GruReset.Outside,
            }, Pooling = Pooling.Mean },
        ["feed-forward"] = ModelFileCase.Spec with { Model = ModelKind.FeedForward,
            Recurrent = ModelFileCase.Spec.Recurrent with
            {
                Layers = 3, Activation = Activation.Sigmoid,
            } },
        ["feed-forward, no layers"] = ModelFileCase.Spec with { Model = ModelKind.FeedForward,
            Recurrent = ModelFileCase.Spec.Recurrent with
            {
                Layers = 0,
            } },
        ["bag of words"] = ModelFileCase.Spec with { Model = ModelKind.BagOfWords },
        ["words and characters"] = ModelFileCase.Spelling with { MaximumCharacters = 5,
            Recurrent = ModelFileCase.Spelling.Recurrent with
            {
                Cell = CellKind.Gru,
            } },
        ["average of three"] = ModelFileCase.Spelling with { Models = 3, DirectBuckets = 4 },
        ["average, bag of words"] = ModelFileCase.Spec with { Model = ModelKind.BagOfWords, Models = 2 },
        ["characters"] = ModelFileCase.Spec with { Unit = Recurant.Data.TokenUnit.Character },
    };

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Models => [.. s_models.Keys];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void SaveAndLoad_EveryModel_KeepsEveryBit(string name)
    {
        ClassifierModel model = ModelFileCase.Model(s_models[name]);
        model.TrainingRecord = """{"seed":1}""";
        string path = _directory["model.safetensors"], again = _directory["again.safetensors"];
        ModelFile.Save(model, path);
        ClassifierModel loaded = ModelFile.Load<ClassifierModel>(path);
        Assert.Equal(model.Spec, loaded.Spec);
        Assert.Equal(model.Vocabulary.Words, loaded.Vocabulary.Words);
        Assert.Equal(model.Characters.Words, loaded.Characters.Words);
        Assert.Equal(model.Labels, loaded.Labels);
        Assert.Equal(model.TrainingRecord, loaded.TrainingRecord);
        Assert.Equal(model.Parameters.Select(parameter => parameter.Name), loaded.Parameters.Select(parameter => parameter.Name));
        Bits.AssertValuesEqual(model.Parameters, loaded.Parameters);

        float[] expected = Probabilities(new TextClassifier(model, threads: 1));
        float[] actual = Probabilities(TextClassifier.Load(path));
        Bits.AssertEqual(expected, actual, "probabilities");
        ModelFile.Save(model, again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        ModelFile.Save(loaded, again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Fact]
    public void SaveAndLoad_WordsOfEveryKind_AreKept()
    {
        string[] words = ["<unk>", "\"", "\\", "é", "電影", "\U0001F600", "\n", "\u2028", "</script>", ""];
        var model = new ClassifierModel(
            ModelFileCase.Spec with { VocabularySize = words.Length, Classes = 2 },
            new Recurant.Data.Vocabulary(words), ["", "\t\"'"]);
        ModelFile.Save(model, _directory["m.safetensors"]);
        ClassifierModel loaded = ModelFile.Load<ClassifierModel>(_directory["m.safetensors"]);
        Assert.Equal(words, loaded.Vocabulary.Words);
        Assert.Equal(["", "\t\"'"], loaded.Labels);
    }

    /// <summary>
    /// The weights of PyTorch's nn.LSTM, nn.GRU and nn.RNN, put into a model under their own names, come back from its file
    /// under the same names, in the same shapes, bit for bit: what load_state_dict takes without a change.
    /// </summary>
    [Theory]
    [InlineData("lstm-2-bidirectional", CellKind.Lstm, 4)]
    [InlineData("gru-2-bidirectional", CellKind.Gru, 3)]
    [InlineData("rnn_tanh-2", CellKind.Elman, 1)]
    public void Save_WeightsOfPyTorch_HaveItsNamesShapesAndValues(string golden, CellKind cell, int gates)
    {
        const int Input = 3, Hidden = 5;
        ClassifierModel model = ModelFileCase.Model(ModelFileCase.Spec with
        {
            Recurrent = ModelFileCase.Spec.Recurrent with
            {
                Cell = cell, HiddenSize = Hidden, Layers = 2, Bidirectional = golden.EndsWith("bidirectional",
                StringComparison.Ordinal),
            }, EmbeddingSize = Input,
        });
        using SafetensorsFile theirs = SafetensorsFile.Open(Path.Combine(Goldens.Folder, golden + ".safetensors"));
        TensorInfo[] weights = [.. theirs.Tensors.Where(
            tensor => tensor.Name.StartsWith("weight_", StringComparison.Ordinal)
                || tensor.Name.StartsWith("bias_", StringComparison.Ordinal))];
        Assert.Equal(model.Spec.Recurrent.Bidirectional ? 16 : 8, weights.Length);
        foreach (TensorInfo weight in weights)
        {
            Parameter parameter = model.Parameters.Single(parameter => parameter.Name == weight.Name);
            theirs.ReadFloats(weight.Name, parameter.Value);
        }

        ModelFile.Save(model, _directory["m.safetensors"]);
        using SafetensorsFile ours = SafetensorsFile.Open(_directory["m.safetensors"]);
        foreach (TensorInfo weight in weights)
        {
            Assert.True(ours.TryGetTensor(weight.Name, out TensorInfo? tensor), weight.Name);
            Assert.Equal("F32", tensor.DType);
            Assert.Equal(weight.Shape, tensor.Shape);
            Bits.AssertEqual(theirs.ReadFloats(weight.Name), ours.ReadFloats(weight.Name), weight.Name);
        }

        Assert.True(ours.TryGetTensor("weight_ih_l0", out TensorInfo? first));
        Assert.Equal([gates * Hidden, Input], first.Shape);

        // Nothing else in the file bears a recurrent layer's name: the rest is ours alone.
        Assert.Equal(
            weights.Select(weight => weight.Name).Order(),
            ours.Tensors.Select(tensor => tensor.Name).Where(
                tensor => tensor.Contains("_l0", StringComparison.Ordinal)
                    || tensor.Contains("_l1", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Save_OneHotInput_StoresTheInputWeightsAsPyTorchDoes()
    {
        ClassifierModel model = ModelFileCase.Model(ModelFileCase.Spec with { EmbeddingSize = 0 });
        ModelFile.Save(model, _directory["m.safetensors"]);
        using SafetensorsFile file = SafetensorsFile.Open(_directory["m.safetensors"]);
        int words = ModelFileCase.Words.Length, gates = 4 * 5;
        Assert.True(file.TryGetTensor("weight_ih_l0", out TensorInfo? tensor));
        Assert.Equal([gates, words], tensor.Shape);
        float[] stored = file.ReadFloats("weight_ih_l0");
        Parameter parameter = model.Parameters.Single(parameter => parameter.Name == "weight_ih_l0");
        for (int g = 0; g < gates; g++)
        {
            for (int word = 0; word < words; word++) Assert.Equal(parameter.Matrix.Row(word)[g], stored[g * words + word]);
        }
    }

    private static float[] Probabilities(TextClassifier classifier) =>
        [.. classifier.Predict(s_texts).SelectMany(prediction => prediction.Probabilities).Select(pair => pair.Value)];
}
