using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>
/// The discrete Fourier transform of real signals of N = 2^p samples, sixteen side by side: lane f of every number belongs to
/// signal f. It is the plain algorithm with a vector in place of each number, so lanes never meet one another and any width gives
/// the same bits, for one signal as for sixteen.
/// <code>
/// (1) X_k = sum over i of x_i e^(-2 pi i k / N)                 what is computed, k = 0 .. N/2
/// (2) z_m = x_2m + i x_(2m+1),  Z = the transform of z          half as long: M = N/2
/// (3) Z = A_k + w^k B_k,  Z_(k+M/2) = A_k - w^k B_k             A of the even z, B of the odd, w = e^(-2 pi i / M)
/// (4) E_k = (Z_k + conj Z_(M-k)) / 2,  O_k = (Z_k - conj Z_(M-k)) / 2i
///     X_k = E_k + e^(-2 pi i k / N) O_k,  X_(M-k) = conj(E_k - e^(-2 pi i k / N) O_k)
/// </code>
/// (3) is Cooley and Tukey 1965, "An algorithm for the machine calculation of complex Fourier series", with two of its steps
/// at a time, so that memory is walked half as often.
/// </summary>
internal sealed class RealFft
{
    /// <summary>Signals side by side: as many as the widest vector has lanes.</summary>
    public const int Together = 16;

    /// <summary>From one complex number to the next: sixteen real parts, sixteen imaginary ones.</summary>
    private const int Pitch = 2 * Together;

    private readonly int[] _places;
    private readonly float[] _cosines, _sines;

