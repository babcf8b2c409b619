namespace Recurant.Heads;

/// <summary>What a decoder keeps of a batch.</summary>
internal sealed class DecoderMemory
{
    public required RecurrentMemory Lower { get; init; }

    public required RecurrentMemory? Upper { get; init; }

    public EncoderAttentionMemory Attention { get; } = new();

    public WordMemory Words { get; } = new();

    /// <summary>[rows, E].</summary>
    public RowStore Input { get; } = new();

    public RowStore DInput { get; } = new();

    /// <summary>[rows, H + D]: h of the lower layer beside the context, after dropout.</summary>
    public RowStore Joined { get; } = new();

    public RowStore DJoined { get; } = new();

    public RowStore JoinedMask { get; } = new();

    /// <summary>[rows, H + D]: h of the uppermost layer beside the context, where there is an upper layer.</summary>
    public RowStore Read { get; } = new();

    public RowStore DRead { get; } = new();

    public DenseMemory Readout { get; } = new();

    /// <summary>[rows, R]: what the output layer reads, before dropout.</summary>
    public RowStore Result { get; } = new();

    /// <summary>The same after dropout.</summary>
    public DroppedRows Dropped { get; } = new();

    public RowStore DResult { get; } = new();

    /// <summary>[rows, H]: gradients on their way to the lower or the uppermost layer.</summary>
    public RowStore DHidden { get; } = new();

    /// <summary>Of Bahdanau's attention.</summary>
    public AttendingMemory Attending { get; } = new();
}

/// <summary>
/// Says the target word by word; in training all words are there, and their steps run side by side.
/// <code>
/// (1) y_t = E[word t]
/// (2) h_1 .. h_T = recurrent(y_1 .. y_T), from the states that the encoder gives      the lower layer
/// (3) c_t = attention of h_t over the encoder's states
/// (4) u_1 .. u_T = recurrent([h_1; c_1] .. [h_T; c_T])                                the upper layers; without them u = h
/// (5) r_t = tanh(W_r [u_t; c_t] + b_r)
/// </code>
/// With Bahdanau's attention (2) and (3) are one: c_t = attention of h_(t-1), and h_t reads [y_t; c_t].
/// Sources: Luong, Pham and Manning, EMNLP 2015; for (4) Wu et al., "Google's neural machine translation system", 2016.
/// </summary>
internal sealed class TranslatorDecoder
{
    private const uint JoinedPart = 100;

    private readonly TranslatorSpec _spec;
    private readonly Embedding _embedding;
    private readonly WordsInput _words;
    private readonly RecurrentStack _lower;
    private readonly RecurrentStack? _upper;
    private readonly AttendingLayer? _attending;
    private readonly Dense _readout;
    private readonly bool _hasCell;

    public TranslatorDecoder(TranslatorSpec spec, Embedding embedding)
    {
        _spec = spec;
        _embedding = embedding;
        _words = new WordsInput(embedding);
        _lower = new RecurrentStack(spec.Lower);
        _upper = spec.DecoderLayers > 1 ? new RecurrentStack(spec.Upper) : null;
        AttentionScore score = spec.Attention switch
        {
            AttentionKind.Dot => AttentionScore.Dot,
            AttentionKind.General => AttentionScore.General,
            _ => AttentionScore.Additive,
        };
        Attention = new EncoderAttention(score, spec.DecoderSize, spec.StateSize, spec.DecoderSize);
        _attending = spec.Attention == AttentionKind.Bahdanau ? new AttendingLayer(_lower, Attention) : null;
        _readout = new Dense("readout", spec.DecoderSize + spec.StateSize, spec.ReadoutSize);
        _hasCell = _lower.Cells.First().HasCellState;
        foreach (Parameter parameter in _lower.Parameters) parameter.Name = "decoder." + parameter.Name;
        foreach (Parameter parameter in _upper?.Parameters ?? []) parameter.Name = "decoder.upper." + parameter.Name;
    }

    public EncoderAttention Attention { get; }

