namespace Recurant.Formats.Tests;

public sealed class TaggedTests : TemporaryFiles
{
    private const string TwoSentences = "I\tO\nsaw\tO\nAda\tB-PER\n\n\t\nLovelace\tB-PER\nsmiled\tO\n";

    private const string Universal =
        "# sent_id = 1\n# text = Don't go.\n1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_\n1\tDo\tdo\tAUX\tVBP\t_\t3\taux\t_\t_\n"
        + "2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_\n3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\t_\n3.1\tx\tx\tX\tX\t_\t_\t_\t_\t_\n"
        + "4\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_\n\n# sent_id = 2\n1\tnew york\tnew\tPROPN\tNNP\t_\t0\troot\t_\t_\n";

    [Theory]
    [InlineData("d.conll", TwoSentences)]
    [InlineData("d.txt", TwoSentences)]
    [InlineData("d.tsv", TwoSentences)]
    [InlineData("d.txt", "I O\nsaw  O\nAda B-PER \n\n\nLovelace B-PER\nsmiled O")]
    [InlineData("d.conll", "\uFEFFI\tO\r\nsaw\tO\r\nAda\tB-PER\r\n\r\n-DOCSTART-\tO\r\nLovelace\tB-PER\r\nsmiled\tO\r\n")]
    [InlineData("d.conll", "# a comment\nI\tO\nsaw\tO\nAda\tB-PER\n\n# another\nLovelace\tB-PER\nsmiled\tO\n")]
    public void Read_Columns_GivesTheSentences(string name, string content)
    {
        TaggedDataset data = TaggedDatasetReader.Read(Write(name, content));
        Assert.Equal("I/O saw/O Ada/B-PER | Lovelace/B-PER smiled/O", Show(data));
        Assert.Equal(["B-PER", "O"], data.Tags);
        Assert.Equal((2, 5L), (data.Count, data.WordCount));
        Assert.Empty(data.Warnings);
    }

    [Fact]
    public void Read_Columns_KeepsTheLineOfEachSentence()
    {
        TaggedDataset data = TaggedDatasetReader.Read(Write("d.conll", TwoSentences));
        Assert.Equal([1, 6], data.Sentences.Select(sentence => sentence.Line));
    }

    [Theory]
    [InlineData("#\tO\n# x\tO\n#y\tO\n", "#/O # x/O #y/O")]
    [InlineData("a O\n# O\n# remark that is no row\n#y O\n", "a/O #/O #y/O")]
    public void Read_WordsWithHash_AreNoComments(string content, string expected) =>
        Assert.Equal(expected, Show(TaggedDatasetReader.Read(Write("d.conll", content))));

    [Theory]
    [InlineData(null, "I/O go/B-VP | so/O")]
    [InlineData("ner", "I/O go/B-VP | so/O")]
    [InlineData("tag", "I/O go/B-VP | so/O")]
    [InlineData("4", "I/O go/B-VP | so/O")]
    [InlineData("pos", "I/PRP go/VBP | so/RB")]
    [InlineData("3", "I/B-NP go/B-VP | so/B-ADVP")]
    [InlineData("Chunk", "I/B-NP go/B-VP | so/B-ADVP")]
    public void Read_FourColumns_TakesTheOneAskedFor(string? column, string expected)
    {
        string path = Write("d.txt", "-DOCSTART- -X- -X- O\n\nI PRP B-NP O\ngo VBP B-VP B-VP\n\nso RB B-ADVP O\n");
        Assert.Equal(expected, Show(TaggedDatasetReader.Read(path, new TaggedFormatOptions { TagColumn = column })));
    }

    [Theory]
    [InlineData("d.conllu", null, "Do/AUX n't/PART go/VERB ./PUNCT | new york/PROPN")]
    [InlineData("d.txt", null, "Do/AUX n't/PART go/VERB ./PUNCT | new york/PROPN")]
    [InlineData("d.conllu.gz", "xpos", "Do/VBP n't/RB go/VB ./. | new york/NNP")]
    [InlineData("d.conll", "8", "Do/aux n't/advmod go/root ./punct | new york/root")]
    public void Read_Universal_TakesWordsOnly(string name, string? column, string expected)
    {
        var options = new TaggedFormatOptions { TagColumn = column };
        Assert.Equal(expected, Show(TaggedDatasetReader.Read(Write(name, Universal), options)));
    }

    [Fact]
    public void Read_GlobalColumns_NamesThem()
    {
        string path = Write("d.conllup", "# global.columns = ID FORM UPOS ENTITY\n1\tAda\tPROPN\tB\n2\tsaw\tVERB\tO\n");
        Assert.Equal("Ada/PROPN saw/VERB", Show(TaggedDatasetReader.Read(path)));
        Assert.Equal(
            "Ada/B saw/O", Show(TaggedDatasetReader.Read(path, new TaggedFormatOptions { TagColumn = "entity" })));
    }

