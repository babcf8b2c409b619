namespace Recurant.Samples.MakeReviews;

/// <summary>The reviews accepted so far, each text once, the key sentences never, not even inside a longer one.</summary>
internal sealed class ReviewPool
{
    private const int LeastOccurrences = 3;

    private static readonly string[] s_keySentences =
    [
        "this movie is not good", "this movie is good", "this movie is bad", "this movie is not bad",
        "this movie is not only good but great",
    ];

    private readonly HashSet<string> _taken = [];

    public List<Review> Training { get; private set; } = [];

    public List<Review> HeldOut { get; private set; } = [];

    public void AddHandWritten(Review review)
    {
        if (!TryAdd(review, heldOut: false))
        {
            throw new InvalidDataException(
                $"hand-written.tsv: '{review.Text}' is there twice, or holds a key sentence, or is too short or long.");
        }
    }

    public bool TryAdd(Review review, bool heldOut)
    {
        var words = Words(review.Text);
        var plain = string.Join(' ', words);
        if (words.Length is < 3 or > 25 || s_keySentences.Any(k => $" {plain} ".Contains($" {k} ")) || !_taken.Add(plain))
        {
            return false;
        }

        (heldOut ? HeldOut : Training).Add(review);
        return true;
    }

    /// <summary>Drops held-out reviews with words too rare in training, then the last of the more frequent label.</summary>
    public void Balance()
    {
        Training = EvenOut(Training);
        var counts = Training.SelectMany(r => Words(r.Text)).GroupBy(w => w).ToDictionary(g => g.Key, g => g.Count());
        HeldOut = HeldOut.Where(r => Words(r.Text).All(w => counts.GetValueOrDefault(w) >= LeastOccurrences)).ToList();
        HeldOut = EvenOut(HeldOut);
    }

    /// <summary>Lower-cased words: letters and apostrophes.</summary>
    public static string[] Words(string text) =>
        new string([.. text.ToLowerInvariant().Select(c => char.IsLetter(c) || c == '\'' ? c : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // Which ones go is decided by a hash, so that no construction loses more than its share.
    private static List<Review> EvenOut(List<Review> reviews)
    {
        var least = Math.Min(reviews.Count(r => r.Positive), reviews.Count(r => !r.Positive));
        var ordered = reviews.OrderBy(r => CounterHash.Of(r.Text)).ToList();
        return [.. ordered.Where(r => r.Positive).Take(least), .. ordered.Where(r => !r.Positive).Take(least)];
    }
}
