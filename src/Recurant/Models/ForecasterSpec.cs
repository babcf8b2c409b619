using System.Globalization;
using System.Text.Json.Serialization;
using static Recurant.Layers.SpecRange;

namespace Recurant.Models;

/// <summary>What is taken from the values of a window before the network reads them, and given back to its forecast.</summary>
public enum WindowCentre
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The last of them.</summary>
    Last,

    /// <summary>The mean of the last season of them.</summary>
    Season,

    /// <summary>The mean of the last of them, as many as are forecast.</summary>
    Horizon,

    /// <summary>Nothing: the network reads the values as the training part standardises them.</summary>
    None,

    /// <summary>
    /// Nothing, and the values are divided by 1 + the mean of their sizes, not by their deviation: for counts (Salinas et al.
    /// 2020).
    /// </summary>
    Zero,
}

/// <summary>What a forecaster is made of; data only.</summary>
public sealed record ForecasterSpec
{
    internal const int MostSteps = 100_000, MostNetworks = 64;

    /// <summary>The columns that are read, the targets first, in the order of the table.</summary>
    public required IReadOnlyList<SeriesColumnSpec> Columns { get; init; }

    /// <summary>The calendar of the series; null where rows have no times.</summary>
    public TimeRule? Rule { get; init; }

    /// <summary>L, the steps that are looked back on.</summary>
    public required int Lookback { get; init; }

    /// <summary>H, the steps that are forecast.</summary>
    public required int Horizon { get; init; }

    /// <summary>w, the steps that the recurrent layers read, and answer, at once; it divides the lookback.</summary>
    public int Segment { get; init; } = 1;

    /// <summary>The steps of a season, 1 where there is none.</summary>
    public int Season { get; init; } = 1;

    /// <summary>What each window is centred at.</summary>
    public WindowCentre Centre { get; init; } = WindowCentre.Mean;

    /// <summary>Whether logarithms are read instead of the values, none of which should be below 0.</summary>
    public bool Logarithms { get; init; }

    /// <summary>The share of a window's mean that is added to its values before logarithms are taken.</summary>
    public float Offset { get; init; }

    /// <summary>Whether forecasts below 0 become 0.</summary>
    public bool Positive { get; init; }

    /// <summary>Whether features of the calendar are read beside every step.</summary>
    public bool Calendar { get; init; }

    /// <summary>Whether a linear map of the window stands beside the recurrent layers.</summary>
    public bool Linear { get; init; } = true;

    /// <summary>Whether a column says which values of a window are known; else none was missing where it was learnt.</summary>
    public bool Masked { get; init; }

