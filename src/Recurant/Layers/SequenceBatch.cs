using Recurant.Cells;
using Recurant.Data;
using Recurant.Numerics;

namespace Recurant.Layers;

/// <summary>
/// A batch of sequences of unequal lengths, without padding: a vector of <see cref="Size"/> numbers for each step of each
/// sequence, or one for each sequence (what pooling gives, or a target). Sequences are numbered in the order in which they were
/// given. What layers return is of this type, too.
/// </summary>
/// <remarks>
/// In memory the rows lie time-major: all first steps, longest sequence first, then all second steps, and so on, as far as the
/// sequences reach. <see cref="RowOf"/> finds a step; a layer that treats all rows alike need not know.
/// </remarks>
/// <example>
/// <code>
/// SequenceBatch x = SequenceBatch.Of([[0.1f, 0.2f, 0.3f], [0.4f, 0.5f]], size: 1);   // two sequences, of 3 and 2 numbers
/// float last = x[0, 2][0];                                                      // 0.3
/// </code>
/// </example>
public sealed class SequenceBatch
{
    private readonly RowStore _values = new(isTarget: true);
    private readonly RowStore _gradient = new(isTarget: true);
    private static readonly BatchLayout s_empty = new();
    private BatchLayout? _ownLayout;
    private (Pass? Pass, long Begin) _seen;

    internal SequenceBatch()
    {
    }

    /// <summary>N, the width of a row; 0 where the rows are tokens.</summary>
    public int Size { get; private set; }

    /// <summary>B, the number of sequences.</summary>
    public int Sequences => Layout.Sequences;

    /// <summary>T, the number of steps of the longest sequence; 1 if there is one row for each sequence.</summary>
    public int Steps => IsPerSequence ? 1 : Layout.Steps;

    /// <summary>The number of rows in all: the sum of the lengths, or B.</summary>
    public int RowCount => IsPerSequence ? Layout.Sequences : Layout.Rows;

    /// <summary>Whether there is one row for each sequence instead of one for each step.</summary>
    public bool IsPerSequence { get; private set; }

    /// <summary>Whether the steps are tokens (numbers of words) instead of vectors.</summary>
    public bool IsTokens { get; private set; }

    /// <summary>
    /// Whether the backward pass computes the gradient. Default: not for what was made from numbers, but for what layers return.
    /// </summary>
    public bool WantsGradient { get; set; }

    /// <summary>Whether anything has added to the gradient since the values were written.</summary>
    public bool HasGradient { get; private set; }

    /// <summary>Whether a layer has written the values; otherwise they were given.</summary>
    internal bool IsOutput { get; private set; }

    internal BatchLayout Layout { get; private set; } = s_empty;

    internal RowStore Store => _values;

    internal Matrix Matrix => _values.Rows(RowCount);

    /// <summary>Makes a batch of sequences, each of which is one array: the numbers of its steps, one step after the other.</summary>
    /// <param name="sequences">B arrays of T_b N numbers.</param>
    /// <param name="size">N, the numbers of a step. Default: 1.</param>
    /// <exception cref="ArgumentException">A sequence is empty, or its length is no multiple of the size.</exception>
    public static SequenceBatch Of(IReadOnlyList<float[]> sequences, int size = 1)
    {
        var batch = new SequenceBatch();
        batch.Set(sequences, size);
        return batch;
    }

    /// <summary>Makes a batch of sequences given as arrays of vectors.</summary>
    /// <param name="sequences">B arrays of T_b vectors of N numbers each.</param>
    /// <exception cref="ArgumentException">A sequence is empty, or vectors differ in length.</exception>
    public static SequenceBatch Of(IReadOnlyList<float[][]> sequences)
    {
        var batch = new SequenceBatch();
        batch.Set(sequences);
        return batch;
    }

