using System.Text;

namespace Recurant.Storage;

/// <summary>The files of one checkpoint, their sums compared with <c>SHA256SUMS</c>.</summary>
internal sealed class CheckpointFiles
{
    private readonly Dictionary<string, string> _sums;

    private CheckpointFiles(string path, Dictionary<string, string> sums)
    {
        Path = path;
        _sums = sums;
    }

    /// <summary>The directory of this one checkpoint.</summary>
    public string Path { get; }

    /// <summary>Finds the last checkpoint in a directory.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It lacks its list of sums.</exception>
    public static CheckpointFiles OpenLast(string directory)
    {
        string path = CheckpointStore.Last(directory) ?? throw new DirectoryNotFoundException(
            $"{directory}: there is no checkpoint to continue from. Name the directory of a run that was interrupted, "
            + "or begin a new run.");
        string sums = System.IO.Path.Combine(path, CheckpointStore.SumsFile);
        if (!File.Exists(sums)) throw Damaged(sums, "the file is missing");
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(sums))
        {
            int blank = line.IndexOf("  ", StringComparison.Ordinal);
            if (blank > 0) byName[line[(blank + 2)..]] = line[..blank];
        }

        return new CheckpointFiles(path, byName);
    }

    /// <summary>The text of a file that must be there.</summary>
    /// <exception cref="InvalidDataException">It is missing or damaged.</exception>
    public string ReadText(string name) => File.ReadAllText(Check(name), Encoding.UTF8);

    /// <summary>The text of a file that may be missing.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public string? TryReadText(string name) => _sums.ContainsKey(name) ? ReadText(name) : null;

    /// <summary>Opens the tensors.</summary>
    /// <exception cref="InvalidDataException">The file is missing or damaged.</exception>
    public SafetensorsFile OpenState() => SafetensorsFile.Open(Check(CheckpointStore.StateFile));

    /// <summary>The exception for a file that is not as it was written.</summary>
    public static InvalidDataException Damaged(string path, string fault, Exception? cause = null) =>
        new(
            $"{path}: the checkpoint is damaged: {MessageText.Bounded(fault)}. Copy it again if there is a copy, or begin a new "
            + "run.",
            cause);

    private string Check(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        if (!File.Exists(path)) throw Damaged(path, "the file is missing");
        if (!_sums.TryGetValue(name, out string? expected))
        {
            throw Damaged(path, $"{CheckpointStore.SumsFile} has no line for it");
        }

        string actual = CheckpointStore.SumOf(path);
        return actual == expected
            ? path
            : throw Damaged(path, $"its SHA-256 begins {actual[..12]}, but {CheckpointStore.SumsFile} says "
                + (expected.Length > 12 ? expected[..12] : expected));
    }
}