    public RecurrentStack Lower => _lower;

    public RecurrentStack? Upper => _upper;

    public Dense Readout => _readout;

    /// <summary>S, the numbers in the states of all layers.</summary>
    public int StateSize => _spec.DecoderLayers * (_spec.DecoderSize + CellSize);

    /// <summary>The numbers of c in a layer, or none.</summary>
    private int CellSize => _hasCell ? _lower.CellSize : 0;

    /// <summary>All tensors but the word vectors.</summary>
    public IEnumerable<Parameter> Parameters =>
        [.. _lower.Parameters, .. Attention.Parameters, .. _upper?.Parameters ?? [], .. _readout.Parameters];

    public DecoderMemory CreateMemory() => new() { Lower = _lower.CreateMemory(), Upper = _upper?.CreateMemory() };

    public void Initialise(ulong seed, uint ordinal)
    {
        _lower.Initialise(seed, ordinal);
        Attention.Initialise(seed, ordinal + 200);
        _upper?.Initialise(seed, ordinal + 300);
        _readout.Initialise(seed, ordinal + 900);
    }

    /// <summary>The states that all layers begin with: sequence b takes row rows[b] of the given ones [.., S].</summary>
    public void SetStates(Matrix states, ReadOnlySpan<int> rows, DecoderMemory memory, bool continues)
    {
        int column = 0;
        foreach ((RecurrentMemory recurrent, CellMemory cell) in CellsOf(memory))
        {
            (recurrent.HasInitialState, recurrent.Continues) = (true, continues);
            cell.InitialHidden.Reserve(rows.Length, _spec.DecoderSize);
            column = Take(cell.InitialHidden, column, _spec.DecoderSize, rows);
            cell.InitialCell.Reserve(rows.Length, CellSize);
            column = Take(cell.InitialCell, column, CellSize, rows);
        }

        int Take(RowStore target, int first, int size, ReadOnlySpan<int> from)
        {
            for (int b = 0; b < from.Length; b++) states.Row(from[b]).Slice(first, size).CopyTo(target.Row(b));
            return first + size;
        }
    }

    /// <summary>The states [n, S] after a batch of single steps, in which row b is sequence b.</summary>
    public void GetStates(Matrix states, DecoderMemory memory)
    {
        int column = 0, size = _spec.DecoderSize, layer = 0;
        foreach ((RecurrentMemory recurrent, CellMemory cell) in CellsOf(memory))
        {
            RowStore output = recurrent.Outputs[ReferenceEquals(recurrent, memory.Lower) ? 0 : layer++];
            for (int b = 0; b < states.Rows; b++)
            {
                output.Row(b).CopyTo(states.Row(b).Slice(column, size));
                if (_hasCell) cell.Cells.Row(b).CopyTo(states.Row(b).Slice(column + size, CellSize));
            }

            column += size + CellSize;
        }
    }