    /// <summary>Makes a batch of sequences that stand one after the other in one span.</summary>
    /// <param name="lengths">The number of steps of each sequence.</param>
    /// <param name="values">Sequence by sequence, step by step: the sum of the lengths times N numbers.</param>
    /// <param name="size">N, the numbers of a step. Default: 1.</param>
    /// <exception cref="ArgumentException">A length is not positive, or there are more or fewer values.</exception>
    public static SequenceBatch Of(ReadOnlySpan<int> lengths, ReadOnlySpan<float> values, int size = 1)
    {
        var batch = new SequenceBatch();
        batch.Set(lengths, values, size);
        return batch;
    }

    /// <summary>Makes a batch with one vector for each sequence, such as the targets of a regression.</summary>
    /// <param name="rows">B vectors of N numbers.</param>
    /// <exception cref="ArgumentException">There are none, or they differ in length.</exception>
    public static SequenceBatch OfRows(IReadOnlyList<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var batch = new SequenceBatch();
        batch.Set(rows, rows.Count == 0 ? 1 : rows[0].Length);
        for (int i = 0; i < rows.Count; i++)
        {
            if (batch.LengthOf(i) != 1) throw DifferentLength($"Row {i}", rows[i].Length, rows[0].Length);
        }

        return batch;
    }

    /// <summary>Makes a batch of sequences of tokens: numbers of words, characters or other symbols, from 0.</summary>
    /// <param name="sequences">B arrays of T_b tokens.</param>
    /// <exception cref="ArgumentException">A sequence is empty, or a token is negative.</exception>
    public static SequenceBatch OfTokens(IReadOnlyList<int[]> sequences)
    {
        var batch = new SequenceBatch();
        batch.SetTokens(sequences);
        return batch;
    }

    /// <summary>Takes other sequences, in the same memory: as <see cref="Of(IReadOnlyList{float[]}, int)"/>.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{float[]}, int)"/>
    public void Set(IReadOnlyList<float[]> sequences, int size = 1)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        RequireSequences(sequences.Count);
        using var lengths = new RentedLengths(sequences.Count);
        for (int i = 0; i < sequences.Count; i++)
        {
            RequireGiven(sequences[i], i);
            (lengths.Span[i], int left) = Math.DivRem(sequences[i].Length, size);
            if (left != 0 || sequences[i].Length == 0)
            {
                throw new ArgumentException(
                    $"Sequence {i} has {sequences[i].Length} numbers; a multiple of {size}, the size of a step, and at least one "
                    + "step is expected.", nameof(sequences));
            }
        }

