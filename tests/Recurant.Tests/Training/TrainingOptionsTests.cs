namespace Recurant.Tests.Training;

/// <summary>What training refuses to begin with, and what it says then.</summary>
public class TrainingOptionsTests
{
    private static readonly TrainingOptions s_right = Reviews.Small;

    /// <summary>An option out of range, under the name that the message must give it.</summary>
    private static readonly (string Property, TrainingOptions Options)[] s_wrong =
    [
        ("Model", s_right with { Model = (ModelKind)9 }),
        ("Cell", s_right with { Cell = (CellKind)99 }),
        ("Activation", s_right with { Activation = (Activation)9 }),
        ("Form", s_right with { Form = (ElmanForm)9 }),
        ("GruReset", s_right with { GruReset = (GruReset)9 }),
        ("Unit", s_right with { Unit = (TokenUnit)9 }),
        ("Pooling", s_right with { Pooling = (Pooling)9 }),
        ("Optimizer", s_right with { Optimizer = (OptimizerKind)9 }),
        ("Schedule", s_right with { Schedule = (ScheduleKind)9 }),
        ("ForgetBias", s_right with { ForgetBias = float.NaN }),
        ("Hidden", s_right with { Hidden = 0 }),
        ("Hidden", s_right with { Hidden = 65537 }),
        ("Hidden", s_right with { Hidden = 7, Cell = CellKind.Lru }),
        ("Layers", s_right with { Layers = -1 }),
        ("Layers", s_right with { Layers = 0 }),
        ("Layers", s_right with { Layers = 65 }),
        ("Embedding", s_right with { Embedding = -1 }),
        ("Embedding", s_right with { Model = ModelKind.FeedForward, Embedding = 0 }),
        ("Embedding", s_right with { Embedding = 5, Vectors = new WordVectors(4) }),
        ("MinimumCount", s_right with { MinimumCount = 0 }),
        ("MaximumVocabulary", s_right with { MaximumVocabulary = 1 }),
        ("MaximumTokens", s_right with { MaximumTokens = 1 }),
        ("LearningRate", s_right with { LearningRate = 0 }),
        ("LearningRate", s_right with { LearningRate = float.NaN }),
        ("LearningRate", s_right with { LearningRate = float.PositiveInfinity }),
        ("WeightDecay", s_right with { WeightDecay = -0.1f }),
        ("WeightDecay", s_right with { WeightDecay = 1 }),
        ("Clip", s_right with { Clip = -1 }),
        ("Clip", s_right with { Clip = float.NaN }),
        ("LabelSmoothing", s_right with { LabelSmoothing = 1 }),
        ("Batch", s_right with { Batch = 0 }),
        ("Epochs", s_right with { Epochs = 0 }),
        ("Patience", s_right with { Patience = 0 }),
        ("ValidationFraction", s_right with { ValidationFraction = 0 }),
        ("ValidationFraction", s_right with { ValidationFraction = double.NaN }),
        ("Threads", s_right with { Threads = -1 }),
        ("Threads", s_right with { Threads = 1025 }),
        ("Budget", s_right with { Budget = TimeSpan.Zero }),
        ("Dropout", s_right with { Dropout = null! }),
        ("Dropout.Word", s_right with { Dropout = new() { Word = 1 } }),
        ("Dropout.Embedding", s_right with { Dropout = new() { Embedding = -0.1f } }),
        ("Dropout.Input", s_right with { Dropout = new() { Input = float.NaN } }),
        ("Dropout.Layers", s_right with { Dropout = new() { Layers = 1.5f } }),
        ("Dropout.Recurrent", s_right with { Dropout = new() { Recurrent = 1 } }),
        ("Dropout.Recurrent", s_right with { Cell = CellKind.MinGru, Dropout = new() { Recurrent = 0.1f } }),
        ("Dropout.Output", s_right with { Dropout = new() { Output = 2 } }),
    ];

    public static TheoryData<int, string> Wrong
    {
        get
        {
            TheoryData<int, string> cases = [];
            for (int i = 0; i < s_wrong.Length; i++) cases.Add(i, s_wrong[i].Property);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Train_OptionOutOfRange_NamesTheOptionAndTheRange(int index, string property)
    {
        TextDataset data = Reviews.Words(20, seed: 1);
        var fault = Assert.ThrowsAny<ArgumentException>(() => ClassifierTrainer.Train(data, s_wrong[index].Options));
        Assert.StartsWith(property, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_NoData_NamesTheParameter() =>
        Assert.Throws<ArgumentNullException>("train", () => ClassifierTrainer.Train(null!));

    [Fact]
    public void Train_DataWithoutUse_NamesTheFileAndTheLine()
    {
        AssertFault("reviews.tsv: there are no examples", Data());
        AssertFault("reviews.tsv: all 2 rows have the label \"good\"", Data(("fine", "good"), ("nice", "good")));
        AssertFault(
            "reviews.tsv, line 3: the label \"odd\" occurs only once",
            Data(("a", "good"), ("b", "bad"), ("c", "odd"), ("d", "good"), ("e", "bad")));
        AssertFault("reviews.tsv: 4 texts are too few", Data(("a", "good"), ("b", "bad"), ("c", "good"), ("d", "bad")));
    }

    [Fact]
    public void Train_ValidationWithoutUse_NamesTheValidationFile()
    {
        TextDataset train = Reviews.Words(20, seed: 1);
        AssertFault("reviews.tsv: there are no texts to check the model with", train, Data());
        AssertFault("reviews.tsv, line 2: the label \"odd\" never occurs", train, Data(("a", "good"), ("b", "odd")));
    }

    private static void AssertFault(string beginning, TextDataset train, TextDataset? validation = null)
    {
        var fault = Assert.Throws<InvalidDataException>(() => ClassifierTrainer.Train(train, s_right, validation));
        Assert.StartsWith(beginning, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
    }

    private static TextDataset Data(params (string Text, string Label)[] rows) =>
        new("reviews.tsv", [.. rows.Select((row, i) => new TextExample(row.Text, row.Label, i + 1))]);
}
