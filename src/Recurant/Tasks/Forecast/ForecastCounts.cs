using System.Globalization;

namespace Recurant.Tasks;

/// <summary>What a distribution of counts asks of options and data.</summary>
internal static class ForecastCounts
{
    /// <summary>Single precision has every whole number up to here.</summary>
    private const float Largest = 1 << 24;

    /// <summary>Refuses options that contradict counts.</summary>
    /// <exception cref="ArgumentException">One does; the message names it.</exception>
    public static void Validate(ForecastOptions options)
    {
        if (options.Distribution != ForecastDistribution.NegativeBinomial) return;
        if (options.Logarithms == true) throw Contradiction("Logarithms is true", "reads counts as they are", "--logarithms");
        if (options.Centre is { } centre and not WindowCentre.Zero)
        {
            throw Contradiction(
                $"Centre is {Choices.NameOf(centre)}", "reads counts from zero on", "--centre");
        }

        if (options.AllowNegative)
        {
            throw Contradiction("AllowNegative is true", "gives counts, none of which is below 0", "--allow-negative");
        }
    }

    /// <summary>Requires that the values of targets are counts.</summary>
    /// <param name="table">The table.</param>
    /// <param name="targets">The targets.</param>
    /// <param name="ends">For each series how many of its rows are looked at.</param>
    /// <exception cref="InvalidDataException">One is none; the message names the first.</exception>
    public static void Require(SeriesTable table, IEnumerable<SeriesColumn> targets, IReadOnlyList<int> ends)
    {
        foreach (SeriesColumn target in targets)
        {
            for (int i = 0; i < ends.Count; i++)
            {
                SeriesSpan span = table.Series[i];
                for (int row = 0; row < ends[i]; row++)
                {
                    float value = target[span.First + row];
                    if (float.IsNaN(value) || (value is >= 0 and <= Largest && value == MathF.Floor(value))) continue;
                    throw new InvalidDataException(
                        $"{table.Name}: \"{target.Name}\" is {value.ToString(CultureInfo.InvariantCulture)} in row {row + 1}"
                        + (span.Id.Length > 0 ? $" of the series \"{span.Id}\"" : "")
                        + ". A negative binomial distribution is of counts: whole numbers from 0 to 16,777,216. Choose another "
                        + "distribution (--distribution), or other targets.");
                }
            }
        }
    }

    private static ArgumentException Contradiction(string what, string why, string option) => new(
        $"{what}, but a negative binomial distribution {why}. Leave it out ({option}), or choose another Distribution "
        + "(--distribution).");
}
