using System.Diagnostics;
using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Training through the command: what it prints, what it leaves, and how it is interrupted.</summary>
public class TrainTests
{
    [Fact]
    public void Train_Json_PrintsOneObjectWithExactlyTheKeysPromised()
    {
        using var place = new Workspace();
        CommandResult result = place.TrainSmall("--json");
        Assert.Single(result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using JsonDocument document = JsonDocument.Parse(result.Out);
        JsonElement root = document.RootElement;
        Assert.Equal(["task", "model", "data", "seconds", "epochs", "parameters", "valid", "test", "baseline"], Keys(root));
        Assert.Equal(
            ["format", "text", "label", "other_texts", "other_labels", "rows", "majority"], Keys(root.GetProperty("data")));
        Assert.Equal(5, root.GetProperty("data").GetProperty("rows").GetArrayLength());
        Assert.Equal(["rows", "loss", "accuracy"], Keys(root.GetProperty("valid")));
        Assert.Equal(["rows", "loss", "accuracy", "macro_f1"], Keys(root.GetProperty("test")));
        Assert.Equal(["name", "test"], Keys(root.GetProperty("baseline")));
        Assert.Equal(["accuracy"], Keys(root.GetProperty("baseline").GetProperty("test")));
        Assert.Equal("classify", root.GetProperty("task").GetString());
        Assert.Equal("model.safetensors", root.GetProperty("model").GetString());
        Assert.Equal(3, root.GetProperty("epochs").GetInt32());
        Assert.InRange(root.GetProperty("test").GetProperty("accuracy").GetDouble(), 0.5, 1);
        Assert.Equal(["data.tsv", "model.safetensors"], place.Files());
    }

    [Fact]
    public void Train_ForPeople_PrintsEpochsOnErrorAndScoresBesideTheBaseline()
    {
        using var place = new Workspace();
        CommandResult result = place.TrainSmall();
        Assert.Contains("data.tsv: tab-separated columns with a header", result.Error, StringComparison.Ordinal);
        Assert.Contains("rows are set aside for the test", result.Error, StringComparison.Ordinal);
        Assert.Equal(3, result.ErrorLines.Count(line => line.StartsWith("    ", StringComparison.Ordinal)));
        Assert.All(result.ErrorLines.Where(line => line.StartsWith("    ", StringComparison.Ordinal)), line =>
            Assert.InRange(line.Length, 1, 59));
        Assert.Contains("test, bag of words", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Out + result.Error);
    }

    [Fact]
    public void Train_Recompute_NeedsOneDirectionAndSaysSo()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        CommandResult refused = place.Run("train", "data.tsv", "--recompute", "--out", "model.safetensors");
        Assert.Equal(2, refused.Code);
        Assert.Contains("--bidirectional false", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["data.tsv"], place.Files());
        place.TrainSmall("--recompute", "--no-bidirectional");
        Assert.True(place.Has("model.safetensors"));
    }

