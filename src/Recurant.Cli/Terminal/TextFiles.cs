using System.Text;

namespace Recurant.Cli;

/// <summary>Writes several text files, all of them or none, in UTF-8; missing directories are made.</summary>
internal static class TextFiles
{
    /// <exception cref="IOException">One cannot be written; every file is as it was before.</exception>
    public static void Write(params ReadOnlySpan<(string Path, string Text)> files)
    {
        var made = new List<string>();
        var done = new List<(string Path, byte[]? Before)>();
        try
        {
            foreach ((string path, _) in files) MakeDirectory(path, made);
            foreach ((string path, _) in files) AtomicFile.CheckWritable(path);
            foreach ((string path, string text) in files)
            {
                byte[]? before = File.Exists(path) ? File.ReadAllBytes(path) : null;
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                AtomicFile.Write(path, stream => stream.Write(bytes));
                done.Add((path, before));
            }
        }
        catch
        {
            Undo(done, made);
            throw;
        }
    }

    private static void MakeDirectory(string path, List<string> made)
    {
        string? missing = Path.GetDirectoryName(Path.GetFullPath(path));
        var chain = new List<string>();
        while (missing is not null && !Path.Exists(missing))
        {
            chain.Add(missing);
            missing = Path.GetDirectoryName(missing);
        }

        chain.Reverse();
        foreach (string directory in chain)
        {
            Directory.CreateDirectory(directory);
            made.Add(directory);
        }
    }

    private static void Undo(List<(string Path, byte[]? Before)> done, List<string> made)
    {
        try
        {
            foreach ((string path, byte[]? before) in done)
            {
                if (before is null) File.Delete(path); else AtomicFile.Write(path, stream => stream.Write(before));
            }

            // The innermost first; one in which others have put something meanwhile stays.
            foreach (string directory in Enumerable.Reverse(made)) Directory.Delete(directory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }
}
