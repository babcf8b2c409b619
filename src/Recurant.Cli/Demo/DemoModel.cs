namespace Recurant.Cli;

/// <summary>One of the models that the demo compares.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Idea">What it does, in one line.</param>
/// <param name="Options">How it is trained.</param>
internal sealed record DemoModel(string Name, string Idea, TrainingOptions Options)
{
    /// <summary>The chapter's models in the chapter's order.</summary>
    public static IReadOnlyList<DemoModel> All(ulong seed, int threads)
    {
        // Short texts, few words: smaller and with less dropout than for longer texts. No direct connections, which are a bag
        // of words inside the network: the story is about what the recurrent layers can do by themselves.
        var recurrent = new TrainingOptions
        {
            Hidden = 64,
            Embedding = 64,
            Bidirectional = true,
            Direct = false,
            Pooling = Layers.Pooling.Max,
            Dropout = new DropoutOptions { Word = 0, Input = 0.1f, Output = 0.2f },
            LearningRate = 3e-3f,
            MinimumCount = 1,
            Batch = 32,
            Epochs = 20,
            Patience = 20,
            Seed = seed,
            Threads = threads,
        };
        return
        [
            new("bag of words", "counts words and pairs of words, and adds up",
                new TrainingOptions { Model = ModelKind.BagOfWords, Seed = seed, Threads = threads }),
            new("recurrent", "h_t = tanh(U x_t + W h_(t-1)): reads in order", recurrent with { Cell = CellKind.Elman }),
            new("LSTM", "gates decide what is written, kept and shown", recurrent with { Cell = CellKind.Lstm }),
            new("GRU", "the same idea with fewer gates", recurrent with { Cell = CellKind.Gru }),
        ];
    }
}

/// <summary>A model of the demo, trained and scored.</summary>
internal sealed record DemoResult(DemoModel Model, TextClassifier Classifier, Evaluation HeldOut)
{
    public double Seconds => Classifier.Training!.Seconds;
}
