using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Recurant.Tests.Data;

public sealed class WordVectorsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("recurant-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("good 1 -2.5 3e-1\nbad 4 5 6\n")] // GloVe
    [InlineData("2 3\ngood 1 -2.5 3e-1\nbad 4 5 6\n")] // word2vec, fastText
    [InlineData("2 3 \r\ngood 1 -2.5 3e-1 \r\nbad 4 5 6 \r\n")] // with blanks at the end and CRLF
    [InlineData("\uFEFFgood 1 -2.5 3e-1\nbad 4 5 6\n\n")]
    public void Read_Text_GivesTheVectors(string content)
    {
        WordVectors vectors = Read(content);
        Assert.Equal((3, 2), (vectors.Dimension, vectors.Count));
        Assert.Equal([1f, -2.5f, 0.3f], Vector(vectors, "good"));
        Assert.Equal([4f, 5f, 6f], Vector(vectors, "bad"));
        Assert.False(vectors.TryGet("Good", new float[3]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_Binary_GivesTheVectors(bool lineFeeds)
    {
        WordVectors vectors = Read(Binary(lineFeeds, ("good", [1, 2, 3]), ("caf\u00E9", [-4, 5, 6.5f])));
        Assert.Equal((3, 2), (vectors.Dimension, vectors.Count));
        Assert.Equal([1f, 2f, 3f], Vector(vectors, "good"));
        Assert.Equal([-4f, 5f, 6.5f], Vector(vectors, "caf\u00E9"));
    }

    [Fact]
    public void Read_Gzip_IsUnpacked()
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
        {
            gzip.Write("good 1 2\n"u8);
        }

        Assert.Equal([1f, 2f], Vector(Read(memory.ToArray()), "good"));
    }

    [Fact]
    public void Read_Keep_KeepsOnlyTheseWords()
    {
        WordVectors vectors = Read("a 1 2\nb 3 4\nc 5 6\n", new HashSet<string> { "b", "z" });
        Assert.Equal(1, vectors.Count);
        Assert.Equal([3f, 4f], Vector(vectors, "b"));
    }

    [Fact]
    public void Read_WordWithBlanks_IsSplitFromTheRight()
    {
        WordVectors vectors = Read("the 1 2 3\n. . . 4 5 6\nat name@domain.com 7 8 9\n12 1 2 3\n");
        Assert.Equal([4f, 5f, 6f], Vector(vectors, ". . ."));
        Assert.Equal([7f, 8f, 9f], Vector(vectors, "at name@domain.com"));
        Assert.Equal([1f, 2f, 3f], Vector(vectors, "12"));
    }

    [Fact]
    public void Read_NumbersInTheFirstLineOnly_AreAHeaderOrAWord()
    {
        Assert.Equal(2, Read("7 1.5 2\nb 3 4\n").Dimension); // a word "7"
        Assert.Equal([1f], Vector(Read("1 1\n7 1\n"), "7")); // a header
    }

    [Fact]
    public void Read_WordTwice_FirstWins()
    {
        Assert.Equal([1f, 2f], Vector(Read("a 1 2\na 3 4\n"), "a"));
        Assert.Equal([1f, 2f], Vector(Read("2 2\na 1 2\na 3 4\n"), "a"));
    }

    [Fact]
    public void Read_ManyWords_KeepsAll()
    {
        var content = new StringBuilder();
        for (int i = 0; i < 3000; i++) content.Append($"w{i} {i} {-i}\n");
        WordVectors vectors = Read(content.ToString());
        Assert.Equal(3000, vectors.Count);
        Assert.Equal([1024f, -1024f], Vector(vectors, "w1024"));
        Assert.Equal([2999f, -2999f], Vector(vectors, "w2999"));
    }

    [Fact]
    public void Read_WordNotUtf8_IsPassedOver()
    {
        WordVectors vectors = Read([.. "a 1 2\n"u8, 0xE9, .. " 3 4\nb 5 6\n"u8]);
        Assert.Equal(2, vectors.Count);
        Assert.Equal([5f, 6f], Vector(vectors, "b"));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("a 1 2 3\nb 4 5\n", "line 2, column 1: expected a word and 3 numbers, found 2 numbers")]
    [InlineData("a 1 2\nb 4 5 6\n", "line 2, column 1: expected a word and 2 numbers, found 3 numbers")]
    [InlineData("2 2\na 1 2\nb 4\n", "line 3, column 1: expected a word and 2 numbers, found 1 numbers")]
    [InlineData("a 1 2\nb 4 x5\n", "line 2, column 5: \"x5\" is not a finite number")]
    [InlineData("a 1 2\n\u00E9 4 NaN\n", "line 2, column 5: \"NaN\" is not a finite number")]
    [InlineData("a 1 2\nb 1e99 2\n", "line 2, column 3: \"1e99\" is not a finite number")]
    [InlineData("5 2\na 1 2\nb 4 5\n", "promises 5 words, the file has 2. It is truncated")]
    [InlineData("2 0\na\n", "the dimension must be 1 to 65536")]
    [InlineData("This is no vector file.\n", "line 1, column 1: no word vectors")]
    public void Read_TextDamaged_SaysWhere(string content, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Read(content)).Message);

    [Theory]
    [InlineData("3 2\na 1 2\nb 4 5\n", "the header promises 3 words, the file has 2; all are read.")]
    [InlineData("1 2\na 1 2\nb 4 5\n", "the header promises 1 words, the file has 2; all are read.")]
    [InlineData("2 3\na 1 2\nb 4 5\n", "the header promises 3 numbers a word, and the rows have 2; the rows count.")]
    [InlineData("a 1 2\n  0.5 7\nb 4 5\n", "1 vector has no word and is passed over (first: line 2).")]
    [InlineData("a\t1\t2\n\t5\t5\nb\t4\t5\n", "1 vector has no word and is passed over (first: line 2).")]
    public void Read_HeaderOffOrNoWord_IsReadWithAWarning(string content, string expected)
    {
        WordVectors vectors = Read(content);
        Assert.Equal(2, vectors.Count);
        Assert.Equal([4f, 5f], Vector(vectors, "b"));
        Assert.EndsWith(expected, Assert.Single(vectors.Warnings));
    }

    [Theory]
    [InlineData("the\t0.1\t0.2\nof\t3\t4\n")]
    [InlineData("the 0.1  0.2\nof   3    4\n")]
    [InlineData("2\t2\nthe\t 0.1 \t0.2\t\nof 3\t4 \r\n")]
    public void Read_TabsOrSeveralBlanks_SeparateLikeOne(string content)
    {
        WordVectors vectors = Read(content);
        Assert.Equal((2, 2), (vectors.Count, vectors.Dimension));
        Assert.Equal([0.1f, 0.2f], Vector(vectors, "the"));
        Assert.Equal([3f, 4f], Vector(vectors, "of"));
        Assert.Empty(vectors.Warnings);
    }

    [Fact]
    public void Read_BinaryWithAHeaderOneOff_IsReadWithAWarning()
    {
        byte[] whole = Binary(lineFeeds: true, ("good", [1, 2]), ("bad", [3, 4]));
        whole[0] = (byte)'1';
        WordVectors vectors = Read(whole);
        Assert.Equal([3f, 4f], Vector(vectors, "bad"));
        Assert.Contains("promises 1 words, the file has 2", Assert.Single(vectors.Warnings));
    }

    [Fact]
    public void Read_EncodingNamed_ReadsTheWordsThatAreNoUtf8()
    {
        string path = Path.Combine(_directory.FullName, "vectors");
        File.WriteAllBytes(path, [.. "caf"u8, 0xE9, .. " 1 2\n"u8, .. "\u00FCber 3 4\n"u8]);
        WordVectors vectors = WordVectors.Read(path, encoding: TextEncodings.Find("latin1"));
        Assert.Equal([1f, 2f], Vector(vectors, "caf\u00E9"));
        Assert.Equal([3f, 4f], Vector(vectors, "\u00FCber"));
    }

    [Fact]
    public void Read_BinaryDamaged_SaysWhere()
    {
        byte[] whole = Binary(lineFeeds: true, ("good", [1, 2]), ("bad", [3, float.NaN]));
        string Fault(byte[] content) => Assert.Throws<InvalidDataException>(() => Read(content)).Message;
        Assert.Contains("number 2 of the vector of \"bad\" at offset 26 is not finite", Fault(whole));
        Assert.Contains("the vector of word 2 of 2 is truncated: expected 8 bytes at offset 22, found 6", Fault(whole[..^3]));
        Assert.Contains("word 2 of 2 is cut short, at offset 18", Fault(whole[..20]));

        byte[] more = [.. Binary(lineFeeds: true, ("good", [1, 2])), .. "more"u8];
        Assert.Contains("promises 1 words, but more bytes follow at offset 18", Fault(more));
    }

    [Fact]
    public void TryGet_SpanOfOtherLength_Throws() =>
        Assert.Throws<ArgumentException>(() => Read("a 1 2\n").TryGet("a", new float[3]));

    [Fact]
    public void Read_SharedGloVe_CountsWords()
    {
        WordVectors vectors = WordVectors.Read(SharedData.Find("word_vectors/glove_6b_50d_subset.txt.gz"));
        Assert.Equal((50, 8382), (vectors.Dimension, vectors.Count));
        Assert.Equal(0.418f, Vector(vectors, "the")[0]);
    }

    private static float[] Vector(WordVectors vectors, string word)
    {
        var vector = new float[vectors.Dimension];
        Assert.True(vectors.TryGet(word, vector), word);
        return vector;
    }

    private static byte[] Binary(bool lineFeeds, params (string Word, float[] Numbers)[] words)
    {
        var bytes = new List<byte>(Encoding.UTF8.GetBytes($"{words.Length} {words[0].Numbers.Length}\n"));
        foreach ((string word, float[] numbers) in words)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(word + " "));
            foreach (float number in numbers)
            {
                var four = new byte[4];
                BinaryPrimitives.WriteSingleLittleEndian(four, number);
                bytes.AddRange(four);
            }

            if (lineFeeds) bytes.Add((byte)'\n');
        }

        return [.. bytes];
    }

    private WordVectors Read(string content, ISet<string>? keep = null) => Read(Encoding.UTF8.GetBytes(content), keep);

    private WordVectors Read(byte[] content, ISet<string>? keep = null)
    {
        string path = Path.Combine(_directory.FullName, "vectors");
        File.WriteAllBytes(path, content);
        return WordVectors.Read(path, keep);
    }
}
