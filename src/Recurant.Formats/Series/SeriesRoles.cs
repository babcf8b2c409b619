using System.Text;

namespace Recurant.Formats;

/// <summary>Guesses what the columns of a finished table may mean, and says it in words.</summary>
internal static class SeriesRoles
{
    private const int MostOthers = 8, NamesShown = 5;

    /// <summary>More different whole numbers are no labels, of series or of steps.</summary>
    private const int MostLabels = 100, MostLabelsOfSteps = 20;

    private static readonly string[] s_targets =
        ["y", "target", "value", "ot", "sales", "demand", "units", "quantity", "load", "price", "close", "amount", "consumption",
         "count", "pollution", "pm2 5", "umsatz", "absatz", "ventas", "wert", "valeur", "valor"];

    /// <summary>Puts the table and the guesses together.</summary>
    /// <param name="table">The table.</param>
    /// <param name="format">What the file is stored as, in words.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="times">How times are written; null for none.</param>
    /// <param name="timeColumns">The columns of the time.</param>
    /// <param name="id">The columns of the series; null for none.</param>
    /// <param name="label">The label that the file itself names; null for none.</param>
    /// <param name="otherTimes">What else could be the time.</param>
    /// <param name="otherIds">What else could name the series.</param>
    internal static SeriesFile Describe(
        SeriesTable table, string format, SeriesFormatOptions options, TimeFormat? times = null,
        IReadOnlyList<string>? timeColumns = null, IReadOnlyList<string>? id = null, string? label = null,
            IReadOnlyList<string>? otherTimes = null,
        IReadOnlyList<string>? otherIds = null)
    {
        bool[] constant = [.. table.Columns.Select(column => IsConstant(table, column))];
        List<string> labels = Labels(table, constant, out string? likely);
        bool Has(string name) => options.Expected is null || table.IndexOf(name) >= 0;
        label ??= options.Label is { } asked && Has(asked) ? Named(table, asked) : likely;
        labels.Remove(label ?? "");
        List<string> targets = [.. options.Targets.Where(Has).Select(target => Named(table, target))];
        List<string> otherTargets = [];
        if (targets.Count == 0)
        {
            otherTargets = Targets(table, constant, label);
            if (otherTargets.Count > 0) targets.Add(otherTargets[0]);
            if (otherTargets.Count > 0) otherTargets.RemoveAt(0);
        }

        return new SeriesFile(table)
        {
            Times = times,
            TimeColumns = timeColumns ?? [],
            IdColumns = id ?? [],
            LabelColumn = label,
            LabelIsConstant = label is not null && constant[table.IndexOf(label)],
            Targets = targets,
            FutureRows = FutureRows(table, targets),
            OtherTimes = otherTimes ?? [],
            OtherIds = otherIds ?? [],
            OtherLabels = [.. labels.Take(MostOthers)],
            OtherTargets = [.. otherTargets.Take(MostOthers)],
            Description = Words(table, format, timeColumns ?? [], id ?? [], label, constant),
        };
    }

    /// <summary>Whether a name is one of what is forecast.</summary>
    internal static bool IsTarget(string name) => s_targets.Contains(KnownNames.Normal(name));

    private static string Named(SeriesTable table, string asked)
    {
        int place = table.IndexOf(asked);
        for (int i = 0; place < 0 && i < table.Columns.Count; i++)
        {
            if (table.Columns[i].Name.Equals(asked, StringComparison.OrdinalIgnoreCase)) place = i;
        }

        return place >= 0 ? table.Columns[place].Name : throw SeriesFault.Of(
            $"{table.Name}: there is no column \"{asked}\". "
            + Suggestion.Describe("The columns are", asked, [.. table.Columns.Select(column => column.Name)]));
    }

    private static bool IsConstant(SeriesTable table, SeriesColumn column)
    {
        foreach (SeriesSpan span in table.Series)
        {
            float first = float.NaN;
            for (int row = span.First; row < span.First + span.Count; row++)
            {
                float value = column[row];
                if (float.IsNaN(value)) continue;
                if (float.IsNaN(first)) first = value;
                else if (value != first) return false;
            }
        }

        return true;
    }

    /// <summary>
    /// What can be a label: categories, and few whole numbers; those with known names and of whole series first. Likely is one
    /// with a known name, one of whole series, and the last column.
    /// </summary>
    private static List<string> Labels(SeriesTable table, bool[] constant, out string? likely)
    {
        bool many = table.Series.Count > 1;
        int numbers = table.Columns.Count(column => column.Categories is null);
        var found = new List<(int Rank, bool Likely, string Name)>();
        for (int i = 0; i < table.Columns.Count; i++)
        {
            SeriesColumn column = table.Columns[i];
            bool known = KnownNames.Rank(column.Name, KnownNames.Label) >= 0;
            bool perhaps = KnownNames.Rank(column.Name, KnownNames.LikelyLabel) >= 0;
            bool words = column.Categories is not null;
            int distinct = column.Categories?.Count ?? (numbers > 1 ? WholeValues(column) : 0);
            bool whole = constant[i] && many && distinct <= Math.Max(2, table.Series.Count / 2);
            bool steps = !constant[i] && (words || known || (distinct <= MostLabelsOfSteps && table.Rows >= 5 * distinct
                && !IsTarget(column.Name)));
            if (distinct < 2 || distinct > MostLabels || !(whole || steps)) continue;
            bool last = i == table.Columns.Count - 1;
            int rank = (known ? 0 : perhaps ? 20 : 40) + (whole ? 0 : 8) + (words ? 0 : 4) + (last ? 0 : 1);
            found.Add((rank, known || whole || last, column.Name));
        }

        found.Sort((a, b) => a.Rank.CompareTo(b.Rank));
        likely = found.Find(each => each.Likely).Name;
        return [.. found.Select(each => each.Name)];
    }

