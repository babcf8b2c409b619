using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>
/// Examines a trained model on data: its answers must not depend on the company a text is in, on threads or on how it is cut; its
/// gradients must be the slope of its loss; it must beat whoever knows nothing; its weights must be finite and its units alive.
/// docs/doctor.md has the rules.
/// </summary>
public static class ModelDoctor
{
    /// <summary>Examines a classifier.</summary>
    /// <param name="model">The model; it is only read, and may serve others meanwhile.</param>
    /// <param name="data">Texts that it did not learn from, if there are such.</param>
    /// <param name="train">The texts it learnt from, for a bag of words to compare with; null for none.</param>
    /// <param name="threads">The number of threads for scores; 0 for one a core. The result does not depend on it.</param>
    /// <exception cref="InvalidDataException">There are no texts, or one has a label that the model does not know.</exception>
    public static DoctorReport Examine(ClassifierModel model, TextDataset data, TextDataset? train = null, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model = ModelFile.Copy(model); // The checks move weights and write gradients.
        if (data.Count == 0) throw Empty(data.Name);
        DatasetChecks.TestLabelsKnown(model.Labels, data);
        var findings = new List<Finding> { Weights(model) };
        TextExample[] sample = Sample(data.Examples, BatchChecks.MostTexts);
        findings.AddRange(BatchChecks.Run(model, [.. sample.Select(example => example.Text)]));
        StepCapture step = DoctorSteps.Of(model, sample, forSlopes: true), wide = DoctorSteps.Of(model, sample, forSlopes: false);
        if (ReferenceChecks.Run(model, step) is { } reference) findings.Add(reference);
        findings.Add(SlopeChecks.Run(step));
        findings.Add(UnitChecks.Run(wide));
        findings.Add(DoctorSteps.UnknownWords(model, data));
        findings.AddRange(BaselineChecks.Run(model, data, train, threads));
        return new DoctorReport(findings);
    }

    /// <summary>Examines a tagger.</summary>
    /// <param name="model">The model; it is only read, and may serve others meanwhile.</param>
    /// <param name="data">Sentences that it did not learn from, if there are such.</param>
    /// <param name="train">The sentences it learnt from, for each word's most frequent tag to compare with; null for
    /// none.</param>
    /// <param name="threads">The number of threads for scores; 0 for one a core. The result does not depend on it.</param>
    /// <exception cref="InvalidDataException">There are no sentences.</exception>
    public static DoctorReport Examine(TaggerModel model, TaggedDataset data, TaggedDataset? train = null, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model = ModelFile.Copy(model); // The checks move weights and write gradients.
        if (data.Count == 0) throw Empty(data.Name);
        var findings = new List<Finding> { Weights(model) };
        TaggedSentence[] sample = Sample(data.Sentences, BatchChecks.MostTexts);
        findings.Add(BatchChecks.Run(model, [.. sample.Select(sentence => sentence.Words)]));
        if (DoctorSteps.Of(model, sample, forSlopes: true) is { } step) findings.Add(SlopeChecks.Run(step));
        if (DoctorSteps.Of(model, sample, forSlopes: false) is { } wide) findings.Add(UnitChecks.Run(wide));
        if (train is not null) findings.Add(BaselineChecks.Run(model, data, train, threads));
        return new DoctorReport(findings);
    }

    /// <summary>Examines a language model.</summary>
    /// <param name="model">The model; it is only read, and may serve others meanwhile.</param>
    /// <param name="data">Text that it did not learn from, if there is such.</param>
    /// <exception cref="InvalidDataException">There are fewer than 100 tokens.</exception>
    public static DoctorReport Examine(LanguageModel model, PlainText data)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model = ModelFile.Copy(model); // The checks move weights and write gradients.
        int[] tokens = model.Encoder.Encode(data);
        if (tokens.Length < 100)
        {
            throw new InvalidDataException(
                $"{data.Name}: {tokens.Length} tokens are too few to examine a model with; give 100.");
        }

