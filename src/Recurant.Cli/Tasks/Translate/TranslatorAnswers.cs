namespace Recurant.Cli;

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
        writer.Write(("text", answer.Text), ("score", answer.Score));
        writer.WriteStrings("source", answer.SourcePieces);
        writer.WriteStrings("pieces", answer.Pieces);
        DecoderTask.WriteAttention(writer, answer.Attention);
        if (answer.IsCut) writer.WriteBoolean("cut", true);
    });
}
