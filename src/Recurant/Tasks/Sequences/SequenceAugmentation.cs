namespace Recurant.Tasks;

/// <summary>
/// Changes sequences at random in ways that leave what they mean as it is; n, n_j are normal random numbers, s the strength.
/// <code>
/// (1) pace: the speed e^(w s n_k) at five points of time, in between linear; the sequence is read along the way it makes
/// (2) ends: up to a share c s of the steps is left out at either end
/// (3) x_j' = e^(g s n) e^(g s n_j) x_j + a s n'_j + e s n''_(t,j)         scale, level and noise of column j
/// Where every step has a label, (3) alone, with the level changed most; where numbers are answered, the noise alone.
/// (4) x = m x_1 + (1 - m) x_2, so the target too                          m ~ Beta(0.2, 0.2), above 1/2
/// </code>
/// (1) and (3) after Um et al. 2017 and Iwana and Uchida 2021, (4) is mixup (Zhang et al. 2018).
/// </summary>
internal sealed class SequenceAugmentation(SeriesSpec spec, float strength)
{
    private const float Pace = 0.05f, Ends = 0.03f;
    private const int Knots = 4;

    private readonly (float Gain, float Level, float Noise) _change = spec.Answer switch
    {
        SeriesAnswer.Label => (0.1f, 0.1f, 0.05f), SeriesAnswer.StepLabels => (0f, 0.5f, 0.05f), _ => (0f, 0f, 0.03f),
    };

    private readonly bool _paces = spec.Answer == SeriesAnswer.Label;
    private readonly float[] _gains = new float[spec.StepWidth], _levels = new float[spec.StepWidth];
    private readonly bool[] _isNumber = NumbersOf(spec);
    private readonly double[] _speeds = new double[Knots + 1];
    private double[] _places = [];

    /// <summary>(1) to (3): writes a changed sequence of as many steps.</summary>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="from">[steps, width].</param>
    /// <param name="steps">The steps of <paramref name="from"/>.</param>
    /// <param name="to">Takes [n, width].</param>
    /// <param name="n">The steps to make.</param>
    public void Apply(RandomNumbers random, ReadOnlySpan<float> from, int steps, Span<float> to, int n)
    {
        int width = spec.StepWidth;
        if (_places.Length < n) _places = new double[n];
        double way = _paces ? WayOf(random, n) : Evenly(n), ends = _paces ? Ends * strength : 0;
        double first = ends * random.Uniform(), last = 1 - ends * random.Uniform();
        float all = Grown(random);
        for (int j = 0; j < width; j++)
        {
            (float gain, float level) = (all * Grown(random), _change.Level * strength * random.Normal());
            (_gains[j], _levels[j]) = _isNumber[j] ? (gain, level) : (1f, 0f);
        }

        for (int i = 0; i < n; i++)
        {
            double place = (first + (last - first) * _places[i] / way) * (steps - 1);
            int low = Math.Clamp((int)place, 0, Math.Max(0, steps - 2)), high = Math.Min(steps - 1, low + 1);
            float share = (float)(place - low);
            for (int j = 0; j < width; j++)
            {
                float value = (1 - share) * from[low * width + j] + share * from[high * width + j];                     // (1) (2)
                float noise = _isNumber[j] ? _change.Noise * strength * random.Normal() : 0f;
                to[i * width + j] = value * _gains[j] + _levels[j] + noise;                                             // (3)
            }
        }
    }

    /// <summary>m of (4): by Johnk's method, which for 1/5 needs no more than products.</summary>
    public static float Mixture(RandomNumbers random)
    {
        while (true)
        {
            double u = random.Uniform(), v = random.Uniform(), x = u * u * u * u * u, y = v * v * v * v * v;
            if (x + y is > 1 or <= 0) continue;
            float share = (float)(x / (x + y));
            return Math.Max(share, 1 - share);
        }
    }

    private double WayOf(RandomNumbers random, int n)
    {
        for (int k = 0; k <= Knots; k++) _speeds[k] = Exp(Pace * strength * random.Normal());
        double way = 0;
        for (int i = 0; i < n; i++)
        {
            _places[i] = way;
            double at = n > 1 ? (double)i / (n - 1) * Knots : 0;
            int k = Math.Min(Knots - 1, (int)at);
            way += _speeds[k] + (at - k) * (_speeds[k + 1] - _speeds[k]);
        }

        return n > 1 ? _places[n - 1] : 1;
    }

    private double Evenly(int n)
    {
        for (int i = 0; i < n; i++) _places[i] = i;
        return Math.Max(1, n - 1);
    }

    private float Grown(RandomNumbers random) => Exp(_change.Gain * strength * random.Normal());

    private static float Exp(float x)
    {
        Span<float> value = [x];
        Elementwise.Exp(value, value);
        return value[0];
    }

    private static bool[] NumbersOf(SeriesSpec spec) =>
        [.. spec.Columns.SelectMany(column => column.Given.Select(given => !given && column.Categories is null))];
}

/// <summary>Random numbers one after another, from the streams of <see cref="Philox"/>.</summary>
internal sealed class RandomNumbers(Philox random)
{
    private uint _next;
    private float _kept;
    private bool _hasKept;

    /// <summary>Uniform in [0, 1).</summary>
    public float Uniform() => random.Uniform(_next++);

    /// <summary>A whole number from 0 to below a limit.</summary>
    public int Below(int limit) => random.Below(_next++, limit);

    /// <summary>Normal with the mean 0 and the deviation 1 (Box and Muller 1958).</summary>
    public float Normal()
    {
        _hasKept = !_hasKept;
        if (!_hasKept) return _kept;
        double radius = Math.Sqrt(-2 * Elementwise.Log(1f - Uniform()));
        (double sin, double cos) = Trigonometry.SinCos(2 * Math.PI * Uniform());
        _kept = (float)(radius * sin);
        return (float)(radius * cos);
    }
}
