namespace Recurant.Tests.Storage;

/// <summary>The directory of checkpoints: what is in it at any moment, and what is never touched.</summary>
public class CheckpointStoreTests
{
    [Fact]
    public void Write_Again_ReplacesTheCheckpointBeforeAndLeavesOthersFiles()
    {
        using var directory = new TemporaryDirectory();
        string run = directory["run"];
        Assert.False(Checkpoint.Exists(run));
        Directory.CreateDirectory(Path.Combine(run, "checkpoint-notes"));
        File.WriteAllText(Path.Combine(run, "mine.txt"), "mine");
        using CheckpointStore store = CheckpointStore.Open(run);
        Assert.False(Checkpoint.Exists(run));
        store.Write("{}", Tensors(1f), "a note");
        Assert.Equal("a note", Checkpoint.ReadNote(run));
        store.Write("{}", Tensors(2f), note: null);
        Assert.Null(Checkpoint.ReadNote(run));
        Assert.True(Checkpoint.Exists(run));
        using SafetensorsFile state = CheckpointFiles.OpenLast(run).OpenState();
        Assert.Equal([2f], state.ReadFloats("t"));
        Assert.Equal(["checkpoint-000002", "checkpoint-notes"], Names(Directory.GetDirectories(run)));
        Assert.Equal([".lock", "mine.txt"], Names(Directory.GetFiles(run)));
    }

    /// <summary>
    /// A kill before the rename leaves a temporary directory; one after it, the checkpoint before, whole or partly removed.
    /// </summary>
    [Fact]
    public void Write_AfterKills_TakesTheHighestNumberAndClearsTheRest()
    {
        using var directory = new TemporaryDirectory();
        string run = directory["run"];
        using (CheckpointStore store = CheckpointStore.Open(run)) store.Write("{}", Tensors(7f), note: null);
        foreach (string left in (string[])["checkpoint-000000", ".checkpoint-000002.tmp"])
        {
            Directory.CreateDirectory(Path.Combine(run, left));
            File.WriteAllText(Path.Combine(run, left, CheckpointMark.FileName), CheckpointMark.Text);
            File.WriteAllText(Path.Combine(run, left, "run.json"), "{");
        }

        using (SafetensorsFile state = CheckpointFiles.OpenLast(run).OpenState()) Assert.Equal([7f], state.ReadFloats("t"));
        using (CheckpointStore store = CheckpointStore.Open(run)) store.Write("{}", Tensors(8f), note: null);
        Assert.Equal(["checkpoint-000002"], Names(Directory.GetDirectories(run)));
        using (SafetensorsFile state = CheckpointFiles.OpenLast(run).OpenState()) Assert.Equal([8f], state.ReadFloats("t"));
    }

    /// <summary>
    /// Other programs name their checkpoints so, too; what is in them is not ours, be it empty, a link, or named exactly so.
    /// </summary>
    [Fact]
    public void WriteAndDelete_CheckpointsOfAnotherProgram_StayAsTheyAre()
    {
        using var directory = new TemporaryDirectory();
        string run = directory["run"], elsewhere = directory["elsewhere"];
        string[] foreign =
            ["checkpoint-500", "checkpoint-000001", "checkpoint-000500", "checkpoint-2147483647", ".checkpoint-000002.tmp",
                "checkpoint-7"];
        foreach (string name in foreign)
        {
            Directory.CreateDirectory(Path.Combine(run, name));
            if (name == "checkpoint-7") continue;
            File.WriteAllText(Path.Combine(run, name, "model.safetensors"), "weights");
            File.WriteAllText(Path.Combine(run, name, "run.json"), "{}");
            File.WriteAllText(Path.Combine(run, name, "SHA256SUMS"), $"{new string('0', 64)}  model.safetensors\n");
            File.WriteAllText(Path.Combine(run, name, CheckpointMark.FileName), "another program's");
        }

        using (CheckpointStore ours = CheckpointStore.Open(elsewhere)) ours.Write("{}", Tensors(3f), note: null);
        Directory.CreateSymbolicLink(Path.Combine(run, "checkpoint-000900"), CheckpointStore.Last(elsewhere)!);
        Assert.False(Checkpoint.Exists(run));
        using (CheckpointStore store = CheckpointStore.Open(run))
        {
            for (int i = 1; i <= 3; i++) store.Write("{}", Tensors(i), note: null);
        }

        using (SafetensorsFile state = CheckpointFiles.OpenLast(run).OpenState()) Assert.Equal([3f], state.ReadFloats("t"));
        Assert.Equal(foreign.Length + 2, Directory.GetDirectories(run).Length);
        Checkpoint.Delete(run);
        Assert.Equal(
            foreign.Append("checkpoint-000900").Order(StringComparer.Ordinal), Names(Directory.GetFileSystemEntries(run)));
        Assert.All(foreign[..^1], name => Assert.Equal(4, Directory.GetFiles(Path.Combine(run, name)).Length));
        using (SafetensorsFile state = CheckpointFiles.OpenLast(elsewhere).OpenState()) Assert.Equal([3f], state.ReadFloats("t"));
    }

