namespace Recurant.Tests.Data;

/// <summary>The real data sets that stand beside the repository on some machines, in shared/data.</summary>
internal static class SharedData
{
    /// <summary>The path of a file there; without it the calling test is reported as skipped.</summary>
    internal static string Find(string relative)
    {
        for (DirectoryInfo? up = new(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            string path = Path.Combine(up.FullName, "shared", "data", relative);
            if (Path.Exists(path)) return path;
        }

        Assert.Skip($"shared/data/{relative} is not on this machine.");
        return "";
    }
}
