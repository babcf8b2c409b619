namespace Recurant.Heads;

/// <summary>The prefixes of one utterance's search, as a tree; equations in <see cref="CtcBeamSearch"/>.</summary>
internal sealed class CtcPrefixes
{
    private const int None = -1;
    private readonly CtcSearchOptions _options;
    private readonly double[] _y, _plainWeights;
    private readonly bool[] _isFollowed;
    private readonly List<Prefix> _all = [new Prefix(null, None, 0)];
    private readonly CtcRanking _ranking;
    private List<Prefix> _beam, _next = [];

    // What probabilities have been divided by, as a logarithm.
    private double _logScale;

    public CtcPrefixes(int classes, CtcSearchOptions options)
    {
        _options = options;
        _y = new double[classes];
        _plainWeights = new double[classes];
        _plainWeights.AsSpan().Fill(options.SymbolBonus);
        _isFollowed = new bool[classes];
        _ranking = new CtcRanking(options.Beam);
        _all[0].Blank = 1;
        _beam = [_all[0]];
    }

    /// <summary>Goes through one frame.</summary>
    public void Advance(int t, ReadOnlySpan<float> z)
    {
        ReadRow(t, z);
        foreach (Prefix prefix in _beam)
        {
            prefix.NewBlank = _y[_options.Blank] * (prefix.Blank + prefix.Symbol);                                      // (1)
            prefix.NewSymbol = prefix.Label == None ? 0 : _y[prefix.Label] * prefix.Symbol;                             // (2)
        }

        // Every sum is complete before anything is ranked: a prefix gets its share from the one that is a symbol shorter.
        foreach (Prefix prefix in _beam)
        {
            if (prefix.Parent is not { IsInBeam: true } parent) continue;
            prefix.NewSymbol += Extended(parent, prefix.Label);                                                         // (3)
        }

        _ranking.Clear();
        foreach (Prefix prefix in _beam) _ranking.Offer(prefix.NewBlank + prefix.NewSymbol, prefix, None);
        foreach (Prefix prefix in _beam) OfferLonger(prefix);
        Follow();
    }

    /// <summary>The texts (5), the best first.</summary>
    public IReadOnlyList<CtcHypothesis> Results()
    {
        var results = new List<CtcHypothesis>(_beam.Count);
        foreach (Prefix prefix in _beam)
        {
            double total = prefix.Blank + prefix.Symbol;
            if (total == 0) continue;
            double end = _options.Scorer is null ? 0 : WeightsOf(prefix)[_options.Blank];
            double score = SpecialFunctions.Log(total) + _logScale;
            if (double.IsNegativeInfinity(end)) continue;
            results.Add(new CtcHypothesis(prefix.Labels(), score - prefix.LogWeight, score + end));                     // (5)
        }

        results.Sort(Compare);
        return results;
    }

    private static int Compare(CtcHypothesis left, CtcHypothesis right)
    {
        if (left.Score != right.Score) return right.Score.CompareTo(left.Score);
        for (int i = 0; i < Math.Min(left.Labels.Count, right.Labels.Count); i++)
        {
            if (left.Labels[i] != right.Labels[i]) return left.Labels[i].CompareTo(right.Labels[i]);
        }

        return left.Labels.Count.CompareTo(right.Labels.Count);
    }

