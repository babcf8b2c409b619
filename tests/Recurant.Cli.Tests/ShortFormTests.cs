namespace Recurant.Cli.Tests;

/// <summary>Letters in the place of long options: one meaning each, and the same as the long form's.</summary>
public class ShortFormTests
{
    private static readonly CliCommand[] s_commands = [.. Application.Commands.Select(command => command.Make())];

    [Fact]
    public void Letters_OfACommand_BelongToOneOptionEach()
    {
        Assert.Equal(11, ShortForms.All.Count); // ten of the most common, and -h
        Assert.Equal(ShortForms.All.Count, ShortForms.All.Values.Distinct().Count());
        foreach (CliCommand command in s_commands)
        {
            string[] letters = [.. command.Options.Concat(SharedOptions.All).Select(option => option.Short).OfType<string>()];
            Assert.Equal(letters.Length, letters.Distinct().Count());
            string[] names =
                [.. command.Options.Concat(SharedOptions.All).SelectMany(option => (string[])[option.Name, .. option.Aliases])];
            Assert.Equal(names.Length, names.Distinct().Count());
        }
    }

    [Fact]
    public void Letters_All_AreThoseOfAnOption()
    {
        IEnumerable<string> names = s_commands.SelectMany(command => command.Options.Concat(SharedOptions.All)).SelectMany(
            option => (string[])[option.Name, .. option.Aliases]);
        Assert.Empty(ShortForms.All.Keys.Except(names));
    }

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (CliCommand command in s_commands)
            {
                foreach (CommandOption option in command.Options.Concat(SharedOptions.All))
                {
                    if (option.Short is not null) pairs.Add(command.Name, option.Name);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Parse_ShortForm_IsTheLongForm(string name, string asked)
    {
        CliCommand command = s_commands.First(candidate => candidate.Name == name);
        CommandOption option = command.Options.Concat(SharedOptions.All).First(candidate => candidate.Name == asked);
        // As many arguments as the command needs, and the option behind them.
        string[] arguments = [.. Enumerable.Repeat("x", command.ArgumentCount.Least)];
        string[] value = option.Value is null || option.IsFlag ? [] : ["7"];
        using var terminal = UserTerminal.Standard();
        Invocation brief = Invocation.Parse(command, [.. arguments, option.Short!, .. value], terminal);
        Invocation whole = Invocation.Parse(command, [.. arguments, option.Name, .. value], terminal);
        Assert.True(brief.Has(option.Name));
        Assert.Equal(whole.Value(option.Name), brief.Value(option.Name));
        Assert.Equal(whole.Arguments, brief.Arguments);
        if (value.Length == 0) return;
        Invocation joined = Invocation.Parse(command, [.. arguments, $"{option.Short}=7"], terminal);
        Assert.Equal("7", joined.Value(option.Name));
    }

    [Fact]
    public void Train_WithLetters_WritesTheFileOfTheLongForms()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv(60));
        CommandResult brief = place.Run(
            "train", "data.tsv", "-t", "classify", "-c", "gru", "-H", "6", "-e", "2", "-b", "16", "-s", "3", "-j", "1", "-q",
            "-o", "a.safetensors", "--embedding", "5");
        Assert.True(brief.Code == 0, brief.Error);
        Assert.Equal("", brief.Error);
        CommandResult whole = place.Run(
            "train", "data.tsv", "--task", "classify", "--cell", "gru", "--hidden", "6", "--epochs", "2", "--batch", "16",
            "--seed", "3", "--threads", "1", "--quiet", "--out", "b.safetensors", "--embedding", "5");
        Assert.True(whole.Code == 0, whole.Error);
        Assert.Equal(File.ReadAllBytes(place.Path("b.safetensors")), File.ReadAllBytes(place.Path("a.safetensors")));
    }

    [Theory]
    [InlineData("--hidden is given more than once", "train", "x.tsv", "--hidden", "3", "-H", "4")]
    [InlineData("--hidden needs a value, but is followed by the option -e", "train", "x.tsv", "-H", "-e", "4")]
    [InlineData("--hidden is 0; it must be", "train", "x.tsv", "-H", "0")]
    [InlineData("there is no option -x.", "train", "x.tsv", "-x")]
    [InlineData("there is no option -o.", "predict", "x.safetensors", "-o", "y")]
    public void Run_WrongUseOfALetter_NamesTheOption(string message, params string[] words)
    {
        using var place = new Workspace();
        CommandResult result = place.Run(words);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_ShowsTheLetters()
    {
        using var place = new Workspace();
        string help = place.Run("train", "-h").Out;
        Assert.Contains("\n  -c, --cell elman|", help, StringComparison.Ordinal);
        Assert.Contains("\n  -o, --out FILE\n", help, StringComparison.Ordinal);
        Assert.Contains("\n  -q, --quiet\n", place.Run("train", "--help", "all").Out, StringComparison.Ordinal);
    }
}
