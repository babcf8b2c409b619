using Microsoft.Playwright;

namespace Recurant.Reports.Tests;

/// <summary>The pages of explanations, seen in a browser.</summary>
public class ExplanationPageTests(ChromiumBrowser browser)
{
    private const string Hostile = "<script>window.hurt=1</script>";

    private static readonly string[] s_words = ["this", "movie", "is", "not", "good", Hostile, "&", "\"quoted\""];

    public static TheoryData<string> Kinds =>
        ["text", "characters", "tags", "translation", "image", "language", "problem", "data"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Page_OfEveryKind_KeepsTheCommonPromises(string kind)
    {
        foreach ((int width, bool isDark) in new[] { (1280, false), (390, true), (390, false), (1280, true), (768, false) })
        {
            await using OpenPage page = await browser.Open(PageOf(kind), width, isDark);
            await page.Picture($"explain-{kind}-{width}-{(isDark ? "dark" : "light")}");
            await page.CheckCommonPromises();
            Assert.Null(await page.Page.EvaluateAsync<int?>("window.hurt ?? null"));
        }
    }

    [Fact]
    public async Task Page_OfAText_ShowsTheWordsTheTurnAndTheCurve()
    {
        await using OpenPage page = await browser.Open(PageOf("text"));

        ILocator marks = page.Page.Locator(".marked .mark");
        Assert.Equal(s_words, (await marks.AllInnerTextsAsync()).Select(word => word.Trim()));
        Assert.Equal("mark for", await marks.Nth(3).GetAttributeAsync("class"));
        Assert.Equal("mark against", await marks.Nth(1).GetAttributeAsync("class"));
        string[] notes = [.. await page.Page.Locator(".note").AllInnerTextsAsync()];
        Assert.Contains(notes, note => note.StartsWith("\u201Cnot\u201D reverses \u201Cgood\u201D", StringComparison.Ordinal));
        ILocator plot = page.Page.Locator("figure.lines .plot").First;
        await plot.PressAsync("Home");
        Assert.Equal("text up to word 0 (empty): probability 0.5",
            await page.Page.Locator("figure.lines .readout").First.InnerTextAsync());
    }

    [Theory]
    [InlineData("text", "(empty)")]
    [InlineData("language", "this")]
    public async Task Page_OfAText_NamesThePlacesOfItsCurveByWords(string kind, string first)
    {
        await using OpenPage page = await browser.Open(PageOf(kind));

        IReadOnlyList<string> names = await page.Page.Locator("figure.lines .xticks span").AllInnerTextsAsync();
        Assert.Equal(first, names[0]);
        Assert.Contains("movie", names);
        Assert.DoesNotContain(names, name => double.TryParse(name, out _));
    }

    [Fact]
    public async Task Page_RightToLeftAndLongWords_KeepsTheCommonPromises()
    {
        string[] words =
            ["\u0647\u0630\u0627", "\u0627\u0644\u0641\u064A\u0644\u0645", "\u0631\u0627\u0626\u0639", "!", new string('x', 300)];
        foreach (int width in (int[])[390, 768, 1280])
        {
            await using OpenPage page = await browser.Open(
                ExplanationPage.Of([Text(words) with { Label = "\u0633\u0644\u0628\u064A" }], "reviews"), width);
            await page.Picture($"explain-rtl-{width}");
            await page.CheckCommonPromises();
        }
    }

    [Fact]
    public async Task Page_OfATranslation_HasTheAttentionInATable()
    {
        await using OpenPage page = await browser.Open(PageOf("translation"));
        ILocator figure = page.Page.Locator("#e1-attention figure");
        await figure.Locator("summary").ClickAsync();
        string[] cells = [.. await figure.Locator("table tbody tr").First.Locator("th, td").AllInnerTextsAsync()];
        Assert.Contains("0.8", cells);
        Assert.Contains("0.2", cells);
    }

    private static string PageOf(string kind) => kind switch
    {
        "text" => ExplanationPage.Of([Text(s_words)], "reviews.safetensors"),
        "characters" => ExplanationPage.Of(
            [Text([.. "Die Datei wurde nicht gefunden.".Select(c => $"{c}")]), Text([.. "File not found".Select(c => $"{c}")])],
            "languages"),
        "tags" => ExplanationPage.Of([Tags()], "tagger"),
        "translation" => ExplanationPage.Of([Translation(0)], "en-de"),
        "image" => ExplanationPage.Of([Translation(3)], "mnist"),
        "language" => ExplanationPage.Of([Language()], "book"),
        "problem" => ExplanationPage.Of(
            new ProblemExplanation
            {
                Problem = "adding:300", Expected = [1.2], Answer = [1.19],
                Steps =
                    [.. Enumerable.Range(0, 300)
                    .Select(t => new StepEffect([0.5, t % 150 == 70 ? 1 : 0], t % 150 == 70 ? 0.6 : 0.001))],
            },
            "adding"),
        _ => ExplanationPage.Of(Data(), "reviews.safetensors", "held-out.tsv"),
    };

    private static TextExplanation Text(string[] words) => new()
    {
        Text = string.Join(' ', words), Label = "negative", Predicted = "negative", Probability = 0.9876,
        Probabilities = [new("negative", 0.9876), new("positive", 0.0124)], EmptyProbability = 0.5,
        Words = [.. words.Select((word, t) => new WordEffect(
            word, t % 7 != 6, t is 3 or 4 ? 3.2 - t / 10.0 : -0.3 * t, 0.5 + 0.4 * Math.Sin(t), 0.9 - t / 100.0, 0.8, t - 2.5))],
        Attribution = new AttributionSum(0.1, 4.4, 4.31, 32),
        Pairs =
        [
            new WordPair(3, 4, 7.2, 6.1, -1.1, 3.4, -3.8), new WordPair(0, 1, 0.4, 0.1, -0.3, 0.2, -0.2),
            new WordPair(1, 4, -0.2, 0, 0.2, 1, 1.2),
        ],
    };

    private static TagExplanation Tags() => new()
    {
        HasRandomField = true,
        Words = [.. s_words.Select((word, t) => new TagEffect(
            word, t != 5, t == 1 ? "B-misc" : "O", 0.99 - t / 20.0, [new("O", 0.7), new("B-misc", 0.3)], 0.6,
            [.. s_words.Select((_, j) => Math.Cos(t - j) * 2)]))],
    };

    private static DecoderExplanation Translation(int across) => new()
    {
        Text = $"Ein Mann {Hostile}.", StripsAcross = across,
        Source = across > 0 ? ["row 1, column 1", "row 1, column 2", "row 1, column 3"] : ["\u2581A", "\u2581man", Hostile],
        Pieces =
        [
            new PieceEffect("\u2581Ein", 0.92, [0.8, 0.2, 0], [1.5, 0.2, 0]),
            new PieceEffect("\u2581Mann", 0.95, [0.1, 0.9, 0], [0.1, 4, 0]),
            new PieceEffect(Hostile, 0.4, [0, 0.3, 0.7], [0, -0.4, 2]),
        ],
    };

    private static LanguageExplanation Language() => new()
    {
        Text = string.Join(' ', s_words),
        Tokens = [.. s_words.Select((word, t) => new TokenSurprise(
            word, 0.5 + t, [new("the", 0.2), new(Hostile, 0.1), new(" ", 0.05)],
            [.. Enumerable.Range(0, t).Select(j => j - 1.5)]))],
    };

    private static DataExplanation Data() => new()
    {
        Texts = 1000, Accuracy = 0.91, LargestError = 0.02,
        Words =
            [.. s_words
            .Select((word, i) => new WordImportance(i % 2 == 0 ? "positive" : Hostile, word, 10 + i, 3.0 - i / 4.0, 0.1))],
        Units = [.. Enumerable.Range(0, 10).Select(i => new UnitImportance(i * 7, 1.0 / (i + 1), "positive", 0.5))],
        Traits =
            [new UnitTrait("after a negation, up to the next mark", 40, 0.45, 0.44, 0.07, 0.09),
            new UnitTrait("inside quotes", 3, 0.05, -0.01, 0.05, 0.07)],
        Mistakes =
            [new DataMistake(
            $"A very long text with {Hostile} in it, which goes on and on for more than one line of the table.", -1, "negative",
            "positive", 0.98, 12)],
    };
}
