using System.Reflection;

namespace Recurant.Samples.Tests;

/// <summary>Each sample program runs and prints what its source promises. A test bears the name of its sample.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly ReviewFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Samples_EveryOneOnDisk_IsBuiltAndHasATest()
    {
        string[] onDisk = [.. Directory.GetDirectories(SampleProgram.Folder)
            .SelectMany(folder => Directory.GetFiles(folder, "*.*proj")).Select(Path.GetFileNameWithoutExtension)
            .Select(name => name!).Order(StringComparer.Ordinal)];
        string[] tested = [.. typeof(SampleTests).GetMethods()
            .Where(method => method.GetCustomAttribute<FactAttribute>() is not null && !method.Name.StartsWith("Samples_"))
            .Select(method => method.Name.Split('_')[0]).Distinct().Order(StringComparer.Ordinal)];

        Assert.NotEmpty(onDisk);
        Assert.Equal(onDisk, SampleProgram.Built.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(onDisk, tested);
    }

    [Fact]
    public void Samples_EveryOneOnDisk_IsInTheIndex()
    {
        string index = File.ReadAllText(Path.Combine(SampleProgram.Folder, "README.md"));

        Assert.All(SampleProgram.Built.Keys, name => Assert.Contains($"[{name}]({name}/Program.", index));
    }

    [Fact]
    public async Task QuickStart_OfTheChaptersSentence_SaysNegative()
    {
        string line = Assert.Single(await SampleProgram.Run("QuickStart", _folder.Path));

        Assert.StartsWith("This movie is not good: negative, with probability ", line);
        Assert.InRange(SampleProgram.Numbers(line).Single(), 0.5, 1);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "quick-start.safetensors")));
    }

    [Fact]
    public void QuickStart_Source_HasFewerThanFifteenLinesOfCode()
    {
        string[] lines = File.ReadAllLines(Path.Combine(SampleProgram.Folder, "QuickStart", "Program.cs"));

        Assert.InRange(lines.Count(line => line.Trim() is { Length: > 0 } code && !code.StartsWith("//")), 1, 14);
    }

    [Fact]
    public async Task OrderMatters_FourModels_OnlyTheBagOfWordsTakesNotGoodForPraise()
    {
        string[] lines = await SampleProgram.Run("OrderMatters", _folder.Path);
        double[] Row(string start) =>
            SampleProgram.Numbers(lines.Single(line => line.StartsWith(start, StringComparison.Ordinal)));

        Assert.EndsWith("bag of words    recurrent         LSTM          GRU", lines[0]);
        double[] notGood = Row("This movie is not good"), notBad = Row("This movie is not bad");
        double[] unseen = Row("right on 716 unseen");
        Assert.InRange(notGood[0], 0.5, 1);
        Assert.InRange(notBad[0], 0, 0.5);
        Assert.All(notGood[1..], praise => Assert.InRange(praise, 0, 0.3));
        Assert.All(notBad[1..], praise => Assert.InRange(praise, 0.7, 1));
        Assert.All(Row("This movie is good"), praise => Assert.InRange(praise, 0.5, 1));
        Assert.InRange(unseen[0], 50, 90);
        Assert.All(unseen[1..], percent => Assert.InRange(percent, 95, 100));
    }

    [Fact]
    public async Task FeedForward_TwoHiddenLayers_CannotTellTheOrderOfWords()
    {
        string[] lines = await SampleProgram.Run("FeedForward", _folder.Path);

        Assert.Contains(lines, line => line.Contains("H_1 = tanh(W_1 X + b_1)"));
        Assert.Contains(lines, line => line.Contains("H_2 = tanh(W_2 H_1 + b_2)"));
        Assert.InRange(SampleProgram.Numbers(lines[^3]).Single(), 60, 90);
        Assert.StartsWith("the acting is good but the movie is bad: ", lines[^2]);
        Assert.StartsWith("the acting is bad but the movie is good: ", lines[^1]);
        Assert.Equal(lines[^2].Split(": ")[1], lines[^1].Split(": ")[1]);
    }

    [Fact]
    public async Task FeedForward_RunTwice_PrintsTheSameAndWritesTheSameFile()
    {
        string file = Path.Combine(_folder.Path, "feed-forward.safetensors");
        string[] first = await SampleProgram.Run("FeedForward", _folder.Path);
        byte[] firstFile = File.ReadAllBytes(file);
        string[] second = await SampleProgram.Run("FeedForward", _folder.Path);

        Assert.Equal(first, second);
        Assert.Equal(firstFile, File.ReadAllBytes(file));
    }

    [Fact]
    public async Task ByHand_ThreeWords_PrintsTheNumbersOfTheEquations() =>
        ThreeWords.Check(await SampleProgram.Run("ByHand", _folder.Path));

    [Fact]
    public async Task ManyThreads_EightCallersAtOnce_GetTheSameAnswers() => Assert.Equal(
        ["716 texts, eight at a time: 0 answers differ", "716 texts, in one call: 0 answers differ"],
        await SampleProgram.Run("ManyThreads", _folder.Path));

    /// <summary>What it answers over HTTP is tested in Recurant.Extensions.Tests.</summary>
    [Fact]
    public async Task MinimalApi_WithoutAModel_EndsAndSaysWhatIsMissing()
    {
        (int code, string output) = await SampleProgram.End("MinimalApi", _folder.Path, "--urls", "http://127.0.0.1:0");

        Assert.NotEqual(0, code);
        Assert.Contains("There is no model for TextClassifier; no models are configured.", output);
        Assert.Contains("Recurant:Models", output);
    }

    [Fact]
    public async Task Sine_ThirtyValuesAhead_AreNear()
    {
        string[] lines = await SampleProgram.Run("Sine", _folder.Path);

        Assert.InRange(SampleProgram.Numbers(lines[0]).Single(), 0, 0.005);
        Assert.InRange(SampleProgram.Numbers(lines[1]).Single(), 0, 0.2);
    }

    [Fact]
    public async Task FSharpNetwork_OfTheSine_PrintsTheSameNumbers() => Assert.Equal(
        await SampleProgram.Run("Sine", _folder.Path), await SampleProgram.Run("FSharpNetwork", _folder.Path));

    [Fact]
    public async Task OwnCell_ItsGradients_AreRightAndItLearns()
    {
        string[] lines = await SampleProgram.Run("OwnCell", _folder.Path);

        Assert.Equal(5, lines.Length);
        Assert.All(lines[..4], line => Assert.EndsWith("gradients: right", line));
        Assert.Equal("the memory it found: 0.900", lines[4]);
    }

    [Fact]
    public async Task OwnLoss_ThreeQuantiles_CoverTheirShares()
    {
        string[] lines = await SampleProgram.Run("OwnLoss", _folder.Path);

        Assert.Equal(3, lines.Length);
        foreach ((string line, double share) in lines.Zip([10.0, 50, 90]))
        {
            Assert.InRange(SampleProgram.Numbers(line)[0], share - 4, share + 4);
        }
    }

    [Fact]
    public async Task PolicyGradient_Corridor_TurnsTheRightWay()
    {
        string[] lines = await SampleProgram.Run("PolicyGradient", _folder.Path);

        Assert.InRange(SampleProgram.Numbers(lines[0]).Single(), -0.5, 0.5);
        Assert.InRange(SampleProgram.Numbers(lines[^1]).Single(), 0.9, 1);
    }

    [Fact]
    public async Task StreamingDetector_TwoFaults_ReportsTheseAlone() => Assert.Equal(
        ["reported: 2300, 2750"], await SampleProgram.Run("StreamingDetector", _folder.Path));
}
