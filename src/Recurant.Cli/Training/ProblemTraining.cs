using System.Globalization;
using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>train</c> for a generated problem such as <c>adding:600</c>.</summary>
internal sealed class ProblemTraining : TaskTraining<SequenceModel, SequenceScore>
{
    private SequenceProblem _problem = null!;

    protected override string MeasureHeading => "score";

    protected override string TaskName => TaskNames.Problem;

    protected override (string Text, string Json) BaselineName => ("no memory", "no-memory");

    protected override IReadOnlyList<string> Headings => HeadingsOf(_problem.Kind);

    protected override IReadOnlyList<string> Cells(SequenceScore score) => CellsOf(score);

    protected override string Knows(TrainingResult<SequenceModel, SequenceScore> result) =>
        $"sequences of {Numbers.Count(_problem.Steps)} steps";

    protected override int ValidationRows(SequenceScore validation) => 0;

    protected override string Next(string path) => $"test {path} {_problem}";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        _problem = Read(settings.Data!);
        settings.ProblemOptions.Validate();
        if (!call.Quiet)
        {
            call.Terminal.WriteNote(
                $"{_problem}: sequences of {Numbers.Count(_problem.Steps)} steps, new ones in every step; without memory the loss is "
                + Numbers.Four(_problem.Baseline));
        }

        return 0;
    }

    protected override TrainingResult<SequenceModel, SequenceScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        ProblemTrainer.Train(_problem, settings.ProblemOptions, progress, cancellation);

    protected override SequenceScore Test(
        Invocation call, TrainingResult<SequenceModel, SequenceScore> result, TrainSettings settings) =>
        ProblemTrainer.Evaluate(result.Model, settings.Training.Threads);

    protected override SequenceScore? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<SequenceModel, SequenceScore> result, SequenceScore? test,
        CancellationToken cancellation) => test is null ? null : test with
        {
            Loss = _problem.Baseline, Recalled = test.Recalled is null ? null : 1.0 / (_problem.Outputs - 1),
        };

    protected override void WriteScore(Utf8JsonWriter writer, SequenceScore score) => WriteMembers(writer, score);

    protected override void WriteReview(Utf8JsonWriter writer, SequenceModel model, SequenceScore? test, TrainSettings settings)
    {
        if (test is null) return;
        SequenceReview review = SequenceReview.Of(model, threads: settings.Training.Threads);
        writer.WriteObject("by_distance", members =>
        {
            members.WriteString("problem", review.Problem);
            members.WriteNumber("sequences", review.Sequences);
            members.WriteNumber("without_memory", review.WithoutMemory);
            members.WriteObjects("bands", review.ByDistance, band =>
            {
                members.WriteNumber("from", band.From);
                members.WriteNumber("to", band.To);
                members.WriteNumber("count", band.Count);
                members.WriteFinite("error", band.Error);
            });
        });
    }

    /// <summary>The problem of a name that is known to be one.</summary>
    /// <exception cref="UsageException">Its length does not fit.</exception>
    public static SequenceProblem Read(string name)
    {
        try
        {
            return SequenceProblem.Parse(name)
                ?? throw new UsageException($"{name}: there is no such problem; there are adding:T and copying:T, T being a length.");
        }
        catch (FormatException fault)
        {
            throw new UsageException(fault.Message);
        }
    }

    /// <summary><c>test</c> for a model of a problem.</summary>
    public static int Test(Invocation call, SequenceModel model, int threads)
    {
        if (Read(call.Arguments[1]) != model.Spec.Problem)
        {
            throw new UsageException(
                $"{call.Arguments[0]} was trained on {model.Spec.Problem}, not on {call.Arguments[1]}: test it on {model.Spec.Problem}.");
        }

        SequenceScore score = ProblemTrainer.Evaluate(model, threads);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("task", model.Task);
                WriteMembers(writer, score);
            }));
            return ExitCode.Done;
        }

        IReadOnlyList<string> headings = HeadingsOf(model.Spec.Problem.Kind), cells = CellsOf(score);
        string[][] rows = [.. headings.Select((heading, i) => new[] { heading, cells[i] })];
        call.Terminal.WriteTable(rows);
        return ExitCode.Done;
    }

    private static IReadOnlyList<string> HeadingsOf(ProblemKind kind) =>
        kind == ProblemKind.Adding ? ["sequences", "squared error"] : ["sequences", "nats a step", "recalled"];

    private static IReadOnlyList<string> CellsOf(SequenceScore score)
    {
        string loss = score.Loss.ToString("F6", CultureInfo.InvariantCulture);
        return score.Recalled is { } recalled
            ? [Numbers.Count(score.Sequences), loss, Numbers.Four(recalled)]
            : [Numbers.Count(score.Sequences), loss];
    }

    private static void WriteMembers(Utf8JsonWriter writer, SequenceScore score)
    {
        writer.WriteNumber("sequences", score.Sequences);
        writer.WriteNumber("loss", score.Loss);
        if (score.Recalled is { } recalled) writer.WriteNumber("recalled", recalled);
    }
}
