namespace Recurant.Cli.Tests;

/// <summary>The configuration file: written by init, read by train.</summary>
public class ConfigTests
{
    [Fact]
    public void Init_ThenTrain_GivesTheSameModelAsNoConfiguration()
    {
        using var place = new Workspace();
        place.TrainSmall();
        byte[] plain = File.ReadAllBytes(place.Path("model.safetensors"));
        Assert.Equal(0, place.Run("init").Code);
        place.TrainSmall("--config", "recurant.json");
        Assert.Equal(plain, File.ReadAllBytes(place.Path("model.safetensors")));
    }

    [Fact]
    public void Init_WritesEverySettingOnceWithAComment()
    {
        using var place = new Workspace();
        Assert.Equal(0, place.Run("init", "mine.json").Code);
        string[] lines = File.ReadAllLines(place.Path("mine.json"));
        foreach (Setting setting in SettingTable.All)
        {
            string start = $"  \"{setting.Name}\": null";
            int at = Assert.Single(
                Enumerable.Range(0, lines.Length), i => lines[i].StartsWith(start, StringComparison.Ordinal));
            Assert.StartsWith("  // ", lines[at - 1], StringComparison.Ordinal);
        }

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void Init_FileThatIsThere_IsKeptWithoutForce()
    {
        using var place = new Workspace();
        place.Write("recurant.json", "mine");
        Assert.Equal(2, place.Run("init").Code);
        Assert.Equal("mine", File.ReadAllText(place.Path("recurant.json")));
        Assert.Equal(0, place.Run("init", "--force").Code);
        Assert.NotEqual("mine", File.ReadAllText(place.Path("recurant.json")));
    }

    [Fact]
    public void Train_OptionsOfTheCommandLine_ComeBeforeTheFile()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        place.Write("c.json", """
            {
              // where
              "data": "data.tsv", "out": "from-file.safetensors",
              "hidden": 8, "embedding": 8, "epochs": 2, "bidirectional": false, /* one way */ "cell": "gru", "dropout": 0.1,
            }
            """);
        Assert.Equal(0, place.Run("train", "--config", "c.json").Code);
        Assert.Contains("GRU, 1 layer of 8 units, max pooling", place.Run("inspect", "from-file.safetensors").Out,
            StringComparison.Ordinal);
        Assert.Equal(0, place.Run("train", "--config", "c.json", "--cell", "lstm", "--out", "other.safetensors").Code);
        Assert.Contains("LSTM, 1 layer of 8 units, max pooling", place.Run("inspect", "other.safetensors").Out,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n  \"hiden\": 8\n}", "c.json, line 2, column 3: there is no setting \"hiden\". Did you mean \"hidden\"?")]
    [InlineData("{\n  // a comment\n  \"é\": null, \"cell\": \"lsmt\"\n}", "c.json, line 3, column 3: there is no setting")]
    [InlineData("{\n  \"cell\": \"lsmt\"\n}",
        "c.json, line 2, column 11: cell: \"lsmt\" is none of elman, lstm, gru, mingru, minlstm, sru, indrnn, lru, "
            + "peephole-lstm, layernorm-lstm, projected-lstm. Did you mean \"lstm\"?")]
    [InlineData("{ \"hidden\": \"wide\" }", "c.json, line 1, column 13: hidden: \"wide\" is not a whole number")]
    [InlineData("{ \"hidden\": 0 }", "c.json, line 1, column 13: hidden is 0; it must be")]
    [InlineData("{ \"hidden\": true }", "c.json, line 1, column 13: hidden: expected a number or null")]
    [InlineData("{ \"bidirectional\": 1 }", "c.json, line 1, column 20: bidirectional: expected true, false or null")]
    [InlineData("{ \"cell\": [\"gru\"] }", "c.json, line 1, column 11: cell: expected a string or null")]
    [InlineData("{ \"hidden\": 8, \"hidden\": 9 }", "c.json, line 1, column 16: the setting \"hidden\" is given twice")]
    [InlineData("{\n  \"hidden\": 8\n  \"layers\": 1\n}", "c.json, line 3, column 3: not valid JSON")]
    [InlineData("[]", "c.json, line 1, column 1: expected one JSON object")]
    [InlineData("", "c.json, line 1, column 1: not valid JSON")]
    [InlineData("{} {}", "c.json, line 1, column 4: not valid JSON")]
    public void Train_FaultyConfiguration_NamesLineAndColumn(string json, string expected)
    {
        using var place = new Workspace();
        place.Write("c.json", json);
        CommandResult result = place.Run("train", "data.tsv", "--config", "c.json");
        Assert.Equal(2, result.Code);
        Assert.StartsWith("recurant: " + expected, result.Error, StringComparison.Ordinal);
        Assert.InRange(result.ErrorLines.Length, 1, 2);
    }

    [Theory]
    [InlineData("{ \"cell\": \"\\ud800\" }", "not valid Unicode")]
    [InlineData("{ \"cell\": \"\u00E4\" }", "not valid UTF-8")]
    public void Train_ConfigurationThatIsNoText_IsWrongUsage(string json, string expected)
    {
        using var place = new Workspace();
        place.WriteBytes("c.json", System.Text.Encoding.Latin1.GetBytes(json));
        CommandResult result = place.Run("train", "data.tsv", "--config", "c.json");
        Assert.Equal(2, result.Code);
        Assert.StartsWith("recurant: c.json: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }
}
