namespace Recurant.Data;

/// <summary>
/// Sequences of unequal lengths side by side, without padding: sorted by length (longest first) and laid out time-major,
/// so that step t consists of the rows <c>RowStart(t) .. RowStart(t + 1)</c>, one for each sequence that is long enough.
/// Sequence b stands at row <c>RowStart(t) + b</c> of every step it takes part in.
/// </summary>
internal sealed class BatchLayout
{
    private long[] _keys = [];
    private int[] _order = [], _lengths = [], _rowStart = [0], _tokens = [], _asked = [];
    private int[] _ranks = [];
    private bool _hasRanks;
    private BatchLayout? _whole;

    /// <summary>Counts the changes, so that whoever computed with a layout notices that it has become another.</summary>
    public int Version { get; private set; }

    /// <summary>The number of sequences, B.</summary>
    public int Sequences { get; private set; }

    /// <summary>The length of the longest sequence, T.</summary>
    public int Steps { get; private set; }

    /// <summary>The number of rows in all: the sum of the lengths.</summary>
    public int Rows => _rowStart[Steps];

    /// <summary>Of a segment: the step of the whole batch at which it begins; otherwise 0.</summary>
    public int FirstStep { get; private set; }

    /// <summary>Of a segment: the row of the whole batch at which it begins; otherwise 0.</summary>
    public int FirstRow => _whole is null ? 0 : _whole.RowStart(FirstStep);

    /// <summary>The number of rows of the whole batch, if this is a segment of one.</summary>
    public int WholeRows => (_whole ?? this).Rows;

    /// <summary>The length of a sequence with the steps before and after the segment, if this is one.</summary>
    public int WholeLength(int sequence) => (_whole ?? this)._lengths[sequence];

    /// <summary>Whether the last step of a sequence in this batch is its very last.</summary>
    public bool Ends(int sequence) => FirstStep + _lengths[sequence] == WholeLength(sequence);

    /// <summary>The length of each sequence, descending.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Sequences);

    /// <summary>For each sequence of the batch its position in the list that was asked for.</summary>
    public ReadOnlySpan<int> Order => _order.AsSpan(0, Sequences);

    /// <summary>
    /// The place of a sequence of the list that was asked for among those of the batch: the inverse of <see cref="Order"/>.
    /// </summary>
    public int RankOf(int sequence)
    {
        if (!_hasRanks)
        {
            _ranks = Workspace.Reserve(_ranks, Sequences);
            for (int b = 0; b < Sequences; b++) _ranks[_order[b]] = b;
            _hasRanks = true;
        }

        return _ranks[sequence];
    }

    /// <summary>The token of each row.</summary>
    public Span<int> Tokens => _tokens.AsSpan(0, Rows);

    /// <summary>The same, for holders that cannot hold a span.</summary>
    public Memory<int> TokenMemory => _tokens.AsMemory(0, Rows);

    /// <summary>The first row of step t; RowStart(Steps) is the number of rows.</summary>
    public int RowStart(int step) => _rowStart[step];

    /// <summary>The number of sequences that have a step t, B_t.</summary>
    public int SequencesAt(int step) => _rowStart[step + 1] - _rowStart[step];

    /// <summary>Lays out the sequences <c>data[chosen[0]], data[chosen[1]], ...</c>; memory is reused.</summary>
    /// <exception cref="ArgumentException">A sequence is empty.</exception>
    public void Fill(IReadOnlyList<int[]> data, ReadOnlySpan<int> chosen)
    {
        _asked = Workspace.Reserve(_asked, chosen.Length);
        Span<int> lengths = _asked.AsSpan(0, chosen.Length);
        if (data is TokenRows packed)
        {
            for (int i = 0; i < chosen.Length; i++) lengths[i] = packed.LengthOf(chosen[i]);
            Fill(lengths);
            for (int b = 0; b < Sequences; b++)
            {
                TokenRows.Reader sequence = packed.Read(chosen[_order[b]]);
                for (int t = 0; t < _lengths[b]; t++) _tokens[_rowStart[t] + b] = sequence.Next();
            }

            return;
        }

        for (int i = 0; i < chosen.Length; i++) lengths[i] = data[chosen[i]].Length;
        Fill(lengths);
        for (int b = 0; b < Sequences; b++)
        {
            int[] sequence = data[chosen[_order[b]]];
            for (int t = 0; t < sequence.Length; t++) _tokens[_rowStart[t] + b] = sequence[t];
        }
    }

    /// <summary>Whether the sequences that were asked for have these lengths, in this order.</summary>
    public bool HasLengths(ReadOnlySpan<int> lengths)
    {
        if (Sequences != lengths.Length || _whole is not null) return false;
        for (int b = 0; b < Sequences; b++)
        {
            if (_lengths[b] != lengths[_order[b]]) return false;
        }

        return true;
    }

    /// <summary>Lays out sequences of these lengths; the tokens are left for the caller to write.</summary>
    /// <exception cref="ArgumentException">A sequence is empty; nothing was changed.</exception>
    public void Fill(ReadOnlySpan<int> lengths)
    {
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] > 0) continue;
            throw new ArgumentException($"Sequence {i} of the batch is empty; a sequence needs at least one step.");
        }

        Version++;
        Sequences = lengths.Length;
        _whole = null;
        _hasRanks = false;
        FirstStep = 0;
        _keys = Workspace.Reserve(_keys, Sequences);
        _order = Workspace.Reserve(_order, Sequences);
        _lengths = Workspace.Reserve(_lengths, Sequences);
        long rows = 0;
        for (int i = 0; i < Sequences; i++)
        {
            // Sorting by (length descending, position ascending) in one key: equal lengths keep their order.
            _keys[i] = ((long)(int.MaxValue - lengths[i]) << 32) | (uint)i;
            rows += lengths[i];
        }

        _keys.AsSpan(0, Sequences).Sort();
        for (int b = 0; b < Sequences; b++)
        {
            _order[b] = (int)(uint)_keys[b];
            _lengths[b] = lengths[_order[b]];
        }

        LayOut(rows);
    }

    /// <summary>
    /// Becomes the steps [first, end) of another batch: its rows <c>whole.RowStart(first) .. whole.RowStart(end)</c> with their
    /// tokens, and of its sequences those that reach step <paramref name="first"/>, under the same numbers. Valid as long as
    /// the other batch is not changed.
    /// </summary>
    public void FillSegment(BatchLayout whole, int first, int end)
    {
        Sequences = whole.SequencesAt(first);
        _whole = whole;
        _hasRanks = false;
        FirstStep = first;
        _order = Workspace.Reserve(_order, Sequences);
        _lengths = Workspace.Reserve(_lengths, Sequences);
        whole.Order[..Sequences].CopyTo(_order);
        for (int b = 0; b < Sequences; b++) _lengths[b] = Math.Min(whole._lengths[b], end) - first;
        int firstRow = whole.RowStart(first), rows = whole.RowStart(end) - firstRow;
        LayOut(rows);
        whole.Tokens.Slice(firstRow, rows).CopyTo(_tokens);
    }

    private void LayOut(long rows)
    {
        Steps = Sequences == 0 ? 0 : _lengths[0];
        _rowStart = Workspace.Reserve(_rowStart, Steps + 1L);
        _tokens = Workspace.Reserve(_tokens, rows);
        int active = Sequences;
        _rowStart[0] = 0;
        for (int t = 0; t < Steps; t++)
        {
            while (_lengths[active - 1] <= t) active--;
            _rowStart[t + 1] = _rowStart[t] + active;
        }
    }
}
