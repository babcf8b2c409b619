namespace Recurant.Tests.Storage;

/// <summary>Models in streams and in bytes: the bytes and the faults of a file.</summary>
public class ModelStreamTests
{
    public static TheoryData<string> Tasks => [.. ModelFormat.All.Select(format => format.Task)];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Save_ToFileStreamAndBytes_AreTheSameBytes(string task)
    {
        TrainedModel model = ModelOf(task);
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"];
        ModelFile.Save(model, path);
        byte[] file = File.ReadAllBytes(path);
        Assert.Equal(file, ModelFile.ToBytes(model));
        using var inner = new MemoryStream();
        var stream = new OneWayStream(inner);
        ModelFile.Save(model, stream);
        Assert.Equal(file, inner.ToArray());
        Assert.False(stream.IsDisposed);

        // Read back in every way, and written again.
        Assert.Equal(file, ModelFile.ToBytes(ModelFile.Load(path)));
        Assert.Equal(file, ModelFile.ToBytes(ModelFile.Load(file)));
        Assert.Equal(file, ModelFile.ToBytes(ModelFile.Load(new MemoryStream(file))));
        Assert.Equal(file, ModelFile.ToBytes(ModelFile.Load(new OneWayStream(new MemoryStream(file)) { MostAtOnce = 7 })));
    }

    [Fact]
    public void Load_StreamInTheMiddle_ReadsFromItsPositionToItsEndAndLeavesItOpen()
    {
        byte[] bytes = ModelFile.ToBytes(SmallModels.Classifier());
        using var stream = new MemoryStream([1, 2, 3, .. bytes]) { Position = 3 };
        Assert.Equal(bytes, TextClassifier.Load(stream).ToBytes());
        Assert.Equal(stream.Length, stream.Position);
        Assert.True(stream.CanRead);
        var oneWay = new OneWayStream(new MemoryStream(bytes));
        Assert.Equal(bytes, TextClassifier.Load(oneWay).ToBytes());
        Assert.False(oneWay.IsDisposed);
    }

    /// <summary>Larger than the parts in which a stream that cannot seek is read.</summary>
    [Fact]
    public void Load_SeveralParts_ReadsThemAsOne()
    {
        string[] words = [.. Enumerable.Range(0, 180_000).Select(i => i == 0 ? "<unk>" : $"w{i}")];
        ClassifierSpec spec = ModelFileCase.Spec with { VocabularySize = words.Length, EmbeddingSize = 32 };
        var model = new ClassifierModel(spec, new Vocabulary(words), ["bad", "good", "mixed"]);
        foreach (Parameter parameter in model.Parameters) parameter.InitialiseUniform(3, 0, 0.5f);
        byte[] bytes = ModelFile.ToBytes(model);
        Assert.InRange(bytes.Length, 20_000_000, int.MaxValue);
        Assert.Equal(bytes, ModelFile.ToBytes(ModelFile.Load(new OneWayStream(new MemoryStream(bytes)))));
        Assert.Equal(bytes, ModelFile.ToBytes(ModelFile.Load(bytes)));
    }