    /// <summary>Somebody has put a file of their own into one of our checkpoints: that file stays.</summary>
    [Fact]
    public void Delete_CheckpointWithAnothersFile_LeavesThatFile()
    {
        using var directory = new TemporaryDirectory();
        using (CheckpointStore store = CheckpointStore.Open(directory["run"])) store.Write("{}", Tensors(1f), "note");
        string last = CheckpointStore.Last(directory["run"])!;
        File.WriteAllText(Path.Combine(last, "mine.txt"), "mine");
        Checkpoint.Delete(directory["run"]);
        Assert.Equal(["mine.txt"], Names(Directory.GetFileSystemEntries(last)));
        Assert.False(Checkpoint.Exists(directory["run"]));
    }

    /// <summary>Versions before the mark: the list of sums names both files.</summary>
    [Fact]
    public void Open_CheckpointOfAnOlderVersion_IsReadAndReplaced()
    {
        using var directory = new TemporaryDirectory();
        string run = directory["run"];
        using (CheckpointStore store = CheckpointStore.Open(run)) store.Write("{}", Tensors(4f), "older");
        File.Delete(Path.Combine(CheckpointStore.Last(run)!, CheckpointMark.FileName));
        Assert.Equal("older", Checkpoint.ReadNote(run));
        using (CheckpointStore store = CheckpointStore.Open(run)) store.Write("{}", Tensors(5f), "newer");
        Assert.Equal(["checkpoint-000002"], Names(Directory.GetDirectories(run)));
        Assert.Equal("newer", Checkpoint.ReadNote(run));
    }

