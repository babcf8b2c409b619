using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>Managed memory of a training step, in bytes.</summary>
/// <param name="Held">What the engine holds after a step and a collection: weights, gradients and workspaces.</param>
/// <param name="First">All that was allocated up to the end of the first step: the peak is between the two.</param>
/// <param name="Warm">What a later step allocates.</param>
internal sealed record ManagedMemory(long Held, long First, long Warm)
{
    private const int Steps = 20;
    private const int Attempts = 3;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Held} {First} {Warm}");

    public static ManagedMemory Parse(string text)
    {
        long[] numbers = [.. text.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        return new ManagedMemory(numbers[0], numbers[1], numbers[2]);
    }

    /// <summary>Builds the layers and trains twice; to be called in a process that has done nothing else.</summary>
    public static ManagedMemory OfTraining(IEngine engine, Case shape)
    {
        var data = new CaseData(shape);
        long live = GC.GetTotalMemory(forceFullCollection: true);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        engine.Prepare(shape, data, Mode.Train);
        engine.Train();
        long first = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        long held = GC.GetTotalMemory(forceFullCollection: true) - live;

        allocated = GC.GetTotalAllocatedBytes(precise: true);
        engine.Train();
        long warm = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        GC.KeepAlive(data);
        return new ManagedMemory(held, first, warm);
    }

    /// <summary>Bytes that all threads allocate in a warm step; the least of several tries: the runtime allocates too.</summary>
    public static long AllocatedBy(IJob job)
    {
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            job.Step();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Steps; i++) job.Step();
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / Steps);
        }

        return least;
    }
}
