using System.Runtime.CompilerServices;

namespace Recurant.Inputs;

/// <summary>
/// Cepstral coefficients of a frame, (5) of <see cref="SoundFeatureSpec"/>: lanes run over coefficients, each of which is one
/// running sum over the bands in order.
/// </summary>
internal sealed class Cepstrum
{
    private const int Pitch = 16;
    private readonly float[] _matrix;
    private readonly float[] _row;
    private readonly int _bands, _energyPlace, _pitch;

    /// <summary>Makes the matrix of a specification that is decided.</summary>
    public Cepstrum(SoundFeatureSpec spec)
    {
        _bands = spec.MelBands!.Value;
        int[] orders = Orders(spec);
        Width = orders.Length;
        _energyPlace = spec.Zeroth == ZerothCoefficient.LogEnergy ? Array.IndexOf(orders, 0) : -1;
        _pitch = (Width + Pitch - 1) / Pitch * Pitch;
        (_matrix, _row) = (new float[_bands * _pitch], new float[_pitch]);
        double norm = Math.Sqrt(2.0 / _bands), lifter = spec.Lifter!.Value;
        bool isHtk = spec.Convention == SoundConvention.Htk, isLibrosa = spec.Convention == SoundConvention.Librosa;
        for (int place = 0; place < Width; place++)
        {
            int q = orders[place];
            double factor = q == 0 && !isHtk ? norm / Math.Sqrt(2) : norm;
            if (lifter > 0) factor *= 1 + lifter / 2 * Trigonometry.SinCos(Math.PI * (isLibrosa ? q + 1 : q) / lifter).Sin;
            for (int b = 0; b < _bands; b++)
            {
                double cos = Trigonometry.SinCos(Math.PI * q * (b + 0.5) / _bands).Cos;
                _matrix[b * _pitch + place] = (float)(factor * cos);
            }
        }
    }

    /// <summary>The number of coefficients.</summary>
    public int Width { get; }

    /// <summary>q of each coefficient in the order in which they stand.</summary>
    public static int[] Orders(SoundFeatureSpec spec)
    {
        IEnumerable<int> later = Enumerable.Range(1, spec.Cepstra!.Value - 1);
        return spec.Zeroth == ZerothCoefficient.None ? [.. later]
            : spec.Convention == SoundConvention.Htk ? [.. later, 0] : [0, .. later];
    }

    /// <summary>The coefficients of one frame; not for several threads at once.</summary>
    /// <param name="mel">[bands].</param>
    /// <param name="energy">The logarithm of the frame's energy.</param>
    /// <param name="result">[width].</param>
    public void Apply(ReadOnlySpan<float> mel, float energy, Span<float> result)
    {
        var kernel = new Kernel { Mel = mel[.._bands], Matrix = _matrix, Row = _row };
        VectorLoop.Run(ref kernel, _pitch);
        _row.AsSpan(0, Width).CopyTo(result);
        if (_energyPlace >= 0) result[_energyPlace] = energy;
    }

    private ref struct Kernel : IVectorKernel
    {
        public ReadOnlySpan<float> Mel, Matrix;
        public Span<float> Row;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left)
        {
            TVector sum = default;
            for (int b = 0; b < Mel.Length; b++)
            {
                TVector row = Lanes<TWidth, TVector, TReach>.Load(Matrix, b * Row.Length + index, left);
                sum = TWidth.FusedMultiplyAdd(TWidth.Create(Mel[b]), row, sum);                                             // (5)
            }

            Lanes<TWidth, TVector, TReach>.Store(sum, Row, index, left);
        }
    }
}
