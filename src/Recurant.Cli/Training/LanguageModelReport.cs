using System.Globalization;
using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>The scores of a language model, after training and by <c>test</c>.</summary>
internal static class LanguageModelReport
{
    public static IReadOnlyList<string> Headings { get; } = ["tokens", "nats", "perplexity", "bits/character"];

    public static IReadOnlyList<string> Cells(LanguageScore score) =>
    [
        Numbers.Count(score.Tokens), Numbers.Four(score.Loss), score.Perplexity.ToString("F2", CultureInfo.InvariantCulture),
        Numbers.Four(score.BitsPerCharacter),
    ];

    public static void WriteScore(Utf8JsonWriter writer, LanguageScore score)
    {
        writer.WriteNumber("tokens", score.Tokens);
        writer.WriteNumber("loss", score.Loss);
        writer.WriteNumber("bits", score.Bits);
        writer.WriteNumber("perplexity", score.Perplexity);
        writer.WriteNumber("bits_per_character", score.BitsPerCharacter);
    }

    /// <summary>Writes into the record of a run what a report shows of the model on a text.</summary>
    public static void WriteReview(Utf8JsonWriter writer, LanguageModel model, PlainText text, int threads, int mostTokens)
    {
        LanguageReview review = LanguageReview.Of(model, text, mostTokens: mostTokens, threads: threads);
        ReviewRecord.WriteCalibration(writer, review.Calibration);
        writer.WriteObject("token_costs", members =>
        {
            members.WriteNumber("tokens", review.Tokens);
            members.WriteNumber("loss", review.Loss);
            members.WriteNumber("accuracy", review.Accuracy);
            members.WriteObjects("costliest", review.Costliest, token =>
            {
                members.WriteString("token", token.Token);
                members.WriteNumber("times", token.Times);
                members.WriteNumber("loss", token.Loss);
                members.WriteNumber("share", token.Share);
            });
            members.WriteObjects("by_frequency", review.ByFrequency, band =>
            {
                members.WriteNumber("from", band.From);
                members.WriteNumber("to", band.To);
                members.WriteNumber("kinds", band.Kinds);
                members.WriteNumber("times", band.Times);
                members.WriteNumber("loss", band.Loss);
                members.WriteNumber("share", band.Share);
            });
        });
    }

    /// <summary>Reads running text; of the SDK's documentation that to test with.</summary>
    public static PlainText Read(string path, TrainSettings settings, Invocation call)
    {
        if (SdkParts.Documentation(path, call) is { } parts) return parts.Test;
        PlainText text = PlainTextReader.Read(settings.File(path), settings.TextFormat with { LabelColumn = null });
        if (!call.Quiet)
        {
            call.Terminal.WriteNote($"{path}: {Describe(path, settings)}running text; {Numbers.Of(text.Count, "line")}");
            foreach (string warning in text.Warnings) call.Terminal.WriteNote(warning);
        }

        return text;
    }

    /// <summary>What a file that is no plain text was taken for, and how to learn something else from it.</summary>
    private static string Describe(string path, TrainSettings settings)
    {
        try
        {
            DetectedData found = DataDetector.Detect(settings.File(path), settings.TextFormat);
            string other = settings.Task is null && path == settings.Data
                ? $" No labels were found (--label names their column, --task {TaskNames.Classify} insists on them);" : "";
            return found.Kind != DataKind.PlainText || found.Description == "plain lines" ? "" : $"{found.Description}.{other} ";
        }
        catch (InvalidDataException)
        {
            return ""; // no columns to tell of: the texts were asked for
        }
    }

    /// <summary><c>test</c> for a language model.</summary>
    public static int Test(Invocation call, LanguageModel model, TrainSettings settings, int threads)
    {
        LanguageScore score = LanguageModelTrainer.Evaluate(model, Read(call.Arguments[1], settings, call), threads);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("task", model.Task);
                WriteScore(writer, score);
            }));
            return ExitCode.Done;
        }

        IReadOnlyList<string> cells = Cells(score);
        string[][] rows = [.. Headings.Select((heading, i) => new[] { heading, cells[i] })];
        call.Terminal.WriteTable(rows);
        return ExitCode.Done;
    }
}
