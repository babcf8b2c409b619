using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Predicting from arguments, files and standard input.</summary>
public class PredictTests : IDisposable
{
    private readonly Workspace _place = new();

    public PredictTests()
    {
        _place.TrainSmall();
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Predict_Texts_AnswersOneLineEach()
    {
        CommandResult result = _place.Run("predict", "model.safetensors", "The film is good.", "The film is bad.", "");
        Assert.Equal(0, result.Code);
        Assert.Matches("^((positive|negative)\t[01]\\.\\d{4}\n){3}$", result.Out);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void Predict_DelimiterNamed_TakesTheColumnOfTheTexts()
    {
        _place.Write("new.csv", "id^text\n1^The film is good.\n2^The film is bad.\n");
        _place.Write("new.txt", "id^text\n1^The film is good.\n2^The film is bad.\n");
        string expected = _place.Run("predict", "model.safetensors", "The film is good.", "The film is bad.").Out;
        foreach (string file in (string[])["new.csv", "new.txt"])
        {
            CommandResult result = _place.Run(
                "predict", "model.safetensors", "--file", file, "--delimiter", "^", "--text", "text");
            Assert.Equal(expected, result.Out);
            Assert.Contains("CSV with a header, text in \"text\"", result.Error, StringComparison.Ordinal);
        }

        Assert.Contains(
            "--delimiter says how --file FILE is read",
            _place.Run("predict", "model.safetensors", "--delimiter", "tab", "x").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_NumbersOnStandardInput_AnswersThemAndSaysSo()
    {
        CommandResult result = _place.RunWithInput("3.5\n17\n", "predict", "model.safetensors");
        Assert.Equal(2, result.Out.Count(c => c == '\n'));
        Assert.Equal(
            "standard input: the lines are numbers or dates, such as \"3.5\"; the model reads words.",
            result.ErrorLines.Single());
        Assert.Equal("", _place.RunWithInput("3.5 of 5 stars\n17\n", "predict", "model.safetensors").Error);
        Assert.Equal("", _place.RunWithInput("17\n", "predict", "model.safetensors", "--quiet").Error);
    }

    /// <summary>Alone, the held-out file would be read by another column.</summary>
    [Fact]
    public void Test_ColumnsOfTheTraining_AreThoseOfTheTest()
    {
        string Row(int i, string label) => $"{label} film number {i},{label},{(i % 4 < 2 ? "web" : "mail")}";
        string[] labels = ["good", "bad"];
        _place.Write("train.csv", "body,verdict,category\n" + string.Concat(
            Enumerable.Range(0, 80).Select(i => Row(i, labels[i % 2]) + "\n")));
        _place.Write("held.csv", "category,body,verdict\n" + string.Concat(Enumerable.Range(0, 20).Select(
            i => $"{(i % 4 < 2 ? "web" : "mail")},{labels[i % 2]} film number {i + 90},{labels[i % 2]}\n")));
        _place.Write("other.csv", "words,answer\n" + string.Concat(
            Enumerable.Range(0, 20).Select(i => $"{labels[i % 2]} film number {i},{labels[i % 2]}\n")));
        Assert.Equal(0, _place.Run(
            "train", "train.csv", "--label", "verdict", "--epochs", "2", "--hidden", "4", "--out", "own.safetensors").Code);
        CommandResult result = _place.Run("test", "own.safetensors", "held.csv");
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains(
            "held.csv: read by the columns that the model learnt from, text \"body\" and label \"verdict\"; --text and --label "
            + "name others.",
            result.Error, StringComparison.Ordinal);
        Assert.Contains("label in \"verdict\"", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("learnt from", _place.Run("test", "own.safetensors", "other.csv").Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "learnt from",
            _place.Run("test", "own.safetensors", "held.csv", "--label", "verdict").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_Json_IsOneObjectALineWhoseProbabilitiesAddUpToOne()
    {
        CommandResult result = _place.Run("predict", "model.safetensors", "--json", "The film is good.", "zyxw vuts");
        string[] lines = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        foreach (string line in lines)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            Assert.Equal(["label", "probability", "probabilities"],
                document.RootElement.EnumerateObject().Select(member => member.Name));
            JsonElement probabilities = document.RootElement.GetProperty("probabilities");
            Assert.Equal(["negative", "positive"], probabilities.EnumerateObject().Select(member => member.Name));
            Assert.Equal(1, probabilities.EnumerateObject().Sum(member => member.Value.GetDouble()), 5);
            string label = document.RootElement.GetProperty("label").GetString()!;
            Assert.Equal(probabilities.GetProperty(label).GetDouble(),
                document.RootElement.GetProperty("probability").GetDouble());
        }
    }

    [Fact]
    public void Predict_StandardInput_AnswersLineByLineAsForArguments()
    {
        string[] texts = [.. Reviews.Pairs(700).Select(pair => pair.Text)];
        CommandResult lines = _place.RunWithInput(string.Join('\n', texts), "predict", "model.safetensors");
        Assert.Equal(700, lines.Out.Count(c => c == '\n'));
        Assert.Equal(_place.Run(["predict", "model.safetensors", .. texts[..20]]).Out,
            string.Concat(lines.Out.Split('\n').Take(20).Select(line => line + "\n")));
    }

    [Fact]
    public void Predict_MarkAndWindowsLineEnds_ChangeNothing()
    {
        byte[] windows = [.. Encoding.UTF8.Preamble, .. "The film is good.\r\n\r\nThe film is bad.\r\n"u8];
        Assert.Equal(_place.RunWithInput("The film is good.\n\nThe film is bad.", "predict", "model.safetensors", "--json").Out,
            _place.RunWithInput(windows, "predict", "model.safetensors", "--json").Out);
    }

    [Fact]
    public void Predict_InvalidUtf8_NamesTheLineAfterTheAnswersBeforeIt()
    {
        CommandResult result = _place.RunWithInput([.. "fine\n"u8, 0x66, 0xC3, 0x28, (byte)'\n'], "predict", "model.safetensors");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("recurant: standard input, line 2: byte 2 of the line is not valid UTF-8", result.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_Conversation_GetsEachAnswerBeforeTheNextQuestion()
    {
        using Process process = _place.Start("predict", "model.safetensors");
        for (int i = 0; i < 3; i++)
        {
            process.StandardInput.Write($"The film number {i} is good.\n");
            process.StandardInput.Flush();
            // A command that waits for the end of its input would never answer.
            string? answer = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Contains('\t', answer!);
        }

        process.StandardInput.Close();
        Assert.Equal(0, Workspace.Finish(
            process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).Code);
    }

    [Fact]
    public void Predict_ReaderGoesAway_EndsQuietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a Unix shell.");
        // The input never ends: only the broken pipe can end the command.
        using Process shell = Process.Start(new ProcessStartInfo("sh")
        {
            WorkingDirectory = _place.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-c", $"yes 'a good film' | dotnet '{Workspace.Command}' predict model.safetensors | head -n 2" },
        })!;
        CommandResult result =
            Workspace.Finish(shell, shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        Assert.Equal(2, result.Out.Count(c => c == '\n'));
        Assert.DoesNotContain("recurant", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_AnswersCannotBeWritten_Fails()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using Process shell = Process.Start(new ProcessStartInfo("sh")
        {
            WorkingDirectory = _place.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-c", $"dotnet '{Workspace.Command}' predict model.safetensors 'a good film' > /dev/full" },
        })!;
        CommandResult result =
            Workspace.Finish(shell, shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        Assert.Equal(1, result.Code);
        Assert.StartsWith("recurant: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_File_PassesLabelsOver()
    {
        CommandResult result = _place.Run("predict", "model.safetensors", "--file", "data.tsv", "--text", "text");
        Assert.Equal(120, result.Out.Count(c => c == '\n'));
        _place.Write("lines.txt", "The film is good.\nThe film is bad.\n");
        Assert.Equal(_place.Run("predict", "model.safetensors", "The film is good.", "The film is bad.").Out,
            _place.Run("predict", "model.safetensors", "--file", "lines.txt").Out);
    }

    [Fact]
    public void Test_ForPeople_ShowsWhatIsTakenForWhat()
    {
        CommandResult result = _place.Run("test", "model.safetensors", "data.tsv");
        Assert.Equal(0, result.Code);
        Assert.Matches(@"^rows +120\nloss +\d", result.Out);
        Assert.Contains("actual \\ predicted  negative  positive", result.Out, StringComparison.Ordinal);
    }
}
