using System.Globalization;
using System.Text.Json;

namespace Recurant.Heads;

/// <summary>The errors of forecasts that reach equally far.</summary>
/// <param name="Step">How many steps ahead, from 1.</param>
/// <param name="MeanAbsoluteError">The mean of |y - f|.</param>
/// <param name="MeanSquaredError">The mean of (y - f)^2.</param>
/// <param name="Coverage80">The share of values inside their 80 % interval; null without intervals.</param>
public sealed record HorizonScore(int Step, double MeanAbsoluteError, double MeanSquaredError, double? Coverage80)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(HorizonScore), PrintMembers);
}

/// <summary>
/// How often the first step of a forecast goes the way that the value went.
/// <code>
/// (1) interval of Wilson (1927): (p + z^2/2n +- z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n), z = 1.96
/// </code>
/// It counts moves as if each told something of its own: neighbouring days of many stocks do not, and the true interval is wider.
/// </summary>
/// <param name="Count">The moves: first steps whose value differs from the last one known.</param>
/// <param name="Accuracy">The share that was foreseen, p.</param>
/// <param name="Low">The lower end of the 95 % interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Majority">The share of the more frequent way: who always says it is right so often.</param>
public sealed record DirectionScore(long Count, double Accuracy, double Low, double High, double Majority)
{
    private const double Z = 1.959964;

    /// <summary>Whether more is foreseen than always saying the more frequent way would, beyond chance.</summary>
    public bool IsLearnt => Low > Majority;

    internal static DirectionScore Of(long moves, long rises, long foreseen)
    {
        double n = moves, p = foreseen / n, middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        double half = Z * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n);                           // (1)
        return new DirectionScore(moves, p, middle - half, middle + half, Math.Max(rises, moves - rises) / n);
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(DirectionScore), PrintMembers);
}

/// <summary>
/// How good forecasts are. y is what came, f the forecast (the median; in squared errors the mean), q_a the quantile of the level
/// a, all over the values that are known.
/// <code>
/// (1) MAE = mean |y - f|,  MSE = mean (y - f)^2
/// (2) MASE = mean over the series of  MAE of the series / mean |y_t - y_(t-m)| of its rows before the test
/// (3) sMAPE = mean 200 |y - f| / (|y| + |f|)
/// (4) wQL = mean over the levels a of  2 sum max(a (y - q_a), (a - 1)(y - q_a)) / sum |y|
/// (5) coverage = share of y in [q_0.1, q_0.9]
/// </code>
/// (2) is Hyndman and Koehler's (2006) with the seasonal lag m, (3) that of the M4 competition.
/// </summary>
public sealed record ForecastScore : Score
{
    /// <summary>The number of windows: of a series, a target and a first step.</summary>
    public required long Windows { get; init; }

    /// <summary>MAE of (1).</summary>
    public required double MeanAbsoluteError { get; init; }

    /// <summary>MSE of (1).</summary>
    public required double MeanSquaredError { get; init; }

    /// <summary>The root of the MSE.</summary>
    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);

    /// <summary>(2); null where no series has changed in its rows before the test.</summary>
    public double? Mase { get; init; }

    /// <summary>The lag m of (2).</summary>
    public int Season { get; init; } = 1;

    /// <summary>How many series have no MASE, since their rows before the test are constant.</summary>
    public int Undefined { get; init; }

    /// <summary>(3), in percent.</summary>
    public required double Smape { get; init; }

    /// <summary>The mean of 100 |y - f| / |y|, over the y that are not 0; null if all are.</summary>
    public double? Mape { get; init; }

    /// <summary>(4); null without quantiles, or where all y are 0.</summary>
    public double? WeightedQuantileLoss { get; init; }

    /// <summary>(5); null without quantiles.</summary>
    public double? Coverage80 { get; init; }

    /// <summary>How often the first step goes the right way; null where no value ever moves.</summary>
    public DirectionScore? Direction { get; init; }

    /// <summary>The same by how far ahead.</summary>
    public required IReadOnlyList<HorizonScore> ByHorizon { get; init; }

    /// <inheritdoc/>
    public override string Measure => "scaled loss";

    /// <summary>
    /// The pinball loss of the quantiles, of values that are brought to the scale of their window; training reduces it, or the
    /// negative log likelihood of a distribution.
    /// </summary>
    public override double Value => Loss;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    internal override long Count => Windows;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("windows", Windows);
        writer.WriteNumber("mae", MeanAbsoluteError);
        writer.WriteNumber("mse", MeanSquaredError);
        Write(writer, "mase", Mase);
        writer.WriteNumber("season", Season);
        writer.WriteNumber("undefined", Undefined);
        writer.WriteNumber("smape", Smape);
        Write(writer, "mape", Mape);
        Write(writer, "wql", WeightedQuantileLoss);
        Write(writer, "coverage80", Coverage80);
        if (Direction is { } direction)
        {
            writer.WriteStartObject("direction");
            writer.WriteNumber("count", direction.Count);
            writer.WriteNumber("accuracy", direction.Accuracy);
            writer.WriteNumber("low", direction.Low);
            writer.WriteNumber("high", direction.High);
            writer.WriteNumber("majority", direction.Majority);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("by_horizon");
        foreach (HorizonScore step in ByHorizon)
        {
            writer.WriteStartObject();
            writer.WriteNumber("step", step.Step);
            writer.WriteNumber("mae", step.MeanAbsoluteError);
            writer.WriteNumber("mse", step.MeanSquaredError);
            Write(writer, "coverage80", step.Coverage80);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static ForecastScore Read(JsonElement members) => new()
    {
        Loss = members.GetProperty("loss").GetDouble(),
        Windows = members.GetProperty("windows").GetInt64(),
        MeanAbsoluteError = members.GetProperty("mae").GetDouble(),
        MeanSquaredError = members.GetProperty("mse").GetDouble(),
        Mase = Optional(members, "mase"),
        Season = members.GetProperty("season").GetInt32(),
        Undefined = members.GetProperty("undefined").GetInt32(),
        Smape = members.GetProperty("smape").GetDouble(),
        Mape = Optional(members, "mape"),
        WeightedQuantileLoss = Optional(members, "wql"),
        Coverage80 = Optional(members, "coverage80"),
        Direction = members.TryGetProperty("direction", out JsonElement direction)
            ? new DirectionScore(
                direction.GetProperty("count").GetInt64(), direction.GetProperty("accuracy").GetDouble(),
                direction.GetProperty("low").GetDouble(), direction.GetProperty("high").GetDouble(),
                direction.GetProperty("majority").GetDouble())
            : null,
        ByHorizon =
        [
            .. members.GetProperty("by_horizon").EnumerateArray().Select(step => new HorizonScore(
                step.GetProperty("step").GetInt32(), step.GetProperty("mae").GetDouble(), step.GetProperty("mse").GetDouble(),
                Optional(step, "coverage80"))),
        ],
    };

    private static void Write(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }

    private static double? Optional(JsonElement members, string name) =>
        members.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : null;
}
