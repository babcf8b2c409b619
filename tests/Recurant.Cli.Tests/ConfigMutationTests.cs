using System.Text;
using Recurant.Tests.Mutations;

namespace Recurant.Cli.Tests;

/// <summary>Configuration files changed at random give settings or a message that names the file.</summary>
[Trait("Mutates", "files")]
public sealed class ConfigMutationTests
{
    private const int UsualCount = 4000;

    private static readonly byte[] s_settings = Encoding.UTF8.GetBytes("""
        // Settings
        {
          "data": "reviews.csv", /* the data */
          "hidden": 64,
          "learning-rate": 1e-3,
          "cell": "gru",
          "bidirectional": true,
          "dropout": 0.2,
          "budget": "90s",
          "label": "Kategorie \u00e9 \ud83d\ude00",
          "epochs": null,
        }
        """);

    [Fact]
    public void Read_MutatedFiles_GiveSettingsOrAMessage()
    {
        using var workspace = new Workspace();
        string path = workspace.Path("settings.jsonc"), whole = workspace.Path("whole.jsonc");
        ConfigFile.Write(whole);
        byte[][] good = [s_settings, File.ReadAllBytes(whole)];
        int count = MutationRun.Count(UsualCount), read = 0;
        foreach (byte[] content in good)
        {
            File.WriteAllBytes(path, content);
            ConfigFile.Read(path, new TrainSettings());
        }

        for (int i = 0; i < count; i++)
        {
            File.WriteAllBytes(path, Mutator.Change(good[i % 20 == 0 ? 1 : 0], good[i % 3 == 0 ? 1 : 0], new Random(i)));
            read += MutationRun.Succeeds(
                "settings.jsonc", i, "settings.jsonc", () => ConfigFile.Read(path, new TrainSettings()),
                fault => fault is UsageException or IOException) ? 1 : 0;
        }

        Assert.InRange(read, 1, count - 1);
    }
}
