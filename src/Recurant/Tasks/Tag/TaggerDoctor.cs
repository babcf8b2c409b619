namespace Recurant.Tasks;

/// <content>Taggers.</content>
public static partial class ModelDoctor
{
    /// <summary>Examines a tagger.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Sentences that it did not learn from, if there are such.</param>
    /// <param name="train">The sentences it learnt from, for each word's most frequent tag to compare with; null for
    /// none.</param>
    /// <param name="threads">The number of threads for scores; 0 for one a core. The result does not depend on it.</param>
    /// <exception cref="InvalidDataException">There are no sentences.</exception>
    public static DoctorReport Examine(TaggerModel model, TaggedDataset data, TaggedDataset? train = null, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model = ModelFile.Copy(model);
        RequireSome(data.Count, data.Name);
        TaggedSentence[] sample = EvenSample.Of(data.Sentences, BatchChecks.MostTexts);
        return Report(
            model, [BatchFinding(model, sample)], StepOf(model, sample, forSlopes: true), StepOf(model, sample, forSlopes: false),
            train is null ? [] : [Baseline(model, data, train, threads)]);
    }

    private static Finding BatchFinding(TaggerModel model, TaggedSentence[] sentences)
    {
        WordForms forms = model.NewForms();
        int[][] encoded = [.. sentences.Select(sentence => forms.Encode(sentence.Words))];
        return BatchChecks.Same(
            "batch, order and threads", "asked one by one, all at once, in reverse and with 3 threads",
            Words(BatchChecks.AloneOf(encoded, Answers)), Words(Answers(encoded, 1)),
            Words(BatchChecks.ReversedOf(encoded, Answers)), Words(Answers(encoded, 3)));

        // The number of the tag and its probability of every word.
        float[][] Answers(IReadOnlyList<int[]> asked, int threads)
        {
            var probabilities = new float[asked.Count][];
            int[][] tags = new TaggerScorer(model, Workers.ForThreads(threads)).Tag(forms, [.. asked], probabilities);
            return [.. tags.Select((row, i) => row.Select((tag, t) => tag + probabilities[i][t]).ToArray())];
        }

        static float[][] Words(float[][] sentences) => [.. sentences.SelectMany(row => row.Chunk(1))];
    }

    /// <summary>A step of the first sentences of which the model knows the tags; null if there are none.</summary>
    private static StepCapture? StepOf(TaggerModel model, TaggedSentence[] sentences, bool forSlopes)
    {
        WordForms forms = model.NewForms();
        (int[] Words, int[] Tags)[] chosen = [.. sentences
            .Select(sentence => (
                Words: Cut(forms.Encode(sentence.Words), forSlopes), Tags: Cut(model.NumbersOf(sentence.Tags), forSlopes)))
            .Where(sentence => sentence.Tags.All(tag => tag >= 0)).Take(forSlopes ? SlopeTexts : WideTexts)];
        if (chosen.Length == 0) return null;
        (List<(string, int)> words, List<int[]> read) = StepCapture.Renumber([.. chosen.Select(each => each.Words)], forms);
        return new StepCapture
        {
            // Without word dropout it does not matter how often training saw a word.
            Model = model, Step = 0, Dropout = default, Read = read, Forms = words,
            Answers = [.. chosen.Select(each => each.Tags)],
        };
    }

    private static Finding Baseline(TaggerModel model, TaggedDataset data, TaggedDataset train, int threads)
    {
        TaggerEvaluation score = new TagPredictor(model, threads).Evaluate(data),
            simple = new MostFrequentTags(train).Evaluate(data);
        return ComparedFinding.OfShares(
            "against the most frequent tags", "each word's most frequent tag", score.Measure, score.Value, simple.Value,
            (int)data.WordCount, FindingLevel.Warning);
    }
}
