namespace Recurant.Formats;

/// <summary>
/// Reads recorded speech from a list: a line for each file of sound, its path and what is said in it with a tab between them, or
/// a table with a header that names the two (path, file or audio; text, transcript or sentence).
/// </summary>
public static class SpeechDatasetReader
{
    /// <summary>Reads a list and its files.</summary>
    /// <param name="file">The list; relative paths count from its folder.</param>
    /// <param name="options">How sounds are read. Default: one channel, at the rate of the file.</param>
    /// <exception cref="InvalidDataException">
    /// A line is faulty, files are not there, or one is damaged; the message names the list and the line.
    /// </exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">The file's cancellation was asked for.</exception>
    public static SpeechDataset Read(DataFile file, SoundReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        var clips = new List<SpeechClip>();
        var warnings = new List<string>(file.Notes);
        foreach (SoundEntry entry in SoundManifest.Read(file))
        {
            try
            {
                clips.Add(ReadClip(entry.Path, entry.Text, options, warnings));
            }
            catch (Exception fault) when (fault is InvalidDataException or ArgumentException)
            {
                throw new InvalidDataException($"{file}: line {entry.Line}: {fault.Message}", fault);
            }
        }

        return new SpeechDataset(file.Path, clips) { Warnings = warnings };
    }

    /// <summary>Reads a file of sound.</summary>
    /// <param name="file">The file.</param>
    /// <param name="text">What is said in it; empty where it is not known.</param>
    /// <param name="options">How it is read. Default: one channel, at the rate of the file.</param>
    /// <exception cref="InvalidDataException">It is damaged, or no file of sound.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SpeechClip ReadClip(DataFile file, string text = "", SoundReadOptions? options = null) =>
        ReadClip(file, text, options, []);

    private static SpeechClip ReadClip(DataFile file, string text, SoundReadOptions? options, List<string> warnings)
    {
        SoundClip clip = SoundFile.Read(file, (options ?? new SoundReadOptions()) with { Mono = true });
        warnings.AddRange(clip.Warnings);
        return new SpeechClip(file.Path, clip.Samples(), clip.SampleRate, text);
    }
}
