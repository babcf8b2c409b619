using System.Runtime.CompilerServices;

namespace Recurant.Inputs;

/// <summary>
/// Up to sixteen frames on their way from samples to the logarithms of mel energies, (1) to (4) of
/// <see cref="SoundFeatureSpec"/>. Frame f of the block is lane f of every vector, and each sum runs over its terms in order, so
/// a frame has the same bits alone as among others.
/// </summary>
internal sealed class SpectrumBlock
{
    /// <summary>The most frames at a time.</summary>
    public const int Most = RealFft.Together;

    private const float DecibelUnit = 4.34294482f;
    private readonly SoundFeatureSpec _spec;
    private readonly FrameLayout _layout;
    private readonly MelFilters _filters;
    private readonly RealFft _fft;
    private readonly float[] _window;
    private readonly FloatBuffer _frames, _work, _power, _mel, _energy;

    /// <summary>Makes the memory of a block.</summary>
    public SpectrumBlock(SoundFeatureSpec spec, FrameLayout layout, MelFilters filters, RealFft fft, float[] window)
    {
        (_spec, _layout, _filters, _fft, _window) = (spec, layout, filters, fft, window);
        _frames = new FloatBuffer(layout.Span * Most);
        _work = new FloatBuffer(fft.WorkLength);
        _power = new FloatBuffer(fft.PowerLength);
        _mel = new FloatBuffer(filters.Bands * Most);
        _energy = new FloatBuffer(Most);
    }

    /// <summary>Computes some frames.</summary>
    /// <param name="samples">The samples that are at hand.</param>
    /// <param name="start">The place of the first of these in the clip.</param>
    /// <param name="total">The samples of the clip.</param>
    /// <param name="first">The first frame.</param>
    /// <param name="count">The number of frames: 1 to 16.</param>
    public void Compute(ReadOnlySpan<float> samples, long start, long total, long first, int count)
    {
        // Vectors have four lanes or more; those without a frame hold what is harmless.
        int lanes = (count + 3) / 4 * 4;
        if (count < lanes) _frames.Clear();
        for (int f = 0; f < count; f++) Gather(samples, start, total, first + f, f);
        var kernel = new Kernel(this);
        VectorLoop.Run(ref kernel, lanes);
    }

    /// <summary>m_b of a frame of the block.</summary>
    public void CopyMel(int frame, Span<float> bands)
    {
        ReadOnlySpan<float> mel = _mel.Span;
        for (int b = 0; b < bands.Length; b++) bands[b] = mel[b * Most + frame];
    }

    /// <summary>The logarithm of the energy of a frame of the block.</summary>
    public float Energy(int frame) => _energy.Span[frame];

    private void Gather(ReadOnlySpan<float> samples, long start, long total, long frame, int lane)
    {
        Span<float> column = _frames.Span[lane..];
        float scale = _spec.SampleScale!.Value;
        long first = _layout.First(frame);
        if (first >= start && first + _layout.Span <= total)
        {
            ReadOnlySpan<float> inside = samples.Slice((int)(first - start), _layout.Span);
            for (int i = 0; i < inside.Length; i++) column[i * Most] = scale * inside[i];
            return;
        }

        for (int i = 0; i < _layout.Span; i++)
        {
            long source = _layout.Source(first + i, total);
            column[i * Most] = source < 0 ? 0f : scale * samples[(int)(source - start)];
        }
    }

    /// <summary>All of it for the lanes of one vector.</summary>
    private ref struct Kernel(SpectrumBlock block) : IVectorKernel
    {
        private readonly Span<float> _frames = block._frames.Span, _work = block._work.Span, _power = block._power.Span;
        private readonly Span<float> _mel = block._mel.Span, _energy = block._energy.Span;

        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left)
        {
            TVector energy = Frame<TWidth, TVector, TReach>(index, left);
            block._fft.Power<TWidth, TVector, TReach>(_work, _power, index, left);
            if (block._spec.UsePower == false) Root<TWidth, TVector, TReach>(index, left);
            for (int b = 0; b < block._filters.Bands; b++)
            {
                TVector sum = Band<TWidth, TVector, TReach>(b, index, left);
                Lanes<TWidth, TVector, TReach>.Store(Log<TWidth, TVector>(sum), _mel, b * Most + index, left);              // (4)
            }

            Lanes<TWidth, TVector, TReach>.Store(Log<TWidth, TVector>(energy), _energy, index, left);
        }

        /// <summary>(1) and (2), into the work of the transform; the energy.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly TVector Frame<TWidth, TVector, TReach>(int index, int left)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
            where TReach : struct, IReach
        {
            int span = block._layout.Span;
            RealFft fft = block._fft;
            TVector mean = default, raw = default, weighed = default, before = default;
            if (block._spec.RemoveMean == true)
            {
                for (int i = 0; i < span; i++)
                {
                    mean = TWidth.Add(mean, Lanes<TWidth, TVector, TReach>.Load(_frames, i * Most + index, left));
                }

                mean = TWidth.Divide(mean, TWidth.Create(span));
            }

            TVector minusEmphasis = TWidth.Create(-block._spec.PreEmphasis!.Value);
            for (int i = 0; i < span; i++)
            {
                TVector x = TWidth.Subtract(Lanes<TWidth, TVector, TReach>.Load(_frames, i * Most + index, left), mean);   // (1)
                raw = TWidth.FusedMultiplyAdd(x, x, raw);
                if (i == 0) before = x;
                TVector y = TWidth.Multiply(
                    TWidth.FusedMultiplyAdd(minusEmphasis, before, x), TWidth.Create(block._window[i]));                    // (2)
                weighed = TWidth.FusedMultiplyAdd(y, y, weighed);
                Lanes<TWidth, TVector, TReach>.Store(y, _work, fft.PlaceOf(i) + index, left);
                before = x;
            }

            for (int i = span; i < fft.Size; i++)
            {
                Lanes<TWidth, TVector, TReach>.Store(default, _work, fft.PlaceOf(i) + index, left);
            }

            return block._spec.RawEnergy == true ? raw : weighed;
        }

        private readonly void Root<TWidth, TVector, TReach>(int index, int left)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
            where TReach : struct, IReach
        {
            for (int k = index; k < _power.Length; k += Most)
            {
                TVector power = Lanes<TWidth, TVector, TReach>.Load(_power, k, left);
                Lanes<TWidth, TVector, TReach>.Store(TWidth.Sqrt(power), _power, k, left);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly TVector Band<TWidth, TVector, TReach>(int band, int index, int left)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
            where TReach : struct, IReach
        {
            TVector sum = default;
            ReadOnlySpan<float> weights = block._filters.Of(band, out int first);
            for (int j = 0; j < weights.Length; j++)
            {
                TVector power = Lanes<TWidth, TVector, TReach>.Load(_power, (first + j) * Most + index, left);
                sum = TWidth.FusedMultiplyAdd(TWidth.Create(weights[j]), power, sum);
            }

            return sum;
        }

        private readonly TVector Log<TWidth, TVector>(TVector x)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
        {
            x = TWidth.Max(TWidth.Create(block._spec.LogFloor!.Value), x);
            return TWidth.Multiply(
                TWidth.Create(block._spec.Decibels == true ? DecibelUnit : 1f), VectorMath<TWidth, TVector>.Log(x));
        }
    }
}
