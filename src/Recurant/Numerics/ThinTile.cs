using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>
/// The inner loop for one to three rows: so few rows give too few running sums to keep the units busy over one panel, so
/// four panels go side by side. Elements of C and their order of k are those of <see
/// cref="ProductTile{TWidth,TVector,TRows,TColumns}"/>; the bits are the same.
/// </summary>
internal static unsafe class ThinTile<TWidth, TVector, TRows>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : struct
    where TRows : struct, IRowCount
{
    /// <summary>Panels side by side.</summary>
    public const int Panels = PackedMatrix.Quad;

    /// <summary>One tile over full panels, four by four; the number of panels is a multiple of four.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ref TileRun run)
    {
        int width = 2 * TWidth.Count, next = TWidth.Count;
        nint rowStep = run.RowStep, depthStep = run.DepthStep, panelStep = run.PanelStep, pitch = run.RowPitch;
        for (int panel = 0; panel < run.PanelCount; panel += Panels)
        {
            for (int part = 0; part < PackedMatrix.PanelWidth; part += width)
            {
                TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default;
                TVector a7 = default, b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
                TVector b6 = default, b7 = default, c0 = default, c1 = default, c2 = default, c3 = default, c4 = default;
                TVector c5 = default, c6 = default, c7 = default;
                int column = panel * PackedMatrix.PanelWidth + part;
                float* row = run.Tiles->Initial;
                if (row != null)
                {
                    row += column;
                    LoadRow(ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7, row);
                    row += run.InitialStep;
                    if (TRows.Value > 1) LoadRow(ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7, row);
                    row += run.InitialStep;
                    if (TRows.Value > 2) LoadRow(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, row);
                }

                float* left = run.Tiles->Left;
                float* p0 = run.Panel + panel * run.PanelDepth * PackedMatrix.PanelWidth + part, p1 = p0 + panelStep,
                    p2 = p1 + panelStep, p3 = p2 + panelStep;
                for (float* end = p0 + run.Depth * pitch; p0 < end; p0 += pitch)
                {
                    TVector x = TWidth.Create(left[0]);
                    TVector y = TRows.Value > 1 ? TWidth.Create(left[rowStep]) : default;
                    TVector z = TRows.Value > 2 ? TWidth.Create(left[2 * rowStep]) : default;
                    Add(ref a0, ref b0, ref c0, x, y, z, TWidth.Load(p0));
                    Add(ref a1, ref b1, ref c1, x, y, z, TWidth.Load(p0 + next));
                    Add(ref a2, ref b2, ref c2, x, y, z, TWidth.Load(p1));
                    Add(ref a3, ref b3, ref c3, x, y, z, TWidth.Load(p1 + next));
                    Add(ref a4, ref b4, ref c4, x, y, z, TWidth.Load(p2));
                    Add(ref a5, ref b5, ref c5, x, y, z, TWidth.Load(p2 + next));
                    Add(ref a6, ref b6, ref c6, x, y, z, TWidth.Load(p3));
                    Add(ref a7, ref b7, ref c7, x, y, z, TWidth.Load(p3 + next));
                    left += depthStep;
                    p1 += pitch;
                    p2 += pitch;
                    p3 += pitch;
                }

                row = run.Tiles->Target + column;
                StoreRow(a0, a1, a2, a3, a4, a5, a6, a7, row);
                row += run.TargetStep;
                if (TRows.Value > 1) StoreRow(b0, b1, b2, b3, b4, b5, b6, b7, row);
                row += run.TargetStep;
                if (TRows.Value > 2) StoreRow(c0, c1, c2, c3, c4, c5, c6, c7, row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref TVector a, ref TVector b, ref TVector c, TVector x, TVector y, TVector z, TVector right)
    {
        a = TWidth.FusedMultiplyAdd(x, right, a);
        if (TRows.Value > 1) b = TWidth.FusedMultiplyAdd(y, right, b);
        if (TRows.Value > 2) c = TWidth.FusedMultiplyAdd(z, right, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadRow(
        ref TVector v0, ref TVector v1, ref TVector v2, ref TVector v3, ref TVector v4, ref TVector v5, ref TVector v6,
        ref TVector v7, float* row)
    {
        v0 = TWidth.Load(row);
        v1 = TWidth.Load(row + TWidth.Count);
        v2 = TWidth.Load(row + PackedMatrix.PanelWidth);
        v3 = TWidth.Load(row + PackedMatrix.PanelWidth + TWidth.Count);
        v4 = TWidth.Load(row + 2 * PackedMatrix.PanelWidth);
        v5 = TWidth.Load(row + 2 * PackedMatrix.PanelWidth + TWidth.Count);
        v6 = TWidth.Load(row + 3 * PackedMatrix.PanelWidth);
        v7 = TWidth.Load(row + 3 * PackedMatrix.PanelWidth + TWidth.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(
        TVector v0, TVector v1, TVector v2, TVector v3, TVector v4, TVector v5, TVector v6, TVector v7, float* row)
    {
        TWidth.Store(v0, row);
        TWidth.Store(v1, row + TWidth.Count);
        TWidth.Store(v2, row + PackedMatrix.PanelWidth);
        TWidth.Store(v3, row + PackedMatrix.PanelWidth + TWidth.Count);
        TWidth.Store(v4, row + 2 * PackedMatrix.PanelWidth);
        TWidth.Store(v5, row + 2 * PackedMatrix.PanelWidth + TWidth.Count);
        TWidth.Store(v6, row + 3 * PackedMatrix.PanelWidth);
        TWidth.Store(v7, row + 3 * PackedMatrix.PanelWidth + TWidth.Count);
    }
}