    [Fact]
    public void FrontDoors_OfEveryTask_LoadTheirOwnModelsAndRefuseOthers()
    {
        byte[] classifier = ModelFile.ToBytes(SmallModels.Classifier()), tagger = ModelFile.ToBytes(SmallModels.Tagger());
        Assert.Equal(classifier, Predictor.Load(classifier).ToBytes());
        Assert.Equal(tagger, TagPredictor.Load(tagger, threads: 1).ToBytes());
        byte[] language = ModelFile.ToBytes(SmallModels.Language()), translator = ModelFile.ToBytes(SmallModels.Translator());
        Assert.Equal(language, TextGenerator.Load(new MemoryStream(language)).ToBytes());
        Assert.Equal(translator, Translator.Load(new MemoryStream(translator)).ToBytes());
        byte[] captioner = ModelFile.ToBytes(SmallModels.Captioner());
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"];
        Captioner.Load(captioner).Save(path);
        Assert.Equal(captioner, Captioner.Load(path).ToBytes());

        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => Translator.Load(new MemoryStream(tagger)));
        Assert.Equal("the stream holds a tagger, and another kind of model is needed here (TranslatorModel).", fault.Message);
        fault = Assert.Throws<InvalidDataException>(() => TextClassifier.Load(tagger, name: "the answer of the server"));
        Assert.StartsWith("the answer of the server holds a tagger", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Every fault of a file is the same fault of a stream and of bytes, with their name in the place of the path.
    /// </summary>
    [Fact]
    public void Load_TruncatedAndForeignData_TellsTheFaultOfTheFile()
    {
        byte[] bytes = ModelFile.ToBytes(SmallModels.Classifier());
        byte[][] faulty =
        [
            [], bytes[..1], bytes[..7], bytes[..9], bytes[..200], bytes[..^1], [.. bytes, 0],
            [.. "PK\u0003\u0004"u8, 0, 0, 0, 0, 0],
            [.. "<!doctype html><html>not found</html>"u8], new byte[100], [.. bytes[..20], (byte)'!', .. bytes[21..]],
        ];
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"];
        foreach (byte[] wrong in faulty)
        {
            File.WriteAllBytes(path, wrong);
            string told = Assert.Throws<InvalidDataException>(() => TextClassifier.Load(path)).Message;
            Assert.StartsWith($"{path}: ", told, StringComparison.Ordinal);
            string ofStream = told.Replace(path, "the stream", StringComparison.Ordinal);
            Assert.Equal(ofStream, FaultOf(() => TextClassifier.Load(new MemoryStream(wrong))));
            Assert.Equal(ofStream, FaultOf(() => TextClassifier.Load(new OneWayStream(new MemoryStream(wrong)))));
            Assert.Equal(
                told.Replace(path, "the bytes", StringComparison.Ordinal), FaultOf(() => TextClassifier.Load(wrong.AsMemory())));
        }
    }

    [Fact]
    public void Load_StreamThatCannotBeRead_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        using FileStream writeOnly = File.OpenWrite(directory["w"]);
        Assert.Equal("the stream: the stream cannot be read. Give one that is open for reading. (Parameter 'stream')",
            Assert.Throws<ArgumentException>(() => TextClassifier.Load(writeOnly)).Message);
        Assert.Throws<ArgumentNullException>(() => TextClassifier.Load((Stream)null!));
    }

    [Fact]
    public void ParameterFile_ThroughAStream_GivesTheSameParameters()
    {
        var from = new Dense(3, 2);
        from.Initialise(seed: 4);
        using var inner = new MemoryStream();
        ParameterFile.Save(new OneWayStream(inner), from.NamedParameters);
        inner.Position = 0;
        var to = new Dense(3, 2);
        ParameterFile.Load(new OneWayStream(inner), to.NamedParameters);
        Assert.Equal(from.Parameters.SelectMany(p => p.Values.ToArray()), to.Parameters.SelectMany(p => p.Values.ToArray()));
    }

    private static string FaultOf(Action load) => Assert.Throws<InvalidDataException>(load).Message;

    private static TrainedModel ModelOf(string task) => task switch
    {
        TaskNames.Classify => SmallModels.Classifier(),
        TaskNames.Tag => SmallModels.Tagger(),
        TaskNames.LanguageModel => SmallModels.Language(),
        TaskNames.Translate => SmallModels.Translator(),
        TaskNames.Caption => SmallModels.Captioner(),
        _ => SmallModels.Problem(),
    };
}

/// <summary>A stream that cannot seek and hands out few bytes at a time, such as that of a network.</summary>
internal sealed class OneWayStream(Stream inner) : Stream
{
    public int MostAtOnce { get; init; } = 5000;

    /// <summary>Called before each read.</summary>
    public Action? BeforeRead { get; init; }

    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        BeforeRead?.Invoke();
        return inner.Read(buffer, offset, Math.Min(count, MostAtOnce));
    }

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
