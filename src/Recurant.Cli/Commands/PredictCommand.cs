using Recurant.Formats;
using Recurant.Inference;
using Recurant.Models;

namespace Recurant.Cli;

/// <summary><c>recurant predict</c>: tells the label of texts, one answer a line.</summary>
internal sealed class PredictCommand : CliCommand
{
    private const int BatchSize = 512;

    // Starting and waking threads takes longer than the answers to a few texts.
    private const int TextsWorthThreads = 16;
    private const string FileOption = "--file";

    public override string Name => "predict";

    public override string Summary => "Tell the label of each TEXT; without any, of each line of a file or of standard input.";

    public override string Arguments => "MODEL [TEXT...]";

    public override (int Least, int Most) ArgumentCount => (1, int.MaxValue);

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new(FileOption, "FILE", "Predict the texts of a file: lines, CSV, TSV or JSON lines; labels are passed over."),
        new("--text", "COLUMN", "The column of the texts in FILE. Guessed if not given."),
        SharedOptions.Threads,
    ];

    public override IReadOnlyList<string> Examples =>
    [
        "predict reviews.safetensors \"This movie is not good\"",
        "predict reviews.safetensors --file new.csv --json",
        "predict reviews.safetensors < lines.txt > answers.txt",
    ];

    public override int Run(Invocation call)
    {
        string? file = call.Value(FileOption), column = call.Value("--text");
        bool hasTexts = call.Arguments.Count > 1;
        if (hasTexts && file is not null) throw new UsageException("TEXT and --file exclude each other: give one of them.");
        if (file is null && column is not null)
        {
            throw new UsageException("--text names a column of --file FILE, which is missing.");
        }

        int threads = hasTexts && call.Arguments.Count <= TextsWorthThreads ? 1 : call.Threads;
        var answers = new AnswerWriter(new Predictor(FittingModel.Load<ClassifierModel>(call.Arguments[0], Name), threads), call.Terminal.Out, call.Json);
        if (hasTexts)
        {
            answers.Write([.. call.Arguments.Skip(1)]);
        }
        else if (file is not null)
        {
            foreach (string[] texts in TextDatasetReader.ReadTexts(file, new TextFormatOptions { TextColumn = column })
                .Chunk(BatchSize))
            {
                answers.Write(texts);
            }
        }
        else
        {
            AnswerLines(call, answers);
        }

        return ExitCode.Done;
    }

    private static void AnswerLines(Invocation call, AnswerWriter answers)
    {
        if (call.Terminal.InputIsTerminal && !call.Quiet)
        {
            call.Terminal.Error.WriteLine("Write one text a line; Ctrl-D (on Windows Ctrl-Z and Enter) ends.");
        }

        foreach (IReadOnlyList<string> lines in new LineSource(call.Terminal.Input).Read(BatchSize)) answers.Write(lines);
    }
}

/// <summary>Predicts and writes one answer a line.</summary>
internal sealed class AnswerWriter(Predictor predictor, TextWriter to, bool json)
{
    public void Write(IReadOnlyList<string> texts)
    {
        foreach (Prediction answer in predictor.Predict(texts)) to.WriteLine(json ? Json(answer) : Line(answer));
        // Whoever waits for these answers gets them now, even if no more texts come for a while.
        to.Flush();
    }

    private static string Line(Prediction answer) => $"{TextLayout.OneLine(answer.Label)}\t{Numbers.Four(answer.Probability)}";

    private static string Json(Prediction answer) => JsonText.Object(writer =>
    {
        writer.WriteString("label", answer.Label);
        writer.WriteNumber("probability", answer.Probability);
        writer.WriteStartObject("probabilities");
        foreach ((string label, float probability) in answer.Probabilities) writer.WriteNumber(label, probability);
        writer.WriteEndObject();
    });
}
