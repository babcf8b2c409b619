using Microsoft.Playwright;

namespace Recurant.Reports.Tests;

public class LensReportTests(ChromiumBrowser browser)
{
    private const string Hostile = "<script>window.hurt = 1</script>";

    [Theory]
    [InlineData(1280, false, CellKind.Elman)]
    [InlineData(390, true, CellKind.Elman)]
    [InlineData(1280, true, CellKind.Lstm)]
    [InlineData(390, false, CellKind.Lstm)]
    public async Task Html_OfAProblem_KeepsTheCommonPromises(int width, bool isDark, CellKind cell)
    {
        await using OpenPage page = await browser.Open(Html(cell), width, isDark);

        await page.Picture($"lens-{cell}-{width}-{(isDark ? "dark" : "light")}");
        await page.CheckCommonPromises();
        Assert.Null(await page.Page.EvaluateAsync<int?>("window.hurt ?? null"));
        Assert.Contains(Hostile, await page.Page.Locator(".subtitle").InnerTextAsync());
    }

    [Fact]
    public async Task Html_TablesBehindThePictures_HoldEveryLag()
    {
        await using OpenPage page = await browser.Open(Html(CellKind.Elman));

        Assert.Contains("vanishes", await page.Page.Locator("#verdict .note").First.InnerTextAsync());
        Assert.Equal(60, await page.Page.Locator("#states figure.lines table tbody tr").CountAsync());
        // The last lag has no state before it and is in W_ih alone.
        Assert.Equal(60, await page.Page.Locator("#weights figure.lines table tbody tr").CountAsync());
        ILocator plot = page.Page.Locator("#states figure.lines .plot");
        await plot.HoverAsync(new LocatorHoverOptions { Position = new Position { X = 1, Y = 50 } });
        Assert.StartsWith("steps back 0: ", await page.Page.Locator("#states figure.lines .readout").InnerTextAsync());
    }

    [Theory]
    [InlineData(1280, false)]
    [InlineData(390, true)]
    public async Task Html_OfATranslator_NamesItsPartsAndWhatIsLeftOut(int width, bool isDark)
    {
        await using OpenPage page = await browser.Open(TranslatorHtml(), width, isDark);

        await page.Picture($"lens-translator-{width}-{(isDark ? "dark" : "light")}");
        await page.CheckCommonPromises();
        string layers = await page.Page.Locator("#verdict table").Last.InnerTextAsync();
        Assert.Contains("encoder layer 0 backward", layers);
        Assert.Contains("decoder layer 0", layers);
        Assert.Equal(4, await page.Page.Locator("#states figure.lines").CountAsync());
        Assert.Contains("decoder layer 0: no split", await page.Page.Locator("#weights").InnerTextAsync());
        Assert.Contains("decoder layer 0: no Jacobians", await page.Page.Locator("#jacobians").InnerTextAsync());
    }

    private static string TranslatorHtml()
    {
        string[] words = ["one", "two", "three", "four", "five"];
        TextPair[] pairs =
        [
            .. Enumerable.Range(0, 40).Select(i =>
            {
                string text = string.Join(' ', Enumerable.Range(0, 3 + i % 12).Select(j => words[(i + 2 * j) % 5]));
                return new TextPair(text, text + " end");
            }),
        ];
        var options = new TranslatorTrainingOptions
        {
            Cell = CellKind.Gru, Hidden = 16, Embedding = 8, Layers = 2, Subwords = 0, Attention = AttentionKind.Bahdanau,
        };
        LensResult result = GradientLens.LookBefore(
            new PairDataset("pairs", pairs), options, new LensOptions { Sequences = 12, Threads = 1 });
        return LensReport.Html(result, "pairs.tsv");
    }

    private static string Html(CellKind cell)
    {
        var options = new ProblemTrainingOptions { Cell = cell, Hidden = 16, Layers = cell == CellKind.Lstm ? 2 : 1 };
        LensResult result = GradientLens.LookBefore(
            new SequenceProblem(ProblemKind.Adding, 60), options, new LensOptions { Sequences = 4, Threads = 1 });
        return LensReport.Html(result, Hostile);
    }
}
