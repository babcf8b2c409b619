namespace Recurant.Cli;

/// <summary>The confusion matrix.</summary>
internal static class ConfusionTable
{
    private const int LongestLabel = 24, MostConfusions = 10;

    /// <summary>
    /// The whole table where it fits the width; else precision and recall of each label and the most frequent confusions.
    /// </summary>
    public static IEnumerable<string> Lines(IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyList<int>> confusion, int width)
    {
        string[] names = [.. labels.Select(label => TextLayout.Shorten(TextLayout.OneLine(label), LongestLabel))];
        string[] square = [.. Square(names, confusion)];
        return square.Max(line => line.Length) <= width ? square : Summary(names, confusion, width);
    }

    private static IEnumerable<string> Square(string[] names, IReadOnlyList<IReadOnlyList<int>> confusion)
    {
        var rows = new List<string[]> { new[] { "actual \\ predicted" }.Concat(names).ToArray() };
        for (int i = 0; i < names.Length; i++) rows.Add([names[i], .. confusion[i].Select(count => Numbers.Count(count))]);

        return TextLayout.Table(rows, int.MaxValue);
    }

    private static IEnumerable<string> Summary(
        string[] names, IReadOnlyList<IReadOnlyList<int>> confusion, int width)
    {
        var rows = new List<string[]> { new[] { "label", "rows", "precision", "recall" } };
        var mistakes = new List<(int Count, int Right, int Answered)>();
        for (int i = 0; i < names.Length; i++)
        {
            int truth = confusion[i].Sum(), answered = confusion.Sum(row => row[i]);
            rows.Add([names[i], Numbers.Count(truth), Share(confusion[i][i], answered), Share(confusion[i][i], truth)]);
            for (int j = 0; j < names.Length; j++)
            {
                if (j != i && confusion[i][j] > 0) mistakes.Add((confusion[i][j], i, j));
            }
        }

        foreach (string line in TextLayout.Table(rows, width)) yield return line;
        if (mistakes.Count == 0) yield break;
        yield return "";
        var worst = new List<string[]> { new[] { "actual", "predicted", "count" } };
        foreach ((int count, int right, int answered) in mistakes.OrderByDescending(mistake => mistake.Count)
            .Take(MostConfusions))
        {
            worst.Add([names[right], names[answered], Numbers.Count(count)]);
        }

        foreach (string line in TextLayout.Table(worst, width, left: 1)) yield return line;
    }

    private static string Share(int part, int whole) => whole == 0 ? "-" : Numbers.Four((double)part / whole);
}