        var findings = new List<Finding> { Weights(model) };
        findings.AddRange(BatchChecks.Run(model, tokens[..Math.Min(tokens.Length, 257)]));
        findings.Add(SlopeChecks.Run(DoctorSteps.Of(model, tokens, texts: 2, steps: 12)));
        findings.Add(UnitChecks.Run(DoctorSteps.Of(model, tokens, texts: 8, steps: Math.Min(100, tokens.Length / 9))));
        findings.Add(BaselineChecks.Run(model, data, tokens));
        return new DoctorReport(findings);
    }

    /// <summary>Examines a translator.</summary>
    /// <param name="model">The model; it is only read, and may serve others meanwhile.</param>
    /// <param name="data">Pairs that it did not learn from, if there are such; of more than 500 these are scored evenly.</param>
    /// <param name="threads">The number of threads for scores; 0 for one a core. The result does not depend on it.</param>
    /// <exception cref="InvalidDataException">There are no pairs.</exception>
    public static DoctorReport Examine(TranslatorModel model, PairDataset data, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model = ModelFile.Copy(model); // The checks move weights and write gradients.
        if (data.Count == 0) throw Empty(data.Name);
        var findings = new List<Finding> { Weights(model) };
        TextPair[] sample = Sample(data.Pairs, BatchChecks.MostTexts);
        findings.AddRange(BatchChecks.Run(model, [.. sample.Select(pair => pair.Source)]));
        if (DoctorSteps.Of(model, sample, forSlopes: true) is { } step) findings.Add(SlopeChecks.Run(step));
        if (DoctorSteps.Of(model, sample, forSlopes: false) is { } wide) findings.Add(UnitChecks.Run(wide));
        findings.Add(BaselineChecks.Run(
            model, new PairDataset(data.Name, Sample(data.Pairs, BaselineChecks.MostPairs)), threads));
        return new DoctorReport(findings);
    }

    /// <summary>Examines a model that needs no data: its problem makes them.</summary>
    /// <param name="model">The model; it is only read, and may serve others meanwhile.</param>
    /// <param name="threads">The number of threads for scores; 0 for one a core. The result does not depend on it.</param>
    public static DoctorReport Examine(SequenceModel model, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        model = ModelFile.Copy(model); // The checks move weights and write gradients.
        StepCapture step = DoctorSteps.Of(model);
        return new DoctorReport([Weights(model), SlopeChecks.Run(step), UnitChecks.Run(step), BaselineChecks.Run(model,
            threads)]);
    }

    /// <summary>Examines the weights of a model of any kind.</summary>
    /// <param name="model">The model.</param>
    public static DoctorReport ExamineWeights(TrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new DoctorReport([Weights(model)]);
    }

    private static Finding Weights(TrainedModel model)
    {
        string[] bad = [.. model.Parameters.Where(parameter => !parameter.Values.ToArray().All(float.IsFinite))
            .Select(parameter => parameter.Name)];
        string[] zero = [.. model.Parameters.Where(parameter => LargestMagnitude.Of(parameter.Values) == 0)
            .Select(parameter => parameter.Name)];
        float largest = model.Parameters.Max(parameter => LargestMagnitude.Of(parameter.Values));
        if (bad.Length > 0)
        {
            return new Finding("weights", FindingLevel.Fault, $"{Of(bad.Length, "tensor")} hold NaN or infinity.")
            {
                Where = bad, Means = "Every answer that passes there is not a number.",
                    Advice = "Train again with a lower learning rate.",
            };
        }

        // A bias may be zero; a matrix of zeros passes nothing on.
        string[] still = [.. zero.Where(name => model.Parameters.First(parameter => parameter.Name == name).Shape.Count > 1)];
        return new Finding(
            "weights", still.Length > 0 ? FindingLevel.Warning : FindingLevel.Ok,
            $"All {Count(model.ParameterCount)} weights are finite; the largest is {Four(largest)}"
            + (still.Length > 0 ? $"; {Of(still.Length, "matrix")} hold zeros alone." : "."))
        {
            Where = still, Values = [Value("weights", model.ParameterCount), Value("largest", largest)],
            Means = still.Length > 0 ? "Nothing passes through a matrix of zeros." : "",
            Advice = still.Length > 0 ? "See whether the file was written by training." : "",
        };
    }

    /// <summary>So many of a list, evenly from its beginning to its end.</summary>
    private static T[] Sample<T>(IReadOnlyList<T> all, int most)
    {
        int count = Math.Min(all.Count, most);
        return [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)])];
    }

    private static InvalidDataException Empty(string name) => new($"{name}: there is nothing in it to examine a model with.");
}
