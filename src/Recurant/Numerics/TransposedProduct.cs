using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recurant.Numerics;

/// <summary>One of the products that share a transposed left factor: C = A^T B or C += A^T B.</summary>
/// <param name="right">B [K, N].</param>
/// <param name="result">C, as many rows as A has columns.</param>
/// <param name="accumulate">Whether the product is added to C.</param>
internal struct TransposedTarget(PackedMatrix right, Matrix result, bool accumulate)
{
    public PackedMatrix Right = right;

    public Matrix Result = result;

    public bool Accumulate = accumulate;

    /// <summary>First element of C.</summary>
    public Address Target = result.At(0);

    /// <summary>Distance between rows of C, in floats.</summary>
    public nint Step = result.RowStep;

    /// <summary>How many of the first rows of B are zero and need not be multiplied.</summary>
    public int ZeroRows;
}

/// <summary>
/// C = A^T B or C += A^T B, the product of weight gradients: few columns of A and B, a great many rows. A is turned round
/// piece by piece as the inner loop reads it; several products with the same A share that work.
/// </summary>
internal static unsafe class TransposedProduct
{
    private const int CacheLine = 16;

    [ThreadStatic]
    private static FloatBuffer? s_left;

    [ThreadStatic]
    private static FloatBuffer? s_sums;

    /// <summary>C = A^T B or C += A^T B on all workers; A [K, rows], C [A.Columns, B.Columns].</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="c">C.</param>
    /// <param name="accumulate">Whether the product is added to C.</param>
    /// <param name="columnSums">
    /// If given, the sum of the rows of A is added to it, each column one running sum in the order of the rows: the gradient of
    /// a bias beside that of the weights, for which A need not come from memory once more.
    /// </param>
    public static void Multiply(
        Workers workers, Matrix a, PackedMatrix b, Matrix c, bool accumulate, FloatBuffer? columnSums = null) =>
        Multiply(workers, a, new TransposedTarget(b, c, accumulate), columnSums);

    /// <summary>One product on all workers, and the sums of A's columns if they are wanted.</summary>
    public static void Multiply(Workers workers, Matrix a, TransposedTarget target, FloatBuffer? columnSums)
    {
        if (target.ZeroRows > 0 || columnSums is not null && a.Columns >= 2 * MatrixProduct.MaximumTileRows * workers.Count)
        {
            MultiplyAll(workers, a, new ReadOnlySpan<TransposedTarget>(ref target), columnSums);
            return;
        }

        // Workers with few columns of A each may divide those of B instead.
        MatrixProduct.Check(a.Columns, a.Rows, target.Right, target.Result);
        MatrixProduct.Multiply(
            workers, LeftFactor.Transpose(a.Start, a.RowStep), a.Columns, target.Right, target.Target.Pointer, target.Step,
            target.Accumulate);
        MatrixProduct.KeepAlive(a, target.Right, target.Result);
        if (columnSums is not null) Reductions.AddColumnSums(workers, a, columnSums);
    }

    /// <summary>Two products with the same A on all workers, and the sums of its columns if they are wanted.</summary>
    public static void MultiplyTwo(
        Workers workers, Matrix a, TransposedTarget first, TransposedTarget second, FloatBuffer? columnSums = null) =>
        MultiplyAll(workers, a, [first, second], columnSums);

    /// <summary>One or two products with the same A; its columns are dealt out.</summary>
    private static void MultiplyAll(
        Workers workers, Matrix a, ReadOnlySpan<TransposedTarget> targets, FloatBuffer? columnSums)
    {
        int columns = 0;
        foreach (ref readonly TransposedTarget target in targets)
        {
            MatrixProduct.Check(a.Columns, a.Rows, target.Right, target.Result);
            columns += target.Right.Columns;
        }

        if (columnSums is not null && columnSums.Length != a.Columns)
        {
            throw new ArgumentException($"{a.Columns} sums are needed, not {columnSums.Length}.", nameof(columnSums));
        }

        var work = new SharedLeftWork
        {
            A = LeftFactor.Transpose(a.Start, a.RowStep), Rows = a.Columns, Count = targets.Length, First = targets[0],
            Second = targets[^1], ColumnSums = columnSums,
        };
        if ((long)a.Rows * a.Columns * columns < MatrixProduct.WorthSplitting)
        {
            work.Execute(0, 1);
        }
        else
        {
            workers.Run(ref work);
        }

        foreach (ref readonly TransposedTarget target in targets) MatrixProduct.KeepAlive(a, target.Right, target.Result);
        GC.KeepAlive(columnSums);
    }

