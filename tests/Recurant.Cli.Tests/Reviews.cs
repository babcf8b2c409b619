using System.Text;

namespace Recurant.Cli.Tests;

/// <summary>Small data made on the spot: easy to learn, so that a few epochs of a small network are enough.</summary>
internal static class Reviews
{
    private static readonly string[] s_nouns = ["film", "book", "game", "meal", "song", "play"];
    private static readonly string[] s_good = ["good", "great", "lovely", "superb", "fine"];
    private static readonly string[] s_bad = ["bad", "awful", "dull", "poor", "weak"];

    /// <summary>Options that make training a matter of a second.</summary>
    public static string[] Small { get; } =
        ["--hidden", "8", "--embedding", "8", "--epochs", "3", "--learning-rate", "0.02", "--threads", "1"];

    public static IEnumerable<(string Label, string Text)> Pairs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            bool good = i % 2 == 0;
            string word = (good ? s_good : s_bad)[i / 2 % 5];
            yield return (good ? "positive" : "negative", $"The {s_nouns[i % 6]} number {i} is {word}.");
        }
    }

    /// <summary>label, tab, text below a heading.</summary>
    public static string Tsv(int count = 120)
    {
        var text = new StringBuilder("label\ttext\n");
        foreach ((string label, string review) in Pairs(count)) text.Append(label).Append('\t').Append(review).Append('\n');
        return text.ToString();
    }

    /// <summary>Trains a small model from data.tsv to model.safetensors and fails the test if that does not work.</summary>
    public static CommandResult TrainSmall(this Workspace place, params string[] more)
    {
        if (!place.Has("data.tsv")) place.Write("data.tsv", Tsv());
        CommandResult result = place.Run(["train", "data.tsv", "--out", "model.safetensors", .. Small, .. more]);
        Xunit.Assert.True(result.Code == 0, result.Error);
        return result;
    }
}