    /// <summary>
    /// Runs that begin and end all the time in one place, where the lock's file comes and goes: never do two hold it at once.
    /// </summary>
    [Fact]
    public void Open_ManyRunsThatEnd_NeverTwoAtOnce()
    {
        using var directory = new TemporaryDirectory();
        string run = directory["run"];
        int inside = 0, taken = 0, most = 0;
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 200; i++)
            {
                try
                {
                    using CheckpointStore store = CheckpointStore.Open(run);
                    int now = Interlocked.Increment(ref inside);
                    if (now > 1) Interlocked.Exchange(ref most, now);
                    Interlocked.Increment(ref taken);
                    Thread.Yield();
                    Interlocked.Decrement(ref inside);
                }
                catch (IOException e)
                {
                    Assert.True(e.Message.Contains("another training run uses it", StringComparison.Ordinal), e.Message);
                }
            }
        });
        Assert.True(taken > 0);
        Assert.Equal(0, most);
    }

    [Fact]
    public void Write_Fails_LeavesTheCheckpointBefore()
    {
        using var directory = new TemporaryDirectory();
        string run = directory["run"];
        using CheckpointStore store = CheckpointStore.Open(run);
        store.Write("{}", Tensors(1f), "first");
        var broken = new SafetensorsWriter();
        broken.Add("t", [1], (_, _) => throw new IOException("No space left."));
        string message = Assert.Throws<IOException>(() => store.Write("{}", broken, "second")).Message;
        Assert.Equal(
            $"Cannot keep a checkpoint in {run}: No space left. The checkpoint before it, if there was one, is unchanged.",
            message);
        Assert.Equal("first", Checkpoint.ReadNote(run));
        store.Write("{}", Tensors(2f), "third");
        Assert.Equal("third", Checkpoint.ReadNote(run));
        Assert.Single(Directory.GetDirectories(run));
    }

    [Fact]
    public void Write_Files_AreListedWithTheirSums()
    {
        using var directory = new TemporaryDirectory();
        using CheckpointStore store = CheckpointStore.Open(directory["run"]);
        store.Write("{}", Tensors(1f), "note");
        string last = CheckpointStore.Last(directory["run"])!;
        string[] sums = File.ReadAllLines(Path.Combine(last, "SHA256SUMS"));
        Assert.Equal(["note.txt", "run.json", "state.safetensors"], sums.Select(line => line[66..]));
        // The SHA-256 of the two characters {}, as any other program computes it.
        Assert.Equal("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a  run.json", sums[1]);
    }

    [Fact]
    public void Open_TwoRunsAtOnce_RefusesTheSecond()
    {
        using var directory = new TemporaryDirectory();
        string run = directory["run"];
        using (CheckpointStore.Open(run))
        {
            string message = Assert.Throws<IOException>(() => CheckpointStore.Open(run)).Message;
            Assert.StartsWith($"Cannot keep checkpoints in {run}: another training run uses it.", message);
            Assert.Throws<IOException>(() => Checkpoint.Delete(run));
        }

        CheckpointStore.Open(run).Dispose();
    }

    [Fact]
    public void Open_ImpossiblePlaces_SaysWhy()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["file"], "");
        Assert.Contains("it is a file", Assert.Throws<IOException>(() => CheckpointStore.Open(directory["file"])).Message);
        string missing = Assert.Throws<DirectoryNotFoundException>(() => CheckpointStore.Open(directory["none/run"])).Message;
        Assert.Contains($"there is no directory {directory["none"]}", missing);
        Assert.Equal(["file"], directory.Names());
    }

    [Fact]
    public void Delete_Directory_RemovesWhatIsOursAndNothingElse()
    {
        using var directory = new TemporaryDirectory();
        foreach (string name in (string[])["run", "shared"])
        {
            using CheckpointStore store = CheckpointStore.Open(directory[name]);
            store.Write("{}", Tensors(1f), note: null);
        }

        File.WriteAllText(directory["shared/mine.txt"], "mine");
        foreach (string name in (string[])["run", "shared", "none"]) Checkpoint.Delete(directory[name]);
        Assert.Equal(["shared"], directory.Names());
        Assert.Equal(["mine.txt"], Names(Directory.GetFileSystemEntries(directory["shared"])));
    }

    [Fact]
    public void OpenLast_WithoutSums_IsDamaged()
    {
        using var directory = new TemporaryDirectory();
        using (CheckpointStore store = CheckpointStore.Open(directory["run"])) store.Write("{}", Tensors(1f), "note");
        string sums = Path.Combine(CheckpointStore.Last(directory["run"])!, "SHA256SUMS");
        File.WriteAllText(sums, "nothing of use\n");
        Assert.Contains("SHA256SUMS has no line for it",
            Assert.Throws<InvalidDataException>(() => CheckpointFiles.OpenLast(directory["run"]).ReadText("run.json")).Message);
        File.Delete(sums);
        string message = Assert.Throws<InvalidDataException>(() => Checkpoint.ReadNote(directory["run"])).Message;
        Assert.StartsWith($"{sums}: the checkpoint is damaged: the file is missing.", message);
    }

    private static SafetensorsWriter Tensors(float value)
    {
        var writer = new SafetensorsWriter();
        writer.Add("t", [1], new[] { value });
        return writer;
    }

    private static IEnumerable<string> Names(string[] paths) =>
        paths.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
