using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>How much there is to learn from.</summary>
/// <param name="Series">The series and targets together.</param>
/// <param name="Rows">The rows of the median series that are learnt from.</param>
/// <param name="Values">The values of all targets that are learnt from.</param>
/// <param name="IsNotNegative">Whether all of them are 0 or above.</param>
/// <param name="HasMissing">Whether some of them are missing.</param>
/// <param name="Validated">How many horizons lie side by side in the rows that validate.</param>
internal readonly record struct ForecastSize(
    int Series, int Rows, long Values, bool IsNotNegative, bool HasMissing, double Validated);

/// <summary>
/// The options of a forecaster with nothing left open: what the user did not decide is decided here from the data. The rules are
/// explained in docs/forecasting.md, with the experiments behind them.
/// </summary>
internal sealed record ForecastPlan : LearningPlan
{
    /// <summary>
    /// So many looks at the validation windows; the weights are averaged over about as many steps as lie in half of one.
    /// </summary>
    private const int Looks = 20;

    private const double AveragedLooks = 0.5;

    /// <summary>As many windows are drawn as there are values, in at least and at most so many steps.</summary>
    private const int FewestSteps = 400, FewestOfLittle = 1000, MostSteps = 20_000, FewestLookback = 32,
        MostLookback = 720;

    /// <summary>A batch has a window for so many values, but 16 to 128.</summary>
    private const int BatchShare = 64;

    /// <summary>With fewer values the steps are more.</summary>
    private const int FewValues = 2000;

    /// <summary>
    /// With fewer horizons side by side no epoch is preferred, unless the last is worse than another by a tenth.
    /// </summary>
    private const double FewestValidated = 30, Tolerance = 0.1;

    /// <summary>A table of so many values is learnt slower, and its linear map slower still.</summary>
    private const int ManyValues = 20_000;

    public ForecastPlan()
    {
    }

    private ForecastPlan(LearningOptions options, LearningDefaults defaults)
        : base(options, defaults)
    {
    }

    [JsonIgnore]
    public required ForecastOptions Options { get; init; }

    public required ForecasterSpec Spec { get; init; }

    /// <summary>The steps of an epoch.</summary>
    public int EpochSteps { get; init; } = 1;

    /// <summary>By how much faster than the rest the linear map learns.</summary>
    public float LinearRate { get; init; } = 1f;

    /// <summary>Whether windows count by the units of MASE.</summary>
    public bool Weighted { get; init; }

    /// <summary>Whether the model is trained anew on all rows when it is known how long.</summary>
    public bool Refit { get; init; }

    /// <summary>Decides everything.</summary>
    /// <param name="options">What the user decided.</param>
    /// <param name="rule">The calendar; null where rows have no times.</param>
    /// <param name="columns">The columns that are read, the targets first.</param>
    /// <param name="size">How much there is to learn from.</param>
    /// <param name="horizon">The steps that are forecast.</param>
    /// <param name="season">The steps of a season.</param>
    public static ForecastPlan For(
        ForecastOptions options, TimeRule? rule, IReadOnlyList<SeriesColumnSpec> columns, ForecastSize size, int horizon,
            int season)
    {
        int targets = columns.Count(column => column.Role == ColumnRole.Target), segment = options.Segment ?? SegmentOf(horizon,
            season);
        bool isSet = size.Series > targets, isLittle = size.Values < FewValues, isLong = !isSet && size.Values >= ManyValues;
        int lookback = options.Lookback ?? LookbackOf(horizon, season, size.Rows, segment, isSet);
        lookback = Math.Max(1, lookback / segment) * segment;
        bool isCount = options.Distribution == ForecastDistribution.NegativeBinomial;
        bool logarithms = options.Logarithms ?? (size.IsNotNegative && !isCount);
        int networks = options.Models ?? (isSet && !isLittle ? 1 : 3), least = isLittle ? FewestOfLittle : FewestSteps;
        int batch = options.Batch ?? (int)Math.Clamp(size.Values / BatchShare, 16, 128);
        int steps = (int)Math.Clamp(size.Values / batch, least, MostSteps), epoch = Math.Max(1, steps / Looks);
        var defaults = new LearningDefaults
        {
            LearningRate = isLong ? 1e-3f : 2e-3f, WeightDecay = 0.01f, Schedule = ScheduleKind.Cosine,
            Dropout = new DropoutPlan { Output = 0.3f },
            Batch = batch,
            Epochs = Looks,
            Patience = int.MaxValue,
        };
        return new ForecastPlan(options with { Clip = options.Clip * MathF.Sqrt(networks) }, defaults)
        {
            Options = options,
            EpochSteps = epoch,
            // What few windows say of an epoch is the weather of those weeks: then all epochs are made, and the last counts.
            LastEpoch = size.Validated < FewestValidated ? options.Epochs ?? Looks : 0,
            LastTolerance = Tolerance,
            AveragedEpochs = AveragedLooks,
            Refit = options.Refit ?? true,
            // A likelihood has no unit.
            Weighted = isSet && options.Distribution == ForecastDistribution.Quantiles,
            LinearRate = isLong ? 0.1f : 1f,
            Spec = new ForecasterSpec
            {
                Columns = columns, Rule = rule, Lookback = lookback, Horizon = horizon, Segment = segment, Season = season,
                Centre = options.Centre ?? (isCount ? WindowCentre.Zero : WindowCentre.Horizon), Logarithms = logarithms,
                Offset = logarithms && isSet ? 1f : 0f,
                Positive = size.IsNotNegative && !options.AllowNegative,
                Calendar = options.Calendar ?? columns.Any(column => column.Role is ColumnRole.Known or ColumnRole.Past),
                Linear = options.Linear, Masked = size.HasMissing, Levels = options.Levels, Distribution = options.Distribution,
                Networks = networks,
                Recurrent = options.Recurrent(hidden: 128, layers: 1, bidirectional: false) with
                {
                    Cell = options.Cell ?? CellKind.Gru,
                },
            },
        };
    }

    /// <summary>
    /// A season where it is short, else the largest of its divisors up to 24; without a season about a quarter of H.
    /// </summary>
    private static int SegmentOf(int horizon, int season)
    {
        if (season is > 1 and <= 24) return Math.Min(season, Math.Max(1, horizon));
        if (season > 24)
        {
            for (int divisor = 24; divisor > 1; divisor--)
            {
                if (season % divisor == 0) return Math.Min(divisor, horizon);
            }
        }

        return Math.Clamp(horizon / 4, 1, 24);
    }

    /// <summary>
    /// Of many series three and a half horizons, of a table seven; but two seasons and 32 steps at least, and at most 720 steps
    /// and half of the median series, or a third of the table.
    /// </summary>
    private static int LookbackOf(int horizon, int season, int rows, int segment, bool isSet)
    {
        int wanted = Math.Max(isSet ? 7 * horizon / 2 : 7 * horizon, Math.Max(2 * season, FewestLookback));
        return Math.Max(2 * segment, Math.Min(Math.Min(wanted, MostLookback), isSet ? rows / 2 : rows / 3));
    }
}
