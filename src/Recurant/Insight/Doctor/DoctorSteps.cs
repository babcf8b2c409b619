using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>Makes steps of small pieces of data, to look at what a model computes in them.</summary>
internal static class DoctorSteps
{
    private const int SlopeTexts = 4, SlopeTokens = 12, WideTexts = 32, WideTokens = 100;

    /// <param name="model">The model; of several the first is looked at.</param>
    /// <param name="examples">Texts.</param>
    /// <param name="forSlopes">
    /// Whether the step is to have large gradients: then it is short, and asks for the label that the model thinks least of,
    /// since
    /// a model that is sure of its answers has hardly any slope.
    /// </param>
    public static StepCapture Of(ClassifierModel model, IReadOnlyList<TextExample> examples, bool forSlopes)
    {
        WordForms? forms = model.NewForms();
        TextExample[] chosen = [.. examples.Take(forSlopes ? SlopeTexts : WideTexts)];
        int[][] texts = [.. chosen.Select(example => model.Encoder.Encode(example.Text, forms))];
        texts = [.. texts.Select(text => text[..Math.Min(text.Length, forSlopes ? SlopeTokens : WideTokens)])];
        int classes = model.Labels.Count;
        float[] probabilities = new ClassifierScorer([model.Network], classes,
            Numerics.Workers.ForThreads(1)).Probabilities(texts, forms);
        int LeastOf(int text)
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(text * classes, classes);
            int least = 0;
            for (int j = 1; j < classes; j++)
            {
                if (row[j] < row[least]) least = j;
            }

            return least;
        }

        (List<(string, int)>? words, List<int[]> read) = forms is null ? (null, [.. texts]) : StepCapture.Renumber(texts, forms);
        return new StepCapture
        {
            Model = model, Step = 0, Dropout = default, Read = read, Forms = words,
            Answers = [.. Enumerable.Range(0, texts.Length).Select(text => new[] { LeastOf(text) })],
        };
    }

    /// <summary>The same of sentences; null if the model knows the tags of none of them.</summary>
    public static StepCapture? Of(TaggerModel model, IReadOnlyList<TaggedSentence> sentences, bool forSlopes)
    {
        WordForms forms = model.NewForms();
        int most = forSlopes ? SlopeTokens : WideTokens;
        (int[] Words, int[] Tags)[] chosen = [.. sentences
            .Select(sentence => (Words: forms.Encode(sentence.Words), Tags: model.NumbersOf(sentence.Tags)))
            .Where(sentence => sentence.Tags.Take(most).All(tag => tag >= 0)).Take(forSlopes ? SlopeTexts : WideTexts)];
        if (chosen.Length == 0) return null;
        (List<(string, int)> words, List<int[]> read) = StepCapture.Renumber(
            [.. chosen.Select(sentence => sentence.Words[..Math.Min(sentence.Words.Length, most)])], forms);
        return new StepCapture
        {
            // Without word dropout it does not matter how often training saw a word.
            Model = model, Step = 0, Dropout = default, Read = read, Forms = words,
            Answers = [.. chosen.Select(sentence => sentence.Tags[..Math.Min(sentence.Tags.Length, most)])],
        };
    }

    public static StepCapture Of(LanguageModel model, int[] tokens, int texts, int steps) => new()
    {
        Model = model, Step = 0, Dropout = default,
        Read = [.. Enumerable.Range(0, texts).Select(text => tokens[(text * steps)..((text + 1) * steps)])],
        Answers = [.. Enumerable.Range(0, texts).Select(text => tokens[(text * steps + 1)..((text + 1) * steps + 1)])],
    };

    /// <summary>The same of pairs of which both sides have pieces; null if there are none.</summary>
    public static StepCapture? Of(TranslatorModel model, IReadOnlyList<TextPair> pairs, bool forSlopes)
    {
        int most = forSlopes ? SlopeTokens : WideTokens;
        (int[] Source, int[] Target)[] chosen = [.. pairs
            .Select(pair => (Source: model.Read(pair.Source), Target: model.Target.Encode(pair.Target)))
            .Where(pair => pair.Source.Length > 0 && pair.Target.Length > 0).Take(forSlopes ? SlopeTexts : WideTexts)
            .Select(pair => (pair.Source[..Math.Min(pair.Source.Length, most)], pair.Target[..Math.Min(pair.Target.Length, most)]))];
        return chosen.Length == 0 ? null : new StepCapture
        {
            Model = model, Step = 0, Dropout = default,
            Read = [.. chosen.Select(pair => pair.Source)], Answers = [.. chosen.Select(pair => pair.Target)],
        };
    }

    public static StepCapture Of(SequenceModel model) => new() { Model = model, Step = 0, Dropout = default, Seed = 1,
        Batch = SlopeTexts };

    public static Finding UnknownWords(ClassifierModel model, TextDataset data)
    {
        const double Many = 0.10;
        long unknown = 0, words = 0;
        WordForms? forms = model.NewForms();
        foreach (TextExample example in data.Examples)
        {
            foreach (int token in model.Encoder.Encode(example.Text, forms))
            {
                words++;
                if ((forms?.WordOf(token) ?? token) == Vocabulary.Unknown) unknown++;
            }
        }

        bool isMuch = unknown > Many * words && model.Spec.Model != ModelKind.BagOfWords;
        return new Finding(
            "words the model knows", isMuch ? FindingLevel.Warning : FindingLevel.Ok,
            $"{Share(unknown, words)} of what the model reads of {data.Name} is unknown to it ({Count(unknown)} of "
                + $"{Count(words)}).")
        {
            Values = [Value("unknown", unknown), Value("tokens", words)],
            Means = isMuch ? "All unknown words are one and the same to it." : "",
            Advice = isMuch ? "Learn from texts nearer to these, or use ready-made vectors or characters." : "",
        };
    }
}
