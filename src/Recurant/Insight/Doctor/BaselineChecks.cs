using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>A model must beat whoever looks at nothing, and should beat whoever looks at words without their order.</summary>
internal static class BaselineChecks
{
    /// <summary>Beam search takes long; two points of BLEU show with so many.</summary>
    public const int MostPairs = 500;

    public static IEnumerable<Finding> Run(ClassifierModel model, TextDataset data, TextDataset? train, int threads)
    {
        Evaluation score = new Predictor(model, threads).Evaluate(data);
        (string label, int most) = (train ?? data).Examples.CountBy(example => example.Label,
            StringComparer.Ordinal).MaxBy(count => count.Value);
        int right = train is null ? most : data.Examples.Count(example => example.Label == label);
        yield return Against(
            "against the most frequent label", $"always \"{label}\"", "accuracy", score.Accuracy, (double)right / data.Count,
                data.Count, FindingLevel.Fault);
        if (train is null || model.Spec.Model == ModelKind.BagOfWords) yield break;
        ClassifierModel bag = ClassifierTrainer.Train(train, new TrainingOptions { Model = ModelKind.BagOfWords,
            Threads = threads }).Model;
        yield return Against(
            "against a bag of words", "a bag of words", "accuracy", score.Accuracy,
                new Predictor(bag, threads).Evaluate(data).Accuracy,
            data.Count, FindingLevel.Warning);
    }

    public static Finding Run(TaggerModel model, TaggedDataset data, TaggedDataset train, int threads)
    {
        TaggerEvaluation score = new TagPredictor(model, threads).Evaluate(data),
            simple = new MostFrequentTags(train).Evaluate(data);
        return Against(
            "against the most frequent tags", "each word's most frequent tag", score.Measure, score.Value, simple.Value,
                (int)data.WordCount,
            FindingLevel.Warning);
    }

    /// <summary>Against knowing how often each token occurs in the very text: more than any model of single tokens can
    /// learn.</summary>
    public static Finding Run(LanguageModel model, PlainText data, int[] tokens)
    {
        double loss = LanguageModelTrainer.Evaluate(model, data, threads: 1).Loss, count = tokens.Length - 1;
        double simple = -tokens.Skip(1).CountBy(token => token).Sum(each => each.Value / count * Math.Log(each.Value / count));
        bool isBetter = loss < simple;
        return new Finding(
            "against single tokens", isBetter ? FindingLevel.Ok : FindingLevel.Warning,
            $"{Four(loss)} nats per token on {data.Name}; token frequencies alone give {Four(simple)}.")
        {
            Values = [Value("loss", loss), Value("baseline", simple)],
            Means = isBetter ? "" : "The model predicts this text no better than token frequencies do: it was trained on another "
                + "kind of text, or too little.",
            Advice = isBetter ? "" : "Train longer, or on text of this kind.",
        };
    }

    /// <summary>Against leaving the source as it is, which keeps names and numbers.</summary>
    public static Finding Run(TranslatorModel model, PairDataset data, int threads)
    {
        double score = new Translator(model, threads).Evaluate(data).Chrf, simple = TranslatorEvaluation.OfSources(data).Chrf;
        bool isBetter = score > simple;
        return new Finding(
            "against the source as it is", isBetter ? FindingLevel.Ok : FindingLevel.Warning,
            $"chrF {Four(score)} on {Of(data.Count, "pair")} of {data.Name}; the unchanged source has {Four(simple)}.")
        {
            Values = [Value("score", score), Value("baseline", simple), Value("pairs", data.Count)],
            Means = isBetter ? "" : "Copying the source is no worse.",
            Advice = isBetter ? "" : "Train longer, or on more pairs of this kind.",
        };
    }

    public static Finding Run(SequenceModel model, int threads)
    {
        double loss = ProblemTrainer.Evaluate(model, threads).Loss, simple = model.Spec.Problem.Baseline;
        bool isBetter = loss < 0.9 * simple;
        return new Finding(
            "against no memory", isBetter ? FindingLevel.Ok : FindingLevel.Warning,
            $"Loss {Four(loss)} on {model.Spec.Problem}; without any memory it is {Four(simple)}.")
        {
            Values = [Value("loss", loss), Value("baseline", simple)],
            Means = isBetter ? "" : "The model has not learned to remember.",
            Advice = isBetter ? "" : "Train longer, or use an LSTM or a GRU with chrono initialisation (--chrono).",
        };
    }

    private static Finding Against(
        string check, string whom, string measure, double score, double baseline, int count, FindingLevel worse)
    {
        // Two standard deviations of a share of so many.
        double doubt = 2 * Math.Sqrt(Math.Max(baseline * (1 - baseline), 1e-9) / count);
        FindingLevel level = score > baseline + doubt ? FindingLevel.Ok : score >= baseline ? FindingLevel.Note : worse;
        return new Finding(check, level,
            $"{measure} {Four(score)}; {whom}: {Four(baseline)} ({Of(count, "case")}, two standard deviations are {Four(doubt)}).")
        {
            Values = [Value("score", score), Value("baseline", baseline), Value("deviation", doubt / 2)],
            Means = level == FindingLevel.Ok ? "" : level == FindingLevel.Note ? "The difference may be due to chance."
                : "A simpler method is better.",
            Advice = level <= FindingLevel.Note ? "" : "Train longer, look for errors in the data, or use the simpler method.",
        };
    }
}
