namespace Recurant.Cli;

/// <summary>Guesses which of several names was meant by one that does not exist.</summary>
internal static class Nearest
{
    private const int ShortestBeginning = 3;

    /// <summary>The sentence <c> Did you mean "name"?</c> with a blank before it; empty where no name is near.</summary>
    public static string Question(string asked, IEnumerable<string> names) =>
        Find(asked, names) is { } name ? $" Did you mean \"{name}\"?" : "";

    /// <summary>
    /// The name that was meant: the same written otherwise (<c>batch_size</c>, <c>batchSize</c>), what other tools call it, one
    /// with a letter or two wrong, or one that begins so. Null where a name would only be a wild guess.
    /// </summary>
    public static string? Find(string asked, IEnumerable<string> names)
    {
        string[] all = [.. names];
        string plain = OtherNames.Plain(asked);
        if (plain.Length == 0) return null;
        if (all.FirstOrDefault(name => OtherNames.Plain(name) == plain) is { } same) return same;
        foreach (string other in OtherNames.Of(plain))
        {
            if (all.FirstOrDefault(name => OtherNames.Plain(name) == OtherNames.Plain(other)) is { } meant) return meant;
        }

        string? nearest = null;
        int least = Mistakes(plain.Length) + 1;
        foreach (string name in all.Where(name => OtherNames.Plain(name).Length > 0))
        {
            int distance = Distance(plain, OtherNames.Plain(name));
            // Whoever has two letters wrong has the first one right: "deploy" is not "replay".
            bool isLikely = distance < 2 || OtherNames.Plain(name)[0] == plain[0];
            if (distance < least && distance < name.Length && isLikely) (nearest, least) = (name, distance);
        }

        return nearest ?? (plain.Length < ShortestBeginning
            ? null
            : all.FirstOrDefault(name => OtherNames.Plain(name).StartsWith(plain, StringComparison.Ordinal)));
    }

    /// <summary>How many wrong letters a word of a length may have and still be told: of "lr" nothing is left with two.</summary>
    private static int Mistakes(int length) => length switch { <= 2 => 0, <= 4 => 1, <= 8 => 2, _ => 3 };

    /// <summary>How many letters must be added, dropped, replaced or swapped with their neighbour (Damerau 1964).</summary>
    internal static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(d[i - 1, j - 1] + cost, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
