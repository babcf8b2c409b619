namespace Recurant.Formats;

/// <summary>A sound in memory: one array of samples for each channel.</summary>
public sealed class SoundClip
{
    private readonly float[][] _channels;

    internal SoundClip(string path, float[][] channels, int sampleRate, string encoding)
    {
        (Path, _channels, SampleRate, Encoding) = (path, channels, sampleRate, encoding);
        (SourceChannels, SourceRate) = (channels.Length, sampleRate);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Samples a second, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>The channels that are here.</summary>
    public int Channels => _channels.Length;

    /// <summary>The samples of each channel.</summary>
    public int Length => _channels[0].Length;

    /// <summary>How long it is.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Length / SampleRate);

    /// <summary>The channels of the file.</summary>
    public int SourceChannels { get; internal init; }

    /// <summary>The samples a second of the file, in Hz.</summary>
    public int SourceRate { get; internal init; }

    /// <summary>
    /// What the samples are written in: "PCM", "floating point", "mu-law", "A-law", "MP3", "Vorbis"; or "ffmpeg", which read it.
    /// </summary>
    public string Encoding { get; }

    /// <summary>The bits of a sample in the file; null where samples have none, as in MP3.</summary>
    public int? Bits { get; internal init; }

    /// <summary>What is wrong with the file, and was read all the same.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>What was done to the samples: that channels were mixed, or that the rate is another one.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>The samples of a channel: -1 to 1, in files of floating point also beyond.</summary>
    /// <param name="channel">0 to <see cref="Channels"/> - 1. Default: 0, the only one of a clip that was mixed.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such channel.</exception>
    public ReadOnlyMemory<float> Samples(int channel = 0)
    {
        if (channel < 0 || channel >= Channels)
        {
            throw new ArgumentOutOfRangeException(nameof(channel), channel, $"The channels are 0 to {Channels - 1}.");
        }

        return _channels[channel];
    }

    /// <summary>The same with other samples.</summary>
    internal SoundClip With(float[][] channels, int sampleRate, string note) => new(Path, channels, sampleRate, Encoding)
    {
        SourceChannels = SourceChannels, SourceRate = SourceRate, Bits = Bits, Warnings = Warnings, Notes = [.. Notes, note],
    };

    internal float[][] All => _channels;
}
