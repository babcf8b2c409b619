using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recurant.Cli.Tests;

/// <summary>The names by which options, commands, values and this program itself are called.</summary>
public partial class NameTests
{
    private static readonly string[] s_train = [.. new TrainCommand().Options.Select(option => option.Name)];

    [Theory]
    [InlineData("--lr", "--learning-rate")]
    [InlineData("--learning_rate", "--learning-rate")]
    [InlineData("--learningRate", "--learning-rate")]
    [InlineData("--batch_size", "--batch")]
    [InlineData("--batch-size", "--batch")]
    [InlineData("--per_device_train_batch_size", "--batch")]
    [InlineData("--epoch", "--epochs")]
    [InlineData("--num_epochs", "--epochs")]
    [InlineData("--num_train_epochs", "--epochs")]
    [InlineData("--max_iter", "--epochs")]
    [InlineData("--hidden_dim", "--hidden")]
    [InlineData("--hidden-size", "--hidden")]
    [InlineData("--nhid", "--hidden")]
    [InlineData("--units", "--hidden")]
    [InlineData("--num_layers", "--layers")]
    [InlineData("--n-layers", "--layers")]
    [InlineData("--embed_dim", "--embedding")]
    [InlineData("--emsize", "--embedding")]
    [InlineData("-dim", "--embedding")]
    [InlineData("--wd", "--weight-decay")]
    [InlineData("--l2", "--weight-decay")]
    [InlineData("--grad_clip", "--clip")]
    [InlineData("--max_grad_norm", "--clip")]
    [InlineData("--random_state", "--seed")]
    [InlineData("--n_jobs", "--threads")]
    [InlineData("-thread", "--threads")]
    [InlineData("--early_stopping", "--patience")]
    [InlineData("--lr_scheduler", "--schedule")]
    [InlineData("--optim", "--optimizer")]
    [InlineData("--validation_split", "--valid")]
    [InlineData("--dev", "--valid")]
    [InlineData("--test_size", "--test")]
    [InlineData("--max_length", "--max-tokens")]
    [InlineData("--vocab_size", "--max-words")]
    [InlineData("-minCount", "--min-count")]
    [InlineData("--min_df", "--min-count")]
    [InlineData("-pretrainedVectors", "--vectors")]
    [InlineData("--text_column", "--text")]
    [InlineData("--label_column", "--label")]
    [InlineData("--output_dir", "--out")]
    [InlineData("-o", "--out")]
    [InlineData("--output", "--out")]
    [InlineData("--resume_from_checkpoint", "--resume")]
    [InlineData("--logging_dir", "--tensorboard")]
    [InlineData("--rnn_type", "--cell")]
    [InlineData("--gradient_checkpointing", "--recompute")]
    [InlineData("--hiden", "--hidden")]
    [InlineData("--embed", "--embedding")]
    public void Find_OptionAsOtherToolsOrFingersHaveIt_IsOurs(string asked, string expected) =>
        Assert.Equal(expected, Nearest.Find(asked, s_train));

    [Theory]
    [InlineData("--foo")]
    [InlineData("--xy")]
    [InlineData("--z")]
    [InlineData("--zip")]
    [InlineData("--abc")]
    [InlineData("--")]
    [InlineData("--quantize")]
    public void Find_NothingNear_IsNoWildGuess(string asked) => Assert.Null(Nearest.Find(asked, s_train));

    [Theory]
    [InlineData("fit", "train")]
    [InlineData("eval", "test")]
    [InlineData("evaluate", "test")]
    [InlineData("infer", "predict")]
    [InlineData("classify", "predict")]
    [InlineData("sample", "generate")]
    [InlineData("info", "inspect")]
    [InlineData("trian", "train")]
    [InlineData("lint", "doctor")]
    [InlineData("quickstart", "demo")]
    [InlineData("deploy", null)]
    public void Find_Command_IsOurs(string asked, string? expected) =>
        Assert.Equal(expected, Nearest.Find(asked, Application.Commands.Select(command => command.Name)));

