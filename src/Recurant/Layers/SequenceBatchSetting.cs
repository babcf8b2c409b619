namespace Recurant.Layers;

public sealed partial class SequenceBatch
{
    /// <summary>
    /// Makes a batch of sequences, each of which is one array: the numbers of its steps, one step after the other.
    /// </summary>
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

        int size = sequences[0][0]?.Length ?? throw new ArgumentNullException("sequences[0][0]");
        if (size == 0) throw new ArgumentException("The first step of sequence 0 has no numbers.", nameof(sequences));
        LayOut(lengths.Span, size);
        for (int i = 0; i < sequences.Count; i++)
        {
            for (int t = 0; t < sequences[i].Length; t++)
            {
                float[] step = sequences[i][t] ?? throw new ArgumentNullException($"sequences[{i}][{t}]");
                if (step.Length != size) throw DifferentLength($"Step {t} of sequence {i}", step.Length, size);
                step.CopyTo(this[i, t]);
            }
        }
    }

    /// <summary>
    /// Takes other sequences, in the same memory: as <see cref="Of(ReadOnlySpan{int}, ReadOnlySpan{float}, int)"/>.
    /// </summary>
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

    /// <summary>Takes the layout and the numbers of another batch; the gradient does not come with them.</summary>
    public void CopyFrom(SequenceBatch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var lengths = new RentedLengths(other.Sequences);
        for (int i = 0; i < other.Sequences; i++) lengths.Span[i] = other.LengthOf(i);
        LayOut(lengths.Span, other.Size);
        IsTokens = other.IsTokens;
        for (int i = 0; i < other.Sequences; i++)
        {
            for (int t = 0; t < other.LengthOf(i); t++)
            {
                if (IsTokens) Layout.Tokens[RowOf(i, t)] = other.Layout.Tokens[other.RowOf(i, t)];
                else other[i, t].CopyTo(this[i, t]);
            }
        }
    }

    private void LayOut(ReadOnlySpan<int> lengths, int size)
    {
        if (IsOutput)
        {
            throw new InvalidOperationException(
                "What a layer returned belongs to its pass and cannot be set; make a SequenceBatch of your own and CopyFrom it.");
        }

        // Outputs have the layout of their input: it stays as it is as long as it fits.
        BatchLayout layout = _ownLayout ??= new BatchLayout();
        if (!layout.HasLengths(lengths)) layout.Fill(lengths);
        // Now, by one thread: passes of several threads may read the batch later.
        layout.RankOf(0);
        (_layout, _layoutVersion) = (layout, layout.Version);
        Version++;
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
