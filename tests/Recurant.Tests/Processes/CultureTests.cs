using System.Text.Json.Nodes;

namespace Recurant.Tests.Processes;

/// <summary>
/// The same work in processes of several cultures, with the ICU library and without it: the tokens, the model files, the texts of
/// records, messages and findings are the same, letter for letter.
/// </summary>
[Trait("Starts", "processes")]
public class CultureTests
{
    [Theory]
    [InlineData("tr-TR", "0,5")]
    [InlineData("de-DE", "0,5")]
    [InlineData("ar-SA", "0\u066B5")]
    [InlineData("sv-SE", "0,5")]
    [InlineData("en-US", "0.5")]
    public void Run_AnotherCultureWithIcu_WritesTheSameAsWithout(string culture, string half)
    {
        using var directory = new TemporaryDirectory();
        string[] without = Run(directory["without"], isInvariant: true, culture);
        string[] with = Run(directory["with"], isInvariant: false, culture);
        // The culture is in force there, and not here: otherwise the test could not fail.
        Assert.Equal($"culture {culture} {half}", with[0]);
        Assert.Equal("culture 0.5", without[0]);
        Assert.True(without.Length > 50, $"{without.Length} lines");
        Assert.Equal(without[1..], with[1..]);
    }

    private static string[] Run(string directory, bool isInvariant, string culture)
    {
        Directory.CreateDirectory(directory);
        JsonNode settings = JsonNode.Parse(File.ReadAllText(HostProcess.FileOf(".runtimeconfig.json")))!;
        settings["runtimeOptions"]!["configProperties"]!["System.Globalization.Invariant"] = isInvariant;
        string file = Path.Combine(directory, "runtimeconfig.json");
        File.WriteAllText(file, settings.ToJsonString());
        string language = culture.Replace('-', '_') + ".UTF-8";
        HostProcess process = HostProcess.Run([directory, "culture"], file, ("LANG", language), ("LC_ALL", language));
        Assert.SkipWhen(!isInvariant && process.Errors.Contains("ICU", StringComparison.Ordinal),
            "NO ICU: a culture cannot be tried here. Install the library (Debian: apt-get install libicu-dev).");
        Assert.Equal("", process.Errors);
        Assert.Equal(0, process.Code);
        return process.Output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }
}
