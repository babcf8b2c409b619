namespace Recurant.Bench.Peers;

/// <summary>A sentence as word numbers with its class: 1 positive, 0 negative.</summary>
internal sealed record Review(int[] Words, int Label);

/// <summary>The movie reviews, split and numbered the same way for every engine.</summary>
/// <remarks>
/// Every tenth line of each file, counting from zero, is test; of the rest every tenth sentence is kept for validation.
/// Words are what stands between blanks; those seen once in the training part, and unseen ones, share number 1.
/// </remarks>
internal sealed class ReviewData
{
    public const int PaddingWord = 0;
    public const int UnknownWord = 1;
    private const int LeastCount = 2;
    private const int Part = 10;

    private ReviewData(int vocabularySize, Review[] train, Review[] valid, Review[] test) =>
        (VocabularySize, Train, Valid, Test) = (vocabularySize, train, valid, test);

    /// <summary>With the numbers for padding and for unknown words.</summary>
    public int VocabularySize { get; }

    public Review[] Train { get; }

    public Review[] Valid { get; }

    public Review[] Test { get; }

    public static ReviewData Load(string directory)
    {
        List<(string[] Words, int Label)> test = [], rest = [];
        foreach ((string kind, int label) in (ReadOnlySpan<(string, int)>)[("neg", 0), ("pos", 1)])
        {
            foreach ((int number, string line) in ReadLines(directory, kind).Index())
            {
                (number % Part == 0 ? test : rest).Add((line.Split(' ', StringSplitOptions.RemoveEmptyEntries), label));
            }
        }

        var valid = rest.Where((_, i) => i % Part == 0).ToList();
        var train = rest.Where((_, i) => i % Part != 0).ToList();
        var numbers = train.SelectMany(review => review.Words).CountBy(word => word)
            .Where(pair => pair.Value >= LeastCount)
            .Select((pair, i) => (pair.Key, Number: i + 2))
            .ToDictionary(pair => pair.Key, pair => pair.Number);

        Review[] Encode(List<(string[] Words, int Label)> reviews) =>
            [.. reviews.Select(review => new Review(
                Array.ConvertAll(review.Words, word => numbers.GetValueOrDefault(word, UnknownWord)), review.Label))];
        return new ReviewData(numbers.Count + 2, Encode(train), Encode(valid), Encode(test));
    }

    /// <summary>The sentences of one file.</summary>
    /// <param name="directory">The folder of both files.</param>
    /// <param name="kind">pos or neg.</param>
    public static IEnumerable<string> ReadLines(string directory, string kind)
    {
        string path = Path.Combine(directory, "rt-polarity." + kind);
        return File.Exists(path)
            ? File.ReadLines(path)
            : throw new InvalidOperationException($"there is no {path}; --data takes the folder of rt-polarity.pos and .neg");
    }

    /// <summary>
    /// Batches in random order, each of sentences of about equal length: windows of shuffled sentences are sorted and cut,
    /// so that little padding is needed.
    /// </summary>
    public static List<Review[]> Batches(Review[] reviews, int size, Random random)
    {
        const int BatchesPerWindow = 50;
        Review[] shuffled = [.. reviews];
        random.Shuffle(shuffled);
        Review[][] batches =
        [
            .. shuffled.Chunk(size * BatchesPerWindow)
                .SelectMany(window => window.OrderBy(review => review.Words.Length).Chunk(size)),
        ];
        random.Shuffle(batches);
        return [.. batches];
    }
}
