using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>The answers of a transcriber: a text is the path of a file of sound, and what is said in it is a line.</summary>
internal sealed class TranscribeAnswers(Transcriber transcriber, TextWriter to, bool json) : AnswerWriter
{
    public override void Write(IReadOnlyList<string> texts)
    {
        foreach (string path in texts)
        {
            Transcript said = transcriber.Transcribe([SpeechDatasetReader.ReadClip(path)])[0];
            to.WriteLine(json ? Json(path, said) : said.Text);
            to.Flush();
        }
    }

    private static string Json(string path, Transcript said) => JsonText.Object(writer =>
    {
        writer.Write(("file", path), ("text", said.Text));
        writer.WriteStartArray("words");
        foreach (SpokenWord word in said.Words)
        {
            writer.WriteStartObject();
            writer.Write(("word", word.Word), ("start", Math.Round(word.Start, 3)), ("end", Math.Round(word.End, 3)));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
