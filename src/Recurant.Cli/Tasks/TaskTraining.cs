using System.Globalization;
using System.Text.Json;
using Recurant.Formats;

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

/// <summary>The way that the training of every task goes, from the data to the report; a task fills in its own parts.</summary>
/// <param name="task">The task.</param>
internal abstract class TaskTraining<TModel, TData, TScore>(CliTask<TModel, TData, TScore> task) : TaskTraining
    where TModel : TrainedModel
    where TData : class
    where TScore : Score
{
    /// <summary>The name of the measure in a column of six: "acc.".</summary>
    protected abstract string MeasureHeading { get; }

    /// <summary>What is learnt from.</summary>
    protected TData Train { get; set; } = null!;

    /// <summary>What is validated with; null where training sets a part aside.</summary>
    protected TData? Validation { get; set; }

    /// <summary>What is tested with; null where there is none.</summary>
    protected TData? Tested { get; set; }

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
        settings = files.Begin(settings, task.Name, rows);
        settings = Prepare(call, settings);
        LensWatch? lens = LensWatch.Begin(ref settings, moment => files.Write("lens", moment.WriteMembers));
        TrainingResult<TModel, TScore> result;
        using var hold = new StepHold(interruption);
        settings = settings with { Training = settings.Training with { Observers = [.. settings.Training.Observers, hold] } };
        try
        {
            result = TrainingDisplay.Show(
                call.Terminal, call.Quiet, MeasureHeading, progress =>
                    Learn(settings, Phases.Around(progress), interruption.Token));
        }
        catch (OperationCanceledException)
        {
            call.Terminal.WriteNote($"recurant: interrupted; nothing was written to {path}, since no epoch was completed.");
            keeper.TellHowToContinue();
            return interruption.Code;
        }
        catch (NonFiniteLossException fault) when (recorder.Report is { } report)
        {
            NonFiniteText.Tell(call, fault, report, recorder.BundleFault);
            return ExitCode.Failed;
        }

        if (!call.Quiet) lens?.Tell(call.Terminal);
        // Before the test, which may take long: what was learnt is not to be lost.
        Save(keeper, settings, path, result, rows, test: null);
        if (result.End == TrainingEnd.Cancelled)
        {
            Finish(files, settings, path, result, rows, test: null, baseline: null);
            call.Terminal.WriteNote($"recurant: interrupted; {path} holds the best weights so far ({Kept(result.BestEpochs)}).");
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
                members.WriteObject("valid", scores => task.Columns.Write(scores, result.Validation));
                if (test is not null) members.WriteObject("test", scores => task.Columns.Write(scores, test));
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

    /// <summary>The phases of the run.</summary>
    protected PhaseWatch Phases { get; private set; } = null!;

    /// <summary>The time of the run.</summary>
    protected RunTime Time { get; private set; } = null!;

    /// <summary>Cancelled by Ctrl-C.</summary>
    protected CancellationToken Interrupted { get; private set; }

    /// <summary>Copies what is needed after training of data that training lets go of, and gives training its time.</summary>
    protected virtual TrainSettings Prepare(Invocation call, TrainSettings settings) =>
        WithTime(settings, testRows: 0, baselineRows: 0, releases: false);

    /// <summary>The settings with the time that training has.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="testRows">The rows to be tested with, as long to score as those of a classifier.</param>
    /// <param name="baselineRows">The rows that a baseline is trained on.</param>
    /// <param name="releases">Whether training may let go of the data.</param>
    protected TrainSettings WithTime(TrainSettings settings, int testRows, int baselineRows, bool releases) => settings with
    {
        Training = settings.Training with { Budget = Time.ForTraining(testRows, baselineRows), ReleasesData = releases },
    };

    /// <summary>Tells that a part of some data is left out.</summary>
    protected static void TellLeftOut(Invocation call, string what, long used, long all, string why)
    {
        if (used < all) call.Tell($"{what}: {Numbers.Count(used)} of {Numbers.Count(all)} {why}");
    }

    /// <summary>Takes the parts that data come in, or reads the files that were named and sets test data aside.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="parts">The parts of the data; null where they have none.</param>
    /// <param name="read">Reads a file like that of the data.</param>
    /// <param name="setAside">Divides data into those to learn from and those to test with; null to test with none.</param>
    /// <param name="aside">What those set aside are: "12 pairs".</param>
    /// <param name="what">What <c>--test</c> takes.</param>
    protected void ReadParts(
        Invocation call, TrainSettings settings, DataParts<TData>? parts, Func<string, TData> read,
        Func<TData, (TData Train, TData Test)>? setAside = null, Func<TData, string>? aside = null, string what = "a file")
    {
        if (parts is not null) (Train, Validation, Tested) = (parts.Train, parts.Valid, parts.Test);
        else Train = read(settings.Data!);
        if (settings.ValidationFile is { } valid) Validation = read(valid);
        if (settings.TestFile is { } test) Tested = read(test);
        if (Tested is not null || setAside is null) return;
        (Train, TData part) = setAside(Train);
        Tested = part;
        if (aside is not null) call.Tell($"{aside(part)} set aside for the test (--test gives {what} of its own)");
    }

    /// <summary>How many of the test rows there is time for; tells where not for all.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="validated">The rows that validation scored in the time it took.</param>
    /// <param name="all">The rows there are.</param>
    /// <param name="unit">What rows are called.</param>
    /// <param name="hasBaseline">Whether a baseline needs time, too.</param>
    /// <returns>The rows to be scored; null for all.</returns>
    protected IReadOnlyList<int>? RowsToTest(Invocation call, int validated, int all, string unit, bool hasBaseline = false)
    {
        int rows = Time.TestRows(validated, all, hasBaseline);
        TellLeftOut(call, "test", rows, all, $"{unit} scored, for want of time");
        return rows < all ? DatasetSample.Rows(all, _ => 0, rows) : null;
    }

    /// <summary>
    /// Reads everything that the run needs; returns the number of rows to learn from, with those that training sets aside.
    /// </summary>
    protected abstract int ReadData(Invocation call, ref TrainSettings settings);

    /// <summary>The rows that the validation scores are of; 0 where they are not counted in rows.</summary>
    protected virtual int ValidationRows(TScore validation) => 0;

    protected abstract TrainingResult<TModel, TScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation);

    /// <summary>Scores the model on the test data; null where there is none.</summary>
    protected abstract TScore? Test(Invocation call, TrainingResult<TModel, TScore> result, TrainSettings settings);

    /// <summary>The scores on the test data of the simplest thing that could do the task; null where there is none.</summary>
    protected virtual TScore? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<TModel, TScore> result, TScore? test,
        CancellationToken cancellation) => null;

    /// <summary>The name of the baseline; in JSON with hyphens.</summary>
    protected virtual string BaselineName => "baseline";

    /// <summary>Writes what the data was taken for, and what else it could be, as members of an object.</summary>
    /// <param name="writer">Stands inside the object.</param>
    protected virtual void WriteData(Utf8JsonWriter writer)
    {
    }

    /// <summary>Writes more as members of the result of the run.</summary>
    /// <param name="writer">Stands inside the object.</param>
    protected virtual void WriteMore(Utf8JsonWriter writer)
    {
    }

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
    protected virtual string Next(string path) => $"predict {path} \"...\"";

    private void WriteJson(
        Invocation call, string path, TrainingResult<TModel, TScore> result, TScore? test, TScore? baseline) =>
        call.Terminal.Out.WriteLine(JsonText.Object(writer =>
        {
            writer.Write(("task", task.Name), ("model", path));
            writer.WriteObject("data", WriteData);
            writer.Write(("seconds", Math.Round(result.Seconds, 3)), ("epochs", Math.Round(result.Passes, 4)),
                ("parameters", result.Model.ParameterCount));
            writer.WriteObject("valid", valid => task.WriteScore(valid, result.Validation, ScoredOn.Validation));
            if (test is not null) writer.WriteObject("test", scores => task.WriteScore(scores, test, ScoredOn.Test));
            WriteBaseline(writer, BaselineName.Replace(' ', '-'), baseline);
            WriteMore(writer);
        }));

    private void WriteBaseline(Utf8JsonWriter writer, string name, TScore? baseline)
    {
        if (baseline is null) return;
        writer.WriteObject("baseline", members =>
        {
            members.WriteString("name", name);
            members.WriteObject("test", scores => task.WriteScore(scores, baseline, ScoredOn.Baseline));
        });
    }

    /// <summary>Finishes what is written of the run beside its model; false where that failed.</summary>
    private bool Finish(
        RunFiles files, TrainSettings settings, string path, TrainingResult<TModel, TScore> result, int rows, TScore? test,
        TScore? baseline) =>
        files.Finish(result.Model, path, result.End, writer =>
        {
            int aside = settings.ValidationFile is null ? ValidationRows(result.Validation) : 0;
            if (aside > 0) writer.WriteNumber("rows_learnt", rows - aside);
            writer.Write(("seconds", Math.Round(result.Seconds, 3)), ("epochs", Math.Round(result.Passes, 4)));
            WriteScores(writer, "valid", result.Validation, ScoredOn.Validation);
            if (test is not null) WriteScores(writer, "test", test, ScoredOn.Test);
            if (result.End != TrainingEnd.Cancelled) WriteReview(writer, result.Model, test, settings);
            if (!ReferenceEquals(baseline, test)) WriteBaseline(writer, BaselineName, baseline);
        });

    /// <summary>Scores, and the measure that decides as one number whatever the task.</summary>
    private void WriteScores(Utf8JsonWriter writer, string name, TScore score, ScoredOn place)
    {
        writer.WriteObject(name, scores => task.Columns.Write(scores, score, place));
        writer.WriteObject(name + "_score", members => members.Write(
            ("measure", score.Measure), ("value", double.IsFinite(score.Value) ? score.Value : (double?)null)));
    }

    private static string Kept(IReadOnlyList<int> epochs) =>
        epochs is [var only] ? $"epoch {only}" : $"{epochs.Count} models are finished";

    private static string Best(IReadOnlyList<int> epochs) => epochs is [var only]
        ? $"epoch {only} was the best"
        : $"of each model the best: {string.Join(", ", epochs)}";

    /// <summary>"3 epochs", or "0.01 epochs (step 340 of 31,000 of epoch 1)".</summary>
    private static string Epochs(TrainingResult<TModel, TScore> result)
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
        List<string[]> rows =
            [["", .. task.Columns.Headings(result.Validation)], ["validation", .. task.Columns.Cells(result.Validation)]];
        if (test is not null) rows.Add(["test", .. task.Columns.Cells(test)]);
        if (baseline is not null && !ReferenceEquals(baseline, test))
        {
            rows.Add([$"test, {BaselineName}", .. task.Columns.Cells(baseline)]);
        }

        call.Terminal.WriteTable(rows);
        if (test is not null) WriteDetails(call.Terminal, test);
        to.WriteLine();
        to.WriteLine($"Next: {ShellCommand.Name} {Next(ShellCommand.QuotePath(path))}");
    }
}
