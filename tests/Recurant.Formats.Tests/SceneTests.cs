using System.Buffers.Binary;
using System.IO.Compression;

namespace Recurant.Formats.Tests;

public sealed class SceneTests : TemporaryFiles
{
    [Theory]
    [InlineData(7, -1, 3, -1, "a seven above a three")]
    [InlineData(-1, 7, -1, 3, "a seven above a three")]
    [InlineData(8, 1, -1, -1, "an eight left of a one")]
    [InlineData(-1, -1, 0, 8, "a zero left of an eight")]
    [InlineData(2, -1, -1, 6, "a two above and left of a six")]
    [InlineData(-1, 2, 6, -1, "a two above and right of a six")]
    [InlineData(1, 2, 3, -1, "a one left of a two and above a three")]
    [InlineData(1, 2, -1, 4, "a two right of a one and above a four")]
    [InlineData(1, -1, 3, 4, "a three left of a four and below a one")]
    [InlineData(-1, 2, 3, 4, "a four right of a three and below a two")]
    public void Describe_EveryLayout_HasItsSentence(int a, int b, int c, int d, string expected) =>
        Assert.Equal(expected, SceneGrammar.Describe([a, b, c, d]));

    [Fact]
    public void Describe_OtherCounts_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => SceneGrammar.Describe([1, -1, -1, -1]));
        Assert.Throws<ArgumentException>(() => SceneGrammar.Describe([1, 2, 3, 4]));
    }

    [Fact]
    public void Read_SmallDigits_DrawsWhatTheSentenceSays()
    {
        string folder = Digits(30, 20);
        DataParts<CaptionDataset> scenes = MnistScenes.Read(folder, 200, 20, 100);
        Assert.Equal((200, 20, 100), (scenes.Train.Count, scenes.Valid.Count, scenes.Test.Count));
        foreach (CaptionedImage image in scenes.Train.Images.Concat(scenes.Test.Images))
        {
            Assert.Equal(SceneGrammar.Describe([.. Enumerable.Range(0, 4).Select(place => Label(image, place))]), image.Sentence);
        }

        // Training digits have the number of the image in their second pixel: the last tenth is in the scenes to validate with.
        Assert.All(scenes.Train.Images, image => Assert.All(Numbers(image), number => Assert.InRange(number, 1, 27)));
        Assert.All(scenes.Valid.Images, image => Assert.All(Numbers(image), number => Assert.InRange(number, 28, 30)));
        Assert.All(scenes.Test.Images, image => Assert.All(Numbers(image), number => Assert.InRange(number, 101, 120)));
        int three = scenes.Train.Images.Count(image => Numbers(image).Count == 3);
        Assert.InRange(three, 70, 130);
        int layouts = scenes.Train.Images.Select(image => string.Concat(
            Enumerable.Range(0, 4).Select(place => Label(image, place) < 0 ? '.' : 'x'))).Distinct().Count();
        Assert.Equal(10, layouts);
        Assert.Equal(DataKind.ImageSentences, DataDetector.Detect(folder).Kind);
    }

    [Fact]
    public void Read_SeedAndNumber_DecideAScene()
    {
        string folder = Digits(30, 20);
        DataParts<CaptionDataset> first = MnistScenes.Read(folder, 50, 5, 5);
        DataParts<CaptionDataset> longer = MnistScenes.Read(folder, 80, 5, 5);
        DataParts<CaptionDataset> other = MnistScenes.Read(folder, 50, 5, 5, seed: 2);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(first.Train.Images[i].Sentence, longer.Train.Images[i].Sentence);
            Assert.True(first.Train.Images[i].Pixels.Span.SequenceEqual(longer.Train.Images[i].Pixels.Span));
        }

        Assert.NotEqual(
            first.Train.Images.Select(image => image.Sentence), other.Train.Images.Select(image => image.Sentence));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 2, 5, 6 }, "2: 5 6")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 5, 6 }, "1x2: 5 6")]
    public void IdxRead_PlainAndPacked_GivesTheBytes(byte[] content, string expected)
    {
        foreach (string path in new[] { Write("a", content), Write("a.gz", Pack(content)) })
        {
            IdxFile idx = IdxFile.Read(path);
            Assert.Equal(expected, $"{string.Join('x', idx.Sizes)}: {string.Join(' ', idx.Values.ToArray())}");
        }
    }

    [Theory]
    [InlineData(new byte[0], "no IDX file of bytes; expected 0, 0, 8 and 1 to 4 as its first bytes, found .")]
    [InlineData(new byte[] { 0, 0, 13, 1 }, "found 0, 0, 13, 1.")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0 }, "the file ends inside its head")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 5, 6 }, "3 bytes are 3, but the file ends after 2.")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 5, 6 }, "1 bytes are 1, but the file has more data after them.")]
    [InlineData(new byte[] { 0, 0, 8, 2, 127, 0, 0, 0, 127, 0, 0, 0, 1 }, "are more than can be held")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0x70, 0, 0, 0, 1 }, "ends after 1.")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0xFF, 0, 0, 0, 1 }, "are more than can be held")]
    public void IdxRead_FaultyFile_SaysWhatIsWrong(byte[] content, string expected)
    {
        foreach (string path in new[] { Write("a", content), Write("a.gz", Pack(content)) })
        {
            string message = Assert.Throws<InvalidDataException>(() => IdxFile.Read(path)).Message;
            Assert.StartsWith(path, message);
            Assert.Contains(expected, message);
        }
    }

    [Fact]
    public void IdxRead_CutGzip_IsAFault()
    {
        byte[] packed = Pack([0, 0, 8, 1, 0, 0, 1, 0, .. Enumerable.Range(0, 256).Select(i => (byte)(i * 7))]);
        string path = Write("a.gz", packed[..^20]);
        Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => IdxFile.Read(path)).Message);
        packed[40] ^= 0xFF;
        path = Write("b.gz", packed);
        Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => IdxFile.Read(path)).Message);
    }

    [Fact]
    public void Read_FilesThatDoNotFit_SayWhatIsExpected()
    {
        string folder = Digits(30, 20);
        File.Copy(Path.Combine(folder, "t10k-labels-idx1-ubyte"), Path.Combine(folder, "train-labels-idx1-ubyte"), true);
        Assert.Contains("a label for each of the 30 images", Assert.Throws<InvalidDataException>(
            () => MnistScenes.Read(folder)).Message);
        Write("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 30, .. new byte[29], 11]);
        Assert.Contains("label 29 is 11", Assert.Throws<InvalidDataException>(() => MnistScenes.Read(folder)).Message);
        File.Delete(Path.Combine(folder, "t10k-images-idx3-ubyte"));
        Write("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 30, .. new byte[30]]);
        Assert.Contains("there is no file t10k-images-idx3-ubyte", Assert.Throws<FileNotFoundException>(
            () => MnistScenes.Read(folder)).Message);
        Write("t10k-images-idx3-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 5]);
        Assert.Contains("expected N x 28 x 28 bytes, found 1.", Assert.Throws<InvalidDataException>(
            () => MnistScenes.Read(folder)).Message);
    }

    /// <summary>Images of digits whose first pixel is 1 + the label and whose second is the number of the image.</summary>
    private string Digits(int train, int test)
    {
        foreach ((string part, int count, int first) in new[] { ("train", train, 1), ("t10k", test, 101) })
        {
            var images = new byte[16 + (count * 784)];
            var labels = new byte[8 + count];
            BinaryPrimitives.WriteInt32BigEndian(images, 0x0803);
            BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4), count);
            BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(8), 28);
            BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(12), 28);
            BinaryPrimitives.WriteInt32BigEndian(labels, 0x0801);
            BinaryPrimitives.WriteInt32BigEndian(labels.AsSpan(4), count);
            for (int i = 0; i < count; i++)
            {
                labels[8 + i] = (byte)(i * 7 % 10);
                images[16 + (i * 784)] = (byte)(1 + labels[8 + i]);
                images[16 + (i * 784) + 1] = (byte)(first + i);
            }

            Write($"{part}-images-idx3-ubyte", images);
            Write($"{part}-labels-idx1-ubyte", labels);
        }

        return Root;
    }

    private static int Label(CaptionedImage image, int place) => image.Pixels.Span[Corner(place)] - 1;

    private static List<int> Numbers(CaptionedImage image) =>
        [.. Enumerable.Range(0, 4).Select(place => (int)image.Pixels.Span[Corner(place) + 1]).Where(number => number > 0)];

    private static int Corner(int place) => ((place / 2 * 56) + (place % 2)) * 28;

    private static byte[] Pack(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
