namespace Recurant.Tests;

/// <summary>What people read: the sources with their comments and messages, the documentation and the README.</summary>
public class WordingTests
{
    /// <summary>Phrases that a native reader stumbles over, each with what to write instead.</summary>
    private static readonly (string Phrase, string Instead)[] s_phrases =
    [
        ("foretell", "predict"), ("foretold", "predicted"), ("learnt numbers", "parameters"),
        ("taken for what", "confusion matrix"),
        ("takes for what", "confusion matrix"), ("right \\\\ answered", "actual \\ predicted"), ("they must to", "expected"),
        ("stand there", "occur"), ("page stands in", "Wrote FILE"), ("with it for it", "for it with ..."),
        ("rows learnt from", "training rows"),
        ("rests most on", "strongest influence"), ("surest mistake", "most confident mistakes"),
        ("train anew", "retrain the model"),
        ("ready-made word vectors", "pretrained word vectors"), ("way back", "backward pass"),
            ("does no worse", "is no worse"),
    ];

    [Fact]
    public void Lines_OfTheSources_HaveNoTranslatedPhrases()
    {
        var found = new List<string>();
        foreach (string path in Directory.EnumerateFiles(
            Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            if (path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            {
                continue;
            }

            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                number++;
                Look(line, path, number, found);
            }
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Documentation_AndReadme_HaveNoTranslatedPhrases()
    {
        var found = new List<string>();
        string[] pages =
        [
            Path.Combine(Repository.Root, "README.md"),
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories),
        ];
        foreach (string path in pages)
        {
            int number = 0;
            foreach (string line in File.ReadLines(path)) Look(line, path, ++number, found);
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Look_ForbiddenPhrase_IsFoundWithItsPlace()
    {
        var found = new List<string>();
        Look("\"hard to Foretell\"", Path.Combine(Repository.Root, "src", "x.cs"), 7, found);
        Assert.Equal([$"{Path.Combine("src", "x.cs")}:7: \"foretell\": write \"predict\""], found);
    }

    private static void Look(string text, string path, int line, List<string> found)
    {
        foreach ((string phrase, string instead) in s_phrases)
        {
            if (!text.Contains(phrase, StringComparison.OrdinalIgnoreCase)) continue;
            found.Add($"{Path.GetRelativePath(Repository.Root, path)}:{line}: \"{phrase}\": write \"{instead}\"");
        }
    }
}
