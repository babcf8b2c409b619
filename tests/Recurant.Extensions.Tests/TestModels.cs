namespace Recurant.Extensions.Tests;

/// <summary>Small models of every task, trained once on texts that are made up here.</summary>
internal static class TestModels
{
    private static readonly string[] s_subjects = ["film", "book", "music", "plot", "cast"];
    private static readonly string[] s_good = ["good", "great", "fine", "lovely"];
    private static readonly string[] s_bad = ["bad", "dull", "poor", "awful"];
    private static readonly string[] s_shapes = ["the {0} is {1}", "I think the {0} was really {1}!", "a {1} {0} , isn't it ?"];

    private static readonly Lazy<TextClassifier> s_a = new(() => Classifier(seed: 1)), s_b = new(() => Classifier(seed: 2));

    /// <summary>Two classifiers of the same words and labels that give every text other probabilities.</summary>
    public static TextClassifier A => s_a.Value;

    /// <summary>The other.</summary>
    public static TextClassifier B => s_b.Value;

    public static TextDataset Reviews { get; } = TextDataset.FromPairs(
        from shape in s_shapes from subject in s_subjects
        from word in s_good.Concat(s_bad)
        select (string.Format(shape, subject, word), s_good.Contains(word) ? "positive" : "negative"));

    /// <summary>Texts that a service may get: unknown words, emoji, lone surrogates, none at all.</summary>
    public static IReadOnlyList<string> OddTexts { get; } =
    [
        "", " ", "\n", "\t\r\n ", "the film is good", "The FILM isn't   good!!!", "caf\u00e9 na\u00efve", "\U0001F600",
        "a \U0001F600\U0001F469\u200D\U0001F469\u200D\U0001F467 b", "\uD800", "\uDC00 x", "x\uD83D", "good\uD83D \uDE00bad",
        "<b>good</b> &amp; bad", "\u201Cgood\u201D\u2026 ``quoted'' what?!?! .... ****** ''",
        "\u65E5\u672C\u8A9E\u306E\u6620\u753B", "x\u2581y \u2581", "1,000.50 u.s. mail@x.org",
        "line one\nline two\r\nline three\n", "\u0130stanbul \u0391\u0392\u0393", "e\u0301\u0302", "\0", "\u00AD\uFEFF\u200E",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901234567890",
    ];

    private static readonly TrainingOptions s_options = new()
    {
        Cell = CellKind.Gru, Hidden = 8, Embedding = 6, Epochs = 2, LearningRate = 0.01f, MinimumCount = 1, Threads = 1,
    };

    public static TextClassifier Classifier(ulong seed, Func<TrainingOptions, TrainingOptions>? change = null) =>
        TextClassifier.Train(Reviews, (change ?? (same => same))(s_options with { Seed = seed }));

    public static TaggerModel Tagger() => TaggerTrainer.Train(
        new TaggedDataset("tags", [.. from subject in s_subjects from word in s_good.Concat(s_bad)
            select new TaggedSentence(["the", subject, "is", word, "."], ["DET", "NOUN", "VERB", "ADJ", "PUNCT"])]),
        new TaggerTrainingOptions { Hidden = 8, Embedding = 6, Characters = 4, Epochs = 1, MinimumCount = 1, Threads = 1 }).Model;

    public static LanguageModel Language(TokenUnit unit, bool lowercase = false, CellKind cell = CellKind.Lstm) =>
        LanguageModelTrainer.Train(
            new PlainText("lines", [.. Reviews.Examples.Select(example => example.Text), "Oh \u2581 my"]),
            new LanguageModelOptions
            {
                Unit = unit, Lowercase = lowercase, Cell = cell, Hidden = 8, Layers = 1, Embedding = 6, Tied = false, Epochs = 1,
                Subwords = unit == TokenUnit.Subword ? 40 : null, Threads = 1,
            }).Model;

    public static TranslatorModel Translator(int subwords) => TranslatorTrainer.Train(
        new PairDataset("pairs", [.. from subject in s_subjects from word in s_good.Concat(s_bad)
            select new TextPair($"the {subject} is {word}.", $"{word}, {subject}!")]),
        new TranslatorTrainingOptions
        {
            Hidden = 8, Embedding = 6, Epochs = 1, Subwords = subwords, MinimumCount = 1, Threads = 1,
        }).Model;

    /// <summary>The bits of an answer.</summary>
    public static string Bits(Prediction answer) => answer.Label + " " + string.Join(
        ' ', answer.Probabilities.Select(each => BitConverter.SingleToUInt32Bits(each.Value).ToString("x8")));
}

/// <summary>A folder of its own for model files, deleted at the end.</summary>
internal sealed class ModelFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("recurant-extensions-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
