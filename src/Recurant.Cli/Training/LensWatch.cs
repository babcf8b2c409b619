namespace Recurant.Cli;

/// <summary>What <c>train --lens-every N</c> sees, told when the training is over.</summary>
internal sealed class LensWatch
{
    private const int MostRows = 8;
    private const string FarEnd = "far end";

    private readonly List<(long Step, string[] Cells)> _rows = [];
    private string[] _layers = [];

    private LensWatch()
    {
    }

    /// <summary>Begins to look on, if that was asked for.</summary>
    /// <param name="settings">The settings; one who looks on is added.</param>
    /// <param name="tell">Gets told of every look as well; null for nobody.</param>
    public static LensWatch? Begin(ref TrainSettings settings, Action<LensMoment>? tell = null)
    {
        if (settings.LensEvery is not { } every) return null;
        var watch = new LensWatch();
        var observer = new LensObserver(every, moment =>
        {
            watch.Add(moment);
            tell?.Invoke(moment);
        });
        settings = settings with { Training = settings.Training with { Observers = [.. settings.Training.Observers, observer] } };
        return watch;
    }

    /// <summary>Tells of at most eight looks, evenly chosen, the first and the last among them.</summary>
    public void Tell(UserTerminal terminal)
    {
        if (_rows.Count == 0)
        {
            terminal.WriteNote("--lens-every: nothing was measured: fewer steps than that, no recurrent layers, or --recompute");
            return;
        }

        terminal.WriteNote(
            "steps back that contain 90% of the states' gradient, and its size at the far end relative to the end of the "
                + "sequence:");
        int shown = Math.Min(MostRows, _rows.Count);
        for (int first = 0, count; first < _layers.Length; first += count)
        {
            count = FittingFrom(first, terminal.ErrorWidth);
            List<string[]> table = [["step", .. _layers.Skip(first).Take(count).SelectMany(name => (string[])[name, FarEnd])]];
            for (int i = 0; i < shown; i++)
            {
                (long step, string[] cells) = _rows[shown == 1 ? 0 : (int)((long)i * (_rows.Count - 1) / (shown - 1))];
                table.Add([Numbers.Count(step), .. cells.Skip(2 * first).Take(2 * count)]);
            }

            foreach (string line in TextLayout.Table(table, terminal.ErrorWidth - 2)) terminal.WriteNote("  " + line);
        }
    }

    /// <summary>How many layers, at least one, stand side by side.</summary>
    private int FittingFrom(int first, int width)
    {
        const int StepWidth = 12, Gaps = 6;
        int count = 0, used = StepWidth;
        while (first + count < _layers.Length)
        {
            used += _layers[first + count].Length + FarEnd.Length + Gaps;
            if (count > 0 && used > width) break;
            count++;
        }

        return count;
    }

    private void Add(LensMoment moment)
    {
        _layers = [.. moment.Layers.Select(layer => layer.Name)];
        _rows.Add((moment.Step,
        [
            .. moment.Layers.SelectMany(layer =>
            {
                GradientProfile profile = layer.Profile;
                return (string[])[Numbers.Count(profile.Reach90), Numbers.Scientific(
                    profile.State[profile.Far] / profile.State[0])];
            }),
        ]));
    }
}
