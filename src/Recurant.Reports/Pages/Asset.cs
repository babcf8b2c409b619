namespace Recurant.Reports;

/// <summary>The styles and scripts of the folder Assets, which stand inside the pages.</summary>
internal static class Asset
{
    /// <summary>The text of a file of the folder Assets.</summary>
    /// <param name="name">Its name: <c>page.css</c>.</param>
    public static string Read(string name)
    {
        using Stream stream = typeof(Asset).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly has no asset {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