    /// <summary>(1) to (5): r [rows, R], after dropout. The layers' first states were set before.</summary>
    public Matrix Forward(
        Workers workers, SequencePairs pairs, Matrix states, DecoderMemory memory, bool keepsHistory, DropoutPlan? dropout)
    {
        BatchLayout batch = pairs.Target;
        int rows = batch.Rows, hidden = _spec.DecoderSize, width = hidden + _spec.StateSize;
        memory.Lower.KeepsHistory = keepsHistory;
        Matrix input = memory.Input.Reserve(rows, _embedding.Size).Rows(rows);
        _words.Begin(batch, memory.Words, dropout);
        _words.ReadInto(workers, batch, memory.Words, dropout, keepsHistory, input);                    // (1)
        Matrix joined = memory.Joined.Reserve(rows, width).Rows(rows);
        Matrix contexts = joined.Column(hidden, _spec.StateSize);
        if (_attending is not null)
        {
            _attending.Forward(workers, pairs, states, input, joined, memory.Lower, memory.Attention, memory.Attending);
        }
        else
        {
            Matrix h = _lower.Forward(workers, batch, input, memory.Lower);                             // (2)
            Attention.Forward(workers, pairs, states, h, contexts, memory.Attention);                   // (3)
            CopyRows(workers, h, joined.Column(0, hidden));
        }

        if (dropout is { Layers: > 0 } plan)
        {
            Dropout.MakeMask(
                memory.JoinedMask, batch, width, plan.Layers, plan.Stream(RandomPurpose.LayerDropout, JoinedPart));
            Dropout.Apply(workers, batch, memory.JoinedMask, joined, joined);
        }

        Matrix read = joined;
        if (_upper is not null)
        {
            memory.Upper!.KeepsHistory = keepsHistory;
            Matrix u = _upper.Forward(workers, batch, joined, memory.Upper, dropout);                   // (4)
            read = memory.Read.Reserve(rows, width).Rows(rows);
            CopyRows(workers, u, read.Column(0, hidden));
            CopyRows(workers, contexts, read.Column(hidden, _spec.StateSize));
        }

        Matrix result = memory.Result.Reserve(rows, _spec.ReadoutSize).Rows(rows);
        _readout.Forward(workers, read, result, memory.Readout);
        var tanh = new TanhWork { Rows = result };
        workers.Run(ref tanh);                                                                          // (5)
        return memory.Dropped.Drop(workers, batch, result, dropout?.Output ?? 0, dropout);
    }

    /// <summary>
    /// Adds the gradients of all parameters, given dr [rows, R]; those of the encoder's states are added to
    /// <paramref name="dStates"/>, and those of the first states stand in <paramref name="dStart"/> at the sequence's source.
    /// </summary>
    public void Backward(
        Workers workers, SequencePairs pairs, Matrix states, Matrix dResult, Matrix dStates, Matrix dStart, DecoderMemory memory,
        DropoutPlan? dropout)
    {
        BatchLayout batch = pairs.Target;
        int rows = batch.Rows, width = _spec.DecoderSize + _spec.StateSize;
        memory.Dropped.DropGradient(workers, batch, dResult);
        var tanh = new TanhBackWork { Output = memory.Result.Rows(rows), DOutput = dResult };
        workers.Run(ref tanh);                                                                          // (5')
        RowStore read = _upper is null ? memory.Joined : memory.Read;
        ReadGradientOf(memory).Reserve(rows, width);
        _readout.Backward(workers, read.Rows(rows), dResult, ReadGradient(memory, rows), memory.Readout);
        BackwardFromRead(workers, pairs, states, dStates, dStart, memory, dropout);
    }

    /// <summary>After the backward pass: the gradient [rows, H + D] of what the readout read, [u; c].</summary>
    public Matrix ReadGradient(DecoderMemory memory, int rows) => ReadGradientOf(memory).Rows(rows);

    // A layer that attends before its steps changes what it is given.
    private RowStore ReadGradientOf(DecoderMemory memory) =>
        _upper is null && _attending is null ? memory.DJoined : memory.DRead;

