using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recurant.Numerics;

/// <summary>Rows of a matrix that follow one another at a fixed distance.</summary>
internal struct RowSource
{
    public Address Start;

    /// <summary>Distance between rows, in floats.</summary>
    public nint Step;

    public int Rows;
}

/// <summary>
/// The right factor B [K, N] of a product, laid out as the inner loop reads it: the depth in steps of at most 256 rows, in
/// each step panels of 32 columns, in each panel the rows k one after the other; columns past N are zero. A product reads
/// it from the first float to the last, which is how weights come fastest from the outer caches. The layout is the same at
/// every vector width.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    /// <summary>Columns in a panel: two vectors of AVX-512, four of AVX2, eight of NEON.</summary>
    public const int PanelWidth = 32;

    /// <summary>Panels that are interleaved.</summary>
    public const int Quad = 4;

    /// <summary>Rows of a panel that fit two thirds of a 48 KB first-level cache.</summary>
    public const int DepthBlock = 256;

    private readonly FloatBuffer _buffer = new();

    /// <summary>K, the depth of the products.</summary>
    public int Depth { get; private set; }

    /// <summary>N, the columns of the products.</summary>
    public int Columns { get; private set; }

    /// <summary>
    /// Groups of equally many columns, each beginning a new panel: one, or one a gate where workers divide hidden units.
    /// </summary>
    public int Groups { get; private set; } = 1;

    /// <summary>The columns of a group.</summary>
    private int GroupColumns { get; set; }

    /// <summary>The panels of a group: its columns / 32, rounded up.</summary>
    public int GroupPanels { get; private set; }

    /// <summary>The number of panels.</summary>
    public int Panels { get; private set; }

    /// <summary>The column of B that a panel begins with.</summary>
    public int FirstColumn(int panel) => GroupColumns % PanelWidth == 0
        ? panel * PanelWidth
        : panel / GroupPanels * GroupColumns + panel % GroupPanels * PanelWidth;

    /// <summary>The columns in a panel: 32, or what is left in the last one of a group.</summary>
    public int Width(int panel) => GroupColumns % PanelWidth == 0
        ? PanelWidth
        : Math.Min(PanelWidth, GroupColumns - panel % GroupPanels * PanelWidth);

    /// <summary>How many panels from this full one on, and below a limit, are full and follow one another in B.</summary>
    public int FullPanels(int panel, int limit) => GroupColumns % PanelWidth == 0
        ? limit - panel
        : Math.Min(limit, panel / GroupPanels * GroupPanels + GroupColumns / PanelWidth) - panel;

    /// <summary>
    /// The steps in which a product goes over the depth: so many that a panel's share fits the first-level cache.
    /// </summary>
    public int DepthSteps { get; private set; } = 1;

    /// <summary>The rows k of one step: [First, Last).</summary>
    public (int First, int Last) DepthRange(int step) => DepthSteps == 1 ? (0, Depth) : Partition.Range(Depth, step, DepthSteps);

    /// <summary>
    /// Whether the rows k of four neighbouring panels lie side by side: then a product with a single row reads the weights
    /// as one stream instead of four. Only products of up to three rows can read it so.
    /// </summary>
    public bool IsInterleaved { get; private set; }

    /// <summary>Distance between the rows k of a panel, in floats.</summary>
    public nint RowPitch => IsInterleaved ? Quad * PanelWidth : PanelWidth;

    /// <summary>The first element of a panel's share in a step of the depth.</summary>
    public float* Panel(int index, int step)
    {
        (int first, int last) = DepthRange(step);
        float* start = _buffer.Pointer + (nint)first * Panels * PanelWidth;
        nint depth = last - first;
        return IsInterleaved
            ? start + (index / Quad * Quad * depth + index % Quad) * PanelWidth
            : start + index * depth * PanelWidth;
    }

    /// <summary>Distance between the panels of a step, in floats; of interleaved ones between four neighbours.</summary>
    public nint PanelStep(int step)
    {
        (int first, int last) = DepthRange(step);
        return IsInterleaved ? PanelWidth : (nint)(last - first) * PanelWidth;
    }

    /// <summary>Packs B from its rows: B[k, n] = source[k * step + n].</summary>
    public void PackRows(Workers workers, float* source, nint step, int depth, int columns)
    {
        var rows = new RowSource { Start = new Address(source), Step = step, Rows = depth };
        PackRows(workers, new ReadOnlySpan<RowSource>(ref rows), columns);
    }

    /// <summary>Packs B from rows that lie in several places, one after the other.</summary>
    public void PackRows(Workers workers, ReadOnlySpan<RowSource> sources, int columns)
    {
        int depth = 0;
        foreach (ref readonly RowSource source in sources) depth += source.Rows;
        Resize(depth, columns);
        fixed (RowSource* first = sources)
        {
            var work = new PackRowsWork { Target = this, Sources = first, Count = sources.Length };
            Run(workers, ref work);
        }
    }

    /// <summary>
    /// Packs B from the rows of its transpose (a weight [out, in] as PyTorch lays it out): B[k, n] = source[n * step + k].
    /// The columns must divide evenly into the groups.
    /// </summary>
    public void PackTransposed(
        Workers workers, float* source, nint step, int depth, int columns, int groups = 1, bool interleave = false)
    {
        var work = new PackTransposedWork { Target = Resize(depth, columns, groups, interleave), Source = source, Step = step };
        Run(workers, ref work);
    }

    /// <summary>Packs B [K, N] as it lies.</summary>
    public void Pack(Workers workers, Matrix b)
    {
        PackRows(workers, b.Start, b.RowStep, b.Rows, b.Columns);
        b.KeepAlive();
    }

    /// <summary>Packs the transpose of a matrix [N, K], such as a weight [out, in].</summary>
    public void PackTransposed(Workers workers, Matrix transpose, int groups = 1, bool interleave = false)
    {
        PackTransposed(workers, transpose.Start, transpose.RowStep, transpose.Columns, transpose.Rows, groups, interleave);
        transpose.KeepAlive();
    }

    private PackedMatrix Resize(int depth, int columns, int groups = 1, bool interleave = false)
    {
        if (interleave && columns / groups % (Quad * PanelWidth) != 0)
        {
            throw new ArgumentException(
                $"Only groups of whole {Quad * PanelWidth} columns can be interleaved, not {columns / groups}.");
        }

        IsInterleaved = interleave;
        Depth = depth;
        Columns = columns;
        Groups = groups;
        GroupColumns = columns / groups;
        GroupPanels = (GroupColumns + PanelWidth - 1) / PanelWidth;
        Panels = groups * GroupPanels;
        DepthSteps = Math.Max(1, (depth + DepthBlock - 1) / DepthBlock);
        _buffer.Reserve(Workspace.RequireLength(depth, (long)Panels * PanelWidth));
        return this;
    }

    private void Run<TWork>(Workers workers, ref TWork work) where TWork : struct, IParallelWork
    {
        if ((long)Depth * Columns < 1 << 15)
        {
            work.Execute(0, 1);
        }
        else
        {
            workers.Run(ref work);
        }
    }

    private struct PackRowsWork : IParallelWork
    {
        public PackedMatrix Target;
        public RowSource* Sources;
        public int Count;

        /// <summary>Row by row, as they lie in memory; each worker packs some rows of every panel.</summary>
        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Target.Depth, part, parts);
            int k = 0, depthStep = 0;
            for (int i = 0; i < Count && k < last; k += Sources[i++].Rows)
            {
                int begin = Math.Max(first, k), end = Math.Min(last, k + Sources[i].Rows);
                for (int row = begin; row < end;)
                {
                    while (row >= Target.DepthRange(depthStep).Last) depthStep++;
                    (int firstOfStep, int lastOfStep) = Target.DepthRange(depthStep);
                    nint panelStep = Target.PanelStep(depthStep);
                    for (; row < Math.Min(end, lastOfStep); row++)
                    {
                        float* destination = Target.Panel(0, depthStep) + (nint)(row - firstOfStep) * PanelWidth;
                        CopyRow(Sources[i].Start.Pointer + (row - k) * Sources[i].Step, destination, panelStep);
                    }
                }
            }
        }

        private readonly void CopyRow(float* source, float* destination, nint step)
        {
            int full = Target.Columns / PanelWidth, left = Target.Columns % PanelWidth;
            for (int panel = 0; panel < full; panel++, source += PanelWidth, destination += step)
            {
                Vector256<float> a = Vector256.Load(source), b = Vector256.Load(source + 8);
                Vector256<float> c = Vector256.Load(source + 16), d = Vector256.Load(source + 24);
                a.Store(destination);
                b.Store(destination + 8);
                c.Store(destination + 16);
                d.Store(destination + 24);
            }

            if (left == 0) return;
            var row = new Span<float>(destination, PanelWidth);
            new ReadOnlySpan<float>(source, left).CopyTo(row);
            row[left..].Clear();
        }
    }

    private struct PackTransposedWork : IParallelWork
    {
        public PackedMatrix Target;
        public float* Source;
        public nint Step;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Target.Panels, part, parts);
            for (int panel = first; panel < last; panel++)
            {
                float* source = Source + Target.FirstColumn(panel) * Step;
                for (int step = 0; step < Target.DepthSteps; step++)
                {
                    (int begin, int end) = Target.DepthRange(step);
                    TransposeBlock(
                        source + begin, Step, Target.Width(panel), end - begin, Target.Panel(panel, step), Target.RowPitch);
                }
            }
        }
    }

    /// <summary>Eight by eight: halves of rows are joined first, then pairs and fours of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeEight(float* source, nint step, float* target, nint pitch)
    {
        float* lower = source + 4 * step;
        Vector256<float> a0 = Join(source, lower), a1 = Join(source + step, lower + step);
        Vector256<float> a2 = Join(source + 2 * step, lower + 2 * step), a3 = Join(source + 3 * step, lower + 3 * step);
        StoreFour(a0, a1, a2, a3, target, pitch);
        source += 4;
        lower += 4;
        a0 = Join(source, lower);
        a1 = Join(source + step, lower + step);
        a2 = Join(source + 2 * step, lower + 2 * step);
        a3 = Join(source + 3 * step, lower + 3 * step);
        StoreFour(a0, a1, a2, a3, target + 4 * pitch, pitch);
    }

    /// <summary>Four floats of one row and four of the row four further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Join(float* upper, float* lower) =>
        Avx.InsertVector128(Vector256.Create(Vector128.Load(upper), default), Vector128.Load(lower), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* target, nint pitch)
    {
        Vector256<double> low01 = Avx.UnpackLow(a, b).AsDouble(), high01 = Avx.UnpackHigh(a, b).AsDouble();
        Vector256<double> low23 = Avx.UnpackLow(c, d).AsDouble(), high23 = Avx.UnpackHigh(c, d).AsDouble();
        Avx.UnpackLow(low01, low23).AsSingle().Store(target);
        Avx.UnpackHigh(low01, low23).AsSingle().Store(target + pitch);
        Avx.UnpackLow(high01, high23).AsSingle().Store(target + 2 * pitch);
        Avx.UnpackHigh(high01, high23).AsSingle().Store(target + 3 * pitch);
    }

    /// <summary>
    /// destination[k * pitch + j] = source[j * step + k], eight by eight or four by four; columns past width become zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void TransposeBlock(float* source, nint step, int width, int depth, float* destination, nint pitch)
    {
        int j = 0;
        for (; Avx.IsSupported && j + 8 <= width; j += 8)
        {
            float* row = source + j * step, target = destination + j;
            int k = 0;
            for (; k + 8 <= depth; k += 8, row += 8, target += 8 * pitch) TransposeEight(row, step, target, pitch);
            for (; k < depth; k++, row++, target += pitch)
            {
                for (int i = 0; i < 8; i++) target[i] = row[i * step];
            }
        }

        for (; j + 4 <= width; j += 4)
        {
            float* r0 = source + j * step, r1 = r0 + step, r2 = r1 + step, r3 = r2 + step;
            float* d = destination + j;
            int k = 0;
            for (; Sse.IsSupported && k + 4 <= depth; k += 4, d += 4 * pitch)
            {
                Vector128<float> a = Vector128.Load(r0 + k), b = Vector128.Load(r1 + k);
                Vector128<float> c = Vector128.Load(r2 + k), e = Vector128.Load(r3 + k);
                Vector128<float> low01 = Sse.UnpackLow(a, b), high01 = Sse.UnpackHigh(a, b);
                Vector128<float> low23 = Sse.UnpackLow(c, e), high23 = Sse.UnpackHigh(c, e);
                Sse.MoveLowToHigh(low01, low23).Store(d);
                Sse.MoveHighToLow(low23, low01).Store(d + pitch);
                Sse.MoveLowToHigh(high01, high23).Store(d + 2 * pitch);
                Sse.MoveHighToLow(high23, high01).Store(d + 3 * pitch);
            }

            for (; k < depth; k++, d += pitch)
            {
                d[0] = r0[k];
                d[1] = r1[k];
                d[2] = r2[k];
                d[3] = r3[k];
            }
        }

        for (; j < PanelWidth; j++)
        {
            for (int k = 0; k < depth; k++) destination[k * pitch + j] = j < width ? source[j * step + k] : 0;
        }
    }
}