    /// <summary>
    /// The products on the calling thread at a given vector width, for the panels [firstPanel, lastPanel) only.
    /// </summary>
    public static void Multiply<TWidth, TVector>(
        LeftFactor a, int rows, ReadOnlySpan<TransposedTarget> targets, int firstPanel, int lastPanel,
        float* columnSums = null)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        int tiles = MatrixProduct.TilesOf(rows, TWidth.TileRows), row = 0;
        if (tiles == 0 || firstPanel >= lastPanel) return;
        int low = rows / tiles, taller = rows % tiles;
        for (int first = 0; first < tiles;)
        {
            // Tiles of one height; the first rows % tiles tiles have one row more than the others.
            int height = first < taller ? low + 1 : low;
            int count = Math.Min(MatrixProduct.TilesPerChunk, (first < taller ? taller : tiles) - first);
            foreach (ref readonly TransposedTarget target in targets)
            {
                if (target.Right.Depth <= target.ZeroRows)
                {
                    ClearUnless(target.Accumulate, target, row, count * height, firstPanel, lastPanel);
                }
            }

            float* sums = columnSums == null ? null : columnSums + row;
            MultiplyChunk<TWidth, TVector>(a, row, count, height, targets, firstPanel, lastPanel, sums);
            first += count;
            row += count * height;
        }
    }

    private static void MultiplyChunk<TWidth, TVector>(
        LeftFactor a, int firstRow, int tiles, int height, ReadOnlySpan<TransposedTarget> targets, int firstPanel,
        int lastPanel, float* columnSums)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        PackedMatrix right = targets[0].Right;
        if (right.Depth == 0) return;
        TileAddress* addresses = stackalloc TileAddress[MatrixProduct.TilesPerChunk];
        nint tileStep = height * PackedMatrix.DepthBlock + CacheLine;
        float* packed = Room(ref s_left, tiles * tileStep).Pointer;
        var run = new TileRun { Tiles = addresses, TileCount = tiles, RowStep = 1, DepthStep = height };
        // The sums of each tile have room for a vector past the tile's height.
        float* added = stackalloc float[columnSums == null ? 0 : MatrixProduct.TilesPerChunk * CacheLine];
        for (int i = 0; columnSums != null && i < tiles; i++) Copy(columnSums + i * height, added + i * CacheLine, height);
        Span<Sums> sums = stackalloc Sums[targets.Length];
        BorrowSums(targets, sums, firstRow, tiles * height, firstPanel, lastPanel);
        for (int step = 0; step < right.DepthSteps; step++)
        {
            (int k, int end) = right.DepthRange(step);
            float* source = a.Start + firstRow * a.RowStep + k * a.DepthStep;
            PackLeft<TWidth, TVector>(source, a, end - k, tiles, height, packed, tileStep, columnSums == null ? null : added);
            for (int i = 0; i < targets.Length; i++)
            {
                int skipped = Math.Clamp(targets[i].ZeroRows - k, 0, end - k);
                if (skipped == end - k) continue;
                run.Depth = end - k - skipped;
                // The first step of k that is not left out starts from nothing, unless C is added to.
                bool adds = targets[i].Accumulate || k > targets[i].ZeroRows;
                run.InitialStep = run.TargetStep = sums[i].Step;
                for (int tile = 0; tile < tiles; tile++)
                {
                    float* target = sums[i].Start.Pointer + tile * height * sums[i].Step;
                    addresses[tile] = new TileAddress
                    {
                        Left = packed + tile * tileStep + skipped * height, Initial = adds ? target : null,
                        Target = target,
                    };
                }

                PanelProduct.Multiply<TWidth, TVector>(ref run, height, targets[i].Right, step, firstPanel,
                    Math.Min(lastPanel, targets[i].Right.Panels), skipped);
            }
        }

        ReturnSums(targets, sums, firstRow, tiles * height, firstPanel, lastPanel);
        for (int i = 0; columnSums != null && i < tiles; i++) Copy(added + i * CacheLine, columnSums + i * height, height);
    }

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    /// <summary>Where the sums of a chunk are while they grow.</summary>
    private struct Sums
    {
        public Address Start;
        public nint Step;
        public bool IsBorrowed;
    }

    /// <summary>
    /// Rows of C that do not begin on cache lines would make every tile touch half as many lines again, once for each step of
    /// the depth, and rows 2 KB apart drive one another out of the cache: their sums grow elsewhere and are copied back at the
    /// end.
    /// </summary>
    private static void BorrowSums(
        ReadOnlySpan<TransposedTarget> targets, Span<Sums> sums, int firstRow, int rows, int firstPanel,
        int lastPanel)
    {
        nint needed = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            int columns = targets[i].Right.Columns;
            bool borrow = columns > CacheLine && !Matrix.IsTargetStep(targets[i].Step) && targets[i].Right.DepthSteps > 1
                && targets[i].ZeroRows < targets[i].Right.Depth;
            sums[i] = new Sums
            {
                IsBorrowed = borrow, Step = borrow ? Matrix.TargetStep(columns) : targets[i].Step,
                Start = targets[i].Target + firstRow * targets[i].Step,
            };
            if (borrow) needed += rows * sums[i].Step;
        }

        if (needed == 0) return;
        Address next = Room(ref s_sums, needed).At(0);
        for (int i = 0; i < targets.Length; i++)
        {
            if (!sums[i].IsBorrowed) continue;
            Address from = sums[i].Start;
            sums[i].Start = next;
            next += rows * sums[i].Step;
            (int column, int count) = Columns(targets[i].Right, firstPanel, lastPanel);
            for (int row = 0; targets[i].Accumulate && row < rows; row++)
            {
                Span<float> target = (sums[i].Start + row * sums[i].Step + column).Span(count);
                (from + row * targets[i].Step + column).Span(count).CopyTo(target);
            }
        }
    }

    private static void ReturnSums(
        ReadOnlySpan<TransposedTarget> targets, ReadOnlySpan<Sums> sums, int firstRow, int rows, int firstPanel, int lastPanel)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            // Other panels may be another worker's.
            (int column, int count) = Columns(targets[i].Right, firstPanel, lastPanel);
            Address target = targets[i].Target + firstRow * targets[i].Step + column;
            for (int row = 0; sums[i].IsBorrowed && row < rows; row++)
            {
                (sums[i].Start + row * sums[i].Step + column).Span(count).CopyTo((target + row * targets[i].Step).Span(count));
            }
        }
    }

    private static (int First, int Count) Columns(PackedMatrix right, int firstPanel, int lastPanel)
    {
        int first = right.FirstColumn(firstPanel), last = Math.Min(lastPanel, right.Panels) - 1;
        return (first, right.FirstColumn(last) + right.Width(last) - first);
    }

    /// <summary>
    /// Copies rows of A^T so that the steps of k follow one another: packed[k * height + r], tile after tile.
    /// Where rows are neighbours, whole vectors are copied: what they write too much the next step of k overwrites, and each
    /// tile's room has a vector to spare at its end. The sums over k, if they are wanted, are taken of what is at hand.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void PackLeft<TWidth, TVector>(
        float* first, LeftFactor a, int depth, int tiles, int height, float* packed, nint tileStep, float* sums)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        // Eight steps of k at a time: a tile's part of them is copied in one go, and all tiles' parts of a row are read
        // shortly after one another.
        const int Together = 8;
        nint rowStep = a.RowStep, depthStep = a.DepthStep;
        for (nint k = 0; k < depth; k += Together)
        {
            // Past the last row of the last step of k there may be no memory to read.
            nint count = Math.Min(Together, depth - k);
            bool whole = rowStep == 1 && k + count < depth && depthStep >= TWidth.Count;
            for (int i = 0; i < tiles; i++)
            {
                float* source = first + k * depthStep + i * height * rowStep, target = packed + i * tileStep + k * height;
                if (sums != null)
                {
                    AddColumns<TWidth, TVector>(source, a, (int)count, height, sums + i * CacheLine, whole);
                }

                for (nint end = k + count, j = k; j < end; j++, source += depthStep, target += height)
                {
                    // The rows lie far apart, so the cache does not guess the next ones.
                    if (Sse.IsSupported) Sse.Prefetch0(source + Together * depthStep);
                    if (whole)
                    {
                        TWidth.Store(TWidth.Load(source), target);
                        for (int row = TWidth.Count; row < height; row += TWidth.Count)
                        {
                            TWidth.Store(TWidth.Load(source + row), target + row);
                        }
                    }
                    else
                    {
                        for (int row = 0; row < height; row++) target[row] = source[row * rowStep];
                    }
                }
            }
        }
    }

    /// <summary>sums[r] += A^T[r, k] for a few steps of k, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddColumns<TWidth, TVector>(
        float* source, LeftFactor a, int count, int height, float* sums, bool whole)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        if (whole)
        {
            for (int row = 0; row < height; row += TWidth.Count)
            {
                TVector sum = TWidth.Load(sums + row);
                float* next = source + row;
                for (int j = 0; j < count; j++, next += a.DepthStep) sum = TWidth.Add(sum, TWidth.Load(next));
                TWidth.Store(sum, sums + row);
            }

            return;
        }

        for (int row = 0; row < height; row++)
        {
            for (int j = 0; j < count; j++) sums[row] += source[j * a.DepthStep + row * a.RowStep];
        }
    }

    private static void ClearUnless(
        bool accumulate, in TransposedTarget target, int firstRow, int rows, int firstPanel, int lastPanel)
    {
        for (int panel = firstPanel; !accumulate && panel < Math.Min(lastPanel, target.Right.Panels); panel++)
        {
            for (int row = firstRow; row < firstRow + rows; row++)
            {
                (target.Target + row * target.Step + target.Right.FirstColumn(panel)).Span(target.Right.Width(panel)).Clear();
            }
        }
    }

    private static FloatBuffer Room(ref FloatBuffer? buffer, nint length)
    {
        buffer ??= new FloatBuffer();
        return buffer.Length < length || Workspace.IsPoisoned ? buffer.Reserve(Math.Max(length, buffer.Length)) : buffer;
    }

    private struct SharedLeftWork : IParallelWork
    {
        public LeftFactor A;
        public int Rows, Count;
        public TransposedTarget First, Second;
        public FloatBuffer? ColumnSums;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Rows, part, parts);
            var share = new LeftFactor(A.Start + first * A.RowStep, A.RowStep, A.DepthStep);
            ReadOnlySpan<TransposedTarget> targets =
            [
                First with { Target = First.Target + first * First.Step },
                Second with { Target = Second.Target + first * Second.Step },
            ];
            targets = targets[..Count];
            float* sums = ColumnSums is null ? null : ColumnSums.Pointer + first;
            if (Width.Is512)
            {
                Multiply<Width512, Vector512<float>>(share, last - first, targets, 0, int.MaxValue, sums);
            }
            else if (Width.Is256)
            {
                Multiply<Width256, Vector256<float>>(share, last - first, targets, 0, int.MaxValue, sums);
            }
            else
            {
                Multiply<Width128, Vector128<float>>(share, last - first, targets, 0, int.MaxValue, sums);
            }
        }
    }
}
