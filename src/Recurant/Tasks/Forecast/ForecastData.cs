namespace Recurant.Tasks;

/// <summary>A table divided and indexed for learning, and the model that it is for.</summary>
internal sealed class ForecastData
{
    /// <summary>After every epoch so many windows of each target are looked at, and so many values in all of them.</summary>
    private const int MostValidation = 1000, MostValidated = 2_000_000;

    public required ForecastDataset Given { get; init; }

    public required ForecasterModel Model { get; init; }

    public required ForecastPlan Plan { get; init; }

    public required ForecastRows Rows { get; init; }

    public required ForecastParts Parts { get; init; }

    /// <summary>
    /// Of each series and target the mean change over a season of the rows before the test; NaN where none is known.
    /// </summary>
    public required double[] Scales { get; init; }

    /// <summary>The same of the rows that are learnt from.</summary>
    public required double[] LearntScales { get; init; }

    /// <summary>Series that are too short for a whole window; they are learnt from as far as they reach, or not at all.</summary>
    public required IReadOnlyList<string> Short { get; init; }

    public string Name => Given.Table.Name;

    public ForecasterSpec Spec => Model.Spec;

    /// <summary>The windows to learn from where the rows up to an end are known.</summary>
    public SeriesWindows Learnable(IReadOnlyList<int> ends) => new(
        Spec.TargetCount, [.. ends.Select(rows => ForecastParts.Learnable(rows, Spec.Lookback, Spec.Horizon))]);

    /// <summary>The windows that validate.</summary>
    public SeriesWindow[] Validation =>
    [
        .. Within(Parts.LearntEnd, Parts.ValidEnd).Spread(Math.Clamp(
            MostValidated / (Spec.Lookback + Spec.Horizon), MostValidation, MostValidation * Math.Max(1L, Spec.TargetCount))),
    ];

    /// <summary>The windows that test: all of them.</summary>
    public SeriesWindows Test => Within(Parts.ValidEnd, Parts.TestEnd);

    /// <summary>Decides all that was left open, and makes the model.</summary>
    /// <exception cref="InvalidDataException">The table has nothing to learn from; the message names it.</exception>
    public static ForecastData Make(ForecastDataset given, ForecastOptions options)
    {
        SeriesTable table = given.Table;
        IReadOnlyList<(SeriesColumn Column, ColumnRole Role)> roles = ForecastRoles.Of(table, options);
        SeriesColumn[] targets = [.. roles.Where(each => each.Role == ColumnRole.Target).Select(each => each.Column)];
        // What is counted has no calendar.
        TimeRule? rule = table.Axis is { IsCounted: false } axis ? axis.Rule : null;
        int season = options.Season ?? SeasonOf(rule);
        int horizon = options.Horizon ?? (options.Known.Count > 0 ? AskedFor(table, targets) : null) ?? (season > 1 ? season
            : 10);
        ForecastParts parts = ForecastParts.Of(given, targets, horizon, options.ValidationRows);
        (int, int)[] learnt =
            [.. table.Series.Select((span, i) => (span.First, span.First + parts.LearntEnd[i]))];
        if (learnt.All(range => range.Item2 - range.Item1 < 2))
        {
            throw new InvalidDataException(
                $"{table.Name}: no series has two rows with a value of \"{targets[0].Name}\" to learn from"
                + (given.TestRows.Any(rows => rows > 0) ? " before the rows of the test" : "") + ". Give longer series.");
        }

        if (options.Distribution == ForecastDistribution.NegativeBinomial) ForecastCounts.Require(table, targets, parts.ValidEnd);
        SeriesColumnSpec[] columns = LastKnown.Read(
            options.Decay, table.Axis, roles.Select(each => SeriesColumnSpec.Fit(each.Column, each.Role, learnt)));
        ForecastSize size = SizeOf(targets, learnt, parts, horizon);
        ForecastPlan plan = ForecastPlan.For(options, rule, columns, size, horizon, season);
        var model = new ForecasterModel(plan.Spec);
        return new ForecastData
        {
            Given = given, Model = model, Plan = plan, Rows = new ForecastRows(table, plan.Spec), Parts = parts,
            Scales = ScalesOf(table, targets, parts.ValidEnd, season),
            LearntScales = ScalesOf(table, targets, parts.LearntEnd, season),
            Short =
            [
                .. table.Series.Where((_, i) => parts.LearntEnd[i] < 2 || parts.LearntEnd[i] < plan.Spec.Lookback)
                    .Select(span => span.Id),
            ],
        };
    }

