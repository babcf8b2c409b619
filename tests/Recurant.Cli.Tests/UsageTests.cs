namespace Recurant.Cli.Tests;

/// <summary>Help, version, and command lines that cannot be meant.</summary>
public class UsageTests
{
    [Fact]
    public void Run_NoArguments_ListsTheCommands()
    {
        using var place = new Workspace();
        CommandResult result = place.Run();
        Assert.Equal(0, result.Code);
        foreach (string command in (string[])["demo", "train", "test", "predict", "inspect", "gradcheck", "init"])
        {
            Assert.Contains($"\n  {command}", result.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    public void Run_Help_IsTheSameAsNoArguments(string word)
    {
        using var place = new Workspace();
        Assert.Equal(place.Run().Out, place.Run(word).Out);
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("train")]
    [InlineData("test")]
    [InlineData("predict")]
    [InlineData("inspect")]
    [InlineData("gradcheck")]
    [InlineData("init")]
    public void Help_OfACommand_ShowsUsageSharedOptionsAndExamples(string command)
    {
        using var place = new Workspace();
        CommandResult result = place.Run(command, "--help");
        Assert.Equal(0, result.Code);
        Assert.Contains($"Usage: recurant {command}", result.Out, StringComparison.Ordinal);
        Assert.Contains("--json", result.Out, StringComparison.Ordinal);
        Assert.Contains($"  recurant {command}", result.Out, StringComparison.Ordinal);
        Assert.Equal("", result.Error);
        Assert.Equal(result.Out, place.Run("help", command).Out);
    }

    [Fact]
    public void Version_Asked_IsThreeNumbers()
    {
        using var place = new Workspace();
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", place.Run("--version").Out);
    }

    [Theory]
    [InlineData("there is no command \"trian\". Did you mean \"train\"?", "trian", "x.tsv")]
    [InlineData("there is no option --hiden. Did you mean \"--hidden\"?", "train", "x.tsv", "--hiden", "8")]
    [InlineData("there is no option --hiden. Did you mean \"--hidden\"?", "train", "x.tsv", "--hiden=8")]
    [InlineData("there is no option --jsn. Did you mean \"--json\"?", "predict", "x.safetensors", "--jsn", "text")]
    [InlineData("there is no option --verison without a command. Did you mean \"--version\"?", "--verison")]
    [InlineData("there is no command \"3\". Put the command first, before its options.", "--seed", "3")]
    [InlineData("there is no command \"trian\". Did you mean \"train\"?", "--json", "trian")]
    [InlineData("DATA is missing", "train")]
    [InlineData("MODEL is missing", "predict")]
    [InlineData("DATA is missing", "test", "x.safetensors")]
    [InlineData("\"extra\" is one argument too many", "inspect", "x", "extra")]
    [InlineData("--hidden needs a value", "train", "x.tsv", "--hidden")]
    [InlineData("--resume needs a value, but is followed by the option --budget", "train", "--resume", "--budget", "5s")]
    [InlineData("--hidden is given more than once", "train", "x.tsv", "--hidden", "3", "--hidden", "4")]
    [InlineData("--hidden: \"abc\" is not a whole number", "train", "x.tsv", "--hidden", "abc")]
    [InlineData("--hidden is 0; it must be", "train", "x.tsv", "--hidden", "0")]
    [InlineData("--cell: \"lsmt\" is none of elman, lstm, gru, mingru, minlstm, sru, indrnn, lru, peephole-lstm, "
        + "layernorm-lstm, projected-lstm. Did you mean \"lstm\"?", "train", "x.tsv", "--cell", "lsmt")]
    [InlineData("--budget: \"5x\" is not a time", "train", "x.tsv", "--budget", "5x")]
    [InlineData("--dropout: \"imput\" is none of", "train", "x.tsv", "--dropout", "imput=0.3")]
    [InlineData("--dropout: input is 1.5; it must be", "train", "x.tsv", "--dropout", "1.5")]
    [InlineData("--valid is 2; it must be", "train", "x.tsv", "--valid", "2")]
    [InlineData("--bidirectional and --no-bidirectional contradict", "train", "x.tsv", "--bidirectional", "--no-bidirectional")]
    [InlineData("--threads: \"many\" is not", "test", "x", "y", "--threads", "many")]
    [InlineData("x.safetensors is a model: the order is first the model, then the data", "test", "x.tsv", "x.safetensors")]
    [InlineData("x.safetensors is a model: the order is first the data, then the model", "doctor", "x.safetensors", "x.tsv")]
    [InlineData("Give either TEXT or --file, not both", "predict", "x", "text", "--file", "y")]
    [InlineData("--all checks every network", "gradcheck", "--all", "--cell", "gru")]
    [InlineData(
        "--activation has no effect here: the activations of the cell lstm are fixed", "gradcheck", "--activation", "relu")]
    [InlineData("--gru-reset has no effect here: only the cell gru has it, and the cell is lru", "gradcheck", "--cell", "lru",
        "--gru-reset", "outside")]
    [InlineData("--out: x.tsv is read by this run", "train", "x.tsv", "--out", "x.tsv")]
    public void Run_WrongUsage_SaysWhatIsWrongInTwoLines(string expected, params string[] arguments)
    {
        using var place = new Workspace();
        CommandResult result = place.Run(arguments);
        Assert.Equal(2, result.Code);
        Assert.StartsWith("recurant: " + expected, result.Error, StringComparison.Ordinal);
        Assert.InRange(result.ErrorLines.Length, 1, 2);
        Assert.Equal("", result.Out);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void Predict_TextThatLooksLikeAnOption_IsPredictedAfterTwoHyphens()
    {
        using var place = new Workspace();
        place.TrainSmall();
        CommandResult result = place.Run("predict", "model.safetensors", "--", "--jsn", "@file");
        Assert.Equal(0, result.Code);
        Assert.Equal(2, result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Run_OptionsBeforeTheCommand_BelongToIt()
    {
        using var place = new Workspace();
        place.TrainSmall();
        Assert.Equal(place.Run("inspect", "model.safetensors", "--json").Out,
            place.Run("--json", "inspect", "model.safetensors").Out);
    }

    [Fact]
    public void Run_Verbose_AddsThePlaceInTheCode()
    {
        using var place = new Workspace();
        CommandResult plain = place.Run("inspect", "absent.safetensors"),
            verbose = place.Run("inspect", "absent.safetensors", "--verbose");
        Assert.Equal(1, plain.Code);
        Assert.Equal("recurant: absent.safetensors: there is no such file.\n", plain.Error);
        Assert.Contains("   at ", verbose.Error, StringComparison.Ordinal);
    }
}
