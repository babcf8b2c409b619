using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>A number of panels side by side, known to the compiler.</summary>
internal interface IPanelCount
{
    static abstract int Value { get; }
}

internal readonly struct ThreePanels : IPanelCount { public static int Value => 3; }
internal readonly struct FourPanels : IPanelCount { public static int Value => 4; }

/// <summary>
/// What one call of <see cref="StripTile{TWidth,TVector,TPanels}"/> works through: panels side by side, one row.
/// </summary>
internal unsafe struct StripRun
{
    /// <summary>The weights: for each k of the first and then of the second factor one row of all panels.</summary>
    public float* Weights;

    /// <summary>The first left factor [FirstDepth].</summary>
    public float* First;

    public nint FirstDepth;

    /// <summary>The second left factor [SecondDepth], whose products follow in the same sums.</summary>
    public float* Second;

    public nint SecondDepth;

    /// <summary>What the sums of the first panel start from.</summary>
    public float* Initial;

    /// <summary>Where the sums of the first panel go.</summary>
    public float* Target;

    /// <summary>Distance between panels in Initial and Target, in floats.</summary>
    public nint PanelStep;
}

/// <summary>
/// The inner loop for one row over three or four panels side by side, read as one stream. Each element is one running sum in
/// the order of k, as in every product; the bits are the same.
/// </summary>
internal static unsafe class StripTile<TWidth, TVector, TPanels>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : struct
    where TPanels : struct, IPanelCount
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ref StripRun run)
    {
        nint pitch = TPanels.Value * PackedMatrix.PanelWidth, panelStep = run.PanelStep;
        for (int part = 0; part < PackedMatrix.PanelWidth; part += 2 * TWidth.Count)
        {
            float* row = run.Initial + part;
            TVector a0 = TWidth.Load(row), a1 = TWidth.Load(row + TWidth.Count);
            row += panelStep;
            TVector b0 = TWidth.Load(row), b1 = TWidth.Load(row + TWidth.Count);
            row += panelStep;
            TVector c0 = TWidth.Load(row), c1 = TWidth.Load(row + TWidth.Count);
            row += panelStep;
            TVector d0 = TPanels.Value > 3 ? TWidth.Load(row) : default;
            TVector d1 = TPanels.Value > 3 ? TWidth.Load(row + TWidth.Count) : default;

            float* weights = run.Weights + part, left = run.First;
            nint depth = run.FirstDepth;
            for (int factor = 0; factor < 2; factor++)
            {
                for (float* end = left + depth; left < end; left++, weights += pitch)
                {
                    TVector x = TWidth.Create(*left);
                    a0 = TWidth.FusedMultiplyAdd(x, TWidth.Load(weights), a0);
                    a1 = TWidth.FusedMultiplyAdd(x, TWidth.Load(weights + TWidth.Count), a1);
                    b0 = TWidth.FusedMultiplyAdd(x, TWidth.Load(weights + PackedMatrix.PanelWidth), b0);
                    b1 = TWidth.FusedMultiplyAdd(x, TWidth.Load(weights + PackedMatrix.PanelWidth + TWidth.Count), b1);
                    c0 = TWidth.FusedMultiplyAdd(x, TWidth.Load(weights + 2 * PackedMatrix.PanelWidth), c0);
                    c1 = TWidth.FusedMultiplyAdd(x, TWidth.Load(weights + 2 * PackedMatrix.PanelWidth + TWidth.Count), c1);
                    if (TPanels.Value > 3)
                    {
                        d0 = TWidth.FusedMultiplyAdd(x, TWidth.Load(weights + 3 * PackedMatrix.PanelWidth), d0);
                        d1 = TWidth.FusedMultiplyAdd(x, TWidth.Load(weights + 3 * PackedMatrix.PanelWidth + TWidth.Count), d1);
                    }
                }

                left = run.Second;
                depth = run.SecondDepth;
            }

            row = run.Target + part;
            TWidth.Store(a0, row);
            TWidth.Store(a1, row + TWidth.Count);
            row += panelStep;
            TWidth.Store(b0, row);
            TWidth.Store(b1, row + TWidth.Count);
            row += panelStep;
            TWidth.Store(c0, row);
            TWidth.Store(c1, row + TWidth.Count);
            row += panelStep;
            if (TPanels.Value > 3)
            {
                TWidth.Store(d0, row);
                TWidth.Store(d1, row + TWidth.Count);
            }
        }
    }
}
