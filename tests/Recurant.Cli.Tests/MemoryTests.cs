using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>What the memory of a command on a large file rests on.</summary>
public class MemoryTests
{
    [Fact]
    public void RuntimeOptions_OfTheCommand_CloseGapsInTheHeap()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Recurant.Cli.runtimeconfig.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        JsonElement properties = document.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.Equal(7, properties.GetProperty("System.GC.ConserveMemory").GetInt32());
        Assert.False(properties.GetProperty("System.GC.Concurrent").GetBoolean());
    }

    /// <summary>A label of two rows, of which one would be tested with: the data are not copied for its sake.</summary>
    [Fact]
    public void SetTestAside_RareLabels_GoBackToTrainingAndHoldLittle()
    {
        using var list = new ExampleList();
        for (int i = 0; i < 20_000; i++)
        {
            string label = i >= 19_980 ? $"rare {i / 2}" : i % 2 == 0 ? "good" : "bad";
            list.Add($"text number {i}, of some words that make it as long as others are", label, i + 1);
        }

        var all = new TextDataset("reviews.tsv", list);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        (TextDataset train, TextDataset test) = LabelledData.SetTestAside(all);
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(held, 0, 60 * 20_000); // objects and strings of an example would take 200 bytes and more
        Assert.Equal(20_000, train.Count + test.Count);
        Assert.Equal(12, train.Labels.Count);
        Assert.Equal(["bad", "good"], test.Labels);
        Assert.Equal(20, train.Examples.Count(example => example.Label.StartsWith("rare", StringComparison.Ordinal)));
        Assert.Equal(20_000, train.Examples.Concat(test.Examples).Select(example => example.Line).Distinct().Count());
        // Those that come back stand behind the others.
        (TextDataset first, _) = DatasetSplit.Stratified(all, 0.1, 0);
        Assert.Equal(first.Examples, train.Examples.Take(first.Count));
        GC.KeepAlive(list);
    }

    [Fact]
    public void Beginning_OfALongText_IsWholeLinesOfSoManyCharacters()
    {
        var text = new PlainText("text", [.. Enumerable.Range(0, 1000).Select(i => $"line {i:D4}")]);
        Assert.Equal(text.Lines.Take(10), LanguageModelTraining.Beginning(text, 95).Lines);
        Assert.Equal(1000, LanguageModelTraining.Beginning(text, long.MaxValue).Count);
    }

    [Fact]
    public void Train_LanguageModelWithABudgetAndALongTest_TestsWithAPart()
    {
        using var place = new Workspace();
        File.WriteAllLines(
            place.Path("train.txt"), Enumerable.Range(0, 400).Select(i => $"the cat {i % 7} sat on the mat {i % 5}"));
        File.WriteAllLines(
            place.Path("test.txt"), Enumerable.Range(0, 20_000).Select(i => $"the dog {i % 7} sat on the mat {i % 5}"));
        CommandResult result = place.Run(
            "train", "train.txt", "--task", "lm", "--test", "test.txt", "--budget", "1s", "--hidden", "4", "--embedding", "4",
            "--out", "lm.safetensors", "--checkpoint", "none");
        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Contains("characters scored, for want of time", result.Error);
    }
}
