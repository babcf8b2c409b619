namespace Recurant.Cli;

/// <summary>Shows where a training run stands: a line that is written over on a terminal, a line an epoch everywhere.</summary>
internal static class TrainingDisplay
{
    /// <summary>Does the work, which reports to what it is given.</summary>
    /// <param name="terminal">Progress goes to its error stream.</param>
    /// <param name="quiet">Show nothing.</param>
    /// <param name="measure">
    /// The heading of the measure in the line of each epoch, at most six characters; null: only the bar is shown, if any.
    /// </param>
    /// <param name="work">The training.</param>
    public static T Show<T>(UserTerminal terminal, bool quiet, string? measure, Func<IProgress<TrainingProgress>?, T> work)
    {
        if (quiet) return work(null);
        terminal.Error.SetStatus("starting");
        try
        {
            return work(new Display(terminal, new EpochTable(measure)));
        }
        finally
        {
            terminal.Error.SetStatus("");
        }
    }

    private sealed class Display(UserTerminal terminal, EpochTable epochs) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            foreach (string line in epochs.Lines(value, terminal.ErrorWidth)) terminal.Error.WriteLine(line);
            terminal.Error.SetStatus(ProgressLine.Of(value, terminal.ErrorWidth));
        }
    }
}

/// <summary>The line that is written over while a model is trained.</summary>
internal static class ProgressLine
{
    private const int BarWidth = 16;

    /// <summary>The line in at most so many columns: the speed is left out first, then the bar, then the loss.</summary>
    public static string Of(TrainingProgress value, int width)
    {
        double steps = (double)value.Epochs * value.Steps, done = (value.Epoch - 1.0) * value.Steps + value.Step;
        string bar = Bar(steps > 0 ? done / steps : 0), left = Numbers.Clock(value.Remaining) + " left";
        string epoch = $"{value.Stage} {value.Epoch}/{value.Epochs}", loss = $"loss {Numbers.Loss(value.Loss)}";
        string speed = $"{Numbers.Count(value.TokensPerSecond)} tokens/s";
        string[][] choices =
            [[bar, epoch, loss, speed, left], [bar, epoch, loss, left], [epoch, loss, left], [epoch, left], [epoch]];
        string[] lines = [.. choices.Select(parts => string.Join("  ", parts))];
        return lines.FirstOrDefault(line => line.Length <= width) ?? TextLayout.Shorten(epoch, width);
    }

    private static string Bar(double share)
    {
        int full = (int)(BarWidth * Math.Clamp(share, 0, 1));
        return $"[{new string('#', full)}{new string('.', BarWidth - full)}]";
    }
}

/// <summary>
/// The table of epochs, a line each. Its columns follow the width: the least important are left out where it is too narrow, and
/// the heading is written again when the columns change. A run of several stages has a heading for each.
/// </summary>
/// <param name="measure">The heading of the measure of the last stage; null: no lines are shown.</param>
internal sealed class EpochTable(string? measure)
{
    /// <summary>The stage of a run that has no other; it is not worth a line.</summary>
    private const string Alone = "model";

    private const string Pretraining = "pre-training", Best = " *";

    /// <summary>Columns that go first where there is no room, by their places.</summary>
    private static readonly int[] s_leastImportant = [5, 2, 6, 1, 3];

    private static readonly int[] s_widths = [5, 6, 6, 6, 6, 8, 5];

    private string? _stage, _measure;
    private int _columns;

    /// <summary>The lines to be written for a report: headings, and the epoch if one is over.</summary>
    /// <param name="value">The report.</param>
    /// <param name="width">The columns of the terminal now.</param>
    public IEnumerable<string> Lines(TrainingProgress value, int width)
    {
        if (measure is null) yield break;
        bool[] shown = Shown(width);
        foreach (string line in OfStage(value)) yield return line;
        if (value.Validation is null) yield break;
        if (shown.Count(isShown => isShown) != _columns)
        {
            _columns = shown.Count(isShown => isShown);
            yield return Line(["epoch", "loss", "acc.", "valid", _measure!, "tokens/s", "left"], shown);
        }

        yield return Line(
        [
            Numbers.Count(value.Epoch), Numbers.Loss(value.Loss),
            double.IsNaN(value.Accuracy) ? "-" : Numbers.Four(value.Accuracy),
            Numbers.Loss(value.Validation.Loss), Numbers.Measure(value.Validation.Value), Numbers.Count(value.TokensPerSecond),
            Numbers.Clock(value.Remaining),
        ], shown) + (value.IsBest ? Best : "");
    }

    private IEnumerable<string> OfStage(TrainingProgress value)
    {
        if (_stage == value.Stage) yield break;
        string? before = _stage;
        _stage = value.Stage;
        (_measure, bool isNew) = value.Stage == Pretraining ? ("score", true) : (measure!, before is null or Pretraining);
        if (isNew) _columns = 0;
        if (value.Stage == Pretraining) yield return "pre-training: predicting words of the unlabelled texts";
        else if (before == Pretraining) yield return "training the classifier from there";
        if (value.Stage is not (Alone or Pretraining)) yield return value.Stage;
    }

    private static bool[] Shown(int width)
    {
        var shown = new bool[s_widths.Length];
        Array.Fill(shown, true);
        foreach (int column in s_leastImportant)
        {
            if (WidthOf(shown) <= width) break;
            shown[column] = false;
        }

        return shown;
    }

    private static int WidthOf(bool[] shown) =>
        s_widths.Where((_, column) => shown[column]).Sum(width => width + 2) - 2 + Best.Length;

    private static string Line(string[] cells, bool[] shown) =>
        string.Join("  ", cells.Select((cell, column) => cell.PadLeft(s_widths[column])).Where((_, column) => shown[column]));
}
