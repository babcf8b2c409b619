using System.Diagnostics;

namespace Recurant.Formats;

/// <summary>
/// Reads what has no decoder here through the ffmpeg program: it writes a WAV file of floating point to its output, at the rate
/// and with the channels of the source.
/// </summary>
internal static class FfmpegSound
{
    private const int MostError = 500;

    /// <summary>Reads a sound.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bytes">Its bytes, unpacked.</param>
    /// <param name="kind">What it is, for messages.</param>
    /// <param name="program">The ffmpeg program; null for the one on the PATH.</param>
    /// <exception cref="InvalidDataException">There is no such program, or it cannot read the file.</exception>
    public static SoundClip Read(DataFile file, byte[] bytes, string kind, string? program)
    {
        program ??= Find();
        if (program is null || !File.Exists(program))
        {
            throw new InvalidDataException(
                $"{file}: this is {kind}. WAV, MP3 and Ogg Vorbis are read here; for anything else the ffmpeg program is "
                + "needed, and "
                + (program is null ? "the PATH has none. Install it, or convert the file to WAV." : $"{program} is not there."));
        }

        if (File.Exists(file.Path) && new FileInfo(file.Path).Length == bytes.Length)
        {
            return Run(file, program, Path.GetFullPath(file.Path), kind);
        }

        // Out of an archive or a pipe: ffmpeg has to be able to seek.
        string copy = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(copy, bytes);
            return Run(file, program, copy, kind);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static SoundClip Run(DataFile file, string program, string input, string kind)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        // "file:" keeps a name from being taken for an address, and the list keeps a playlist from leading elsewhere.
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe", "-i", "file:" + input,
            "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "-",
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start) ?? throw new IOException($"{file}: {program} could not be started.");
        using CancellationTokenRegistration _ = file.Cancellation.Register(() => process.Kill());
        Task<string> error = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        string message = error.GetAwaiter().GetResult().Trim();
        file.Cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0 || !WavFile.IsWav(output.GetBuffer().AsSpan(0, (int)output.Length)))
        {
            throw new InvalidDataException(
                $"{file}: this is {kind}, and ffmpeg cannot read it: "
                + (message.Length == 0 ? $"it ended with {process.ExitCode}." : message[..Math.Min(message.Length, MostError)]));
        }

        SoundClip clip = WavFile.Read(file.Path, output.ToArray());
        var warnings = new List<string>(clip.Warnings);
        if (message.Length > 0) warnings.Add($"{file}: ffmpeg says: {message[..Math.Min(message.Length, MostError)]}");
        // What its WAV output says of pipes is no matter of the file.
        return new SoundClip(file.Path, clip.All, clip.SampleRate, "ffmpeg") { Warnings = warnings };
    }

    private static string? Find()
    {
        string name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