    /// <summary>A name that stands here as one of other tools, but is ours, would never be looked up.</summary>
    [Fact]
    public void Find_EveryOptionOfEveryCommand_FindsItself()
    {
        foreach ((_, Func<CliCommand> make) in Application.Commands)
        {
            string[] names = [.. make().Options.Select(option => option.Name)];
            Assert.All(names, name => Assert.Equal(name, Nearest.Find(name.ToUpperInvariant(), names)));
        }
    }

    [Fact]
    public void Train_OptionsOfOtherTools_AreExplained()
    {
        using var place = new Workspace();
        Assert.StartsWith("recurant: there is no option --gpu. It computes in float32 on the processor; --threads",
            place.Run("train", "x.tsv", "--gpu", "1").Error, StringComparison.Ordinal);
        Assert.StartsWith("recurant: there is no option --lr. Did you mean \"--learning-rate\"?\n",
            place.Run("train", "x.tsv", "--lr", "0.1").Error, StringComparison.Ordinal);
        Assert.StartsWith("recurant: there is no option --batch_size. Did you mean \"--batch\"?\n",
            place.Run("train", "x.tsv", "--batch_size=3").Error, StringComparison.Ordinal);
        place.Write("settings.json", "{\"lr\": 0.1}");
        Assert.Contains("there is no setting \"lr\". Did you mean \"learning-rate\"?",
            place.Run("train", "x.tsv", "--config", "settings.json").Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean \"elman\"?", place.Run("train", "x.tsv", "--cell", "rnn").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", false, "run")]
    [InlineData("my run", false, "'my run'")]
    [InlineData("a\\b", false, "'a\\b'")]
    [InlineData("it's $here", false, "'it'\\''s $here'")]
    [InlineData("Größe.tsv", false, "Größe.tsv")]
    [InlineData("", false, "''")]
    [InlineData("~/x", false, "'~/x'")]
    [InlineData("run", true, "run")]
    [InlineData("C:\\data\\x.tsv", true, "C:\\data\\x.tsv")]
    [InlineData("my run", true, "\"my run\"")]
    [InlineData("my run\\", true, "\"my run\\\\\"")]
    [InlineData("a,b=c", true, "\"a,b=c\"")]
    [InlineData("a&b", true, "\"a&b\"")]
    [InlineData("say \"hi\"", true, "\"say \\\"hi\\\"\"")]
    public void Quote_Word_IsWhatTheShellTakesAsOne(string word, bool windows, string quoted) =>
        Assert.Equal(quoted, ShellCommand.Quote(word, windows));

    [Fact]
    public void QuotePath_LooksLikeAnOption_IsToldFromHere() => Assert.Equal("./-x.tsv", ShellCommand.QuotePath("-x.tsv"));

    /// <summary>The line under "Next:" does what it says, word for word, in a shell.</summary>
    [Theory]
    [InlineData("./recurant", "my model.safetensors", "'my model.safetensors'")]
    [InlineData("./my tools/recurant", "model.safetensors", "model.safetensors")]
    [InlineData("./recurant", "it's.safetensors", "'it'\\''s.safetensors'")]
    public void Train_Next_CanBePasted(string calledAs, string model, string quoted)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a Unix shell.");
        using var place = new Workspace { CalledAs = calledAs };
        place.Write("data.tsv", Reviews.Tsv());
        CommandResult result = place.Run(["train", "data.tsv", "--out", model, .. Reviews.Small]);
        string name = ShellCommand.Quote(calledAs, windows: false);
        string next =
            result.Out.Split('\n').Single(line => line.StartsWith("Next: ", StringComparison.Ordinal))["Next: ".Length..];
        Assert.Equal($"{name} predict {quoted} \"...\"", next);
        string script = Path.GetFullPath(calledAs, place.Root);
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        File.WriteAllText(script, $"#!/bin/sh\nexec dotnet '{Workspace.Command}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", next])
        {
            WorkingDirectory = place.Root, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        CommandResult predicted = Workspace.Finish(
            shell, shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        Assert.True(predicted.Code == 0, predicted.Error);
        Assert.Matches("^(positive|negative)\t", predicted.Out);
    }

    [Fact]
    public void Report_OldNameOfTheOption_IsStillKnown()
    {
        using var place = new Workspace();
        place.TrainSmall("--record", "a.run.jsonl");
        foreach (string option in (string[])["--report", "--out"])
        {
            Assert.Equal((0, "page.html\n"), place.Run("report", "a.run.jsonl", option, "page.html") is var result
                ? (result.Code, result.Out) : default);
            Assert.Equal(0, place.Run("compare", "a.run.jsonl", "a.run.jsonl", option, "both.html").Code);
            Assert.True(place.Has("both.html"));
            File.Delete(place.Path("both.html"));
        }
    }

    /// <summary>Every command calls the page that it writes by one name.</summary>
    [Fact]
    public void Options_ThatWriteAPage_AreCalledReport()
    {
        foreach ((string name, Func<CliCommand> make) in Application.Commands)
        {
            Assert.All(make().Options.Where(option => option.Value?.Contains(".html", StringComparison.Ordinal) == true),
                option => Assert.True(option.Name == "--report", $"{name} {option.Name}"));
        }
    }

    [Fact]
    public void Train_Record_CountsTheRowsLearntFromWithoutThoseSetAside()
    {
        using var place = new Workspace();
        place.TrainSmall("--record", "run.jsonl");
        using JsonDocument last = JsonDocument.Parse(File.ReadLines(place.Path("run.jsonl")).Last());
        int validation = last.RootElement.GetProperty("valid").TryGetProperty("rows", out JsonElement rows)
            ? rows.GetInt32() : 11;
        using JsonDocument inspected = JsonDocument.Parse(place.Run("inspect", "model.safetensors", "--json").Out);
        JsonElement training = inspected.RootElement.GetProperty("model").GetProperty("training");
        // 120 rows, a tenth of them for the test, a tenth of the rest for validation.
        Assert.Equal(120, training.GetProperty("rows").GetInt32() + training.GetProperty("valid").GetProperty("rows").GetInt32()
            + training.GetProperty("test").GetProperty("rows").GetInt32());
        Assert.Equal(training.GetProperty("rows").GetInt32(), last.RootElement.GetProperty("rows_learnt").GetInt32());
        Assert.True(validation > 0);
    }

    [Fact]
    public void Predict_Json_IsWhatTheLibrarySerializes()
    {
        using var place = new Workspace();
        place.TrainSmall();
        Prediction prediction = TextClassifier.Load(place.Path("model.safetensors")).Predict("The film is good.");
        Assert.Equal(JsonSerializer.Serialize(prediction)
            + "\n", place.Run("predict", "model.safetensors", "--json", "The film is good.").Out);
    }

    /// <summary>What the README shows of the demo is what it prints, but for the times.</summary>
    [Fact]
    public void Readme_Demo_IsWhatItPrints()
    {
        using var place = new Workspace { CalledAs = "./recurant" };
        string readme = File.ReadAllText(Path.Combine(Root(), "README.md")).ReplaceLineEndings("\n");
        string shown = readme.Split("\n```text\n")[1].Split("\n```\n")[0];
        Assert.Equal(WithoutTimes(shown), WithoutTimes(place.Run("demo", "--quiet").Out.TrimEnd()));
    }

    private static string WithoutTimes(string text) => Time().Replace(text, "learnt in N s");

    private static string Root()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Recurant.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory!;
    }

    [GeneratedRegex(@"learnt in [\d.]+ s")]
    private static partial Regex Time();
}
