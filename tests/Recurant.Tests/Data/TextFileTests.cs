using System.IO.Compression;
using System.IO.Pipes;
using System.Text;

namespace Recurant.Tests.Data;

public sealed class TextFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("recurant-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("\uFEFFa\n\nb", "a||b")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("\n", "")]
    [InlineData("\u00E9\U0001F600\n", "\u00E9\U0001F600")]
    public void TryReadLine_LineEndsAndMark_GivesTheLines(string content, string expected) =>
        Assert.Equal(expected, string.Join('|', Read(Encoding.UTF8.GetBytes(content))));

    [Fact]
    public void TryReadLine_EmptyFile_HasNoLine() =>
        Assert.Empty(Read([]));

    [Fact]
    public void TryReadLine_LinesLongerThanTheBuffer_AreWhole()
    {
        string[] lines = [new('a', 70_000), "b", new('\u00E9', 200_000), ""];
        Assert.Equal(lines, Read(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")));
    }

    [Fact]
    public void TryReadLine_Gzip_IsUnpacked() =>
        Assert.Equal(["a", "b"], Read(Gzip("a\nb\n"u8.ToArray())));

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

    [Fact]
    public void TryReadLine_LineOfTenMegabytes_IsRead()
    {
        byte[] content = [.. "first\n"u8, .. Enumerable.Repeat((byte)'x', 10_000_000), .. "\nlast"u8];
        Assert.Equal([5, 10_000_000, 4], Read(content).ConvertAll(line => line.Length));
    }

    [Theory]
    [InlineData("utf-16le", true)]
    [InlineData("utf-16le", false)]
    [InlineData("utf-16be", true)]
    [InlineData("utf-16be", false)]
    [InlineData("utf-32", true)]
    public void TryReadLine_Utf16And32_AreRead(string name, bool marked)
    {
        Encoding encoding = TextEncodings.Find(name);
        string[] lines = ["caf\u00E9 x", "", "\U0001F601 end"];
        byte[] text = encoding.GetBytes(string.Join("\r\n", lines));
        Assert.Equal(lines, Read(marked ? [.. encoding.Preamble, .. text] : text));
    }

    [Theory]
    [InlineData("windows-1252", "caf\u00E9 \u20AC5")]
    [InlineData("latin1", "stra\u00DFe")]
    [InlineData("cp1250", "\u0142\u00F3d\u017A")]
    [InlineData("koi8-r", "\u041F\u0440\u0438\u0432\u0435\u0442")]
    [InlineData("shift_jis", "\u3053\u3093\u306B\u3061\u306F")]
    [InlineData("gb18030", "\u4F60\u597D")]
    public void TryReadLine_EncodingNamed_IsUsed(string name, string line)
    {
        Encoding encoding = TextEncodings.Find(name);
        Assert.Equal(["a", line], Read(encoding.GetBytes("a\n" + line + "\n"), encoding));
    }

    [Fact]
    public void TryReadLine_ByteOfNoCharacterOfTheEncoding_NamesLineColumnAndByte()
    {
        byte[] content = [.. "ok\nab"u8, 0xD2, (byte)'x'];
        string message = Assert.Throws<InvalidDataException>(() => Read(content, Encoding.ASCII)).Message;
        Assert.Contains("line 2, column 3: the byte 0xD2 is no character of us-ascii", message);
    }

    [Fact]
    public void TryReadLine_NamedEncodingOfAFileThatIsUtf8_IsUsedAndDoubted()
    {
        string path = Path.Combine(_directory.FullName, "file.txt");
        File.WriteAllText(path, "caf\u00E9\n");
        using var file = new TextFile(path, Encoding.Latin1);
        Assert.Contains("valid UTF-8", file.Note);
    }

    [Theory]
    [InlineData("windows-1252", "Das Caf\u00E9 war sch\u00F6n.", "probably in windows-1252, where the word reads \"Caf\u00E9\"")]
    [InlineData("windows-1250", "Zam\u00F3wi\u0142 z\u0142oty pier\u015Bcionek w mie\u015Bcie", "probably in windows-1250")]
    [InlineData("windows-1251", "\u041F\u0440\u0438\u0432\u0435\u0442, \u043A\u0430\u043A \u0434\u0435\u043B\u0430",
        "probably in windows-1251")]
    [InlineData("koi8-r", "\u041F\u0440\u0438\u0432\u0435\u0442, \u043A\u0430\u043A \u0434\u0435\u043B\u0430",
        "probably in koi8-r")]
    [InlineData("shift_jis", "\u3053\u3093\u306B\u3061\u306F\u3001\u3053\u308C\u306F\u30C6\u30B9\u30C8\u3067\u3059",
        "probably in shift_jis")]
    [InlineData("euc-kr", "\uC548\uB155\uD558\uC138\uC694 \uC138\uACC4", "probably in euc-kr")]
    [InlineData("gb18030", "\u4F60\u597D\uFF0C\u4E16\u754C\u3002\u8FD9\u662F\u4E00\u4E2A\u6D4B\u8BD5", "probably in gb18030")]
    public void TryReadLine_OtherEncoding_IsGuessedInTheMessage(string name, string line, string expected)
    {
        byte[] content = TextEncodings.Find(name).GetBytes(line);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Read(content)).Message);
    }

    [Fact]
    public void TryReadLine_EndlessLineOfZeros_StopsSoon()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "There is no /dev/zero.");
        Assert.Contains("a NUL character", Assert.Throws<InvalidDataException>(() =>
        {
            using var file = new TextFile("/dev/zero");
            file.TryReadLine(out _);
        }).Message);
    }

    [Theory]
    [InlineData("PAR1\u0015\u0000\u0015", "this is a Parquet file")]
    [InlineData("BZh91AY&SY\u0001\u0002", "this is a bzip2-compressed file")]
    [InlineData("\u0080\u0004\u0095\u0001", "this is a Python pickle")]
    [InlineData("%PDF-1.7\n", "this is a PDF document")]
    [InlineData("SQLite format 3\u0000", "this is an SQLite database")]
    [InlineData("7z\u00BC\u00AF\u0027\u001C", "this is a 7-Zip archive")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "this is a Git LFS pointer")]
    public void Constructor_KnownFileOfAnotherKind_IsNamed(string start, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Read(Encoding.Latin1.GetBytes(start))).Message);

    [Theory]
    [InlineData("ORCs attack the village\n")]
    [InlineData("PAR1 is a code\n")]
    [InlineData("ID3 tags\nare text\n")]
    [InlineData("BMW is a car\n")]
    public void TryReadLine_TextThatBeginsLikeAnotherKind_IsText(string content) =>
        Assert.Equal(content.TrimEnd('\n').Split('\n'), Read(Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void TryReadLine_NotText_SaysWhatItIs()
    {
        Assert.Contains("line 1, column 2: a NUL", Assert.Throws<InvalidDataException>(() => Read([65, 0, 66])).Message);
        Assert.Equal(["A"], Read([0xFF, 0xFE, 65, 0]));
        Assert.Contains("zip archive", Assert.Throws<InvalidDataException>(() => Read([.. "PK"u8, 3, 4, 0])).Message);
    }

    [Fact]
    public void Constructor_NoSuchFileOrDirectory_SaysSo()
    {
        string missing = Path.Combine(_directory.FullName, "missing.tsv");
        string message = Assert.Throws<FileNotFoundException>(() => new TextFile(missing)).Message;
        Assert.Equal($"{missing}: there is no such file. Check the path.", message);
        Assert.Throws<FileNotFoundException>(() => new TextFile(Path.Combine(missing, "x")));
        Assert.Contains("this is a directory", Assert.Throws<IOException>(() => new TextFile(_directory.FullName)).Message);
    }

    [Fact]
    public void Constructor_NoPermission_SaysSo()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        string path = Path.Combine(_directory.FullName, "secret.txt");
        File.WriteAllText(path, "x");
        File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "The superuser may read every file.");
        Assert.Contains("no permission", Assert.Throws<UnauthorizedAccessException>(() => new TextFile(path)).Message);
    }

    [Fact]
    public void Constructor_Pipe_IsReadOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux gives a pipe a path.");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        string path = $"/proc/self/fd/{pipe.GetClientHandleAsString()}";
        pipe.Write("a\nb"u8);
        pipe.Flush();
        using var file = new TextFile(OpenAndClose(path, pipe), "pipe");
        Assert.True(file.TryReadLine(out ReadOnlySpan<char> line));
        Assert.Equal("a", line.ToString());
    }

    private static FileStream OpenAndClose(string path, AnonymousPipeServerStream pipe)
    {
        FileStream stream = InputFile.Open(path);
        pipe.DisposeLocalCopyOfClientHandle();
        pipe.Dispose();
        return stream;
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

    private List<string> Read(byte[] content, Encoding? encoding = null)
    {
        string path = Path.Combine(_directory.FullName, "file.txt");
        File.WriteAllBytes(path, content);
        using var file = new TextFile(path, encoding);
        var lines = new List<string>();
        while (file.TryReadLine(out ReadOnlySpan<char> line))
        {
            lines.Add(line.ToString());
            Assert.Equal(lines.Count, file.LineNumber);
        }

        return lines;
    }
}
