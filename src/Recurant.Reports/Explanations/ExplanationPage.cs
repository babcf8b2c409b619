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
    public static string Of(IReadOnlyList<TextExplanation> explanations, string model)
    {
        ArgumentNullException.ThrowIfNull(explanations);
        string title = explanations.Count == 1 ? $"Why \u201C{explanations[0].Label}\u201D" : "Why these labels";
        HtmlPage page = Page(title, model);
        for (int i = 0; i < explanations.Count; i++)
        {
            TextSections.Add(page, explanations[i], Id(i), explanations.Count == 1 ? "" : Number(i) + ": ");
        }

        return page.ToString();
    }

    /// <summary>Why a tagger gave words their tags.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{TextExplanation}, string)"/>
    public static string Of(IReadOnlyList<TagExplanation> explanations, string model)
    {
        ArgumentNullException.ThrowIfNull(explanations);
        HtmlPage page = Page("Why these tags", model);
        for (int i = 0; i < explanations.Count; i++)
        {
            TagSections.Add(page, explanations[i], Id(i), explanations.Count == 1 ? "" : Number(i) + ": ");
        }

        return page.ToString();
    }

    /// <summary>What a decoder said and where it looked.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{TextExplanation}, string)"/>
    public static string Of(IReadOnlyList<DecoderExplanation> explanations, string model)
    {
        ArgumentNullException.ThrowIfNull(explanations);
        HtmlPage page = Page(explanations.Any(one => one.StripsAcross > 0) ? "Why this sentence" : "Why this translation", model);
        for (int i = 0; i < explanations.Count; i++)
        {
            DecoderSections.Add(page, explanations[i], Id(i), explanations.Count == 1 ? "" : Number(i) + ": ");
        }

        return page.ToString();
    }

    /// <summary>How surprised a language model was.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{TextExplanation}, string)"/>
    public static string Of(IReadOnlyList<LanguageExplanation> explanations, string model)
    {
        ArgumentNullException.ThrowIfNull(explanations);
        HtmlPage page = Page("How surprising the text is", model);
        for (int i = 0; i < explanations.Count; i++)
        {
            LanguageSections.Add(page, explanations[i], Id(i), explanations.Count == 1 ? "" : Number(i) + ": ");
        }

        return page.ToString();
    }

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

    private static HtmlPage Page(string title, string subtitle)
    {
        ArgumentNullException.ThrowIfNull(subtitle);
        var page = new HtmlPage(title, subtitle);
        page.AddStyle(Asset.Read("explanation.css"));
        return page;
    }

    private static string Id(int explanation) => "e" + Number(explanation);

    private static string Number(int explanation) => (explanation + 1).ToString(CultureInfo.InvariantCulture);
}
