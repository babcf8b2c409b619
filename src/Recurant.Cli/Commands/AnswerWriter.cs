using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Predicts and writes the answers of one kind of model.</summary>
internal abstract class AnswerWriter
{
    /// <summary>Texts that are predicted together.</summary>
    public const int BatchSize = 512;

    /// <summary>Answers texts in their order. Whoever waits for these answers gets them at once.</summary>
    public abstract void Write(IReadOnlyList<string> texts);

    /// <summary>Answers all texts of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="format">What it is taken for.</param>
    public virtual void WriteFile(DataFile file, TextFormatOptions options, DetectedFormat format)
    {
        foreach (string[] texts in TextDatasetReader.ReadTexts(file, options).Chunk(BatchSize)) Write(texts);
    }
}

/// <summary>The answers of a classifier: a label and its probability a line.</summary>
internal sealed class ClassifierAnswers(Predictor predictor, TextWriter to, bool json) : AnswerWriter
{
    public override void Write(IReadOnlyList<string> texts)
    {
        foreach (Prediction answer in predictor.Predict(texts)) to.WriteLine(json ? Json(answer) : Line(answer));
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

/// <summary>
/// The answers of a tagger: a word, a tab and its tag a line, and a blank line behind each text, as CoNLL files have it.
/// </summary>
internal sealed class TaggerAnswers(TagPredictor predictor, bool atBlanks, TextWriter to, bool json) : AnswerWriter
{
    public override void Write(IReadOnlyList<string> texts) =>
        Answer([.. texts.Select(text => TagPredictor.Split(text, atBlanks))]);

    /// <summary>Of a file of tagged words the words are tagged anew; of others each text is a sentence.</summary>
    public override void WriteFile(DataFile file, TextFormatOptions options, DetectedFormat format)
    {
        if (format.Format is not ("conll" or "conllu"))
        {
            base.WriteFile(file, options, format);
            return;
        }

        var words = new TaggedFormatOptions { Format = format.Format, WordsOnly = true };
        foreach (TaggedSentence[] sentences in TaggedDatasetReader.Read(file, words).Sentences.Chunk(BatchSize))
        {
            Answer([.. sentences.Select(sentence => sentence.Words)]);
        }
    }

    private void Answer(IReadOnlyList<IReadOnlyList<string>> sentences)
    {
        foreach (IReadOnlyList<TaggedWord> words in predictor.Predict(sentences))
        {
            if (json)
            {
                to.WriteLine(Json(words));
                continue;
            }

            foreach (TaggedWord word in words)
            {
                to.WriteLine($"{TextLayout.OneLine(word.Word)}\t{TextLayout.OneLine(word.Tag)}");
            }

            to.WriteLine();
        }

        to.Flush();
    }

    private static string Json(IReadOnlyList<TaggedWord> words) => JsonText.Object(writer =>
    {
        writer.WriteStartArray("words");
        foreach (TaggedWord word in words)
        {
            writer.WriteStartObject();
            writer.WriteString("word", word.Word);
            writer.WriteString("tag", word.Tag);
            writer.WriteNumber("probability", word.Probability);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        IReadOnlyList<TagSpan> spans = TagSpan.Read([.. words.Select(word => word.Tag)]);
        if (spans.Count == 0) return;
        writer.WriteStartArray("spans");
        foreach (TagSpan span in spans)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", span.Kind);
            writer.WriteNumber("start", span.Start);
            writer.WriteNumber("end", span.End);
            IEnumerable<TaggedWord> inside = words.Skip(span.Start).Take(span.End - span.Start);
            writer.WriteString("text", string.Join(' ', inside.Select(word => word.Word)));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
