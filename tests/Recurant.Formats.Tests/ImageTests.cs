using System.Buffers.Binary;
using System.IO.Compression;

namespace Recurant.Formats.Tests;

public sealed class ImageTests : TemporaryFiles
{
    [Fact]
    public void Read_GreyPng_GivesItsBytes()
    {
        byte[] pixels = [0, 50, 100, 150, 200, 255];
        string path = Write("a.png", Png(3, 2, 1, pixels));
        Assert.Equal(pixels, ImageFile.Read(path, 3, 2, 1));
        Assert.Equal([0, 0, 0, 50, 50, 50], ImageFile.Read(path, 3, 2, 3)[..6]);
    }

    [Fact]
    public void Read_ColourPng_GivesChannelsOrTheirGrey()
    {
        string path = Write("a.png", Png(2, 1, 3, [255, 0, 0, 10, 20, 30]));
        Assert.Equal([255, 0, 0, 10, 20, 30], ImageFile.Read(path, 2, 1, 3));
        Assert.Equal([76, 18], ImageFile.Read(path, 2, 1, 1)); // 0.299 * 255 = 76.2; 2.99 + 11.74 + 3.42 = 18.15
    }

    [Fact]
    public void Read_TransparentPng_IsWhiteThere()
    {
        string path = Write("a.png", Png(3, 1, 4, [0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 128]));
        Assert.Equal([255, 0, 127], ImageFile.Read(path, 3, 1, 1));
    }

    [Fact]
    public void Read_JpegAndBmp_GiveTheirColours()
    {
        Assert.Equal(Enumerable.Repeat((byte)200, 64), ImageFile.Read(Write("a.jpg", Jpeg()), 8, 8, 1));
        Assert.Equal([30, 20, 10, 3, 2, 1], ImageFile.Read(Write("a.bmp", Bmp(2, 1, [10, 20, 30, 1, 2, 3])), 2, 1, 3));
    }

    [Theory]
    [InlineData(1, 1, new byte[] { 125 })] // the mean of all, 125.2
    [InlineData(2, 1, new byte[] { 92, 159 })] // 2 columns of 1.5: (0 + 150 + 50/2 + 200/2) / 3 = 91.7
    [InlineData(6, 2, new byte[] { 0, 0, 51, 51, 100, 100, 150, 150, 200, 200, 250, 250 })]
    public void Read_OtherSize_AveragesOverAreas(int width, int height, byte[] expected)
    {
        string path = Write("a.png", Png(3, 2, 1, [0, 51, 100, 150, 200, 250]));
        Assert.Equal(expected, ImageFile.Read(path, width, height, 1));
    }

