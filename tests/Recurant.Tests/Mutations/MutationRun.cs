using System.Diagnostics;
using System.Globalization;

namespace Recurant.Tests.Mutations;

/// <summary>
/// What every reader owes whatever it is given: data or a documented fault that names the file, soon and within bounded
/// memory. RECURANT_MUTATIONS=1000000 tries so many in each test.
/// </summary>
internal static class MutationRun
{
    private const long MostMemory = 1L << 30;
    private const int LongestMessage = 2000;

    // Far more than any reading takes; on a machine that is busy with others, too.
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(5);

    /// <summary>The first seed: RECURANT_MUTATIONS_FROM, so that a long run can be divided. Default: 0.</summary>
    internal static int First { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("RECURANT_MUTATIONS_FROM"), CultureInfo.InvariantCulture, out int first) ? first : 0;

    /// <summary>How many inputs a test tries.</summary>
    /// <param name="usual">So many if nobody asks for more.</param>
    internal static int Count(int usual) => int.TryParse(
        Environment.GetEnvironmentVariable("RECURANT_MUTATIONS"), CultureInfo.InvariantCulture, out int count) ? count : usual;

    /// <summary>Reads one input; false if it was refused as it should be.</summary>
    /// <param name="name">What is read.</param>
    /// <param name="seed">The number of the change.</param>
    /// <param name="file">What a message must name.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="isDocumented">Which exceptions are faults of the input; those of files where it is left out.</param>
    internal static bool Succeeds(string name, int seed, string file, Action read, Func<Exception, bool>? isDocumented = null)
    {
        Exception? failure = null;
        long allocated = 0;
        var clock = Stopwatch.StartNew();
        void Run()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read();
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Task task = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default);
        // Twice, as the machine may have been away for the first.
        Assert.True(task.Wait(s_hang) || task.Wait(s_hang), $"{name}, seed {seed}: hangs after {clock.Elapsed}.");
        Assert.True(allocated < MostMemory, $"{name}, seed {seed}: {allocated:N0} bytes.");
        if (failure is null) return true;
        isDocumented ??= fault => fault is InvalidDataException or IOException or ArgumentException { ParamName: "format" };
        Assert.True(isDocumented(failure), $"{name}, seed {seed}: {failure}");
        Assert.True(
            failure.Message.Contains(file, StringComparison.Ordinal),
            $"{name}, seed {seed}: the file is not named: {failure.Message}");
        Assert.True(
            failure.Message.Length < LongestMessage, $"{name}, seed {seed}: a message of {failure.Message.Length} characters.");
        return false;
    }
}
