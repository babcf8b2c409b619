using System.Text;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary><c>recurant predict</c>: tells the label of texts, or the tags of their words.</summary>
internal sealed class PredictCommand() : CliCommand("predict", "MODEL [TEXT...]",
    "Answer each TEXT: with its label, the tags of its words or its translation, or of the path of an image with its "
    + "sentence. Without any TEXT each line of a file or of standard input is one.")
{
    // Starting and waking threads takes longer than the answers to a few texts.
    private const int TextsWorthThreads = 16;
    private const string FileOption = "--file", TextOption = "--text", FormatOption = "--format",
        BlanksOption = "--blanks", BeamOption = "--beam";

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new(FileOption, "FILE",
            "Predict the texts of a file: its lines, blank ones too; or, where its name ends in .csv, .tsv, .jsonl or "
            + "the like, its rows, whose labels are ignored."),
        new(TextOption, "COLUMN", "The column of the texts in FILE. Guessed if not given."),
        new(FormatOption, "lines|csv|tsv|jsonl|fasttext|trec|conll|conllu", "The format of FILE. Default: by its name."),
        CommandOption.Of(SettingTable.Encoding),
        CommandOption.Of(SettingTable.Delimiter),
        new(BlanksOption, null, "Taggers: the texts are already split into words by spaces."),
        new(BeamOption, "N",
            "Translators, captioners and transcribers: the hypotheses that are followed; 1 is the quickest. Default: 5, of "
            + "transcribers 1."),
        .. SettingTable.SeriesColumns.Select(CommandOption.Of),
        new(ForecastTask.HorizonOption, "N", "Forecasters: the steps to forecast, up to those that the model was trained for."),
        SharedOptions.Threads,
    ];

    /// <summary>How tables of numbers are read.</summary>
    public static IReadOnlyList<Setting> TableSettings { get; } =
        [SettingTable.Encoding, SettingTable.Delimiter, .. SettingTable.SeriesColumns];

    public override IReadOnlyList<string> Examples =>
    [
        "predict reviews.safetensors \"This movie is not good\"",
        "predict reviews.safetensors --file new.csv --json",
        "predict reviews.safetensors < lines.txt > answers.txt",
        "predict tagger.safetensors \"The dog barks.\"",
        "predict en-de.safetensors \"A dog runs.\" --beam 10",
    ];

    public override int Run(Invocation call)
    {
        string? file = call.Value(FileOption);
        bool hasTexts = call.Arguments.Count > 1;
        if (hasTexts && file is not null) throw new UsageException("Give either TEXT or --file, not both.");
        string path = call.Arguments[0];
        TrainedModel model = ModelFile.Load(path);
        if (CliTasks.Of(model).Kind == DataKind.Series) return AnswerTables(call, model, file);
        foreach (string option in (string[])[TextOption, FormatOption, "--delimiter"])
        {
            if (file is null && call.Value(option) is not null)
            {
                throw new UsageException($"{option} says how --file FILE is read, which is missing.");
            }
        }

        TrainSettings settings = call.Apply([SettingTable.Encoding, SettingTable.Delimiter], new TrainSettings());
        int threads = hasTexts && call.Arguments.Count <= TextsWorthThreads ? 1 : call.Threads;
        AnswerWriter answers = AnswersOf(call, model, threads);
        if (hasTexts) answers.Write([.. call.Arguments.Skip(1)]);
        else if (file is not null) AnswerFile(call, answers, settings.File(file), settings.Delimiter);
        else AnswerLines(call, answers, settings.Encoding);
        return ExitCode.Done;
    }

    private static int AnswerTables(Invocation call, TrainedModel model, string? file)
    {
        string[] paths = [.. call.Arguments.Skip(1), .. file is null ? Array.Empty<string>() : [file]];
        if (paths.Length == 0)
        {
            throw new UsageException(
                $"DATA is missing: {call.Arguments[0]} is a {model.Noun}, and answers tables. Usage: {ShellCommand.Name} "
                    + $"predict MODEL "
                + "DATA");
        }

        AnswersOf(call, model, call.Threads).Write(paths);
        return ExitCode.Done;
    }

    private static AnswerWriter AnswersOf(Invocation call, TrainedModel model, int threads)
    {
        string path = call.Arguments[0];
        CliTask task = CliTasks.Of(model);
        foreach ((string option, string unfit) in (ReadOnlySpan<(string, string)>)
            [(BlanksOption, $"is for taggers; {path} is not one"),
                (BeamOption, $"is for translators, captioners and transcribers; {path} is none of them")])
        {
            if (call.Has(option) && !task.Options.Contains(option)) throw new UsageException($"{option} {unfit}.");
        }

        return task.Answers(call, model, threads);
    }

    /// <summary>
    /// Each line of a file is a text, whatever it looks like, unless its name or the options say that it is something else.
    /// </summary>
    private static void AnswerFile(Invocation call, AnswerWriter answers, DataFile file, char? delimiter)
    {
        var options = new TextFormatOptions
        {
            TextColumn = call.Value(TextOption), Format = call.Value(FormatOption), Delimiter = delimiter,
            FormatFromNameOnly = true,
        };
        DetectedFormat format = TextDatasetReader.Detect(file, options);
        if (format.Format == "lines" && options is { TextColumn: not null, Format: null })
        {
            options = options with { FormatFromNameOnly = false }; // a column was named: these are no lines
            format = TextDatasetReader.Detect(file, options with { LabelColumn = null });
        }

        if (format.Format != "lines")
        {
            call.Tell($"{file}: {format}{(call.Value(FormatOption) is null ? " (--format lines: each line is a text)" : "")}");
        }

        answers.WriteFile(file, options, format);
        call.Tell(file.Notes);
    }

    private static void AnswerLines(Invocation call, AnswerWriter answers, Encoding? encoding)
    {
        if (call.Terminal.InputIsTerminal && !call.Quiet)
        {
            call.Terminal.Error.WriteLine("Write one text a line; Ctrl-D (on Windows Ctrl-Z and Enter) ends.");
        }

        bool isFirst = true;
        foreach (IReadOnlyList<string> lines in BatchesOf(call.Terminal.Input, encoding))
        {
            if (isFirst) NoteNumbers(call, lines);
            isFirst = false;
            answers.Write(lines);
        }
    }

    /// <summary>Lines as they come; of another encoding than UTF-8 so many at a time.</summary>
    private static IEnumerable<IReadOnlyList<string>> BatchesOf(Stream input, Encoding? encoding)
    {
        if (encoding is null) return new LineSource(input).Read(AnswerWriter.BatchSize);
        return Decoded();

        IEnumerable<IReadOnlyList<string>> Decoded()
        {
            using var file = new TextFile(input, "standard input", encoding);
            foreach (string[] lines in Lines(file).Chunk(AnswerWriter.BatchSize)) yield return lines;
        }
    }

    /// <summary>Training refuses numbers; an answer to one is an answer to an unknown word, which is told once.</summary>
    private static void NoteNumbers(Invocation call, IReadOnlyList<string> lines)
    {
        if (call.Quiet || !TextDatasetReader.AreNumbers(lines)) return;
        call.Terminal.WriteNote(
            $"standard input: the lines are numbers or dates, such as \"{TextLayout.OneLine(lines[0].Trim())}\"; the model "
            + "reads words.");
    }

    private static IEnumerable<string> Lines(TextFile file)
    {
        while (file.TryReadLine(out ReadOnlySpan<char> line)) yield return line.ToString();
    }
}
