using System.Text;
using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>lens, and train --lens-every, on running text, tagged words and pairs.</summary>
public sealed class LensTaskTests : IDisposable
{
    private static readonly string[] s_small =
    [
        "--hidden", "8", "--embedding", "6", "--layers", "1", "--epochs", "2", "--batch", "8", "--threads", "1", "--out",
        "model.safetensors", "--checkpoint", "none",
    ];

    private readonly Workspace _place = new();

    public LensTaskTests()
    {
        var tagged = new StringBuilder();
        var pairs = new StringBuilder("source\ttarget\n");
        var text = new StringBuilder();
        string[] words = ["cat", "dog", "sea", "hill", "moon"];
        for (int i = 0; i < 60; i++)
        {
            string noun = words[i % 5], other = words[i * 3 % 4];
            tagged.Append($"the\tDET\n{noun}\tNOUN\nsees\tVERB\nthe\tDET\n{other}\tNOUN\n\n");
            pairs.Append($"the {noun} sees {other} {i}\tdas {noun} {i} {other}\n");
            text.Append($"the {noun} sees the {other} and the {words[i * 2 % 5]}.\n");
        }

        _place.Write("words.conll", tagged.ToString());
        _place.Write("pairs.tsv", pairs.ToString());
        _place.Write("text.txt", text.ToString());
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Lens_LanguageModel_LooksAtWindowsOfTheText()
    {
        Train("text.txt", "--task", "lm", "--unit", "char");
        CommandResult result = _place.Run("lens", "model.safetensors", "text.txt", "--bptt", "20", "--sequences", "3");
        Assert.True(result.Code == 0, result.Error);
        Assert.StartsWith("language model of characters: ", result.Out, StringComparison.Ordinal);
        Assert.Contains("\n3 sequences of up to 20 steps, loss ", result.Out, StringComparison.Ordinal);
        Assert.Contains("; the loss depends on up to 20 steps\nlast step: ", result.Out, StringComparison.Ordinal);
        Assert.Contains("counted from the last step; --exact splits by t - k", result.Out, StringComparison.Ordinal);
        Assert.All(result.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 100));

        using JsonDocument exact = JsonDocument.Parse(
            _place.Run("lens", "model.safetensors", "text.txt", "--bptt", "20", "--sequences", "3", "--exact", "--json").Out);
        JsonElement layer = exact.RootElement.GetProperty("layers")[0];
        Assert.Equal("weights", layer.GetProperty("measured_by").GetString());
        Assert.True(layer.GetProperty("weight_hh").GetProperty("exact").GetBoolean());
        Assert.InRange(layer.GetProperty("weight_hh").GetProperty("difference").GetDouble(), 0, 2e-5);
        Assert.Equal(20, layer.GetProperty("last_step_gradient").GetArrayLength());

        // Without --bptt: the window of training.
        using JsonDocument fresh = JsonDocument.Parse(
            _place.Run("lens", "text.txt", "--task", "lm", "--unit", "char", "--hidden", "8", "--json").Out);
        Assert.Equal(100, fresh.RootElement.GetProperty("steps").GetInt32());
    }

    [Fact]
    public void Lens_Tagger_LooksAtBothDirections()
    {
        Train("words.conll");
        CommandResult result = _place.Run("lens", "model.safetensors", "words.conll", "--report", "lens.html");
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("\n32 sequences of up to 5 steps, loss ", result.Out, StringComparison.Ordinal);
        Assert.Contains("\nlayer 0 backward: steps back are counted from the beginning", result.Out, StringComparison.Ordinal);
        Assert.Contains("\nLayer 0, backward: the gradient ", result.Out, StringComparison.Ordinal);
        Assert.Contains("of the last step only", File.ReadAllText(_place.Path("lens.html")), StringComparison.Ordinal);

        // Tagged words are known by their form.
        CommandResult fresh = _place.Run(
            "lens", "words.conll", "--cell", "gru", "--hidden", "8", "--layers", "2", "--characters", "0");
        Assert.True(fresh.Code == 0, fresh.Error);
        Assert.Contains("GRU", fresh.Out, StringComparison.Ordinal);
        Assert.Contains("\nlayer 1 backward: ", fresh.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Lens_Translator_NamesEncoderAndDecoder()
    {
        Train("pairs.tsv", "--task", "translate", "--subwords", "0");
        CommandResult result = _place.Run("lens", "model.safetensors", "pairs.tsv", "--sequences", "4", "--report", "lens.html");
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("\n4 pairs of sequences, loss ", result.Out, StringComparison.Ordinal);
        Assert.Contains("\nencoder layer 0, up to 6 steps of the source\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("\nencoder layer 0 backward, up to 6 steps of the source, back from its beginning\n", result.Out,
            StringComparison.Ordinal);
        Assert.Contains("\ndecoder layer 0, up to 5 steps of the target\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("\nEncoder layer 0, backward: the gradient ", result.Out, StringComparison.Ordinal);
        Assert.Contains("\nDecoder layer 0: the gradient ", result.Out, StringComparison.Ordinal);
        Assert.Contains("decoder layer 0", File.ReadAllText(_place.Path("lens.html")), StringComparison.Ordinal);

        using JsonDocument fresh = JsonDocument.Parse(_place.Run(
            "lens", "pairs.tsv", "--task", "translate", "--attention", "bahdanau", "--hidden", "8", "--subwords", "0",
            "--json").Out);
        JsonElement[] layers = [.. fresh.RootElement.GetProperty("layers").EnumerateArray()];
        Assert.Equal(["encoder", "encoder", "decoder"], layers.Select(layer => layer.GetProperty("part").GetString()));
        Assert.Equal([6, 6, 5], layers.Select(layer => layer.GetProperty("steps").GetInt32()));
        Assert.Contains("attention", layers[2].GetProperty("weight_hh_note").GetString(), StringComparison.Ordinal);
        Assert.Contains("attention", layers[2].GetProperty("jacobians_note").GetString(), StringComparison.Ordinal);
        Assert.False(layers[0].TryGetProperty("jacobians_note", out _));
    }

    [Theory]
    [InlineData("layer 0 ", "text.txt", "--task", "lm")]
    [InlineData("layer 0 backward", "words.conll")]
    [InlineData("encoder layer 0 backward", "pairs.tsv", "--task", "translate", "--subwords", "0")]
    [InlineData("decoder layer 0", "pairs.tsv", "--task", "translate", "--subwords", "0", "--attention", "bahdanau")]
    public void Train_LensEvery_NamesTheLayersAndWritesTheSameModel(string name, params string[] words)
    {
        Train(words);
        byte[] alone = File.ReadAllBytes(_place.Path("model.safetensors"));
        CommandResult result = Train([.. words, "--lens-every", "2"]);
        Assert.Matches($@"\n +step .*{name}.*far end", result.Error);
        Assert.Equal(alone, File.ReadAllBytes(_place.Path("model.safetensors")));
    }

    [Fact]
    public void Lens_UnknownTag_SaysWhichTagsThereAre()
    {
        Train("words.conll");
        _place.Write("other.conll", "the\tARTICLE\ncat\tNOUN\n\n");
        CommandResult result = _place.Run("lens", "model.safetensors", "other.conll");
        Assert.Equal(1, result.Code);
        Assert.Contains("the tag \"ARTICLE\" is not one of the model's", result.Error, StringComparison.Ordinal);
    }

    private CommandResult Train(params string[] words)
    {
        CommandResult result = _place.Run(["train", .. words, .. s_small]);
        Assert.True(result.Code == 0, result.Error);
        return result;
    }
}
