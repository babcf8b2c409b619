using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>
/// The options of an encoder-decoder with nothing left open: what the user did not decide is decided here from the data. The rules
/// are explained in docs/translation.md, with the experiments behind them.
/// </summary>
internal sealed record TranslatorPlan : LearningPlan
{
    /// <summary>About so many steps are enough, in so many epochs.</summary>
    private const int GoodSteps = 8000, FewestEpochs = 8, MostEpochs = 40;

    [JsonIgnore]
    public required LearningOptions Options { get; init; }

    public required TranslatorSpec Spec { get; init; }

    public required DropoutPlan Dropout { get; init; }

    public required float LabelSmoothing { get; init; }

    /// <summary>Pairs in a step.</summary>
    public required int Batch { get; init; }

    /// <summary>The subwords that so many pairs can teach.</summary>
    public static int SubwordsFor(int pairs) => Math.Clamp(pairs / 5, 500, 6000);

    /// <summary>Decides everything.</summary>
    /// <param name="options">What the user decided.</param>
    /// <param name="pairs">The number of training pairs.</param>
    /// <param name="spec">The source, the target and what else belongs to the task.</param>
    public static TranslatorPlan For(LearningOptions options, int pairs, TranslatorSpec spec)
    {
        int batch = options.Batch ?? 64, steps = Math.Max(1, pairs / batch), hidden = options.Hidden ?? 512;
        DropoutOptions dropout = options.Dropout;
        return new TranslatorPlan
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
            Dropout = new DropoutPlan
            {
                Word = dropout.Word ?? 0f,
                Input = dropout.Input ?? 0.3f,
                Layers = dropout.Layers ?? 0.3f,
                Recurrent = dropout.Recurrent ?? 0f,
                Output = dropout.Output ?? 0.3f,
                Seed = options.Seed,
            },
            Optimizer = options.Optimizer,
            LearningRate = options.LearningRate
                ?? (options.Optimizer is OptimizerKind.Adam or OptimizerKind.AdamW
                    ? 1e-3f
                    : Optimizers.Optimizer.DefaultLearningRate(options.Optimizer)),
            WeightDecay = options.WeightDecay ?? 0f,
            LabelSmoothing = options.LabelSmoothing ?? 0.1f,
            Schedule = options.Schedule ?? ScheduleKind.Linear,
            Clip = options.Clip,
            Observers = options.Observers,
            Batch = batch,
            Epochs = options.Epochs ?? Math.Clamp(GoodSteps / steps, FewestEpochs, MostEpochs),
            Patience = options.Patience ?? 6,
            Budget = options.Budget,
            AveragedEpochs = 1,
        };
    }
}
