using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>The tab key: what a line may become, and the scripts that ask for it.</summary>
public class CompletionTests
{
    [Theory]
    [InlineData("tr", "train")]
    [InlineData("in", "inspect init")]
    [InlineData("help le", "lesson lens")]
    [InlineData("--v", "--version")]
    [InlineData("train --ce", "--cell --centre")]
    [InlineData("train x.tsv --tem", "")]
    [InlineData("generate m.safetensors --te", "--temperature")]
    [InlineData("train --no-c", "--no-calendar --no-chords --no-crf")]
    [InlineData("train x.tsv --cell ls", "lstm")]
    [InlineData("train x.tsv --cell=ls", "lstm")]
    [InlineData("train x.tsv -c ls", "lstm")]
    [InlineData("train -q --pooling m", "mean max")]
    [InlineData("train --pooling max --schedule c", "constant cosine")]
    [InlineData("completion ", "bash zsh pwsh")]
    [InlineData("completion z", "zsh")]
    [InlineData("doctor x.tsv --task t", "tag translate")]
    [InlineData("compare a b --report n", "none")]
    // Files and texts: the shell's business.
    [InlineData("train ", "")]
    [InlineData("train rev", "")]
    [InlineData("predict m.safetensors ", "")]
    [InlineData("train --out ", "")]
    [InlineData("train --config re", "")]
    [InlineData("predict m.safetensors -- --js", "")]
    [InlineData("nonsense --x", "")]
    public void Suggest_OfALine_IsWhatFits(string line, string expected) =>
        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            Completion.Of(line).Order(StringComparer.Ordinal));

    [Fact]
    public void Suggest_OfEveryCommandAndOption_IsTheirNames()
    {
        Assert.Equal(
            [.. Application.Commands.Select(command => command.Name).Append("help").Order(StringComparer.Ordinal)],
            Completion.Of("").Order(StringComparer.Ordinal));
        foreach ((string name, Func<CliCommand> make) in Application.Commands)
        {
            IReadOnlyList<string> found = Completion.Of($"{name} -");
            foreach (CommandOption option in make().Options.Concat(SharedOptions.All))
            {
                Assert.Contains(option.Name, found);
                if (option.Short is { } letter) Assert.Contains(letter, found);
                if (option.Choices.Count > 0)
                {
                    Assert.Equal(
                        option.Choices.Order(StringComparer.Ordinal),
                        Completion.Of($"{name} {option.Name} ").Order(StringComparer.Ordinal));
                }
            }
        }

        Assert.Equal(CliTasks.Names.Order(), Completion.Of("train --task ").Order());
        Assert.Equal(CellCatalogue.All.Select(cell => cell.Name).Order(), Completion.Of("train --cell ").Order());
    }

    /// <summary>The place of the cursor may lie within the line.</summary>
    [Fact]
    public void Run_Directive_AnswersALineEach()
    {
        using var place = new Workspace();
        CommandResult result = place.Run("[suggest:14]", "train --pooli --out m");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal("--pooling\n", place.Run("[suggest:13]", "train --pooli --out m").Out);
        Assert.Equal("train\n", place.Run("[suggest:2]", "train --pooling").Out);
        Assert.Equal("train\n", place.Run("[suggest]", "trai").Out);
        Assert.Equal(0, place.Run("[suggest:0]").Code);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("pwsh")]
    public void Script_OfAShell_AsksByTheDirective(string shell)
    {
        using var place = new Workspace();
        CommandResult result = place.Run("completion", shell);
        Assert.Equal(0, result.Code);
        Assert.StartsWith($"# Completion of recurant for {shell}.", result.Out, StringComparison.Ordinal);
        Assert.Contains("\"[suggest:$", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', result.Out);
        using JsonDocument json = JsonDocument.Parse(place.Run("completion", shell, "--json").Out);
        Assert.Equal(shell, json.RootElement.GetProperty("shell").GetString());
        Assert.Equal(result.Out, json.RootElement.GetProperty("script").GetString() + "\n");
    }

    [Fact]
    public void Script_OfAnUnknownShell_NamesThoseThereAre()
    {
        using var place = new Workspace();
        CommandResult result = place.Run("completion", "bsh");
        Assert.Equal(2, result.Code);
        Assert.Contains("there is no script for the shell \"bsh\"; there are those for bash, zsh, pwsh. Did you mean \"bash\"?",
            result.Error, StringComparison.Ordinal);
    }

    /// <summary>
    /// As bash does it: the line and the words are set, the function is called, and COMPREPLY holds the answers.
    /// </summary>
    [Theory]
    [InlineData("recurant tr", "train")]
    [InlineData("recurant  train   x.tsv --cell l", "layernorm-lstm lru lstm")]
    [InlineData("./recurant train x.tsv --cell=ls", "lstm")]
    [InlineData("recurant completion ", "bash pwsh zsh")]
    [InlineData("recurant predict \"a file.safetensors\" --bl", "--blanks")]
    [InlineData("recurant predict m", "")]
    public void Bash_FunctionOfTheScript_FillsCompreply(string line, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash on this machine");
        using var place = new Workspace();
        place.Write("completion.bash", place.Run("completion", "bash").Out);
        place.Write("recurant", $"#!/bin/sh\nexec \"{Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"}\" "
            + $"\"{Workspace.Command}\" \"$@\"\n");
        place.Write("ask.bash", """
            set -u
            chmod +x recurant
            PATH="$PWD:$PATH"
            source completion.bash
            COMP_LINE=$1
            COMP_POINT=${#1}
            IFS=' ' read -r -a COMP_WORDS <<< "$1"
            [[ $1 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            complete -p recurant >/dev/null || exit 3
            _recurant
            printf '%s\n' "${COMPREPLY[@]}" | sort
            """);
        var start = new ProcessStartInfo("/bin/bash")
        {
            WorkingDirectory = place.Root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.ArgumentList.Add("ask.bash");
        start.ArgumentList.Add(line);
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Process.Start(start)!;
        CommandResult result = Workspace.Finish(
            process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.Code);
        Assert.Equal(expected, string.Join(' ', result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Version_TellsWhatItRunsOn()
    {
        using var place = new Workspace();
        string version = place.Run("--version").Out.Trim();
        CommandResult text = place.Run("version");
        Assert.Equal(0, text.Code);
        Assert.Contains(version, text.Out, StringComparison.Ordinal);
        Assert.Contains(RuntimeInformation.FrameworkDescription, text.Out, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(place.Run("version", "--json").Out);
        JsonElement told = json.RootElement;
        Assert.Equal(version, told.GetProperty("version").GetString());
        Assert.False(told.GetProperty("native").GetBoolean());
        Assert.Equal(Environment.ProcessorCount, told.GetProperty("cores").GetInt32());
        Assert.Contains(told.GetProperty("vector_bits").GetInt32(), (int[])[0, 128, 256, 512]);
    }
}
