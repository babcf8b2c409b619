using System.Text.Json;
using Recurant.Insight;
using Recurant.Models;
using Recurant.Storage;
using Recurant.Training;

namespace Recurant.Cli;

/// <summary>What <c>train</c> does for one task.</summary>
internal abstract class TaskTraining
{
    /// <summary>Reads the data, trains, writes the model file, and says how good it is.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="settings">All settings; OutFile is set.</param>
    /// <param name="resumed">The directory of the checkpoint to continue from; null for a new run.</param>
    /// <returns>The exit code.</returns>
    public abstract int Run(Invocation call, TrainSettings settings, string? resumed);

    /// <summary>Goes the way of a training run up to its first step, and writes nothing.</summary>
    /// <returns>Why the data would be refused; null if they would not.</returns>
    public abstract string? Rehearse(Invocation call, TrainSettings settings);
}

/// <summary>Whose scores a part of the result tells.</summary>
internal enum ScoredOn
{
    Validation,
    Test,
    Baseline,
}

/// <summary>The way that the training of every task goes, from the data to the report; a task fills in its own parts.</summary>
/// <typeparam name="TModel">The kind of model.</typeparam>
/// <typeparam name="TScore">What it is scored by.</typeparam>
internal abstract class TaskTraining<TModel, TScore> : TaskTraining
    where TModel : TrainedModel
    where TScore : Score
{
    /// <summary>The name of the measure in a column of six: "acc.".</summary>
    protected abstract string MeasureHeading { get; }

    /// <summary>The task's name in the JSON results: "classification".</summary>
    protected abstract string TaskName { get; }

    public sealed override int Run(Invocation call, TrainSettings settings, string? resumed)
    {
        string path = settings.OutFile!;
        AtomicFile.CheckWritable(path);
        RunKeeper keeper = RunKeeper.For(call, settings, resumed);
        var recorder = new NonFiniteRecorder(Path.ChangeExtension(path, ".nonfinite.safetensors"));
        settings = settings with
        {
            Training = settings.Training with
            {
                Checkpoint = keeper.Options, Observers = [.. settings.Training.Observers, recorder],
            },
        };
        using RunFiles files = RunFiles.For(call, settings, isResumed: resumed is not null);
        using var interruption = new Interruption(() =>
            call.Terminal.Error.WriteLine("stopping after this step; press Ctrl-C again to end at once"));
        int rows = ReadData(call, ref settings);
        interruption.Token.ThrowIfCancellationRequested();
        settings = files.Begin(settings, TaskName, rows);
        LensWatch? lens = LensWatch.Begin(ref settings, moment => files.Write("lens", moment.WriteMembers));
        TrainingResult<TModel, TScore> result;
        try
        {
            result = TrainingDisplay.Show(
                call.Terminal, call.Quiet, MeasureHeading, progress => Learn(settings, progress, interruption.Token));
        }
        catch (OperationCanceledException)
        {
            call.Terminal.WriteNote($"recurant: interrupted; nothing was written to {path}, since no epoch was over.");
            keeper.TellHowToContinue();
            return ExitCode.Interrupted;
        }
        catch (NonFiniteLossException fault) when (recorder.Report is { } report)
        {
            TellNonFinite(call, fault, report, recorder.BundleFault);
            return ExitCode.Failed;
        }

        if (!call.Quiet) lens?.Tell(call.Terminal);
        bool isCancelled = result.End == TrainingEnd.Cancelled;
        TScore? test = isCancelled ? null : Test(result.Model, settings);
        result.Model.SetTrainingRecord(
            TrainingRecordJson.Write(settings, result.Epochs.Count, result.BestEpochs, result.End, rows, members =>
            {
                members.WriteObject("valid", scores => WriteScore(scores, result.Validation));
                if (test is not null) members.WriteObject("test", scores => WriteScore(scores, test));
            }));
        ModelFile.Save(result.Model, path);
        if (isCancelled)
        {
            Finish(files, settings, path, result, test: null, baseline: null);
            call.Terminal.WriteNote(
                $"recurant: interrupted; {path} holds the best weights so far ({Kept(result.BestEpochs)}).");
            keeper.TellHowToContinue();
            return ExitCode.Interrupted;
        }

        keeper.Finish(result.End);
        try
        {
            TScore? baseline = Baseline(call, settings, result, test, interruption.Token);
            Finish(files, settings, path, result, test, baseline);
            if (call.Json) WriteJson(call, path, result, test, baseline); else WriteText(call, path, result, test, baseline);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            Finish(files, settings, path, result, test, baseline: null);
            call.Terminal.WriteNote($"recurant: interrupted while training the baseline; {path} is complete.");
            return ExitCode.Interrupted;
        }
    }

    public sealed override string? Rehearse(Invocation call, TrainSettings settings)
    {
        try
        {
            ReadData(call, ref settings);
            Learn(settings, progress: null, new CancellationToken(canceled: true));
            return null;
        }
        catch (OperationCanceledException)
        {
            return null; // it was about to begin
        }
        catch (InvalidDataException fault)
        {
            return fault.Message;
        }
    }

    private static void TellNonFinite(Invocation call, NonFiniteLossException fault, NonFiniteReport report, string? bundleFault)
    {
        call.Terminal.WriteNote($"recurant: {fault.Message}");
        foreach (string line in call.Quiet ? [] : NonFiniteText.Lines(report, call.Terminal.Width))
        {
            call.Terminal.Error.WriteLine(line);
        }

        if (report.Bundle is { } bundle)
        {
            call.Terminal.WriteNote($"To do this step again: recurant replay {RunKeeper.Quote(bundle)}");
        }

        if (bundleFault is not null) call.Terminal.WriteNote($"recurant: the step could not be kept: {bundleFault}");
        if (!call.Json) return;
        call.Terminal.Out.WriteLine(JsonText.Object(writer =>
        {
            writer.WritePropertyName("non_finite");
            writer.WriteRawValue(report.ToJson());
        }));
    }

    /// <summary>Reads everything that the run needs; returns the number of rows to learn from.</summary>
    protected abstract int ReadData(Invocation call, ref TrainSettings settings);

    protected abstract TrainingResult<TModel, TScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation);

    /// <summary>Scores the model on the test data; null where there is none.</summary>
    protected abstract TScore? Test(TModel model, TrainSettings settings);

    /// <summary>The scores on the test data of the simplest thing that could do the task; null where there is none.</summary>
    protected virtual TScore? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<TModel, TScore> result, TScore? test,
        CancellationToken cancellation) => null;

    /// <summary>The name of the baseline, as text and in JSON.</summary>
    protected virtual (string Text, string Json) BaselineName => ("baseline", "baseline");

    /// <summary>Writes what the data was taken for, and what else it could be, as members of an object.</summary>
    /// <param name="writer">Stands inside the object.</param>
    protected virtual void WriteData(Utf8JsonWriter writer)
    {
    }

    /// <summary>Writes the scores that the model file keeps as members of an object.</summary>
    protected abstract void WriteScore(Utf8JsonWriter writer, TScore score);

    /// <summary>Writes the scores of the result with --json as members of an object. Default: as in the model file.</summary>
    protected virtual void WriteResult(Utf8JsonWriter writer, TScore score, ScoredOn place) => WriteScore(writer, score);

    /// <summary>The headings of the table of scores, after the name and before the values of <see cref="Cells"/>.</summary>
    protected abstract IReadOnlyList<string> Headings { get; }

    /// <summary>One row of the table of scores.</summary>
    protected abstract IReadOnlyList<string> Cells(TScore score);

    /// <summary>Writes what else people may want to see of the scores on the test data.</summary>
    protected virtual void WriteDetails(UserTerminal terminal, TScore test)
    {
    }

    /// <summary>Writes into the record of the run what else a report can show of the model on the test data, or on the
    /// validation data where there is no test.</summary>
    protected virtual void WriteReview(Utf8JsonWriter writer, TModel model, TScore? test, TrainSettings settings)
    {
    }

    /// <summary>What the model knows, in a few words: "12,345 words".</summary>
    protected abstract string Knows(TrainingResult<TModel, TScore> result);

    /// <summary>What to do next: the command line after "recurant ".</summary>
    protected abstract string Next(string path);

    private void WriteJson(
        Invocation call, string path, TrainingResult<TModel, TScore> result, TScore? test, TScore? baseline) =>
        call.Terminal.Out.WriteLine(JsonText.Object(writer =>
        {
            writer.WriteString("task", TaskName);
            writer.WriteString("model", path);
            writer.WriteObject("data", WriteData);
            writer.WriteNumber("seconds", Math.Round(result.Seconds, 3));
            writer.WriteNumber("epochs", result.Epochs.Count);
            writer.WriteNumber("parameters", result.Model.ParameterCount);
            writer.WriteObject("valid", valid => WriteResult(valid, result.Validation, ScoredOn.Validation));
            if (test is not null) writer.WriteObject("test", scores => WriteResult(scores, test, ScoredOn.Test));
            if (baseline is null) return;
            writer.WriteObject("baseline", members =>
            {
                members.WriteString("name", BaselineName.Json);
                members.WriteObject("test", scores => WriteResult(scores, baseline, ScoredOn.Baseline));
            });
        }));

    private void Finish(
        RunFiles files, TrainSettings settings, string path, TrainingResult<TModel, TScore> result, TScore? test,
        TScore? baseline) =>
        files.Finish(result.Model, path, result.End, writer =>
        {
            writer.WriteNumber("seconds", Math.Round(result.Seconds, 3));
            writer.WriteNumber("epochs", result.Epochs.Count);
            writer.WriteObject("valid", scores => WriteResult(scores, result.Validation, ScoredOn.Validation));
            WriteDeciding(writer, "valid_score", result.Validation);
            if (test is not null)
            {
                writer.WriteObject("test", scores => WriteResult(scores, test, ScoredOn.Test));
                WriteDeciding(writer, "test_score", test);
            }

            if (result.End != TrainingEnd.Cancelled) WriteReview(writer, result.Model, test, settings);

            if (baseline is null || ReferenceEquals(baseline, test)) return;
            writer.WriteObject("baseline", members =>
            {
                members.WriteString("name", BaselineName.Text);
                members.WriteObject("test", scores => WriteResult(scores, baseline, ScoredOn.Baseline));
            });
        });

    /// <summary>The measure that decides, as one number whatever the task.</summary>
    private static void WriteDeciding(Utf8JsonWriter writer, string name, TScore score) => writer.WriteObject(name, members =>
    {
        members.WriteString("measure", score.Measure);
        if (double.IsFinite(score.Value)) members.WriteNumber("value", score.Value);
    });

    private static string Kept(IReadOnlyList<int> epochs) =>
        epochs is [var only] ? $"epoch {only}" : $"{epochs.Count} models are finished";

    private static string Best(IReadOnlyList<int> epochs) => epochs is [var only]
        ? $"epoch {only} was the best"
        : $"of each model the best: {string.Join(", ", epochs)}";

    private void WriteText(
        Invocation call, string path, TrainingResult<TModel, TScore> result, TScore? test, TScore? baseline)
    {
        TextWriter to = call.Terminal.Out;
        string end = result.End switch
        {
            TrainingEnd.EarlyStopping => "stopped early",
            TrainingEnd.Budget => "time is up",
            _ => "all epochs done",
        };
        foreach (string line in TextLayout.Wrap($"{path}: {result.Model.Summary}", call.Terminal.Width)) to.WriteLine(line);
        string seconds = Numbers.Seconds(result.Seconds);
        to.WriteLine($"{Numbers.Count(result.Model.ParameterCount)} parameters, {Knows(result)}");
        to.WriteLine($"{Numbers.Of(result.Epochs.Count, "epoch")} in {seconds}, {end}; {Best(result.BestEpochs)}");
        to.WriteLine();
        List<string[]> rows = [["", .. Headings], ["validation", .. Cells(result.Validation)]];
        if (test is not null) rows.Add(["test", .. Cells(test)]);
        if (baseline is not null && !ReferenceEquals(baseline, test)) rows.Add([$"test, {BaselineName.Text}", .. Cells(baseline)]);
        foreach (string line in TextLayout.Table(rows)) to.WriteLine(line);
        if (test is not null) WriteDetails(call.Terminal, test);
        to.WriteLine();
        to.WriteLine($"Next: recurant {Next(path)}");
    }
}
