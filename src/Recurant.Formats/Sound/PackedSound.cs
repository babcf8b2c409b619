namespace Recurant.Formats;

/// <summary>Reads MP3 with NLayer and Ogg Vorbis with NVorbis, both in managed code.</summary>
internal static class PackedSound
{
    private const int Block = 1 << 14;

    /// <summary>
    /// Whether bytes begin with an ID3 tag or a frame of MPEG audio, layer II or III: eleven ones, and no value that is reserved.
    /// </summary>
    public static bool IsMp3(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("ID3"u8)
        || (bytes.Length > 3 && bytes[0] == 0xFF && bytes[1] >> 5 == 7 && (bytes[1] >> 3 & 3) != 1
            && (bytes[1] >> 1 & 3) is 1 or 2 && bytes[2] >> 4 != 15 && (bytes[2] >> 2 & 3) != 3);

    /// <summary>
    /// Whether bytes begin with an Ogg page that says it is Vorbis: an Ogg file may hold Opus, FLAC or Speex as well.
    /// </summary>
    public static bool IsVorbis(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("OggS"u8) && bytes[..Math.Min(bytes.Length, 128)].IndexOf("\u0001vorbis"u8) >= 0;

    public static SoundClip ReadMp3(string path, byte[] bytes) => Guarded(path, "MP3", () =>
    {
        using var file = new NLayer.MpegFile(new MemoryStream(bytes));
        return (ReadAll(file.Channels, file.ReadSamples), file.SampleRate);
    });

    public static SoundClip ReadVorbis(string path, byte[] bytes) => Guarded(path, "Vorbis", () =>
    {
        using var file = new NVorbis.VorbisReader(new MemoryStream(bytes), closeOnDispose: true);
        return (ReadAll(file.Channels, file.ReadSamples), file.SampleRate);
    });

    /// <summary>The decoders throw what they come upon in damaged data.</summary>
    private static SoundClip Guarded(string path, string encoding, Func<(float[][] Channels, int Rate)> read)
    {
        try
        {
            (float[][] channels, int rate) = read();
            return new SoundClip(path, channels, rate, encoding) { Warnings = new List<string>() };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new InvalidDataException(
                $"{path}: the {encoding} data are damaged ({exception.Message}). Fetch or save the file again.", exception);
        }
    }

    /// <summary>Takes samples of all channels in turn until there are no more.</summary>
    private static float[][] ReadAll(int channels, Func<float[], int, int, int> readSamples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        var block = new float[Block * channels];
        var all = new List<float>[channels];
        for (int channel = 0; channel < channels; channel++) all[channel] = [];
        int read;
        while ((read = readSamples(block, 0, block.Length)) > 0)
        {
            for (int i = 0; i < read; i++) all[i % channels].Add(block[i]);
        }

        return Array.ConvertAll(all, samples => samples.ToArray());
    }
}
