using System.Diagnostics;
using System.Text;

namespace Recurant.Cli.Tests;

/// <summary>Classifiers that start from texts without labels or from a language model.</summary>
public class PretrainTests
{
    private static readonly string[] s_pretrained = ["--pretrain", "texts.txt", "--pretrain-epochs", "2"];

    private static string Texts(int count) =>
        string.Concat(Reviews.Pairs(count).Select(pair => $"Again: {pair.Text.ToLowerInvariant()}\n"));

    [Fact]
    public void Train_TextsWithoutLabels_ShowsBothStagesAndRecordsThem()
    {
        using var place = new Workspace();
        place.Write("texts.txt", Texts(60));
        CommandResult result = place.TrainSmall(s_pretrained);
        string[] lines = result.ErrorLines;
        int first = Array.IndexOf(lines, "pre-training: predicting words of the unlabelled texts");
        int second = Array.IndexOf(lines, "training the classifier from there");
        Assert.True(first >= 0 && second == first + 4, result.Error);
        Assert.StartsWith("epoch    loss    acc.   valid   score", lines[first + 1], StringComparison.Ordinal);
        Assert.StartsWith("    2 ", lines[first + 3], StringComparison.Ordinal);
        Assert.StartsWith("epoch    loss    acc.   valid    acc.", lines[second + 1], StringComparison.Ordinal);
        Assert.Contains("texts.txt: 60 texts to pre-train on", result.Error, StringComparison.Ordinal);
        string file = Encoding.Latin1.GetString(File.ReadAllBytes(place.Path("model.safetensors")));
        Assert.Contains(
            "\\\"pretrain\\\":\\\"texts.txt\\\"", file.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LabelledFileToPretrainOn_LeavesTestTextsOut()
    {
        using var place = new Workspace();
        CommandResult result = place.TrainSmall("--pretrain", "data.tsv", "--pretrain-epochs", "1");
        Assert.Contains("data.tsv: 120 texts to pre-train on, 12 of the test left out", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LanguageModel_IsStartedFrom()
    {
        using var place = new Workspace();
        place.Write("texts.txt", Texts(60));
        CommandResult language = place.Run(
            "train", "texts.txt", "--task", "lm", "--unit", "word", "--hidden", "9", "--embedding", "7", "--layers", "1",
            "--epochs", "1", "--threads", "1", "--out", "language.safetensors");
        Assert.True(language.Code == 0, language.Error);
        place.Write("data.tsv", Reviews.Tsv());
        CommandResult result = place.Run(
            "train", "data.tsv", "--pretrain", "language.safetensors", "--epochs", "2", "--out", "model.safetensors", "--threads",
                "1");
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("LSTM, 1 layer of 9 units, both directions", result.Out, StringComparison.Ordinal);
        Assert.Contains("pretrained word vectors", result.Out, StringComparison.Ordinal);
        AssertRefused(
            place, 2, "Hidden is 8, but that of the language model to start from (Pretraining.Model) is 9",
            "--pretrain", "language.safetensors", "--hidden", "8");
        AssertRefused(
            place, 1, "model.safetensors holds a classifier, and --pretrain starts from a language model.",
            "--pretrain", "model.safetensors");
    }

    [Fact]
    public void Train_NothingToPretrainOn_SaysWhatIsNeeded()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        place.Write("empty.txt", "");
        place.Write("few.txt", "only these words\nand these\n");
        place.Write("pairs.tsv", "source\ttarget\none\teins\ntwo\tzwei\n");
        AssertRefused(place, 1, "empty.txt", "--pretrain", "empty.txt");
        AssertRefused(place, 1, "few.txt: 5 tokens are too few to pre-train on", "--pretrain", "few.txt");
        AssertRefused(place, 1, "pairs.tsv: tab-separated", "--pretrain", "pairs.tsv");
        AssertRefused(place, 1, "none.txt: there is no such file", "--pretrain", "none.txt");
        AssertRefused(place, 2, "--pretrain-epochs has no effect here: there is no --pretrain", "--pretrain-epochs", "2");
        AssertRefused(
            place, 2, "--pretrain has no effect here: the task is \"lm\", and only \"classify\" has it",
            "--task", "lm", "--pretrain", "few.txt");
        AssertRefused(place, 2, "--out: few.txt is read by this run", "--pretrain", "few.txt", "--out", "few.txt");
    }

    [Fact]
    public void Train_KilledWhilePretrainingAndResumed_GivesTheSameBytes()
    {
        using var place = new Workspace();
        place.Write("texts.txt", Texts(60));
        string[] more = ["--pretrain", "texts.txt", "--pretrain-epochs", "40", "--checkpoint-every", "0.001s"];
        place.TrainSmall(more);
        byte[] expected = File.ReadAllBytes(place.Path("model.safetensors"));
        using (Process process = place.Start(["train", "data.tsv", "--out", "model.safetensors", .. Reviews.Small, .. more]))
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            while (process.StandardError.ReadLine() is { } line && !line.StartsWith("    2 ", StringComparison.Ordinal))
            {
            }

            process.Kill();
            Workspace.Finish(process, output, process.StandardError.ReadToEndAsync());
        }

        File.Delete(place.Path("model.safetensors"));
        CommandResult resumed = place.Run("train", "--resume", "model.checkpoint", "--checkpoint-every", "1m");
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Equal(expected, File.ReadAllBytes(place.Path("model.safetensors")));
    }

    private static void AssertRefused(Workspace place, int code, string message, params string[] more)
    {
        CommandResult result = place.Run(["train", "data.tsv", .. more]);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(code, result.Code);
    }
}
