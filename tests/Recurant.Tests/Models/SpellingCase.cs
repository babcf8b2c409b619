namespace Recurant.Tests.Models;

/// <summary>A classifier that reads characters, of distinct weights, and one pass over texts of unequal lengths.</summary>
internal sealed class SpellingCase
{
    /// <summary>Words recur, with other capitals too; some are unknown, one is longer than is read.</summary>
    private static readonly string[] s_texts =
        ["the Old man the boat", "NATO", "The boat of 3.5 men unseen", "of The old BOAT", "unseenandfartoolong man"];

    private static readonly string[] s_words = ["<unk>", "the", "boat", "man", "of", "old"];

    public static readonly int[] Labels = [2, 0, 1, 0, 2];

    public SpellingCase(ClassifierSpec spec)
    {
        Spec = spec with { VocabularySize = s_words.Length, Classes = 3, CharacterVocabularySize = 13 };
        Vocabulary characters = new(["<unk>", .. "theoafbmnOdN".Select(letter => $"{letter}")]);
        Model = new ClassifierModel(Spec, new Vocabulary(s_words), ["x", "y", "z"], characters);
        ulong seed = 60;
        foreach (Parameter parameter in Model.Parameters) parameter.InitialiseUniform(seed++, ordinal: 0, 0.5f);
        Forms = Model.NewForms()!;
        Texts = [.. s_texts.Select(text => Model.Encoder.Encode(text, Forms))];
    }

    public ClassifierSpec Spec { get; }

    public ClassifierModel Model { get; }

    public WordForms Forms { get; }

    /// <summary>The forms of each text.</summary>
    public int[][] Texts { get; }

    public DropoutPlan? Dropout { get; init; }

    /// <summary>The batch after the pass: its tokens are the words that were read.</summary>
    public BatchLayout Batch { get; } = new();

    /// <summary>[B, C], in the order of the batch.</summary>
    public float[][] Probabilities { get; private set; } = [];

    /// <summary>The sum of the texts' losses.</summary>
    public double Loss { get; private set; }

    public SpellingCase Run(int threads = 1, bool keepsHistory = true)
    {
        Workers workers = Workers.ForThreads(threads);
        ClassifierMemory memory = Model.Network.CreateMemory();
        memory.Forms = Forms;
        memory.KeepsHistory = keepsHistory;
        Batch.Fill(Texts, [.. Enumerable.Range(0, Texts.Length)]);
        foreach (Parameter parameter in Model.Parameters) parameter.ClearGradient();
        Matrix logits = Model.Network.Forward(workers, Batch, memory, Dropout);
        Probabilities = [.. Enumerable.Range(0, Texts.Length).Select(_ => new float[Spec.Classes])];
        for (int b = 0; b < Texts.Length; b++) Softmax.Apply(logits.Row(b), Probabilities[b]);
        int[] labels = [.. Enumerable.Range(0, Texts.Length).Select(b => Labels[Batch.Order[b]])];
        Loss = CrossEntropy.Apply(logits, labels, smoothing: 0, out _);
        if (keepsHistory) Model.Network.Backward(workers, Batch, memory, logits, Dropout);
        return this;
    }
}
