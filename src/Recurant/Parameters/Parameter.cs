namespace Recurant.Parameters;

/// <summary>
/// One learnt tensor: its name (PyTorch's, for example <c>weight_ih_l0</c>), its shape, its value and its gradient.
/// Any number of threads may read it, and predict with it, while nobody trains: training writes it, from one thread.
/// </summary>
public sealed class Parameter
{
    private FloatBuffer? _value;
    private FloatBuffer? _gradient;
    private SharedLayouts? _layouts;

    // The gradient is zero although its memory still holds other numbers: whoever reads or adds to it clears it first, and a
    // product that is the first to add writes over it instead.
    private bool _isZero;

    /// <summary>
    /// Makes a parameter of zeros. It takes memory at its first use only, so that the shapes of a model can be compared with
    /// those of a file before a damaged file makes us ask for memory.
    /// </summary>
    /// <param name="name">The tensor's name in files and messages.</param>
    /// <param name="shape">The extent of each axis, from 1; the last axis is contiguous in memory.</param>
    /// <exception cref="ArgumentException">An extent is below 1, or there are too many elements.</exception>
    public Parameter(string name, params int[] shape)
    {
        long count = 1;
        foreach (int extent in shape)
        {
            if (extent <= 0)
            {
                throw new ArgumentException(
                    $"Tensor '{name}': every extent must be positive, but the shape is [{string.Join(", ", shape)}].");
            }

            count *= extent;
            // In the loop: the product of many extents could overflow and look small again.
            if (count > int.MaxValue / 2)
            {
                throw new ArgumentException(
                    $"Tensor '{name}' [{string.Join(", ", shape)}] has too many elements; "
                    + $"at most {int.MaxValue / 2:N0} are supported.");
            }
        }

        Name = name;
        Shape = shape;
        Count = (int)count;
    }

    /// <summary>The tensor's name, as PyTorch calls it.</summary>
    public string Name { get; internal set; }

    /// <summary>The extent of each axis, row-major.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <summary>The numbers of the tensor, row-major.</summary>
    public ReadOnlySpan<float> Values => Value;

    /// <summary>The value, row-major; whoever writes to it calls <see cref="MarkChanged"/>.</summary>
    internal Span<float> Value => ValueBuffer.Span;

    /// <summary>The value, for holders that cannot hold a span.</summary>
    internal Memory<float> ValueMemory => ValueBuffer.Memory;

    /// <summary>
    /// The gradient of the loss with respect to the value, same layout; zeros until a backward pass. A layer of one's own adds to
    /// it.
    /// </summary>
    public Span<float> Gradient => GradientBuffer.Span;

    /// <summary>
    /// Whether training changes it; an optimiser looks at it when it is made. Default: yes. To freeze a layer, set it to false
    /// for all of its parameters before the optimiser is made.
    /// </summary>
    public bool IsTrainable { get; set; } = true;

    /// <summary>
    /// Whether files hold the transpose of what memory holds. The input weights of a layer fed with one-hot vectors lie
    /// here as [vocabulary, gates], a row a word, so that a product with a one-hot vector is the reading of one row.
    /// </summary>
    internal bool IsStoredTransposed { get; init; }

    /// <summary>The rows with a gradient, for a table of which a batch uses few rows; null for an ordinary tensor.</summary>
    internal TouchedRows? Touched { get; init; }

    /// <summary>By how much faster than others this tensor learns. Default: 1.</summary>
    internal float LearningRateFactor { get; set; } = 1f;

    /// <summary>Counts the changes of the value, so that whoever keeps a packed copy knows when to pack anew.</summary>
    internal int Version { get; private set; }

    internal FloatBuffer GradientBuffer
    {
        get
        {
            FloatBuffer gradient = _gradient ??= new FloatBuffer(Count);
            if (!_isZero) return gradient;
            gradient.Clear();
            _isZero = false;
            return gradient;
        }
    }

    internal bool HasGradient => _gradient is not null;