    /// <summary>How many different values a column of whole numbers has; 0 if they are no labels.</summary>
    private static int WholeValues(SeriesColumn column)
    {
        var seen = new HashSet<float>();
        for (int row = 0; row < column.Count; row++)
        {
            float value = column[row];
            if (float.IsNaN(value)) continue;
            if (value != MathF.Truncate(value) || (seen.Add(value) && seen.Count > MostLabels)) return 0;
        }

        return seen.Count;
    }

    /// <summary>What can be forecast: blank at the end where others are not, then by its name, then by its place.</summary>
    private static List<string> Targets(SeriesTable table, bool[] constant, string? label)
    {
        var found = new List<(int Rank, int Place, string Name)>();
        for (int i = 0; i < table.Columns.Count; i++)
        {
            SeriesColumn column = table.Columns[i];
            bool isLabel = column.Name == label && KnownNames.Rank(label, KnownNames.Label) >= 0;
            if (column.Categories is not null || isLabel) continue;
            bool future = table.Columns.Count > 1 && table.Series.All(span => FutureOf(table, span, [i]) > 0);
            int known = Array.IndexOf(s_targets, KnownNames.Normal(column.Name));
            int rank = future ? 0 : known >= 0 ? 1 + known : constant[i] && table.Series.Count > 1 ? 200 : 100;
            found.Add((rank, i, column.Name));
        }

        return [.. found.OrderBy(each => each.Rank).ThenBy(each => each.Place).Select(each => each.Name)];
    }

    private static int[] FutureRows(SeriesTable table, List<string> targets)
    {
        int[] places = [.. targets.Select(table.IndexOf)];
        return [.. table.Series.Select(span => places.Length == 0 ? 0 : FutureOf(table, span, places))];
    }

    /// <summary>Rows at the end that lack the targets and have something else that is not the same in all rows.</summary>
    private static int FutureOf(SeriesTable table, SeriesSpan span, int[] targets)
    {
        int count = 0;
        for (int row = span.First + span.Count - 1; row >= span.First; row--)
        {
            if (!Array.TrueForAll(targets, place => float.IsNaN(table.Columns[place][row]))) break;
            bool other = false;
            for (int i = 0; i < table.Columns.Count && !other; i++)
            {
                other = !targets.Contains(i) && !float.IsNaN(table.Columns[i][row]);
            }

            if (!other) break;
            count++;
        }

        return count == span.Count ? 0 : count;
    }

    private static string Words(
        SeriesTable table, string format, IReadOnlyList<string> timeColumns, IReadOnlyList<string> id, string? label,
            bool[] constant)
    {
        var text = new StringBuilder(format);
        int longest = table.Series.Count == 0 ? 0 : table.Series.Max(span => span.Count);
        int shortest = table.Series.Count == 0 ? 0 : table.Series.Min(span => span.Count);
        string steps = shortest == longest ? $"{longest:N0} {(longest == 1 ? "step" : "steps")}"
            : $"{shortest:N0} to {longest:N0} steps";
        if (table.Axis is { } axis)
        {
            string names = string.Join(", ", timeColumns.Select(Suggestion.Quote));
            text.Append($", time{(names.Length > 0 ? " " : "")}{names} ({axis}, {steps})");
        }
        else
        {
            text.Append($", {steps} without times");
        }

        if (table.Series.Count > 1 || id.Count > 0)
        {
            string names = string.Join(", ", id.Select(Suggestion.Quote));
            text.Append(id.Count == 0 ? $", {table.Series.Count:N0} series" : $", series {names} ({table.Series.Count:N0})");
        }

        List("number", table.Columns.Where(column => column.Categories is null && column.Name != label));
        List("category", table.Columns.Where(column => column.Categories is not null && column.Name != label));
        if (label is not null)
        {
            bool whole = constant[table.IndexOf(label)];
            text.Append($", label perhaps \"{label}\" ({(whole ? "one a series" : "one a step")})");
        }

        return text.ToString();

        void List(string one, IEnumerable<SeriesColumn> columns)
        {
            string[] names = [.. columns.Select(column => Suggestion.Quote(column.Name))];
            if (names.Length == 0) return;
            string many = one == "category" ? "categories" : "numbers";
            string kind = names.Length == 1 ? one : names.Length > NamesShown ? $"{names.Length:N0} {many}" : many;
            text.Append($", {kind} {string.Join(", ", names.Take(NamesShown))}{(names.Length > NamesShown ? ", ..." : "")}");
        }
    }
}
