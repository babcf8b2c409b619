using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>doctor and replay.</summary>
public class DoctorTests
{
    [Fact]
    public void Doctor_SoundData_HasNoFaultAndCodeZero()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        CommandResult result = place.Run("doctor", "data.tsv");
        Assert.True(result.Code == 0, result.Out + result.Error);
        Assert.Contains("ok       conflicts: data.tsv: no text has two different answers.", result.Out, StringComparison.Ordinal);
        Assert.Matches(@"\n0 faults, \d+ warnings?, \d+ notes?, \d+ ok\n$", result.Out);
        Assert.All(result.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void Doctor_TestIsTheTrainingData_IsAFaultAndNamesBothLines()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        place.Write("test.tsv", Reviews.Tsv(40));
        CommandResult result = place.Run("doctor", "data.tsv", "--test", "test.tsv");
        Assert.Equal(1, result.Code);
        Assert.Contains("fault leakage: 40 texts of test.tsv (100.0%) also occur in data.tsv, ",
            Joined(result.Out),
            StringComparison.Ordinal);
        Assert.Contains("test.tsv, line 2 = data.tsv, line 2;", result.Out, StringComparison.Ordinal);

        using JsonDocument document = JsonDocument.Parse(place.Run("doctor", "data.tsv", "--test", "test.tsv", "--json").Out);
        Assert.Equal("fault", document.RootElement.GetProperty("worst").GetString());
        JsonElement leakage = document.RootElement.GetProperty("findings").EnumerateArray()
            .Single(finding => finding.GetProperty("check").GetString() == "leakage");
        Assert.Equal(40, leakage.GetProperty("where").GetArrayLength());
        Assert.Equal(40, leakage.GetProperty("values").GetProperty("leaked").GetInt32());
    }

    [Fact]
    public void Doctor_WithModel_ExaminesItToo()
    {
        using var place = new Workspace();
        place.TrainSmall();
        place.Write("more.tsv", "label\ttext\n" + string.Concat(Reviews.Pairs(160).Skip(120)
            .Select(pair => $"{pair.Label}\t{pair.Text}\n")));
        CommandResult result = place.Run("doctor", "data.tsv", "model.safetensors", "--test", "more.tsv");
        Assert.True(result.Code == 0, result.Out + result.Error);
        foreach (string check in (string[])["batch and order", "padding", "threads", "gradients, every weight",
            "against a bag of words"])
        {
            Assert.Contains($" {check}: ", result.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Doctor_TaggedWordsPairsAndLines_AreToldApart()
    {
        using var place = new Workspace();
        place.Write("words.conll", string.Concat(Enumerable.Repeat("the DET\ndog NOUN\n\na DET\ncat NOUN\n\n", 3)));
        place.Write("pairs.tsv", "source\ttarget\none\teins\nOne\tein\ntwo\tzwei\n");
        place.Write("text.txt", string.Concat(Enumerable.Range(0, 30).Select(i => $"line number {i} of a text.\n")));
        Assert.Contains("tag balance: ", place.Run("doctor", "words.conll").Out, StringComparison.Ordinal);
        Assert.Contains("conflicts: pairs.tsv: 1 pair ", place.Run("doctor", "pairs.tsv", "--task", "translate").Out,
            StringComparison.Ordinal);
        Assert.Contains("text.txt: 30 lines;", place.Run("doctor", "text.txt").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_Problem_HasNoDataToExamine()
    {
        using var place = new Workspace();
        CommandResult result = place.Run("doctor", "adding:20");
        Assert.Equal(2, result.Code);
        Assert.StartsWith("recurant: doctor: there are no checks for data of ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LossTurnsNonFinite_TellsThePlaceAndIsReplayed()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        CommandResult train = place.Run(
            "train", "data.tsv", "--out", "model.safetensors", "--optimizer", "sgd", "--learning-rate", "1e4", "--clip", "0",
            "--cell", "elman", "--activation", "relu", "--hidden", "8", "--embedding", "8");
        Assert.Equal(1, train.Code);
        Assert.Matches(@" place: recurrent layer 0, (forward|backward), (gates|output), (gate z, )?unit \d, text \d+ of the "
            + "batch", Joined(train.Error));
        Assert.Contains("likely cause: the recurrent product explodes", Joined(train.Error), StringComparison.Ordinal);
        Assert.Matches(@"\nstep +loss +gradient +rate +largest weight\n", train.Error);
        Assert.Contains("recurant replay model.nonfinite.safetensors", train.Error, StringComparison.Ordinal);

        // From the file alone.
        File.Delete(place.Path("data.tsv"));
        CommandResult replay = place.Run("replay", "model.nonfinite.safetensors", "--threads", "3");
        Assert.True(replay.Code == 0, replay.Out + replay.Error);
        Assert.Contains("Replayed: the same value at the same place, every layer bit-identical.", Joined(replay.Out),
            StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(place.Run("replay", "model.nonfinite.safetensors", "--json").Out);
        Assert.True(document.RootElement.GetProperty("same").GetBoolean());
        Assert.Equal(
            document.RootElement.GetProperty("recorded").GetProperty("place").GetRawText(),
            document.RootElement.GetProperty("repeated").GetProperty("place").GetRawText());
    }

    [Fact]
    public void Replay_ModelFile_SaysThatItHoldsNoStep()
    {
        using var place = new Workspace();
        place.TrainSmall();
        CommandResult result = place.Run("replay", "model.safetensors");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("recurant: model.safetensors: this file does not co", result.Error, StringComparison.Ordinal);
    }

    /// <summary>The text without its breaks and columns.</summary>
    private static string Joined(string text) => string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
