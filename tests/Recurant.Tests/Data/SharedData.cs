namespace Recurant.Tests.Data;

/// <summary>The real data sets that stand beside the repository on some machines, in shared/data.</summary>
internal static class SharedData
{
    /// <summary>The path of a file there; without it the calling test is reported as skipped.</summary>
    internal static string Find(string relative) => FindIn("data", relative);

    /// <summary>The same in another folder of shared, such as its small cases made from public reports.</summary>
    internal static string FindIn(string folder, string relative)
    {
        for (DirectoryInfo? up = new(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            string path = Path.Combine(up.FullName, "shared", folder, relative);
            if (Path.Exists(path)) return path;
        }

        Assert.Skip($"shared/{folder}/{relative} is not on this machine.");
        return "";
    }
}
