using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recurant.Numerics;

/// <summary>
/// The right factor B [K, N] of a product, laid out as the inner loop reads it: panels of 32 columns, in each panel the
/// rows k one after the other; columns past N are zero. The layout is the same at every vector width.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    /// <summary>Columns in a panel: two vectors of AVX-512, four of AVX2, eight of NEON.</summary>
    public const int PanelWidth = 32;

    private readonly FloatBuffer _buffer = new();

    /// <summary>K, the depth of the products.</summary>
    public int Depth { get; private set; }

    /// <summary>N, the columns of the products.</summary>
    public int Columns { get; private set; }

    /// <summary>The number of panels: N / 32, rounded up.</summary>
    public int Panels => (Columns + PanelWidth - 1) / PanelWidth;

    /// <summary>The first element of a panel.</summary>
    public float* Panel(int index) => _buffer.Pointer + (nint)index * Depth * PanelWidth;

    /// <summary>Packs B from its rows: B[k, n] = source[k * step + n].</summary>
    public void PackRows(Workers workers, float* source, nint step, int depth, int columns)
    {
        var work = new PackRowsWork { Target = Resize(depth, columns), Source = source, Step = step };
        Run(workers, ref work);
    }

    /// <summary>
    /// Packs B from the rows of its transpose (a weight [out, in] as PyTorch lays it out): B[k, n] = source[n * step + k].
    /// </summary>
    public void PackTransposed(Workers workers, float* source, nint step, int depth, int columns)
    {
        var work = new PackTransposedWork { Target = Resize(depth, columns), Source = source, Step = step };
        Run(workers, ref work);
    }

    /// <summary>Packs B [K, N] as it lies.</summary>
    public void Pack(Workers workers, Matrix b)
    {
        PackRows(workers, b.Start, b.RowStep, b.Rows, b.Columns);
        b.KeepAlive();
    }

    /// <summary>Packs the transpose of a matrix [N, K], such as a weight [out, in].</summary>
    public void PackTransposed(Workers workers, Matrix transpose)
    {
        PackTransposed(workers, transpose.Start, transpose.RowStep, transpose.Columns, transpose.Rows);
        transpose.KeepAlive();
    }

    private PackedMatrix Resize(int depth, int columns)
    {
        Depth = depth;
        Columns = columns;
        _buffer.Reserve(checked(Panels * depth * PanelWidth));
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
        public float* Source;
        public nint Step;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Target.Panels, part, parts);
            for (int panel = first; panel < last; panel++)
            {
                float* destination = Target.Panel(panel);
                float* source = Source + panel * PanelWidth;
                int width = Math.Min(PanelWidth, Target.Columns - panel * PanelWidth);
                for (int k = 0; k < Target.Depth; k++, destination += PanelWidth, source += Step)
                {
                    var row = new Span<float>(destination, PanelWidth);
                    new ReadOnlySpan<float>(source, width).CopyTo(row);
                    if (width < PanelWidth) row[width..].Clear();
                }
            }
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
                int width = Math.Min(PanelWidth, Target.Columns - panel * PanelWidth);
                TransposeBlock(Source + panel * PanelWidth * Step, Step, width, Target.Depth, Target.Panel(panel));
            }
        }
    }

    /// <summary>destination[k * 32 + j] = source[j * step + k], four by four; columns past width become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeBlock(float* source, nint step, int width, int depth, float* destination)
    {
        int j = 0;
        for (; j + 4 <= width; j += 4)
        {
            float* r0 = source + j * step, r1 = r0 + step, r2 = r1 + step, r3 = r2 + step;
            float* d = destination + j;
            int k = 0;
            for (; Sse.IsSupported && k + 4 <= depth; k += 4, d += 4 * PanelWidth)
            {
                Vector128<float> a = Vector128.Load(r0 + k), b = Vector128.Load(r1 + k);
                Vector128<float> c = Vector128.Load(r2 + k), e = Vector128.Load(r3 + k);
                Vector128<float> low01 = Sse.UnpackLow(a, b), high01 = Sse.UnpackHigh(a, b);
                Vector128<float> low23 = Sse.UnpackLow(c, e), high23 = Sse.UnpackHigh(c, e);
                Sse.MoveLowToHigh(low01, low23).Store(d);
                Sse.MoveHighToLow(low23, low01).Store(d + PanelWidth);
                Sse.MoveLowToHigh(high01, high23).Store(d + 2 * PanelWidth);
                Sse.MoveHighToLow(high23, high01).Store(d + 3 * PanelWidth);
            }

            for (; k < depth; k++, d += PanelWidth)
            {
                d[0] = r0[k];
                d[1] = r1[k];
                d[2] = r2[k];
                d[3] = r3[k];
            }
        }

        for (; j < PanelWidth; j++)
        {
            for (int k = 0; k < depth; k++)
            {
                destination[k * PanelWidth + j] = j < width ? source[j * step + k] : 0;
            }
        }
    }
}
