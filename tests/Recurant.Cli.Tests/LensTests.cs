using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>lens, and train --lens-every.</summary>
public class LensTests
{
    [Fact]
    public void Lens_ModelAndData_ShowsTableVerdictAndJson()
    {
        using var place = new Workspace();
        place.TrainSmall("--cell", "gru", "--no-bidirectional", "--pooling", "last");
        CommandResult result = place.Run("lens", "model.safetensors", "data.tsv", "--sequences", "5", "--report", "lens.html");
        Assert.True(result.Code == 0, result.Error);
        Assert.StartsWith("GRU, 1 layer of 8 units, last pooling\n5 sequences of up to ", result.Out, StringComparison.Ordinal);
        Assert.Matches(@"  0 +\S+ +[0-9.]+% +[0-9.]+%", result.Out);
        Assert.Contains("\nLayer 0: the gradient ", result.Out, StringComparison.Ordinal);
        Assert.All(result.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(place.Path("lens.html")), StringComparison.Ordinal);

        using JsonDocument document = JsonDocument.Parse(place.Run("lens", "model.safetensors", "data.tsv", "--json").Out);
        JsonElement layer = document.RootElement.GetProperty("layers")[0];
        Assert.Equal(document.RootElement.GetProperty("steps").GetInt32(), layer.GetProperty("state_gradient").GetArrayLength());
        JsonElement shares = layer.GetProperty("weight_hh").GetProperty("shares");
        Assert.Equal(1, shares.EnumerateArray().Sum(share => share.GetDouble()), 1e-4);
        JsonElement gates = layer.GetProperty("gates");
        Assert.Equal(["r", "z", "n"], gates.EnumerateArray().Select(gate => gate.GetProperty("gate").GetString()));
    }

    [Fact]
    public void Lens_FreshWeights_TellTanhFromRelu()
    {
        using var place = new Workspace();
        string[] few = ["--hidden", "16", "--sequences", "2", "--jacobians", "0"];
        Assert.Contains("vanishes", place.Run(["lens", "adding:90", "--cell", "elman", .. few]).Out, StringComparison.Ordinal);
        Assert.Contains("explodes",
            place.Run(["lens", "adding:90", "--cell", "elman", "--activation", "relu", "--gain", "1.1", .. few]).Out,
            StringComparison.Ordinal);
        Assert.Contains("is preserved", place.Run(["lens", "adding:90", .. few]).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--gain is for fresh weights", "lens", "model.safetensors", "data.tsv", "--gain", "2")]
    [InlineData("--cell is for fresh weights", "lens", "model.safetensors", "data.tsv", "--cell", "gru")]
    [InlineData("DATA is missing", "lens", "model.safetensors")]
    [InlineData("--gain: \"-1\" is not a number above 0", "lens", "data.tsv", "--gain=-1")]
    [InlineData("--report: data.tsv is read by this command", "lens", "data.tsv", "--report", "data.tsv")]
    [InlineData("--lens-every: \"1\" is too often", "train", "data.tsv", "--lens-every", "1")]
    public void Run_WrongUse_SaysSo(string message, params string[] words)
    {
        using var place = new Workspace();
        place.TrainSmall();
        CommandResult result = place.Run(words);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LensEvery_TellsOfStepsAndWritesTheSameModel()
    {
        using var place = new Workspace();
        place.TrainSmall();
        byte[] alone = File.ReadAllBytes(place.Path("model.safetensors"));
        CommandResult result = place.TrainSmall("--lens-every", "2");
        Assert.Matches(@"\n +step +layer 0 +far end", result.Error);
        Assert.Equal(alone, File.ReadAllBytes(place.Path("model.safetensors")));
    }
}
