using System.Globalization;

namespace Recurant.Reports;

/// <summary>Numbers as charts and their tables show them.</summary>
internal static class ChartText
{
    /// <summary>A value with four significant digits; empty where there is none.</summary>
    public static string Value(double value) => double.IsNaN(value) ? ""
        : double.IsInfinity(value) ? (value > 0 ? "infinity" : "-infinity")
        : Math.Abs(value) is >= 1e4 and < 1e15 && Math.Floor(value) == value ? value.ToString("0", CultureInfo.InvariantCulture)
        : Math.Abs(value) is 0 or (>= 1e-3 and < 1e7) ? Plain(value)
        : value.ToString("0.###e+0", CultureInfo.InvariantCulture);

    /// <summary>A position on an axis: as <see cref="Value"/>, in as few characters as say it.</summary>
    public static string Tick(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 1e-3 or >= 1e7 => value.ToString("0.##e+0", CultureInfo.InvariantCulture),
        >= 1e4 => Value(Math.Round(value / 1e3, 3)) + "k",
        _ => Plain(value),
    };

    private static string Plain(double value)
    {
        double size = Math.Abs(value);
        int decimals = size >= 1000 ? 1 : size >= 100 ? 2 : size >= 1 ? 3 : size >= 0.1 ? 4 : size >= 0.01 ? 5 : 6;
        return Math.Round(value, decimals).ToString("0.######", CultureInfo.InvariantCulture);
    }
}
