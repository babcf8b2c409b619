namespace Recurant.Tasks;

/// <summary>Draws tokens from softmax(z / temperature), cut to the likeliest k and to a total probability p.</summary>
internal sealed class TokenSampler
{
    private readonly SamplingOptions _options;
    private readonly float[] _probabilities;
    private readonly int[] _order;
    private ulong _drawn;

    /// <param name="options">Checked.</param>
    /// <param name="tokens">V.</param>
    public TokenSampler(SamplingOptions options, int tokens)
    {
        _options = options;
        _probabilities = new float[tokens];
        _order = new int[tokens];
    }

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">z [V].</param>
    /// <param name="excluded">A token that is never chosen; below 0 for none.</param>
    public int Draw(ReadOnlySpan<float> logits, int excluded = -1)
    {
        logits.CopyTo(_probabilities);
        if (excluded >= 0) _probabilities[excluded] = float.NegativeInfinity;
        if (_options.Temperature == 0) return CrossEntropy.ArgMax(_probabilities);
        // Finite, so that the likeliest token's 0 stays 0 however low the temperature is.
        float largest = Reductions.Max(_probabilities), inverse = Math.Min(1f / _options.Temperature, float.MaxValue);
        for (int j = 0; j < _probabilities.Length; j++)
        {
            // Far below what e^x can be told from 0.
            _probabilities[j] = Math.Max(-100f, (_probabilities[j] - largest) * inverse);
        }

        Elementwise.Exp(_probabilities, _probabilities);
        if (excluded >= 0) _probabilities[excluded] = 0;
        int kept = Order();
        double total = 0;
        for (int i = 0; i < kept; i++) total += _probabilities[_order[i]];
        if (_options.TopP < 1)
        {
            double wanted = total * _options.TopP, sum = 0;
            int i = 0;
            while (i < kept && sum < wanted) sum += _probabilities[_order[i++]];
            (kept, total) = (i, sum);
        }

        double place = new Philox(_options.Seed, RandomPurpose.Sampling, _drawn++).Uniform(0) * total;
        for (int i = 0; i + 1 < kept; i++)
        {
            place -= _probabilities[_order[i]];
            if (place < 0) return _order[i];
        }

        return _order[kept - 1];
    }

    /// <summary>The candidates in the order of the draw: the likeliest first where that matters. Returns their number.</summary>
    private int Order()
    {
        int count = _order.Length;
        for (int j = 0; j < count; j++) _order[j] = j;
        if (_options is { TopK: 0, TopP: 1 }) return count;
        // Equal probabilities stand in the order of the tokens.
        _order.AsSpan().Sort((a, b) => _probabilities[a] != _probabilities[b]
            ? _probabilities[b].CompareTo(_probabilities[a])
            : a.CompareTo(b));
        return _options.TopK > 0 ? Math.Min(_options.TopK, count) : count;
    }
}
