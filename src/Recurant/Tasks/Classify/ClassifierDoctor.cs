using static Recurant.Insight.FindingText;

namespace Recurant.Tasks;

/// <content>Classifiers.</content>
public static partial class ModelDoctor
{
    /// <summary>Examines a classifier.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Texts that it did not learn from, if there are such.</param>
    /// <param name="train">The texts it learnt from, for a bag of words to compare with; null for none.</param>
    /// <param name="threads">The number of threads for scores; 0 for one a core. The result does not depend on it.</param>
    /// <exception cref="InvalidDataException">There are no texts, or one has a label that the model does not know.</exception>
    public static DoctorReport Examine(ClassifierModel model, TextDataset data, TextDataset? train = null, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model = ModelFile.Copy(model);
        RequireSome(data.Count, data.Name);
        DatasetChecks.TestLabelsKnown(model.Labels, data);
        TextExample[] sample = EvenSample.Of(data.Examples, BatchChecks.MostTexts);
        StepCapture slopes = StepOf(model, sample, forSlopes: true);
        return Report(
            model, [.. BatchFindings(model, [.. sample.Select(example => example.Text)]), .. ReferenceFindings(model, slopes)],
            slopes, StepOf(model, sample, forSlopes: false),
            [UnknownWords(model, data), .. Baselines(model, data, train, threads)]);
    }

    private static IEnumerable<Finding> BatchFindings(ClassifierModel model, string[] texts)
    {
        WordForms? forms = model.NewForms();
        int[][] sequences = [.. texts.Select(text => model.Encoder.Encode(text, forms))];
        int classes = model.Labels.Count, longest = Math.Min(Math.Max(50, 2 * sequences.Max(sequence => sequence.Length)), 1000);
        float[][] Answers(IReadOnlyList<int[]> asked, int threads) => [.. new ClassifierScorer(
            model.Networks, classes, Workers.ForThreads(threads)).Probabilities(asked, forms).Chunk(classes)];
        foreach (Finding finding in BatchChecks.Run(sequences, Longer, Answers)) yield return finding;
        if (model.Spec is { Model: ModelKind.Recurrent, Models: 1 })
        {
            yield return BatchChecks.Same(
                "history", "in training mode and in prediction mode", BatchChecks.AloneOf(sequences, Answers),
                WithHistory(model, sequences, forms));
        }

        if (model.Network.Recurrent is not { } network || model.Spec is not { Models: 1, CharacterSize: 0 }) yield break;
        if (model.Spec.Recurrent.Bidirectional) yield break;
        yield return BatchChecks.Stepwise(
            network.Stack, sequences[0], token => network.Embedding?.Table.Matrix.Row(token).ToArray());

        int[] Longer(int[] sequence) =>
            [.. Enumerable.Range(0, Math.Max(longest, sequence.Length + 1)).Select(i => sequence[i % sequence.Length])];
    }

    private static float[][] WithHistory(ClassifierModel model, int[][] sequences, WordForms? forms)
    {
        ClassifierMemory memory = model.Network.CreateMemory();
        memory.Forms = forms;
        BatchLayout batch = ReferenceSubject.BatchOf(sequences);
        Matrix logits = model.Network.Forward(Workers.ForThreads(1), batch, memory, dropout: null);
        var probabilities = new float[sequences.Length][];
        for (int b = 0; b < sequences.Length; b++)
        {
            Softmax.Apply(logits.Row(b), probabilities[batch.Order[b]] = new float[model.Labels.Count]);
        }

        return probabilities;
    }

    /// <summary>Where the reference describes the network, and one-hot words are not too many for it.</summary>
    private static IEnumerable<Finding> ReferenceFindings(ClassifierModel model, StepCapture step)
    {
        ClassifierSpec spec = model.Spec;
        bool isTooLarge = spec.EmbeddingSize == 0 && spec.VocabularySize > 5000;
        return model.Network.Recurrent is not { } network || spec.CharacterSize > 0 || isTooLarge
            ? []
            : [ReferenceChecks.Run(GradientAudit.SubjectOf(spec, network), step.Read, step.Answers)];
    }

    /// <summary>
    /// A step of the first texts, of several networks to the first. For slopes it asks for the label that the model thinks least
    /// of, since a model that is sure of its answers has hardly any slope.
    /// </summary>
    private static StepCapture StepOf(ClassifierModel model, TextExample[] examples, bool forSlopes)
    {
        WordForms? forms = model.NewForms();
        TextExample[] chosen = [.. examples.Take(forSlopes ? SlopeTexts : WideTexts)];
        int[][] texts = [.. chosen.Select(example => Cut(model.Encoder.Encode(example.Text, forms), forSlopes))];
        IEnumerable<float[]> probabilities = new ClassifierScorer(
            [model.Network], model.Labels.Count, Workers.ForThreads(1)).Probabilities(texts, forms).Chunk(model.Labels.Count);
        (List<(string, int)>? words, List<int[]> read) = forms is null ? (null, [.. texts]) : StepCapture.Renumber(texts, forms);
        return new StepCapture
        {
            Model = model, Step = 0, Dropout = default, Read = read, Forms = words,
            Answers = [.. probabilities.Select(row => new[] { Array.IndexOf(row, row.Min()) })],
        };
    }

    private static Finding UnknownWords(ClassifierModel model, TextDataset data)
    {
        const double Many = 0.10;
        WordForms? forms = model.NewForms();
        long unknown = 0, words = 0;
        foreach (int token in data.Examples.SelectMany(example => model.Encoder.Encode(example.Text, forms)))
        {
            words++;
            if ((forms?.WordOf(token) ?? token) == Vocabulary.Unknown) unknown++;
        }

        return ComparedFinding.Against(
            "words the model knows", unknown <= Many * words || model.Spec.Model == ModelKind.BagOfWords,
            $"{Share(unknown, words)} of what the model reads of {data.Name} is unknown to it "
            + $"({Count(unknown)} of {Count(words)}).",
            "All unknown words are one and the same to it.",
            "Learn from texts nearer to these, or use ready-made vectors or characters.",
            Value("unknown", unknown), Value("tokens", words));
    }

    private static IEnumerable<Finding> Baselines(ClassifierModel model, TextDataset data, TextDataset? train, int threads)
    {
        double score = new Predictor(model, threads).Evaluate(data).Accuracy;
        (string label, int most) = (train ?? data).Examples.CountBy(example => example.Label, StringComparer.Ordinal)
            .MaxBy(count => count.Value);
        int right = train is null ? most : data.Examples.Count(example => example.Label == label);
        yield return ComparedFinding.OfShares(
            "against the most frequent label", $"always \"{label}\"", "accuracy", score, (double)right / data.Count, data.Count,
            FindingLevel.Fault);
        if (train is null || model.Spec.Model == ModelKind.BagOfWords) yield break;
        var bag = new TrainingOptions { Model = ModelKind.BagOfWords, Threads = threads };
        yield return ComparedFinding.OfShares(
            "against a bag of words", "a bag of words", "accuracy", score,
            new Predictor(ClassifierTrainer.Train(train, bag).Model, threads).Evaluate(data).Accuracy, data.Count,
            FindingLevel.Warning);
    }
}
