namespace Recurant.Tests.Feeds;

public class SeriesWindowsTests
{
    private static readonly SeriesWindow[] s_all =
    [
        new(0, 0, 2, 9), new(0, 1, 2, 9), new(0, 0, 3, 9), new(0, 1, 3, 9), new(0, 0, 4, 9), new(0, 1, 4, 9), new(2, 0, 1, 3),
        new(2, 1, 1, 3),
    ];

    private static SeriesWindows Made() => new(2, [(2, 4, 9), (0, -1, 0), (1, 1, 3)]);

    [Fact]
    public void Windows_ByNumber_GoThroughSeriesOriginsAndTargets()
    {
        SeriesWindows windows = Made();
        Assert.Equal((8, 2), (windows.Count, windows.SeriesCount));
        Assert.Equal(s_all, Enumerable.Range(0, 8).Select(i => windows[i]));
        Assert.Equal(s_all, windows.Spread(100));
        Assert.Equal([s_all[0], s_all[2], s_all[5]], windows.Spread(3));
    }

    [Fact]
    public void Windows_OfNothing_AreNone()
    {
        var windows = new SeriesWindows(1, [(0, -1, 0)]);
        Assert.Equal((0, 0), (windows.Count, windows.SeriesCount));
        Assert.Empty(windows.Spread(10));
    }

    [Fact]
    public void Draw_ManyTimes_TakesEverySeriesAsOftenAndAllOfTheirWindows()
    {
        SeriesWindows windows = Made();
        var drawn = new SeriesWindow[4000];
        windows.Draw(new Philox(3, RandomPurpose.Windows), drawn);
        Assert.Equal(s_all.ToHashSet(), drawn.ToHashSet());
        // Two series with 6 and 2 windows: half each. The deviation of the count is 32.
        Assert.InRange(drawn.Count(window => window.Series == 2), 1850, 2150);
        Assert.InRange(drawn.Count(window => window == s_all[0]), 250, 420);
        var again = new SeriesWindow[4000];
        windows.Draw(new Philox(3, RandomPurpose.Windows), again);
        Assert.Equal(drawn, again);
        windows.Draw(new Philox(4, RandomPurpose.Windows), again);
        Assert.NotEqual(drawn, again);
    }
}
