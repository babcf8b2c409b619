using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>train --record, --report and --tensorboard, report and compare.</summary>
public sealed class RecordTests : IDisposable
{
    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_WithEveryRecord_WritesThemAndTheSameModel()
    {
        _place.TrainSmall();
        byte[] without = File.ReadAllBytes(_place.Path("model.safetensors"));
        Assert.Equal(["data.tsv", "model.safetensors"], _place.Files());

        CommandResult result = _place.TrainSmall("--report", "run.html", "--tensorboard", "events");
        Assert.Equal(without, File.ReadAllBytes(_place.Path("model.safetensors")));
        Assert.Equal(["data.tsv", "model.run.jsonl", "model.safetensors", "run.html"], _place.Files());
        Assert.Single(Directory.GetFiles(_place.Path("events")));
        Assert.Contains("Wrote run.html", result.Error);
        string page = File.ReadAllText(_place.Path("run.html"));
        Assert.StartsWith("<!DOCTYPE html>", page);
        string[] headings = ["Loss and measures", "Confusion matrix", "Most confident mistakes", "equations"];
        Assert.All(headings, heading => Assert.Contains(heading, page));

        JsonElement[] lines =
            [.. File.ReadLines(_place.Path("model.run.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(
            "recurant train data.tsv --hidden 8 --embedding 8 --learning-rate 0.02 --epochs 3 --threads 1 --out model.safetensors"
                .Split(' ').Order(),
            lines[0].GetProperty("command").GetString()!.Split(' ').Order());
        Assert.Equal(3, lines.Count(line => line.GetProperty("kind").GetString() == "epoch"));
        Assert.Equal("result", lines[^1].GetProperty("kind").GetString());
        Assert.Equal("completed", lines[^1].GetProperty("end").GetString());
        Assert.Equal(2, lines[^1].GetProperty("confusion").GetArrayLength());

        CommandResult report = _place.Run("report", "model.safetensors");
        Assert.Equal((0, "model.html\n"), (report.Code, report.Out));
        Assert.Equal(page, File.ReadAllText(_place.Path("model.html")));
    }

    [Fact]
    public void Train_OtherTasks_AreRecorded()
    {
        _place.Write("lines.txt", string.Concat(Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? "abc\n" : "abd\n")));
        string[] small = ["--hidden", "8", "--embedding", "8", "--epochs", "2", "--threads", "1", "--quiet"];
        CommandResult result = _place.Run(["train", "lines.txt", "--task", "lm", "--report", "lines.html", .. small]);
        Assert.True(result.Code == 0, result.Error);
        string page = File.ReadAllText(_place.Path("lines.html"));
        Assert.Contains("bits a character", page);
        Assert.Contains("Where the loss comes from", page);
        JsonElement costs = ResultOf("lines").GetProperty("token_costs");
        Assert.Equal(
            1, costs.GetProperty("by_frequency").EnumerateArray().Sum(band => band.GetProperty("share").GetDouble()), 1e-6);
        Assert.Equal(page, Again("lines"));
    }

    [Fact]
    public void Train_Tagger_RecordsConfusionAndMistakes()
    {
        _place.Write("words.conll", string.Concat(Enumerable.Range(0, 240).Select(
            i => $"the\tD\n{(i % 2 == 0 ? "cat" : "mat")}{i % 50}\tN\n{(i % 3 == 0 ? "cat" : "sat")}{i % 7}\tV\n\n")));
        Train("words.conll", "words");
        JsonElement result = ResultOf("words");
        Assert.Equal(result.GetProperty("labels").GetArrayLength(), result.GetProperty("confusion").GetArrayLength());
        Assert.Equal("words", result.GetProperty("confusion_of").GetString());
        Assert.True(result.GetProperty("calibration").GetProperty("bins").GetArrayLength() > 0);
        JsonElement[] mistakes = [.. result.GetProperty("mistakes").EnumerateArray()];
        Assert.NotEmpty(mistakes);
        Assert.All(mistakes, mistake => Assert.Contains(
            $"[{mistake.GetProperty("word").GetString()}]", mistake.GetProperty("text").GetString()));
        Assert.Contains("Confusion matrix", Again("words"));
    }

    [Fact]
    public void Train_Pairs_RecordsWorstTranslations()
    {
        _place.Write("pairs.tsv", string.Concat(Enumerable.Range(0, 60).Select(i => $"one {i % 7}\teins {i % 7}\n")));
        Train("pairs.tsv", "pairs", "--task", "translate");
        JsonElement translations = ResultOf("pairs").GetProperty("translations");
        Assert.Equal(
            translations.GetProperty("pairs").GetInt32(),
            translations.GetProperty("by_length").EnumerateArray().Sum(band => band.GetProperty("pairs").GetInt32()));
        Assert.Contains("Worst translations first", Again("pairs"));
    }

    [Fact]
    public void Train_Problem_RecordsTheErrorByDistance()
    {
        Train("adding:20", "sum");
        JsonElement distances = ResultOf("sum").GetProperty("by_distance");
        Assert.Equal(10, distances.GetProperty("bands").GetArrayLength());
        string page = Again("sum");
        Assert.Contains("How far back it remembers", page);
        Assert.Contains("loss (squared error)", page);
        Assert.DoesNotContain("loss (nats)", page);
    }

    private void Train(string data, string name, params string[] more)
    {
        CommandResult result = _place.Run(
        [
            "train", data, "--hidden", "8", "--epochs", "1", "--threads", "1", "--quiet",
            "--out", name + ".safetensors", "--record", name + ".run.jsonl", .. more,
        ]);
        Assert.True(result.Code == 0, result.Error);
    }

    private JsonElement ResultOf(string name) =>
        JsonDocument.Parse(File.ReadLines(_place.Path(name + ".run.jsonl")).Last()).RootElement;

    /// <summary>The page that is drawn of the record.</summary>
    private string Again(string name)
    {
        CommandResult result = _place.Run("report", name + ".run.jsonl", "--out", name + ".again.html");
        Assert.True(result.Code == 0, result.Error);
        return File.ReadAllText(_place.Path(name + ".again.html"));
    }

    [Fact]
    public void Compare_TwoRuns_TellsScoresAndWhatDiffers()
    {
        _place.TrainSmall("--record", "lstm.run.jsonl");
        _place.TrainSmall("--record", "gru.run.jsonl", "--cell", "gru");

        CommandResult text = _place.Run("compare", "lstm.run.jsonl", "gru.run.jsonl");
        Assert.True(text.Code == 0, text.Error);
        Assert.All(text.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Matches(@"run +measure +valid +test", text.Out);
        Assert.Matches(@"--cell +- +gru", text.Out);
        Assert.DoesNotContain("--hidden", text.Out);
        Assert.True(_place.Has("compare.html"));

        File.Delete(_place.Path("compare.html"));
        using JsonDocument json = JsonDocument.Parse(_place.Run("compare", "lstm.run.jsonl", "gru.run.jsonl", "--json").Out);
        Assert.Equal("cell", Assert.Single(json.RootElement.GetProperty("differing").EnumerateArray()).GetString());
        Assert.Equal(3, json.RootElement.GetProperty("runs")[1].GetProperty("epochs").GetInt32());
        Assert.False(_place.Has("compare.html"));
    }

    [Fact]
    public void Report_NoRecord_SaysHowToMakeOne()
    {
        _place.TrainSmall();
        CommandResult model = _place.Run("report", "model.safetensors"), data = _place.Run("report", "data.tsv");
        Assert.Equal((1, 1), (model.Code, data.Code));
        Assert.Contains("--report FILE.html", model.Error);
        Assert.Contains("data.tsv, line 1: this is no line of a run record", data.Error);
    }

    [Theory]
    [InlineData("--report", "data.tsv")]
    [InlineData("--record", "model.safetensors")]
    [InlineData("--tensorboard", "data.tsv")]
    public void Train_RecordWouldOverwriteAnotherFile_IsWrongUsage(string option, string file)
    {
        _place.Write("data.tsv", Reviews.Tsv());
        CommandResult result = _place.Run("train", "data.tsv", "--out", "model.safetensors", option, file);
        Assert.Equal(2, result.Code);
        Assert.Contains($"{file}", result.Error);
        Assert.Equal(Reviews.Tsv(), File.ReadAllText(_place.Path("data.tsv")));
    }
}
