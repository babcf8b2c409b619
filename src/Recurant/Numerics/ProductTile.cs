using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Recurant.Numerics;

/// <summary>A number of rows known to the compiler, so that one source serves tiles of 1 to 12 rows.</summary>
internal interface IRowCount
{
    static abstract int Value { get; }
}

internal readonly struct Rows1 : IRowCount { public static int Value => 1; }
internal readonly struct Rows2 : IRowCount { public static int Value => 2; }
internal readonly struct Rows3 : IRowCount { public static int Value => 3; }
internal readonly struct Rows4 : IRowCount { public static int Value => 4; }
internal readonly struct Rows5 : IRowCount { public static int Value => 5; }
internal readonly struct Rows6 : IRowCount { public static int Value => 6; }
internal readonly struct Rows7 : IRowCount { public static int Value => 7; }
internal readonly struct Rows8 : IRowCount { public static int Value => 8; }
internal readonly struct Rows9 : IRowCount { public static int Value => 9; }
internal readonly struct Rows10 : IRowCount { public static int Value => 10; }
internal readonly struct Rows11 : IRowCount { public static int Value => 11; }
internal readonly struct Rows12 : IRowCount { public static int Value => 12; }

/// <summary>
/// A number of vectors side by side known to the compiler: two as a rule, one for a last panel that is half empty.
/// </summary>
internal interface IVectorCount
{
    static abstract int Value { get; }
}

internal readonly struct OneVector : IVectorCount { public static int Value => 1; }
internal readonly struct TwoVectors : IVectorCount { public static int Value => 2; }

/// <summary>Where one tile of a product reads and writes.</summary>
internal unsafe struct TileAddress
{
    /// <summary>First element of A [rows, depth].</summary>
    public float* Left;

    /// <summary>First element of what the running sums start from [rows, columns]; null for zero.</summary>
    public float* Initial;

    /// <summary>First element of C [rows, columns].</summary>
    public float* Target;
}

/// <summary>Tiles of equal height over neighbouring panels of B: what one call of the inner loop works through.</summary>
internal unsafe struct TileRun
{
    /// <summary>The tiles; Initial and Target belong to the first panel.</summary>
    public TileAddress* Tiles;

    public int TileCount;

    /// <summary>Distance between rows of A, in floats.</summary>
    public nint RowStep;

    /// <summary>Distance between the columns of A (steps of k), in floats.</summary>
    public nint DepthStep;

    /// <summary>Distance between rows of the initial values, in floats; zero where all rows start from one.</summary>
    public nint InitialStep;

    /// <summary>Distance between rows of C, in floats.</summary>
    public nint TargetStep;

    /// <summary>Number of steps of k.</summary>
    public nint Depth;

    /// <summary>Rows that a panel has in this step of the depth: Depth, or more where the first rows are left out.</summary>
    public nint PanelDepth;

    /// <summary>First row of the first panel: row k stands at Panel + k * <see cref="PackedMatrix.PanelWidth"/>.</summary>
    public float* Panel;

    /// <summary>Distance between panels, in floats; of interleaved ones between four neighbours.</summary>
    public nint PanelStep;

    /// <summary>Distance between the rows k of a panel, in floats; only the inner loop for few rows heeds it.</summary>
    public nint RowPitch;

    public int PanelCount;
}

