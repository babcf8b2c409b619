using System.Text.Json;

namespace Recurant.Heads;

/// <summary>
/// How good answered numbers are. y is the right number, f the answer.
/// <code>
/// (1) RMSE = sqrt(mean (y - f)^2),  MAE = mean |y - f|,  R^2 = 1 - sum (y - f)^2 / sum (y - mean y)^2
/// </code>
/// </summary>
public sealed record RegressionScore : Score
{
    /// <summary>The number of numbers.</summary>
    public required long Rows { get; init; }

    /// <summary>The root of the mean squared error.</summary>
    public required double RootMeanSquaredError { get; init; }

    /// <summary>The mean absolute error.</summary>
    public required double MeanAbsoluteError { get; init; }

    /// <summary>R^2; null where all right numbers are equal.</summary>
    public double? R2 { get; init; }

    /// <inheritdoc/>
    public override string Measure => "rmse";

    /// <inheritdoc/>
    public override double Value => RootMeanSquaredError;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    internal override long Count => Rows;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("rows", Rows);
        writer.WriteNumber("rmse", RootMeanSquaredError);
        writer.WriteNumber("mae", MeanAbsoluteError);
        if (R2 is { } r2) writer.WriteNumber("r2", r2);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static RegressionScore Read(JsonElement members) => new()
    {
        Loss = members.GetProperty("loss").GetDouble(),
        Rows = members.GetProperty("rows").GetInt64(),
        RootMeanSquaredError = members.GetProperty("rmse").GetDouble(),
        MeanAbsoluteError = members.GetProperty("mae").GetDouble(),
        R2 = members.TryGetProperty("r2", out JsonElement r2) ? r2.GetDouble() : null,
    };

    /// <summary>
    /// (1) of answers whose right numbers are known; the loss is the mean squared error in units of a deviation.
    /// </summary>
    /// <param name="pairs">y and f of each.</param>
    /// <param name="deviation">The unit of the loss.</param>
    internal static RegressionScore Of(IReadOnlyCollection<(float Right, float Answer)> pairs, float deviation)
    {
        double squared = 0, absolute = 0, sum = 0, spread = 0;
        foreach ((float right, float answer) in pairs)
        {
            double error = (double)right - answer;
            squared += error * error;
            absolute += Math.Abs(error);
            sum += right;
        }

        int count = Math.Max(1, pairs.Count);
        foreach ((float right, _) in pairs) spread += (right - sum / count) * (right - sum / count);
        return new RegressionScore
        {
            Loss = squared / count / ((double)deviation * deviation), Rows = pairs.Count,
            RootMeanSquaredError = Math.Sqrt(squared / count), MeanAbsoluteError = absolute / count,
            R2 = spread > 0 ? 1 - squared / spread : null,
        };
    }
}
