namespace Recurant.Tests;

/// <summary>The checkout the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root, found by going up from the test program to the solution file.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? up = new(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            if (File.Exists(Path.Combine(up.FullName, "Recurant.slnx"))) return up.FullName;
        }

        throw new DirectoryNotFoundException(
            $"No Recurant.slnx above {AppContext.BaseDirectory}; run the tests inside the repository.");
    }
}
