namespace Recurant.Formats;

/// <summary>Files that are nobody's data: hidden ones, and those that systems leave in folders.</summary>
internal static class Hidden
{
    private static readonly string[] s_leftBehind = ["__MACOSX", "Thumbs.db", "desktop.ini", "$RECYCLE.BIN", "lost+found"];

    /// <summary>Whether a name, or a folder on the way to it inside an archive, is hidden.</summary>
    internal static bool IsHidden(string name)
    {
        foreach (Range part in name.AsSpan().SplitAny('/', '\\'))
        {
            ReadOnlySpan<char> one = name.AsSpan(part);
            if (one is not ("." or "..") && (one.StartsWith('.') || one.StartsWith('~') || IsLeftBehind(one))) return true;
        }

        return false;
    }

    /// <summary>
    /// Whether a file or folder of a directory is hidden, is left behind by the system, or is a link to nothing.
    /// </summary>
    internal static bool IsHidden(FileSystemInfo item) =>
        IsHidden(item.Name)
        || (OperatingSystem.IsWindows() && item.Attributes.HasFlag(FileAttributes.Hidden))
        || item.ResolveLinkTarget(returnFinalTarget: true) is { Exists: false };

    private static bool IsLeftBehind(ReadOnlySpan<char> name)
    {
        foreach (string known in s_leftBehind)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
