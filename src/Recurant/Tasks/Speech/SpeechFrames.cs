using System.Globalization;
using System.Text;

namespace Recurant.Tasks;

/// <summary>Clips as a model reads them: their standardised features.</summary>
internal sealed class SpeechFrames
{
    private readonly SpeechModel _model;

    /// <summary>Computes the features of clips.</summary>
    /// <param name="model">The model; its mean and deviation are known.</param>
    /// <param name="clips">The clips, at the rate of the model.</param>
    /// <param name="features">Their features where they are known already, which are standardised in place.</param>
    public SpeechFrames(SpeechModel model, IReadOnlyList<SpeechClip> clips, float[][]? features = null)
    {
        (_model, Clips) = (model, clips);
        Features = features ?? [.. clips.Select(clip => model.Features.Compute(clip.Samples.Span))];
        foreach (float[] own in Features) model.Network.Standardise(own);
        var texts = new SpeechTexts(model);
        Classes = [.. clips.Select(clip => texts.Classes(clip.Text))];
    }

    private SpeechFrames(SpeechFrames all, int[] rows)
    {
        _model = all._model;
        (Clips, Features) = ([.. rows.Select(i => all.Clips[i])], [.. rows.Select(i => all.Features[i])]);
        Classes = [.. rows.Select(i => all.Classes[i])];
    }

    public IReadOnlyList<SpeechClip> Clips { get; }

    /// <summary>Of each clip the features [frames, F].</summary>
    public float[][] Features { get; }

    /// <summary>Of each clip the classes of its transcript; null where it has symbols that the model does not know.</summary>
    public int[]?[] Classes { get; }

    /// <summary>Some of the clips.</summary>
    public SpeechFrames Part(IEnumerable<int> rows) => new(this, [.. rows]);

    /// <summary>The steps that a clip becomes.</summary>
    public int StepsOf(int clip) => _model.Spec.StepsOf(Features[clip].Length / _model.Features.Width);

    /// <summary>Whether a clip has a loss: all symbols are known, and there are steps enough.</summary>
    public bool HasLoss(int clip) => Classes[clip] is { } text && Loss.FramesNeeded(text) <= StepsOf(clip);

    /// <summary>Writes the steps of a clip: joined frames, of which the last is repeated to fill the last step.</summary>
    /// <param name="features">[frames, F].</param>
    /// <param name="steps">[steps, J F]; takes them.</param>
    public void Write(ReadOnlySpan<float> features, Span<float> steps)
    {
        features.CopyTo(steps);
        int width = _model.Features.Width;
        for (int at = features.Length; at < steps.Length; at += width) features[^width..].CopyTo(steps[at..]);
    }

    /// <summary>That every transcript can be learnt.</summary>
    /// <exception cref="InvalidDataException">A clip has fewer steps than its transcript needs.</exception>
    public void RequireSteps(string name)
    {
        int[] impossible = [.. Enumerable.Range(0, Clips.Count).Where(i => Classes[i] is not null && !HasLoss(i))];
        if (impossible.Length == 0) return;
        int first = impossible[0];
        string more = impossible.Length > 1
            ? string.Create(CultureInfo.InvariantCulture, $" {impossible.Length - 1} more are like this.") : "";
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {Clips[first].Name} has {StepsOf(first)} steps ({Clips[first].Seconds:0.##} seconds), but its transcript ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"\"{MessageText.Bounded(Clips[first].Text)}\" needs {Loss.FramesNeeded(Classes[first])}.{more} ")
            + "Check that sound and transcript belong together, or leave the clip out"
            + (_model.Spec.Join > 1 ? "; or join fewer frames (Join)." : "."));
    }
}

/// <summary>Clips at the sample rate of a model.</summary>
internal static class SpeechRates
{
    /// <summary>The same clip at the rate that is asked for.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="sampleRate">The rate in Hz.</param>
    /// <param name="resample">Whether it may be resampled.</param>
    /// <exception cref="InvalidDataException">It has another rate, and may not.</exception>
    public static SpeechClip Require(this SpeechClip clip, int sampleRate, bool resample)
    {
        if (clip.SampleRate == sampleRate) return clip;
        if (!resample)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{clip.Name}: it has {clip.SampleRate} samples a second; {sampleRate} are expected. Ask for it to be resampled ")
                + "(Resample in code, --resample on the command line), or convert the file.");
        }

        return new SpeechClip(
            clip.Name, SoundResampler.Resample(clip.Samples.Span, clip.SampleRate, sampleRate), sampleRate, clip.Text);
    }
}