    [Fact]
    public void Train_Quiet_SaysNothingOnError()
    {
        using var place = new Workspace();
        Assert.Equal("", place.TrainSmall("--quiet").Error);
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameBytesOnAnyNumberOfThreads()
    {
        using var place = new Workspace();
        place.TrainSmall();
        byte[] once = File.ReadAllBytes(place.Path("model.safetensors"));
        Assert.Equal(0, place.Run(["train", "data.tsv", "--out", "model.safetensors", .. Reviews.Small[..^1], "3"]).Code);
        Assert.Equal(once, File.ReadAllBytes(place.Path("model.safetensors")));
        Assert.Equal(0, place.Run(["train", "data.tsv", "--out", "model.safetensors", "--seed", "2", .. Reviews.Small]).Code);
        Assert.NotEqual(once, File.ReadAllBytes(place.Path("model.safetensors")));
    }

    [Fact]
    public void Train_NoOut_NamesTheModelAfterTheDataInTheCurrentDirectory()
    {
        using var place = new Workspace();
        Directory.CreateDirectory(place.Path("inner"));
        place.Write("inner/opinions.v2.tsv", Reviews.Tsv());
        Assert.Equal(0, place.Run(["train", "inner/opinions.v2.tsv", .. Reviews.Small]).Code);
        Assert.Equal(["opinions.v2.safetensors"], place.Files());
    }

    [Theory]
    [InlineData("--model", "feedforward")]
    [InlineData("--model", "bag-of-words")]
    [InlineData("--cell", "elman", "--activation", "relu", "--form", "preactivation")]
    [InlineData("--cell", "gru", "--gru-reset", "outside", "--layers", "2", "--no-bidirectional", "--pooling", "attention")]
    [InlineData("--embedding", "onehot", "--dropout", "input=0,layers=0.1,recurrent=0.1,word=0.05,embedding=0.05,output=0.2")]
    [InlineData("--models", "2", "--characters", "4")]
    [InlineData("--unit", "char", "--pooling", "mean", "--no-lowercase", "--bidirectional=true")]
    [InlineData("--optimizer", "rmsprop", "--schedule", "plateau", "--clip", "0.5", "--batch", "16", "--weight-decay", "0",
        "--budget", "1m")]
    public void Train_EveryKindOfModel_CanBeTestedAndPredictedWith(params string[] options)
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        // What a bag of words does not have is refused.
        string[] unused = options.Contains("bag-of-words") ? ["--hidden", "--embedding"] : [];
        string[] small = [.. Reviews.Small.Chunk(2).Where(pair => !options.Contains(pair[0]) && !unused.Contains(pair[0]))
            .SelectMany(pair => pair)];
        CommandResult trained = place.Run(["train", "data.tsv", "--out", "model.safetensors", .. small, .. options]);
        Assert.True(trained.Code == 0, trained.Error);
        CommandResult tested = place.Run("test", "model.safetensors", "data.tsv", "--json");
        using JsonDocument scores = JsonDocument.Parse(tested.Out);
        Assert.Equal(["task", "rows", "loss", "accuracy", "macro_f1"], Keys(scores.RootElement));
        Assert.Equal(120, scores.RootElement.GetProperty("rows").GetInt32());
        Assert.Matches("^(positive|negative)\t[01]\\.\\d{4}\n$",
            place.Run("predict", "model.safetensors", "The film is good.").Out);
    }

    [Fact]
    public void Train_SeveralModels_ShowsEachAndKeepsAllInOneFile()
    {
        using var place = new Workspace();
        CommandResult result = place.TrainSmall("--models", "2", "--characters", "4");
        Assert.Equal(
            ["model 1 of 2", "model 2 of 2"],
            result.ErrorLines.Where(line => line.StartsWith("model ", StringComparison.Ordinal)));
        Assert.Matches("6 epochs in .*; of each model the best: [123], [123]\n", result.Out);
        Assert.Contains("average of 2 models: words and their characters", result.Out, StringComparison.Ordinal);
        Assert.Contains("test, bag of words", result.Out, StringComparison.Ordinal);
        string inspected = place.Run("inspect", "model.safetensors").Out;
        Assert.Contains("average of 2 models", inspected, StringComparison.Ordinal);
        Assert.Contains("models.1.characters.weight_ih_l0", inspected, StringComparison.Ordinal);
        Assert.Matches("\"best_epochs\": ?\\[ ?[123], ?[123] ?\\]", inspected.ReplaceLineEndings(" "));
    }