    /// <summary>The backward pass below the readout, from what stands in <see cref="ReadGradient"/>.</summary>
    public void BackwardFromRead(
        Workers workers, SequencePairs pairs, Matrix states, Matrix dStates, Matrix dStart, DecoderMemory memory,
        DropoutPlan? dropout)
    {
        BatchLayout batch = pairs.Target;
        int rows = batch.Rows, hidden = _spec.DecoderSize, width = hidden + _spec.StateSize;
        // Where it already holds what stands in ReadGradient it must stay as it is.
        if (!ReferenceEquals(ReadGradientOf(memory), memory.DJoined)) memory.DJoined.Reserve(rows, width);
        Matrix joined = memory.Joined.Rows(rows), dJoined = memory.DJoined.Rows(rows);
        Matrix dh = memory.DHidden.Reserve(rows, hidden).Rows(rows);
        if (_upper is null)
        {
            if (_attending is not null) CopyRows(workers, memory.DRead.Rows(rows), dJoined);
        }
        else
        {
            Matrix dRead = memory.DRead.Rows(rows);
            memory.DJoined.Clear();
            CopyRows(workers, dRead.Column(hidden, _spec.StateSize), dJoined.Column(hidden, _spec.StateSize));
            CopyRows(workers, dRead.Column(0, hidden), dh);
            _upper.ResetFinalGradient(memory.Upper!, batch.Sequences);
            _upper.Backward(workers, batch, joined, dh, dJoined, memory.Upper!, dropout);              // (4')
        }

        if (dropout is { Layers: > 0 }) Dropout.Apply(workers, batch, memory.JoinedMask, dJoined, dJoined);
        memory.DInput.Reserve(rows, _embedding.Size).Clear();
        Matrix dInput = memory.DInput.Rows(rows), input = memory.Input.Rows(rows);
        _lower.ResetFinalGradient(memory.Lower, batch.Sequences);
        if (_attending is not null)
        {
            _attending.Backward(
                workers, pairs, states, input, dJoined, dInput, dStates, memory.Lower, memory.Attention, memory.Attending);
        }
        else
        {
            CopyRows(workers, dJoined.Column(0, hidden), dh);
            Attention.Backward(                                                                         // (3')
                workers, pairs, states, memory.Lower.Outputs[0].Rows(rows), dJoined.Column(hidden, _spec.StateSize), dh, dStates,
                memory.Attention);
            _lower.Backward(workers, batch, input, dh, dInput, memory.Lower);                          // (2')
        }

        _words.AddGradient(workers, batch, memory.Words, dropout, dInput);                              // (1')
        TakeStartGradients(pairs, dStart, memory);
    }

    private void TakeStartGradients(SequencePairs pairs, Matrix dStart, DecoderMemory memory)
    {
        ReadOnlySpan<int> sourceOf = pairs.SourceOf.Span;
        int column = 0, size = _spec.DecoderSize;
        foreach ((_, CellMemory cell) in CellsOf(memory))
        {
            for (int b = 0; b < sourceOf.Length; b++)
            {
                Span<float> row = dStart.Row(sourceOf[b]);
                cell.DHidden.Row(b).CopyTo(row.Slice(column, size));
                if (_hasCell) cell.DCell.Row(b).CopyTo(row.Slice(column + size, CellSize));
            }

            column += size + CellSize;
        }
    }

    /// <summary>The memory of every layer, the lowest first.</summary>
    private static CellsOfDecoder CellsOf(DecoderMemory memory) => new(memory);

    private static void CopyRows(Workers workers, Matrix source, Matrix target)
    {
        var work = new CopyWork { Source = source, Target = target };
        workers.Run(ref work);
    }

    /// <summary>A list that needs no memory of its own.</summary>
    private struct CellsOfDecoder(DecoderMemory memory)
    {
        private int _index = -2;

        public readonly (RecurrentMemory Recurrent, CellMemory Cell) Current =>
            _index < 0 ? (memory.Lower, memory.Lower.Cells[0]) : (memory.Upper!, memory.Upper!.Cells[_index]);

        public readonly CellsOfDecoder GetEnumerator() => this;

        public bool MoveNext() => ++_index < (memory.Upper?.Cells.Length ?? 0);
    }

    private struct CopyWork : IParallelWork
    {
        public Matrix Source, Target;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Source.Rows, part, parts);
            for (int row = first; row < last; row++) Source.Row(row).CopyTo(Target.Row(row));
        }
    }

    private struct TanhWork : IParallelWork
    {
        public Matrix Rows;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Rows.Rows, part, parts);
            for (int row = first; row < last; row++) Elementwise.Tanh(Rows.Row(row), Rows.Row(row));
        }
    }

    private struct TanhBackWork : IParallelWork
    {
        public Matrix Output, DOutput;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Output.Rows, part, parts);
            for (int row = first; row < last; row++)
            {
                Span<float> dOutput = DOutput.Row(row);
                ActivationKernels.GradientFromOutput(Activation.Tanh, Output.Row(row), dOutput, dOutput);
            }
        }
    }
}
