namespace Recurant.Tests.Frozen;

/// <summary>
/// The tensors and the answers of small runs are those of tests/goldens/frozen.txt, bit for bit: a change of the structure
/// changes none. Where a change is meant, run this class with RECURANT_FREEZE=1, which writes the file anew, and say in the
/// commit what has changed and why.
/// </summary>
public sealed class FrozenRunTests
{
    private static readonly string s_path = Path.Combine(Repository.Root, "tests", "goldens", "frozen.txt");

    private static readonly Lazy<Dictionary<string, string>> s_frozen = new(() => File.ReadAllLines(s_path)
        .Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal));

    public static TheoryData<string> Names => [.. FrozenRuns.All.Select(run => run.Name)];

    public static TheoryData<string> ContinuedNames =>
        [.. FrozenRuns.All.Where(run => run.IsContinued).Select(run => run.Name)];

    private static FrozenRun Run(string name) => FrozenRuns.All.Single(run => run.Name == name);

    [Fact]
    public void File_EveryRun_HasItsLine()
    {
        if (Environment.GetEnvironmentVariable("RECURANT_FREEZE") == "1")
        {
            File.WriteAllLines(s_path, FrozenRuns.All.Select(run => $"{run.Name}\t{run.Learn(null, default).Digests()}"));
            Assert.Fail($"Wrote {s_path}; unset RECURANT_FREEZE.");
        }

        Assert.Equal(FrozenRuns.All.Select(run => run.Name), s_frozen.Value.Keys);
        // Were two of them equal, a model would not depend on its options.
        Assert.Equal(s_frozen.Value.Count, s_frozen.Value.Values.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Train_SmallRun_GivesTheFrozenTensorsAndAnswers(string name)
    {
        FrozenResult result = Run(name).Learn(null, default);
        Assert.Equal(s_frozen.Value[name], result.Digests());
    }

    /// <summary>Stopped after a few steps and continued, three times.</summary>
    [Theory]
    [MemberData(nameof(ContinuedNames))]
    public void Train_StoppedAndContinued_GivesTheFrozenTensorsAndAnswers(string name)
    {
        using var directory = new TemporaryDirectory();
        var checkpoint = new CheckpointOptions
        {
            Directory = directory["run"], Interval = TimeSpan.Zero, Start = CheckpointStart.ResumeOrNew,
        };
        for (int stop = 0; stop < 3; stop++)
        {
            using var cancellation = new CancellationTokenSource();
            int steps = 0;
            CheckpointOptions stopping = checkpoint with
            {
                Saved = () =>
                {
                    if (++steps == 3) cancellation.Cancel();
                },
            };
            try
            {
                Run(name).Learn(stopping, cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                // Before the first epoch is over there is no model yet; the checkpoint is there all the same.
            }

            Assert.True(steps >= 3);
        }

        FrozenResult result = Run(name).Learn(checkpoint, default);
        Assert.NotEqual(TrainingEnd.Cancelled, result.End);
        Assert.Equal(s_frozen.Value[name], result.Digests());
    }
}