    /// <summary>
    /// The season that the calendar suggests: the day of steps below one, the week of days, the year of months.
    /// </summary>
    internal static int SeasonOf(TimeRule? rule)
    {
        switch (rule?.Unit)
        {
            case TimeUnit.Ticks when rule.Size < TimeSpan.TicksPerMinute:
                return Math.Max(1, (int)(TimeSpan.TicksPerMinute / rule.Size));
            case TimeUnit.Ticks when rule.Size < 10 * TimeSpan.TicksPerMinute:
                return Math.Max(1, (int)(TimeSpan.TicksPerHour / rule.Size));
            case TimeUnit.Ticks when rule.Size < TimeSpan.TicksPerDay:
                return (int)(TimeSpan.TicksPerDay / rule.Size);
            case TimeUnit.Days:
                return rule.Size switch { 1 => 7, 7 => 52, _ => 1 };
            case TimeUnit.BusinessDays:
                return 5;
            case TimeUnit.Months or TimeUnit.MonthEnds:
                return rule.Size is < 12 and > 0 && 12 % rule.Size == 0 ? (int)(12 / rule.Size) : 1;
            default:
                return 1;
        }
    }

    /// <summary>
    /// Mean |y_t - y_(t-m)| over the first rows of each series and target; NaN where no two such values are known.
    /// </summary>
    internal static double[] ScalesOf(
        SeriesTable table, IReadOnlyList<SeriesColumn> targets, IReadOnlyList<int> ends, int season)
    {
        var scales = new double[table.Series.Count * targets.Count];
        for (int i = 0; i < scales.Length; i++)
        {
            SeriesSpan span = table.Series[i / targets.Count];
            ReadOnlySpan<float> values = targets[i % targets.Count].Values.AsSpan(span.First, ends[i / targets.Count]);
            double sum = 0;
            int count = 0;
            for (int t = season; t < values.Length; t++)
            {
                float change = values[t] - values[t - season];
                if (float.IsNaN(change)) continue;
                sum += Math.Abs(change);
                count++;
            }

            scales[i] = count > 0 ? sum / count : double.NaN;
        }

        return scales;
    }

    /// <summary>
    /// The rows at the end of the series whose targets are blank: they are asked for. Null where there are none.
    /// </summary>
    private static int? AskedFor(SeriesTable table, SeriesColumn[] targets)
    {
        int most = 0;
        foreach (SeriesSpan span in table.Series)
        {
            int blank = 0;
            while (blank < span.Count && targets.All(target => float.IsNaN(target[span.First + span.Count - 1 - blank]))) blank++;
            if (blank < span.Count) most = Math.Max(most, blank);
        }

        return most > 0 ? most : null;
    }

    private static ForecastSize SizeOf(
        SeriesColumn[] targets, (int First, int End)[] learnt, ForecastParts parts, int horizon)
    {
        bool notNegative = true, missing = false;
        long values = 0;
        foreach (SeriesColumn target in targets)
        {
            foreach ((int first, int end) in learnt)
            {
                foreach (float value in target.Values.AsSpan(first, end - first))
                {
                    missing |= float.IsNaN(value);
                    values += float.IsNaN(value) ? 0 : 1;
                    notNegative &= !(value < 0);
                }
            }
        }

        int[] rows = [.. parts.LearntEnd.Order()];
        return new ForecastSize(
            learnt.Length * targets.Length, rows[rows.Length / 2], values, notNegative, missing, parts.Validated(horizon));
    }

    private SeriesWindows Within(IReadOnlyList<int> first, IReadOnlyList<int> end) => new(
        Spec.TargetCount,
        [.. first.Select((from, i) => ForecastParts.Within(from, end[i], Spec.Horizon))]);
}
