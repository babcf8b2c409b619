using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Recurant.Reports.Tests;

/// <summary>The pages of training runs, seen in a browser.</summary>
public sealed class RunReportTests(ChromiumBrowser browser) : IDisposable
{
    private const string Hostile = "a <script>window.hurt = 1</script> film & more";

    private static readonly string[] s_sections =
    [
        "summary", "learning", "steps", "speed", "scores", "confusion", "calibration", "mistakes", "lens", "equations", "again",
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("recurant-report-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1280, false)]
    [InlineData(390, true)]
    public async Task Html_OfAWholeRun_ShowsEveryPart(int width, bool isDark)
    {
        await using OpenPage page = await browser.Open(RunReport.Html(Made("lstm", 0.8)), width, isDark);

        await page.Picture($"report-{width}-{(isDark ? "dark" : "light")}");
        await page.CheckCommonPromises();
        Assert.Equal(s_sections, await page.Page.EvaluateAsync<string[]>(
            "Array.from(document.querySelectorAll('main > section'), section => section.id)"));
        string text = await page.Page.Locator("main").InnerTextAsync();
        Assert.Contains("Epoch 3 was the best: accuracy 0.8 on the validation data and 0.75 on the test data.", text);
        Assert.Contains("The gradient was clipped in 40 of 120 steps.", text);
        Assert.Contains("recurant train 'it''s data.tsv' --cell lstm --out m.safetensors", text);
        Assert.Contains("h_t = o_t * tanh(c_t)", text);
        Assert.Contains("The expected calibration error is 0.05", text);
    }

    [Fact]
    public async Task Html_MistakeHoldsAScript_StaysText()
    {
        await using OpenPage page = await browser.Open(RunReport.Html(Made("lstm", 0.8)));

        Assert.Equal(Hostile, await page.Page.Locator("#mistakes tbody th").First.InnerTextAsync());
        Assert.Null(await page.Page.EvaluateAsync<int?>("window.hurt ?? null"));
    }

    [Fact]
    public async Task Html_RunThatIsGoingOn_TellsSoAndShowsItsCurves()
    {
        RunRecord record = Made("lstm", 0.8) with { Result = null, Epochs = [] };
        await using OpenPage page = await browser.Open(RunReport.Html(record));

        await page.CheckCommonPromises();
        Assert.Contains("no epoch has been completed", await page.Page.Locator("#summary").InnerTextAsync());
        Assert.True(await page.Page.Locator("#learning figure").IsVisibleAsync());
    }

    [Fact]
    public async Task Html_SeveralModels_DrawsALineForEach()
    {
        RunRecord one = Made("lstm", 0.8);
        RunRecord record = one with
        {
            Steps = [.. Numbered(1).Concat(Numbered(2))],
            Epochs = [.. one.Epochs.Select(epoch => epoch with { Stage = "model 1 of 2" }),
                .. one.Epochs.Select(epoch => epoch with { Stage = "model 2 of 2" })],
        };
        await using OpenPage page = await browser.Open(RunReport.Html(record));

        await page.CheckCommonPromises();
        Assert.Equal(
            ["training, model 1 of 2", "validation, model 1 of 2", "training, model 2 of 2", "validation, model 2 of 2"],
            await page.Page.Locator("#learning figure").First.Locator(".legend li").AllInnerTextsAsync());

        IEnumerable<RecordedSteps> Numbered(int model) => one.Steps.Select(steps => steps with { Stage = $"model {model} of 2" });
    }

    [Theory]
    [InlineData(1280, true)]
    [InlineData(768, false)]
    [InlineData(390, false)]
    public async Task Comparison_OfTwoRuns_ShowsWhereTheyDiffer(int width, bool isDark)
    {
        string html = RunComparison.Html([Made("lstm", 0.8), Made("gru", 0.7)]);
        await using OpenPage page = await browser.Open(html, width, isDark);

        await page.Picture($"compare-{width}-{(isDark ? "dark" : "light")}");
        await page.CheckCommonPromises();
        Assert.Equal(["--cell", "lstm", "gru"],
            await page.Page.Locator("#settings tbody tr").First.Locator("th, td").AllInnerTextsAsync());
        ILocator legend = page.Page.Locator("#curves figure").First.Locator(".legend li");
        Assert.Equal(["lstm", "gru"], await legend.AllInnerTextsAsync());
    }

    [Fact]
    public async Task Comparison_OfAccuracies_ShowsThemOnAScaleOfTheirOwnWithIntervals()
    {
        await using OpenPage page = await browser.Open(RunComparison.Html([Made("lstm", 0.8), Made("gru", 0.7)]));

        ILocator figure = page.Page.Locator("#runs figure").First;
        string[] ticks = [.. await figure.Locator(".scale span").AllInnerTextsAsync()];
        Assert.True(double.Parse(ticks[0], CultureInfo.InvariantCulture) >= 0.5, ticks[0]);
        Assert.Contains("do not start at 0", await page.Page.Locator("#runs").InnerTextAsync());
        await page.Page.Locator("#runs figure").Last.Locator("summary").ClickAsync();
        // 75 of 100, z = 1.96: (0.75 + 0.01921 -+ 1.96 sqrt(0.001875 + 0.000096)) / 1.03841 = 0.65695 and 0.82455.
        Assert.Equal(["lstm", "0.75", "0.657 to 0.8245"],
            await page.Page.Locator("#runs figure").Last.Locator("tbody tr").First.Locator("th, td").AllInnerTextsAsync());
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Html_OneEpochWithoutValidation_ShowsItsPointsAndSaysNothingOfValidation(int width)
    {
        RunRecord made = Made("lstm", 0.8);
        RunRecord record = made with
        {
            Steps = [.. made.Steps.Where(steps => steps.Epoch == 1)],
            Epochs = [.. made.Epochs.Take(1).Select(epoch => epoch with { ValidationLoss = double.NaN, Value = double.NaN })],
        };
        await using OpenPage page = await browser.Open(RunReport.Html(record), width);

        await page.Picture($"report-one-epoch-{width}");
        await page.CheckCommonPromises();
        Assert.DoesNotContain("validation", await page.Page.Locator("#learning figure").First.InnerTextAsync());
        Assert.EndsWith("h0", await page.Page.Locator("#speed path.dots").First.GetAttributeAsync("d"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_SixtyLongLabels_KeepsTheCommonPromises()
    {
        string[] labels = [.. Enumerable.Range(0, 60).Select(i => $"a-category-with-a-rather-long-name-{i}")];
        using JsonDocument result = JsonDocument.Parse(JsonSerializer.Serialize(new
        {
            end = "completed", labels,
            confusion = labels.Select((_, i) => labels.Select((_, j) => i == j ? 9 : (i + j) % 7 == 0 ? 1 : 0)),
        }));
        foreach (int width in (int[])[390, 1280])
        {
            await using OpenPage page = await browser.Open(
                RunReport.Html(Made("lstm", 0.8) with { Result = result.RootElement }), width);
            await page.Picture($"report-labels-{width}");
            await page.CheckCommonPromises();
        }
    }

    [Fact]
    public void Of_ARecord_TellsItsNumbers()
    {
        RunSummary summary = RunSummary.Of(Made("lstm", 0.8));
        Assert.Equal(("lstm", "classify", 3, 3), (summary.Name, summary.Task, summary.Epochs, summary.BestEpoch));
        Assert.Equal((0.8, 0.75, 12.0), (summary.Validation, summary.Test, summary.Seconds));
        Assert.Equal(120 * 50 / 12.0, summary.TokensPerSecond);
        Assert.Equal("lstm", summary.Setting("cell"));
        Assert.Equal("", summary.Setting("clip"));
    }

    [Theory]
    [InlineData(1280, true)]
    [InlineData(390, false)]
    public async Task Html_OfOtherTasks_ShowsTheirSections(int width, bool isDark)
    {
        using JsonDocument result = JsonDocument.Parse($$"""
            {
              "end": "completed", "test": {"rows": 3}, "confusion_of": "words", "labels": ["NOUN", "(others)"],
              "confusion": [[5, 1], [2, 3]], "counts_of": "tag",
              "counts": [{"name": "NOUN", "right": 5, "found": 7, "present": 6},
                         {"name": "VERB", "right": 1, "found": 2, "present": 3}],
              "probability_of": "marginal", "calibration": {"expected_error": 0.25, "bins": [
                {"from": 0.9, "to": 1, "count": 4, "confidence": 0.95, "accuracy": 0.75}]},
              "mistake_count": 1,
              "mistakes": [{"word": "film", "text": "a [film] {{Hostile}}", "right": "NOUN",
                            "answered": "VERB", "probability": 0.9}],
              "token_costs": {"tokens": 1000, "loss": 2.5, "accuracy": 0.4,
                "costliest": [{"token": "\n", "times": 50, "loss": 3, "share": 0.06},
                              {"token": "<b>", "times": 5, "loss": 9, "share": 0.02}],
                "by_frequency": [{"from": 1, "to": 1, "kinds": 7, "times": 7, "loss": 8, "share": 0.1}]},
              "translations": {"pairs": 3,
                "by_length": [{"from": 1, "to": 5, "pairs": 3, "bleu": 30, "chrf": 50, "length_ratio": 0.9}],
                "worst": [{"source": "{{Hostile}}", "right": "ein Film", "translated": "ein Haus", "chrf": 30}]},
              "by_distance": {"problem": "adding:20", "sequences": 1000, "without_memory": 0.1667,
                "bands": [{"from": 10, "to": 14, "count": 500, "error": 0.01},
                           {"from": 15, "to": 19, "count": 500, "error": null}]}
            }
            """);
        RunRecord record = Made("lstm", 0.8) with { Result = result.RootElement };
        await using OpenPage page = await browser.Open(RunReport.Html(record), width, isDark);

        await page.Picture($"report-tasks-{width}-{(isDark ? "dark" : "light")}");
        await page.CheckCommonPromises();
        Assert.Null(await page.Page.EvaluateAsync<int?>("window.hurt ?? null"));
        Assert.Equal(Hostile, await page.Page.Locator("#translations tbody th").Last.InnerTextAsync());
        Assert.Contains("(end of line)", await page.Page.Locator("#tokens").InnerTextAsync());
        Assert.Equal(["NOUN", "6", "7", "5", "0.7143", "0.8333", "0.7692"],
            await page.Page.Locator("#counts table").Last.Locator("tbody tr").First.Locator("th, td").AllInnerTextsAsync());
        Assert.Equal(1, await page.Page.Locator("#confusion table").Last.Locator("tbody tr").CountAsync());
        Assert.Contains(
            "Without any memory the mean squared error is 0.1667.", await page.Page.Locator("#distance").InnerTextAsync());
    }

    /// <summary>A run of 3 epochs of 40 steps, written down and read again.</summary>
    private RunRecord Made(string cell, double accuracy)
    {
        string path = Path.Combine(_directory, cell + ".run.jsonl");
        using (var recorder = new RunRecorder(path))
        {
            recorder.Write("run", Members($$"""
                "task": "classify", "data": "reviews.tsv", "rows": 900, "settings": {"cell": "{{cell}}"},
                "command": "recurant train 'it''s data.tsv' --cell {{cell}} --out m.safetensors", "version": "0.1.0",
                "runtime": ".NET 10", "machine": "a machine", "begun": "2026-01-02 03:04:05Z"
                """));
            for (int step = 1; step <= 120; step++)
            {
                recorder.OnStep(new TrainingStep(
                    "model", 1 + (step - 1) / 40, step, 0.7 / (1 + step / 40.0), 0.5
                        + step % 3, step % 3 == 2, 0.004, 50, step * 0.1));
                if (step % 20 == 0)
                {
                    recorder.Write("lens", Members(string.Create(CultureInfo.InvariantCulture, $$"""
                        "step": {{step}}, "values": {"Gates: share of time over 0.9": {"layer 0, f": {{step / 200.0}} } },
                        "by_lag": {"layer 0": [1, 0.5, {{1.0 / step}}, 1e-6]}
                        """)));
                }

                if (step % 40 == 0) recorder.OnEpoch("model", Epoch(step / 40, accuracy - 0.1 + step / 1200.0), isBest: true);
            }

            recorder.Write("result", Members(string.Create(CultureInfo.InvariantCulture, $$"""
                "end": "completed", "summary": "{{cell}}, 1 layer", "parameters": 12345, "seconds": 12, "epochs": 3,
                "valid": {"loss": 0.5, "accuracy": {{accuracy}} }, "valid_score": {"measure": "accuracy", "value": {{accuracy}} },
                "test": {"rows": 100, "loss": 0.5, "accuracy": 0.75}, "test_score": {"measure": "accuracy", "value": 0.75},
                "labels": ["negative", "positive"], "confusion": [[40, 10], [15, 35]],
                "calibration": {"expected_error": 0.05, "bins": [
                    {"from": 0.5, "to": 0.6, "count": 50, "confidence": 0.55, "accuracy": 0.5},
                    {"from": 0.9, "to": 1, "count": 50, "confidence": 0.95, "accuracy": 1}]},
                "mistake_count": 25,
                "mistakes": [{"text": "{{Hostile}}", "right": "positive", "answered": "negative", "probability": 0.99}],
                "baseline": {"name": "bag of words", "test": {"accuracy": 0.7} },
                "layers": [{"name": "recurrent", "shape": "100 -> 64", "parameters": 12000,
                    "equations": ["c_t = f_t * c_{t-1} + i_t * g_t", "h_t = o_t * tanh(c_t)"]}]
                """)));
        }

        return RunRecord.Read(path);
    }

    private static EpochRecord Epoch(int number, double accuracy) => new(number, 0.6 - number * 0.1, 0.7, new Evaluation
    {
        Loss = 0.6 - number * 0.05, Rows = 100, Accuracy = accuracy, MacroF1 = accuracy, Confusion = [],
    }, 4);

    /// <summary>Writes the members of an object that is given without its braces.</summary>
    private static Action<Utf8JsonWriter> Members(string members) => writer =>
    {
        using JsonDocument document = JsonDocument.Parse("{" + members + "}");
        foreach (JsonProperty member in document.RootElement.EnumerateObject()) member.WriteTo(writer);
    };
}
