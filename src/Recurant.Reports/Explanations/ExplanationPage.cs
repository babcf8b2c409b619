using System.Globalization;

namespace Recurant.Reports;

/// <summary>Explanations as a page of one file: words and their shares, curves and matrices, with the numbers in tables
/// behind.</summary>
public static class ExplanationPage
{
    /// <summary>Why a classifier gave texts their labels.</summary>
    /// <param name="explanations">The explanations, each a chapter of the page.</param>
    /// <param name="model">What the page calls the model: its file, or its summary.</param>
    /// <returns>The HTML.</returns>
    public static string Of(IReadOnlyList<TextExplanation> explanations, string model) => Of(
        explanations, model, TextSections.Add, all => all.Count == 1 ? $"Why \u201C{all[0].Label}\u201D" : "Why these labels");

    /// <summary>Why a tagger gave words their tags.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{TextExplanation}, string)"/>
    public static string Of(IReadOnlyList<TagExplanation> explanations, string model) =>
        Of(explanations, model, TagSections.Add, _ => "Why these tags");

    /// <summary>What a decoder said and where it looked.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{TextExplanation}, string)"/>
    public static string Of(IReadOnlyList<DecoderExplanation> explanations, string model) => Of(
        explanations, model, DecoderSections.Add,
        all => all.Any(one => one.StripsAcross > 0) ? "Why this sentence" : "Why this translation");

    /// <summary>How surprised a language model was.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{TextExplanation}, string)"/>
    public static string Of(IReadOnlyList<LanguageExplanation> explanations, string model) =>
        Of(explanations, model, LanguageSections.Add, _ => "How surprising the text is");

    /// <summary>Why a model of numbers answered as it did.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{TextExplanation}, string)"/>
    public static string Of(IReadOnlyList<SeriesExplanation> explanations, string model) =>
        Of(explanations, model, SeriesSections.Add, _ => "Why this answer");

    /// <summary>What the steps of a sequence did.</summary>
    /// <param name="explanation">The explanation.</param>
    /// <param name="model">What the page calls the model: its file, or its summary.</param>
    /// <returns>The HTML.</returns>
    public static string Of(ProblemExplanation explanation, string model)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        HtmlPage page = Page("Effect of each step", model);
        DataSections.Add(page, explanation);
        return page.ToString();
    }

    /// <summary>What matters over a data set.</summary>
    /// <param name="explanation">The explanation.</param>
    /// <param name="model">What the page calls the model: its file, or its summary.</param>
    /// <param name="data">What it calls the data.</param>
    /// <returns>The HTML.</returns>
    public static string Of(DataExplanation explanation, string model, string data)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        HtmlPage page = Page("What the model looks at", $"{model} on {data}");
        DataSections.Add(page, explanation);
        return page.ToString();
    }

    /// <summary>
    /// The page of explanations of a kind, each with sections of its own; where there are several they are numbered.
    /// </summary>
    private static string Of<T>(
        IReadOnlyList<T> explanations, string model, Action<HtmlPage, T, string, string> add, Func<IReadOnlyList<T>,
            string> title)
    {
        ArgumentNullException.ThrowIfNull(explanations);
        HtmlPage page = Page(title(explanations), model);
        foreach ((int i, T explanation) in explanations.Index())
        {
            string number = (i + 1).ToString(CultureInfo.InvariantCulture);
            add(page, explanation, "e" + number, explanations.Count == 1 ? "" : number + ": ");
        }

        return page.ToString();
    }

    private static HtmlPage Page(string title, string subtitle)
    {
        ArgumentNullException.ThrowIfNull(subtitle);
        var page = new HtmlPage(title, subtitle);
        page.AddStyle(Asset.Read("explanation.css"));
        return page;
    }
}
