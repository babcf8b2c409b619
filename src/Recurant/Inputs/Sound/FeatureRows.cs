namespace Recurant.Inputs;

/// <summary>
/// Computes the rows of frames without differences: what the features of a clip and a stream have in common, and the memory
/// that it takes. Not for several threads at once.
/// </summary>
internal sealed class FeatureRows(SoundFeatureSpec spec, FrameLayout layout, MelFilters filters, RealFft fft, float[] window)
{
    private const float Unit = 4.34294482f;
    private readonly SpectrumBlock _block = new(spec, layout, filters, fft, window);
    private readonly Cepstrum? _cepstrum = spec.Kind == SoundFeatureKind.Mfcc ? new Cepstrum(spec) : null;
    private readonly float[] _mel = new float[filters.Bands];

    /// <summary>The numbers of a row.</summary>
    public int Width => _cepstrum?.Width ?? filters.Bands;

    /// <summary>Computes frames one after another and writes each into its row.</summary>
    /// <param name="samples">The samples that are at hand.</param>
    /// <param name="start">The place of the first of these in the clip.</param>
    /// <param name="total">The samples of the clip.</param>
    /// <param name="first">The first frame.</param>
    /// <param name="rows">[count, pitch]; the first numbers of each row are written.</param>
    /// <param name="pitch">Floats from a row to the next.</param>
    /// <param name="floor">No logarithm counts as less than this; minus infinity for no such border.</param>
    public void Compute(
        ReadOnlySpan<float> samples, long start, long total, long first, Span<float> rows, int pitch, float floor)
    {
        int frames = rows.Length / pitch;
        for (int done = 0; done < frames; done += SpectrumBlock.Most)
        {
            int count = Math.Min(SpectrumBlock.Most, frames - done);
            _block.Compute(samples, start, total, first + done, count);
            for (int f = 0; f < count; f++) Finish(f, floor, rows.Slice((done + f) * pitch, Width));
        }
    }

    /// <summary>The border below the largest logarithm of a clip, which <see cref="Compute"/> takes.</summary>
    public float FloorOf(ReadOnlySpan<float> samples, long frames)
    {
        if (spec.TopDecibels == 0) return float.NegativeInfinity;
        float largest = float.NegativeInfinity;
        for (long done = 0; done < frames; done += SpectrumBlock.Most)
        {
            int count = (int)Math.Min(SpectrumBlock.Most, frames - done);
            _block.Compute(samples, 0, samples.Length, done, count);
            for (int f = 0; f < count; f++)
            {
                _block.CopyMel(f, _mel);
                largest = Math.Max(largest, Reductions.Max(_mel));
            }
        }

        return largest - (spec.Decibels == true ? spec.TopDecibels!.Value : spec.TopDecibels!.Value / Unit);
    }

    private void Finish(int frame, float floor, Span<float> row)
    {
        Span<float> mel = _cepstrum is null ? row : _mel;
        _block.CopyMel(frame, mel);
        if (!float.IsNegativeInfinity(floor))
        {
            for (int b = 0; b < mel.Length; b++) mel[b] = Math.Max(floor, mel[b]);
        }

        _cepstrum?.Apply(mel, _block.Energy(frame), row);
    }
}
