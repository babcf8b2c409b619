namespace Recurant.Cli.Tests;

/// <summary>Settings that would change nothing are refused by name and with the reason; those that act are not.</summary>
public class SettingUseTests
{
    // Nothing can be written there: a run whose settings are accepted ends before it reads its data.
    private const string Nowhere = "nowhere/model.safetensors";

    [Theory]
    [InlineData("--bptt", "the task is \"classify\", and only \"lm\" has it", "classify", "20")]
    [InlineData("--crf", "the task is \"lm\", and only \"tag\" has it", "lm", "true")]
    [InlineData("--tag-column", "the task is \"classify\", and only \"tag\" has it", "classify", "2")]
    [InlineData("--unit", "the task is \"tag\", and only \"classify\", \"lm\" and \"transcribe\" have it", "tag", "char")]
    [InlineData("--text", "the task is \"tag\", and only \"classify\" and \"lm\" have it", "tag", "2")]
    [InlineData("--text", "the columns of pairs are named by --source and --target", "translate", "2")]
    [InlineData("--label", "the column of the tags is named by --tag-column", "tag", "2")]
    [InlineData("--label", "the task is \"lm\", and only \"classify\" and \"tag\" have it", "lm", "2")]
    [InlineData(
        "--lowercase", "the task is \"translate\", and only \"classify\", \"tag\" and \"lm\" have it", "translate", "true")]
    [InlineData("--source", "the task is \"caption\", and only \"translate\" has it", "caption", "1")]
    [InlineData("--tied-vectors", "the task is \"caption\", and only \"translate\" has it", "caption", "all")]
    [InlineData("--max-tokens", "the task is \"caption\", and only \"classify\" and \"translate\" have it", "caption", "9")]
    [InlineData("--attention", "the task is \"lm\", and only \"translate\" and \"caption\" have it", "lm", "general")]
    [InlineData("--chrono", "the task is \"lm\", and only \"problem\" has it", "lm", "9")]
    [InlineData("--format", "the task is \"problem\"", "problem", "csv")]
    [InlineData("--delimiter", "the task is \"tag\"", "tag", "tab")]
    [InlineData("--encoding", "a generated problem is read from no file", "problem", "utf-8")]
    [InlineData("--valid", "the sequences of a generated problem are made anew", "problem", "0.2")]
    [InlineData("--test", "the sequences of a generated problem are made anew", "problem", "x.tsv")]
    [InlineData("--embedding", "a generated problem consists of numbers, not of words", "problem", "9")]
    [InlineData("--bidirectional", "a tagger always reads a sentence from both ends", "tag", "false")]
    [InlineData("--bidirectional", "a language model reads in one direction", "lm", "false")]
    [InlineData("--bidirectional", "the encoder always reads from both ends", "translate", "false")]
    [InlineData("--bidirectional", "networks for generated problems read in one direction", "problem", "false")]
    [InlineData("--activation",
        "the activations of the cell lstm are fixed. Leave it out, or choose the cell elman, indrnn or lru", "lm", "relu")]
    [InlineData("--form", "only the cell elman has two forms, and the cell is lstm", "classify", "hidden")]
    [InlineData("--gru-reset", "only the cell gru has it, and the cell is sru", "classify", "inside", "--cell", "sru")]
    [InlineData("--forget-bias", "the cell gru has no such bias. Leave it out, or choose the cell lstm, minlstm, ", "tag", "1",
        "--cell", "gru")]
    [InlineData("--forget-bias", "the forget gates start as --chrono says", "problem", "2")]
    [InlineData("--cell", "--model feedforward has no recurrent layers", "classify", "gru", "--model", "feedforward")]
    [InlineData("--pooling", "--model bag-of-words has no recurrent layers", "classify", "max", "--model", "bag-of-words")]
    [InlineData("--recompute", "--model bag-of-words has no recurrent layers", "classify", "true", "--model", "bag-of-words")]
    [InlineData("--pretrain", "--model feedforward has no recurrent layers", "classify", "x.txt", "--model", "feedforward")]
    [InlineData("--lens-every", "--model feedforward has no recurrent layers", "classify", "9", "--model", "feedforward")]
    [InlineData(
        "--hidden", "a bag of words has no hidden layers and no word vectors", "classify", "9", "--model", "bag-of-words")]
    [InlineData("--max-words", "a bag of words knows every word and pair", "classify", "9", "--model", "bag-of-words")]
    [InlineData("--freeze-vectors", "there are no --vectors to keep as they are", "tag", "true")]
    [InlineData("--pretrain-epochs", "there is no --pretrain whose epochs it would limit", "classify", "2")]
    [InlineData("--pretrain-epochs", "a language model that is trained already", "classify", "2", "--pretrain", "x.safetensors")]
    [InlineData("--checkpoint-every", "with --checkpoint none no state is kept", "classify", "5s", "--checkpoint", "none")]
    [InlineData("--subwords", "the tokens are no subwords. Leave it out, or give --unit subword", "lm", "9")]
    [InlineData("--max-words", "the pieces are subwords, whose number --subwords limits", "lm", "9", "--unit", "subword")]
    [InlineData("--max-words", "the pieces are subwords, whose number --subwords limits", "translate", "9")]
    [InlineData("--min-count", "the pieces are subwords. Leave it out, or read whole words with --subwords 0", "translate", "2")]
    [InlineData("--min-count", "the pieces are subwords", "caption", "2", "--subwords", "9")]
    [InlineData("--dropout", "the network has no dropout of \"word\", only of input, layers, recurrent, embedding and output",
        "lm", "word=0.2,input=0.1")]
    [InlineData("--dropout", "the network has no dropout of \"output\", only of input, layers and word", "classify", "output=0.2",
        "--model", "feedforward")]
    [InlineData("--dropout", "dropout of \"layers\" acts between two layers, and there is one", "classify", "layers=0.2")]
    [InlineData("--dropout", "dropout of \"layers\" acts between two layers, and there is one", "problem", "layers=0.2")]
    [InlineData(
        "--dropout", "the network has no dropout of \"input\", only of layers and recurrent", "problem", "0.2", "--layers", "2")]
    public void Train_SettingWithoutEffect_IsRefusedWithTheReason(
        string option, string reason, string task, string value, params string[] others)
    {
        using var place = new Workspace();
        CommandResult result = Train(place, task, [option, value, .. others]);
        Assert.Equal(2, result.Code);
        Assert.StartsWith($"recurant: {option} has no effect here: {reason}", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"\. Leave it out(, or [^.]+)?\.\n$", result.Error);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void Train_ValidationShareOfDivided_IsRefused()
    {
        using var place = new Workspace();
        CommandResult result = place.Run("train", "sdk:languages", "--task", "classify", "--valid", "0.2", "--out", Nowhere);
        Assert.Equal(2, result.Code);
        Assert.StartsWith(
            "recurant: --valid has no effect here: the data has validation texts of its own", result.Error,
                StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TaskGuessed_TellsThatItWas()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        CommandResult result = place.Run("train", "data.tsv", "--bptt", "9", "--out", Nowhere);
        Assert.StartsWith(
            "recurant: --bptt has no effect here: the task is \"classify\", as the data suggests, and only \"lm\" has it. Leave "
                + "it out, or "
            + "name another task with --task.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("classify", "--text", "1", "--label", "2", "--format", "tsv", "--delimiter", "tab", "--unit", "char",
        "--max-tokens", "9")]
    [InlineData("classify", "--cell", "elman", "--activation", "relu", "--form", "preactivation", "--pooling", "mean",
        "--no-bidirectional", "--recompute")]
    [InlineData("classify", "--cell", "gru", "--gru-reset", "outside", "--characters", "9", "--models", "2", "--no-direct")]
    [InlineData("classify", "--cell", "minlstm", "--forget-bias", "2", "--dropout", "layers=0.2,word=0.1", "--layers", "2")]
    [InlineData("classify", "--vectors", "v.txt", "--freeze-vectors", "--min-count", "2", "--max-words", "9", "--dropout", "0.2")]
    [InlineData("classify", "--pretrain", "x.txt", "--pretrain-epochs", "2", "--lens-every", "9", "--checkpoint-every", "5s")]
    [InlineData(
        "classify", "--model", "feedforward", "--hidden", "9", "--layers", "2", "--activation", "relu", "--dropout", "0.2")]
    [InlineData("classify", "--model", "feedforward", "--dropout", "layers=0.2,input=0.1,word=0.1", "--embedding", "9",
        "--max-words", "9")]
    [InlineData(
        "classify", "--model", "bag-of-words", "--min-count", "2", "--weight-decay", "0.1", "--max-tokens", "9", "--models", "2")]
    [InlineData("tag", "--tag-column", "2", "--crf", "true", "--characters", "0", "--vectors", "v.txt", "--freeze-vectors",
        "--lowercase", "false")]
    [InlineData("tag", "--cell", "lru", "--activation", "relu", "--dropout", "layers=0.2", "--label-smoothing", "0.1", "--format",
        "conll")]
    [InlineData(
        "lm", "--bptt", "9", "--samples", "9", "--tied", "true", "--unit", "subword", "--subwords", "9", "--min-count", "2")]
    [InlineData("lm", "--text", "1", "--format", "tsv", "--delimiter", "tab", "--max-words", "9", "--dropout",
        "layers=0.2,embedding=0.1")]
    [InlineData("translate", "--source", "1", "--target", "2", "--subwords", "0", "--min-count", "2", "--max-words", "9",
        "--max-tokens", "9")]
    [InlineData("translate", "--attention", "bahdanau", "--tied-vectors", "all", "--dropout", "layers=0.2", "--cell", "gru")]
    [InlineData(
        "caption", "--attention", "general", "--min-count", "2", "--max-words", "9", "--embedding", "9", "--encoding", "utf-8")]
    [InlineData("problem", "--chrono", "0", "--forget-bias", "2", "--layers", "2", "--dropout", "layers=0.2")]
    [InlineData("problem", "--cell", "minlstm", "--forget-bias", "2", "--hidden", "9")]
    public void Train_SettingsThatAct_AreAccepted(string task, params string[] settings)
    {
        using var place = new Workspace();
        AssertAccepted(Train(place, task, settings));
    }

    [Theory]
    [InlineData("elman", "--activation", "relu", "--form", "preactivation")]
    [InlineData("gru", "--gru-reset", "outside")]
    public void Train_FromALanguageModelOfAnotherCell_TakesTheCellsSettings(string cell, params string[] settings)
    {
        using var place = new Workspace();
        place.Write("texts.txt", string.Concat(Enumerable.Repeat("the film is not good , not at all .\n", 30)));
        CommandResult language = place.Run(
            ["train", "texts.txt", "--task", "lm", "--unit", "word", "--hidden", "8", "--embedding", "8", "--layers", "1",
            "--epochs", "1", "--cell", cell, "--out", "language.safetensors", .. settings]);
        Assert.True(language.Code == 0, language.Error);
        CommandResult result = place.TrainSmall(["--pretrain", "language.safetensors", .. settings]);
        Assert.True(result.Code == 0, result.Error);
    }

    [Fact]
    public void Train_EveryRecipe_IsAccepted()
    {
        using var place = new Workspace();
        string[] recipes = Directory.GetFiles(Path.Combine(Workspace.Repository(), "recipes"), "*.jsonc");
        Assert.NotEmpty(recipes);
        foreach (string recipe in recipes) AssertAccepted(place.Run("train", "--config", recipe, "--out", Nowhere));
    }

    private static CommandResult Train(Workspace place, string task, string[] settings)
    {
        string data = task == "problem" ? "adding:20" : "data.tsv";
        return place.Run(["train", data, "--task", task, "--out", Nowhere, .. settings]);
    }

    private static void AssertAccepted(CommandResult result)
    {
        Assert.StartsWith($"recurant: Cannot write {Nowhere}: there is no directory", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Code);
    }
}
