using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Pipes;
using System.Text;

namespace Recurant.Formats.Tests;

public sealed class DataFileTests : TemporaryFiles
{
    private const string Table = "text,label\ngood,pos\nbad,neg\n", Shown = "2 pos: good | 3 neg: bad";

    // "hello world" and a line feed, as bzip2 packs it.
    internal const string Bzip2 = "QlpoOTFBWSZTWU7s6DYAAAJRgAAQQAAGRJCAIAAxBkxBAaeppYC7lDH4u5IpwoSCd2dBsA==";

    [Theory]
    [InlineData("d.csv.gz")]
    [InlineData("d.zip")]
    [InlineData("d.tar")]
    [InlineData("d.tar.gz")]
    [InlineData("d")] // the content tells, not the name
    public void Read_PackedTable_IsReadAsTheTableItself(string name)
    {
        byte[] plain = Encoding.UTF8.GetBytes(Table);
        byte[] packed = name switch
        {
            "d.zip" => Zip(("data/d.csv", plain), ("__MACOSX/._d.csv", [1])),
            "d.tar" => Tar(("d.csv", plain), (".hidden", [1])),
            "d.tar.gz" => Gzip(Tar(("d.csv", plain))),
            _ => Gzip(plain),
        };
        Assert.Equal(Shown, Show(TextDatasetReader.Read(Write(name, packed))));
    }

    [Fact]
    public void Read_ZipDamagedInside_SaysSo()
    {
        byte[] zip = Zip(("d.csv", Encoding.UTF8.GetBytes(Table)));
        int changed = 0;
        for (int i = 0; i < zip.Length; i++)
        {
            byte[] bad = [.. zip];
            bad[i] ^= 0x20;
            string path = Write("d.zip", bad);
            try
            {
                changed += Show(TextDatasetReader.Read(path)) == Shown ? 0 : 1;
            }
            catch (InvalidDataException fault)
            {
                Assert.StartsWith(path, fault.Message);
            }
        }

        Assert.Equal(0, changed);
    }

    [Fact]
    public void Read_ArchiveOfSeveralFilesOrNone_NamesThem()
    {
        byte[] plain = Encoding.UTF8.GetBytes(Table);
        Assert.Contains(
            "d.zip: the zip archive holds 2 files (\"a.csv\", \"b.csv\"), and one is expected.",
            Fault("d.zip", Zip(("a.csv", plain), ("b.csv", plain))));
        Assert.Contains(
            "d.tar: the tar archive holds 2 files (\"a.csv\", \"b.csv\")",
            Fault("d.tar", Tar(("a.csv", plain), ("b.csv", plain))));
        Assert.Contains("d.zip: the zip archive holds no file.", Fault("d.zip", Zip((".git", plain))));
    }

