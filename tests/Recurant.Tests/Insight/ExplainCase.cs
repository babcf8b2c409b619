namespace Recurant.Tests.Insight;

/// <summary>Classifiers of distinct random weights over a few words, and a text of them.</summary>
internal static class ExplainCase
{
    public const string Text = "the plot is not good , the Cast unseen";

    private static readonly string[] s_words = ["<unk>", "the", "plot", "is", "not", "good", ",", "cast", "bad"];

    private static readonly string[] s_pairs = ["<s> the", "the plot", "not good", "the cast", "good ,", "cast </s>"];

    /// <summary>A model whose weights are uniform in a range.</summary>
    /// <param name="spec">What it is; its vocabulary and classes are set here.</param>
    /// <param name="bound">The largest weight.</param>
    public static ClassifierModel Model(ClassifierSpec spec, float bound = 0.5f)
    {
        string[] words = spec.Model == ModelKind.BagOfWords ? [.. s_words, .. s_pairs] : s_words;
        var characters = new Vocabulary(["<unk>", .. "thepolisngdcaC".Distinct().Select(letter => $"{letter}")]);
        spec = spec with { VocabularySize = words.Length, Classes = 3, CharacterVocabularySize = characters.Count };
        var model = new ClassifierModel(spec, new Vocabulary(words), ["a", "b", "c"], characters);
        ulong seed = 70;
        foreach (Parameter parameter in model.Parameters) parameter.InitialiseUniform(seed++, ordinal: 0, bound);
        return model;
    }

    /// <summary>A small specification, the sizes of which differ.</summary>
    public static ClassifierSpec Small { get; } = new()
    {
        VocabularySize = 1, Classes = 2, EmbeddingSize = 7,
            Recurrent = new RecurrentSpec
            {
                HiddenSize = 6, Bidirectional = true,
            }, CharacterEmbeddingSize = 4,
    };
}
