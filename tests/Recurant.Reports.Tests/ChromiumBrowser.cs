using Microsoft.Playwright;
using Recurant.Reports.Tests;

[assembly: AssemblyFixture(typeof(ChromiumBrowser))]

namespace Recurant.Reports.Tests;

/// <summary>
/// One Chromium for all tests of this project, started when the first of them asks for a page. It is the program that
/// CHROMIUM_PATH names, or else the system's; where there is none, the tests that need it are skipped.
/// </summary>
public sealed class ChromiumBrowser : IAsyncDisposable
{
    private const string PathVariable = "CHROMIUM_PATH";

    private static readonly string[] s_places =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];

    private static readonly string[] s_options =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb",
    ];

    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Opens a page from a file, as a reader would from a disk.</summary>
    /// <param name="html">The page.</param>
    /// <param name="width">The width of the window, in pixels.</param>
    /// <param name="isDark">Whether the reader's system is dark.</param>
    public async Task<OpenPage> Open(string html, int width = 1280, bool isDark = false)
    {
        IBrowser browser = await Start();
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        string path = Path.Combine(Path.GetTempPath(), $"recurant-page-{Guid.NewGuid():N}.html");
        await File.WriteAllTextAsync(path, html);
        var page = new OpenPage(context, await context.NewPageAsync(), path);
        await page.Load();
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        _starting.Dispose();
    }

    private async Task<IBrowser> Start()
    {
        string? program = Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } named
            ? named
            : s_places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"No Chromium: install it (apt-get install chromium) or name it in {PathVariable}.");
        await _starting.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = program,
                Args = s_options,
            });
        }
        finally
        {
            _starting.Release();
        }
    }
}