    /// <summary>Makes the tables of a transform.</summary>
    /// <param name="size">N, a power of two from 8 on.</param>
    public RealFft(int size)
    {
        if (size < 8 || !int.IsPow2(size))
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "A transform has a power of two from 8 on samples.");
        }

        Size = size;
        int half = size / 2;
        _places = new int[half];
        for (int m = 1; m < half; m++) _places[m] = _places[m / 2] / 2 + (m % 2 == 0 ? 0 : half / 2);
        (_cosines, _sines) = (new float[half], new float[half]);
        for (int k = 0; k < half; k++)
        {
            (double sin, double cos) = Trigonometry.SinCos(2 * Math.PI * k / size);
            (_cosines[k], _sines[k]) = ((float)cos, (float)sin);
        }
    }

    /// <summary>N.</summary>
    public int Size { get; }

    /// <summary>Floats that the work on a signal needs: [N/2, 2, 16].</summary>
    public int WorkLength => Size / 2 * Pitch;

    /// <summary>Floats of the powers: [N/2 + 1, 16].</summary>
    public int PowerLength => (Size / 2 + 1) * Together;

    /// <summary>Where sample i of the signals has to be put in the work: z of (2), in the order that (3) begins with.</summary>
    public int PlaceOf(int i) => _places[i / 2] * Pitch + i % 2 * Together;

    /// <summary>
    /// |X_k|^2 of the lanes from <paramref name="lane"/> on, for k = 0 .. N/2; the caller has made sure of the lengths.
    /// </summary>
    /// <param name="work">The signals, each sample at its <see cref="PlaceOf"/>; overwritten.</param>
    /// <param name="power">[N/2 + 1, 16].</param>
    /// <param name="lane">The first lane.</param>
    /// <param name="left">The lanes from there to the last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Power<TWidth, TVector, TReach>(Span<float> work, Span<float> power, int lane, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach
    {
        int half = Size / 2, length = 1;
        // An odd number of steps begins with one alone.
        if (int.Log2(half) % 2 == 1)
        {
            for (int m = 0; m < half; m += 2) Two<TWidth, TVector, TReach>(work, m, lane, left);
            length = 2;
        }

        for (; length < half; length *= 4)
        {
            int stride = Size / (4 * length);
            for (int m = 0; m < half; m += 4 * length)
            {
                for (int k = 0; k < length; k++) Four<TWidth, TVector, TReach>(work, m + k, length, k * stride, lane, left);
            }
        }

        Ends<TWidth, TVector, TReach>(work, power, lane, left);
        for (int k = 1; k <= half / 2; k++) Pair<TWidth, TVector, TReach>(work, power, k, lane, left);
    }

    /// <summary>(3) with two numbers, w = 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Two<TWidth, TVector, TReach>(Span<float> work, int m, int lane, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach
    {
        int first = m * Pitch + lane, second = first + Pitch;
        for (int part = 0; part <= Together; part += Together)
        {
            TVector a = Lanes<TWidth, TVector, TReach>.Load(work, first + part, left);
            TVector b = Lanes<TWidth, TVector, TReach>.Load(work, second + part, left);
            Lanes<TWidth, TVector, TReach>.Store(TWidth.Add(a, b), work, first + part, left);
            Lanes<TWidth, TVector, TReach>.Store(TWidth.Subtract(a, b), work, second + part, left);
        }
    }

    /// <summary>
    /// (3) twice: first within (0, 1) and (2, 3), where length numbers lie apart and w = e^(-2 pi i / 2 length); then between
    /// the pairs, with w = e^(-2 pi i / 4 length).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Four<TWidth, TVector, TReach>(Span<float> work, int m, int length, int turn, int lane, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach
    {
        int step = length * Pitch, at0 = m * Pitch + lane, at1 = at0 + step, at2 = at1 + step, at3 = at2 + step;
        // e^(-2 pi i k / 4 length) is entry `turn` of the tables for N, and its square the factor of the inner step.
        TVector cos = TWidth.Create(_cosines[turn]), sin = TWidth.Create(_sines[turn]);
        TVector cos2 = TWidth.Create(_cosines[2 * turn]), sin2 = TWidth.Create(_sines[2 * turn]);
        Load<TWidth, TVector, TReach>(work, at0, left, out TVector r0, out TVector i0);
        Load<TWidth, TVector, TReach>(work, at1, left, out TVector r1, out TVector i1);
        Load<TWidth, TVector, TReach>(work, at2, left, out TVector r2, out TVector i2);
        Load<TWidth, TVector, TReach>(work, at3, left, out TVector r3, out TVector i3);
        Turn<TWidth, TVector>(ref r1, ref i1, cos2, sin2);
        Turn<TWidth, TVector>(ref r3, ref i3, cos2, sin2);
        TVector sumR = TWidth.Add(r0, r1), sumI = TWidth.Add(i0, i1);
        TVector differenceR = TWidth.Subtract(r0, r1), differenceI = TWidth.Subtract(i0, i1);
        TVector otherSumR = TWidth.Add(r2, r3), otherSumI = TWidth.Add(i2, i3);
        TVector otherDifferenceR = TWidth.Subtract(r2, r3), otherDifferenceI = TWidth.Subtract(i2, i3);
        Turn<TWidth, TVector>(ref otherSumR, ref otherSumI, cos, sin);
        Turn<TWidth, TVector>(ref otherDifferenceR, ref otherDifferenceI, cos, sin);
        Store<TWidth, TVector, TReach>(TWidth.Add(sumR, otherSumR), TWidth.Add(sumI, otherSumI), work, at0, left);
        Store<TWidth, TVector, TReach>(TWidth.Subtract(sumR, otherSumR), TWidth.Subtract(sumI, otherSumI), work, at2, left);
        // A quarter of a turn further: w^length = -i, and -i (r + i s) = s - i r.
        Store<TWidth, TVector, TReach>(
            TWidth.Add(differenceR, otherDifferenceI), TWidth.Subtract(differenceI, otherDifferenceR), work, at1, left);
        Store<TWidth, TVector, TReach>(
            TWidth.Subtract(differenceR, otherDifferenceI), TWidth.Add(differenceI, otherDifferenceR), work, at3, left);
    }

    /// <summary>(r + i s) (cos - i sin).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn<TWidth, TVector>(ref TVector r, ref TVector s, TVector cos, TVector sin)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        TVector real = TWidth.FusedMultiplyAdd(s, sin, TWidth.Multiply(r, cos));
        s = TWidth.Subtract(TWidth.Multiply(s, cos), TWidth.Multiply(r, sin));
        r = real;
    }

    /// <summary>(4) for k = 0: X_0 = Re Z_0 + Im Z_0, X_M = Re Z_0 - Im Z_0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ends<TWidth, TVector, TReach>(Span<float> work, Span<float> power, int lane, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach
    {
        Load<TWidth, TVector, TReach>(work, lane, left, out TVector r, out TVector s);
        TVector first = TWidth.Add(r, s), last = TWidth.Subtract(r, s);
        Lanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(first, first), power, lane, left);
        Lanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(last, last), power, Size / 2 * Together + lane, left);
    }

    /// <summary>(4) for k and M - k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pair<TWidth, TVector, TReach>(Span<float> work, Span<float> power, int k, int lane, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach
    {
        int mirrored = Size / 2 - k;
        TVector half = TWidth.Create(0.5f);
        Load<TWidth, TVector, TReach>(work, k * Pitch + lane, left, out TVector a, out TVector b);
        Load<TWidth, TVector, TReach>(work, mirrored * Pitch + lane, left, out TVector c, out TVector d);
        TVector evenR = TWidth.Multiply(TWidth.Add(a, c), half), evenI = TWidth.Multiply(TWidth.Subtract(b, d), half);
        TVector oddR = TWidth.Multiply(TWidth.Add(b, d), half), oddI = TWidth.Multiply(TWidth.Subtract(c, a), half);
        Turn<TWidth, TVector>(ref oddR, ref oddI, TWidth.Create(_cosines[k]), TWidth.Create(_sines[k]));
        StorePower<TWidth, TVector, TReach>(TWidth.Add(evenR, oddR), TWidth.Add(evenI, oddI), power, k * Together + lane, left);
        StorePower<TWidth, TVector, TReach>(
            TWidth.Subtract(evenR, oddR), TWidth.Subtract(evenI, oddI), power, mirrored * Together + lane, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePower<TWidth, TVector, TReach>(TVector r, TVector s, Span<float> power, int index, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach =>
        Lanes<TWidth, TVector, TReach>.Store(TWidth.FusedMultiplyAdd(r, r, TWidth.Multiply(s, s)), power, index, left);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TWidth, TVector, TReach>(Span<float> work, int index, int left, out TVector r, out TVector s)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach
    {
        r = Lanes<TWidth, TVector, TReach>.Load(work, index, left);
        s = Lanes<TWidth, TVector, TReach>.Load(work, index + Together, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWidth, TVector, TReach>(TVector r, TVector s, Span<float> work, int index, int left)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TReach : struct, IReach
    {
        Lanes<TWidth, TVector, TReach>.Store(r, work, index, left);
        Lanes<TWidth, TVector, TReach>.Store(s, work, index + Together, left);
    }
}
