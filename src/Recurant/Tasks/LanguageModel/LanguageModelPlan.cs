namespace Recurant.Tasks;

/// <summary>The options of a language model with nothing left open.</summary>
internal sealed record LanguageModelPlan : LearningPlan
{
    public LanguageModelPlan()
    {
    }

    private LanguageModelPlan(LearningOptions options, LearningDefaults defaults)
        : base(options, defaults)
    {
    }

    public required LanguageModelSpec Spec { get; init; }

    /// <summary>T, the steps of a window.</summary>
    public required int Window { get; init; }

    /// <summary>S, the words drawn for each step; 0 for the softmax over all of them.</summary>
    public required int Samples { get; init; }

    private const int DefaultSamples = 8192;

    /// <summary>The subwords that a text of so many characters can teach: one in 500.</summary>
    public static int SubwordsFor(long characters) => (int)Math.Clamp(characters / 500, 300, 8000);

    /// <summary>The steps of a window where none are given.</summary>
    public static int WindowFor(TokenUnit unit) => unit == TokenUnit.Character ? 100 : 35;

    public static LanguageModelPlan For(LanguageModelOptions options, TokenUnit unit, int vocabulary)
    {
        bool words = unit != TokenUnit.Character, adaptive = options.Optimizer is not (OptimizerKind.Sgd
            or OptimizerKind.Momentum or OptimizerKind.Nesterov);
        bool tied = options.Tied ?? (words && options.Embedding != 0);
        int hidden = options.Hidden ?? (words ? 200 : 256);
        float rate = words ? 0.4f : 0.2f;
        var defaults = new LearningDefaults
        {
            LearningRate = 3e-3f,
            WeightDecay = adaptive ? 0.01f : 0f,
            Schedule = adaptive ? ScheduleKind.Cosine : ScheduleKind.Plateau,
            Dropout = new DropoutPlan { Input = words ? rate : 0f, Layers = rate, Output = rate },
            Batch = words ? 20 : 32,
            Epochs = words ? 40 : 20,
            Patience = 4,
        };
        LearningOptions learning = options with
        {
            LearningRate = options.LearningRate ?? (adaptive ? defaults.LearningRate : 1f), LabelSmoothing = 0,
            Dropout = options.Dropout with { Word = 0 },
        };
        return new LanguageModelPlan(learning, defaults)
        {
            AveragedEpochs = adaptive ? 1 : 0,
            Samples = options.Samples ?? (vocabulary >= LanguageModelSpec.LargeVocabulary ? DefaultSamples : 0),
            Window = options.Window ?? WindowFor(unit),
            Spec = new LanguageModelSpec
            {
                Unit = unit,
                Lowercase = options.Lowercase,
                VocabularySize = vocabulary,
                EmbeddingSize = options.Embedding ?? (words ? hidden : 64),
                Tied = tied,
                Recurrent = options.Recurrent(hidden, layers: 2, bidirectional: false),
            },
        };
    }
}