    /// <summary>The value as products read it; shared by all who compute with it.</summary>
    internal SharedLayouts Layouts
    {
        get
        {
            if (_layouts is { } known) return known;
            var made = new SharedLayouts(this);
            return Interlocked.CompareExchange(ref _layouts, made, null) ?? made;
        }
    }

    /// <summary>The value as a matrix [first axis, all other axes].</summary>
    internal Matrix Matrix => new(ValueBuffer, 0, Shape[0], Count / Shape[0]);

    /// <summary>The gradient as a matrix [first axis, all other axes].</summary>
    internal Matrix GradientMatrix => new(GradientBuffer, 0, Shape[0], Count / Shape[0]);

    /// <summary>
    /// The gradient as a matrix for a product that adds to it, or, while it is zero, writes all of it: saves clearing and reading
    /// zeros, a fiftieth of a training step of large layers.
    /// </summary>
    /// <param name="accumulate">Whether to add; otherwise every element must be written.</param>
    internal Matrix GradientToAdd(out bool accumulate)
    {
        accumulate = _gradient is not null && !_isZero;
        _isZero = false;
        return GradientMatrix;
    }

    private FloatBuffer ValueBuffer => _value ?? MakeValue();

    /// <summary>Replaces the numbers of the tensor; no prediction may run meanwhile.</summary>
    /// <param name="values">All elements, row-major.</param>
    /// <exception cref="ArgumentException">The number of elements is another, or one is not a finite number.</exception>
    public void SetValues(ReadOnlySpan<float> values)
    {
        if (values.Length != Count)
        {
            throw new ArgumentException(
                $"Tensor '{Name}' [{string.Join(", ", Shape)}] has {Count} elements, but {values.Length} were given.",
                nameof(values));
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"Tensor '{Name}': element {i} is {values[i]}; weights must be finite numbers.", nameof(values));
            }
        }

        values.CopyTo(Value);
        MarkChanged();
    }

    /// <summary>To be called after every change of the value.</summary>
    internal void MarkChanged() => Version++;

    /// <summary>Sets the gradient to zero; of a table, the touched rows only.</summary>
    internal void ClearGradient()
    {
        if (_gradient is null) return;
        if (Touched is null)
        {
            _isZero = true;
            return;
        }

        Matrix gradient = GradientMatrix;
        foreach (int row in Touched.Rows) gradient.Row(row).Clear();
        Touched.Clear();
    }

    /// <summary>Lets go of the memory that only gradients need; a trained model needs it no more.</summary>
    internal void DropGradient()
    {
        _layouts?.DropBackward();
        _gradient = null;
        _isZero = false;
    }

    /// <summary>Several threads may read a new model at once: all get the same memory.</summary>
    private FloatBuffer MakeValue()
    {
        var made = new FloatBuffer(Count);
        return Interlocked.CompareExchange(ref _value, made, null) ?? made;
    }

    /// <summary>Fills the value with numbers uniform in [-bound, bound).</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="ordinal">Which numbers of the seed's: two parameters of a network take different ones.</param>
    /// <param name="bound">The bound.</param>
    public void InitialiseUniform(ulong seed, uint ordinal, float bound)
    {
        new Philox(seed, RandomPurpose.Initialisation, part: ordinal).FillUniform(Value, -bound, bound);
        MarkChanged();
    }
}

/// <summary>The rows of a table that a batch used, each once, in the order of first use.</summary>
internal sealed class TouchedRows(int rows)
{
    private bool[] _isTouched = [];
    private int[] _rows = [];
    private int _count;

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);

    /// <summary>The rows in ascending order, so that sums over them do not depend on the order of use.</summary>
    public void Sort() => _rows.AsSpan(0, _count).Sort();

    public void Add(int row)
    {
        if (_isTouched.Length == 0) _isTouched = new bool[rows];
        if (_isTouched[row]) return;
        _isTouched[row] = true;
        if (_count == _rows.Length) Array.Resize(ref _rows, Math.Min(Math.Max(256, 2 * _count), rows));
        _rows[_count++] = row;
    }

    public void Clear()
    {
        foreach (int row in Rows) _isTouched[row] = false;
        _count = 0;
    }
}
