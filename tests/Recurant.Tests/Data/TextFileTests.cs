using System.IO.Compression;
using System.IO.Pipes;
using System.Text;
using Recurant.Data;
using Xunit;

namespace Recurant.Tests.Data;

public sealed class TextFileTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("recurant-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("\uFEFFa\n\nb", "a||b")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("\n", "")]
    [InlineData("\u00E9\U0001F600\n", "\u00E9\U0001F600")]
    public void TryReadLine_LineEndsAndMark_GivesTheLines(string content, string expected)
    {
        Assert.Equal(expected, string.Join('|', Read(Encoding.UTF8.GetBytes(content))));
    }

    [Fact]
    public void TryReadLine_EmptyFile_HasNoLine()
    {
        Assert.Empty(Read([]));
    }

    [Fact]
    public void TryReadLine_LinesLongerThanTheBuffer_AreWhole()
    {
        string[] lines = [new('a', 70_000), "b", new('\u00E9', 200_000), ""];
        Assert.Equal(lines, Read(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")));
    }

    [Fact]
    public void TryReadLine_Gzip_IsUnpacked()
    {
        Assert.Equal(["a", "b"], Read(Gzip("a\nb\n"u8.ToArray())));
    }

    [Fact]
    public void TryReadLine_GzipFilesStrungTogether_AreOne()
    {
        Assert.Equal(["a", "b"], Read([.. Gzip("a\n"u8.ToArray()), .. Gzip("b\n"u8.ToArray())]));
        Assert.Empty(Read(Gzip([])));
    }

    [Fact]
    public void TryReadLine_GzipOfAnyLength_GivesEveryByte()
    {
        for (int length = 1; length < 100; length++)
        {
            Assert.Equal(new string('x', length), Assert.Single(Read(Gzip(Enumerable.Repeat((byte)'x', length).ToArray()))));
        }
    }

    [Fact]
    public void TryReadLine_GzipChecksumWrong_SaysSo()
    {
        byte[] packed = Gzip("a\nb\n"u8.ToArray());
        packed[^6] ^= 0x55;
        Assert.Contains("the gzip data is damaged", Assert.Throws<InvalidDataException>(() => Read(packed)).Message);
    }

    [Fact]
    public void TryReadLine_GzipCutAnywhere_SaysSo()
    {
        byte[] packed = Gzip(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 100))));
        for (int length = 2; length < packed.Length; length++)
        {
            Assert.ThrowsAny<InvalidDataException>(() => Read(packed[..length]));
        }

        Assert.Contains("cut short", Assert.Throws<InvalidDataException>(() => Read(packed[..^9])).Message);
    }

    [Fact]
    public void TryReadLine_InvalidUtf8_NamesLineColumnAndByte()
    {
        byte[] content = [.. "ok\n"u8, .. "\u00E9\u00E9x"u8, 0xE9, .. " rest\n"u8];
        string message = Assert.Throws<InvalidDataException>(() => Read(content)).Message;
        Assert.Contains("file.txt, line 2, column 4: the byte 0xE9 is not valid UTF-8.", message);
    }

    [Fact]
    public void TryReadLine_CharacterCutOffAtTheEnd_IsInvalid()
    {
        byte[] content = [.. "ab"u8, 0xE2, 0x82];
        Assert.Contains("line 1, column 3: the byte 0xE2", Assert.Throws<InvalidDataException>(() => Read(content)).Message);
    }

    [Theory]
    [InlineData(1_000_000, false)]
    [InlineData(1_000_001, true)]
    [InlineData(10_000_000, true)]
    public void TryReadLine_LongLine_IsRefusedAboveTheLimit(int length, bool refused)
    {
        byte[] content = [.. "first\n"u8, .. Enumerable.Repeat((byte)'x', length), .. "\nlast"u8];
        if (refused)
        {
            string message = Assert.Throws<InvalidDataException>(() => Read(content)).Message;
            Assert.Contains("line 2, column 1000001: the line is longer than 1,000,000 characters", message);
        }
        else
        {
            Assert.Equal(3, Read(content).Count);
        }
    }

    [Fact]
    public void TryReadLine_NotText_SaysWhatItIs()
    {
        Assert.Contains("line 1, column 2: a NUL", Assert.Throws<InvalidDataException>(() => Read([65, 0, 66])).Message);
        Assert.Contains("UTF-16", Assert.Throws<InvalidDataException>(() => Read([0xFF, 0xFE, 65, 0])).Message);
        Assert.Contains("zip archive", Assert.Throws<InvalidDataException>(() => Read([.. "PK"u8, 3, 4, 0])).Message);
    }

    [Fact]
    public void Constructor_NoSuchFileOrDirectory_SaysSo()
    {
        string missing = Path.Combine(directory.FullName, "missing.tsv");
        string message = Assert.Throws<FileNotFoundException>(() => new TextFile(missing)).Message;
        Assert.Equal($"{missing}: there is no such file. Check the path.", message);
        Assert.Throws<FileNotFoundException>(() => new TextFile(Path.Combine(missing, "x")));
        Assert.Contains("this is a directory", Assert.Throws<IOException>(() => new TextFile(directory.FullName)).Message);
    }

    [Fact]
    public void Constructor_NoPermission_SaysSo()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        string path = Path.Combine(directory.FullName, "secret.txt");
        File.WriteAllText(path, "x");
        File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "The superuser may read every file.");
        Assert.Contains("no permission", Assert.Throws<UnauthorizedAccessException>(() => new TextFile(path)).Message);
    }

    [Fact]
    public void Constructor_Pipe_SaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux gives a pipe a path.");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        string path = $"/proc/self/fd/{pipe.GetClientHandleAsString()}";
        Assert.Contains("this is a pipe", Assert.Throws<IOException>(() => new TextFile(path)).Message);
    }

    private static byte[] Gzip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return memory.ToArray();
    }

    private List<string> Read(byte[] content)
    {
        string path = Path.Combine(directory.FullName, "file.txt");
        File.WriteAllBytes(path, content);
        using var file = new TextFile(path);
        var lines = new List<string>();
        while (file.TryReadLine(out ReadOnlySpan<char> line))
        {
            lines.Add(line.ToString());
            Assert.Equal(lines.Count, file.LineNumber);
        }

        return lines;
    }
}
