namespace Recurant.Tasks;

/// <summary>
/// What words and pairs of neighbours add to the logits past all hidden layers: all there is of a bag of words, and the direct
/// connections of a recurrent network. On the way from no text to the text a word is there to a share a, and a pair to a^2.
/// <code>
/// (1)  z(a) = s (a sum_t D[w_t] + a^2 sum_(0 &lt; t &lt; T) D[w_(t-1), w_t] + a (D[edge, w_0] + D[w_(T-1), edge]))
/// (1') dz / da_t = s (D[w_t] + a (D[w_(t-1), w_t] + D[w_t, w_(t+1)]))     at the edges without the factor a
/// </code>
/// So what a pair adds is shared equally by its two words.
/// </summary>
internal sealed class DirectPart
{
    private readonly float[]?[] _words, _pairs;
    private readonly float _scale;

    /// <param name="words">D of each word; null for one that is not known.</param>
    /// <param name="pairs">D of each pair, that of the first word and the edge before it first; one more than words.</param>
    /// <param name="scale">s.</param>
    private DirectPart(float[]?[] words, float[]?[] pairs, float scale)
    {
        (_words, _pairs, _scale) = (words, pairs, scale);
    }

    /// <summary>Of a network with direct connections.</summary>
    /// <param name="direct">The connections.</param>
    /// <param name="tokens">The words of the text by number; not empty.</param>
    public static DirectPart Of(DirectConnections direct, int[] tokens)
    {
        Matrix rows = direct.Weights.Matrix;
        var words = new float[tokens.Length][];
        var pairs = new float[tokens.Length + 1][];
        for (int t = 0; t < tokens.Length; t++) words[t] = rows.Row(tokens[t]).ToArray();
        for (int t = 0; t <= tokens.Length; t++)
        {
            int before = t == 0 ? -1 : tokens[t - 1], after = t == tokens.Length ? -1 : tokens[t];
            pairs[t] = rows.Row(direct.Pair(before, after)).ToArray();
        }

        return new DirectPart(words, pairs, DirectConnections.Scale(tokens.Length));
    }

    /// <summary>Of a bag of words.</summary>
    /// <param name="weights">W [V, C], a row a feature.</param>
    /// <param name="vocabulary">The features.</param>
    /// <param name="tokens">The words of the text; not empty.</param>
    /// <returns>Null if none of the words and pairs is known.</returns>
    public static DirectPart? Of(Matrix weights, Vocabulary vocabulary, List<string> tokens)
    {
        List<string> features = TextEncoder.WithPairs(tokens);
        int[] numbers = [.. features.Select(feature => vocabulary.IndexOf(feature))];
        int known = numbers.Count(number => number != Vocabulary.Unknown);
        if (known == 0) return null;
        float[]?[] rows = new float[features.Count][];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = numbers[i] == Vocabulary.Unknown ? null : weights.Row(numbers[i]).ToArray();
        }

        return new DirectPart(rows[..tokens.Count], rows[tokens.Count..], 1f / MathF.Sqrt(known));
    }

    /// <summary>Adds (1) to logits.</summary>
    public void Add(double share, Span<float> logits)
    {
        for (int j = 0; j < logits.Length; j++)
        {
            double sum = 0;
            foreach (float[]? word in _words) sum += share * (word?[j] ?? 0);
            for (int t = 0; t < _pairs.Length; t++) sum += (IsEdge(t) ? share : share * share) * (_pairs[t]?[j] ?? 0);
            logits[j] += (float)(_scale * sum);
        }
    }

    /// <summary>(1') of each word times the gradient of the logits, added to the words' sums.</summary>
    public void AddContributions(double share, ReadOnlySpan<float> dLogits, Span<double> words)
    {
        for (int j = 0; j < dLogits.Length; j++)
        {
            double slope = (double)dLogits[j] * _scale;
            for (int t = 0; t < words.Length; t++)
            {
                double value = _words[t]?[j] ?? 0;
                value += (IsEdge(t) ? 1 : share) * (_pairs[t]?[j] ?? 0);
                value += (IsEdge(t + 1) ? 1 : share) * (_pairs[t + 1]?[j] ?? 0);
                words[t] += slope * value;
            }
        }
    }

    private bool IsEdge(int pair) => pair == 0 || pair == _pairs.Length - 1;
}
