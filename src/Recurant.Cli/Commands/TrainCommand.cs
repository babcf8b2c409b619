using Recurant.Data;
using Recurant.Models;
using Recurant.Storage;
using Recurant.Training;

namespace Recurant.Cli;

/// <summary><c>recurant train</c>: learns from labelled texts and writes a model file.</summary>
internal sealed class TrainCommand : CliCommand
{
    public override string Name => "train";

    public override string Summary =>
        "Learn from labelled texts and write a model file. Every option may be left out: the defaults follow the data.";

    public override string Arguments => "[DATA]";

    public override (int Least, int Most) ArgumentCount => (0, 1);

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new("--config", "FILE",
            "Read settings from a JSON file, as 'recurant init' writes it. Options given here come before it."),
        new("--resume", "DIR",
            "Continue the run that was interrupted and left its state in this directory. It needs no other option, and gives the "
            + "same model file, byte for byte, as if it had never stopped."),
        .. SettingTable.All.Select(CommandOption.Of),
    ];

    public override IReadOnlyList<string> Examples =>
    [
        "train reviews.tsv",
        "train reviews.csv --text review --label stars --cell gru",
        "train tickets.jsonl --test held-out.jsonl --budget 10m",
        "train reviews.tsv --vectors glove.6B.100d.txt --out reviews-glove.safetensors",
        "train --resume reviews.checkpoint",
    ];

    public override int Run(Invocation call)
    {
        string? resumed = call.Value("--resume");
        TrainSettings settings = ReadSettings(call, resumed);
        string path = settings.OutFile!;
        AtomicFile.CheckWritable(path);
        RunKeeper keeper = RunKeeper.For(call, settings, resumed);
        settings = settings with { Training = settings.Training with { Checkpoint = keeper.Options } };

        using var interruption = new Interruption(() =>
            call.Terminal.Error.WriteLine("stopping after this step; press Ctrl-C again to end at once"));
        TextDataset all = LabelledData.Read(settings.Data!, settings, call);
        (TextDataset train, TextDataset test) = TrainAndTest(all, settings, call);
        TextDataset? validation = settings.ValidationFile is { } file ? LabelledData.Read(file, settings, call) : null;
        if (settings.VectorsFile is { } vectors)
        {
            settings = settings with { Training = settings.Training with { Vectors = WordVectors.Read(vectors) } };
            settings.Training.Validate();
        }

        interruption.Token.ThrowIfCancellationRequested();
        TrainingResult result;
        try
        {
            result = TrainingDisplay.Show(call.Terminal, call.Quiet, withEpochs: true, progress =>
                ClassifierTrainer.Train(train, settings.Training, validation, progress, interruption.Token));
        }
        catch (OperationCanceledException)
        {
            call.Terminal.WriteNote($"recurant: interrupted; nothing was written to {path}, since no epoch was over.");
            keeper.TellHowToContinue();
            return ExitCode.Interrupted;
        }

        Evaluation? scores = result.End == TrainingEnd.Cancelled ? null : Evaluate(result.Model, test, settings);
        result.Model.SetTrainingRecord(TrainingRecordJson.Write(settings, result, train.Count, scores));
        ModelFile.Save(result.Model, path);
        if (scores is null)
        {
            call.Terminal.WriteNote(
                $"recurant: interrupted; {path} holds the best weights so far (epoch {result.BestEpoch}).");
            keeper.TellHowToContinue();
            return ExitCode.Interrupted;
        }

        keeper.Finish(result.End);
        var report = new TrainReport(call, path, result, scores);
        try
        {
            report.Write(Baseline(train, validation, test, settings, result, scores, call, interruption.Token));
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            call.Terminal.WriteNote($"recurant: interrupted while training the baseline; {path} is complete.");
            return ExitCode.Interrupted;
        }
    }

    private static TrainSettings ReadSettings(Invocation call, string? resumed)
    {
        var settings = new TrainSettings();
        if (resumed is not null && Checkpoint.ReadNote(resumed) is { } note) settings = ResumeNote.Read(resumed, note);
        if (call.Value("--config") is { } config) settings = ConfigFile.Read(config, settings);
        settings = call.Apply(SettingTable.All, settings);
        if (call.Arguments.Count > 0) settings = settings with { Data = call.Arguments[0] };
        if (settings.Data is not { Length: > 0 } data)
        {
            throw new UsageException(
                "DATA is missing: the file or directory to learn from. Usage: recurant train DATA [OPTIONS]");
        }

        settings = settings with { OutFile = settings.OutFile ?? DefaultOut(data) };
        string?[] inputs = [data, settings.TestFile, settings.ValidationFile, settings.VectorsFile, call.Value("--config")];
        foreach (string? input in inputs)
        {
            if (input is not null && Path.GetFullPath(input) == Path.GetFullPath(settings.OutFile))
            {
                throw new UsageException(
                    $"--out: {settings.OutFile} is read by this run; it would be overwritten. Choose another name.");
            }
        }

        return settings;
    }

    /// <summary>The data's name with another ending: reviews.tsv.gz gives reviews.safetensors.</summary>
    private static string DefaultOut(string data)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)));
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        string stem = Directory.Exists(data) ? name : Path.GetFileNameWithoutExtension(name);
        return (stem.Length > 0 ? stem : "model") + ".safetensors";
    }

    private static (TextDataset Train, TextDataset Test) TrainAndTest(TextDataset all, TrainSettings settings, Invocation call)
    {
        if (settings.TestFile is { } file)
        {
            TextDataset given = LabelledData.Read(file, settings, call);
            DatasetChecks.TestLabelsKnown(all, given);
            return (all, given);
        }

        (TextDataset train, TextDataset test) = LabelledData.SetTestAside(all);
        if (!call.Quiet)
        {
            string rows = test.Count == 1 ? "1 row is" : $"{Numbers.Count(test.Count)} rows are";
            call.Terminal.WriteNote($"{rows} set aside for the test (--test gives a file of its own)");
        }

        return (train, test);
    }

    private static Evaluation Evaluate(ClassifierModel model, TextDataset test, TrainSettings settings) =>
        new TextClassifier(model, settings.Training.Threads).Evaluate(test);

    /// <summary>The bag of words, trained and scored on the same texts.</summary>
    private static Evaluation Baseline(
        TextDataset train, TextDataset? validation, TextDataset test, TrainSettings settings, TrainingResult result,
        Evaluation scores, Invocation call, CancellationToken cancellation)
    {
        if (result.Model.Spec.Model == ModelKind.BagOfWords) return scores;
        TrainingOptions chosen = settings.Training;
        var options = new TrainingOptions
        {
            Model = ModelKind.BagOfWords,
            Seed = chosen.Seed,
            Threads = chosen.Threads,
            ValidationFraction = chosen.ValidationFraction,
            Unit = chosen.Unit,
            Lowercase = chosen.Lowercase,
            Budget = chosen.Budget,
        };
        if (!call.Quiet) call.Terminal.Error.WriteLine("training the bag of words, for comparison");
        return TrainingDisplay.Show(call.Terminal, call.Quiet, withEpochs: false, progress =>
        {
            TrainingResult baseline = ClassifierTrainer.Train(train, options, validation, progress, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return Evaluate(baseline.Model, test, settings);
        });
    }
}
