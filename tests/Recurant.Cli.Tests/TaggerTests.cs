using System.Text;
using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Tagging from the command line: train, test, predict, and what can be wrong.</summary>
public class TaggerTests : IDisposable
{
    private static readonly string[] s_stems = ["blick", "dorp", "fen", "gorm", "hask", "jull", "mip"];

    private static readonly string[] s_small =
    [
        "--hidden", "10", "--embedding", "8", "--characters", "8", "--layers", "1", "--epochs", "12", "--batch", "8",
        "--learning-rate", "0.02", "--dropout", "0.1", "--threads", "1",
    ];

    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_ConllColumns_LearnsTagsAndShowsThemBesideTheBaseline()
    {
        CommandResult result = TrainParts();
        Assert.Contains("140 sentences", result.Error, StringComparison.Ordinal);
        Assert.Contains("set aside for the test", result.Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^test +\\d+ +\\d+ +\\d+\\.\\d{4} +(1\\.0000|0\\.9\\d{3}) ", result.Out);
        Assert.Matches("(?m)^test, most frequent tag +\\d+ +\\d+ +- ", result.Out);
        Assert.Matches("(?m)^NOUN +[01]\\.\\d{4} ", result.Out);
        Assert.Contains("Next: recurant predict model.safetensors", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_Text_GivesAWordAndItsTagALine()
    {
        TrainParts();
        CommandResult result = _place.Run("predict", "model.safetensors", "the dorpfen blickgorming .", "the hask");
        Assert.Equal(0, result.Code);
        Assert.Equal("the\tDET\ndorpfen\tNOUN\nblickgorming\tVERB\n.\tMARK\n\nthe\tDET\nhask\tNOUN\n\n", result.Out);
        Assert.Equal(
            result.Out, _place.RunWithInput("the dorpfen blickgorming .\nthe hask\n", "predict", "model.safetensors").Out);
        _place.Write("lines.txt", "the dorpfen blickgorming .\nthe hask\n");
        Assert.Equal(result.Out, _place.Run("predict", "model.safetensors", "--file", "lines.txt").Out);
        string whole = _place.Run("predict", "model.safetensors", "--blanks", "(the)").Out;
        Assert.StartsWith("(the)\t", whole, StringComparison.Ordinal);
        Assert.StartsWith("(\t", _place.Run("predict", "model.safetensors", "(the)").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_FileOfTaggedWords_TagsItsWordsAnew()
    {
        TrainParts();
        _place.Write("test.conll", "the\tX\nhask\tX\n\nthe\tX\nmip\tX\n\nthe\tX\nfen\tX\n");
        CommandResult result = _place.Run("predict", "model.safetensors", "--file", "test.conll");
        Assert.Equal("the\tDET\nhask\tNOUN\n\nthe\tDET\nmip\tNOUN\n\nthe\tDET\nfen\tNOUN\n\n", result.Out);
    }

    [Fact]
    public void Names_TrainTestAndPredict_SpeakOfSpans()
    {
        _place.Write("names.iob2", Names(150));
        CommandResult trained = _place.Run(["train", "names.iob2", "--out", "names.safetensors", "--json", .. s_small]);
        Assert.True(trained.Code == 0, trained.Error);
        using (JsonDocument document = JsonDocument.Parse(trained.Out))
        {
            JsonElement root = document.RootElement;
            Assert.Equal("tag", root.GetProperty("task").GetString());
            Assert.InRange(root.GetProperty("test").GetProperty("span_f1").GetDouble(), 0.9, 1);
            Assert.Equal("most-frequent-tag", root.GetProperty("baseline").GetProperty("name").GetString());
        }

        CommandResult tested = _place.Run("test", "names.safetensors", "names.iob2");
        Assert.Matches("(?m)^span F1 +(1\\.0000|0\\.9\\d{3})$", tested.Out);
        Assert.Matches("(?m)^person +[01]\\.\\d{4} ", tested.Out);
        using (JsonDocument document = JsonDocument.Parse(_place.Run("test", "names.safetensors", "names.iob2", "--json").Out))
        {
            JsonElement spans = document.RootElement.GetProperty("spans");
            Assert.Equal(["person", "place"], spans.EnumerateObject().Select(kind => kind.Name));
        }

        using (JsonDocument document = JsonDocument.Parse(
            _place.Run("predict", "names.safetensors", "--json", "dorp mr Fen Hask .").Out))
        {
            JsonElement span = Assert.Single(document.RootElement.GetProperty("spans").EnumerateArray());
            Assert.Equal("person", span.GetProperty("kind").GetString());
            Assert.Equal("Fen Hask", span.GetProperty("text").GetString());
            Assert.Equal(2, span.GetProperty("start").GetInt32());
            Assert.Equal(5, document.RootElement.GetProperty("words").GetArrayLength());
        }

        Assert.Contains("conditional random field", _place.Run("inspect", "names.safetensors").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TagColumnAndOptions_AreTaken()
    {
        _place.Write("three.conll", Parts(60, "\tzz"));
        string[] common = ["train", "three.conll", "--epochs", "1", "--hidden", "6", "--embedding", "6", "--quiet"];
        CommandResult plain = _place.Run(
            [.. common, "--tag-column", "2", "--characters", "0", "--crf", "--out", "m.safetensors"]);
        Assert.True(plain.Code == 0, plain.Error);
        string inspected = _place.Run("inspect", "m.safetensors").Out;
        Assert.Contains("tagger: words, LSTM, 1 layer of 6 units, both directions, conditional random field over", inspected,
            StringComparison.Ordinal);
        Assert.DoesNotContain("characters.", inspected, StringComparison.Ordinal);
        // The last column has one tag only.
        CommandResult last = _place.Run(common);
        Assert.Equal(1, last.Code);
        Assert.Contains("have the tag \"zz\"", last.Error, StringComparison.Ordinal);
        Assert.Contains("--tag-column", last.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TagIsMissingInALine_NamesTheLine()
    {
        _place.Write("broken.conll", "the\tDET\ndorp\tNOUN\n\nthe\tDET\nfen\n\na\tDET\n");
        CommandResult result = _place.Run("train", "broken.conll", "--task", "tag");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("recurant: broken.conll, line 5", result.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--characters", "-1")]
    [InlineData("--label-smoothing", "0.1", "--crf")]
    [InlineData("--embedding", "onehot")]
    public void Train_OptionATaggerDoesNotTake_SaysWhy(params string[] options)
    {
        _place.Write("parts.conll", Parts(20));
        CommandResult result = _place.Run(["train", "parts.conll", .. options]);
        Assert.InRange(result.Code, 1, 2);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.False(_place.Has("parts.safetensors"));
    }

    [Fact]
    public void Blanks_ForAClassifier_IsWrongUsage()
    {
        _place.TrainSmall();
        CommandResult result = _place.Run("predict", "model.safetensors", "--blanks", "a text");
        Assert.Equal(2, result.Code);
        Assert.Contains("--blanks is for taggers", result.Error, StringComparison.Ordinal);
    }

    private CommandResult TrainParts()
    {
        _place.Write("parts.conll", Parts(140));
        CommandResult result = _place.Run(["train", "parts.conll", "--out", "model.safetensors", .. s_small]);
        Assert.True(result.Code == 0, result.Error);
        return result;
    }

    /// <summary>Behind "the" a noun; what ends in "ing" is a verb; the rest adverbs; a mark at the end.</summary>
    private static string Parts(int sentences, string more = "")
    {
        var text = new StringBuilder();
        for (int i = 0; i < sentences; i++)
        {
            for (int t = 0; t <= i % 3; t++)
            {
                string stem = s_stems[(i * 3 + t) % 7] + s_stems[(i * 5 + 2 * t) % 7] + s_stems[i / 7 % 7];
                switch ((i + t) % 3)
                {
                    case 0: Add("the", "DET"); Add(stem, "NOUN"); break;
                    case 1: Add(stem + "ing", "VERB"); break;
                    default: Add(stem + "ly", "ADV"); break;
                }
            }

            Add(".", "MARK");
            text.Append('\n');
        }

        return text.ToString();
        void Add(string word, string tag) => text.Append(word).Append('\t').Append(tag).Append(more).Append('\n');
    }

    /// <summary>Names of persons behind "mr", of places behind "in".</summary>
    private static string Names(int sentences)
    {
        var text = new StringBuilder();
        for (int i = 0; i < sentences; i++)
        {
            if (i % 4 > 1) text.Append(s_stems[i % 7]).Append("\tO\n");
            string kind = i % 2 == 0 ? "person" : "place";
            text.Append(kind == "person" ? "mr" : "in").Append("\tO\n");
            for (int t = 0; t <= i / 2 % 3; t++)
            {
                string stem = s_stems[(i + 3 * t) % 7];
                text.Append(char.ToUpperInvariant(stem[0])).Append(stem[1..]);
                text.Append(t == 0 ? "\tB-" : "\tI-").Append(kind).Append('\n');
            }

            text.Append(".\tO\n\n");
        }

        return text.ToString();
    }
}
