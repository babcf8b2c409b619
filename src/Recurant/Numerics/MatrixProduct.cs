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

/// <summary>Some neighbouring rows of a product: where they are read, what their sums start from and where they go.</summary>
internal struct RowBlock
{
    /// <summary>First element of A [Rows, K].</summary>
    public Address Left;

    /// <summary>First element of what the sums start from [Rows, N]; none for zero.</summary>
    public Address Initial;

    /// <summary>First element of C [Rows, N].</summary>
    public Address Target;

    public int Rows;
}

/// <summary>The distances between rows, in floats, that all row blocks of a product share.</summary>
internal readonly struct RowSteps(nint left, nint initial, nint target)
{
    public readonly nint Left = left;

    /// <summary>Zero where every row starts from the same values, as from a bias.</summary>
    public readonly nint Initial = initial;

    public readonly nint Target = target;
}

/// <summary>
/// C [rows, N] = A [rows, K] B [K, N], or C += A B. Each element of C is one running sum in the order of k with fused
/// multiply-add, whatever the blocking, the vector width and the number of threads.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Tiles of rows that share a panel while it is in the first-level cache.</summary>
    public const int TilesPerChunk = 16;

    /// <summary>
    /// Floats of C that stay in the second-level cache while one step of the depth after another adds to them: fewer tiles share
    /// a panel where C is wide, and the weights are read the more often.
    /// </summary>
    private const int CachedSums = 48 * 1024;

    private const int FewTiles = 4;

    /// <summary>
    /// Floats of weights beyond which reading them again costs more than that. Then a few panels at a time take all steps of the
    /// depth, and their part of C stays in the cache.
    /// </summary>
    private const int CachedWeights = 4 * 1024 * 1024;

    private const int PanelsTogether = PackedMatrix.Quad;

    /// <summary>The most rows of a tile at any vector width.</summary>
    public const int MaximumTileRows = 12;

    /// <summary>
    /// Below so many multiply-adds the handing over costs more than a second thread gives (about 10 microseconds).
    /// </summary>
    public const long WorthSplitting = 1 << 20;

    /// <summary>C = A B or C += A B on all workers; C [A.Rows, B.Columns].</summary>
    public static void Multiply(Workers workers, Matrix a, PackedMatrix b, Matrix c, bool accumulate)
    {
        Check(a.Rows, a.Columns, b, c);
        Multiply(workers, LeftFactor.Rows(a.Start, a.RowStep), a.Rows, b, c.Start, c.RowStep, accumulate);
        KeepAlive(a, b, c);
    }

    /// <summary>C = A B or C += A B on the calling thread.</summary>
    public static void Multiply(Matrix a, PackedMatrix b, Matrix c, bool accumulate)
    {
        Check(a.Rows, a.Columns, b, c);
        Multiply(LeftFactor.Rows(a.Start, a.RowStep), a.Rows, b, 0, b.Panels, c.Start, c.RowStep, accumulate);
        KeepAlive(a, b, c);
    }

    internal static void KeepAlive(Matrix a, PackedMatrix b, Matrix c)
    {
        a.KeepAlive();
        GC.KeepAlive(b);
        c.KeepAlive();
    }

    internal static void Check(int rows, int depth, PackedMatrix b, Matrix c)
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
        if (Width.Is512)
        {
            Multiply<Width512, Vector512<float>>(a, rows, b, firstPanel, lastPanel, c, cStep, accumulate);
        }
        else if (Width.Is256)
        {
            Multiply<Width256, Vector256<float>>(a, rows, b, firstPanel, lastPanel, c, cStep, accumulate);
        }
        else
        {
            Multiply<Width128, Vector128<float>>(a, rows, b, firstPanel, lastPanel, c, cStep, accumulate);
        }
    }

    /// <summary>
    /// C = initial + A B for several blocks of rows, on the calling thread, for the panels [firstPanel, lastPanel) of B only.
    /// The rows of C are taken as they come: the blocks share each panel while it is in the first-level cache.
    /// </summary>
    public static void Multiply(
        ReadOnlySpan<RowBlock> blocks, RowSteps steps, PackedMatrix b, int firstPanel, int lastPanel)
    {
        if (Width.Is512)
        {
            Multiply<Width512, Vector512<float>>(blocks, steps, b, firstPanel, lastPanel);
        }
        else if (Width.Is256)
        {
            Multiply<Width256, Vector256<float>>(blocks, steps, b, firstPanel, lastPanel);
        }
        else
        {
            Multiply<Width128, Vector128<float>>(blocks, steps, b, firstPanel, lastPanel);
        }
    }

    /// <summary>The product of one block of rows at a given vector width.</summary>
    public static void Multiply<TWidth, TVector>(
        LeftFactor a, int rows, PackedMatrix b, int firstPanel, int lastPanel, float* c, nint cStep, bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        if (a.DepthStep != 1)
        {
            var target = new TransposedTarget { Right = b, Target = new Address(c), Step = cStep, Accumulate = accumulate };
            TransposedProduct.Multiply<TWidth, TVector>(
                a, rows, new ReadOnlySpan<TransposedTarget>(ref target), firstPanel, lastPanel);
            return;
        }

        var block = new RowBlock
        {
            Left = new Address(a.Start), Initial = new Address(accumulate ? c : null), Target = new Address(c), Rows = rows,
        };
        var steps = new RowSteps(a.RowStep, cStep, cStep);
        Multiply<TWidth, TVector>(new ReadOnlySpan<RowBlock>(ref block), steps, b, firstPanel, lastPanel);
    }

    /// <summary>
    /// Cuts the blocks into tiles of nearly equal height and works through tiles of one height together, up to sixteen at a
    /// time.
    /// </summary>
    [SkipLocalsInit]
    private static void Multiply<TWidth, TVector>(
        ReadOnlySpan<RowBlock> blocks, RowSteps steps, PackedMatrix b, int firstPanel, int lastPanel)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        if (firstPanel >= lastPanel) return;
        int lowest = int.MaxValue, highest = 0;
        long rows = 0;
        foreach (ref readonly RowBlock block in blocks)
        {
            int tiles = TilesOf(block.Rows, TWidth.TileRows);
            if (tiles == 0) continue;
            rows += block.Rows;
            lowest = Math.Min(lowest, block.Rows / tiles);
            highest = Math.Max(highest, (block.Rows + tiles - 1) / tiles);
        }

        int panels = lastPanel - firstPanel, together = TilesPerChunk, columns = panels * PackedMatrix.PanelWidth;
        if (b.DepthSteps > 1 && rows * columns > CachedSums)
        {
            if ((long)b.Depth * columns > CachedWeights) panels = PanelsTogether;
            else together = Math.Clamp(CachedSums / (highest * columns), FewTiles, TilesPerChunk);
        }

        TileAddress* addresses = stackalloc TileAddress[TilesPerChunk];
        var run = new TileRun
        {
            Tiles = addresses, RowStep = steps.Left, DepthStep = 1, InitialStep = steps.Initial,
            TargetStep = steps.Target,
        };
        for (int height = highest; height >= lowest; height--)
        {
            foreach (ref readonly RowBlock block in blocks)
            {
                // The first block.Rows % tiles tiles have one row more than the others.
                int tiles = TilesOf(block.Rows, TWidth.TileRows);
                if (tiles == 0) continue;
                int low = block.Rows / tiles, taller = block.Rows % tiles;
                (int count, int row) = height == low + 1 ? (taller, 0)
                    : height == low ? (tiles - taller, taller * (low + 1)) : (0, 0);
                for (; count > 0; count--, row += height)
                {
                    addresses[run.TileCount++] = new TileAddress
                    {
                        Left = block.Left.Pointer + row * steps.Left,
                        Initial = block.Initial.IsNone ? null : block.Initial.Pointer + row * steps.Initial,
                        Target = block.Target.Pointer + row * steps.Target,
                    };
                    if (run.TileCount == together)
                    {
                        MultiplyGroups<TWidth, TVector>(ref run, height, b, firstPanel, lastPanel, panels);
                        run.TileCount = 0;
                    }
                }
            }

            if (run.TileCount > 0)
            {
                MultiplyGroups<TWidth, TVector>(ref run, height, b, firstPanel, lastPanel, panels);
                run.TileCount = 0;
            }
        }
    }

    internal static int TilesOf(int rows, int height) => (rows + height - 1) / height;

    /// <summary>Tiles of one height, so many panels at a time.</summary>
    private static void MultiplyGroups<TWidth, TVector>(
        ref TileRun run, int height, PackedMatrix b, int firstPanel, int lastPanel, int panels)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        for (int first = firstPanel; first < lastPanel; first += panels)
        {
            MultiplyChunk<TWidth, TVector>(ref run, height, b, first, Math.Min(lastPanel, first + panels));
        }
    }

    /// <summary>Tiles of one height over the whole depth, in steps for which a panel fits the first-level cache.</summary>
    [SkipLocalsInit]
    private static void MultiplyChunk<TWidth, TVector>(ref TileRun run, int height, PackedMatrix b, int firstPanel, int lastPanel)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        if (b.Depth == 0)
        {
            CopyInitial(ref run, height, b, firstPanel, lastPanel);
            return;
        }

        nint initialStep = run.InitialStep;
        TileAddress* tiles = run.Tiles;
        TileAddress* moved = stackalloc TileAddress[TilesPerChunk];
        run.Tiles = moved;

        for (int step = 0; step < b.DepthSteps; step++)
        {
            (int k, int end) = b.DepthRange(step);
            run.Depth = end - k;
            for (int i = 0; i < run.TileCount; i++)
            {
                moved[i] = tiles[i] with { Left = tiles[i].Left + k, Initial = step > 0 ? tiles[i].Target : tiles[i].Initial };
            }

            if (step > 0) run.InitialStep = run.TargetStep;
            PanelProduct.Multiply<TWidth, TVector>(ref run, height, b, step, firstPanel, lastPanel);
        }

        run.InitialStep = initialStep;
        run.Tiles = tiles;
    }

    private static void CopyInitial(ref TileRun run, int height, PackedMatrix b, int firstPanel, int lastPanel)
    {
        for (int panel = firstPanel; panel < lastPanel; panel++)
        {
            int column = b.FirstColumn(panel), width = b.Width(panel);
            for (int i = 0; i < run.TileCount * height; i++)
            {
                TileAddress tile = run.Tiles[i / height];
                var target = new Span<float>(tile.Target + i % height * run.TargetStep + column, width);
                if (tile.Initial == null)
                {
                    target.Clear();
                }
                else
                {
                    new ReadOnlySpan<float>(tile.Initial + i % height * run.InitialStep + column, width).CopyTo(target);
                }
            }
        }
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
