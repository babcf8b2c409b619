using System.Diagnostics;

namespace Recurant.Cli.Tests;

/// <summary>A run that was killed or interrupted, and its continuation through the command.</summary>
public class ResumeTests
{
    private const string Model = "model.safetensors", Kept = "model.checkpoint";

    /// <summary>Long enough to be stopped in the middle, whatever the machine: the state is written after every step.</summary>
    private static readonly string[] s_long =
        ["train", "data.tsv", "--out", Model, "--hidden", "8", "--embedding", "8", "--epochs", "30", "--patience", "30",
            "--learning-rate", "0.02", "--batch", "4", "--threads", "1"];

    private static readonly string[] s_often = ["--checkpoint-every", "0.001s"];

    [Fact]
    public void Train_KilledAndResumed_GivesTheSameBytesAndLeavesNothing()
    {
        using var place = new Workspace();
        byte[] expected = Uninterrupted(place);
        Stop(place, s_often, process => process.Kill());
        Assert.Equal(["data.tsv"], place.Files());
        Assert.True(Directory.Exists(place.Path(Kept)));
        CommandResult resumed = place.Run("train", "--resume", Kept, "--checkpoint-every", "1m");
        AssertContinued(resumed);
        Assert.Equal(expected, File.ReadAllBytes(place.Path(Model)));
        Assert.False(Directory.Exists(place.Path(Kept)));
    }

    [Fact]
    public void Train_CtrlC_NamesTheCommandThatContinues()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no signal to a single process.");
        using var place = new Workspace();
        byte[] expected = Uninterrupted(place);
        CommandResult stopped = Stop(place, ["--checkpoint", "my run"], Interrupt);
        Assert.Equal(130, stopped.Code);
        Assert.Contains($"{Model} holds the best weights so far", stopped.Error, StringComparison.Ordinal);
        Assert.Equal("To continue: recurant train --resume 'my run'", stopped.ErrorLines[^1]);
        Assert.NotEqual(expected, File.ReadAllBytes(place.Path(Model)));

        // Seen from elsewhere: paths are those of the directory in which the run began.
        Directory.CreateDirectory(place.Path("elsewhere"));
        Directory.Move(place.Path("my run"), place.Path("elsewhere/moved"));
        CommandResult resumed = place.RunIn("elsewhere", "train", "--resume", "moved", "--threads", "2");
        AssertContinued(resumed);
        Assert.Equal(expected, File.ReadAllBytes(place.Path(Model)));
        Assert.Empty(Directory.GetFileSystemEntries(place.Path("elsewhere")));
    }

    [Fact]
    public void Train_CtrlCAndBegunAnew_SaysWhatIsReplaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no signal to a single process.");
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv(300));
        Stop(place, [], Interrupt);
        CommandResult again = place.TrainSmall("--seed", "2");
        Assert.Contains(
            $"{Kept} holds a run that was not finished, which this new run will replace. To continue it instead: "
            + $"recurant train --resume {Kept}", again.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.Path(Kept)));
    }

    [Fact]
    public void Train_NamedDirectoryHoldsARun_IsNotReplacedAndNotContinuedWithOtherOptions()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv(300));
        Stop(place, [.. s_often, "--checkpoint", "run"], process => process.Kill());
        AssertRefused(2, "--checkpoint: run holds a run that was not finished. To continue it: recurant train --resume run\n",
            [.. s_long, "--checkpoint", "run"]);
        AssertRefused(2, "--checkpoint: a run that is continued keeps its checkpoints where they are, in run.",
            "train", "--resume", "run", "--checkpoint", "other");
        AssertRefused(1, "run: the checkpoint belongs to another run: Recurrent.HiddenSize: 8 there, 9 here.",
            "train", "--resume", "run", "--hidden", "9");
        place.Write("data.tsv", Reviews.Tsv(302));
        AssertRefused(1, "run: the checkpoint belongs to another run: training texts: ", "train", "--resume", "run");
        File.Delete(place.Path("data.tsv"));
        AssertRefused(1, "data.tsv: there is no such file.", "train", "--resume", "run");

        string state = Assert.Single(Directory.GetFiles(place.Path("run"), "state.safetensors", SearchOption.AllDirectories));
        place.Write("data.tsv", Reviews.Tsv(300));
        File.WriteAllBytes(state, File.ReadAllBytes(state)[..^4]);
        AssertRefused(1, "state.safetensors: the checkpoint is damaged: its SHA-256 begins ", "train", "--resume", "run");
        AssertRefused(1, "none: there is no checkpoint to continue from.", "train", "--resume", "none");

        void AssertRefused(int code, string message, params string[] arguments)
        {
            CommandResult result = place.Run(arguments);
            Assert.Contains(message, result.Error, StringComparison.Ordinal);
            Assert.Equal(code, result.Code);
        }
    }

    [Fact]
    public void Train_BudgetIsOver_KeepsTheStateOnlyInADirectoryThatWasNamed()
    {
        using var place = new Workspace();
        byte[] expected = Uninterrupted(place);
        Assert.Equal(0, place.Run([.. s_long, "--budget", "0.001s"]).Code);
        Assert.False(Directory.Exists(place.Path(Kept)));
        CommandResult ended = place.Run([.. s_long, "--budget", "0.001s", "--checkpoint", "run"]);
        Assert.Equal("To continue with more time: recurant train --resume run --budget TIME",
            Assert.Single(ended.ErrorLines, line => line.StartsWith("To continue", StringComparison.Ordinal)));
        CommandResult resumed = place.Run("train", "--resume", "run", "--budget", "10m");
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Contains("30 epochs in ", resumed.Out, StringComparison.Ordinal);
        // The record in the file tells of the budget; the weights are the same.
        byte[] actual = File.ReadAllBytes(place.Path(Model));
        Assert.Equal(expected[^20_000..], actual[^20_000..]);
    }

    [Fact]
    public void Train_CheckpointNone_KeepsNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no signal to a single process.");
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv(300));
        CommandResult stopped = Stop(place, ["--checkpoint", "none"], Interrupt);
        Assert.DoesNotContain("To continue", stopped.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(place.Root));
    }

    private static byte[] Uninterrupted(Workspace place)
    {
        place.Write("data.tsv", Reviews.Tsv(300));
        CommandResult result = place.Run(s_long);
        Assert.True(result.Code == 0, result.Error);
        byte[] file = File.ReadAllBytes(place.Path(Model));
        File.Delete(place.Path(Model));
        Assert.Empty(Directory.GetDirectories(place.Root));
        return file;
    }

    /// <summary>The continuation ran to the end and did not begin with the first epoch.</summary>
    private static void AssertContinued(CommandResult result)
    {
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("   30 ", StringComparison.Ordinal));
        Assert.DoesNotContain(result.ErrorLines, line => line.StartsWith("    1 ", StringComparison.Ordinal));
    }

    /// <summary>Starts the long run and stops it when it tells of its second epoch.</summary>
    private static CommandResult Stop(Workspace place, string[] more, Action<Process> stop)
    {
        using Process process = place.Start([.. s_long, .. more]);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        while (process.StandardError.ReadLine() is { } line && !line.StartsWith("    2 ", StringComparison.Ordinal))
        {
        }

        stop(process);
        CommandResult result = Workspace.Finish(process, output, process.StandardError.ReadToEndAsync());
        Assert.NotEqual(0, result.Code);
        return result;
    }

    private static void Interrupt(Process process)
    {
        string id = process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using Process kill = Process.Start("kill", ["-INT", id]);
        kill.WaitForExit();
    }
}
