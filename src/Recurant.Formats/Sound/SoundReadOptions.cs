namespace Recurant.Formats;

/// <summary>How a sound is read.</summary>
public sealed record SoundReadOptions
{
    /// <summary>Whether several channels become one, their mean. Default: true.</summary>
    public bool Mono { get; init; } = true;

    /// <summary>The samples a second that are wanted, in Hz: 1 to 768,000. Default: null, those of the file.</summary>
    public int? SampleRate { get; init; }

    /// <summary>
    /// The ffmpeg program, for what is neither WAV nor MP3 nor Ogg Vorbis. Default: null, the one that the PATH has.
    /// </summary>
    public string? Ffmpeg { get; init; }
}