    /// <summary>y = softmax(z) of a frame.</summary>
    private void ReadRow(int t, ReadOnlySpan<float> z)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float value in z) largest = Math.Max(largest, value);
        for (int k = 0; k < z.Length; k++)
        {
            _y[k] = float.IsNegativeInfinity(z[k]) ? 0 : SpecialFunctions.Exp(z[k] - largest);
            sum += _y[k];
        }

        if (!(sum > 0 && double.IsFinite(sum)))
        {
            throw new ArgumentException($"The logits of frame {t} are not finite numbers.", "logits");
        }

        for (int k = 0; k < z.Length; k++) _y[k] /= sum;
    }

    /// <summary>Every prefix that is a symbol longer and is not followed yet.</summary>
    private void OfferLonger(Prefix prefix)
    {
        Array.Clear(_isFollowed);
        foreach (Prefix child in prefix.Children) _isFollowed[child.Label] = child.IsInBeam;
        for (int k = 0; k < _y.Length; k++)
        {
            if (k != _options.Blank && !_isFollowed[k]) _ranking.Offer(Extended(prefix, k), prefix, k);
        }
    }

    /// <summary>What (3) gives the prefix that is longer by k.</summary>
    private double Extended(Prefix prefix, int k)
    {
        double before = k == prefix.Label ? prefix.Blank : prefix.Blank + prefix.Symbol;
        if (before == 0 || _y[k] == 0) return 0;
        double weight = LogWeight(prefix, k);
        // Most often there is neither a language model nor a bonus.
        return weight == 0 ? _y[k] * before
            : double.IsNegativeInfinity(weight) ? 0 : _y[k] * before * SpecialFunctions.Exp(weight);
    }

    /// <summary>ln w(l, k) of (4).</summary>
    private double LogWeight(Prefix prefix, int k)
    {
        double weight = WeightsOf(prefix)[k];
        bool beginsWord = _options.Separator >= 0 && k != _options.Separator
            && (prefix.Label == None || prefix.Label == _options.Separator);
        return beginsWord ? weight + _options.WordBonus : weight;
    }

    /// <summary>alpha ln p(k | l) + beta of every symbol, and alpha ln p(end | l) in the place of the blank.</summary>
    private double[] WeightsOf(Prefix prefix)
    {
        if (_options.Scorer is not { } scorer) return _plainWeights;
        if (prefix.Weights is { } known) return known;
        var weights = new double[_y.Length];
        scorer(prefix.Labels(), weights);
        for (int k = 0; k < weights.Length; k++)
        {
            if (double.IsNaN(weights[k]) || double.IsPositiveInfinity(weights[k]))
            {
                throw new InvalidOperationException(
                    $"The language model gave {weights[k]} for symbol {k} after [{string.Join(", ", prefix.Labels())}]; the "
                    + "logarithm of a probability is expected.");
            }

            // 0 times minus infinity would be NaN: without weight the language model forbids nothing.
            weights[k] = (_options.ScorerWeight == 0 ? 0 : _options.ScorerWeight * weights[k])
                + (k == _options.Blank ? 0 : _options.SymbolBonus);
        }

        return prefix.Weights = weights;
    }

    /// <summary>The best prefixes become the beam.</summary>
    private void Follow()
    {
        _next.Clear();
        foreach (CtcRanking.Entry entry in _ranking.Sorted())
        {
            Prefix prefix = entry.Prefix;
            if (entry.Label != None)
            {
                prefix = ChildOf(entry.Prefix, entry.Label);
                (prefix.NewBlank, prefix.NewSymbol) = (0, entry.Value);
            }

            _next.Add(prefix);
        }

        foreach (Prefix prefix in _beam) (prefix.IsInBeam, prefix.Blank, prefix.Symbol) = (false, 0, 0);
        double best = _ranking.Best;
        _logScale += SpecialFunctions.Log(best);
        foreach (Prefix prefix in _next)
        {
            (prefix.IsInBeam, prefix.Blank, prefix.Symbol) = (true, prefix.NewBlank / best, prefix.NewSymbol / best);
        }

        (_beam, _next) = (_next, _beam);
    }

    private Prefix ChildOf(Prefix prefix, int k)
    {
        foreach (Prefix child in prefix.Children) if (child.Label == k) return child;
        var added = new Prefix(prefix, k, prefix.LogWeight + LogWeight(prefix, k));
        prefix.Children.Add(added);
        return added;
    }

    /// <summary>A prefix, and the alignments of it that were followed up to a frame.</summary>
    internal sealed class Prefix(Prefix? parent, int label, double logWeight)
    {
        private readonly int _length = parent is null ? 0 : parent._length + 1;

        public Prefix? Parent { get; } = parent;

        /// <summary>The last symbol; none of the empty prefix.</summary>
        public int Label { get; } = label;

        /// <summary>The sum of ln w along the prefix.</summary>
        public double LogWeight { get; } = logWeight;

        public List<Prefix> Children { get; } = [];

        public bool IsInBeam { get; set; } = parent is null;

        /// <summary>p_b and p_s, and those of the next frame.</summary>
        public double Blank { get; set; }

        public double Symbol { get; set; }

        public double NewBlank { get; set; }

        public double NewSymbol { get; set; }

        /// <summary>What the language model said of this prefix.</summary>
        public double[]? Weights { get; set; }

        public int[] Labels()
        {
            var labels = new int[_length];
            Prefix at = this;
            for (int i = _length - 1; i >= 0; i--, at = at.Parent!) labels[i] = at.Label;
            return labels;
        }
    }
}
