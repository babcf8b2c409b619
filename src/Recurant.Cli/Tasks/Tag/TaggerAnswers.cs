using Recurant.Formats;

namespace Recurant.Cli;

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

            foreach (TaggedWord word in words) to.WriteLine($"{TextLayout.OneLine(word.Word)}\t{TextLayout.OneLine(word.Tag)}");

            to.WriteLine();
        }

        to.Flush();
    }

    private static string Json(IReadOnlyList<TaggedWord> words) => JsonText.Object(writer =>
    {
        writer.WriteObjects(
            "words", words, word => writer.Write(("word", word.Word), ("tag", word.Tag), ("probability", word.Probability)));
        IReadOnlyList<TagSpan> spans = TagSpan.Read([.. words.Select(word => word.Tag)]);
        if (spans.Count == 0) return;
        writer.WriteObjects("spans", spans, span => writer.Write(
            ("kind", span.Kind), ("start", span.Start), ("end", span.End),
            ("text", string.Join(' ', words.Skip(span.Start).Take(span.End - span.Start).Select(word => word.Word)))));
    });
}
