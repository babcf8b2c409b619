namespace Recurant.Inputs;

/// <summary>Where the frames of a clip lie, and what stands in them outside the clip.</summary>
/// <param name="spec">A specification that is decided.</param>
internal sealed class FrameLayout(SoundFeatureSpec spec)
{
    private readonly bool _isLibrosa = spec.Convention == SoundConvention.Librosa;

    /// <summary>The samples that a frame reads.</summary>
    public int Span { get; } = spec.Convention == SoundConvention.Librosa ? spec.FftSize!.Value : spec.FrameLength!.Value;

    /// <summary>S.</summary>
    public int Step { get; } = spec.FrameStep!.Value;

    /// <summary>The frames of a clip of n samples; 0 of an empty one.</summary>
    public long Frames(long n) =>
        n == 0 ? 0
        : spec.Padding == FramePadding.None ? n < Span ? 1 : 1 + (n - Span) / Step
        : _isLibrosa ? 1 + n / Step
        : Math.Max(1, (n + Step / 2) / Step);

    /// <summary>
    /// The place of the first sample of a frame: t S; with padding half a frame earlier, and but for librosa half a step later.
    /// </summary>
    public long First(long frame) =>
        frame * Step - (spec.Padding == FramePadding.None ? 0 : _isLibrosa ? Span / 2 : Span / 2 - Step / 2);

    /// <summary>From how many samples on a frame is the same whatever follows.</summary>
    public long Needed(long frame)
    {
        long first = First(frame), end = first + Span;
        return spec.Padding == FramePadding.Reflect && first < 0 ? Math.Max(end, -first + 1) : end;
    }

    /// <summary>The sample that stands at a place of a clip of n samples; -1 for zero.</summary>
    public long Source(long place, long n)
    {
        if (place >= 0 && place < n) return place;
        if (spec.Padding != FramePadding.Reflect) return -1;
        // Without the sample at the border the reflected clip repeats itself after 2 n - 2 samples, with it after 2 n.
        long border = _isLibrosa ? 1 : 0, period = Math.Max(1, 2 * (n - border)), turned = (place % period + period) % period;
        return turned < n ? turned : 2 * n - 1 - border - turned;
    }
}
