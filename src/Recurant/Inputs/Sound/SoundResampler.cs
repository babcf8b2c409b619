namespace Recurant.Inputs;

/// <summary>
/// Brings sound to another sample rate, by interpolation with a band-limited sinc under a Kaiser window.
/// <code>
/// (1) y_j = sum over i of x_i h(j f / g - i)                f samples a second become g
/// (2) h(t) = c sinc(c t) I_0(b sqrt(1 - (t / T)^2)) / I_0(b),  |t| below T;  c = 0.945 min(1, g / f),  T = 64 / min(1, g / f)
/// </code>
/// With b = 10 what lies above the lower of both half rates is at least 90 dB down, and frequencies up to 0.89 of it pass. The
/// values of h for one y are divided by their sum, so that a constant stays what it is. Before and behind the clip stand zeros. y
/// has n g / f samples, rounded up, of which the first lies at the time of the first x. After Smith, "Digital Audio Resampling"
/// (1984 and later), and Kaiser's window (1974).
/// </summary>
public static class SoundResampler
{
    private const double Cutoff = 0.945, Reach = 64, Beta = 10;
    private const int MostRate = SoundFeatureSpec.MostRate, MostRatio = 256;

    /// <summary>Resamples a clip.</summary>
    /// <param name="samples">[n].</param>
    /// <param name="from">Its rate in Hz: 1 to 768,000.</param>
    /// <param name="to">The rate that is wanted: 1 to 768,000, and at most 256 times the other or a 256th of it.</param>
    /// <returns>[n to / from], rounded up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A rate is outside its range.</exception>
    /// <exception cref="ArgumentException">The result would be longer than an array can be.</exception>
    public static float[] Resample(ReadOnlySpan<float> samples, int from, int to)
    {
        RequireRate(from, nameof(from));
        RequireRate(to, nameof(to));
        if (from == to) return samples.ToArray();
        if ((long)from * MostRatio < to || (long)to * MostRatio < from)
        {
            throw new ArgumentOutOfRangeException(
                nameof(to), $"The rate {to} Hz is more than {MostRatio} times or less than a {MostRatio}th of {from} Hz.");
        }

        int divisor = Divisor(from, to), steps = from / divisor, phases = to / divisor;
        long length = ((long)samples.Length * phases + steps - 1) / steps;
        if (length > Array.MaxLength)
        {
            throw new ArgumentException($"The result would have {length:N0} samples, more than an array.", nameof(samples));
        }

        double ratio = Math.Min(1, (double)to / from);
        int reach = (int)Math.Ceiling(Reach / ratio);
        // The places between two samples repeat after `phases` of y; the weights of each are computed when it first occurs.
        var weights = new float[Math.Min(phases, length)][];
        var result = new float[length];
        for (int j = 0; j < result.Length; j++)
        {
            long before = (long)j * steps / phases;
            int phase = (int)((long)j * steps % phases), slot = j % phases;
            float[] w = weights[slot] ??= Weights((double)phase / phases, ratio, reach);
            int first = (int)before - reach + 1, skipped = Math.Max(0, -first);
            int count = (int)Math.Min(w.Length, samples.Length - (long)first) - skipped;
            if (count > 0) result[j] = Reductions.Dot(w.AsSpan(skipped, count), samples.Slice(first + skipped, count));     // (1)
        }

        return result;
    }

    /// <summary>h of the 2 T samples around a place, of which the one before it is number T - 1.</summary>
    private static float[] Weights(double place, double ratio, int reach)
    {
        // A multiple of 64, which the sum works through fastest; the weights past the window are 0.
        var exact = new double[(2 * reach + 63) / 64 * 64];
        double sum = 0, width = Reach / ratio;
        for (int i = 0; i < exact.Length; i++)
        {
            double t = place + reach - 1 - i, inside = 1 - t / width * (t / width), x = Math.PI * Cutoff * ratio * t;
            if (inside <= 0) continue;
            double sinc = Math.Abs(x) < 1e-9 ? 1 : Trigonometry.SinCos(x).Sin / x;
            exact[i] = sinc * Bessel(Beta * Math.Sqrt(inside));                                                             // (2)
            sum += exact[i];
        }

        return Array.ConvertAll(exact, weight => (float)(weight / sum));
    }

    /// <summary>I_0(x) = sum over k of ((x / 2)^k / k!)^2.</summary>
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (int k = 1; term > 1e-17 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }

    private static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);

    private static void RequireRate(int rate, string name)
    {
        if (rate is >= 1 and <= MostRate) return;
        throw new ArgumentOutOfRangeException(name, $"The rate is {rate} Hz; it must be 1 to {MostRate:N0}.");
    }
}
