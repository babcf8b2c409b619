using System.Globalization;
using Recurant.Training;
using Spectre.Console;

namespace Recurant.Cli;

/// <summary>Shows where a training run stands: a bar on a terminal, a line an epoch everywhere.</summary>
internal static class TrainingDisplay
{
    private const int WideEnoughForSpeed = 72;

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
        var heading = new StageHeading(measure);
        return terminal.ErrorIsTerminal ? ShowBar(terminal, heading, work) : work(new Lines(terminal.Error, heading));
    }

    private static T ShowBar<T>(UserTerminal terminal, StageHeading heading, Func<IProgress<TrainingProgress>?, T> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 16 }, new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => work(
                new Bar(console, context.AddTask("starting"), heading, terminal.Width >= WideEnoughForSpeed)));
    }

    private sealed class Lines(TextWriter to, StageHeading heading) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            foreach (string line in heading.Before(value)) to.WriteLine(line);
            if (heading.WithEpochs && value.Validation is not null) to.WriteLine(EpochLine.Of(value));
        }
    }

    private sealed class Bar(IAnsiConsole console, ProgressTask task, StageHeading heading, bool withSpeed)
        : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            task.MaxValue = (double)value.Epochs * value.Steps;
            task.Value = (value.Epoch - 1.0) * value.Steps + value.Step;
            string speed = withSpeed ? $"  {Numbers.Count(value.TokensPerSecond)} tokens/s" : "";
            string left = Numbers.Clock(value.Remaining);
            task.Description = string.Create(
                CultureInfo.InvariantCulture,
                $"{value.Stage} {value.Epoch}/{value.Epochs}  loss {value.Loss:F3}{speed}  {left} left");
            foreach (string line in heading.Before(value)) console.WriteLine(line);
            if (heading.WithEpochs && value.Validation is not null) console.WriteLine(EpochLine.Of(value));
        }
    }
}

/// <summary>The heading of the lines of epochs; a run of several stages has one for each.</summary>
/// <param name="measure">The heading of the measure of the last stage; null: no lines are shown.</param>
internal sealed class StageHeading(string? measure)
{
    /// <summary>The stage of a run that has no other; it is not worth a line.</summary>
    private const string Alone = "model";

    private const string Pretraining = "pre-training";

    private string? _stage;

    public bool WithEpochs => measure is not null;

    /// <summary>The lines to be written before anything is told of the value.</summary>
    public IEnumerable<string> Before(TrainingProgress value)
    {
        if (measure is null || _stage == value.Stage) yield break;
        string? before = _stage;
        _stage = value.Stage;
        if (value.Stage == Pretraining)
        {
            yield return "pre-training: predicting words of the unlabelled texts";
            yield return EpochLine.Heading("score");
            yield break;
        }

        if (before == Pretraining) yield return "training the classifier from there";
        if (before is null or Pretraining) yield return EpochLine.Heading(measure);
        if (value.Stage != Alone) yield return value.Stage;
    }
}

/// <summary>The line that tells of one epoch: at most 59 columns, so that it fits a terminal of 60.</summary>
internal static class EpochLine
{
    public static string Heading(string measure) => $"epoch    loss    acc.    valid  {measure,6}  tokens/s   left";

    public static string Of(TrainingProgress value) => string.Create(
        CultureInfo.InvariantCulture,
        $"{value.Epoch,5}  {Numbers.Loss(value.Loss),6}  {(double.IsNaN(value.Accuracy) ? "-" : $"{value.Accuracy:F4}"),6}   "
        + $"{Numbers.Loss(value.Validation!.Loss),6}  {Numbers.Measure(value.Validation.Value),6}  "
        + $"{Numbers.Count(value.TokensPerSecond),8}  {Numbers.Clock(value.Remaining),5}{(value.IsBest ? " *" : "")}");
}
