using System.Text;

namespace Recurant.Tests.Samples;

/// <summary>The bundled reviews, read from the repository with no code of the library.</summary>
internal static class ReviewFiles
{
    public const string TrainingName = "reviews.tsv";
    public const string HeldOutName = "reviews-heldout.tsv";

    public static IReadOnlyList<(bool Positive, string[] Words)> Read(string name)
    {
        var rows = new List<(bool, string[])>();
        foreach (var line in Lines(name).Skip(1))
        {
            var fields = line.Split('\t');
            rows.Add((fields[0] == "positive", Words(fields[1])));
        }

        return rows;
    }

    public static string[] Lines(string name) => Encoding.UTF8.GetString(Bytes(name)).TrimEnd('\n').Split('\n');

    public static byte[] Bytes(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Recurant.slnx")))
        {
            folder = folder.Parent;
        }

        Assert.NotNull(folder);
        return File.ReadAllBytes(Path.Combine(folder.FullName, "samples", name));
    }

    /// <summary>Lower-cased words of letters and apostrophes; everything else separates.</summary>
    public static string[] Words(string text) =>
        new string([.. text.ToLowerInvariant().Select(c => char.IsLetter(c) || c == '\'' ? c : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
