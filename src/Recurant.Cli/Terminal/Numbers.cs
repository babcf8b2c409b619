using System.Globalization;

namespace Recurant.Cli;

/// <summary>Numbers as people read them, the same in every country.</summary>
internal static class Numbers
{
    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A whole number without separators, for tables that programs read.</summary>
    public static string Plain(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number on the scale of some data, with five digits that count.</summary>
    public static string Significant(double value) => value == 0 || Math.Abs(value) is >= 1e-3 and < 1e5
        ? value.ToString(Math.Abs(value) >= 100 ? "N1" : Math.Abs(value) >= 10 ? "F2" : "F4", CultureInfo.InvariantCulture)
        : Scientific(value);

    public static string Four(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>A loss in its column: four decimals, or powers of ten for one that has run away.</summary>
    public static string Loss(double value) => Math.Abs(value) < 10_000 ? Four(value) : Scientific(value);

    /// <summary>A measure in six columns: a share with four decimals, a perplexity or BLEU with two.</summary>
    public static string Measure(double value) =>
        Math.Abs(value) < 10 ? Four(value)
        : value.ToString(Math.Abs(value) < 1000 ? "F2" : Math.Abs(value) < 1e6 ? "F0" : "0.0e+0", CultureInfo.InvariantCulture);

    /// <summary>A number and its noun: 1 epoch, 2 epochs.</summary>
    public static string Of(int count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>The same with a plural of its own: 2 series.</summary>
    public static string Of(int count, string noun, string plural) => $"{Count(count)} {(count == 1 ? noun : plural)}";

    public static string Scientific(double value) => value.ToString("0.0e+00", CultureInfo.InvariantCulture);

    public static string Seconds(double value) => value.ToString(value < 10 ? "F1" : "F0", CultureInfo.InvariantCulture) + " s";

    /// <summary>A time left: 0:07, 12:30, 1:02:03.</summary>
    public static string Clock(TimeSpan time) => time.TotalHours >= 1
        ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)
        : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);
}