    [Fact]
    public void Resize_AnySize_IsTheWeightedMean()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            (int width, int height, int w, int h) = (random.Next(1, 9), random.Next(1, 9), random.Next(1, 9), random.Next(1, 9));
            int channels = random.Next(2) == 0 ? 1 : 3;
            var pixels = new byte[width * height * channels];
            random.NextBytes(pixels);
            byte[] actual = AreaAverage.Resize(pixels, width, height, channels, w, h);
            for (int y = 0; y < h; y++)
            {
                for (int x = 0; x < w; x++)
                {
                    for (int c = 0; c < channels; c++)
                    {
                        double sum = 0;
                        for (int a = 0; a < height; a++)
                        {
                            for (int b = 0; b < width; b++)
                            {
                                double part = Overlap(a, y, height, h) * Overlap(b, x, width, w);
                                sum += part * pixels[(((a * width) + b) * channels) + c];
                            }
                        }

                        Assert.InRange(actual[(((y * w) + x) * channels) + c] - sum, -0.501, 0.501);
                    }
                }
            }
        }
    }

    [Fact]
    public void Read_DamagedPng_SaysWhere()
    {
        byte[] good = Png(3, 2, 1, [0, 50, 100, 150, 200, 255]);
        byte[] flipped = [.. good];
        flipped[45] ^= 1; // inside the compressed pixels
        Assert.Contains("the checksum of its part IDAT at byte 33 is wrong", ImageFault("a.png", flipped));
        byte[] wider = [.. good[..19], 9, .. good[20..]];
        Assert.Contains("the checksum of its part IHDR at byte 8 is wrong", ImageFault("a.png", wider));
        Assert.Contains("is cut short at byte 50", ImageFault("a.png", good[..50]));
        Assert.Contains("is cut short", ImageFault("a.png", good[..^12]));
        byte[] notPacked = Chunks(3, 2, 0, [1, 2, 3, 4]);
        Assert.Contains("the image is damaged (", ImageFault("a.png", notPacked));
    }

    [Theory]
    [InlineData(new byte[0], "the file is empty; a PNG, JPEG or BMP image is expected")]
    [InlineData(new byte[] { 71, 73, 70, 56, 57, 97 }, "this is a GIF image; a PNG, JPEG or BMP image is expected")]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 74, 70 }, "the JPEG image is cut short at byte 8.")]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 2, 74, 70 }, "the JPEG image is damaged at byte 6")]
    [InlineData(new byte[] { 66, 77, 0, 0 }, "the BMP image is cut short at byte 4.")]
    public void Read_NoImage_SaysSo(byte[] content, string expected) =>
        Assert.Contains(expected, ImageFault("a.png", content));

    [Fact]
    public void Read_EveryCutOfAnImage_IsAFault()
    {
        byte[][] images = [Png(3, 2, 1, [0, 50, 100, 150, 200, 255]), Bmp(4, 1, [.. new byte[12]]), Jpeg()];
        foreach (byte[] good in images)
        {
            int needed = good[0] == 'B' ? good.Length - 3 : good.Length; // the last row of a BMP may end in padding
            for (int length = 0; length < needed; length++) ImageFault("a.png", good[..length]);
        }
    }

    [Fact]
    public void Read_AnyByteOfAnImageChanged_IsReadOrRefused()
    {
        byte[][] images = [Png(3, 2, 3, [.. new byte[18]]), Bmp(4, 1, [.. new byte[12]]), Jpeg()];
        foreach (byte[] good in images)
        {
            for (int i = 0; i < good.Length; i++)
            {
                foreach (byte change in new byte[] { 0x01, 0x80, 0xFF })
                {
                    byte[] bad = [.. good];
                    bad[i] ^= change;
                    string path = Write("a", bad);
                    try
                    {
                        Assert.Equal(4, ImageFile.Read(path, 2, 2, 1).Length);
                    }
                    catch (InvalidDataException fault)
                    {
                        Assert.StartsWith(path, fault.Message);
                    }
                }
            }
        }
    }

    [Fact]
    public void Read_HugeImage_IsRefusedBeforeItIsUnpacked()
    {
        Assert.Contains("at most 50,000,000 are accepted", ImageFault("a.png", Chunks(20_000, 20_000, 0, [])));
        Assert.Contains("at most 50,000,000 are accepted", ImageFault("a.png", Chunks(10_000, 10_000, 0, [])));
    }

    [Fact]
    public void Read_JpegWithTwoFrames_IsRefusedBeforeItIsUnpacked()
    {
        byte[] good = Jpeg();
        int frame = good.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        byte[] huge = [.. good[frame..(frame + 13)]];
        (huge[5], huge[6], huge[7], huge[8]) = (0xFF, 0xDC, 0xFF, 0xDC);
        Assert.Contains("65500 x 65500 pixels; at most", ImageFault("a.jpg", [.. good[..frame], .. huge, .. good[frame..]]));
        Assert.Contains("it has two frames", ImageFault("a.jpg", [.. good[..(frame + 13)], .. huge, .. good[(frame + 13)..]]));
    }

    [Fact]
    public void Read_PngWithMorePixelsThanItsHeadSays_IsRefused()
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(new byte[1 << 20]);
        Assert.Contains("holds more pixels than its head says", ImageFault("a.png", Chunks(1, 1, 0, packed.ToArray())));
    }

    [Fact]
    public void Read_ImageThatTakesMuchMemory_IsRefusedByItsHead() =>
        Assert.Contains("MiB to decode; at most 384 are accepted", ImageFault("a.png", Chunks(7_000, 7_000, 6, [])));

    [Theory]
    [InlineData(1, "1 2 3 4 5 6")]
    [InlineData(2, "3 2 1 6 5 4")]
    [InlineData(3, "6 5 4 3 2 1")]
    [InlineData(4, "4 5 6 1 2 3")]
    [InlineData(5, "1 4 2 5 3 6")]
    [InlineData(6, "4 1 5 2 6 3")]
    [InlineData(7, "6 3 5 2 4 1")]
    [InlineData(8, "3 6 2 5 1 4")]
    public void Read_ExifOrientation_TurnsTheImageUpright(int orientation, string expected)
    {
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        byte[] png = Png(3, 2, 1, [1, 2, 3, 4, 5, 6]);
        string path = Write("a.png", [.. png[..33], .. Chunk("eXIf"u8, exif), .. png[33..]]);
        (int width, int height) = orientation >= 5 ? (2, 3) : (3, 2);
        Assert.Equal((width, height, false), ImageFile.Measure(path));
        Assert.Equal(expected, string.Join(' ', ImageFile.Read(path, width, height, 1)));
    }

    [Fact]
    public void Read_RunLengthEncodedBmp_IsNamed()
    {
        byte[] bmp = Bmp(2, 1, [10, 20, 30, 1, 2, 3]);
        (bmp[28], bmp[30]) = (8, 1);
        Assert.Contains("run-length encoded (RLE8), which is not read", ImageFault("a.bmp", bmp));
        bmp[30] = 2;
        Assert.Contains("run-length encoded (RLE4), which is not read", ImageFault("a.bmp", bmp));
    }

    [Theory]
    [InlineData("d.tsv", "a.png\ta black image\nsub/b.png\ta white image\n", 1)]
    [InlineData("d.tsv", "path\tsentence\na.png\ta black image\nsub/b.png\ta white image\n", 2)]
    [InlineData("d.csv", "image,caption\na.png,a black image\nsub/b.png,\"a white image\"\n", 2)]
    [InlineData("d.txt", "a.png\ta black image\n\nsub/b.png\t a white image \n", 1)]
    public void Read_Manifest_GivesImagesAndSentences(string name, string content, int line)
    {
        Write("a.png", Png(2, 2, 1, [0, 0, 0, 0]));
        Write("sub/b.png", Png(4, 4, 3, [.. Enumerable.Repeat((byte)255, 48)]));
        string path = Write(name, content);
        CaptionDataset data = CaptionDatasetReader.Read(path);
        Assert.Equal((2, 2, 1, 2), (data.Width, data.Height, data.Channels, data.Count));
        Assert.Equal(["a black image", "a white image"], data.Images.Select(image => image.Sentence));
        Assert.Equal(line, data.Images[0].Line);
        var values = new float[4];
        data.CopyPixels(1, values);
        Assert.Equal([1, 1, 1, 1], values);
        data = CaptionDatasetReader.Read(path, new CaptionFormatOptions { Width = 3, Height = 1, Channels = 3 });
        Assert.Equal((3, 1, 3, 9), (data.Width, data.Height, data.Channels, data.PixelCount));
        Assert.Equal(DataKind.ImageSentences, DataDetector.Detect(path).Kind);
    }

    [Fact]
    public void Read_LargeImages_AreMadeSmaller()
    {
        Write("a.png", Png(200, 100, 3, new byte[60_000]));
        CaptionDataset data = CaptionDatasetReader.Read(Write("d.tsv", "a.png\tx\n"));
        Assert.Equal((64, 32, 3), (data.Width, data.Height, data.Channels));
    }

    [Theory]
    [InlineData("good.png\tx\nbad.png\ty\n", "d.tsv, line 2: bad.png: the PNG image is damaged")]
    [InlineData("good.png\tx\nmissing.png\ty\n", "d.tsv, line 2: missing.png: there is no such file.")]
    [InlineData("good.png\tx\ngood.png\n", "d.tsv, line 2, column 1: too few fields: expected 2, found 1.")]
    [InlineData("good.png\tx\ngood.png\t \n", "d.tsv, line 2, column 10: the sentence is empty.")]
    [InlineData("path\tsentence\n", "d.tsv: there are no images")]
    public void Read_FaultyManifest_NamesTheLineAndTheImage(string content, string expected)
    {
        byte[] png = Png(1, 1, 1, [0]);
        Write("good.png", png);
        png[^14] ^= 1;
        Write("bad.png", png);
        string path = Write("d.tsv", content);
        string message = Assert.Throws<InvalidDataException>(() => CaptionDatasetReader.Read(path)).Message;
        Assert.StartsWith(expected, message.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    [Fact]
    public void CaptionDataset_WrongSizes_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new CaptionDataset("d", [new(new byte[3], "x")], 2, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CaptionDataset("d", [], 2, 2, 2));
        var data = new CaptionDataset("d", [new(new byte[4], "x")], 2, 2, 1);
        Assert.Throws<ArgumentException>(() => data.CopyPixels(0, new float[3]));
    }

    /// <summary>A PNG of 8 bits a channel, without a filter.</summary>
    internal static byte[] Png(int width, int height, int channels, byte[] pixels)
    {
        var rows = new MemoryStream();
        for (int y = 0; y < height; y++)
        {
            rows.WriteByte(0);
            rows.Write(pixels, y * width * channels, width * channels);
        }

        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(rows.ToArray());
        }

        return Chunks(width, height, channels == 1 ? 0 : channels == 3 ? 2 : 6, packed.ToArray());
    }

    private static byte[] Chunks(int width, int height, int colour, byte[] data)
    {
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, (byte)colour);
        return [0x89, .. "PNG\r\n\u001A\n"u8, .. Chunk("IHDR"u8, head), .. Chunk("IDAT"u8, data), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. type, .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.Of(chunk.AsSpan(4, chunk.Length - 8)));
        return chunk;
    }

    /// <summary>A BMP of 24 bits, blue first, one row.</summary>
    internal static byte[] Bmp(int width, int height, byte[] pixels)
    {
        int row = (width * 3 + 3) / 4 * 4;
        var file = new byte[54 + (row * height)];
        "BM"u8.CopyTo(file);
        (int At, int Value)[] head =
            [(2, file.Length), (10, 54), (14, 40), (18, width), (22, height), (34, row * height)];
        foreach ((int at, int value) in head) BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        (file[26], file[28]) = (1, 24);
        pixels.CopyTo(file, 54);
        return file;
    }

    /// <summary>
    /// A grey JPEG of 8 x 8 pixels of 200: one block with quantisers of 1, whose first coefficient is 8 (200 - 128) = 576, ten
    /// bits, 1001000000. Each table has one code, 0: "ten bits follow" and "the block ends".
    /// </summary>
    internal static byte[] Jpeg() =>
    [
        0xFF, 0xD8,
        0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64),
        0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0,
        0xFF, 0xC4, 0, 20, 0x00, 1, .. new byte[15], 10,
        0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0,
        0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 63, 0, 0b0100_1000, 0b0000_1111,
        0xFF, 0xD9,
    ];

    private string ImageFault(string name, byte[] content)
    {
        string path = Write(name, content);
        string message = Assert.Throws<InvalidDataException>(() => ImageFile.Read(path, 2, 2, 1)).Message;
        Assert.StartsWith(path, message);
        return message;
    }

    /// <summary>The part of new pixel b that old pixel a covers.</summary>
    private static double Overlap(int a, int b, int old, int made)
    {
        double scale = (double)old / made;
        return Math.Max(0, Math.Min(a + 1, (b + 1) * scale) - Math.Max(a, b * scale)) / scale;
    }
}
