namespace Recurant.Numerics;

/// <summary>
/// A view of a row-major matrix [Rows, Columns] in a buffer; consecutive rows may lie further apart than their width.
/// </summary>
internal readonly unsafe struct Matrix
{
    private const int CacheLine = 16, HalfPage = 512;
    private readonly FloatBuffer _buffer;
    private readonly int _offset;

    /// <summary>Views part of a buffer.</summary>
    /// <param name="buffer">The memory.</param>
    /// <param name="offset">Where row 0 begins, in floats.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="rowStep">Distance between rows, in floats; the number of columns when left out.</param>
    public Matrix(FloatBuffer buffer, int offset, int rows, int columns, int rowStep = -1)
    {
        RowStep = rowStep < 0 ? columns : rowStep;
        if (offset < 0 || rows < 0 || columns < 0 || RowStep < columns ||
            (rows > 0 && offset + (long)(rows - 1) * RowStep + columns > buffer.Length))
        {
            throw new ArgumentException(
                $"A matrix [{rows}, {columns}] with row step {RowStep} at {offset} does not fit a buffer of {buffer.Length} "
                + "floats.");
        }

        _buffer = buffer;
        _offset = offset;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>
    /// The distance between rows, in floats, of a matrix that products write into: every row begins on a cache line, and rows do
    /// not lie a multiple of 2 KB apart, where they would drive one another out of the first-level cache (4 to 8% of a
    /// product's time at 4 KB, 1 to 2% at 2 KB).
    /// </summary>
    public static int TargetStep(int columns)
    {
        if (columns <= CacheLine) return columns;
        int step = (columns + CacheLine - 1) / CacheLine * CacheLine;
        return step % HalfPage == 0 ? step + CacheLine : step;
    }

    /// <summary>Whether a distance between rows is one at which products write well.</summary>
    public static bool IsTargetStep(nint step) => step <= CacheLine || (step % CacheLine == 0 && step % HalfPage != 0);

    public int Rows { get; }

    public int Columns { get; }

    public int RowStep { get; }

    /// <summary>One row.</summary>
    public Span<float> Row(int row) => _buffer.Span.Slice(_offset + row * RowStep, Columns);

    /// <summary>All elements, of a matrix whose rows follow one another.</summary>
    public Span<float> Span => RowStep == Columns || Rows <= 1
        ? _buffer.Span.Slice(_offset, Rows * Columns)
        : throw new InvalidOperationException("The rows of this matrix do not follow one another.");

    /// <summary>The rows first, first + 1, ...</summary>
    public Matrix Slice(int first, int count) => new(_buffer, _offset + first * RowStep, count, Columns, RowStep);

    /// <summary>The columns first, first + 1, ... of every row.</summary>
    public Matrix Column(int first, int count) => new(_buffer, _offset + first, Rows, count, RowStep);

    /// <summary>Whether no element is NaN or infinite.</summary>
    public bool IsFinite
    {
        get
        {
            for (int row = 0; row < Rows; row++)
            {
                foreach (float value in Row(row))
                {
                    if (!float.IsFinite(value)) return false;
                }
            }

            return true;
        }
    }

    /// <summary>Where a row begins. Whoever works with it calls <see cref="KeepAlive"/> afterwards.</summary>
    public Address At(int row) => new(Start + (nint)row * RowStep);

    /// <summary>The first element. Whoever works with it calls <see cref="KeepAlive"/> afterwards.</summary>
    internal float* Start => _buffer.Pointer + _offset;

    /// <summary>Keeps the memory from being collected before this point: a pointer does not.</summary>
    internal void KeepAlive() => GC.KeepAlive(_buffer);
}
