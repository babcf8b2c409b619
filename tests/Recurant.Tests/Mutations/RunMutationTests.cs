using System.Text;
using System.Text.RegularExpressions;

namespace Recurant.Tests.Mutations;

/// <summary>Manifests of checkpoints and lists of subwords changed at random are read, or refused by name.</summary>
[Trait("Mutates", "files")]
public sealed class RunMutationTests : IDisposable
{
    private const int UsualCount = 4000, UsualRuns = 60;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>The files as they lie there: a wrong sum is told, and a changed list of sums.</summary>
    [Fact]
    public void Open_MutatedFilesOfACheckpoint_AreReadOrRefused()
    {
        (string root, string path) = Interrupted();
        string[] names =
            [CheckpointStore.RunFile, CheckpointStore.SumsFile, CheckpointStore.NoteFile, CheckpointMark.FileName];
        byte[][] good = [.. names.Select(name => File.ReadAllBytes(Path.Combine(path, name)))];
        int count = MutationRun.Count(UsualCount), read = 0;
        for (int i = 0; i < count; i++)
        {
            int at = i % names.Length;
            string file = Path.Combine(path, names[at]);
            File.WriteAllBytes(file, Mutator.Change(good[at], good[(i / names.Length) % names.Length], new Random(i)));
            read += MutationRun.Succeeds(names[at], i, "run", () =>
            {
                Checkpoint.ReadNote(root);
                CheckpointFiles files = CheckpointFiles.OpenLast(root);
                files.ReadText(CheckpointStore.RunFile);
                using SafetensorsFile state = files.OpenState();
            }) ? 1 : 0;
            File.WriteAllBytes(file, good[at]);
        }

        Assert.InRange(read, 1, count - 1);
    }

    /// <summary>A manifest whose sum is right all the same, as one that was edited has.</summary>
    [Fact]
    public void Read_MutatedManifest_IsReadOrIsAFormatFault()
    {
        (_, string path) = Interrupted();
        byte[] good = File.ReadAllBytes(Path.Combine(path, CheckpointStore.RunFile));
        int count = MutationRun.Count(UsualCount), read = 0;
        for (int i = 0; i < count; i++)
        {
            string text = Encoding.UTF8.GetString(Mutator.Change(good, good, new Random(i)));
            read += MutationRun.Succeeds("run.json", i, "run.json", () =>
            {
                try
                {
                    RunStateJson.ReadStage(text);
                    RunStateJson.Read(text, Evaluation.Read);
                }
                catch (Exception fault) when (fault is FormatException or ArgumentException)
                {
                    throw CheckpointFiles.Damaged("run.json", fault.Message, fault); // as whoever reads it does
                }
            }) ? 1 : 0;
        }

        Assert.InRange(read, 1, count - 1);
    }

    /// <summary>
    /// A run goes on from a manifest in which a number is another one, or says that the checkpoint is damaged or of another run.
    /// </summary>
    [Fact]
    public void Train_MutatedManifest_GoesOnOrIsRefused()
    {
        (string root, string path) = Interrupted();
        string file = Path.Combine(path, CheckpointStore.RunFile), copy = _directory["copy"];
        string good = File.ReadAllText(file);
        string copied = Path.Combine(copy, Path.GetFileName(path));
        int count = Math.Min(MutationRun.Count(UsualRuns), 50 * UsualRuns), read = 0;
        for (int i = 0; i < count; i++)
        {
            if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
            Directory.CreateDirectory(copied);
            foreach (string one in Directory.GetFiles(path)) File.Copy(one, Path.Combine(copied, Path.GetFileName(one)));
            string run = Path.Combine(copied, CheckpointStore.RunFile), sums = Path.Combine(copied, CheckpointStore.SumsFile);
            string before = CheckpointStore.SumOf(run);
            File.WriteAllText(run, ChangeNumber(good, new Random(i)));
            File.WriteAllText(sums, File.ReadAllText(sums).Replace(before, CheckpointStore.SumOf(run), StringComparison.Ordinal));
            read += MutationRun.Succeeds("run.json", i, "copy", () => Train(copy, CheckpointStart.Resume, stopAfter: 2)) ? 1 : 0;
        }

        Assert.InRange(read, 1, count - 1);
    }

    [Theory]
    [InlineData("merges")]
    [InlineData("characters")]
    public void Load_MutatedSubwords_AreReadOrRefused(string key)
    {
        string[] texts = ["the lower newest", "the widest caf\u00E9", "newest \u96FB\u5F71"];
        var encoding = BytePairEncoding.Learn(texts, merges: 12, minimumCount: 1);
        string characters = StringListJson.Write(encoding.Characters), merges = StringListJson.Write(encoding.Merges);
        byte[] good = Encoding.UTF8.GetBytes(key == "merges" ? merges : characters);
        byte[] other = Encoding.UTF8.GetBytes(key == "merges" ? characters : merges);
        int count = MutationRun.Count(UsualCount), read = 0;
        for (int i = 0; i < count; i++)
        {
            string changed = Encoding.UTF8.GetString(Mutator.Change(good, other, new Random(i)));
            var metadata = new ModelMetadata("m.safetensors", new Dictionary<string, string>
            {
                ["characters"] = key == "characters" ? changed : characters, ["merges"] = key == "merges" ? changed : merges,
            });
            read += MutationRun.Succeeds(key, i, "m.safetensors", () =>
            {
                List<string> known = metadata.Strings("characters");
                BytePairEncoding again = metadata.Parse(
                    "merges", json => new BytePairEncoding(known, StringListJson.Read(json)));
                again.Decode([.. again.Encode("the lowest caf\u00E9 \uD83D\uDE00 \uD800")]);
            }, fault => fault is InvalidDataException) ? 1 : 0;
        }

        Assert.InRange(read, 1, count - 1);
    }

    private static string ChangeNumber(string json, Random random)
    {
        string[] others =
        [
            "-1", "0", "1", "3", "2147483647", "-2147483648", "9223372036854775807", "1e308", "-1e308", "1e-320", "99",
            "null", "true", "\"x\"", "[]", "{}",
        ];
        MatchCollection numbers = Regex.Matches(json, "(?<=: )-?[0-9][0-9.e+-]*");
        Match one = numbers[random.Next(numbers.Count)];
        return string.Concat(json.AsSpan(0, one.Index), others[random.Next(others.Length)], json.AsSpan(one.Index + one.Length));
    }

    private (string Root, string Checkpoint) Interrupted()
    {
        string root = _directory["run"];
        Train(root, CheckpointStart.New, stopAfter: 9);
        return (root, CheckpointStore.Last(root)!);
    }

    private static void Train(string directory, CheckpointStart start, int stopAfter)
    {
        using var cancellation = new CancellationTokenSource();
        var options = new TrainingOptions
        {
            Hidden = 2, Embedding = 2, Epochs = 3, Batch = 8, Threads = 1, MinimumCount = 1,
            Checkpoint = new CheckpointOptions
            {
                Directory = directory, Interval = TimeSpan.Zero, Start = start, Note = "a note\nof two lines",
                Saved = () =>
                {
                    if (--stopAfter == 0) cancellation.Cancel();
                },
            },
        };
        try
        {
            ClassifierTrainer.Train(Reviews.Words(50, seed: 3), options, cancellation: cancellation.Token);
        }
        catch (OperationCanceledException)
        {
            // before the first epoch was over
        }
    }
}
