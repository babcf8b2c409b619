using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>inspect, gradcheck and demo.</summary>
public class InsightTests
{
    [Fact]
    public void Inspect_OwnModel_ShowsLayersEquationsAndTensors()
    {
        using var place = new Workspace();
        place.TrainSmall("--cell", "gru", "--no-bidirectional");
        CommandResult result = place.Run("inspect", "model.safetensors");
        Assert.Equal(0, result.Code);
        Assert.StartsWith("GRU, 1 layer of 8 units, max pooling\nlabels: negative, positive\n", result.Out,
            StringComparison.Ordinal);
        Assert.Contains("    h_t = (1 - z) * n + z * h_(t-1)", result.Out, StringComparison.Ordinal);
        Assert.Matches(@"weight_hh_l0 +F32 +\[24, 8\] +192\n", result.Out);

        using JsonDocument document = JsonDocument.Parse(place.Run("inspect", "model.safetensors", "--json").Out);
        JsonElement model = document.RootElement.GetProperty("model"), tensors = document.RootElement.GetProperty("tensors");
        Assert.Equal(model.GetProperty("parameters").GetInt64(),
            tensors.EnumerateArray().Sum(tensor => tensor.GetProperty("elements").GetInt64()));
        Assert.Equal("data.tsv", model.GetProperty("training").GetProperty("data").GetString());
        Assert.False(model.GetProperty("training").GetProperty("settings").TryGetProperty("threads", out _));
    }

    [Fact]
    public void Inspect_FileOfAnotherProgram_ShowsTensorsAndMetadata()
    {
        using var place = new Workspace();
        byte[] header =
            """{"__metadata__":{"format":"pt"},"weight":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]}}"""u8.ToArray();
        place.WriteBytes("other.safetensors", [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[12]]);
        CommandResult result = place.Run("inspect", "other.safetensors");
        Assert.Equal(0, result.Code);
        Assert.Matches(@"weight +F16 +\[2, 3\] +6\n", result.Out);
        Assert.EndsWith("format: pt\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradcheck_NoOptions_ChecksEveryCell()
    {
        using var place = new Workspace();
        CommandResult result = place.Run("gradcheck");
        Assert.True(result.Code == 0, result.Out);
        // Elman in six forms, the GRU in two.
        Assert.Equal(Enum.GetValues<CellKind>().Length
            + 6, result.Out.Split('\n').Count(line => line.EndsWith("  ok", StringComparison.Ordinal)));
        Assert.EndsWith("All gradients agree.\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradcheck_OneNetwork_HasARowForEveryTensorAndTheInitialStates()
    {
        using var place = new Workspace();
        CommandResult result =
            place.Run("gradcheck", "--cell", "lstm", "--hidden", "4", "--pooling", "attention", "--embedding", "onehot",
                "--json");
        using JsonDocument document = JsonDocument.Parse(result.Out);
        Assert.True(document.RootElement.GetProperty("passed").GetBoolean(), result.Out);
        string[] names = [.. document.RootElement.GetProperty("networks")[0].GetProperty("tensors").EnumerateArray()
            .Select(tensor => tensor.GetProperty("name").GetString()!)];
        Assert.Equal(
            ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "attention.weight", "attention.bias",
                "attention.query", "output.weight", "output.bias", "h0", "c0"],
            names);
    }

    [Fact]
    public void Audit_ErrorsBeyondRounding_DoNotPass()
    {
        var row = new GradientAuditRow("weight_hh_l0", 9, ReferenceError: 1e-9, ProductionError: 1e-6);
        Assert.True(row.Passes);
        Assert.False((row with { ReferenceError = 1e-4 }).Passes);
        Assert.False((row with { ProductionError = 1e-2 }).Passes);
        Assert.False((row with { ProductionError = double.PositiveInfinity }).Passes);
        Assert.Throws<ArgumentException>(
            () => GradientAudit.Run(
                new ClassifierSpec { Model = ModelKind.FeedForward, VocabularySize = 5, Classes = 2,
                    Recurrent = new RecurrentSpec
                    {
                        Cell = CellKind.Gru, Bidirectional = true,
                    } }));
    }

    [Fact]
    public void Demo_Json_TellsTheChaptersStory()
    {
        using var place = new Workspace();
        CommandResult result = place.Run("demo", "--json", "--quiet");
        Assert.True(result.Code == 0, result.Error);
        using JsonDocument document = JsonDocument.Parse(result.Out);
        JsonElement[] models = [.. document.RootElement.GetProperty("models").EnumerateArray()];
        Assert.Equal(["bag of words", "recurrent", "LSTM", "GRU"], models.Select(model => model.GetProperty("name").GetString()));
        Assert.All(models[2..], model =>
            Assert.InRange(model.GetProperty("heldout").GetProperty("accuracy").GetDouble(), 0.97, 1));
        JsonElement notGood = document.RootElement.GetProperty("sentences").EnumerateArray()
            .Single(sentence => sentence.GetProperty("text").GetString() == "This movie is not good");
        JsonElement[] answers = [.. notGood.GetProperty("answers").EnumerateArray()];
        Assert.Equal("positive", answers[0].GetProperty("label").GetString());
        Assert.All(answers[1..], answer =>
        {
            Assert.Equal("negative", answer.GetProperty("label").GetString());
            Assert.InRange(answer.GetProperty("probability").GetDouble(), 0.9, 1);
        });
        Assert.Empty(place.Files());
    }
}
