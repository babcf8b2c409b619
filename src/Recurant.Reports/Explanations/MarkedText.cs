using System.Globalization;

namespace Recurant.Reports;

/// <summary>One word of a marked text.</summary>
/// <param name="Word">The word.</param>
/// <param name="Strength">From -1 (against, the one colour) to 1 (for, the other); 0 for no mark.</param>
/// <param name="Says">What the mark says, for whoever points at it.</param>
/// <param name="Below">What stands under it; empty for nothing.</param>
internal sealed record MarkedWord(string Word, double Strength, string Says, string Below = "");

/// <summary>A text whose words are marked in two colours. The numbers stand in a table of the same section.</summary>
internal static class MarkedText
{
    /// <summary>Adds the text to a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="words">The words.</param>
    /// <param name="isJoined">Whether words stand without blanks between them, as characters do.</param>
    public static void Add(PageSection section, IReadOnlyList<MarkedWord> words, bool isJoined) => section.Add(to =>
    {
        to.Open("p", ("class", isJoined ? "marked joined" : "marked"));
        foreach (MarkedWord word in words)
        {
            string share = HtmlWriter.Number(Math.Min(1, Math.Abs(word.Strength)) * 100);
            to.Open(
                "span", ("class", word.Strength < 0 ? "mark against" : "mark for"), ("style", $"--share: {share}%"),
                ("title", word.Says));
            to.Text(word.Word);
            if (word.Below.Length > 0) to.Element("small", word.Below);
            to.Close();
            if (!isJoined) to.Text(" ");
        }

        to.Close();
    });

    /// <summary>What the colours mean; a colour that is not used has an empty text.</summary>
    public static void AddLegend(PageSection section, string against, string forIt) => section.Add(to =>
    {
        to.Open("p", ("class", "marks"));
        if (against.Length > 0) to.Element("span", against, ("class", "mark against"), ("style", "--share: 70%"));
        if (forIt.Length > 0) to.Element("span", forIt, ("class", "mark for"), ("style", "--share: 70%"));
        to.Close();
    });

    /// <summary>A signed number with two decimals.</summary>
    public static string Signed(double value) => value.ToString("+0.00;\u22120.00;0.00", CultureInfo.InvariantCulture);

    /// <summary>A probability.</summary>
    public static string Four(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>A token that can be seen: blanks and line ends get a sign.</summary>
    public static string Visible(string token) => token switch { " " => "\u2423", "\n" => "\u21B5", "" => "(empty)", _ => token };
}
