using System.Globalization;
using System.Text.Json;

namespace Recurant.Cli;

/// <summary>How the scores of translators are shown.</summary>
internal static class TranslatorReport
{
    public static IReadOnlyList<string> Headings { get; } = ["pairs", "loss", "BLEU", "chrF", "exact", "placeholders kept"];

    public static IReadOnlyList<string> Cells(TranslatorEvaluation score) =>
    [
        Numbers.Count(score.Rows), Loss(score.Loss), Two(score.Bleu), Two(score.Chrf), Numbers.Four(score.Exact),
        double.IsFinite(score.Placeholders) ? Numbers.Four(score.Placeholders) : "none",
    ];

    public static void WriteScore(Utf8JsonWriter writer, TranslatorEvaluation score)
    {
        writer.WriteNumber("rows", score.Rows);
        writer.WriteNumber("loss", score.Loss);
        writer.WriteNumber("bleu", score.Bleu);
        writer.WriteNumber("chrf", score.Chrf);
        writer.WriteNumber("exact", score.Exact);
        if (double.IsFinite(score.Placeholders)) writer.WriteNumber("placeholders", score.Placeholders);
    }

    /// <summary>The value of <c>--beam</c>.</summary>
    /// <exception cref="UsageException">It is not a whole number from 1 to 100.</exception>
    public static int Beam(string? value) => value is null ? 5
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int beam) && beam is >= 1 and <= 100 ? beam
        : throw new UsageException($"--beam is {value}; it must be a whole number from 1 to 100.");

    /// <summary>What <c>test</c> does with a translator.</summary>
    public static int Test(Invocation call, TranslatorModel model, TrainSettings settings, int threads)
    {
        int beam = Beam(call.Value("--beam"));
        PairDataset data = PairData.Read(call.Arguments[1], settings, call);
        TranslatorEvaluation score = new Translator(model, threads) { Beam = beam }.Evaluate(data);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("task", TaskNames.Translate);
                WriteScore(writer, score);
            }));
            return ExitCode.Done;
        }

        IReadOnlyList<string> cells = Cells(score);
        call.Terminal.WriteTable([.. Headings.Select((heading, i) => new[] { heading, cells[i] })]);
        return ExitCode.Done;
    }

    /// <summary>Writes into the record of a run what a report shows of the model on the test pairs.</summary>
    public static void WriteReview(Utf8JsonWriter writer, TranslatorModel model, PairDataset data, int threads)
    {
        TranslatorReview review = TranslatorReview.Of(model, data, threads: threads);
        writer.WriteObject("translations", members =>
        {
            members.WriteNumber("pairs", review.Pairs);
            members.WriteObjects("by_length", review.ByLength, band =>
            {
                members.WriteNumber("from", band.From);
                members.WriteNumber("to", band.To);
                members.WriteNumber("pairs", band.Pairs);
                members.WriteNumber("bleu", band.Bleu);
                members.WriteNumber("chrf", band.Chrf);
                members.WriteNumber("length_ratio", band.LengthRatio);
            });
            members.WriteObjects("worst", review.Worst, pair =>
            {
                members.WriteString("source", ReviewRecord.Shorten(pair.Source));
                members.WriteString("right", ReviewRecord.Shorten(pair.Right));
                members.WriteString("translated", ReviewRecord.Shorten(pair.Translated));
                members.WriteNumber("chrf", pair.Chrf);
            });
        });
    }

    /// <summary>A loss; of what has none a hyphen.</summary>
    public static string Loss(double value) => double.IsNaN(value) ? "-" : Numbers.Four(value);

    private static string Two(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}

/// <summary>What a decoder looked at, as JSON.</summary>
internal static class AttentionJson
{
    /// <summary>Writes the weights to four decimals, an array a word.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<IReadOnlyList<float>> attention)
    {
        writer.WriteStartArray("attention");
        foreach (IReadOnlyList<float> row in attention)
        {
            writer.WriteStartArray();
            foreach (float weight in row) writer.WriteNumberValue(Math.Round((decimal)weight, 4));
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }
}

/// <summary>The answers of a translator: a translation a line.</summary>
internal sealed class TranslatorAnswers(Translator translator, UserTerminal terminal, bool json) : AnswerWriter
{
    private long _texts;

    public override void Write(IReadOnlyList<string> texts)
    {
        foreach (Translation answer in translator.Translate(texts))
        {
            _texts++;
            if (answer.IsCut)
            {
                terminal.WriteNote($"recurant: of text {_texts} the first {TranslatorModel.MostSourcePieces} tokens were read");
            }

            terminal.Out.WriteLine(json ? Json(answer) : TextLayout.OneLine(answer.Text));
        }

        terminal.Out.Flush();
    }

    private static string Json(Translation answer) => JsonText.Object(writer =>
    {
        writer.WriteString("text", answer.Text);
        writer.WriteNumber("score", answer.Score);
        WriteStrings("source", answer.SourcePieces);
        WriteStrings("pieces", answer.Pieces);
        AttentionJson.Write(writer, answer.Attention);
        if (answer.IsCut) writer.WriteBoolean("cut", true);

        void WriteStrings(string name, IReadOnlyList<string> strings)
        {
            writer.WriteStartArray(name);
            foreach (string text in strings) writer.WriteStringValue(text);
            writer.WriteEndArray();
        }
    });
}
