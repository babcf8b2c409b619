using System.Runtime.InteropServices;

namespace Recurant.Tests.Processes;

/// <summary>
/// The same data, seed and options give the same model file, byte for byte, in processes of their own: with any number of
/// threads, with narrower vectors or none, and stopped and continued.
/// </summary>
[Trait("Starts", "processes")]
public sealed class SameBitsInProcessesTests : IDisposable
{
    private static readonly Lazy<TrainingProcess> s_reference = new(() =>
    {
        using var directory = new TemporaryDirectory();
        return TrainingProcess.Run(directory.Root, "all", threads: 1);
    });

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Train_AnyNumberOfThreads_GivesTheSameFiles(int threads) =>
        AssertSameFiles(TrainingProcess.Run(_directory.Root, "all", threads));

    /// <summary>The switches are those that .NET 10 knows; the process tells whether they took effect.</summary>
    [Theory]
    [InlineData("DOTNET_EnableAVX512", "0", 256, 256)]
    [InlineData("DOTNET_EnableAVX2", "0", 128, 128)]
    [InlineData("DOTNET_PreferredVectorBitWidth", "128", 128, 512)]
    public void Train_NarrowerVectors_GivesTheSameFiles(string name, string value, int accelerated, int supported)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "The switches are for x64.");
        TrainingProcess narrow = TrainingProcess.Run(_directory.Root, "all", threads: 2, mode: "", (name, value));
        Assert.Equal(Math.Min(accelerated, s_reference.Value.Accelerated), narrow.Accelerated);
        Assert.Equal(Math.Min(supported, s_reference.Value.Supported), narrow.Supported);
        AssertSameFiles(narrow);
    }

    [Fact]
    public void Train_NoVectorInstructionsAtAll_GivesTheSameFiles()
    {
        TrainingProcess none =
            TrainingProcess.Run(_directory.Root, "small", threads: 2, mode: "", ("DOTNET_EnableHWIntrinsic", "0"));
        Assert.Equal((0, 0), (none.Accelerated, none.Supported));
        AssertSameFiles(none, wide: false);
    }

    /// <summary>
    /// The last run is killed as by kill -9, those before it are cancelled; a process with fewer threads and narrower vectors
    /// continues them.
    /// </summary>
    [Fact]
    public void Train_KilledAndContinuedElsewhere_GivesTheSameFiles()
    {
        TrainingProcess killed = TrainingProcess.Run(_directory.Root, "small", threads: 3, mode: "kill");
        Assert.NotEqual(0, killed.Code);
        Assert.Empty(killed.Files);
        TrainingProcess continued = TrainingProcess.Run(
            _directory.Root, "small", threads: 1, mode: "resume", ("DOTNET_EnableAVX512", "0"));
        Assert.All(continued.Epochs.Values, epochs => Assert.Equal("2 of 3", epochs));
        AssertSameFiles(continued, wide: false);
    }

    [Fact]
    public void Train_CancelledAndContinued_GivesTheSameFiles()
    {
        TrainingProcess cancelled = TrainingProcess.Run(_directory.Root, "all", threads: 1, mode: "cancel");
        Assert.Equal(0, cancelled.Code);
        Assert.Empty(cancelled.Files);
        TrainingProcess continued = TrainingProcess.Run(_directory.Root, "all", threads: 2, mode: "resume");
        Assert.All(continued.Epochs, model =>
            Assert.Equal(model.Key.StartsWith("wide", StringComparison.Ordinal) ? "1 of 2" : "2 of 3", model.Value));
        AssertSameFiles(continued);
    }

    private static void AssertSameFiles(TrainingProcess process, bool wide = true)
    {
        string[] names = [.. s_reference.Value.Files.Keys
            .Where(name => wide || !name.StartsWith("wide", StringComparison.Ordinal))];
        Assert.True(names.Length >= 8);
        Assert.Equal(names, process.Files.Keys);
        Assert.Equal(0, process.Code);
        // Were two of them equal, a model would not depend on its options.
        Assert.Equal(names.Length, names.Select(name => s_reference.Value.Files[name]).Distinct().Count());
        foreach (string name in names)
        {
            Assert.True(s_reference.Value.Files[name] == process.Files[name], $"{name}: another model file.");
        }
    }
}
