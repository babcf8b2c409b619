using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>What is known of the data before a model is chosen.</summary>
/// <param name="Texts">The number of training texts.</param>
/// <param name="Classes">The number of labels.</param>
/// <param name="Tokens">The number of tokens of all training texts.</param>
internal readonly record struct DataSize(int Texts, int Classes, long Tokens)
{
    public double MeanTokens => (double)Tokens / Math.Max(1, Texts);
}

/// <summary>
/// The options with nothing left open: what the user did not decide is decided here from the amount of data.
/// The rules are explained in docs/training.md, with the experiments behind them.
/// </summary>
internal sealed record TrainingPlan : LearningPlan
{
    private const int DefaultBatch = 32;

    /// <summary>
    /// Of few texts a pass is a few steps: there may be as many passes as make so many steps, and training waits for so many
    /// before it gives up.
    /// </summary>
    private const int MostSteps = 1500, PatientSteps = 300;

    private const int LeastBuckets = 1 << 12, MostBuckets = 1 << 19, LargestDirectTable = 1 << 23;

    public TrainingPlan()
    {
    }

    private TrainingPlan(LearningOptions options, LearningDefaults defaults)
        : base(options, defaults)
    {
    }

    [JsonIgnore]
    public required TrainingOptions Options { get; init; }

    public required ClassifierSpec Spec { get; init; }

    public static int MinimumCount(TrainingOptions options, DataSize size) =>
        options.MinimumCount ?? (size.Tokens < (options.Model == ModelKind.BagOfWords ? 1_000_000 : 100_000) ? 1 : 2);

    /// <summary>Decides everything.</summary>
    /// <param name="options">What the user decided.</param>
    /// <param name="size">What is known of the data.</param>
    /// <param name="vocabulary">The number of words known.</param>
    /// <param name="characters">The number of characters known, where they are read.</param>
    public static TrainingPlan For(TrainingOptions options, DataSize size, int vocabulary, int characters = 1) =>
        options.Model == ModelKind.BagOfWords
            ? ForBagOfWords(options, size, vocabulary)
            : ForNetwork(options, size, vocabulary, characters);

    /// <summary>The plan of one of several models: its own key of random numbers, and its number for reports.</summary>
    /// <param name="model">From 0; the first has the key of the run.</param>
    public TrainingPlan ForModel(int model)
    {
        if (Options.Models == 1) return this;
        ulong seed = SeedOf(Options.Seed, model);
        return this with
        {
            Options = Options with { Seed = seed },
            Seed = seed,
            Dropout = Dropout with { Seed = seed },
            Stage = $"model {model + 1} of {Options.Models}",
        };
    }

    private static ulong SeedOf(ulong seed, int model)
    {
        if (model == 0) return seed;
        var key = new Philox(seed, RandomPurpose.Models, part: (uint)model);
        return ((ulong)key.Bits(0) << 32) | key.Bits(1);
    }

    private static TrainingPlan ForNetwork(TrainingOptions options, DataSize size, int vocabulary, int characters)
    {
        bool small = size.Tokens < 100_000;
        int steps = StepsInEpoch(options, size);
        bool recurrent = options.Model == ModelKind.Recurrent, words = options.Unit == Data.TokenUnit.Word;
        var defaults = new LearningDefaults
        {
            LearningRate = 4e-3f,
            WeightDecay = 0.01f,
            LabelSmoothing = small && size.Classes > 2 ? 0.1f : 0f,
            Dropout = new DropoutPlan { Word = 0.1f, Input = small ? 0.2f : 0.4f, Layers = 0.3f, Output = 0.5f },
            Batch = DefaultBatch,
            Epochs = Math.Max(small ? 30 : size.Tokens < 1_000_000 ? 12 : 6, MostSteps / steps),
            Patience = Math.Max(4, PatientSteps / steps),
        };
        return new TrainingPlan(options, defaults)
        {
            Options = options,
            Spec = new ClassifierSpec
            {
                Model = options.Model,
                Unit = options.Unit,
                Lowercase = options.Lowercase,
                VocabularySize = vocabulary,
                Classes = size.Classes,
                EmbeddingSize = options.Vectors?.Dimension ?? options.Embedding ?? (words ? 100 : 64),
                Recurrent = options.Recurrent(hidden: 128, layers: 1, bidirectional: options.Bidirectional ?? true),
                Pooling = options.Pooling ?? Pooling.Max,
                MaximumTokens = options.MaximumTokens ?? (words ? 400 : 2000),
                DirectBuckets = recurrent && (options.Direct ?? words)
                    ? Buckets(size, vocabulary, demanded: options.Direct == true)
                    : 0,
                CharacterSize = options.Characters,
                CharacterVocabularySize = characters,
            },
        };
    }

    /// <summary>Logistic regression: few passes, strong weight decay, no dropout.</summary>
    private static TrainingPlan ForBagOfWords(TrainingOptions options, DataSize size, int features)
    {
        int steps = StepsInEpoch(options, size);
        var defaults = new LearningDefaults
        {
            LearningRate = 0.01f, WeightDecay = 0.1f, Batch = DefaultBatch, Epochs = Math.Max(20, MostSteps / steps),
            Patience = Math.Max(4, PatientSteps / steps),
        };
        LearningOptions learning = options with { LearningRate = options.LearningRate ?? defaults.LearningRate, Dropout = new() };
        return new TrainingPlan(learning, defaults)
        {
            Options = options,
            Spec = new ClassifierSpec
            {
                Model = ModelKind.BagOfWords,
                Unit = options.Unit,
                Lowercase = options.Lowercase,
                VocabularySize = features,
                Classes = size.Classes,
                MaximumTokens = options.MaximumTokens ?? 1_000_000,
            },
            Stage = "bag of words",
        };
    }

    private static int StepsInEpoch(TrainingOptions options, DataSize size) =>
        Math.Max(1, size.Texts / (options.Batch ?? DefaultBatch));

    /// <summary>
    /// About as many rows as there are different pairs of neighbours: half the tokens, as a power of two. With many labels the
    /// table would outgrow everything else: then it has fewer rows, or is left out unless it was demanded.
    /// </summary>
    private static int Buckets(DataSize size, int vocabulary, bool demanded)
    {
        if (!demanded && (long)vocabulary * size.Classes > LargestDirectTable) return 0;
        int buckets = LeastBuckets;
        long most = Math.Min(MostBuckets, LargestDirectTable / size.Classes);
        while (buckets < size.Tokens / 2 && 2 * buckets <= most) buckets <<= 1;
        return buckets;
    }
}
