using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Generated problems from the command line.</summary>
public class ProblemTests : IDisposable
{
    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void TrainAndTest_Adding_GoTogether()
    {
        CommandResult trained = _place.Run(
            "train", "adding:8", "--hidden", "16", "--epochs", "4", "--learning-rate", "0.01", "--threads", "1", "--out",
            "m.safetensors");
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Contains("without memory the loss is 0.1667", trained.Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^test, no memory +1,000 +0\\.166667$", trained.Out);
        CommandResult tested = _place.Run("test", "m.safetensors", "adding:8", "--json");
        using JsonDocument scores = JsonDocument.Parse(tested.Out);
        Assert.InRange(scores.RootElement.GetProperty("loss").GetDouble(), 0, 0.1);

        CommandResult inspected = _place.Run("inspect", "m.safetensors");
        Assert.Contains("\nreads 8 steps of 2 numbers\n", inspected.Out, StringComparison.Ordinal);
        using JsonDocument model = JsonDocument.Parse(_place.Run("inspect", "m.safetensors", "--json").Out);
        Assert.Equal("problem", model.RootElement.GetProperty("model").GetProperty("task").GetString());
        Assert.Equal(0, model.RootElement.GetProperty("model").GetProperty("words").GetInt32());
        CommandResult other = _place.Run("test", "m.safetensors", "adding:9");
        Assert.Equal(2, other.Code);
        Assert.Contains("was trained on adding:8", other.Error, StringComparison.Ordinal);
        CommandResult predicted = _place.Run("predict", "m.safetensors", "1 2");
        Assert.Equal(1, predicted.Code);
        Assert.Contains("recurant test m.safetensors", predicted.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adding:x")]
    [InlineData("copying:")]
    public void Train_LengthThatIsNone_SaysWhatFits(string name)
    {
        CommandResult result = _place.Run("train", name);
        Assert.Equal(2, result.Code);
        Assert.Contains("there must be a length", result.Error, StringComparison.Ordinal);
        Assert.Empty(_place.Files());
    }
}
