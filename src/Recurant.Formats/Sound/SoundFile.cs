using System.Globalization;

namespace Recurant.Formats;

/// <summary>
/// Reads one sound. What the file is, its first bytes tell, not its name: WAV (also RF64 and BW64), MP3 by NLayer, Ogg Vorbis by
/// NVorbis, and FLAC, Opus, AAC, AIFF and all else by ffmpeg, where that program is on the PATH.
/// </summary>
/// <remarks>
/// <para>Several channels become one by their mean, and another rate is made where one is asked for; the clip's notes tell. A
/// file without samples is refused, as is one with samples that are no numbers.</para>
/// <para>Encoders of MP3 put about a thousand samples of silence before the sound; these are read, too.</para>
/// </remarks>
public static class SoundFile
{
    /// <summary>The longest file.</summary>
    private const int MostBytes = 2_000_000_000;

    /// <summary>Louder than this, numbers are no longer sound whose full scale is 1.</summary>
    private const float Loudest = 16f;

    private static readonly byte[][] s_htmlMarks = ["<!doctype html"u8.ToArray(), "<html"u8.ToArray()];

    /// <summary>Reads a sound.</summary>
    /// <param name="file">The file; gzip and archives of one file are unpacked.</param>
    /// <param name="options">How. Default: one channel, at the rate of the file.</param>
    /// <exception cref="InvalidDataException">
    /// The file is no sound, is damaged or has no samples, or ffmpeg is needed and not there; the message names the file.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate that is asked for is outside its range.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">The file's cancellation was asked for.</exception>
    public static SoundClip Read(DataFile file, SoundReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new SoundReadOptions();
        if (options.SampleRate is <= 0 or > 768_000)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"SampleRate is {options.SampleRate}; it must be 1 to 768,000.");
        }

        byte[] bytes = ReadAll(file);
        SoundClip clip = Decode(file, bytes, options);
        Check(clip);
        if (options.Mono && clip.Channels > 1) clip = Mix(clip);
        return options.SampleRate is { } rate && rate != clip.SampleRate ? Resample(clip, rate) : clip;
    }

    private static SoundClip Decode(DataFile file, byte[] bytes, SoundReadOptions options)
    {
        if (bytes.Length == 0) throw new InvalidDataException($"{file}: the file is empty.");
        if (WavFile.IsWav(bytes)) return WavFile.Read(file.Path, bytes);
        if (PackedSound.IsMp3(bytes)) return PackedSound.ReadMp3(file.Path, bytes);
        if (PackedSound.IsVorbis(bytes)) return PackedSound.ReadVorbis(file.Path, bytes);
        ReadOnlySpan<byte> start = bytes.AsSpan(0, Math.Min(bytes.Length, FileKind.SampleLength));
        FileKind? kind = FileKind.Of(start);
        if (kind is not null && kind.Family != FileFamily.Media && !start.StartsWith("FORM"u8))
        {
            string what = IsHtml(start) ? "HTML, a web page" : kind.Name;
            string expected = file.Extension == ".wav" ? "a WAV file" : "a sound file";
            throw new InvalidDataException($"{file}: not {expected}: it looks like {what}.");
        }

        return FfmpegSound.Read(file, bytes, kind?.Name ?? "of no kind that is known here", options.Ffmpeg);
    }

    private static void Check(SoundClip clip)
    {
        if (clip.Length == 0) throw new InvalidDataException($"{clip.Path}: the file has no samples.");
        float largest = 0;
        for (int channel = 0; channel < clip.Channels; channel++)
        {
            float[] samples = clip.All[channel];
            for (int i = 0; i < samples.Length; i++)
            {
                if (!float.IsFinite(samples[i]))
                {
                    throw new InvalidDataException(
                        $"{clip.Path}: sample {i:N0} of channel {channel} is no finite number; the file is damaged.");
                }

                largest = Math.Max(largest, Math.Abs(samples[i]));
            }
        }

        if (largest > Loudest)
        {
            ((List<string>)clip.Warnings).Add(string.Create(
                CultureInfo.InvariantCulture, $"{clip.Path}: the loudest sample is {largest:G6}, where 1 is full scale: ")
                + "the file was probably written with whole numbers as floating point.");
        }
    }

    private static SoundClip Mix(SoundClip clip)
    {
        var mean = new float[clip.Length];
        for (int i = 0; i < mean.Length; i++)
        {
            double sum = 0;
            foreach (float[] channel in clip.All) sum += channel[i];
            mean[i] = (float)(sum / clip.Channels);
        }

        return clip.With([mean], clip.SampleRate, $"{clip.Channels} channels were mixed to one, their mean");
    }

    private static SoundClip Resample(SoundClip clip, int rate)
    {
        try
        {
            float[][] channels = Array.ConvertAll(
                clip.All, samples => SoundResampler.Resample(samples, clip.SampleRate, rate));
            return clip.With(channels, rate, $"resampled from {clip.SampleRate:N0} to {rate:N0} Hz");
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"{clip.Path}: {exception.Message}", exception);
        }
    }

    private static byte[] ReadAll(DataFile file)
    {
        using Stream stream = file.Open();
        var bytes = new MemoryStream(stream.CanSeek ? (int)Math.Min(stream.Length, MostBytes) : 0);
        var block = new byte[1 << 16];
        int read;
        while ((read = stream.Read(block)) > 0)
        {
            file.Cancellation.ThrowIfCancellationRequested();
            if (bytes.Length + read > MostBytes)
            {
                throw new InvalidDataException(
                    $"{file}: the file is longer than {MostBytes:N0} bytes, the most that is accepted.");
            }

            bytes.Write(block, 0, read);
        }

        return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
    }

    private static bool IsHtml(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> trimmed = start.TrimStart(" \t\r\n"u8);
        foreach (byte[] mark in s_htmlMarks)
        {
            if (trimmed.Length >= mark.Length && System.Text.Ascii.EqualsIgnoreCase(trimmed[..mark.Length], mark)) return true;
        }

        return false;
    }
}
