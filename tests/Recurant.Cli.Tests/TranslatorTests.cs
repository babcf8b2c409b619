using System.Text;
using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli.Tests;

/// <summary>Translation and captions from the command line: train, test, predict, and what can be wrong.</summary>
public sealed class TranslatorTests : IDisposable
{
    private static readonly string[] s_from = ["one", "two", "three", "four"], s_to = ["eins", "zwei", "drei", "vier"];

    private static readonly string[] s_small =
    [
        "--hidden", "32", "--embedding", "16", "--epochs", "12", "--batch", "16", "--learning-rate", "0.02", "--subwords", "0",
        "--dropout", "0", "--threads", "1",
    ];

    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Train_TwoColumns_LearnsAndShowsBleuBesideTheSource()
    {
        _place.Write("pairs.tsv", Pairs(300, header: true));
        CommandResult result = _place.Run(["train", "pairs.tsv", "--out", "model.safetensors", .. s_small]);
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("pairs set aside for the test", result.Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^test +\\d+ +\\d+\\.\\d{4} +([5-9]\\d|100)\\.\\d\\d ", result.Out);
        Assert.Matches("(?m)^test, source as it is +\\d+ +- +0\\.00 ", result.Out);
        Assert.Contains("Next: recurant predict model.safetensors", result.Out, StringComparison.Ordinal);
        Assert.Equal("zwei eins.\n", _place.Run("predict", "model.safetensors", "one two").Out);
        Assert.Equal(
            "zwei eins.\nvier.\n", _place.RunWithInput("one two\nfour\n", "predict", "model.safetensors", "--beam", "1").Out);
        CommandResult inspected = _place.Run("inspect", "model.safetensors");
        Assert.Contains("general attention", inspected.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);

        using JsonDocument predicted = JsonDocument.Parse(_place.Run("predict", "model.safetensors", "one two", "--json").Out);
        JsonElement root = predicted.RootElement;
        var translator = new Translator(ModelFile.Load<TranslatorModel>(_place.Path("model.safetensors")));
        JsonShape.AssertSame(translator.Translate("one two"), root.GetRawText());
        Assert.Equal("zwei eins.", root.GetProperty("text").GetString());
        Assert.Equal(["\u2581one", "\u2581two"], root.GetProperty("source").EnumerateArray().Select(piece => piece.GetString()));
        Assert.Equal(root.GetProperty("pieces").GetArrayLength(), root.GetProperty("attention").GetArrayLength());
        Assert.All(root.GetProperty("attention").EnumerateArray(), row => Assert.Equal(3, row.GetArrayLength()));

        using JsonDocument tested = JsonDocument.Parse(_place.Run("test", "model.safetensors", "pairs.tsv", "--json").Out);
        Assert.Equal("translate", tested.RootElement.GetProperty("task").GetString());
        Assert.InRange(tested.RootElement.GetProperty("bleu").GetDouble(), 80, 100);
        Assert.Matches("(?m)^BLEU +([89]\\d|100)\\.\\d\\d$", _place.Run("test", "model.safetensors", "pairs.tsv").Out);
    }

    [Fact]
    public void Train_TwoFilesOfLines_GivesTheModelOfTheColumns()
    {
        WriteLines("train", 0, 150);
        WriteLines("more", 150, 30);
        string[] parts =
            ["--valid", "more.en,more.de", "--test", "more.en,more.de", "--out", "a.safetensors", "--json", .. s_small];
        CommandResult byOptions = _place.Run(["train", "--source", "train.en", "--target", "train.de", .. parts]);
        Assert.True(byOptions.Code == 0, byOptions.Error);
        Assert.Contains("train.en,train.de: pairs of texts; 150 pairs", byOptions.Error, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(byOptions.Out);
        Assert.Equal("translate", document.RootElement.GetProperty("task").GetString());
        Assert.Equal("source-as-it-is", document.RootElement.GetProperty("baseline").GetProperty("name").GetString());
        CommandResult byName = _place.Run(["train", "train.en,train.de", .. parts]);
        Assert.Equal(byOptions.Out.Split("\"seconds\"")[0], byName.Out.Split("\"seconds\"")[0]);
        Assert.Equal("train.safetensors", DefaultName());

        string DefaultName()
        {
            Assert.Equal(0, _place.Run(["train", "train.en,train.de", "--test", "more.en,more.de", .. s_small]).Code);
            return _place.Files().Single(file => file.StartsWith("train.", StringComparison.Ordinal)
                && file.EndsWith("tensors", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Train_BadPairs_SaysWhatIsWrong()
    {
        WriteLines("train", 0, 30);
        _place.Write("short.de", "eins.\n");
        (string[] Arguments, string Text)[] cases =
        [
            (["train", "--source", "train.en", "--target", "short.de"], "train.en"),
            (["train", "--source", "train.en"], "--source without DATA is a file of lines and needs --target FILE as well"),
            (["train", "--source", "train.en", "--target", "missing.de"], "missing.de"),
            (["train", "train.en,train.de", "--attention", "sideways"], "sideways"),
            (["train", "train.en,train.de", "--hidden", "31"], "even number"),
            (["train", "train.en,train.de", "--subwords", "-3"], "-3"),
        ];
        foreach ((string[] arguments, string text) in cases)
        {
            CommandResult result = _place.Run(arguments);
            Assert.NotEqual(0, result.Code);
            Assert.Contains(text, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Train_ImagesOfAManifest_LearnsToDescribeThem()
    {
        var manifest = new StringBuilder("image\tsentence\n");
        for (int i = 0; i < 80; i++)
        {
            _place.WriteBytes($"{i}.bmp", Bitmap(i));
            manifest.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i}.bmp\t{SentenceOf(i)}\n");
        }

        _place.Write("images.tsv", manifest.ToString());
        CommandResult trained = _place.Run(["train", "images.tsv", "--out", "m.safetensors", "--json", .. s_small]);
        Assert.True(trained.Code == 0, trained.Error);
        using JsonDocument document = JsonDocument.Parse(trained.Out);
        Assert.Equal("caption", document.RootElement.GetProperty("task").GetString());
        Assert.InRange(document.RootElement.GetProperty("test").GetProperty("exact").GetDouble(), 0.9, 1);
        Assert.Equal(SentenceOf(1) + "\n" + SentenceOf(2) + "\n", _place.Run("predict", "m.safetensors", "1.bmp", "2.bmp").Out);
        Assert.Matches("(?m)^exact +(1\\.0000|0\\.9\\d{3})$", _place.Run("test", "m.safetensors", "images.tsv").Out);

        CaptionerModel model = ModelFile.Load<CaptionerModel>(_place.Path("m.safetensors"));
        byte[] pixels = ImageFile.Read(_place.Path("1.bmp"), model.Spec.Width, model.Spec.Height, model.Spec.Channels);
        var image = new CaptionDataset(
            "one", [new CaptionedImage(pixels, "")], model.Spec.Width, model.Spec.Height, model.Spec.Channels);
        JsonShape.AssertSame(
            new Captioner(model).Describe(image)[0], _place.Run("predict", "m.safetensors", "1.bmp", "--json").Out);

        _place.WriteBytes("cut.bmp", Bitmap(1)[..40]);
        CommandResult cut = _place.Run("predict", "m.safetensors", "cut.bmp");
        Assert.Equal(1, cut.Code);
        Assert.Contains("cut.bmp", cut.Error, StringComparison.Ordinal);
        CommandResult wrong = _place.Run("generate", "m.safetensors", "--prompt", "x");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("captioner", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("recurant predict", wrong.Error, StringComparison.Ordinal);
    }

    private static string SentenceOf(int i) =>
        (i % 2 == 0 ? "light" : "dark") + " left of " + (i / 2 % 2 == 0 ? "light" : "dark");

    /// <summary>12 x 8 pixels, each half light or dark, with a little noise: an uncompressed bitmap of 24 bits.</summary>
    private static byte[] Bitmap(int seed)
    {
        const int Width = 12, Height = 8, Head = 54, Row = 3 * Width;
        byte[] file = new byte[Head + Row * Height];
        "BM"u8.CopyTo(file);
        BitConverter.TryWriteBytes(file.AsSpan(2), file.Length);
        BitConverter.TryWriteBytes(file.AsSpan(10), Head);
        BitConverter.TryWriteBytes(file.AsSpan(14), 40);
        BitConverter.TryWriteBytes(file.AsSpan(18), Width);
        BitConverter.TryWriteBytes(file.AsSpan(22), Height);
        BitConverter.TryWriteBytes(file.AsSpan(26), (short)1);
        BitConverter.TryWriteBytes(file.AsSpan(28), (short)24);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                bool isLight = (x < Width / 2 ? seed % 2 : seed / 2 % 2) == 0;
                byte value = (byte)((isLight ? 200 : 20) + (seed * 7 + x * 13 + y * 5) % 30);
                file.AsSpan(Head + y * Row + 3 * x, 3).Fill(value);
            }
        }

        return file;
    }

    private void WriteLines(string name, int first, int count)
    {
        string[] pairs = Pairs(first + count, header: false).Split('\n', StringSplitOptions.RemoveEmptyEntries)[first..];
        _place.Write(name + ".en", string.Concat(pairs.Select(pair => pair.Split('\t')[0] + "\n")));
        _place.Write(name + ".de", string.Concat(pairs.Select(pair => pair.Split('\t')[1] + "\n")));
    }

    /// <summary>One to three numbers in words, which the target has the other way round.</summary>
    private static string Pairs(int count, bool header)
    {
        var text = new StringBuilder(header ? "en\tde\n" : "");
        for (int i = 0; i < count; i++)
        {
            int[] numbers = [.. new[] { i * 7 % 4, i / 3 % 4, i / 11 % 4 }.Take(1 + i % 3)];
            text.AppendJoin(' ', numbers.Select(n => s_from[n])).Append('\t')
                .AppendJoin(' ', numbers.Reverse().Select(n => s_to[n])).Append(".\n");
        }

        return text.ToString();
    }
}
