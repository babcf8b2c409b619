using System.Text;
using Recurant.Samples.MakeReviews;

// Writes reviews.tsv and reviews-heldout.tsv into the folder given (default: the current one), the same bytes every time.
const ulong Seed = 20240;
const int HeldOutShare = 7; // one combination in seven is kept out of training

var here = AppContext.BaseDirectory;
var target = args.Length > 0 ? args[0] : ".";
var bank = WordBank.Read(Path.Combine(here, "words.txt"));
var pool = new ReviewPool();
foreach (var line in File.ReadLines(Path.Combine(here, "hand-written.tsv")))
{
    var fields = line.Split('\t');
    pool.AddHandWritten(new Review(fields[0] == "positive", fields[1], fields[1]));
}

foreach (var construction in Grammar.Read(Path.Combine(here, "grammar.txt")))
{
    foreach (var positive in (bool[])[true, false])
    {
        var patterns = construction.Patterns.Where(p => positive ? p.ForPositive : p.ForNegative).ToList();
        var total = patterns.Sum(p => p.Weight);
        foreach (var pattern in patterns)
        {
            var train = (construction.Reviews * pattern.Weight + total - 1) / total;
            var heldOut = Math.Max(1, train / HeldOutShare);
            var random = new CounterHash(CounterHash.Of($"{Seed} {positive} {pattern.Text}"));
            for (var attempt = 0; attempt < 3000 && (train > 0 || heldOut > 0); attempt++)
            {
                var review = new SentenceWriter(bank, random, pattern, positive).Write();
                var isHeldOut = CounterHash.Of(Seed + review.Key) % HeldOutShare == 0;
                ref var wanted = ref isHeldOut ? ref heldOut : ref train;
                if (wanted > 0 && pool.TryAdd(review, isHeldOut)) wanted--;
            }
        }
    }
}

pool.Balance();
Save("reviews.tsv", pool.Training);
Save("reviews-heldout.tsv", pool.HeldOut);

void Save(string name, List<Review> reviews)
{
    var text = new StringBuilder("label\ttext\n");
    foreach (var review in reviews.OrderBy(r => CounterHash.Of(Seed + r.Text)).ThenBy(r => r.Text, StringComparer.Ordinal))
    {
        text.Append(review.Positive ? "positive" : "negative").Append('\t').Append(review.Text).Append('\n');
    }

    File.WriteAllText(Path.Combine(target, name), text.ToString(), new UTF8Encoding(false));
    Console.WriteLine($"{name}: {reviews.Count(r => r.Positive)} positive, {reviews.Count(r => !r.Positive)} negative");
}
