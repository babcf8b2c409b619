using System.Globalization;
using static Recurant.Reports.MarkedText;

namespace Recurant.Reports;

/// <summary>The sections about the tags of one sentence.</summary>
internal static class TagSections
{
    private const int MostTags = 3;

    public static void Add(HtmlPage page, TagExplanation explanation, string id, string number)
    {
        PageSection section = page.Section(id + "-tags", number + "Tags");
        IReadOnlyList<TagEffect> words = explanation.Words;
        MarkedText.Add(section, [.. words.Select(word => new MarkedWord(
            word.Word, word.Probability, $"{word.Tag} {Four(word.Probability)}", word.Tag))], isJoined: false);
        AddLegend(section, "", "the stronger the colour, the higher the probability");
        section.Text(explanation.HasRandomField
            ? "Probabilities are the marginals of the conditional random field over the whole sentence."
            : "Probabilities are the softmax of each word.");
        section.Text(
            "From context: the probability of the tag if the word itself is hidden, that is, replaced by an unknown word.");
        section.Table("Words and tags", words.Index(),
            new("word", each => Label(words, each.Index)), new("known", each => each.Item.IsKnown ? "yes" : "no", IsText: true),
            new("tag", each => each.Item.Tag, IsText: true), new("probability", each => Four(each.Item.Probability)),
            new("from context", each => Four(each.Item.ProbabilityFromContext)),
            new("most probable tags",
                each => string.Join(", ", each.Item.Probabilities.OrderByDescending(tag => tag.Value).Take(MostTags)
                .Select(tag => $"{tag.Key} {Four(tag.Value)}")), IsText: true));
        if (words.Count == 0) return;
        PageSection rests = page.Section(id + "-influence", number + "Influence of other words on each tag");
        rests.Text(
            "How much a word raises the log odds of another word's tag: those of the sentence minus those without the word; on "
                + "the "
            + "diagonal, minus those with the word itself hidden. Positive values speak for the tag.");
        string[] rows = [.. words.Select((word, t) => $"{Label(words, t)}: {word.Tag}")];
        rests.Chart(new HeatMap
        {
            Title = "Influence", RowName = "tag of", ColumnName = "without", Rows = rows,
            Columns = [.. words.Select((_, t) => Label(words, t))],
            Values = [.. words.Select(word => (IReadOnlyList<double>)[.. word.Influence.Select(value => Math.Round(value, 2))])],
        });
    }

    private static string Label(IReadOnlyList<TagEffect> words, int place) =>
        string.Create(CultureInfo.InvariantCulture, $"{place + 1} {words[place].Word}");
}
