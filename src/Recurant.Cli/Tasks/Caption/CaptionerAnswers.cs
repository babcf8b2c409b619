using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>The answers of a captioner: a text is the path of an image, and its sentence is a line.</summary>
internal sealed class CaptionerAnswers(Captioner captioner, CaptionerSpec spec, TextWriter to, bool json) : AnswerWriter
{
    public override void Write(IReadOnlyList<string> texts)
    {
        var images = new CaptionDataset(
            "images",
            [.. texts.Select(path => new CaptionedImage(ImageFile.Read(path, spec.Width, spec.Height, spec.Channels), ""))],
            spec.Width, spec.Height, spec.Channels);
        foreach (Caption answer in captioner.Describe(images))
        {
            to.WriteLine(json ? Json(answer) : TextLayout.OneLine(answer.Text));
        }

        to.Flush();
    }

    private static string Json(Caption answer) => JsonText.Object(writer =>
    {
        writer.Write(("text", answer.Text), ("score", answer.Score));
        writer.WriteStrings("pieces", answer.Pieces);
        DecoderTask.WriteAttention(writer, answer.Attention);
    });
}
