using Microsoft.Playwright;

namespace Recurant.Reports.Tests;

/// <summary>The page of a lesson, in a browser.</summary>
public class LessonPageTests(ChromiumBrowser browser)
{
    private const string Sentence = "this movie is not good";

    [Theory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task Lesson_AnyWindow_KeepsTheCommonPromises(int width, bool isDark)
    {
        await using OpenPage page = await browser.Open(LessonPage.Write(Lesson.Of(Sentence)), width, isDark);

        await page.CheckCommonPromises();
        await page.Picture($"lesson-forward-{width}-{(isDark ? "dark" : "light")}");
        await page.Page.GetByRole(AriaRole.Radio, new() { Name = "backward" }).CheckAsync();
        await page.Picture($"lesson-backward-{width}-{(isDark ? "dark" : "light")}");
        await page.CheckCommonPromises();
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru one label")]
    public async Task Lesson_OtherCells_KeepTheCommonPromises(string name)
    {
        LessonOptions options = name == "lstm"
            ? new() { Cell = CellKind.Lstm, EmbeddingSize = 4, Bias = true }
            : new() { Cell = CellKind.Gru, Labels = ["negative"] };
        string html = LessonPage.Write(Lesson.Of(Sentence, options));
        await using OpenPage page = await browser.Open(html);

        await page.CheckCommonPromises();
        await page.Picture($"lesson-{name.Replace(' ', '-')}");
        Assert.True(html.Length < 3_000_000, $"{html.Length} characters");
        foreach (string view in (string[])["forward", "backward", "update"])
        {
            await page.Page.GetByRole(AriaRole.Radio, new() { Name = view }).CheckAsync();
            foreach (ILocator node in await page.Page.Locator(".node").AllAsync())
            {
                await node.FocusAsync();
                Assert.NotEqual("", await Panel(page).Locator("h3").InnerTextAsync());
            }
        }

        await page.CheckCommonPromises();
    }

    [Fact]
    public async Task Lesson_NarrowWindow_ShowsTheWholeNetworkInTheNotationOfTheEquations()
    {
        await using OpenPage page = await browser.Open(LessonPage.Write(Lesson.Of(Sentence)), 390);

        Assert.True(
            await page.Page.Locator(".network-scroll").EvaluateAsync<bool>("box => box.scrollWidth <= box.clientWidth + 1"));
        IReadOnlyList<string> names = await page.Page.Locator(".node text").AllTextContentsAsync();
        Assert.Equal(["x_1", "h_1", "yhat_1", "J_1"], names.Take(4));
    }

    [Theory]
    [InlineData(390)]
    [InlineData(768)]
    public async Task Lesson_LongAndRightToLeftWords_KeepsTheCommonPromises(int width)
    {
        string words = new string('x', 60) + " \u0647\u0630\u0627 \u0627\u0644\u0641\u064A\u0644\u0645";
        await using OpenPage page = await browser.Open(LessonPage.Write(Lesson.Of(words)), width);
        await page.CheckCommonPromises();
    }

    [Fact]
    public async Task Slider_ArrowKeys_MoveThroughTime()
    {
        await using OpenPage page = await browser.Open(LessonPage.Write(Lesson.Of(Sentence)));
        ILocator slider = page.Page.GetByLabel("Time step");

        Assert.Equal("1 this", await page.Page.Locator("#lesson-word").InnerTextAsync());
        await slider.FocusAsync();
        await slider.PressAsync("ArrowRight");
        await slider.PressAsync("ArrowRight");
        Assert.Equal("3", await slider.InputValueAsync());
        Assert.Equal("3 is", await page.Page.Locator("#lesson-word").InnerTextAsync());
        Assert.Contains("h_3 = tanh(U x_3 + W h_2)", await Panel(page).InnerTextAsync());
        // What is not computed yet is pale.
        Assert.Equal(8, await page.Page.Locator(".node.later").CountAsync());
    }

    [Fact]
    public async Task Node_HoverFocusAndTap_ShowItsEquationWithNumbers()
    {
        Lesson lesson = Lesson.Of(Sentence);
        await using OpenPage page = await browser.Open(LessonPage.Write(lesson));
        string state = LessonNotation.Number(lesson.Run.Stack.Outputs[3]), loss = LessonNotation.Number(lesson.Run.Losses[3]);

        await page.Page.Locator("[data-key=h0-2]").HoverAsync();
        string text = await Panel(page).InnerTextAsync();
        Assert.Contains("h_2[1] = tanh(U[1,2] x_2[2] + W[1,1] h_1[1]", text);
        Assert.Contains($"= {state}", text);
        await page.Page.Locator("[data-key=j0-4]").FocusAsync();
        Assert.Contains($"= {loss}", await Panel(page).InnerTextAsync());
        await page.Page.Locator("[data-key=y0-5]").ClickAsync();
        Assert.Equal("5", await page.Page.GetByLabel("Time step").InputValueAsync());
        Assert.Contains("softmax(o_5)", await Panel(page).InnerTextAsync());
    }

    [Fact]
    public async Task Views_BackwardAndUpdate_ShowGradientsAndNewWeights()
    {
        Lesson lesson = Lesson.Of(Sentence);
        await using OpenPage page = await browser.Open(LessonPage.Write(lesson));

        Assert.Equal("none", await Display(page));
        await page.Page.GetByRole(AriaRole.Radio, new() { Name = "backward" }).CheckAsync();
        Assert.NotEqual("none", await Display(page));
        Assert.Contains("dh_5 = (from above)", await Panel(page).InnerTextAsync());
        await page.Page.GetByRole(AriaRole.Radio, new() { Name = "update" }).CheckAsync();
        await page.Page.Locator("[data-key=j0-1]").FocusAsync();
        Assert.Contains($"= {LessonNotation.Number(lesson.NewLoss)}", await Panel(page).InnerTextAsync());
    }

    [Fact]
    public async Task Lesson_SentenceHoldingScript_StaysText()
    {
        const string Hostile = "<script>window.hurt=1</script> </script><img src=x onerror=window.hurt=1>";
        await using OpenPage page = await browser.Open(LessonPage.Write(Lesson.Of(Hostile, new() { Labels = ["<b>bad</b>"] })));

        await page.CheckCommonPromises();
        Assert.Null(await page.Page.EvaluateAsync<int?>("window.hurt ?? null"));
        Assert.Equal("Lesson: " + Hostile, await page.Page.Locator("h1").InnerTextAsync());
        Assert.Equal(0, await page.Page.Locator("main img, main script").CountAsync());
    }

    private static Task<string> Display(OpenPage page) =>
        page.Page.Locator(".edge.back").First.EvaluateAsync<string>("edge => getComputedStyle(edge).display");

    private static ILocator Panel(OpenPage page) => page.Page.Locator("#lesson-panel");
}
