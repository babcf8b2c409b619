namespace Recurant.Formats;

/// <summary>A line of a list of files of sound.</summary>
/// <param name="Path">The file; relative paths count from the folder of the list.</param>
/// <param name="Text">What stands beside it: a label or a transcript.</param>
/// <param name="Line">The line, from 1.</param>
internal sealed record SoundEntry(string Path, string Text, int Line);

/// <summary>
/// A list of files of sound: a line for each, path and text with a tab between them, or a table with a header that names the two
/// (path, file, audio; label, text, transcript, sentence).
/// </summary>
internal static class SoundManifest
{
    private const int LongestLine = 4096;

    private static readonly string[] s_paths = ["path", "file", "filename", "file_name", "audio", "wav", "clip"],
        s_texts = ["text", "transcript", "transcription", "sentence", "label", "class", "category", "word"],
        s_sounds = [".wav", ".wave", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".wma", ".aif", ".aiff", ".au",
            ".webm"];

    /// <summary>Whether a name is that of a file of sound.</summary>
    public static bool IsSound(string path) =>
        s_sounds.Contains(Path.GetExtension(path).ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>Whether the first lines of a file are such a list.</summary>
    public static bool IsManifest(DataFile file)
    {
        if (!File.Exists(file.Path)) return false;
        try
        {
            using TextFile text = file.OpenText();
            for (int i = 0; i < 2 && text.TryReadLine(out ReadOnlySpan<char> line); i++)
            {
                // A line of a list is short; that of other files may be all they have.
                if (line.Length > LongestLine) return false;
                string[] fields = [.. line.ToString().Split('\t', ',', ';').Select(field => field.Trim().Trim('"'))];
                if (fields.Length > 1 && (i == 0 ? IsSound(fields[0]) : fields.Any(IsSound))) return true;
                // Only under a header that names paths the next line tells.
                if (i == 0 && Find(fields, s_paths) < 0) return false;
            }
        }
        catch (InvalidDataException)
        {
            return false; // no text
        }

        return false;
    }

    /// <summary>Reads a list.</summary>
    /// <exception cref="InvalidDataException">A line has no text, or files are not there.</exception>
    public static IReadOnlyList<SoundEntry> Read(DataFile file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file.Path))!;
        var entries = new List<SoundEntry>();
        (string format, char delimiter) = FormatGuess.Guess(file, null, null);
        using (TableReader table = TableReader.Open(
            file, format == FormatName.Csv ? FormatName.Csv : FormatName.Tsv, format == FormatName.Csv ? delimiter : '\t'))
        {
            (int path, int text) = (0, 1);
            for (int line = 1; table.Read(); line++)
            {
                string[] fields = [.. Enumerable.Range(0, table.FieldCount).Select(i => table.Field(i).Trim().ToString())];
                if (line == 1 && Find(fields, s_paths) is >= 0 and var named && !fields.Any(IsSound))
                {
                    (path, text) = (named, Find(fields, s_texts));
                    if (text >= 0) continue;
                    throw new InvalidDataException(
                        $"{file}: no column is named {string.Join(", ", s_texts)}; the columns are {string.Join(", ", fields)}.");
                }

                if (fields is [""]) continue;
                if (fields.Length <= Math.Max(path, text) || fields[path].Length == 0)
                {
                    throw new InvalidDataException(
                        $"{file}: line {line} has {fields.Length} columns; the path of a sound and its text, with a tab between "
                        + "them, are expected.");
                }

                entries.Add(new SoundEntry(Path.Combine(folder, fields[path]), fields[text], line));
            }
        }

        if (entries.Count == 0) throw new InvalidDataException($"{file}: the list of sounds is empty.");
        SoundEntry[] missing = [.. entries.Where(entry => !File.Exists(entry.Path))];
        return missing.Length == 0 ? entries : throw new InvalidDataException(
            $"{file}: {missing.Length} of its {entries.Count} files are not there; the first, of line {missing[0].Line}, is "
            + $"{missing[0].Path}. Relative paths count from the folder of the list.");
    }

    private static int Find(string[] names, string[] known) =>
        Array.FindIndex(names, name => known.Contains(name, StringComparer.OrdinalIgnoreCase));
}
