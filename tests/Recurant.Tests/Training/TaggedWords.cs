namespace Recurant.Tests.Training;

/// <summary>Small tagged data made by rule.</summary>
internal static class TaggedWords
{
    private static readonly string[] s_stems = ["blick", "dorp", "fen", "gorm", "hask", "jull", "mip", "nard", "plon", "quib"];

    /// <summary>
    /// Made-up words: behind "the" a word is a NOUN, one that ends in "ing" is a VERB, one that begins with a capital a NAME,
    /// and any other OTHER. What tells the tag is the word before, the ending and the capital.
    /// </summary>
    public static TaggedDataset PartsOfSpeech(int sentences, ulong seed) => Make(sentences, seed, (random, _) =>
    {
        var words = new List<string>();
        var tags = new List<string>();
        int length = 1 + random(7);
        while (words.Count < length)
        {
            string stem = string.Concat(Enumerable.Range(0, 3).Select(_ => s_stems[random(s_stems.Length)]));
            switch (random(4))
            {
                case 0: Add("the", "DET"); Add(stem, "NOUN"); break;
                case 1: Add(stem + "ing", "VERB"); break;
                case 2: Add(char.ToUpperInvariant(stem[0]) + stem[1..], "NAME"); break;
                default: Add(stem, "OTHER"); break;
            }
        }

        return (words, tags);
        void Add(string word, string tag)
        {
            words.Add(word);
            tags.Add(tag);
        }
    });

    /// <summary>Names of one to three words behind "mr" or "in", of persons and places, in the scheme B, I, O.</summary>
    public static TaggedDataset Names(int sentences, ulong seed) => Make(sentences, seed, (random, _) =>
    {
        var words = new List<string>();
        var tags = new List<string>();
        for (int part = 1 + random(3); part > 0; part--)
        {
            for (int i = random(3); i > 0; i--) Add(s_stems[random(s_stems.Length)], "O");
            bool person = random(2) == 0;
            Add(person ? "mr" : "in", "O");
            string kind = person ? "person" : "place";
            for (int i = random(3); i >= 0; i--)
            {
                string stem = s_stems[random(s_stems.Length)];
                Add(char.ToUpperInvariant(stem[0]) + stem[1..], (tags[^1] == "O" ? "B-" : "I-") + kind);
            }

            Add(".", "O");
        }

        return (words, tags);
        void Add(string word, string tag)
        {
            words.Add(word);
            tags.Add(tag);
        }
    });

    /// <summary>The same sentences in the scheme IOB1: B- only where a span touches another one of its kind.</summary>
    public static TaggedDataset InIob1(TaggedDataset data) => new(data.Name, [.. data.Sentences.Select(sentence =>
        new TaggedSentence(sentence.Words, [.. sentence.Tags.Select((tag, t) =>
            tag.StartsWith("B-", StringComparison.Ordinal)
                && (t == 0 || !sentence.Tags[t - 1].EndsWith(tag[1..], StringComparison.Ordinal))
                ? "I-" + tag[2..] : tag)], sentence.Line))]);

    /// <summary>A small tagger that decides nothing by itself.</summary>
    public static TaggerTrainingOptions Small { get; } = new()
    {
        Hidden = 12, Embedding = 10, Layers = 1, Characters = 8, Batch = 8, Epochs = 3, Patience = 1000, LearningRate = 0.02f,
        Threads = 1,
        Dropout = new DropoutOptions { Word = 0.5f, Input = 0.1f, Layers = 0.1f, Recurrent = 0.1f, Output = 0.1f },
    };

    private static TaggedDataset Make(
        int sentences, ulong seed, Func<Func<int, int>, int, (List<string> Words, List<string> Tags)> make)
    {
        var random = new Philox(seed, RandomPurpose.Splitting);
        uint next = 0;
        var all = new List<TaggedSentence>();
        for (int i = 0; i < sentences; i++)
        {
            (List<string> words, List<string> tags) = make(limit => random.Below(next++, limit), i);
            all.Add(new TaggedSentence(words, tags, line: i + 1));
        }

        return new TaggedDataset("made", all);
    }
}
