using System.Diagnostics;
using System.Globalization;

namespace Recurant.Cli.Tests;

/// <summary>
/// Every end of the process that is no plain success: handles that are closed, full or gone, signals at every phase. The command
/// goes on, or ends with 0, 1, 2 or 128 + the signal; it is never aborted and never hangs.
/// </summary>
public sealed class EndTests : IDisposable
{
    private const int Interrupted = 130, Terminated = 143;

    private readonly Workspace _place = new();

    public EndTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a Unix shell.");

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    [InlineData("2>/dev/null </dev/null")]
    public void Train_NotesCannotBeWritten_GoesOnAndTellsTheScores(string handles)
    {
        CommandResult result = Train(handles);
        Assert.Equal(0, result.Code);
        Assert.Contains("validation", result.Out, StringComparison.Ordinal);
        Assert.True(_place.Has("model.safetensors"));
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void Train_ReaderOfNotesIsGone_GoesOn()
    {
        _place.Write("data.tsv", Reviews.Tsv());
        string train = Command("train", "data.tsv", "--out", "model.safetensors");
        CommandResult result = Shell($"{{ {train} 2>&1 >answers; echo $?; }} | head -n 1");
        Assert.True(_place.Has("model.safetensors"), result.Out);
    }

    [Theory]
    [InlineData(">&-", "standard output is closed; model.safetensors is complete")]
    [InlineData(">/dev/full", "standard output: the disk is full; model.safetensors is complete")]
    public void Train_AnswersCannotBeWritten_SaysSoAndLeavesTheModel(string handles, string expected)
    {
        CommandResult result = Train(handles);
        Assert.Equal(1, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.True(_place.Has("model.safetensors"));
    }

    [Theory]
    [InlineData("predict model.safetensors", "<&-", 1)]
    [InlineData("predict model.safetensors", "<.", 1)]
    [InlineData("predict model.safetensors hello", "<&- 2>&-", 0)]
    [InlineData("predict model.safetensors hello", "<&- >&- 2>&-", 1)]
    [InlineData("inspect model.safetensors", ">&-", 1)]
    [InlineData("inspect absent.safetensors", "2>&-", 1)]
    [InlineData("inspect absent.safetensors", "2>/dev/full", 1)]
    [InlineData("no-such-command", "2>&-", 2)]
    [InlineData("--help", ">/dev/full", 1)]
    [InlineData("doctor data.tsv", ">/dev/full", 1)]
    public void Run_HandlesClosedOrFull_EndsWithItsCode(string command, string handles, int code)
    {
        _place.TrainSmall();
        CommandResult result = Shell($"{Command(command.Split(' '))} {handles}");
        Assert.Equal(code, result.Code);
        if (code == 1 && !handles.Contains('2', StringComparison.Ordinal))
        {
            Assert.StartsWith("recurant: standard ", result.ErrorLines[^1], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("train --help all")]
    [InlineData("inspect model.safetensors")]
    [InlineData("gradcheck")]
    public void Run_ReaderOfAnswersHasReadEnough_EndsQuietly(string command)
    {
        _place.TrainSmall();
        CommandResult result = Shell($"{{ {Command(command.Split(' '))}; echo $? >code; }} | head -n 1");
        Assert.Equal("0\n", File.ReadAllText(_place.Path("code")));
        Assert.Equal("", result.Error);
    }

    [Theory]
    [InlineData("-INT", Interrupted)]
    [InlineData("-TERM", Terminated)]
    public void Predict_SignalWhileItWaitsForInput_Ends(string signal, int code)
    {
        _place.TrainSmall();
        using Process process = _place.Start("predict", "model.safetensors");
        process.StandardInput.WriteLine("The film is good.");
        process.StandardInput.Flush();
        process.StandardOutput.ReadLine();
        AssertEnds(process, signal, code);
    }

    [Theory]
    [InlineData("train", "pipe")]
    [InlineData("predict", "model.safetensors", "--file", "pipe")]
    [InlineData("doctor", "pipe")]
    public void Run_SignalWhileItWaitsForAPipe_Ends(params string[] arguments)
    {
        _place.TrainSmall();
        Assert.Equal(0, Shell("mkfifo pipe").Code);
        using Process process = _place.Start(arguments);
        // Nobody writes into it.
        WaitUntilItWaits(process);
        AssertEnds(process, "-TERM", Terminated);
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--quiet")]
    public void Generate_Signal_Ends(string option)
    {
        _place.Write("lines.txt", string.Concat(Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? "abc\n" : "abd\n")));
        CommandResult trained = _place.Run("train", "lines.txt", "--task", "lm", "--hidden", "8", "--epochs", "1", "--quiet");
        Assert.True(trained.Code == 0, trained.Error);
        using Process process = _place.Start("generate", "lines.safetensors", "--length", "2000000000", option);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        // The model is read: the command has long begun to listen.
        WaitUntilItHasComputed(process);
        AssertEnds(process, "-INT", Interrupted, readsOutput: false);
    }

    /// <summary>Before the first step there is nothing to save, and no sign of a file is left.</summary>
    [Fact]
    public void Train_SignalWhileItStarts_EndsAndWritesNoModel()
    {
        // The first step alone takes longer than the test waits.
        using Process process = _place.Start("train", "adding:20000", "--hidden", "256", "--out", "model.safetensors");
        process.StandardError.ReadLine();
        CommandResult result = AssertEnds(process, "-TERM", Terminated);
        Assert.Contains("nothing was written to model.safetensors", result.Error, StringComparison.Ordinal);
        Assert.Empty(_place.Files());
    }

    [Fact]
    public void Train_ReportCannotBeWritten_TellsTheScoresAndTheTrueCause()
    {
        _place.Write("data.tsv", Reviews.Tsv());
        Directory.CreateDirectory(_place.Path("small"));
        Assert.SkipUnless(
            Shell("mount -t tmpfs -o size=8k tmpfs small").Code == 0, "A small disk can be made by the superuser only.");
        try
        {
            CommandResult result = _place.Run(
                ["train", "data.tsv", "--out", "model.safetensors", "--report", "small/run.html", "--record", "run.jsonl",
                    .. Reviews.Small]);
            Assert.Equal(1, result.Code);
            Assert.Contains("validation", result.Out, StringComparison.Ordinal);
            Assert.Contains("small/run.html: the disk is full", result.Error, StringComparison.Ordinal);
            Assert.Contains("The model, model.safetensors, is complete.", result.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(_place.Path("small")));
            Assert.Equal(0, _place.Run("predict", "model.safetensors", "good").Code);
        }
        finally
        {
            Shell("umount small");
        }
    }

    [Fact]
    public void Train_RecordCannotBeWrittenOnTheWay_GoesOnAndSavesTheModel()
    {
        _place.Write("data.tsv", Reviews.Tsv());
        Directory.CreateDirectory(_place.Path("small"));
        Assert.SkipUnless(
            Shell("mount -t tmpfs -o size=8k tmpfs small").Code == 0, "A small disk can be made by the superuser only.");
        try
        {
            CommandResult result = _place.Run(
                "train", "data.tsv", "--out", "model.safetensors", "--record", "small/run.jsonl", "--tensorboard", "small/events",
                "--hidden", "8", "--embedding", "8", "--epochs", "60", "--patience", "60", "--threads", "1");
            Assert.Equal(1, result.Code);
            Assert.Contains("of the run is incomplete", result.Error, StringComparison.Ordinal);
            Assert.Contains("validation", result.Out, StringComparison.Ordinal);
            Assert.True(_place.Has("model.safetensors"));
        }
        finally
        {
            Shell("umount small");
        }
    }

    [Theory]
    [InlineData("train data.tsv --config .", ".: this is a directory; a file was expected.")]
    [InlineData("train data.tsv --vectors .", ".: ")]
    [InlineData("train data.tsv/x.tsv", "data.tsv/x.tsv: data.tsv is a file and not a directory.")]
    [InlineData("train absent/x.tsv", "absent/x.tsv: there is no directory absent.")]
    [InlineData("train link.tsv", "link.tsv: this is a link to nowhere.tsv, which does not exist.")]
    [InlineData("train https://example.org/a//b.tsv", "https://example.org/a//b.tsv: this is an address. Download it first")]
    [InlineData("inspect .", ".: this is a directory")]
    [InlineData("report .", ".: ")]
    [InlineData("replay .", ".: this is a directory")]
    public void Run_PathThatIsNoFile_SaysWhy(string command, string expected)
    {
        _place.Write("data.tsv", Reviews.Tsv());
        File.CreateSymbolicLink(_place.Path("link.tsv"), "nowhere.tsv");
        CommandResult result = _place.Run(command.Split(' '));
        Assert.NotEqual(0, result.Code);
        string error = result.ErrorLines[^1];
        Assert.StartsWith("recurant: " + expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("permission", error, StringComparison.Ordinal);
        Assert.DoesNotContain("denied", error, StringComparison.Ordinal);
    }

    private CommandResult Train(string handles)
    {
        _place.Write("data.tsv", Reviews.Tsv());
        return Shell($"{Command(["train", "data.tsv", "--out", "model.safetensors", .. Reviews.Small])} {handles}");
    }

    private static string Command(params string[] arguments) => $"dotnet '{Workspace.Command}' {string.Join(' ', arguments)}";

    private CommandResult Shell(string script)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh")
        {
            WorkingDirectory = _place.Root, RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-c", script },
        })!;
        shell.StandardInput.Close();
        return Workspace.Finish(shell, shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
    }

    /// <summary>Waits until the process has begun, and has computed nothing for a while.</summary>
    private static void WaitUntilItWaits(Process process)
    {
        for (TimeSpan before = TimeSpan.Zero, now; !process.HasExited; before = now)
        {
            Thread.Sleep(2000);
            process.Refresh();
            now = process.TotalProcessorTime;
            if (now == before && now > TimeSpan.FromMilliseconds(50)) return;
        }
    }

    /// <summary>Waits until the process has used three seconds of a core: far more than it takes to begin.</summary>
    private static void WaitUntilItHasComputed(Process process)
    {
        while (!process.HasExited && process.TotalProcessorTime < TimeSpan.FromSeconds(3))
        {
            Thread.Sleep(50);
            process.Refresh();
        }
    }

    /// <summary>Sends a signal; the process ends by it, and not at the limit after which a test gives up.</summary>
    private static CommandResult AssertEnds(Process process, string signal, int code, bool readsOutput = true)
    {
        using (Process kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        CommandResult result = Workspace.Finish(
            process, readsOutput ? process.StandardOutput.ReadToEndAsync() : Task.FromResult(""),
            process.StandardError.ReadToEndAsync());
        Assert.True(code == result.Code, $"{result.Code}: {result.Error}");
        Assert.Contains("recurant: interrupted", result.Error, StringComparison.Ordinal);
        return result;
    }
}
