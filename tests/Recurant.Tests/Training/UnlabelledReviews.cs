namespace Recurant.Tests.Training;

/// <summary>
/// A small language with twenty words of praise and twenty of blame. Their neighbours tell them apart, so that text without
/// labels teaches it.
/// </summary>
internal static class UnlabelledReviews
{
    private const int Words = 20;

    private static readonly string[] s_nouns = ["film", "plot", "cast", "song", "book"];
    private static readonly string[] s_beforePraise = ["truly", "very", "so"], s_beforeBlame = ["too", "rather", "quite"];
    private static readonly string[] s_afterPraise = ["smiled", "cheered", "laughed"], s_afterBlame = ["yawned", "slept", "left"];

    /// <summary>Texts such as "plot very praisec cheered".</summary>
    public static PlainText Text(int count, ulong seed)
    {
        var random = new Philox(seed, RandomPurpose.Splitting);
        var lines = new string[count];
        for (uint i = 0; i < count; i++)
        {
            bool praise = random.Below(5 * i, 2) == 0;
            string noun = s_nouns[random.Below(5 * i + 1, s_nouns.Length)];
            string before = (praise ? s_beforePraise : s_beforeBlame)[random.Below(5 * i + 2, 3)];
            string after = (praise ? s_afterPraise : s_afterBlame)[random.Below(5 * i + 3, 3)];
            lines[i] = $"{noun} {before} {Word(praise, random.Below(5 * i + 4, Words))} {after}";
        }

        return new PlainText("reviews without labels", lines);
    }

    /// <summary>Some of the words of praise and of blame, each a text.</summary>
    public static TextDataset Labelled(int first, int last) => TextDataset.FromPairs(
        Enumerable.Range(first, last - first).SelectMany(
            word => new[] { (Word(true, word), "good"), (Word(false, word), "bad") }));

    /// <summary>A small network with every dropout, both directions and two layers; pre-trained in two passes.</summary>
    public static TrainingOptions Small => Reviews.Small with
    {
        Bidirectional = true, Layers = 2, Dropout = Reviews.EveryDropout,
        Pretraining = new Pretraining { Texts = Text(80, seed: 5), Epochs = 2 },
    };

    private static string Word(bool praise, int number) => (praise ? "praise" : "blame") + (char)('a' + number);
}
