namespace Recurant.Tests.Training;

/// <summary>The same data, seed and options give the same model file, byte for byte.</summary>
public sealed class SameBitsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>
    /// Two layers in both directions, wide enough that products, packing and the optimiser are all dealt out over the threads.
    /// </summary>
    [Theory]
    [InlineData(CellKind.Lstm, Pooling.Attention, 64)]
    [InlineData(CellKind.Gru, Pooling.Max, 0)]
    [InlineData(CellKind.Elman, Pooling.Mean, 64)]
    [InlineData(CellKind.MinGru, Pooling.Max, 64)]
    [InlineData(CellKind.MinLstm, Pooling.Attention, 0)]
    [InlineData(CellKind.Sru, Pooling.Mean, 96)]
    [InlineData(CellKind.IndRnn, Pooling.Last, 64)]
    [InlineData(CellKind.Lru, Pooling.Max, 96)]
    [InlineData(CellKind.PeepholeLstm, Pooling.Max, 64)]
    [InlineData(CellKind.LayerNormLstm, Pooling.Attention, 64)]
    [InlineData(CellKind.ProjectedLstm, Pooling.Mean, 0)]
    public void Train_AnyNumberOfThreads_GivesTheSameFile(CellKind cell, Pooling pooling, int embedding)
    {
        TextDataset data = Reviews.Words(80, seed: 3);
        TrainingOptions options = Reviews.Small with
        {
            Cell = cell, Pooling = pooling, Embedding = embedding, Hidden = 96, Layers = 2, Bidirectional = true, Direct = true,
            Dropout = CellCatalogue.Of(cell).HasHiddenProduct ? Reviews.EveryDropout
                : Reviews.EveryDropout with { Recurrent = null },
            Batch = 32, Epochs = 2,
        };
        CheckThreads(data, options);
    }

    [Fact]
    public void Train_CharactersOnAnyNumberOfThreads_GivesTheSameFile()
    {
        TextDataset data = Reviews.Words(80, seed: 3);
        CheckThreads(data, Reviews.Small with
        {
            Characters = 40, Hidden = 96, Embedding = 64, Bidirectional = true, Direct = true, Dropout = Reviews.EveryDropout,
            Batch = 32, Epochs = 2,
        });
    }

    [Theory]
    [InlineData(ModelKind.FeedForward)]
    [InlineData(ModelKind.BagOfWords)]
    public void Train_OtherModelsOnAnyNumberOfThreads_GivesTheSameFile(ModelKind model)
    {
        TextDataset data = Reviews.Words(200, seed: 3);
        CheckThreads(data, Reviews.Small with
        {
            Model = model, Hidden = 300, Embedding = 200, Layers = 2, Dropout = Reviews.EveryDropout, Batch = 64,
        });
    }

    [Theory]
    [InlineData(ModelKind.Recurrent)]
    [InlineData(ModelKind.FeedForward)]
    [InlineData(ModelKind.BagOfWords)]
    public void Train_AnotherSeed_GivesAnotherFile(ModelKind model)
    {
        TextDataset data = Reviews.Words(60, seed: 3);
        Assert.NotEqual(
            Train(data, Reviews.Small with { Model = model, Seed = 1 }),
            Train(data, Reviews.Small with { Model = model, Seed = 2 }));
    }

    [Fact]
    public void Train_WithProgress_GivesTheSameFileAsWithout()
    {
        TextDataset data = Reviews.Words(60, seed: 3);
        Assert.Equal(Train(data, Reviews.Small), Train(data, Reviews.Small, new ProgressLog()));
    }

    private void CheckThreads(TextDataset data, TrainingOptions options)
    {
        byte[] expected = Train(data, options with { Threads = 1 });
        Assert.True(expected.Length > 1000);
        foreach (int threads in (int[])[1, 2, 3, 7])
        {
            byte[] actual = Train(data, options with { Threads = threads });
            int same = expected.AsSpan().CommonPrefixLength(actual);
            Assert.True(
                same == expected.Length && same == actual.Length,
                $"With {threads} threads the file differs from byte {same} on; it has {actual.Length} bytes, "
                + $"expected {expected.Length}.");
        }
    }

    private byte[] Train(TextDataset data, TrainingOptions options, IProgress<TrainingProgress>? progress = null)
    {
        string path = _directory["model.safetensors"];
        ModelFile.Save(ClassifierTrainer.Train(data, options, progress: progress).Model, path);
        return File.ReadAllBytes(path);
    }
}
