using System.Globalization;

namespace Recurant.Formats;

/// <summary>What columns of tables of numbers are usually called, in several languages.</summary>
internal static class SeriesNames
{
    /// <summary>The rank of a name that is not known.</summary>
    internal const int Unknown = int.MaxValue;

    private static readonly string[] s_time = Words(
        "timestamp datetime date ds time ts local_time utc_time date_time day week month quarter year datum zeitpunkt "
        + "zeitstempel zeit tag woche monat quartal jahr fecha hora data dataora heure jour mois annee ano anno mes tijd "
        + "datum_tijd czas epoch unixtime unix_time period t step steps timestep time_step time_idx time_index tick cycle cycles "
        + "frame seconds sec minutes hours days ms milliseconds elapsed index position pos");

    private static readonly string[] s_dates = Words(
        "date ds datum day week month quarter year tag woche monat quartal jahr fecha data jour mois annee ano anno mes period "
        + "time");

    private static readonly string[] s_ids = Words(
        "unique_id series_id item_id series id ticker symbol item store sensor station device unit machine engine meter turbine "
        + "pump household customer client patient subject seq sequence sequence_id sample trial case session entity key sku "
        + "product shop family group trajectory episode location site city country region name uid uuid serie kunde geraet "
        + "maschine filiale");

    private static readonly string[] s_rows = ["", "no", "nr", "row", "rownum", "row id", "index", "idx", "unnamed 0", "x1"];

    /// <summary>The place of a name among those of times, the likelier first.</summary>
    internal static int RankOfTime(string name) => Rank(name, s_time);

    /// <summary>The same among those of ids.</summary>
    internal static int RankOfId(string name) => Rank(name, s_ids);

    /// <summary>Whether a name is one of dates rather than of counters.</summary>
    internal static bool IsDateName(string name) => Rank(name, s_dates) < Unknown;

    /// <summary>Whether a name is one of row numbers.</summary>
    internal static bool IsRowNumber(string name) => s_rows.Contains(KnownNames.Normal(name));

    /// <summary>Whether cells look like dates rather than words that happen to hold a digit.</summary>
    internal static bool IsDateLike(string[] cells) => cells.Any(cell => cell.Length >= 4)
        || cells.Any(cell => cell.Contains('-'));

    /// <summary>Whether whole numbers begin with years of our times, and rise or fall.</summary>
    internal static bool AreYears(string[] cells) => cells.All(cell =>
        cell.Length >= 4 && int.TryParse(cell.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out int year)
        && year is >= 1500 and <= 2200);

    /// <summary>The columns that are a word and a number that counts on, or a number alone: t0, t1, t2.</summary>
    internal static int[] Numbered(string[] names, int[] columns)
    {
        int[] best = [];
        foreach (IGrouping<string, int> group in columns.Where(i => Ending(names[i]) is not null)
            .GroupBy(i => names[i][..^Ending(names[i])!.Length]))
        {
            int[] run = [.. group];
            bool counts = true;
            for (int i = 1; i < run.Length; i++)
            {
                counts &= int.Parse(Ending(names[run[i]])!, CultureInfo.InvariantCulture)
                    == int.Parse(Ending(names[run[i - 1]])!, CultureInfo.InvariantCulture) + 1;
            }

            if (counts && run.Length > best.Length) best = run;
        }

        return best;
    }

    private static string? Ending(string name)
    {
        int digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit(name[digits - 1])) digits--;
        return digits == name.Length || name.Length - digits > 8 ? null : name[digits..];
    }

    private static int Rank(string name, string[] names)
    {
        int rank = KnownNames.Rank(name, names);
        return rank < 0 ? Unknown : rank;
    }

    private static string[] Words(string words) => [.. words.Split(' ').Select(word => word.Replace('_', ' '))];
}
