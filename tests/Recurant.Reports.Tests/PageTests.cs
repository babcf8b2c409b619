using Microsoft.Playwright;

namespace Recurant.Reports.Tests;

/// <summary>What all pages have in common, seen in a browser.</summary>
public class PageTests(ChromiumBrowser browser)
{
    private const string Hostile = "</script><script>window.hurt = 1</script><img src=x onerror='window.hurt = 2'> & \"quoted\"";

    [Theory]
    [InlineData(1280, false)]
    [InlineData(390, true)]
    public async Task Page_WithEveryKindOfPart_KeepsTheCommonPromises(int width, bool isDark)
    {
        await using OpenPage page = await browser.Open(Sample().ToString(), width, isDark);

        await page.Picture($"sample-{width}-{(isDark ? "dark" : "light")}");
        await page.CheckCommonPromises();
        Assert.Equal(isDark ? "rgb(19, 22, 27)" : "rgb(251, 251, 249)", await page.Page.EvaluateAsync<string>(
            "getComputedStyle(document.body).backgroundColor"));
    }

    [Fact]
    public async Task Page_WithHostileTexts_ShowsThemAsTexts()
    {
        await using OpenPage page = await browser.Open(Sample().ToString());

        Assert.Null(await page.Page.EvaluateAsync<int?>("window.hurt ?? null"));
        Assert.Equal(Hostile, await page.Page.Locator("h1").InnerTextAsync());
        Assert.Equal(Hostile, await page.Page.EvaluateAsync<string>(
            "JSON.parse(document.getElementById('sample-data').textContent).text"));
    }

    [Fact]
    public async Task LineChart_MouseAndArrowKeys_ReadThePointsOut()
    {
        await using OpenPage page = await browser.Open(Sample().ToString());
        ILocator plot = page.Page.Locator("figure.lines .plot").First;
        ILocator readout = page.Page.Locator("figure.lines .readout").First;

        Assert.StartsWith("step 4: ", await readout.InnerTextAsync());
        await plot.HoverAsync(new LocatorHoverOptions { Position = new Position { X = 1, Y = 50 } });
        Assert.Equal("step 1: training 1, validation 1.2", await readout.InnerTextAsync());
        await plot.PressAsync("ArrowRight");
        Assert.Equal("step 2: training 0.5", await readout.InnerTextAsync());
    }

    [Fact]
    public void Element_LoneSurrogateAndControl_BecomeReplacementCharacters() =>
        Assert.Equal(
            "<p>a\uFFFDb\uFFFD\uD83D\uDE00</p>\n", new HtmlWriter().Element("p", "a\uD83Db\u0001\uD83D\uDE00").ToString());

    private static HtmlPage Sample()
    {
        var page = new HtmlPage(Hostile, "All parts of a page");
        PageSection text = page.Section("words", "Words");
        text.Text(Hostile);
        text.Note("A verdict stands out.");
        text.Code("recurant train a-long-name-of-a-file-that-does-not-fit-on-a-narrow-screen.tsv --cell lstm --hidden 128");
        text.Facts([("task", "classify"), ("parameters", "12,345"), ("machine", new string('x', 80))]);
        text.Table(new TextTable { Caption = "A table", Columns = ["word", "count"], Rows = [["good", "3"], [Hostile, "4"]] });
        PageSection lines = page.Section("lines", "Lines");
        lines.Chart(new LineChart
        {
            Title = "Loss", XLabel = "step", YLabel = "loss (nats)",
            Series = [new("training", [1, 2, 3, 4], [1, 0.5, 0.3, 0.2]), new("validation", [1, 4], [1.2, 0.6])],
        });
        double[] x = [.. Enumerable.Range(1, 1000).Select(i => (double)i)];
        lines.Chart(new LineChart
        {
            Title = "Norm", XLabel = "step", YLabel = "norm", IsLogarithmic = true,
            Series =
                [new("norm", x, [.. x.Select(i => Math.Exp(-i / 100))]), new("clipped", [1, 50], [1, 0.5]) { IsDots = true }],
        });
        page.Section("bars", "Bars").Chart(new BarChart
        {
            Title = "Words that speak for positive", LabelName = "word", ValueName = "share",
            Bars = [("good", 0.8), ("not", -0.6), (Hostile, 0.1), ("movie", 0)],
        });
        PageSection heat = page.Section("heat", "Matrices");
        heat.Chart(new HeatMap
        {
            Title = "Confusion", RowName = "right", ColumnName = "answered", Rows = ["negative", Hostile],
            Columns = ["negative", Hostile], Values = [[90, 10], [20, 1080]], ShadeByRow = true,
        });
        string[] names = [.. Enumerable.Range(0, 60).Select(i => "word" + i)];
        heat.Chart(new HeatMap
        {
            Title = "Many", RowName = "t", ColumnName = "k", Rows = names, Columns = names,
            Values = [.. names.Select((_, i) => (double[])[.. names.Select((_, j) => Math.Sin(i * 0.1) * Math.Cos(j * 0.2))])],
        });
        page.AddData("sample-data", writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("text", Hostile);
            writer.WriteEndObject();
        });
        return page;
    }
}
