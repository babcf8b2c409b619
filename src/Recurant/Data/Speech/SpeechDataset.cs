using System.Globalization;

namespace Recurant.Data;

/// <summary>Recorded speech, and what was said. Any number of threads may read it.</summary>
public sealed class SpeechClip
{
    /// <summary>Makes a clip.</summary>
    /// <param name="name">What messages call it: the path of its file.</param>
    /// <param name="samples">The samples of one channel, -1 to 1; at least one.</param>
    /// <param name="sampleRate">Samples a second, in Hz: 100 to 768,000.</param>
    /// <param name="text">
    /// What was said; runs of white space count as one space. Empty where it is not known, or nothing was.
    /// </param>
    /// <exception cref="ArgumentException">There is no sample, or the rate is outside its range.</exception>
    public SpeechClip(string name, ReadOnlyMemory<float> samples, int sampleRate, string text = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        if (samples.IsEmpty) throw new ArgumentException($"{name} has no samples.", nameof(samples));
        if (sampleRate is < 100 or > SoundFeatureSpec.MostRate)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture, $"{name}: the sample rate is {sampleRate}; 100 to 768,000 is expected."),
                nameof(sampleRate));
        }

        (Name, Samples, SampleRate) = (name, samples, sampleRate);
        Text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The samples.</summary>
    public ReadOnlyMemory<float> Samples { get; }

    /// <summary>Samples a second, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>What was said, with one space between words.</summary>
    public string Text { get; }

    /// <summary>How long it is.</summary>
    public double Seconds => (double)Samples.Length / SampleRate;
}

/// <summary>Recorded speech to learn from or to test with.</summary>
public sealed class SpeechDataset
{
    /// <summary>Makes a data set.</summary>
    /// <param name="name">What messages call it: the path of its list.</param>
    /// <param name="clips">The clips, at least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public SpeechDataset(string name, IReadOnlyList<SpeechClip> clips)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(clips);
        if (clips.Count == 0) throw new ArgumentException($"{name} has no clips.", nameof(clips));
        (Name, Clips) = (name, clips);
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The clips.</summary>
    public IReadOnlyList<SpeechClip> Clips { get; }

    /// <summary>What should be known about the files, and is no fault.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The length of all clips together.</summary>
    public double Seconds => Clips.Sum(clip => clip.Seconds);
}
