using Microsoft.Playwright;
using Xunit;

namespace Recurant.Reports.Tests;

/// <summary>A page in the browser, which notes what the page complains of and asks for.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _path;
    private readonly List<string> _complaints = [], _requests = [];

    internal OpenPage(IBrowserContext context, IPage page, string path)
    {
        (_context, Page, _path) = (context, page, path);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, fault) => _complaints.Add($"exception: {fault}");
        page.Request += (_, request) =>
        {
            if (request.Url != "data:," && !request.Url.EndsWith(Path.GetFileName(path), StringComparison.Ordinal))
            {
                _requests.Add(request.Url);
            }
        };
    }

    /// <summary>The page as Playwright knows it.</summary>
    public IPage Page { get; }

    /// <summary>
    /// What every page of ours owes: no error or warning in the console, no request, nothing wider than the window, and for each
    /// picture a label and a table behind it.
    /// </summary>
    public async Task CheckCommonPromises()
    {
        Assert.Empty(_complaints);
        Assert.Empty(_requests);
        int tooWide = await Page.EvaluateAsync<int>(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(tooWide <= 0, $"The page is {tooWide} pixels wider than the window: {await WidestElement()}");
        string[] unlabelled = await Page.EvaluateAsync<string[]>(
            """
            Array.from(document.querySelectorAll('figure'))
              .filter(figure => !figure.querySelector('[role=img][aria-label]') || !figure.querySelector('table tbody tr'))
              .map(figure => figure.textContent.slice(0, 80))
            """);
        Assert.Empty(unlabelled);
    }

    /// <summary>Writes a picture of the whole page into the directory RECURANT_PAGE_PICTURES, if that is set.</summary>
    /// <param name="name">The file's name without its ending.</param>
    public async Task Picture(string name)
    {
        if (Environment.GetEnvironmentVariable("RECURANT_PAGE_PICTURES") is not { Length: > 0 } directory) return;
        Directory.CreateDirectory(directory);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(directory, name + ".png"), FullPage = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        File.Delete(_path);
    }

    internal Task Load() => Page.GotoAsync(new Uri(_path).AbsoluteUri);

    private Task<string> WidestElement() => Page.EvaluateAsync<string>(
        """
        Array.from(document.querySelectorAll('body *'))
          .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
            && !e.closest('.scroll, pre, svg, .skip'))
          .map(e => e.tagName + '.' + (e.getAttribute('class') || '')).slice(0, 5).join(', ')
        """);
}
