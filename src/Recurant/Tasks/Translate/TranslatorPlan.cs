using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>
/// The options of an encoder-decoder with nothing left open: what the user did not decide is decided here from the data. The
/// rules are explained in docs/translation.md, with the experiments behind them.
/// </summary>
internal sealed record TranslatorPlan : LearningPlan
{
    /// <summary>About so many steps are enough, in so many epochs.</summary>
    private const int GoodSteps = 8000, FewestEpochs = 8, MostEpochs = 40;

    public TranslatorPlan()
    {
    }

    private TranslatorPlan(LearningOptions options, LearningDefaults defaults)
        : base(options, defaults)
    {
    }

    [JsonIgnore]
    public required LearningOptions Options { get; init; }

    public required TranslatorSpec Spec { get; init; }

    /// <summary>The subwords that so many pairs can teach.</summary>
    public static int SubwordsFor(int pairs) => Math.Clamp(pairs / 5, 500, 6000);

    /// <summary>Decides everything.</summary>
    /// <param name="options">What the user decided.</param>
    /// <param name="pairs">The number of training pairs.</param>
    /// <param name="spec">The source, the target and what else belongs to the task.</param>
    public static TranslatorPlan For(LearningOptions options, int pairs, TranslatorSpec spec)
    {
        int batch = options.Batch ?? 64, steps = Math.Max(1, pairs / batch), hidden = options.Hidden ?? 512;
        var defaults = new LearningDefaults
        {
            LearningRate = 1e-3f,
            WeightDecay = 0f,
            LabelSmoothing = 0.1f,
            Dropout = new DropoutPlan { Input = 0.3f, Layers = 0.3f, Output = 0.3f },
            Batch = batch,
            Epochs = Math.Clamp(GoodSteps / steps, FewestEpochs, MostEpochs),
            Patience = 6,
        };
        return new TranslatorPlan(options with { Dropout = options.Dropout with { Embedding = 0 } }, defaults)
        {
            Options = options,
            Spec = spec with
            {
                EmbeddingSize = options.Embedding ?? 256,
                Cell = options.Cell ?? CellKind.Lstm,
                EncoderSize = hidden / 2,
                EncoderLayers = options.Layers ?? 1,
                DecoderSize = hidden,
                DecoderLayers = options.Layers ?? 1,
            },
            AveragedEpochs = 1,
        };
    }
}
