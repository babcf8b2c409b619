using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recurant.Numerics;

/// <summary>
/// The left factor A [rows, K] of a product, anywhere in memory: element (r, k) stands at Start + r RowStep + k DepthStep.
/// </summary>
internal readonly unsafe struct LeftFactor(float* start, nint rowStep, nint depthStep)
{
    public readonly float* Start = start;
    public readonly nint RowStep = rowStep;
    public readonly nint DepthStep = depthStep;

    /// <summary>A row-major matrix [rows, columns] as it lies.</summary>
    public static LeftFactor Rows(float* start, nint step) => new(start, step, 1);

    /// <summary>The transpose of a row-major matrix [K, rows].</summary>
    public static LeftFactor Transpose(float* start, nint step) => new(start, 1, step);
}

/// <summary>
/// C [rows, N] = A [rows, K] B [K, N], or C += A B. Each element of C is one running sum in the order of k with fused
/// multiply-add, whatever the blocking, the vector width and the number of threads.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Steps of k per block: a panel of 256 x 32 floats fills two thirds of a 48 KB first-level cache.</summary>
    private const int DepthBlock = 256;

    /// <summary>Tiles of rows that share a panel while it is in the first-level cache.</summary>
    private const int TilesPerChunk = 10;

    private const int MaximumTileRows = 12;

    /// <summary>
    /// Below so many multiply-adds the handing over costs more than a second thread gives (about 10 microseconds).
    /// </summary>
    private const long WorthSplitting = 1 << 20;

    [ThreadStatic]
    private static FloatBuffer? t_packedLeft;

    /// <summary>C = A B or C += A B on all workers; C [A.Rows, B.Columns].</summary>
    public static void Multiply(Workers workers, Matrix a, PackedMatrix b, Matrix c, bool accumulate)
    {
        Check(a.Rows, a.Columns, b, c);
        Multiply(workers, LeftFactor.Rows(a.Start, a.RowStep), a.Rows, b, c.Start, c.RowStep, accumulate);
        KeepAlive(a, b, c);
    }

    /// <summary>C = A^T B or C += A^T B on all workers; A [K, rows], C [A.Columns, B.Columns].</summary>
    public static void MultiplyTransposed(Workers workers, Matrix a, PackedMatrix b, Matrix c, bool accumulate)
    {
        Check(a.Columns, a.Rows, b, c);
        Multiply(workers, LeftFactor.Transpose(a.Start, a.RowStep), a.Columns, b, c.Start, c.RowStep, accumulate);
        KeepAlive(a, b, c);
    }

    /// <summary>C = A B or C += A B on the calling thread.</summary>
    public static void Multiply(Matrix a, PackedMatrix b, Matrix c, bool accumulate)
    {
        Check(a.Rows, a.Columns, b, c);
        Multiply(LeftFactor.Rows(a.Start, a.RowStep), a.Rows, b, 0, b.Panels, c.Start, c.RowStep, accumulate);
        KeepAlive(a, b, c);
    }

    private static void KeepAlive(Matrix a, PackedMatrix b, Matrix c)
    {
        a.KeepAlive();
        GC.KeepAlive(b);
        c.KeepAlive();
    }

    private static void Check(int rows, int depth, PackedMatrix b, Matrix c)
    {
        if (depth != b.Depth || c.Columns != b.Columns || c.Rows != rows)
        {
            throw new ArgumentException(
                $"A product [{rows}, {depth}] x [{b.Depth}, {b.Columns}] does not give a matrix [{c.Rows}, {c.Columns}].");
        }
    }

    /// <summary>The product on all workers: rows or panels are dealt out, never k.</summary>
    public static void Multiply(
        Workers workers, LeftFactor a, int rows, PackedMatrix b, float* c, nint cStep, bool accumulate)
    {
        if ((long)rows * b.Depth * b.Columns < WorthSplitting || workers.Count == 1)
        {
            Multiply(a, rows, b, 0, b.Panels, c, cStep, accumulate);
            return;
        }

        var work = new Work { A = a, Rows = rows, B = b, C = c, CStep = cStep, Accumulate = accumulate };
        workers.Run(ref work);
    }

    /// <summary>The product on the calling thread, for the panels [firstPanel, lastPanel) of B only.</summary>
    public static void Multiply(
        LeftFactor a, int rows, PackedMatrix b, int firstPanel, int lastPanel, float* c, nint cStep, bool accumulate)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Multiply<Width512, Vector512<float>>(a, rows, b, firstPanel, lastPanel, c, cStep, accumulate);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Multiply<Width256, Vector256<float>>(a, rows, b, firstPanel, lastPanel, c, cStep, accumulate);
        }
        else
        {
            Multiply<Width128, Vector128<float>>(a, rows, b, firstPanel, lastPanel, c, cStep, accumulate);
        }
    }

    /// <summary>The product at a given vector width.</summary>
    public static void Multiply<TWidth, TVector>(
        LeftFactor a, int rows, PackedMatrix b, int firstPanel, int lastPanel, float* c, nint cStep, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        if (rows == 0 || firstPanel >= lastPanel)
        {
            return;
        }

        if (b.Depth == 0)
        {
            ClearUnlessAccumulating(rows, b, firstPanel, lastPanel, c, cStep, accumulate);
            return;
        }

        int tiles = (rows + TWidth.TileRows - 1) / TWidth.TileRows;
        float* packed = a.DepthStep == 1 ? null : PackedLeft(Math.Min(tiles, TilesPerChunk) * TWidth.TileRows * DepthBlock);

        for (int k = 0; k < b.Depth; k += DepthBlock)
        {
            int depth = Math.Min(DepthBlock, b.Depth - k);
            bool continues = accumulate || k > 0;
            for (int firstTile = 0; firstTile < tiles; firstTile += TilesPerChunk)
            {
                int lastTile = Math.Min(tiles, firstTile + TilesPerChunk);
                int firstRow = TileStart(rows, firstTile, tiles, TWidth.TileRows);
                if (packed != null)
                {
                    for (int tile = firstTile; tile < lastTile; tile++)
                    {
                        int first = TileStart(rows, tile, tiles, TWidth.TileRows);
                        int count = TileStart(rows, tile + 1, tiles, TWidth.TileRows) - first;
                        PackLeft(a, first, count, k, depth, packed + (nint)(first - firstRow) * depth);
                    }
                }

                for (int panel = firstPanel; panel < lastPanel; panel++)
                {
                    float* right = b.Panel(panel) + (nint)k * PackedMatrix.PanelWidth;
                    int width = Math.Min(PackedMatrix.PanelWidth, b.Columns - panel * PackedMatrix.PanelWidth);
                    for (int tile = firstTile; tile < lastTile; tile++)
                    {
                        int first = TileStart(rows, tile, tiles, TWidth.TileRows);
                        int count = TileStart(rows, tile + 1, tiles, TWidth.TileRows) - first;
                        LeftFactor left = packed != null
                            ? new LeftFactor(packed + (nint)(first - firstRow) * depth, 1, count)
                            : new LeftFactor(a.Start + first * a.RowStep + k, a.RowStep, 1);
                        float* target = c + first * cStep + panel * PackedMatrix.PanelWidth;
                        if (width == PackedMatrix.PanelWidth)
                        {
                            MultiplyTile<TWidth, TVector>(left, count, right, target, cStep, depth, width, continues);
                        }
                        else
                        {
                            MultiplyEdge<TWidth, TVector>(left, count, right, target, cStep, depth, width, continues);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Where a tile of rows begins: all tiles are full but the last two, which share what is left.</summary>
    private static int TileStart(int rows, int tile, int tiles, int height)
    {
        if (tile == 0 || tile <= tiles - 2) return tile * height;
        if (tile == tiles) return rows;
        int full = (tiles - 2) * height;
        return full + (rows - full + 1) / 2;
    }

    /// <summary>The last, incomplete panel: through a small tile, so that nothing past the last column is touched.</summary>
    private static void MultiplyEdge<TWidth, TVector>(
        LeftFactor a, int rows, float* b, float* c, nint cStep, int depth, int width, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        float* tile = stackalloc float[MaximumTileRows * PackedMatrix.PanelWidth];
        for (int row = 0; row < rows; row++)
        {
            var target = new Span<float>(tile + row * PackedMatrix.PanelWidth, PackedMatrix.PanelWidth);
            target.Clear();
            if (accumulate) new ReadOnlySpan<float>(c + row * cStep, width).CopyTo(target);
        }

        MultiplyTile<TWidth, TVector>(a, rows, b, tile, PackedMatrix.PanelWidth, depth, width, accumulate);
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(tile + row * PackedMatrix.PanelWidth, width).CopyTo(new Span<float>(c + row * cStep, width));
        }
    }

    private static void MultiplyTile<TWidth, TVector>(
        LeftFactor a, int rows, float* b, float* c, nint cStep, int depth, int width, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        for (int column = 0; column < width; column += 2 * TWidth.Count, b += 2 * TWidth.Count, c += 2 * TWidth.Count)
        {
            if (width - column > TWidth.Count)
            {
                MultiplyRows<TWidth, TVector, TwoVectors>(a, rows, b, c, cStep, depth, accumulate);
            }
            else
            {
                MultiplyRows<TWidth, TVector, OneVector>(a, rows, b, c, cStep, depth, accumulate);
            }
        }
    }

    private static void MultiplyRows<TWidth, TVector, TColumns>(
        LeftFactor a, int rows, float* b, float* c, nint cStep, int depth, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TColumns : struct, IVectorCount
    {
        switch (rows)
        {
            case 1: Tile<TWidth, TVector, Rows1, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 2: Tile<TWidth, TVector, Rows2, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 3: Tile<TWidth, TVector, Rows3, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 4: Tile<TWidth, TVector, Rows4, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 5: Tile<TWidth, TVector, Rows5, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 6: Tile<TWidth, TVector, Rows6, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 7: Tile<TWidth, TVector, Rows7, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 8: Tile<TWidth, TVector, Rows8, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 9: Tile<TWidth, TVector, Rows9, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 10: Tile<TWidth, TVector, Rows10, TColumns>(a, b, c, cStep, depth, accumulate); break;
            case 11: Tile<TWidth, TVector, Rows11, TColumns>(a, b, c, cStep, depth, accumulate); break;
            default: Tile<TWidth, TVector, Rows12, TColumns>(a, b, c, cStep, depth, accumulate); break;
        }
    }

    private static void Tile<TWidth, TVector, TRows, TColumns>(
        LeftFactor a, float* b, float* c, nint cStep, int depth, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TRows : struct, IRowCount
        where TColumns : struct, IVectorCount =>
        ProductTile<TWidth, TVector, TRows, TColumns>.Multiply(a.Start, a.RowStep, a.DepthStep, b, c, cStep, depth, accumulate);

    /// <summary>
    /// Copies rows of a transposed left factor so that the steps of k follow one another: packed[k * rows + r].
    /// </summary>
    private static void PackLeft(LeftFactor a, int firstRow, int rows, int firstDepth, int depth, float* packed)
    {
        float* source = a.Start + firstRow * a.RowStep + firstDepth * a.DepthStep;
        if (a.RowStep == 1)
        {
            for (int k = 0; k < depth; k++, source += a.DepthStep, packed += rows)
            {
                int row = 0;
                for (; row + 4 <= rows; row += 4) Vector128.Store(Vector128.Load(source + row), packed + row);
                for (; row < rows; row++) packed[row] = source[row];
            }

            return;
        }

        for (int k = 0; k < depth; k++, source += a.DepthStep, packed += rows)
        {
            for (int row = 0; row < rows; row++) packed[row] = source[row * a.RowStep];
        }
    }

    private static void ClearUnlessAccumulating(
        int rows, PackedMatrix b, int firstPanel, int lastPanel, float* c, nint cStep, bool accumulate)
    {
        int first = firstPanel * PackedMatrix.PanelWidth, last = Math.Min(b.Columns, lastPanel * PackedMatrix.PanelWidth);
        for (int row = 0; !accumulate && row < rows; row++)
        {
            new Span<float>(c + row * cStep + first, last - first).Clear();
        }
    }

    private static float* PackedLeft(int length)
    {
        FloatBuffer buffer = t_packedLeft ??= new FloatBuffer();
        return (buffer.Length < length ? buffer.Reserve(length) : buffer).Pointer;
    }

    private struct Work : IParallelWork
    {
        public LeftFactor A;
        public int Rows;
        public PackedMatrix B;
        public float* C;
        public nint CStep;
        public bool Accumulate;

        public readonly void Execute(int part, int parts)
        {
            if (Rows >= 2 * MaximumTileRows * parts || Rows >= B.Panels)
            {
                (int first, int last) = Partition.Range(Rows, part, parts);
                var share = new LeftFactor(A.Start + first * A.RowStep, A.RowStep, A.DepthStep);
                Multiply(share, last - first, B, 0, B.Panels, C + first * CStep, CStep, Accumulate);
            }
            else
            {
                (int first, int last) = Partition.Range(B.Panels, part, parts);
                Multiply(A, Rows, B, first, last, C, CStep, Accumulate);
            }
        }
    }
}
