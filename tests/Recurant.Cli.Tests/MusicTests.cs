using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Music from the command line.</summary>
public sealed class MusicTests : IDisposable
{
    private static readonly string[] s_small = ["--hidden", "8", "--epochs", "2", "--threads", "1", "--out", "m.safetensors"];

    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_PartsOfPianoRolls_AreLearntFromValidatedAndTestedWith()
    {
        string pieces = string.Join(", ", Enumerable.Range(0, 6).Select(i =>
            $"[[{60 + i}, {64 + i}], [], [{67 + i}], [{60 + i}]]"));
        _place.Write("roll.json", $$"""{"train": [{{pieces}}], "valid": [{{pieces}}], "test": [[[60], [62]]]}""");
        CommandResult trained = _place.Run(["train", "roll.json", "--json", .. s_small]);
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Contains("piano rolls (JSON) in three parts; 13 pieces, 50 steps", trained.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(trained.Out);
        Assert.Equal("notes", document.RootElement.GetProperty("task").GetString());
        JsonElement test = document.RootElement.GetProperty("test");
        Assert.Equal((1, 2), (test.GetProperty("pieces").GetInt32(), test.GetProperty("steps").GetInt32()));
        Assert.Equal(test.GetProperty("loss_per_step").GetDouble(), test.GetProperty("loss_per_piece").GetDouble(), 1e-9);
        Assert.Equal("repeated-notes", document.RootElement.GetProperty("baseline").GetProperty("name").GetString());

        // A piece is written, read again and gone on with.
        CommandResult written = _place.Run("generate", "m.safetensors", "--length", "6", "--out", "tune.mid", "--temperature",
            "5");
        Assert.True(written.Code == 0, written.Error);
        Assert.Equal("Wrote tune.mid: 6 steps, 0:03\n", written.Out);
        CommandResult more = _place.Run(
            "generate", "m.safetensors", "--prompt", "tune.mid", "--length", "2", "--temperature", "0", "--json");
        Assert.True(more.Code == 0, more.Error);
        using var continued = JsonDocument.Parse(more.Out);
        int prompt = continued.RootElement.GetProperty("prompt_steps").GetInt32();
        Assert.InRange(prompt, 1, 6);
        Assert.Equal(prompt + 2, continued.RootElement.GetProperty("steps").GetArrayLength());
        CommandResult tested = _place.Run("test", "m.safetensors", "tune.mid");
        Assert.True(tested.Code == 0, tested.Error);
    }

    [Fact]
    public void Generate_WhatDoesNotFit_IsRefused()
    {
        string pieces = string.Join(", ", Enumerable.Range(0, 4).Select(i => $"[[{60 + i}], [{67 + i}]]"));
        _place.Write("roll.json", $"[{pieces}]");
        CommandResult trained = _place.Run(["train", "roll.json", .. s_small]);
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Contains("1 piece set aside for the test", trained.Error, StringComparison.Ordinal);
        _place.Write("mine.txt", "my own text");
        Refused("mine.txt is there already and is not a MIDI file", "--out", "mine.txt");
        Assert.Equal("my own text", File.ReadAllText(_place.Path("mine.txt")));
        Refused("--top-k and --top-p are for texts", "--top-k", "3");
        Refused("mine.txt: this is no music that can be read", "--prompt", "mine.txt");
        CommandResult predicted = _place.Run("predict", "m.safetensors", "roll.json");
        Assert.Contains("generate m.safetensors", predicted.Error, StringComparison.Ordinal);

        void Refused(string expected, params string[] options)
        {
            CommandResult result = _place.Run(["generate", "m.safetensors", .. options]);
            Assert.NotEqual(0, result.Code);
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        }
    }
}