    [Theory]
    [InlineData("d.conll", "", null, "d.conll: the file is empty")]
    [InlineData("d.conll", "# x\n", null, "d.conll: there are no rows")]
    [InlineData("d.conll", "a\nb\n\nc\n", null, "d.conll: there is only one column")]
    [InlineData(
        "d.conll", "a\tO\nb\n", null, "d.conll, line 2: the column of the tags, column 2, is missing: the line has 1 of the 2")]
    [InlineData("d.conll", "a O\nb\n", null, "d.conll, line 2: the column of the tags, column 2, is missing")]
    [InlineData("d.conll", "a\tO\nb\tO\tO\n", null, "d.conll, line 2: expected 2 columns separated by one tab each, found 3.")]
    [InlineData("d.conll", "a\tX\tO\nb\tX\n", "2", "d.conll, line 2: expected 3 columns separated by one tab each, found 2.")]
    [InlineData("d.conll", "a\tO\nb\t\n", null, "d.conll, line 2, column 3: the tag is empty.")]
    [InlineData("d.conll", "a\tO\n\tO\n", null, "d.conll, line 2, column 1: the word is empty.")]
    [InlineData("d.conll", "a\tO\n", "3", "d.conll: there is no column 3 for the tags: the rows have 2 columns")]
    [InlineData("d.conll", "a\tO\n", "1", "d.conll: column 1 holds the words")]
    [InlineData("d.conll", "a\tO\n", "upos", "d.conll: there is no column \"upos\" for the tags. The columns have no names")]
    [InlineData(
        "d.conllu", "1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n", "uops",
        "d.conllu: there is no column \"uops\" for the tags. The columns are: \"ID\", \"FORM\", \"LEMMA\", \"UPOS\"")]
    [InlineData("d.conllu", "1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n", null,
        "d.conllu: every sentence has a word without a tag: the column UPOS holds \"_\"")]
    [InlineData("d.conllu", "1\ta\ta\n", null, "d.conllu, line 1: the column of the tags, UPOS, is missing: the line has 3")]
    [InlineData("d.conllu", "1 a a X X _ _ _ _ _\n", null, "d.conllu, line 1: the column of the tags, UPOS, is missing")]
    [InlineData(
        "d.conllu", "x\ta\ta\tX\t_\t_\t_\t_\t_\t_\n", null, "d.conllu, line 1, column 1: \"x\" is no word number of CoNLL-U")]
    [InlineData("d.conllup", "# global.columns = ID WORD\n1\ta\n", null, "d.conllup: the global.columns line")]
    [InlineData("d.conllup", "# global.columns = ID FORM\n1\ta\n", null, "d.conllup: there is no column UPOS.")]
    public void Read_Faulty_SaysWhere(string name, string content, string? column, string expected)
    {
        string path = Write(name, content);
        string message = Assert.Throws<InvalidDataException>(
            () => TaggedDatasetReader.Read(path, new TaggedFormatOptions { TagColumn = column })).Message;
        Assert.StartsWith(expected, message.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_UnknownFormat_SaysWhatThereIs()
    {
        string path = Write("d.conll", TwoSentences);
        var options = new TaggedFormatOptions { Format = "conl" };
        Assert.Contains("Did you mean \"conll\"?", Assert.Throws<ArgumentException>(
            () => TaggedDatasetReader.Read(path, options)).Message);
    }

    [Fact]
    public void Read_NoBlankLines_Warns()
    {
        string path = Write("d.conll", string.Concat(Enumerable.Repeat("a\tO\n", 1001)));
        Assert.Contains("1 sentence has more than 1000 words (first: line 1)", Assert.Single(
            TaggedDatasetReader.Read(path).Warnings));
    }

    [Fact]
    public void Read_TextsThatAreNoWords_AreKept()
    {
        string longWord = new('x', 10_000);
        string path = Write("d.conll", $"\U0001F600\tE\ne\u0301\tE\n\u6F22\u5B57\tE\n{longWord}\tE\n\u00A0\tE\n");
        Assert.Equal(
            ["\U0001F600", "e\u0301", "\u6F22\u5B57", longWord, "\u00A0"], TaggedDatasetReader.Read(path).Sentences[0].Words);
    }

    [Fact]
    public void TextDatasetReaderRead_TaggedWords_NamesTheTask()
    {
        Assert.Contains("--task tag", Fault("d.conll", TwoSentences));
        Assert.Equal("CoNLL columns", TextDatasetReader.Detect(Write("d.conll", TwoSentences)).ToString());
        Assert.Equal("CoNLL-U", TextDatasetReader.Detect(Write("d.txt", Universal)).ToString());
    }

    [Theory]
    [InlineData("d.tsv", "good\tx y\nbad\tz w\n\ngood\ta\nbad\tx\n", "tsv")] // a label and a text
    [InlineData("d.txt", "la la\nla la\n\nlo la li\nla la\n", "lines")] // a song
    [InlineData("d.txt", "one two\nthree four\n\nfive six\nseven eight\n", "lines")]
    [InlineData("d.tsv", "1\tb\tc\td\te\tf\tg\th\ti\tj\n2\tb\tc\td\te\tf\tg\th\ti\tj\n", "tsv")] // ten columns, numbered
    public void Guess_TextThatIsNoColumns_StaysWhatItWas(string name, string content, string expected) =>
        Assert.Equal(expected, FormatGuess.Guess(Write(name, content), null).Format);

    private static string Show(TaggedDataset data) => string.Join(" | ", data.Sentences.Select(
        sentence => string.Join(' ', sentence.Words.Zip(sentence.Tags, (word, tag) => $"{word}/{tag}"))));
}
