namespace Recurant.Tests.Samples;

/// <summary>
/// A logistic regression over word and bigram counts, in double precision and as plain as can be:
/// p(positive) = 1 / (1 + exp(-(b + sum of w_f over the features f))), fitted by stochastic gradient descent with weight decay.
/// </summary>
internal sealed class WordCountRegression
{
    private readonly Dictionary<string, double> _weights = [];
    private readonly double _bias;

    public WordCountRegression(IReadOnlyList<(bool Positive, string[] Words)> rows, double decay, int seed, int epochs = 15)
    {
        var features = rows.Select(r => Features(r.Words)).ToArray();
        var order = Enumerable.Range(0, rows.Count).ToArray();
        var random = new Random(seed);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(order);
            var rate = 0.2 * (1 - (double)epoch / epochs) + 0.01;
            foreach (var i in order)
            {
                var error = Probability(features[i]) - (rows[i].Positive ? 1 : 0);
                _bias -= 0.1 * rate * error;
                foreach (var feature in features[i])
                {
                    _weights[feature] = _weights.GetValueOrDefault(feature) * (1 - rate * decay) - rate * error;
                }
            }
        }
    }

    public double Probability(string text) => Probability(Features(ReviewFiles.Words(text)));

    public double Accuracy(IReadOnlyList<(bool Positive, string[] Words)> rows) =>
        rows.Count(r => Probability(Features(r.Words)) > 0.5 == r.Positive) / (double)rows.Count;

    private double Probability(string[] features) =>
        1 / (1 + Math.Exp(-(_bias + features.Sum(f => _weights.GetValueOrDefault(f)))));

    private static string[] Features(string[] words) => [.. words, .. words.Zip(words.Skip(1), (a, b) => a + " " + b)];
}
