using Microsoft.Playwright;

namespace Recurant.Reports.Tests;

/// <summary>A page in the browser, which notes what the page complains of and asks for.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    /// <summary>
    /// Texts that a reader cannot see whole: outside the window, or cut by an element around them, also in the tables behind the
    /// pictures. Matrices and long lessons may scroll; the headings of stacked tables are hidden on purpose.
    /// </summary>
    private const string ClippedTexts =
        """
        async () => {
          const closed = Array.from(document.querySelectorAll('details:not([open])'));
          for (const details of closed) details.open = true;
          await new Promise(done => setTimeout(done, 100));
          const clipped = [];
          const width = document.documentElement.clientWidth;
          const exempt = '.scroll.matrix, .network-scroll, table.stacked thead, .skip, svg';
          for (const element of document.querySelectorAll('body *')) {
            if (element.closest(exempt) !== null) continue;
            const says = element.tagName + '.' + element.className + ': ' + element.textContent.trim().slice(0, 60);
            const cuts = getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
            if (cuts && element.clientWidth > 0)
                clipped.push(says + ' (' + element.scrollWidth + ' > ' + element.clientWidth + ')');
            const hasText = Array.from(element.childNodes).some(node => node.nodeType === 3 && node.textContent.trim() !== '');
            const box = element.getBoundingClientRect();
            if (hasText && (box.right > width + 1 || box.left < -1)) clipped.push(says + ' (outside the window)');
          }
          for (const details of closed) details.open = false;
          await new Promise(done => setTimeout(done, 100));
          return clipped.slice(0, 10);
        }
        """;

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
        Assert.Empty(await Page.EvaluateAsync<string[]>(ClippedTexts));
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
