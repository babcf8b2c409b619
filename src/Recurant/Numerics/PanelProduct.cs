using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recurant.Numerics;

/// <summary>
/// Tiles of one height times the panels of a packed matrix, in one step of the depth: chooses the inner loop for so many rows
/// and for full, half empty and interleaved panels. All products end here.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>
    /// One step of the depth, from its row firstRow on: full panels together as far as they are neighbours in C, a half empty one
    /// alone.
    /// </summary>
    public static void Multiply<TWidth, TVector>(
        ref TileRun run, int height, PackedMatrix b, int step, int firstPanel, int lastPanel, int firstRow = 0)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        run.PanelStep = b.PanelStep(step);
        run.RowPitch = b.RowPitch;
        run.PanelDepth = run.Depth + firstRow;
        for (int panel = firstPanel; panel < lastPanel;)
        {
            int column = b.FirstColumn(panel), width = b.Width(panel);
            run.Panel = b.Panel(panel, step) + (nint)firstRow * b.RowPitch;
            MoveTo(ref run, column);
            if (width == PackedMatrix.PanelWidth)
            {
                int full = b.FullPanels(panel, lastPanel);
                bool thin = run.TileCount == 1 && (TWidth.Count == 16 ? height <= 3 : height == 1);
                if (thin && full >= ThinTile<TWidth, TVector, Rows1>.Panels)
                {
                    run.PanelCount = full - full % ThinTile<TWidth, TVector, Rows1>.Panels;
                    MultiplyThin<TWidth, TVector>(ref run, height);
                }
                else
                {
                    if (b.IsInterleaved) ThrowInterleaved(height);
                    run.PanelCount = thin ? Math.Min(full, ThinTile<TWidth, TVector, Rows1>.Panels) : full;
                    MultiplyRows<TWidth, TVector, TwoVectors>(ref run, height);
                }

                panel += run.PanelCount;
            }
            else
            {
                MultiplyLastPanel<TWidth, TVector>(ref run, height, width);
                panel++;
            }

            MoveTo(ref run, -column);
        }
    }

    private static void ThrowInterleaved(int height) => throw new InvalidOperationException(
        $"Interleaved panels can be read four at a time with few rows only, not with {height} rows.");

    private static void MoveTo(ref TileRun run, int columns)
    {
        for (int i = 0; columns != 0 && i < run.TileCount; i++)
        {
            run.Tiles[i].Target += columns;
            if (run.Tiles[i].Initial != null) run.Tiles[i].Initial += columns;
        }
    }

    /// <summary>
    /// An incomplete panel: whole vectors as they are, and the rest through a small tile, so that nothing past the last
    /// column is touched.
    /// </summary>
    private static void MultiplyLastPanel<TWidth, TVector>(ref TileRun run, int height, int width)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        int column = 0;
        for (; column + TWidth.Count <= width; column += TWidth.Count)
        {
            MultiplyRows<TWidth, TVector, OneVector>(ref run, height);
            run.Panel += TWidth.Count;
            MoveTo(ref run, TWidth.Count);
        }

        // What is left takes one narrower vector where one is enough; the bits are the same.
        int left = width - column;
        if (TWidth.Count > Width256.Count && left == Width256.Count)
        {
            MultiplyRows<Width256, Vector256<float>, OneVector>(ref run, height);
        }
        else if (TWidth.Count > Width256.Count && left > 0 && left < Width256.Count)
        {
            MultiplyRest<Width256, Vector256<float>>(ref run, height, left);
        }
        else if (left > 0)
        {
            MultiplyRest<TWidth, TVector>(ref run, height, left);
        }

        MoveTo(ref run, -column);
    }

    /// <summary>The last columns, fewer than a vector has lanes.</summary>
    [SkipLocalsInit]
    private static void MultiplyRest<TWidth, TVector>(ref TileRun run, int height, int width)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        float* result = stackalloc float[MatrixProduct.MaximumTileRows * TWidth.Count];
        TileAddress inside = default;
        TileRun rest = run;
        rest.Tiles = &inside;
        rest.TileCount = 1;
        rest.InitialStep = rest.TargetStep = TWidth.Count;
        for (int i = 0; i < run.TileCount; i++)
        {
            TileAddress tile = run.Tiles[i];
            inside = tile with { Target = result, Initial = tile.Initial == null ? null : result };
            for (int row = 0; tile.Initial != null && row < height; row++)
            {
                var target = new Span<float>(result + row * TWidth.Count, TWidth.Count);
                new ReadOnlySpan<float>(tile.Initial + row * run.InitialStep, width).CopyTo(target);
                target[width..].Clear();
            }

            MultiplyRows<TWidth, TVector, OneVector>(ref rest, height);
            for (int row = 0; row < height; row++)
            {
                new ReadOnlySpan<float>(result + row * TWidth.Count, width)
                    .CopyTo(new Span<float>(tile.Target + row * run.TargetStep, width));
            }
        }
    }

    private static void MultiplyThin<TWidth, TVector>(ref TileRun run, int rows)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        switch (rows)
        {
            case 1: ThinTile<TWidth, TVector, Rows1>.Multiply(ref run); break;
            case 2: ThinTile<TWidth, TVector, Rows2>.Multiply(ref run); break;
            default: ThinTile<TWidth, TVector, Rows3>.Multiply(ref run); break;
        }
    }

    private static void MultiplyRows<TWidth, TVector, TColumns>(ref TileRun run, int rows)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TColumns : struct, IVectorCount
    {
        switch (rows)
        {
            case 1: ProductTile<TWidth, TVector, Rows1, TColumns>.Multiply(ref run); break;
            case 2: ProductTile<TWidth, TVector, Rows2, TColumns>.Multiply(ref run); break;
            case 3: ProductTile<TWidth, TVector, Rows3, TColumns>.Multiply(ref run); break;
            case 4: ProductTile<TWidth, TVector, Rows4, TColumns>.Multiply(ref run); break;
            case 5: ProductTile<TWidth, TVector, Rows5, TColumns>.Multiply(ref run); break;
            case 6: ProductTile<TWidth, TVector, Rows6, TColumns>.Multiply(ref run); break;
            case 7: ProductTile<TWidth, TVector, Rows7, TColumns>.Multiply(ref run); break;
            case 8: ProductTile<TWidth, TVector, Rows8, TColumns>.Multiply(ref run); break;
            case 9: ProductTile<TWidth, TVector, Rows9, TColumns>.Multiply(ref run); break;
            case 10: ProductTile<TWidth, TVector, Rows10, TColumns>.Multiply(ref run); break;
            case 11: ProductTile<TWidth, TVector, Rows11, TColumns>.Multiply(ref run); break;
            default: ProductTile<TWidth, TVector, Rows12, TColumns>.Multiply(ref run); break;
        }
    }
}
