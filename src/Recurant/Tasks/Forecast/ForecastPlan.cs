using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>How much there is to learn from.</summary>
/// <param name="Series">The series and targets together.</param>
/// <param name="Rows">The rows of the median series that are learnt from.</param>
/// <param name="Windows">The windows that can be learnt from, of all series and targets.</param>
/// <param name="IsPositive">Whether all values of the targets are above 0.</param>
/// <param name="IsNotNegative">Whether all of them are 0 or above.</param>
/// <param name="HasMissing">Whether some of them are missing.</param>
internal readonly record struct ForecastSize(
    int Series, int Rows, long Windows, bool IsPositive, bool IsNotNegative, bool HasMissing);

/// <summary>
/// The options of a forecaster with nothing left open: what the user did not decide is decided here from the data. The rules are
/// explained in docs/forecasting.md, with the experiments behind them.
/// </summary>
internal sealed record ForecastPlan : LearningPlan
{
    /// <summary>The steps between two looks at the validation windows.</summary>
    private const int StepsInEpoch = 100;

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
    public int EpochSteps { get; init; } = StepsInEpoch;

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
        ForecastOptions options, TimeRule? rule, IReadOnlyList<SeriesColumnSpec> columns, ForecastSize size, int horizon, int season)
    {
        bool isShort = size.Rows < 10 * Math.Max(season, horizon);
        int segment = options.Segment ?? SegmentOf(horizon, season);
        int lookback = options.Lookback ?? LookbackOf(horizon, season, size.Rows);
        lookback = Math.Max(1, (lookback + segment / 2) / segment) * segment;
        bool logarithms = options.Logarithms ?? (size.IsPositive && isShort && season > 1);
        int networks = options.Models ?? (isShort ? 5 : 1);
        int targets = columns.Count(column => column.Role == ColumnRole.Target);
        var defaults = new LearningDefaults
        {
            LearningRate = 2e-3f, WeightDecay = 0.01f, Schedule = ScheduleKind.Cosine,
            Dropout = new DropoutPlan { Output = 0.1f },
            Batch = 128,
            Epochs = 20,
            Patience = int.MaxValue,
        };
        return new ForecastPlan(options with { Clip = options.Clip * MathF.Sqrt(networks) }, defaults)
        {
            Options = options,
            Refit = options.Refit ?? isShort,
            Spec = new ForecasterSpec
            {
                Columns = columns, Rule = rule, Lookback = lookback, Horizon = horizon, Segment = segment, Season = season,
                Centre = options.Centre ?? (isShort && season > 1 ? WindowCentre.Season : WindowCentre.Mean),
                Logarithms = logarithms, Positive = size.IsNotNegative && !options.AllowNegative,
                Calendar = options.Calendar ?? false, Linear = options.Linear, Masked = size.HasMissing,
                Mean = targets > 1 && !isShort, Levels = options.Levels, Networks = networks,
                Recurrent = options.Recurrent(hidden: 128, layers: 1, bidirectional: false) with
                {
                    Cell = options.Cell ?? CellKind.Gru,
                },
            },
            AveragedEpochs = 0.5,
        };
    }

    /// <summary>A season where it is short, else the largest of its divisors up to 24; without a season about a quarter of H.</summary>
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

    /// <summary>Long enough for several seasons and for the horizon, and no longer than a third of a short series.</summary>
    private static int LookbackOf(int horizon, int season, int rows)
    {
        int wanted = Math.Max(3 * season, 2 * horizon);
        return Math.Max(1, Math.Min(wanted, Math.Max(season, rows - horizon)));
    }
}
