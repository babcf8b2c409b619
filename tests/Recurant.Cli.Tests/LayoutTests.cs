namespace Recurant.Cli.Tests;

/// <summary>Lines and tables in terminals of every width, also one that becomes narrower.</summary>
public class LayoutTests
{
    private static readonly int[] s_widths = [20, 29, 30, 39, 49, 50, 60, 80, 100];

    [Fact]
    public void ProgressLine_AnyWidth_FitsAndKeepsWhatMattersMost()
    {
        foreach (int width in s_widths)
        {
            string line = ProgressLine.Of(Progress(3), width);
            Assert.InRange(line.Length, 1, width);
            Assert.Contains("model 3/40", line, StringComparison.Ordinal);
        }

        Assert.Equal("[#...............]  model 3/40  loss 0.6931  12,345 tokens/s  1:05 left", ProgressLine.Of(Progress(3), 80));
        Assert.Equal("[#...............]  model 3/40  loss 0.6931  1:05 left", ProgressLine.Of(Progress(3), 60));
        Assert.Equal("model 3/40  loss 0.6931  1:05 left", ProgressLine.Of(Progress(3), 49));
        Assert.Equal("model 3/40  1:05 left", ProgressLine.Of(Progress(3), 29));
    }

    [Fact]
    public void EpochTable_AnyWidth_FitsAndLinesUp()
    {
        foreach (int width in s_widths)
        {
            string[] lines = [.. new EpochTable("acc.").Lines(Progress(1, 0.75), width), .. new EpochTable("acc.").Lines(
                Progress(2, 0.5), width)];
            Assert.Equal(4, lines.Length);
            Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
            Assert.StartsWith("epoch", lines[0], StringComparison.Ordinal);
            Assert.Equal(lines[0].Length + 2, lines[1].Length); // the best epoch bears a star
        }
    }

