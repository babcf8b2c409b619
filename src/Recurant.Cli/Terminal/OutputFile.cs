using System.Text;

namespace Recurant.Cli;

/// <summary>
/// Looks before any work whether a file can be written. One that is there is replaced if it is empty or this program wrote it,
/// which its content shows; anybody else's is left alone, however it got that name.
/// </summary>
internal static class OutputFile
{
    /// <summary>So many bytes from the start of a file show what it is.</summary>
    private const int SampleLength = 4096;

    /// <param name="option">The option that names the file, or the one that would name another.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">The file is there and is no model.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void CheckModel(string option, string path) => Check(option, path, "a model of this program", IsModel);

    /// <summary>The same for the record of a run.</summary>
    public static void CheckRecord(string option, string path) =>
        Check(option, path, "a record of a run", file => Start(file).StartsWith("{\"kind\":\"", StringComparison.Ordinal));

    /// <summary>The same for a page.</summary>
    public static void CheckPage(string option, string path) => Check(option, path, "a page of this program", file =>
        Start(file).Contains("<html", StringComparison.OrdinalIgnoreCase)
        && Start(file).Contains("base-uri", StringComparison.Ordinal) && Start(file).Contains(
        "form-action", StringComparison.Ordinal));

    /// <summary>The same for music.</summary>
    public static void CheckMusic(string option, string path) =>
        Check(option, path, "a MIDI file", file => Start(file).StartsWith("MThd", StringComparison.Ordinal));

    private static void Check(string option, string path, string kind, Func<string, bool> isOurs)
    {
        AtomicFile.CheckWritable(path);
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0 || isOurs(path)) return;
        throw new UsageException(
            $"{option}: {path} is there already and is not {kind}; it would be overwritten. Choose another name, or remove it.");
    }

    private static bool IsModel(string path)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return file.Metadata.ContainsKey("recurant");
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static string Start(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var sample = new byte[SampleLength];
        return Encoding.UTF8.GetString(sample, 0, file.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false));
    }
}
