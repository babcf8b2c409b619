namespace Recurant.Layers;

/// <summary>
/// A batch of sequences of unequal lengths, without padding: a vector of <see cref="Size"/> numbers for each step of each
/// sequence, or one for each sequence (what pooling gives, or a target). Sequences are numbered in the order in which they were
/// given. What layers return is of this type, too.
/// </summary>
/// <remarks>
/// In memory the rows lie time-major: all first steps, longest sequence first, then all second steps, and so on, as far as the
/// sequences reach. <see cref="RowOf"/> finds a step; a layer that treats all rows alike need not know. Any number of threads may
/// read a batch while nobody writes it; outputs belong to their pass, and to its thread.
/// </remarks>
/// <example>
/// <code>
/// SequenceBatch x = SequenceBatch.Of([[0.1f, 0.2f, 0.3f], [0.4f, 0.5f]], size: 1);   // two sequences, of 3 and 2 numbers
/// float last = x[0, 2][0];                                                      // 0.3
/// </code>
/// </example>
public sealed partial class SequenceBatch
{
    private readonly RowStore _values = new(isTarget: true);
    private readonly RowStore _gradient = new(isTarget: true);
    private static readonly BatchLayout s_empty = new();
    private BatchLayout? _ownLayout;
    private BatchLayout _layout = s_empty;
    private int _layoutVersion;
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

    /// <summary>Counts how often the values were given anew.</summary>
    internal int Version { get; private set; }

    internal BatchLayout Layout => _layout.Version == _layoutVersion ? _layout : throw new InvalidOperationException(
        "The batch that these values were computed from has been set again, with other lengths. Use outputs, and call Backward, "
        + "before the next batch takes the place of the input; or give that a SequenceBatch of its own.");

    internal RowStore Store => _values;

    internal Matrix Matrix => _values.Rows(RowCount);

    /// <summary>The vector of a step, to be read and written; of one row for each sequence the step is 0.</summary>
    /// <param name="sequence">The sequence, 0 to B - 1, in the order given.</param>
    /// <param name="step">The step, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence or step.</exception>
    public Span<float> this[int sequence, int step = 0] => _values.Row(RowOf(sequence, step));

    /// <summary>The gradient of the loss with respect to the vector of a step; zeros where no loss depends on it.</summary>
    /// <inheritdoc cref="this[int, int]"/>
    /// <exception cref="InvalidOperationException"><see cref="WantsGradient"/> is not set.</exception>
    public Span<float> GradientOf(int sequence, int step = 0) => WantsGradient ? GradientRow(RowOf(sequence, step))
        : throw new InvalidOperationException(
            "Nobody asked for this gradient: set WantsGradient before the pass begins. Outputs of a pass of the kind Prediction "
            + "have none.");

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

    /// <inheritdoc/>
    public override string ToString() => IsTokens
        ? $"{Sequences} sequences of tokens, {RowCount} in all"
        : IsPerSequence ? $"{Sequences} rows of {Size}" : $"{Sequences} sequences, {RowCount} steps of {Size} in all";

    /// <summary>Becomes the output of a layer: rows for the steps or the sequences of a layout, to be written.</summary>
    internal void Shape(BatchLayout layout, int size, bool isPerSequence, Pass pass, long begin)
    {
        (_layout, _layoutVersion, Size) = (layout, layout.Version, size);
        (IsPerSequence, IsTokens, HasGradient, IsOutput, _seen) = (isPerSequence, false, false, true, (pass, begin));
        Version++;
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

    /// <summary>Whether this is an output that its pass has computed since it began.</summary>
    internal bool IsCurrentOf(Pass pass, long begin) => IsOutput && _seen == (pass, begin);

    /// <summary>The pass that has computed this; null if it was given.</summary>
    internal Pass? Owner => IsOutput ? _seen.Pass : null;

    /// <summary>
    /// Drops the gradient of the pass before, when a pass that has begun anew reads the values for the first time.
    /// </summary>
    internal void Enter(Pass pass, long begin)
    {
        if (_seen == (pass, begin)) return;
        (_seen, HasGradient) = ((pass, begin), false);
    }

    /// <summary>Whether row r of both is the same step of the same sequence.</summary>
    internal bool HasRowsOf(SequenceBatch other) =>
        ReferenceEquals(_layout, other._layout) && IsPerSequence == other.IsPerSequence;

    private void BeginGradient()
    {
        _gradient.Reserve(RowCount, Size).Clear();
        HasGradient = true;
    }
}