/// <summary>
/// The inner loop of every matrix product: a tile of C, up to 12 rows by one or two vectors, held in registers over the whole
/// depth.
/// <code>
/// C[r, j] = initial[r, j];  for k = 0 .. depth-1:  C[r, j] = fma(A[r, k], B[k, j], C[r, j])
/// </code>
/// The lanes of a vector run over columns j, never over k, and every element of C is one running sum in the order of k:
/// that is why no vector width, tile height or split over threads can change a bit of the result.
/// </summary>
internal static unsafe class ProductTile<TWidth, TVector, TRows, TColumns>
    where TWidth : struct, IVectorWidth<TVector>
    where TVector : struct
    where TRows : struct, IRowCount
    where TColumns : struct, IVectorCount
{
    /// <summary>
    /// Panel by panel, and in each panel tile by tile: the panel stays in the first-level cache for all tiles. With
    /// <see cref="OneVector"/> only the first vector of one panel is computed.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ref TileRun run)
    {
        int width = TColumns.Value * TWidth.Count;
        int columns = TColumns.Value > 1 ? run.PanelCount * PackedMatrix.PanelWidth : width;
        nint rowStep = run.RowStep, depthStep = run.DepthStep;
        for (int column = 0; column < columns; column += width)
        {
            float* panel = run.Panel + column / PackedMatrix.PanelWidth * run.PanelStep + column % PackedMatrix.PanelWidth;
            for (TileAddress* tile = run.Tiles, last = tile + run.TileCount; tile < last; tile++)
            {
                TVector c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
                TVector c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
                TVector c60 = default, c61 = default, c70 = default, c71 = default, c80 = default, c81 = default;
                TVector c90 = default, c91 = default, cA0 = default, cA1 = default, cB0 = default, cB1 = default;

                float* row = tile->Initial;
                nint step = run.InitialStep;
                if (row != null)
                {
                    row += column;
                    LoadRow(ref c00, ref c01, ref row, step);
                    if (TRows.Value > 1) LoadRow(ref c10, ref c11, ref row, step);
                    if (TRows.Value > 2) LoadRow(ref c20, ref c21, ref row, step);
                    if (TRows.Value > 3) LoadRow(ref c30, ref c31, ref row, step);
                    if (TRows.Value > 4) LoadRow(ref c40, ref c41, ref row, step);
                    if (TRows.Value > 5) LoadRow(ref c50, ref c51, ref row, step);
                    if (TRows.Value > 6) LoadRow(ref c60, ref c61, ref row, step);
                    if (TRows.Value > 7) LoadRow(ref c70, ref c71, ref row, step);
                    if (TRows.Value > 8) LoadRow(ref c80, ref c81, ref row, step);
                    if (TRows.Value > 9) LoadRow(ref c90, ref c91, ref row, step);
                    if (TRows.Value > 10) LoadRow(ref cA0, ref cA1, ref row, step);
                    if (TRows.Value > 11) LoadRow(ref cB0, ref cB1, ref row, step);
                }

                // The next tile's results begin their way into the cache while this tile is computed.
                if (Sse.IsSupported)
                {
                    float* next = (tile + 1 < last ? tile + 1 : run.Tiles)->Target + (tile + 1 < last ? column : column + width);
                    for (int r = 0; r < TRows.Value; r++, next += run.TargetStep)
                    {
                        Sse.Prefetch0(next);
                        if (width > 16) Sse.Prefetch0(next + 16);
                    }
                }

                // Four pointers, each with the offsets 0, rowStep and 2 rowStep, reach twelve rows by plain addressing modes.
                float* a0 = tile->Left, a3 = a0 + 3 * rowStep, a6 = a0 + 6 * rowStep, a9 = a0 + 9 * rowStep;
                float* b = panel, end = b + run.Depth * PackedMatrix.PanelWidth;
                // Weights come from the second-level cache or beyond, and asking early hides the way. The last tile of a
                // panel asks for the next panel: it takes the room of the rows that nobody needs any more. The others, and a
                // single one, ask 48 rows ahead. A prefetch past the end is harmless. (docs/performance.md has the numbers.)
                nint ahead = tile + 1 == last && run.TileCount > 1 ? run.PanelStep : 48 * PackedMatrix.PanelWidth;
                while (b < end)
                {
                    TVector b0 = TWidth.Load(b), b1 = TColumns.Value > 1 ? TWidth.Load(b + TWidth.Count) : default;
                    if (Sse.IsSupported)
                    {
                        Sse.Prefetch0(b + ahead);
                        if (width > 16) Sse.Prefetch0(b + ahead + 16);
                    }

                    AddRow(ref c00, ref c01, a0, b0, b1);
                    if (TRows.Value > 1) AddRow(ref c10, ref c11, a0 + rowStep, b0, b1);
                    if (TRows.Value > 2) AddRow(ref c20, ref c21, a0 + 2 * rowStep, b0, b1);
                    if (TRows.Value > 3) AddRow(ref c30, ref c31, a3, b0, b1);
                    if (TRows.Value > 4) AddRow(ref c40, ref c41, a3 + rowStep, b0, b1);
                    if (TRows.Value > 5) AddRow(ref c50, ref c51, a3 + 2 * rowStep, b0, b1);
                    if (TRows.Value > 6) AddRow(ref c60, ref c61, a6, b0, b1);
                    if (TRows.Value > 7) AddRow(ref c70, ref c71, a6 + rowStep, b0, b1);
                    if (TRows.Value > 8) AddRow(ref c80, ref c81, a6 + 2 * rowStep, b0, b1);
                    if (TRows.Value > 9) AddRow(ref c90, ref c91, a9, b0, b1);
                    if (TRows.Value > 10) AddRow(ref cA0, ref cA1, a9 + rowStep, b0, b1);
                    if (TRows.Value > 11) AddRow(ref cB0, ref cB1, a9 + 2 * rowStep, b0, b1);
                    a0 += depthStep;
                    if (TRows.Value > 3) a3 += depthStep;
                    if (TRows.Value > 6) a6 += depthStep;
                    if (TRows.Value > 9) a9 += depthStep;
                    b += PackedMatrix.PanelWidth;
                }

                row = tile->Target + column;
                step = run.TargetStep;
                StoreRow(c00, c01, ref row, step);
                if (TRows.Value > 1) StoreRow(c10, c11, ref row, step);
                if (TRows.Value > 2) StoreRow(c20, c21, ref row, step);
                if (TRows.Value > 3) StoreRow(c30, c31, ref row, step);
                if (TRows.Value > 4) StoreRow(c40, c41, ref row, step);
                if (TRows.Value > 5) StoreRow(c50, c51, ref row, step);
                if (TRows.Value > 6) StoreRow(c60, c61, ref row, step);
                if (TRows.Value > 7) StoreRow(c70, c71, ref row, step);
                if (TRows.Value > 8) StoreRow(c80, c81, ref row, step);
                if (TRows.Value > 9) StoreRow(c90, c91, ref row, step);
                if (TRows.Value > 10) StoreRow(cA0, cA1, ref row, step);
                if (TRows.Value > 11) StoreRow(cB0, cB1, ref row, step);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(ref TVector left, ref TVector right, float* a, TVector b0, TVector b1)
    {
        TVector factor = TWidth.Create(*a);
        left = TWidth.FusedMultiplyAdd(factor, b0, left);
        if (TColumns.Value > 1) right = TWidth.FusedMultiplyAdd(factor, b1, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadRow(ref TVector left, ref TVector right, ref float* row, nint step)
    {
        left = TWidth.Load(row);
        if (TColumns.Value > 1) right = TWidth.Load(row + TWidth.Count);
        row += step;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(TVector left, TVector right, ref float* row, nint step)
    {
        TWidth.Store(left, row);
        if (TColumns.Value > 1) TWidth.Store(right, row + TWidth.Count);
        row += step;
    }
}
