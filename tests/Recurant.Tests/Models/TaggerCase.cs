namespace Recurant.Tests.Models;

/// <summary>A tagger of distinct weights and one pass over a batch of sentences of unequal lengths.</summary>
internal sealed class TaggerCase
{
    /// <summary>Not sorted by length; words recur within and across sentences, and some are unknown.</summary>
    public static readonly string[][] Sentences =
    [
        ["the", "Old", "man", "the", "boat"],
        ["NATO"],
        ["The", "boat", "of", "3.5", "men", ",", "unseen"],
        ["man", "of", "the", "boat"],
    ];

    private static readonly string[] s_words = ["<unk>", "the", "boat", "man", "of", ",", "old"];

    public TaggerCase(TaggerSpec spec)
    {
        Spec = spec with { VocabularySize = s_words.Length, CharacterVocabularySize = 13 };
        Vocabulary characters = new(["<unk>", .. "theoafbmnOdN".Select(letter => $"{letter}")]);
        // Dropout of words follows the counts.
        Vocabulary words = Vocabulary.Build(
            [["the", "the", "the", "the", "boat", "boat", "boat", "man", "man", "of", "of", ",", "old"]], 1, 100);
        Model = new TaggerModel(Spec, words, characters, [.. Enumerable.Range(0, spec.Tags).Select(i => $"T{i}")]);
        ulong seed = 90;
        foreach (Parameter parameter in Network.Parameters) parameter.InitialiseUniform(seed++, ordinal: 0, 0.5f);
        Forms = Model.NewForms(words.Counts);
        Encoded = [.. Sentences.Select(Forms.Encode)];
        Tags = [.. Sentences.Select((sentence, i) => sentence.Select((_, t) => (3 * i + 2 * t) % spec.Tags).ToArray())];
    }

    public TaggerSpec Spec { get; }

    public TaggerModel Model { get; }

    public TaggerNetwork Network => Model.Network;

    public WordForms Forms { get; }

    public int[][] Encoded { get; }

    /// <summary>The right tags of each sentence.</summary>
    public int[][] Tags { get; }

    public DropoutPlan? Dropout { get; init; }

    public BatchLayout Batch { get; } = new();

    public TaggerMemory Memory { get; private set; } = null!;

    /// <summary>[rows, K], before the loss.</summary>
    public float[] Scores { get; private set; } = [];

    /// <summary>The sum of the words' losses.</summary>
    public double Loss { get; private set; }

    public int Correct { get; private set; }

    public TaggerCase Run(int threads = 1)
    {
        Workers workers = Workers.ForThreads(threads);
        Memory ??= Network.CreateMemory();
        Batch.Fill(Encoded, [.. Enumerable.Range(0, Encoded.Length)]);
        foreach (Parameter parameter in Network.Parameters) parameter.ClearGradient();
        int[] tags = new int[Batch.Rows];
        for (int b = 0; b < Batch.Sequences; b++)
        {
            int[] right = Tags[Batch.Order[b]];
            for (int t = 0; t < right.Length; t++) tags[Batch.RowStart(t) + b] = right[t];
        }

        Scores = Network.Forward(workers, Batch, Forms, Memory, Dropout).Span.ToArray();
        Loss = Network.Loss(workers, Batch, tags, Memory, out int correct);
        Correct = correct;
        Network.Backward(workers, Batch, Memory, Dropout);
        return this;
    }
}
