using System.Globalization;
using System.Text;

namespace Recurant.Cli;

/// <summary>The sentences of the demo and how its answers are shown.</summary>
internal static class DemoText
{
    /// <summary>The sentence that the chapter begins with.</summary>
    public const string NotGood = "This movie is not good";

    /// <summary>Sentences with the label that any reader gives them.</summary>
    public static IReadOnlyList<(string Text, string Label)> Sentences { get; } =
    [
        ("This movie is good", "positive"),
        ("This movie is bad", "negative"),
        (NotGood, "negative"),
        ("This movie is not bad", "positive"),
        ("This movie is not only good but great", "positive"),
        ("This movie is hardly good", "negative"),
        ("I would not say that this movie is good", "negative"),
        ("The music is great but the movie is boring", "negative"),
    ];

    /// <summary>
    /// A table of sentences by models; answers that a reader would not give are marked. Where it is too wide, the sentences
    /// stand above their answers.
    /// </summary>
    public static IEnumerable<string> Table(
        IReadOnlyList<string> models, IReadOnlyList<IReadOnlyList<Prediction>> answers, int width)
    {
        var cells = new List<string[]> { models.ToArray() };
        for (int s = 0; s < Sentences.Count; s++)
        {
            cells.Add([.. answers[s]
                .Select(answer => Cell(answer.Label[..3], answer.Probability, answer.Label != Sentences[s].Label))]);
        }

        int[] widths = [.. models.Select((_, m) => cells.Max(row => row[m].Length))];
        int room = Sentences.Max(sentence => sentence.Text.Length);
        bool isStacked = room + widths.Sum(cell => cell + 2) > width;
        for (int row = 0; row < cells.Count; row++)
        {
            string sentence = row == 0 ? "" : Sentences[row - 1].Text;
            if (isStacked && row > 0) yield return sentence;
            var line = new StringBuilder(isStacked ? "" : sentence.PadRight(room));
            for (int m = 0; m < widths.Length; m++) line.Append("  ").Append(cells[row][m].PadRight(widths[m]));
            yield return line.ToString().TrimEnd();
        }
    }

    private static string Cell(string label, float probability, bool wrong) =>
        string.Create(CultureInfo.InvariantCulture, $"{label} {probability:F2}{(wrong ? " x" : "")}");
}