    [Theory]
    [InlineData("--models", "0", "--models is 0; it must be 1 to 100")]
    [InlineData("--models", "two", "--models: ")]
    [InlineData("--characters", "-1", "it must be 0 (none) to 65,536")]
    public void Train_ModelsOrCharactersOutOfRange_SaysSo(string option, string value, string message)
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        CommandResult result = place.Run("train", "data.tsv", option + "=" + value);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(["data.tsv"], place.Files());
    }

    [Fact]
    public void Train_VectorsFile_AreUsed()
    {
        using var place = new Workspace();
        place.Write("vectors.txt", "good 1 0 0\nbad 0 1 0\nfilm 0 0 1\n");
        CommandResult result =
            place.Run(["train", place.Write("data.tsv", Reviews.Tsv()), "--vectors", "vectors.txt", "--freeze-vectors",
                "--hidden", "8", "--epochs", "2"]);
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("3 pretrained word vectors", result.Out, StringComparison.Ordinal);
        CommandResult clash = place.Run("train", "data.tsv", "--vectors", "vectors.txt", "--embedding", "8");
        Assert.Equal(2, clash.Code);
        Assert.Contains("Embedding is 8, but the pretrained word vectors have 3 numbers", clash.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ValidationAndTestFiles_AreUsedAsTheyAre()
    {
        using var place = new Workspace();
        place.Write("valid.tsv", Reviews.Tsv(30));
        place.Write("test.tsv", Reviews.Tsv(50));
        CommandResult result = place.TrainSmall("--valid", "valid.tsv", "--test", "test.tsv");
        Assert.Matches(@"validation +30 ", result.Out);
        Assert.Matches(@"\ntest +50 ", result.Out);
    }

    [Fact]
    public void Train_DirectoryOfTwoFiles_TakesThemForLabels()
    {
        using var place = new Workspace();
        Directory.CreateDirectory(place.Path("polarity"));
        foreach (string label in (string[])["positive", "negative"])
        {
            place.Write($"polarity/rt.{(label == "positive" ? "pos" : "neg")}",
                string.Concat(Reviews.Pairs(120).Where(pair => pair.Label == label).Select(pair => pair.Text + "\n")));
        }

        CommandResult result = place.Run(["train", "polarity", .. Reviews.Small]);
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(["polarity.safetensors"], place.Files());
    }

    [Fact]
    public void Train_RareLabel_KeepsEnoughToLearnFrom()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv() + "mixed\tNeither this nor that.\nmixed\tHard to say.\n");
        place.TrainSmall();
    }

    [Fact]
    public void CtrlC_AfterAnEpoch_SavesTheBestWeightsSoFar()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no signal to a single process.");
        using var place = new Workspace();
        CommandResult result = Interrupt(place, wait: line => line.StartsWith("    1 ", StringComparison.Ordinal));
        Assert.Equal(130, result.Code);
        Assert.Contains("model.safetensors holds the best weights so far", result.Error, StringComparison.Ordinal);
        Assert.Equal(["data.tsv", "model.safetensors"], place.Files());
        Assert.Equal(0, place.Run("predict", "model.safetensors", "The film is good.").Code);
    }

    [Fact]
    public void CtrlC_BeforeTheFirstEpochIsOver_LeavesNothingAndTheOldFileAsItWas()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no signal to a single process.");
        using var place = new Workspace();
        place.TrainSmall();
        byte[] older = File.ReadAllBytes(place.Path("model.safetensors"));
        // Wide enough that one epoch takes much longer than the signal.
        CommandResult result =
            Interrupt(
                place, line => line.Contains("rows are set aside", StringComparison.Ordinal), "--hidden", "600", "--batch", "1");
        Assert.Equal(130, result.Code);
        Assert.Contains("interrupted; nothing was written", result.Error, StringComparison.Ordinal);
        Assert.Equal(older, File.ReadAllBytes(place.Path("model.safetensors")));
        Assert.Equal(["data.tsv", "model.safetensors"], place.Files());
    }

    private static CommandResult Interrupt(Workspace place, Predicate<string> wait, params string[] more)
    {
        place.Write("data.tsv", Reviews.Tsv(4000));
        using Process process =
            place.Start(["train", "data.tsv", "--out", "model.safetensors", "--threads", "1", "--epochs", "100000",
                "--patience", "100000", .. more]);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        var seen = new List<string>();
        while (process.StandardError.ReadLine() is { } line)
        {
            seen.Add(line);
            if (wait(line)) break;
        }

        string id = process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using (Process kill = Process.Start("kill", ["-INT", id])) kill.WaitForExit();
        CommandResult result = Workspace.Finish(process, output, process.StandardError.ReadToEndAsync());
        return result with { Error = string.Join('\n', seen) + "\n" + result.Error };
    }

    private static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];
}
