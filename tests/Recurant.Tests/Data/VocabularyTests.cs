namespace Recurant.Tests.Data;

public class VocabularyTests
{
    private static readonly string[][] s_documents = [["b", "a", "c"], ["c", "a", "<unk>"], ["c", "d"]];

    [Fact]
    public void Build_AllWords_OrdersByCountThenOrdinal()
    {
        Vocabulary vocabulary = Vocabulary.Build(s_documents, minimumCount: 1, maximumSize: 100);
        Assert.Equal(["<unk>", "c", "a", "b", "d"], vocabulary.Words);
        Assert.Equal([1, 3, 2, 1, 1], vocabulary.Counts);
        Assert.Equal(5, vocabulary.Count);
        Assert.Equal("a", vocabulary[2]);
    }

    [Fact]
    public void Build_DocumentsInOtherOrder_GivesTheSameWords() =>
        Assert.Equal(
            Vocabulary.Build(s_documents, 1, 100).Words,
            Vocabulary.Build(s_documents.Reverse().Select(document => document.Reverse().ToArray()), 1, 100).Words);

    [Theory]
    [InlineData(2, 100, "<unk> c a", 3)]
    [InlineData(1, 3, "<unk> c a", 3)]
    [InlineData(1, 1, "<unk>", 8)]
    [InlineData(4, 100, "<unk>", 8)]
    public void Build_Limited_CountsWhatIsLeftOutAsUnknown(int minimumCount, int maximumSize, string words, int unknown)
    {
        Vocabulary vocabulary = Vocabulary.Build(s_documents, minimumCount, maximumSize);
        Assert.Equal(words, string.Join(' ', vocabulary.Words));
        Assert.Equal(unknown, vocabulary.Counts[Vocabulary.Unknown]);
        Assert.Equal(8, vocabulary.Counts.Sum());
    }

    [Fact]
    public void IndexOf_KnownAndUnknown_GivesNumberOrZero()
    {
        var vocabulary = new Vocabulary(["<unk>", "good", "bad"]);
        Assert.Equal(2, vocabulary.IndexOf("bad"));
        Assert.Equal(2, vocabulary.IndexOf("bad".AsSpan()));
        Assert.Equal(Vocabulary.Unknown, vocabulary.IndexOf("Bad"));
        Assert.Equal(Vocabulary.Unknown, vocabulary.IndexOf("ugly".AsSpan()));
        Assert.Empty(vocabulary.Counts);
    }

    [Fact]
    public void Constructor_NoUnknownFirst_Throws()
    {
        Assert.Contains("\"good\"", Assert.Throws<ArgumentException>(() => new Vocabulary(["good", "<unk>"])).Message);
        Assert.Contains("nothing", Assert.Throws<ArgumentException>(() => new Vocabulary([])).Message);
    }

    [Fact]
    public void Constructor_WordTwice_Throws()
    {
        var exception = Assert.Throws<ArgumentException>(() => new Vocabulary(["<unk>", "a", "b", "a"]));
        Assert.Contains("\"a\" stands twice in the vocabulary, at 1 and at 3", exception.Message);
    }

    [Fact]
    public void Build_LimitsBelowOne_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.Build(s_documents, 0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.Build(s_documents, 1, 0));
    }
}
