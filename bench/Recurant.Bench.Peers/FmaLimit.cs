using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recurant.Bench.Peers;

/// <summary>How many floating-point operations a second this machine does when nothing but fused multiply-adds runs.</summary>
internal static class FmaLimit
{
    private const int Iterations = 2_000_000;
    private const int Chains512 = 16;
    private const int Chains256 = 12;
    private const int Attempts = 25;

    /// <summary>Billions of operations a second on so many threads; the best of several tries.</summary>
    public static double Measure(int threads)
    {
        double best = 0;
        using var barrier = new Barrier(threads);
        var elapsed = new double[threads];
        var workers = new Thread[threads];
        for (int worker = 0; worker < threads; worker++)
        {
            int index = worker;
            workers[worker] = new Thread(() =>
            {
                for (int attempt = 0; attempt < Attempts; attempt++)
                {
                    barrier.SignalAndWait();
                    long begin = Stopwatch.GetTimestamp();
                    Run();
                    elapsed[index] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
                    barrier.SignalAndWait();
                    if (index == 0) best = Math.Max(best, threads * Flops / elapsed.Max() / 1e9);
                }
            });
        }

        Array.ForEach(workers, thread => thread.Start());
        Array.ForEach(workers, thread => thread.Join());
        return best;
    }

    private static double Flops =>
        2.0 * Iterations * (Vector512.IsHardwareAccelerated
            ? Chains512 * Vector512<float>.Count
            : Chains256 * Vector256<float>.Count);

    private static void Run()
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run512();
        }
        else
        {
            Run256();
        }
    }

    // Sums that do not wait for each other, twelve or sixteen, hide the latency of four or five cycles of two units.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Run512()
    {
        Vector512<float> a = Vector512.Create(0.999f), b = Vector512.Create(0.001f);
        Vector512<float> s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a;
        Vector512<float> s8 = a, s9 = a, s10 = a, s11 = a, s12 = a, s13 = a, s14 = a, s15 = a;
        for (int i = 0; i < Iterations; i++)
        {
            s0 = Vector512.FusedMultiplyAdd(s0, a, b);
            s1 = Vector512.FusedMultiplyAdd(s1, a, b);
            s2 = Vector512.FusedMultiplyAdd(s2, a, b);
            s3 = Vector512.FusedMultiplyAdd(s3, a, b);
            s4 = Vector512.FusedMultiplyAdd(s4, a, b);
            s5 = Vector512.FusedMultiplyAdd(s5, a, b);
            s6 = Vector512.FusedMultiplyAdd(s6, a, b);
            s7 = Vector512.FusedMultiplyAdd(s7, a, b);
            s8 = Vector512.FusedMultiplyAdd(s8, a, b);
            s9 = Vector512.FusedMultiplyAdd(s9, a, b);
            s10 = Vector512.FusedMultiplyAdd(s10, a, b);
            s11 = Vector512.FusedMultiplyAdd(s11, a, b);
            s12 = Vector512.FusedMultiplyAdd(s12, a, b);
            s13 = Vector512.FusedMultiplyAdd(s13, a, b);
            s14 = Vector512.FusedMultiplyAdd(s14, a, b);
            s15 = Vector512.FusedMultiplyAdd(s15, a, b);
        }

        return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11 + s12 + s13 + s14 + s15;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Run256()
    {
        Vector256<float> a = Vector256.Create(0.999f), b = Vector256.Create(0.001f);
        Vector256<float> s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a;
        Vector256<float> s8 = a, s9 = a, s10 = a, s11 = a;
        for (int i = 0; i < Iterations; i++)
        {
            s0 = Vector256.FusedMultiplyAdd(s0, a, b);
            s1 = Vector256.FusedMultiplyAdd(s1, a, b);
            s2 = Vector256.FusedMultiplyAdd(s2, a, b);
            s3 = Vector256.FusedMultiplyAdd(s3, a, b);
            s4 = Vector256.FusedMultiplyAdd(s4, a, b);
            s5 = Vector256.FusedMultiplyAdd(s5, a, b);
            s6 = Vector256.FusedMultiplyAdd(s6, a, b);
            s7 = Vector256.FusedMultiplyAdd(s7, a, b);
            s8 = Vector256.FusedMultiplyAdd(s8, a, b);
            s9 = Vector256.FusedMultiplyAdd(s9, a, b);
            s10 = Vector256.FusedMultiplyAdd(s10, a, b);
            s11 = Vector256.FusedMultiplyAdd(s11, a, b);
        }

        return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
    }
}