        LayOut(lengths.Span, size);
        for (int i = 0; i < sequences.Count; i++) Write(i, sequences[i]);
    }

    /// <summary>Takes other sequences, in the same memory: as <see cref="Of(IReadOnlyList{float[][]})"/>.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{float[][]})"/>
    public void Set(IReadOnlyList<float[][]> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        RequireSequences(sequences.Count);
        using var lengths = new RentedLengths(sequences.Count);
        for (int i = 0; i < sequences.Count; i++)
        {
            RequireGiven(sequences[i], i);
            lengths.Span[i] = sequences[i].Length;
            if (sequences[i].Length == 0) throw new ArgumentException($"Sequence {i} has no step.", nameof(sequences));
        }

        int size = sequences[0][0].Length;
        if (size == 0) throw new ArgumentException("The first step of sequence 0 has no numbers.", nameof(sequences));
        LayOut(lengths.Span, size);
        for (int i = 0; i < sequences.Count; i++)
        {
            for (int t = 0; t < sequences[i].Length; t++)
            {
                float[] step = sequences[i][t];
                if (step.Length != size) throw DifferentLength($"Step {t} of sequence {i}", step.Length, size);
                step.CopyTo(this[i, t]);
            }
        }
    }

    /// <summary>Takes other sequences, in the same memory: as <see cref="Of(ReadOnlySpan{int}, ReadOnlySpan{float}, int)"/>.</summary>
    /// <inheritdoc cref="Of(ReadOnlySpan{int}, ReadOnlySpan{float}, int)"/>
    public void Set(ReadOnlySpan<int> lengths, ReadOnlySpan<float> values, int size = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        RequireSequences(lengths.Length);
        long steps = 0;
        foreach (int length in lengths) steps += length;
        if (steps * size != values.Length)
        {
            throw new ArgumentException(
                $"The {lengths.Length} sequences have {steps} steps of {size} numbers together, but {values.Length} numbers were "
                + "given.", nameof(values));
        }

        LayOut(lengths, size);
        for (int i = 0, first = 0; i < lengths.Length; first += lengths[i] * size, i++)
        {
            Write(i, values.Slice(first, lengths[i] * size));
        }
    }

    /// <summary>Takes other sequences of tokens, in the same memory: as <see cref="OfTokens"/>.</summary>
    /// <inheritdoc cref="OfTokens"/>
    public void SetTokens(IReadOnlyList<int[]> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        RequireSequences(sequences.Count);
        using var lengths = new RentedLengths(sequences.Count);
        for (int i = 0; i < sequences.Count; i++)
        {
            RequireGiven(sequences[i], i);
            lengths.Span[i] = sequences[i].Length;
        }

        LayOut(lengths.Span, 0);
        IsTokens = true;
        for (int i = 0; i < sequences.Count; i++)
        {
            for (int t = 0; t < sequences[i].Length; t++)
            {
                int token = sequences[i][t];
                if (token < 0)
                {
                    throw new ArgumentException(
                        $"Token {t} of sequence {i} is {token}; tokens are numbered from 0.", nameof(sequences));
                }

                Layout.Tokens[RowOf(i, t)] = token;
            }
        }
    }

    /// <summary>The vector of a step, to be read and written; of one row for each sequence the step is 0.</summary>
    /// <param name="sequence">The sequence, 0 to B - 1, in the order given.</param>
    /// <param name="step">The step, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence or step.</exception>
    public Span<float> this[int sequence, int step = 0] => _values.Row(RowOf(sequence, step));

    /// <summary>The gradient of the loss with respect to the vector of a step; zeros where no loss depends on it.</summary>
    /// <inheritdoc cref="this[int, int]"/>
    public Span<float> GradientOf(int sequence, int step = 0) => GradientRow(RowOf(sequence, step));

    /// <summary>The number of steps of a sequence; 1 if there is one row for each sequence.</summary>
    public int LengthOf(int sequence) => IsPerSequence ? 1 : Layout.Lengths[Layout.RankOf(sequence)];

    /// <summary>The row of a step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence or step.</exception>
    public int RowOf(int sequence, int step = 0)
    {
        if ((uint)sequence >= (uint)Sequences)
        {
            throw new ArgumentOutOfRangeException(
                nameof(sequence), $"Sequence {sequence} was asked for; the batch has the sequences 0 to {Sequences - 1}.");
        }

        int rank = Layout.RankOf(sequence), length = IsPerSequence ? 1 : Layout.Lengths[rank];
        if ((uint)step >= (uint)length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step), $"Step {step} of sequence {sequence} was asked for; it has the steps 0 to {length - 1}.");
        }

        return IsPerSequence ? rank : Layout.RowStart(step) + rank;
    }

    /// <summary>The vector of a row, 0 to <see cref="RowCount"/> - 1.</summary>
    public Span<float> Row(int row) => _values.Row(row);

    /// <summary>The gradient of a row; what adds to it writes here.</summary>
    public Span<float> GradientRow(int row)
    {
        if (!HasGradient) BeginGradient();
        return _gradient.Row(row);
    }

    /// <summary>The numbers of a sequence, step by step.</summary>
    public float[] ToArray(int sequence)
    {
        var values = new float[LengthOf(sequence) * Size];
        CopyTo(sequence, values);
        return values;
    }

    /// <summary>Copies the numbers of a sequence, step by step.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyTo(int sequence, Span<float> destination)
    {
        for (int t = 0; t < LengthOf(sequence); t++) this[sequence, t].CopyTo(destination[(t * Size)..]);
    }

    /// <summary>Takes the layout and the numbers of another batch; the gradient does not come with them.</summary>
    public void CopyFrom(SequenceBatch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var lengths = new RentedLengths(other.Sequences);
        for (int i = 0; i < other.Sequences; i++) lengths.Span[i] = other.LengthOf(i);
        LayOut(lengths.Span, other.Size);
        for (int i = 0; i < other.Sequences; i++)
        {
            for (int t = 0; t < other.LengthOf(i); t++) other[i, t].CopyTo(this[i, t]);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => IsTokens
        ? $"{Sequences} sequences of tokens, {RowCount} in all"
        : IsPerSequence ? $"{Sequences} rows of {Size}" : $"{Sequences} sequences, {RowCount} steps of {Size} in all";

    /// <summary>Becomes the output of a layer: rows for the steps or the sequences of a layout, to be written.</summary>
    internal void Shape(BatchLayout layout, int size, bool isPerSequence)
    {
        (Layout, Size, IsPerSequence, IsTokens, HasGradient) = (layout, size, isPerSequence, false, false);
        IsOutput = true;
        _values.Reserve(RowCount, size);
    }

    /// <summary>The gradient for whoever adds to it; zero at first.</summary>
    internal Matrix GradientToAdd()
    {
        if (!HasGradient) BeginGradient();
        return _gradient.Rows(RowCount);
    }

    /// <summary>The gradient for whoever can also write all of it.</summary>
    /// <param name="accumulate">Whether to add to it; otherwise every element must be written.</param>
    internal Matrix GradientToAdd(out bool accumulate)
    {
        accumulate = HasGradient;
        if (!HasGradient) _gradient.Reserve(RowCount, Size);
        HasGradient = true;
        return _gradient.Rows(RowCount);
    }

    /// <summary>Drops the gradient of the pass before, when a pass that has begun anew reads the values for the first time.</summary>
    internal void Enter(Pass pass, long begin)
    {
        if (_seen == (pass, begin)) return;
        (_seen, HasGradient) = ((pass, begin), false);
    }

    /// <summary>Whether row r of both is the same step of the same sequence.</summary>
    internal bool HasRowsOf(SequenceBatch other) =>
        ReferenceEquals(Layout, other.Layout) && IsPerSequence == other.IsPerSequence;

    private void BeginGradient()
    {
        _gradient.Reserve(RowCount, Size).Clear();
        HasGradient = true;
    }

    private void LayOut(ReadOnlySpan<int> lengths, int size)
    {
        // The layout of a layer's output is that of its input, and is left alone.
        Layout = _ownLayout ??= new BatchLayout();
        Layout.Fill(lengths);
        (Size, IsPerSequence, IsTokens, HasGradient) = (size, false, false, false);
        _values.Reserve(Layout.Rows, size);
    }

    private void Write(int sequence, ReadOnlySpan<float> values)
    {
        int rank = Layout.RankOf(sequence);
        for (int t = 0; t * Size < values.Length; t++)
        {
            values.Slice(t * Size, Size).CopyTo(_values.Row(Layout.RowStart(t) + rank));
        }
    }

    private static void RequireSequences(int count)
    {
        if (count == 0) throw new ArgumentException("A batch needs at least one sequence.", "sequences");
    }

    private static void RequireGiven(object? sequence, int index)
    {
        if (sequence is null) throw new ArgumentNullException($"sequences[{index}]");
    }

    private static ArgumentException DifferentLength(string what, int length, int expected) =>
        new($"{what} has {length} numbers, but {expected} are expected, as in the first.", "sequences");

    private readonly ref struct RentedLengths(int count)
    {
        private readonly int[] _array = Workspace.Rent<int>(count);

        public Span<int> Span => _array.AsSpan(0, count);

        public void Dispose() => System.Buffers.ArrayPool<int>.Shared.Return(_array);
    }
}
