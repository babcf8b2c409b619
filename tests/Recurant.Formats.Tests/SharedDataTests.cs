namespace Recurant.Formats.Tests;

/// <summary>Reads the real data sets that stand beside the repository on some machines, in shared/data.</summary>
public class SharedDataTests
{
    [Fact]
    public void Read_MoviePolarity_CountsRows()
    {
        TextDataset data = TextDatasetReader.Read(Find("mr_polarity"));
        Assert.Equal("neg 5331, pos 5331", Counts(data));
        Assert.Equal("simplistic , silly and tedious .", data.Examples[0].Text);
        Assert.Empty(data.Warnings);
    }

    [Fact]
    public void Read_Trec_CountsRows()
    {
        Assert.Equal(
            "ABBR 86, DESC 1162, ENTY 1250, HUM 1223, LOC 835, NUM 896",
            Counts(TextDatasetReader.Read(Find("trec/train_5500.label"))));
        Assert.Equal(
            "ABBR 9, DESC 138, ENTY 94, HUM 65, LOC 81, NUM 113", Counts(TextDatasetReader.Read(Find("trec/TREC_10.label"))));
        var fine = new TextFormatOptions { LabelColumn = "fine" };
        Assert.Equal(50, TextDatasetReader.Read(Find("trec/train_5500.label"), fine).Labels.Count);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("4", "2")]
    public void Read_Imdb_CountsRows(string? text, string? label)
    {
        var options = new TextFormatOptions { TextColumn = text, LabelColumn = label };
        TextDataset data = TextDatasetReader.Read(Find("imdb_subset/imdb_test_2k.tsv.gz"), options);
        Assert.Equal("0 1000, 1 1000", Counts(data));
        Assert.StartsWith("Once again Mr. Costner", data.Examples[0].Text);
        Assert.Contains(data.Examples, example => example.Text.StartsWith('"'));
    }

    [Fact]
    public void Read_StanfordTreebank_CountsRows()
    {
        Assert.Equal("0 3310, 1 3610", Counts(TextDatasetReader.Read(Find("sst_train/sst2_train.tsv"))));
        Assert.Equal("0 1092, 1 2218, 2 1624, 3 2322, 4 1288", Counts(TextDatasetReader.Read(Find("sst_train/sst5_train.tsv"))));
    }

    [Fact]
    public void Read_NamesByLanguage_CountsRows()
    {
        TextDataset data = TextDatasetReader.Read(Find("names_by_language"));
        Assert.Equal((20_050, 18), (data.Count, data.Labels.Count));
        Assert.Equal(9384, data.Examples.Count(example => example.Label == "Russian"));
    }

    [Theory]
    [InlineData("train", 12_544, 204_577)]
    [InlineData("dev", 2_001, 25_147)]
    [InlineData("test", 2_077, 25_094)]
    public void Read_EnglishTreebank_CountsWords(string part, int sentences, long words)
    {
        string path = Find($"ud_english_ewt/en_ewt-ud-{part}.conllu.gz");
        TaggedDataset data = TaggedDatasetReader.Read(path);
        Assert.Equal((sentences, words, 17), (data.Count, data.WordCount, data.Tags.Count));
        Assert.True(TaggedDatasetReader.Read(path, new TaggedFormatOptions { TagColumn = "XPOS" }).Tags.Count is > 40 and < 52);
    }

    [Theory]
    [InlineData("train", 3_394, 62_730)]
    [InlineData("dev", 1_009, 15_733)]
    [InlineData("test", 1_287, 23_394)]
    public void Read_EmergingEntities_CountsWords(string part, int sentences, long words)
    {
        TaggedDataset data = TaggedDatasetReader.Read(Find($"wnut17_ner/wnut17_{part}.conll"));
        Assert.Equal((sentences, words, 13), (data.Count, data.WordCount, data.Tags.Count));
        Assert.Contains("B-creative-work", data.Tags);
    }

    [Theory]
    [InlineData("train", 29_000)]
    [InlineData("val", 1_014)]
    [InlineData("test_2016_flickr", 1_000)]
    public void Read_Captions_JoinsTheirLines(string part, int count)
    {
        PairDataset data = PairDatasetReader.ReadLines(
            Find($"multi30k_en_de/{part}.en.gz"), Find($"multi30k_en_de/{part}.de.gz"));
        Assert.Equal(count, data.Count);
        Assert.Empty(data.Warnings);
    }

    [Fact]
    public void Read_TextsForLanguageModels_CountsLines()
    {
        Assert.Equal(42_068, PlainTextReader.Read(Find("ptb/ptb.train.txt.gz")).Count);
        PlainText plays = PlainTextReader.Read(Find("tiny_shakespeare/input.txt"));
        Assert.Equal(1_115_394, plays.Lines.Sum(line => line.Length + 1));
    }

    [Theory]
    [InlineData("mr_polarity", DataKind.LabelledTexts)]
    [InlineData("trec/train_5500.label", DataKind.LabelledTexts)]
    [InlineData("imdb_subset/imdb_test_2k.tsv.gz", DataKind.LabelledTexts)]
    [InlineData("sst_train/sst2_train.tsv", DataKind.LabelledTexts)]
    [InlineData("names_by_language", DataKind.LabelledTexts)]
    [InlineData("ud_english_ewt/en_ewt-ud-dev.conllu.gz", DataKind.TaggedWords)]
    [InlineData("wnut17_ner/wnut17_dev.conll", DataKind.TaggedWords)]
    [InlineData("ptb/ptb.valid.txt.gz", DataKind.PlainText)]
    [InlineData("tiny_shakespeare/input.txt", DataKind.PlainText)]
    [InlineData("multi30k_en_de/train.de.gz", DataKind.PlainText)]
    public void Detect_AnyData_TellsTheTask(string name, DataKind kind) =>
        Assert.Equal(kind, DataDetector.Detect(Find(name)).Kind);

    [Fact]
    public void Read_Mnist_MakesScenes()
    {
        string folder = Find("mnist");
        Assert.Equal([60_000, 28, 28], IdxFile.Read(Path.Combine(folder, "train-images-idx3-ubyte.gz")).Sizes);
        Assert.Equal([10_000], IdxFile.Read(Path.Combine(folder, "t10k-labels-idx1-ubyte.gz")).Sizes);
        DataParts<CaptionDataset> scenes = MnistScenes.Read(folder, 2_000, 100, 500);
        Assert.Equal((56, 56, 1), (scenes.Train.Width, scenes.Train.Height, scenes.Train.Channels));
        Assert.Equal(18, scenes.Test.Images.SelectMany(image => image.Sentence.Split(' ')).Distinct().Count());
        Assert.InRange(scenes.Train.Images.Average(image => image.Pixels.ToArray().Average(pixel => pixel)), 15, 27);
    }

    private static string Counts(TextDataset data) =>
        string.Join(", ", data.Labels.Select(label => $"{label} {data.Examples.Count(example => example.Label == label)}"));

    private static string Find(string relative)
    {
        for (DirectoryInfo? up = new(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            string path = Path.Combine(up.FullName, "shared", "data", relative);
            if (Path.Exists(path)) return path;
        }

        Assert.Skip($"shared/data/{relative} is not on this machine.");
        return "";
    }
}
