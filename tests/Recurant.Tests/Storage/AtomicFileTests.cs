namespace Recurant.Tests.Storage;

public class AtomicFileTests
{
    [Fact]
    public void Write_NewFile_HasTheContentAndNothingElseStays()
    {
        using var directory = new TemporaryDirectory();
        AtomicFile.Write(directory["f"], stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(directory["f"]));
        Assert.Equal(["f"], directory.Names());
    }

    [Fact]
    public void Write_ExistingFile_KeepsTheOldOneUntilTheEnd()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["f"], "old content");
        AtomicFile.Write(directory["f"], stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old content", File.ReadAllText(directory["f"]));
            string temporary = Assert.Single(directory.Names(), name => name != "f");
            Assert.StartsWith(".f.", temporary);
            Assert.EndsWith(".tmp", temporary);
        });
        Assert.Equal("new", File.ReadAllText(directory["f"]));
        Assert.Equal(["f"], directory.Names());
    }

    [Fact]
    public void Write_RelativePathAndLongName_Work()
    {
        using var directory = new TemporaryDirectory();
        string name = new string('n', 240);
        AtomicFile.Write(Path.GetRelativePath(Environment.CurrentDirectory, directory[name]), stream => stream.Write("x"u8));
        Assert.Equal([name], directory.Names());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(1_000_000)] // Past the buffer: bytes have reached the temporary file.
    public void Write_WriterThrows_LeavesTheOldFile(int before)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["f"], "old");
        var thrown = new InvalidOperationException();
        Assert.Same(thrown, Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(directory["f"], stream =>
        {
            stream.Write(new byte[before]);
            throw thrown;
        })));
        Assert.Equal("old", File.ReadAllText(directory["f"]));
        Assert.Equal(["f"], directory.Names());
    }

    [Fact]
    public void Write_CancelledBeforeTheEnd_LeavesNothing()
    {
        using var directory = new TemporaryDirectory();
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(directory["f"], stream =>
        {
            stream.Write("new"u8);
            cancellation.Cancel();
        }, cancellationToken: cancellation.Token));
        Assert.Throws<OperationCanceledException>(() =>
            AtomicFile.Write(directory["f"], _ => Assert.Fail("not to be called"), cancellationToken: cancellation.Token));
        Assert.Empty(directory.Names());
    }

    [Fact]
    public void Write_RealFullDevice_NamesFileAndNeed()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("This system has no /dev/full.");
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["f"], "old");
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(directory["f"],
            stream => stream.Write(new byte[12_345]), 123_456, _ => File.OpenWrite("/dev/full"), CancellationToken.None));
        Assert.StartsWith($"Cannot write {directory["f"]}: the disk is full. 123,456 bytes were needed", error.Message);
        Assert.Contains("Nothing was written and an older file is unchanged", error.Message);
        Assert.Equal("old", File.ReadAllText(directory["f"]));
        Assert.Equal(["f"], directory.Names());
    }

    [Fact]
    public void Write_DiskFullHalfway_DeletesTheTemporaryFile()
    {
        using var directory = new TemporaryDirectory();
        string? temporary = null;
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(directory["f"], stream =>
        {
            for (int i = 0; i < 100; i++)
                stream.Write(new byte[1000]);
        }, 0, path => new SmallDisk(temporary = path, 5500), CancellationToken.None));
        Assert.Contains("the disk is full. At least 5,000 bytes were needed", error.Message);
        Assert.NotNull(temporary);
        Assert.Empty(directory.Names());
    }

    [Fact]
    public void Write_ThroughSymbolicLink_ReplacesWhatItLeadsTo()
    {
        SkipWithoutLinks();
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["real"]);
        File.WriteAllText(directory["real/f"], "old");
        File.CreateSymbolicLink(directory["middle"], directory["real/f"]);
        File.CreateSymbolicLink(directory["link"], "middle");
        AtomicFile.Write(directory["link"], stream => stream.Write("new"u8));
        Assert.Equal("middle", new FileInfo(directory["link"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(directory["real/f"]));
        Assert.Equal(["link", "middle", "real"], directory.Names());
        Assert.Single(Directory.GetFileSystemEntries(directory["real"]));
    }

    [Fact]
    public void Write_ThroughDanglingLink_MakesTheFile()
    {
        SkipWithoutLinks();
        using var directory = new TemporaryDirectory();
        File.CreateSymbolicLink(directory["link"], "f");
        AtomicFile.Write(directory["link"], stream => stream.Write("new"u8));
        Assert.Equal("f", new FileInfo(directory["link"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(directory["f"]));
    }

    [Fact]
    public void Write_LinkInACircle_IsRefused()
    {
        SkipWithoutLinks();
        using var directory = new TemporaryDirectory();
        File.CreateSymbolicLink(directory["a"], "b");
        File.CreateSymbolicLink(directory["b"], "a");
        AssertRefused(directory["a"], "the symbolic link cannot be followed");
        Assert.Equal(["a", "b"], directory.Names());
    }

    [Fact]
    public void Write_ExistingFile_KeepsItsPermissions()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no Unix permissions.");
            return; // The analyzer of platforms does not know that Skip throws.
        }
        using var directory = new TemporaryDirectory();
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.WriteAllText(directory["f"], "old");
        File.SetUnixFileMode(directory["f"], Mode);
        AtomicFile.Write(directory["f"], stream => stream.Write("new"u8));
        Assert.Equal(Mode, File.GetUnixFileMode(directory["f"]));
    }

    [Fact]
    public async Task Write_TwoWritersAtOnce_OneWholeFileStays()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["f"];
        using var bothInside = new Barrier(2);
        Task WriterOf(byte value) => Task.Factory.StartNew(() => AtomicFile.Write(path, stream =>
        {
            bothInside.SignalAndWait();
            for (int i = 0; i < 50; i++)
                stream.Write(Enumerable.Repeat(value, 10_000).ToArray());
            bothInside.SignalAndWait();
        }), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(WriterOf(1), WriterOf(2));
        byte[] content = File.ReadAllBytes(path);
        Assert.Equal(500_000, content.Length);
        Assert.Single(content.Distinct());
        Assert.Equal(["f"], directory.Names());
    }

    [Fact]
    public void Write_WhileAReaderHasTheOldFile_BothGoOn()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["m"];
        Save(path, 1f);
        using SafetensorsFile old = SafetensorsFile.Open(path);
        Save(path, 2f);
        Assert.Equal([1f], old.ReadFloats("t"));
        using SafetensorsFile current = SafetensorsFile.Open(path);
        Assert.Equal([2f], current.ReadFloats("t"));

        static void Save(string path, float value)
        {
            var writer = new SafetensorsWriter();
            writer.Add("t", [1], new[] { value });
            writer.Save(path);
        }
    }

    [Fact]
    public void CheckWritable_WritablePlaces_ChangesNothing()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["old"], "old");
        AtomicFile.CheckWritable(directory["old"]);
        AtomicFile.CheckWritable(directory["new"]);
        Assert.Equal(["old"], directory.Names());
        Assert.Equal("old", File.ReadAllText(directory["old"]));
    }

    [Fact]
    public void CheckWritable_ImpossiblePlaces_SaysWhy()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["file"], "");
        AssertRefused(directory["none/f"], $"there is no directory {directory["none"]}");
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.CheckWritable(directory["none/f"]));
        AssertRefused(directory.Root, "it is a directory");
        AssertRefused(directory["dir/"], "it is a directory");
        AssertRefused(directory["file/f"], "is a file, not a directory");
        Assert.Throws<ArgumentException>(() => AtomicFile.CheckWritable(""));
        Assert.Equal(["file"], directory.Names());
    }

    [Fact]
    public void CheckWritable_ProtectedFile_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["f"], "old");
        File.SetAttributes(directory["f"], FileAttributes.ReadOnly);
        AssertRefused(directory["f"], "write-protected");
        Assert.Equal("old", File.ReadAllText(directory["f"]));
        File.SetAttributes(directory["f"], FileAttributes.Normal);
    }

    [Fact]
    public void CheckWritable_Device_IsRefused()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no device files.");
        using var directory = new TemporaryDirectory();
        File.CreateSymbolicLink(directory["link"], "/dev/null");
        AssertRefused("/dev/null", "it is a device or a pipe");
        AssertRefused(directory["link"], "it is a device or a pipe");
    }

    [Fact]
    public void CheckWritable_DirectoryWithoutPermission_IsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no Unix permissions.");
            return; // The analyzer of platforms does not know that Skip throws.
        }
        if (Environment.IsPrivilegedProcess)
        {
            if (!Directory.Exists("/sys/kernel"))
                Assert.Skip("The superuser may write everywhere on this system.");
            AssertRefused("/sys/kernel/f", "no file can be made in the directory /sys/kernel");
            return;
        }
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory["d"]);
        File.SetUnixFileMode(directory["d"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        AssertRefused(directory["d/f"], $"no file can be made in the directory {directory["d"]} (no permission)");
    }

    private static void SkipWithoutLinks()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Making symbolic links needs a privilege under Windows.");
    }

    // CheckWritable and Write must agree.
    private static void AssertRefused(string path, string expected)
    {
        foreach (Action action in new Action[]
        {
            () => AtomicFile.CheckWritable(path),
            () => AtomicFile.Write(path, _ => Assert.Fail("not to be called")),
        })
        {
            string message = Assert.ThrowsAny<IOException>(action).Message;
            Assert.StartsWith($"Cannot write {path}: ", message);
            Assert.Contains(expected, message);
        }
    }

    /// <summary>A file on a disk that takes so many bytes and no more.</summary>
    private sealed class SmallDisk(string path, int capacity) : FileStream(path, FileMode.CreateNew, FileAccess.Write)
    {
        private int _left = capacity;

        public override void Write(ReadOnlySpan<byte> buffer) => Take(buffer.Length, buffer);

        public override void Write(byte[] buffer, int offset, int count) => Take(count, buffer.AsSpan(offset, count));

        private void Take(int count, ReadOnlySpan<byte> bytes)
        {
            if (count > _left)
                throw new IOException("disk full", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
            _left -= count;
            base.Write(bytes.ToArray(), 0, count);
        }
    }
}