    [Fact]
    public void Read_GzipOfGigabytes_IsRefused()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 1023) + "\n", 1024)));
            for (int i = 0; i < 80; i++) gzip.Write(block);
        }

        string path = Write("d.gz", packed.ToArray());
        using Stream stream = new DataFile(path).Open();
        string message = Assert.Throws<InvalidDataException>(() => stream.CopyTo(Stream.Null)).Message;
        Assert.Contains("unpacks to more than 64 MiB and more than 200 times its size", message);
    }

    [Fact]
    public void Read_Pipe_IsReadOnceForSeveralReaders()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux gives a pipe a path.");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        var file = new DataFile($"/proc/self/fd/{pipe.GetClientHandleAsString()}");
        pipe.Write(Encoding.UTF8.GetBytes(Table));
        pipe.Dispose();
        Assert.Equal(DataKind.LabelledTexts, DataDetector.Detect(file).Kind);
        Assert.Equal(Shown, Show(TextDatasetReader.Read(file)));
        Assert.Equal("csv", TextDatasetReader.Detect(file).Format);
    }

    [Fact]
    public void Open_PipeWithoutWriter_WaitsUntilItIsCancelled()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux gives a pipe a path.");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var cancellation = new CancellationTokenSource();
        var file = new DataFile($"/proc/self/fd/{pipe.GetClientHandleAsString()}") { Cancellation = cancellation.Token };
        cancellation.CancelAfter(50);
        Assert.ThrowsAny<OperationCanceledException>(() => file.Open());
    }

    [Fact]
    public void Read_Bzip2_IsRead()
    {
        using Stream stream = new DataFile(Write("d.bz2", Convert.FromBase64String(Bzip2))).Open();
        Assert.Equal("hello world\n", new StreamReader(stream).ReadToEnd());
    }

    /// <summary>.NET's reader takes as much memory for an extended header as the header before it claims.</summary>
    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    public void Read_TarHeaderThatClaimsAGigabyteOfNames_IsRefusedBeforeItTakesIt(char type)
    {
        byte[] tar = new byte[4096];
        Encoding.ASCII.GetBytes("././@PaxHeader").CopyTo(tar, 0);
        Encoding.ASCII.GetBytes("0000644\0").CopyTo(tar, 100);
        Encoding.ASCII.GetBytes("10000000000\0").CopyTo(tar, 124);
        tar[156] = (byte)type;
        Encoding.ASCII.GetBytes("ustar\0" + "00").CopyTo(tar, 257);
        tar.AsSpan(148, 8).Fill((byte)' ');
        int sum = tar.AsSpan(0, 512).ToArray().Sum(value => value);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(tar, 148);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("the tar archive is damaged", Fault("d.tar", tar), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    [Theory]
    [InlineData("d.tsv.xz", "\u00FD7zXZ\0\0\u0004", "the xz data is damaged or cut short")]
    [InlineData("d.tsv.zst", "\u0028\u00B5\u002F\u00FD", "the Zstandard data is damaged or cut short")]
    [InlineData("d.tsv.bz2", "BZh91AY", "the bzip2 data is damaged or cut short")]
    [InlineData("d.rar", "Rar!\u001A\u0007", "this is a RAR archive, and text is expected. Unpack it first.")]
    [InlineData("d.xlsx", "PK\u0003\u0004\u0014\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\u0013\0\0\0[Content_Types].xml",
        "this is an office file")]
    public void Read_DamagedOrOtherPacking_IsNamed(string name, string start, string expected) =>
        Assert.Contains(expected, Fault(name, Encoding.Latin1.GetBytes(start)));

    [Fact]
    public void Read_EncodingOfAFile_IsUsedByEveryReader()
    {
        byte[] table = Encoding.Latin1.GetBytes("text,label\ncaf\u00E9,a\nth\u00E9,b\n");
        var file = new DataFile(Write("d.csv", table)) { Encoding = Encoding.Latin1 };
        Assert.Equal("2 a: caf\u00E9 | 3 b: th\u00E9", Show(TextDatasetReader.Read(file)));
        var lines = new DataFile(
            Write("d.txt", Encoding.Latin1.GetBytes("caf\u00E9\nth\u00E9\n"))) { Encoding = Encoding.Latin1 };
        Assert.Equal(["caf\u00E9", "th\u00E9"], PlainTextReader.Read(lines).Lines);
        Assert.Equal("caf\u00E9", PairDatasetReader.ReadLines(lines, lines).Pairs[0].Target);
        var tagged = new DataFile(
            Write("d.conll", Encoding.Latin1.GetBytes("caf\u00E9 N\n\nth\u00E9 N\n"))) { Encoding = Encoding.Latin1 };
        Assert.Equal("caf\u00E9", TaggedDatasetReader.Read(tagged).Sentences[0].Words[0]);
    }

    [Fact]
    public void Read_DirectoryWithHiddenFilesAndDanglingLinks_PassesThemOverAndSaysSo()
    {
        Write("d/good.txt", "nice\n");
        Write("d/bad.txt", "poor\n");
        Write("d/.secret.txt", "x\n");
        Write("d/.git/x.txt", "x\n");
        Write("d/Thumbs.db", [0, 1]);
        File.CreateSymbolicLink(Path.Combine(Root, "d/gone.txt"), "nowhere.txt");
        TextDataset data = TextDatasetReader.Read(Path.Combine(Root, "d"));
        Assert.Equal(["bad", "good"], data.Labels.Order(StringComparer.Ordinal));
        Assert.EndsWith(
            ": 4 hidden files, folders or links to nothing are passed over (.git, .secret.txt, Thumbs.db, ...).",
            Assert.Single(data.Warnings));
    }

    [Fact]
    public void Read_LinkToNothing_SaysWhereItPoints()
    {
        string path = Path.Combine(Root, "link.csv");
        File.CreateSymbolicLink(path, "gone.csv");
        Assert.Contains(
            "this is a link to gone.csv, which does not exist.",
            Assert.Throws<IOException>(() => TextDatasetReader.Read(path)).Message);
    }

    [Theory]
    [InlineData("q.txt", "good\tbad\n\n__label__x y\n{\"a\": 1}\n", "good\tbad||__label__x y|{\"a\": 1}")]
    [InlineData("q.txt", "text,label\ngood,pos\n", "text,label|good,pos")]
    [InlineData("q.csv", "nice\n\npoor\n", "nice||poor")]
    [InlineData("q.csv", "text,label\nnice,a\npoor,b\n", "nice|poor")]
    [InlineData("q.txt", "a b\nc d\n\ne f\ng b\n", "a b|c d||e f|g b")]
    public void ReadTexts_FormatFromNameOnly_GivesEveryLine(string name, string content, string expected)
    {
        var options = new TextFormatOptions { FormatFromNameOnly = true };
        Assert.Equal(expected, string.Join('|', TextDatasetReader.ReadTexts(Write(name, content), options)));
    }

    [Fact]
    public void Read_ConllUWithMissingTags_LeavesSentencesOutAndSaysSo()
    {
        const string Rest = "\t_\t_\t_\t_\t_\t_\n";
        string path = Write("d.conllu", $"1\ta\ta\tNOUN{Rest}\n1\tb\tb\t_{Rest}2\tc\tc\tVERB{Rest}\n1\td\td\tVERB{Rest}\n");
        TaggedDataset data = TaggedDatasetReader.Read(path);
        Assert.Equal(["NOUN", "VERB"], data.Tags.Order(StringComparer.Ordinal));
        Assert.EndsWith("1 sentence is left out: a word has no UPOS, only \"_\" (first: line 3).", Assert.Single(data.Warnings));
        Assert.Equal(3, TaggedDatasetReader.Read(path, new TaggedFormatOptions { WordsOnly = true }).Count);
    }

    internal static byte[] Gzip(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(plain);
        return packed.ToArray();
    }

    internal static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in files)
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return packed.ToArray();
    }

    internal static byte[] Tar(params (string Name, byte[] Content)[] files)
    {
        var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        return packed.ToArray();
    }
}
