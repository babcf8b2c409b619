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

    /// <summary>A value in so few digits that it fits a cell of a matrix.</summary>
    public static string Short(double value) => !double.IsFinite(value) || Math.Floor(value) == value ? Value(value)
        : Math.Abs(value) is >= 0.001 and < 1000
            ? value.ToString(Math.Abs(value) >= 100 ? "0" : Math.Abs(value) >= 10 ? "0.#" : Math.Abs(value) >= 0.1 ? "0.##"
            : "0.###",
                CultureInfo.InvariantCulture)
        : value.ToString("0.#e+0", CultureInfo.InvariantCulture);

    /// <summary>A name beside a bar or a cell, in one line and shortened to so many characters.</summary>
    public static string Label(string text, int most)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        int[] starts = StringInfo.ParseCombiningCharacters(line);
        return starts.Length <= most ? line : line[..starts[most - 1]] + "\u2026";
    }

    /// <summary>A text inside a sentence; one that is written from right to left does not pull what follows it along.</summary>
    public static string Isolated(string text) =>
        text.Any(c => c is (>= '\u0590' and <= '\u08FF') or (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC')
            or '\uD802' or '\uD83A')
            ? $"\u2068{text}\u2069" : text;

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
