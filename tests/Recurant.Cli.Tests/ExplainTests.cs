using System.Text.Json;

namespace Recurant.Cli.Tests;

public sealed class ExplainTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Explain_DemoOfNotGood_NotTurnsGood()
    {
        CommandResult demo = _workspace.Run("demo", "--save", "models", "--quiet");
        Assert.Equal(0, demo.Code);
        foreach (string name in new[] { "recurrent", "lstm", "gru" })
        {
            CommandResult result = _workspace.Run(
                "explain", $"models/{name}.safetensors", "This movie is not good", "--json", "--report", "why.html");
            Assert.True(result.Code == 0, result.Error);
            JsonElement answer = JsonDocument.Parse(result.Out).RootElement;
            Assert.Equal("negative", answer.GetProperty("label").GetString());
            JsonElement pair = answer.GetProperty("pairs")[0];
            Assert.Equal(3, pair.GetProperty("turner").GetInt32());
            Assert.Equal(4, pair.GetProperty("turned").GetInt32());
            // "good" speaks against negative by itself, and for it behind "not".
            Assert.True(pair.GetProperty("second_alone").GetDouble() < -2, $"{name}: {pair}");
            Assert.True(pair.GetProperty("second_effect").GetDouble() > 1, $"{name}: {pair}");
            JsonElement sum = answer.GetProperty("attribution");
            double expected = sum.GetProperty("expected").GetDouble();
            Assert.True(
                Math.Abs(sum.GetProperty("error").GetDouble()) <= 0.005 * Math.Max(1, Math.Abs(expected)), $"{name}: {sum}");
            Assert.Contains("reverses", File.ReadAllText(_workspace.Path("why.html")), StringComparison.Ordinal);
        }

        CommandResult text = _workspace.Run("explain", "models/lstm.safetensors", "This movie is not good");
        Assert.Contains("\"not\" reverses \"good\"", text.Out, StringComparison.Ordinal);
        Assert.All(text.Out.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.DoesNotContain('\e', text.Out);
        CommandResult data = _workspace.Run("explain", "models/lstm.safetensors", "--data", WriteReviews(), "--json");
        Assert.True(data.Code == 0, data.Error);
        Assert.Equal(4, JsonDocument.Parse(data.Out).RootElement.GetProperty("texts").GetInt32());
        CommandResult bag =
            _workspace.Run("explain", "models/bag-of-words.safetensors", "This movie is not good", "--class", "negative");
        Assert.Contains("(the model predicts positive)", bag.Out, StringComparison.Ordinal);
        CommandResult wrong = _workspace.Run("explain", "models/lstm.safetensors", "good", "--class", "neutral");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("\"negative\", \"positive\"", wrong.Error, StringComparison.Ordinal);
        CommandResult unfit = _workspace.Run("explain", "models/lstm.safetensors", "good", "--word", "1");
        Assert.Equal(2, unfit.Code);
        Assert.Contains("--word does not apply", unfit.Error, StringComparison.Ordinal);
        Assert.Equal(2, _workspace.Run("explain", "models/lstm.safetensors").Code);
    }

    private string WriteReviews() => _workspace.Write(
        "four.tsv",
        "label\ttext\nnegative\tThis movie is not good\npositive\tThe book is good\nnegative\tThe plot is bad\npositive\tIt "
        + "is not bad\n");
}
