using System.Text;

namespace Recurant.Formats;

/// <summary>Lists what exists when something was asked for that does not, and guesses what was meant.</summary>
internal static class Suggestion
{
    private const int LongestName = 40;
    private const int MostNames = 20;

    /// <summary>The names in quotes, and the nearest of them to the one asked for, as two short sentences.</summary>
    internal static string Describe(string kind, string asked, IReadOnlyList<string> names)
    {
        var text = new StringBuilder(kind).Append(": ");
        for (int i = 0; i < Math.Min(names.Count, MostNames); i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(Quote(names[i]));
        }

        text.Append(names.Count > MostNames ? ", ..." : ".");
        string? near = Nearest(asked, names);
        return near is null ? text.ToString() : text.Append(" Did you mean ").Append(Quote(near)).Append('?').ToString();
    }

    internal static string Quote(string name) =>
        name.Length <= LongestName ? $"\"{name}\"" : $"\"{name.AsSpan(0, LongestName)}...\"";

    private static string? Nearest(string asked, IReadOnlyList<string> names)
    {
        string? nearest = null;
        int least = Math.Max(2, asked.Length / 3) + 1;
        foreach (string name in names)
        {
            int distance = name.Length > LongestName ? int.MaxValue : Distance(asked.ToLowerInvariant(), name.ToLowerInvariant());
            if (distance < least && distance < name.Length) (nearest, least) = (name, distance);
        }

        return nearest;
    }

    /// <summary>How many letters must be added, dropped or replaced (Levenshtein 1966), kept one row at a time.</summary>
    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (int j = 0; j < row.Length; j++) row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
