using System.Globalization;
using System.Text.Json;

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

    /// <summary>The task's name in the JSON results: "classify".</summary>
    protected abstract string TaskName { get; }

    public sealed override int Run(Invocation call, TrainSettings settings, string? resumed)
    {
        string path = settings.OutFile!;
        OutputFile.CheckModel("--out", path);
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
        Interruption interruption = call.Interruption;
        interruption.Outcome = $"nothing was written to {path}";
        var ended = new List<(string Phase, double Seconds)>();
        Phases = new PhaseWatch(call.Quiet ? null : call.Terminal.Error, (phase, seconds) => ended.Add((phase, seconds)));
        Time = new RunTime(settings.Training.Budget, Phases);
        Interrupted = interruption.Token;
        int rows;
        using (new ReadingScope(Phases, interruption.Token)) rows = ReadData(call, ref settings);
        interruption.Token.ThrowIfCancellationRequested();
        settings = files.Begin(settings, TaskName, rows);
        settings = Prepare(call, settings);
        LensWatch? lens = LensWatch.Begin(ref settings, moment => files.Write("lens", moment.WriteMembers));
        TrainingResult<TModel, TScore> result;
        using var hold = new StepHold(interruption);
        settings = settings with { Training = settings.Training with { Observers = [.. settings.Training.Observers, hold] } };
        try
        {
            result = TrainingDisplay.Show(
                call.Terminal, call.Quiet, MeasureHeading, progress => Learn(settings, Phases.Around(progress), interruption.Token));
        }
        catch (OperationCanceledException)
        {
            call.Terminal.WriteNote($"recurant: interrupted; nothing was written to {path}, since no epoch was completed.");
            keeper.TellHowToContinue();
            return interruption.Code;
        }
        catch (NonFiniteLossException fault) when (recorder.Report is { } report)
        {
            TellNonFinite(call, fault, report, recorder.BundleFault);
            return ExitCode.Failed;
        }

        if (!call.Quiet) lens?.Tell(call.Terminal);
        // Before the test, which may take long: what was learnt is not to be lost.
        Save(keeper, settings, path, result, rows, test: null);
        if (result.End == TrainingEnd.Cancelled)
        {
            Finish(files, settings, path, result, rows, test: null, baseline: null);
            call.Terminal.WriteNote(
                $"recurant: interrupted; {path} holds the best weights so far ({Kept(result.BestEpochs)}).");
            keeper.TellHowToContinue();
            return interruption.Code;
        }

        hold.Dispose();
        interruption.Outcome = $"{path} is complete and was not tested";
        TScore? test = Test(call, result, settings);
        interruption.Outcome = $"{path} is complete";
        using (interruption.Hold())
        {
            if (test is not null) Save(keeper, settings, path, result, rows, test);
            keeper.Finish(result.End);
        }

        TScore? baseline = null;
        try
        {
            baseline = Baseline(call, settings, result, test, interruption.Token);
        }
        catch (OperationCanceledException)
        {
            // The scores are told all the same; the exit code says the rest.
        }

        foreach ((string phase, double seconds) in ended)
        {
            files.Write("phase", writer =>
            {
                writer.WriteString("name", phase);
                writer.WriteNumber("seconds", Math.Round(seconds, 3));
            });
        }

        bool isWritten = Finish(files, settings, path, result, rows, test, baseline);
        if (call.Json) WriteJson(call, path, result, test, baseline); else WriteText(call, path, result, test, baseline);
        interruption.Token.ThrowIfCancellationRequested();
        return isWritten ? ExitCode.Done : ExitCode.Failed;
    }

    private void Save(
        RunKeeper keeper, TrainSettings settings, string path, TrainingResult<TModel, TScore> result, int rows, TScore? test)
    {
        int learnt = rows - (settings.ValidationFile is null ? ValidationRows(result.Validation) : 0);
        result.Model.SetTrainingRecord(
            TrainingRecordJson.Write(settings, result.Passes, result.BestEpochs, result.End, learnt, members =>
            {
                WriteColumns(members);
                members.WriteObject("valid", scores => WriteScore(scores, result.Validation));
                if (test is not null) members.WriteObject("test", scores => WriteScore(scores, test));
            }));
        try
        {
            ModelFile.Save(result.Model, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            keeper.TellHowToContinue();
            throw;
        }
    }

    /// <summary>Writes into the model file which columns the texts came from, of data that have any.</summary>
    protected virtual void WriteColumns(Utf8JsonWriter writer)
    {
    }

    public sealed override string? Rehearse(Invocation call, TrainSettings settings)
    {
        Phases = new PhaseWatch(null, (_, _) => { });
        Time = new RunTime(budget: null, Phases);
        Interrupted = call.Interruption.Token;
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
        foreach (string line in call.Quiet ? [] : NonFiniteText.Lines(report, call.Terminal.ErrorWidth))
        {
            call.Terminal.Error.WriteLine(line);
        }

        if (report.Bundle is { } bundle)
        {
            call.Terminal.WriteCommand("To do this step again:", ShellCommand.Of("replay", bundle));
        }

        if (bundleFault is not null) call.Terminal.WriteNote($"recurant: the step could not be kept: {bundleFault}");
        if (!call.Json) return;
        call.Terminal.Out.WriteLine(JsonText.Object(writer =>
        {
            writer.WritePropertyName("non_finite");
            writer.WriteRawValue(report.ToJson());
        }));
    }

    /// <summary>The phases of the run.</summary>
    protected PhaseWatch Phases { get; private set; } = null!;

    /// <summary>The time of the run.</summary>
    protected RunTime Time { get; private set; } = null!;

    /// <summary>Cancelled by Ctrl-C.</summary>
    protected CancellationToken Interrupted { get; private set; }

    /// <summary>Copies what is needed after training of data that training lets go of, and gives training its time.</summary>
    protected virtual TrainSettings Prepare(Invocation call, TrainSettings settings) =>
        WithTime(settings, Time.ForTraining(testRows: 0, baselineRows: 0), releases: false);

    protected static TrainSettings WithTime(TrainSettings settings, TimeSpan? budget, bool releases) =>
        settings with { Training = settings.Training with { Budget = budget, ReleasesData = releases } };

    /// <summary>Tells that a part of some data is left out.</summary>
    protected static void TellLeftOut(Invocation call, string what, long used, long all, string why)
    {
        if (used < all && !call.Quiet) call.Terminal.WriteNote($"{what}: {Numbers.Count(used)} of {Numbers.Count(all)} {why}");
    }

    /// <summary>
    /// Reads everything that the run needs; returns the number of rows to learn from, with those that training sets aside.
    /// </summary>
    protected abstract int ReadData(Invocation call, ref TrainSettings settings);

    /// <summary>The rows that the validation scores are of; 0 where they are not counted in rows.</summary>
    protected abstract int ValidationRows(TScore validation);

    protected abstract TrainingResult<TModel, TScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation);

    /// <summary>Scores the model on the test data; null where there is none.</summary>
    protected abstract TScore? Test(Invocation call, TrainingResult<TModel, TScore> result, TrainSettings settings);

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

    /// <summary>What to do next: the command line after the program's name.</summary>
    /// <param name="path">The model file as the shell takes it.</param>
    protected abstract string Next(string path);

    private void WriteJson(
        Invocation call, string path, TrainingResult<TModel, TScore> result, TScore? test, TScore? baseline) =>
        call.Terminal.Out.WriteLine(JsonText.Object(writer =>
        {
            writer.WriteString("task", TaskName);
            writer.WriteString("model", path);
            writer.WriteObject("data", WriteData);
            writer.WriteNumber("seconds", Math.Round(result.Seconds, 3));
            writer.WriteNumber("epochs", Math.Round(result.Passes, 4));
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

    /// <summary>Finishes what is written of the run beside its model; false where that failed.</summary>
    private bool Finish(
        RunFiles files, TrainSettings settings, string path, TrainingResult<TModel, TScore> result, int rows, TScore? test,
        TScore? baseline) =>
        files.Finish(result.Model, path, result.End, writer =>
        {
            int aside = settings.ValidationFile is null ? ValidationRows(result.Validation) : 0;
            if (aside > 0) writer.WriteNumber("rows_learnt", rows - aside);
            writer.WriteNumber("seconds", Math.Round(result.Seconds, 3));
            writer.WriteNumber("epochs", Math.Round(result.Passes, 4));
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

    /// <summary>"3 epochs", or "0.01 epochs (step 340 of 31,000 of epoch 1)".</summary>
    internal static string Epochs(TrainingResult<TModel, TScore> result)
    {
        if (result.Epochs is not [.., { Share: < 1 } last]) return Numbers.Of(result.Epochs.Count, "epoch");
        // Two digits that tell something, however small the share.
        string passes = result.Passes.ToString(
            result.Passes >= 0.1 ? "0.##" : result.Passes >= 0.01 ? "0.###" : "0.#####", CultureInfo.InvariantCulture);
        return $"{passes} epochs (step {Numbers.Count(last.Steps)} of {Numbers.Count(last.StepsInEpoch)} of epoch {last.Number})";
    }

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
        call.Terminal.WriteText($"{path}: {result.Model.Summary}");
        string seconds = Numbers.Seconds(result.Seconds);
        call.Terminal.WriteText($"{Numbers.Count(result.Model.ParameterCount)} parameters, {Knows(result)}");
        call.Terminal.WriteText($"{Epochs(result)} in {seconds}, {end}; {Best(result.BestEpochs)}");
        if (result.ValidationLeftOut > 0)
        {
            call.Terminal.WriteText("validated with a part of the validation data, for want of time: "
                + $"{Numbers.Count(result.ValidationLeftOut)} left out");
        }

        to.WriteLine();
        List<string[]> rows = [["", .. Headings], ["validation", .. Cells(result.Validation)]];
        if (test is not null) rows.Add(["test", .. Cells(test)]);
        if (baseline is not null && !ReferenceEquals(baseline, test)) rows.Add([$"test, {BaselineName.Text}", .. Cells(baseline)]);
        call.Terminal.WriteTable(rows);
        if (test is not null) WriteDetails(call.Terminal, test);
        to.WriteLine();
        to.WriteLine($"Next: {ShellCommand.Name} {Next(ShellCommand.QuotePath(path))}");
    }
}
