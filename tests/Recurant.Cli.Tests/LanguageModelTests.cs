using System.Text;
using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Language models from the command line: train, test, generate, and what can be wrong.</summary>
public class LanguageModelTests : IDisposable
{
    private static readonly string[] s_small =
    [
        "--hidden", "24", "--embedding", "16", "--layers", "1", "--epochs", "10", "--batch", "4", "--bptt", "12",
            "--learning-rate",
        "0.02", "--dropout", "0", "--threads", "1", "--unit", "char",
    ];

    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void TrainTestGenerate_Characters_GoTogether()
    {
        CommandResult trained = Train();
        Assert.Contains("different characters", trained.Out, StringComparison.Ordinal);
        Assert.Contains("Next: recurant generate model.safetensors", trained.Out, StringComparison.Ordinal);

        CommandResult tested = _place.Run("test", "model.safetensors", "text.txt", "--json");
        using JsonDocument scores = JsonDocument.Parse(tested.Out);
        Assert.Equal("lm", scores.RootElement.GetProperty("task").GetString());
        Assert.InRange(scores.RootElement.GetProperty("perplexity").GetDouble(), 1, 1.4);
        double bits = scores.RootElement.GetProperty("bits").GetDouble();
        Assert.Equal(bits, scores.RootElement.GetProperty("bits_per_character").GetDouble(), 9);
        Assert.Matches("(?m)^bits/character +0\\.\\d{4}$", _place.Run("test", "model.safetensors", "text.txt").Out);

        string[] generate = ["generate", "model.safetensors", "--prompt", "the cat", "--length", "20", "--temperature", "0"];
        CommandResult written = _place.Run(generate);
        Assert.Equal(0, written.Code);
        Assert.StartsWith("the cat sat.\nthe dog ran.", written.Out, StringComparison.Ordinal);
        Assert.Equal(written.Out, _place.Run(generate).Out);
    }

    [Fact]
    public void Train_Subwords_AreLearntAndScoredByTheCharacter()
    {
        CommandResult trained = Train("--unit", "subword", "--subwords", "20", "--embedding", "24");
        Assert.Contains("language model of subwords", trained.Out, StringComparison.Ordinal);
        Assert.Contains("different subwords", trained.Out, StringComparison.Ordinal);
        CommandResult written = _place.Run(
            "generate", "model.safetensors", "--prompt", "the cat", "--length", "6", "--temperature", "0");
        Assert.StartsWith("the cat sat.", written.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SubwordsOfLabelledTexts_SaysWhatTheyAreFor()
    {
        _place.Write("labelled.tsv", "good\ta fine film\nbad\ta dull film\n");
        CommandResult result = _place.Run("train", "labelled.tsv", "--unit", "subword");
        Assert.Equal(2, result.Code);
        Assert.Contains("subwords are the tokens of language models", result.Error, StringComparison.Ordinal);
        Assert.Equal(["labelled.tsv"], _place.Files());
    }

    [Fact]
    public void Generate_PromptWithUnknownCharacters_SaysHowManyAndGoesOn()
    {
        Train();
        CommandResult result = _place.Run("generate", "model.safetensors", "--prompt", "the \u732bcat", "--length", "5");
        Assert.Equal(0, result.Code);
        Assert.Contains("1 ", result.Error, StringComparison.Ordinal);
        Assert.Contains("unknown", result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("the \u732bcat", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--temperature", "-1")]
    [InlineData("--top-p", "1.5")]
    [InlineData("--top-k", "x")]
    [InlineData("--length", "-3")]
    public void Generate_OptionOutOfRange_NamesIt(string option, string value)
    {
        Train("--epochs", "1");
        CommandResult result = _place.Run("generate", "model.safetensors", "--prompt", "the", option, value);
        Assert.Equal(2, result.Code);
        Assert.Contains(option, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }

    [Fact]
    public void Commands_OfOtherTasks_SayThatGenerateFits()
    {
        Train("--epochs", "1");
        CommandResult result = _place.Run("predict", "model.safetensors", "hello");
        Assert.Equal(1, result.Code);
        Assert.Contains("recurant generate model.safetensors", result.Error, StringComparison.Ordinal);
    }

    /// <summary>A loss may be finite where its perplexity is not: JSON has no infinity, so it says null.</summary>
    [Fact]
    public void Train_PerplexityBeyondAllNumbers_IsNullInJson()
    {
        string text = _place.Write("words.txt", string.Concat(Enumerable.Repeat("the cat sat on the mat\n", 60)));
        CommandResult trained = _place.Run(
            "train", text, "--task", "lm", "--optimizer", "sgd", "--clip", "0", "--learning-rate", "1e20", "--epochs", "1",
            "--json", "--out", _place.Path("huge.safetensors"));
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Contains("\"perplexity\":null", trained.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_EmptyText_SaysSoAndWritesNothing()
    {
        _place.Write("empty.txt", "");
        CommandResult result = _place.Run("train", "empty.txt", "--task", "lm", "--out", "m.safetensors");
        Assert.Equal(1, result.Code);
        Assert.Contains("empty.txt", result.Error, StringComparison.Ordinal);
        Assert.False(_place.Has("m.safetensors"));
    }

    private CommandResult Train(params string[] more)
    {
        var text = new StringBuilder();
        for (int i = 0; i < 300; i++) text.Append(i % 2 == 0 ? "the cat sat.\n" : "the dog ran.\n");
        _place.Write("text.txt", text.ToString());
        string[] settings = [.. s_small];
        // Options given twice are refused, so those of the call replace these.
        var options = new List<string>();
        for (int i = 0; i < settings.Length; i += 2)
        {
            if (!more.Contains(settings[i])) options.AddRange([settings[i], settings[i + 1]]);
        }

        CommandResult result = _place.Run(["train", "text.txt", "--out", "model.safetensors", .. options, .. more]);
        Assert.True(result.Code == 0, result.Error);
        return result;
    }
}
