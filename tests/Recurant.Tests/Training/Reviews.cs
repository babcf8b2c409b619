namespace Recurant.Tests.Training;

/// <summary>Small data sets made by rule, and options under which nothing is left to the defaults that matter here.</summary>
internal static class Reviews
{
    private static readonly string[] s_fillers = ["the", "film", "was", "long", "and", "slow", "cast", "plot"];

    /// <summary>
    /// Texts that come in pairs of the same words: in one "a" stands before "b", in the other behind it. Only the order tells
    /// the label.
    /// </summary>
    public static TextDataset Order(int pairs, ulong seed)
    {
        var random = new Philox(seed, RandomPurpose.Splitting);
        var texts = new List<(string, string)>();
        for (uint i = 0; i < pairs; i++)
        {
            string Filler(uint place) => s_fillers[random.Below(8 * i + place, s_fillers.Length)];
            string before = Filler(0), between = Filler(1), behind = Filler(2);
            texts.Add(($"{before} a {between} b {behind}", "first a"));
            texts.Add(($"{before} b {between} a {behind}", "first b"));
        }

        return TextDataset.FromPairs(texts);
    }

    /// <summary>Random words of unequal number; the label is "good" where the word good stands, else "bad".</summary>
    public static TextDataset Words(int count, ulong seed, int longest = 9)
    {
        var random = new Philox(seed, RandomPurpose.Splitting);
        var texts = new List<(string, string)>();
        for (uint i = 0; i < count; i++)
        {
            int length = 1 + random.Below(100 * i, longest);
            var words = new List<string>();
            for (uint t = 0; t < length; t++)
            {
                words.Add(s_fillers[random.Below(100 * i + 1 + t, s_fillers.Length)] + random.Below(100 * i + 50 + t, 5));
            }

            words.Insert(random.Below(100 * i + 99, words.Count + 1), i % 2 == 0 ? "good" : "bad");
            texts.Add((string.Join(' ', words), i % 2 == 0 ? "good" : "bad"));
        }

        return TextDataset.FromPairs(texts);
    }

    /// <summary>Labels that have nothing to do with the texts: what is learnt of them is no use elsewhere.</summary>
    public static TextDataset Noise(int count, ulong seed)
    {
        var random = new Philox(seed, RandomPurpose.Shuffling);
        return new TextDataset("noise", [.. Words(count, seed).Examples.Select(
            (example, i) => example with { Label = random.Below((uint)i, 2) == 0 ? "bad" : "good" })]);
    }

    /// <summary>A small recurrent network without any dropout.</summary>
    public static TrainingOptions Small { get; } = new()
    {
        Hidden = 8,
        Embedding = 8,
        Layers = 1,
        Bidirectional = false,
        Pooling = Pooling.Last,
        Direct = false,
        MinimumCount = 1,
        Dropout = NoDropout,
        LearningRate = 0.02f,
        LabelSmoothing = 0,
        WeightDecay = 0,
        Schedule = ScheduleKind.Constant,
        Batch = 8,
        Epochs = 4,
        Patience = 1000,
        Threads = 1,
    };

    /// <summary>The model as it is before the first step.</summary>
    public static ClassifierModel Start(TextDataset data, TrainingOptions options) =>
        PreparedData.Make(data, null, options).Model;

    public static DropoutOptions NoDropout => new() { Word = 0, Embedding = 0, Input = 0, Layers = 0, Recurrent = 0, Output = 0 };

    public static DropoutOptions EveryDropout => new()
    {
        Word = 0.1f, Embedding = 0.1f, Input = 0.2f, Layers = 0.2f, Recurrent = 0.1f, Output = 0.3f,
    };
}

/// <summary>Keeps every report, at once and on the thread that makes it.</summary>
internal sealed class ProgressLog(Action<TrainingProgress>? then = null) : IProgress<TrainingProgress>
{
    public List<TrainingProgress> Reports { get; } = [];

    public IEnumerable<TrainingProgress> Epochs => Reports.Where(report => report.Validation is not null);

    public void Report(TrainingProgress value)
    {
        Reports.Add(value);
        then?.Invoke(value);
    }
}
