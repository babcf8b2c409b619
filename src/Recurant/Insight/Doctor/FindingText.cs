using System.Globalization;

namespace Recurant.Insight;

/// <summary>Numbers and places in the sentences of findings.</summary>
internal static class FindingText
{
    /// <summary>So many places are kept of a finding.</summary>
    public const int MostPlaces = 100;

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Of(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    public static string Share(long part, long whole) =>
        ((double)part / Math.Max(1, whole)).ToString(part > 0 && part < whole / 1000 ? "0.00%" : "0.0%",
            CultureInfo.InvariantCulture);

    public static string Four(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    public static IReadOnlyList<string> Places(IEnumerable<DoctorText> texts) =>
        [.. texts.Select(text => text.Place).Distinct().Take(MostPlaces)];

    public static KeyValuePair<string, double> Value(string name, double value) => new(name, value);
}