    /// <summary>The levels of the quantiles, ascending, 0.5 among them.</summary>
    public IReadOnlyList<float> Levels { get; init; } = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f];

    /// <summary>What is said of a value to come; from it follow the quantiles of all levels, and the loss.</summary>
    /// <remarks>Files do not name quantiles: they read as those from before there were distributions.</remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ForecastDistribution Distribution { get; init; }

    /// <summary>How many networks answer together; the forecast is the mean of theirs.</summary>
    public int Networks { get; init; } = 1;

    /// <summary>The recurrent layers, of the encoder and of the decoder.</summary>
    public required RecurrentSpec Recurrent { get; init; }

    /// <summary>The targets.</summary>
    [JsonIgnore]
    public IEnumerable<SeriesColumnSpec> Targets => Columns.Where(column => column.Role == ColumnRole.Target);

    /// <summary>The number of targets.</summary>
    [JsonIgnore]
    public int TargetCount => Targets.Count();

    /// <summary>The segments of the lookback.</summary>
    [JsonIgnore]
    internal int PastSegments => Lookback / Segment;

    /// <summary>The segments of the horizon, the last of which may reach beyond it.</summary>
    [JsonIgnore]
    internal int FutureSegments => (Horizon + Segment - 1) / Segment;

    /// <summary>The numbers that the calendar adds to a step.</summary>
    [JsonIgnore]
    internal int CalendarWidth => Calendar && Rule is { } rule ? CalendarFeatures.Width(rule) : 0;

    /// <summary>Whether it is read how long ago values were known.</summary>
    [JsonIgnore]
    internal bool HasAge => Columns[0].AgeUnit is not null;

    /// <summary>The numbers read of a target at a step that was: value, mask, age.</summary>
    [JsonIgnore]
    internal int TargetWidth => HasAge ? 3 : Masked ? 2 : 1;

    /// <summary>The numbers read of a step that was: those of the target, covariates, calendar.</summary>
    [JsonIgnore]
    internal int PastWidth => TargetWidth + WidthOf(ColumnRole.Past) + FutureWidth;

    /// <summary>
    /// Where value, mask and age of what fades with the time since it was known stand in a segment, whose numbers lie feature by
    /// feature: the target first, all targets as one, then columns of which the past is known.
    /// </summary>
    internal IEnumerable<(int Value, int Mask, int Age, int Column)> AgePlaces()
    {
        if (!HasAge) yield break;
        var features = new List<int> { 0 };
        int feature = TargetWidth + FutureWidth;
        foreach (SeriesColumnSpec column in Columns.Where(column => column.Role == ColumnRole.Past))
        {
            if (column.AgeUnit is not null) features.Add(feature);
            feature += column.Width;
        }

        for (int column = 0; column < features.Count; column++)
        {
            for (int i = 0; i < Segment; i++)
            {
                int first = features[column] * Segment + i;
                yield return (first, first + Segment, first + 2 * Segment, column);
            }
        }
    }

    /// <summary>The numbers read of a step to come: what is known of it.</summary>
    [JsonIgnore]
    internal int FutureWidth => WidthOf(ColumnRole.Known) + CalendarWidth;

    /// <summary>
    /// The numbers that stand beside every segment to come: which segment, which target, the static columns, the spread of the
    /// window's logarithms, and where its mean lies.
    /// </summary>
    [JsonIgnore]
    internal int PlaceWidth => FutureSegments + (TargetCount > 1 ? TargetCount : 0) + WidthOf(ColumnRole.Static) + 2;

    /// <summary>The network in one line.</summary>
    [JsonIgnore]
    internal string Summary =>
        $"{(Networks > 1 ? $"{Networks} x " : "")}{Recurrent.Summary}, {Horizon} step{(Horizon == 1 ? "" : "s")} ahead from "
        + Lookback.ToString(CultureInfo.InvariantCulture)
        + (Segment > 1 ? $" in segments of {Segment}" : "") + (Linear ? ", linear part" : "")
        + (Distribution == ForecastDistribution.Quantiles ? "" : $", {Choices.NameOf(Distribution)}");

    /// <summary>Of each number that the columns of a role become: whether it is a mask or an age, which explain
    /// nothing.</summary>
    internal IEnumerable<bool> GivenOf(ColumnRole role) =>
        Columns.Where(column => column.Role == role).SelectMany(column => column.Given);

    private int WidthOf(ColumnRole role) => Columns.Where(column => column.Role == role).Sum(column => column.Width);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    internal void Validate()
    {
        Recurrent.Validate();
        Known.Require(Centre, nameof(Centre));
        Known.Require(Distribution, nameof(Distribution));
        if (Distribution == ForecastDistribution.NegativeBinomial && (Logarithms || Centre != WindowCentre.Zero))
        {
            throw new ArgumentException(
                $"{nameof(Distribution)} is {Distribution}; it is of counts, without {nameof(Logarithms)} and with the "
                + $"{nameof(Centre)} {nameof(WindowCentre.Zero)}.");
        }

        Require(!Recurrent.Bidirectional, 2, "1: what is to come cannot be read", "Recurrent.Directions");
        Require(Lookback is >= 1 and <= MostSteps, Lookback, "1 to 100,000");
        Require(Horizon is >= 1 and <= MostSteps, Horizon, "1 to 100,000");
        Require(Segment >= 1 && Lookback % Segment == 0, Segment, $"a divisor of the lookback, {Lookback}");
        Require(Season is >= 1 and <= MostSteps, Season, "1 to 100,000");
        Require(Networks is >= 1 and <= MostNetworks, Networks, "1 to 64");
        if (Offset is not (>= 0 and <= 1000)) throw new ArgumentException($"{nameof(Offset)} is {Offset}; it must be 0 to 1000.");
        foreach (SeriesColumnSpec column in Columns) column.Validate();
        bool inOrder = Columns.Select(column => column.Role == ColumnRole.Target).SequenceEqual(
            Columns.Select((_, i) => i < TargetCount));
        if (Targets.Any(target => target.AgeUnit != Columns[0].AgeUnit))
        {
            throw new ArgumentException($"{nameof(Columns)}: of all targets or of none the age must be read, by the same clock.");
        }

        if (TargetCount == 0 || !inOrder || Targets.Any(target => target.Categories is not null))
        {
            throw new ArgumentException($"{nameof(Columns)} must begin with the targets, which are numbers, at least one.");
        }

        for (int i = 0; i < Levels.Count; i++)
        {
            if (Levels[i] is > 0 and < 1 && (i == 0 || Levels[i] > Levels[i - 1])) continue;
            throw new ArgumentException($"{nameof(Levels)} must ascend between 0 and 1; number {i + 1} is {Levels[i]}.");
        }

        if (!Levels.Contains(0.5f)) throw new ArgumentException($"{nameof(Levels)} must have 0.5 among them.");
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(ForecasterSpec), PrintMembers);
}
