using System.Runtime.CompilerServices;

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
    private const int MostRate = SoundFeatureSpec.MostRate, MostRatio = 256, Sums = 32;

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
        var atBorder = new float[(2 * reach + Sums - 1) / Sums * Sums];
        Span<float> sums = stackalloc float[Sums];
        var result = new float[length];
        for (int j = 0; j < result.Length; j++)
        {
            long before = (long)j * steps / phases;
            int phase = (int)((long)j * steps % phases), slot = j % phases;
            float[] w = weights[slot] ??= Weights((double)phase / phases, ratio, reach);
            int first = (int)before - reach + 1;
            ReadOnlySpan<float> around = first >= 0 && first + (long)w.Length <= samples.Length
                ? samples.Slice(first, w.Length) : WithZeros(samples, first, atBorder);
            result[j] = Sum(around, w, sums);                                                                               // (1)
        }

        return result;
    }

    private static float[] WithZeros(ReadOnlySpan<float> samples, int first, float[] around)
    {
        Array.Clear(around);
        int skipped = Math.Max(0, -first);
        int count = (int)Math.Min(around.Length, samples.Length - (long)first) - skipped;
        if (count > 0) samples.Slice(first + skipped, count).CopyTo(around.AsSpan(skipped));
        return around;
    }

    /// <summary>
    /// sum over i of x_i w_i in an order that knows no vector width: i belongs to running sum i mod 32, and these are added
    /// pairwise.
    /// </summary>
    private static float Sum(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<float> sums)
    {
        var kernel = new SumKernel { X = x, W = w, Result = sums };
        VectorLoop.Run(ref kernel, Sums);
        for (int half = Sums / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) sums[i] += sums[i + half];
        }

        return sums[0];
    }

    private ref struct SumKernel : IVectorKernel
    {
        public ReadOnlySpan<float> X, W;
        public Span<float> Result;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left)
        {
            TVector sum = default;
            for (int i = index; i < X.Length; i += Sums)
            {
                TVector x = Lanes<TWidth, TVector, TReach>.Load(X, i, left), w = Lanes<TWidth, TVector, TReach>.Load(W, i, left);
                sum = TWidth.FusedMultiplyAdd(x, w, sum);
            }

            Lanes<TWidth, TVector, TReach>.Store(sum, Result, index, left);
        }
    }

    /// <summary>h of the 2 T samples around a place, of which the one before it is number T - 1.</summary>
    private static float[] Weights(double place, double ratio, int reach)
    {
        // As many as the running sums take; the weights past the window are 0.
        var exact = new double[(2 * reach + Sums - 1) / Sums * Sums];
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
