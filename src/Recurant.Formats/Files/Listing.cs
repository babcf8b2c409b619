namespace Recurant.Formats;

/// <summary>
/// What is in a directory besides hidden files, those that systems leave behind, and links to nothing; these are counted.
/// </summary>
internal sealed class Listing(DataFile root)
{
    private const int NamesShown = 3;

    private readonly SortedSet<string> _passedOver = new(StringComparer.Ordinal);

    internal DataFile Root => root;

    /// <summary>What was passed over, for the user; null if nothing was.</summary>
    internal string? Note => _passedOver.Count == 0 ? null
        : $"{root}: {_passedOver.Count} hidden "
            + (_passedOver.Count == 1 ? "file, folder or link to nothing is" : "files, folders or links to nothing are")
            + $" passed over ({string.Join(", ", _passedOver.Take(NamesShown))}"
            + $"{(_passedOver.Count > NamesShown ? ", ..." : "")}).";

    internal List<string> Directories() => Shown(root.Path, new DirectoryInfo(root.Path).GetDirectories());

    internal List<string> Files(string directory) => Shown(directory, new DirectoryInfo(directory).GetFiles());

    /// <summary>In ordinal order, so that the order does not depend on the file system.</summary>
    private List<string> Shown(string directory, FileSystemInfo[] items)
    {
        var shown = new List<string>();
        foreach (FileSystemInfo item in items)
        {
            if (Hidden.IsHidden(item)) _passedOver.Add(item.Name);
            else shown.Add(Path.Combine(directory, item.Name));
        }

        shown.Sort(StringComparer.Ordinal);
        return shown;
    }
}