    [Fact]
    public void EpochTable_TerminalBecomesNarrower_WritesTheHeadingAgain()
    {
        var table = new EpochTable("acc.");
        string[] lines =
            [.. table.Lines(Progress(1, 0.5), 80), .. table.Lines(Progress(2, 0.5), 80), .. table.Lines(Progress(3, 0.5), 40)];
        Assert.Equal(["epoch", "    1", "    2", "epoch", "    3"], lines.Select(line => line[..5]));
        Assert.Contains("tokens/s", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("tokens/s", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorWriter_LineOfProgress_IsTakenAwayBeforeOtherText()
    {
        using var text = new StringWriter { NewLine = "\n" };
        using var writer = new ErrorWriter(text, () => 40) { NewLine = "\n" };
        writer.SetStatus("half");
        writer.WriteLine("a note");
        writer.SetStatus("more");
        writer.SetStatus("");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows is written over with blanks.");
        Assert.Equal("half\r\u001b[Ja note\nmore\r\u001b[J", text.ToString());
    }

    [Fact]
    public void ErrorWriter_TerminalBecameNarrower_TakesEveryBrokenLineAway()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows is written over with blanks.");
        using var text = new StringWriter();
        int width = 60;
        using var writer = new ErrorWriter(text, () => width);
        writer.SetStatus(new string('x', 55));
        width = 20;
        writer.SetStatus(new string('y', 55));
        // 55 columns stand in three lines of 20; the new text is shortened to one.
        Assert.Equal(new string('x', 55) + "\r\u001b[2A\u001b[J" + new string('y', 16) + "...", text.ToString());
    }

    [Fact]
    public void ErrorWriter_NoTerminal_HasNoLineOfProgress()
    {
        using var text = new StringWriter();
        using var writer = new ErrorWriter(text);
        writer.SetStatus("half");
        Assert.Equal("", text.ToString());
    }

    [Fact]
    public void ErrorWriter_StreamFails_GoesOn()
    {
        var broken = new StreamWriter(new FailingStream());
        using var writer = new ErrorWriter(broken, () => 40);
        writer.WriteLine("a note");
        writer.SetStatus("half");
        writer.WriteLine("another");
    }

    [Fact]
    public void Table_TooWide_BreaksTextsAndThenStacks()
    {
        string[][] rows =
            [["network", "count", "error"], ["elman tanh preactivation", "401", "1.2e-07"], ["lstm", "1,301", "2.3e-07"]];
        Assert.Equal(
            ["network                   count    error", "elman tanh preactivation    401  1.2e-07",
                "lstm                      1,301  2.3e-07"],
            TextLayout.Table(rows, 40));
        Assert.Equal(
            ["network        count    error", "elman tanh       401  1.2e-07", "preactivation", "lstm           1,301  2.3e-07"],
            TextLayout.Table(rows, 29));
        Assert.Equal(
            ["elman tanh", "preactivation", "  count 401,", "  error 1.2e-07", "lstm", "  count 1,301,", "  error 2.3e-07"],
            TextLayout.Table(rows, 20));
    }

    [Fact]
    public void Table_AnyWidth_Fits()
    {
        string[][] rows =
        [
            ["run", "measure", "valid", "test", "epochs", "best", "time", "tokens/s"],
            ["a-long-name-of-a-run", "accuracy", "0.7778", "0.6900", "2", "2", "1.2 s", "1,226,429"],
            ["b", "accuracy", "0.7778", "0.6900", "2", "2", "1.2 s", "26,770"],
        ];
        foreach (int width in s_widths)
        {
            Assert.All(TextLayout.Table(rows, width, left: 1), line => Assert.InRange(line.Length, 0, width));
        }
    }

    [Theory]
    [InlineData(49)]
    [InlineData(80)]
    public void Help_AnyCommand_Fits(int width)
    {
        foreach ((string name, Func<CliCommand> make) in Application.Commands)
        {
            foreach (bool isWhole in (bool[])[false, true])
            {
                using var text = new StringWriter { NewLine = "\n" };
                using var error = new ErrorWriter(TextWriter.Null);
                using var terminal = new UserTerminal { Out = text, Error = error, Input = Stream.Null, Width = width };
                CliCommand command = make();
                HelpText.Write(terminal, command, isWhole);
                string[] lines = text.ToString().Split('\n');
                // An example's path and the name of this program are not broken: the tests have a long one.
                Assert.All(lines.Where(line => !line.Contains(ShellCommand.Name, StringComparison.Ordinal) && !line.Contains('"',
                    StringComparison.Ordinal)),
                    line => Assert.True(line.Length <= width, $"{name}: {line}"));
                if (isWhole || command.FirstOptions.Count == 0)
                {
                    Assert.All(command.Options, option =>
                    {
                        string name = option.IsFlag ? $"--[no-]{option.Name[2..]}" : option.Name;
                        string shown = option.Short is { } letter ? $"{letter}, {name}" : name;
                        Assert.Contains($"\n  {shown}", text.ToString(), StringComparison.Ordinal);
                    });
                }
                else
                {
                    Assert.InRange(lines.Length, 10, width < 60 ? 105 : 75);
                    Assert.All(
                        command.Options, option => Assert.Contains(option.Name, text.ToString(), StringComparison.Ordinal));
                    Assert.Contains("--help all", text.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);
                }
            }
        }
    }

    private static TrainingProgress Progress(int epoch, double? measure = null) => new()
    {
        Stage = "model", Epoch = epoch, Epochs = 40, Step = 10, Steps = 20, Loss = 0.6931, Accuracy = 0.5, TokensPerSecond =
            12_345,
        Remaining = TimeSpan.FromSeconds(65), IsBest = measure is 0.75,
        Validation = measure is { } value
            ? new Evaluation { Rows = 10, Loss = 0.6, Accuracy = value, MacroF1 = value, Confusion = [] } : null,
    };

    private sealed class FailingStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => 0;

        public override long Position { get => 0; set { } }

        public override void Flush() => throw new IOException("gone");

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => 0;

        public override void SetLength(long value)
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("gone");
    }
}
