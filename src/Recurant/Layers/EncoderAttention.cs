namespace Recurant.Layers;

/// <summary>How attention compares the decoder's state q with a state e of the encoder.</summary>
public enum AttentionScore
{
    /// <summary>q . e; both must have one width (Luong, Pham and Manning 2015, "dot").</summary>
    Dot,

    /// <summary>q . W e (Luong, Pham and Manning 2015, "general").</summary>
    General,

    /// <summary>v . tanh(W_q q + W e + b) (Bahdanau, Cho and Bengio 2015).</summary>
    Additive,
}

/// <summary>What attention keeps of a batch.</summary>
internal sealed class EncoderAttentionMemory
{
    public DenseMemory Keys { get; } = new();

    public DenseMemory Queries { get; } = new();

    /// <summary>[source rows, K]: W e or W e + b; of the dot score nothing.</summary>
    public RowStore Key { get; } = new();

    public RowStore DKey { get; } = new();

    /// <summary>[target rows, K]: W_q q, of the additive score.</summary>
    public RowStore Query { get; } = new();

    public RowStore DQuery { get; } = new();

    /// <summary>[source rows, D]: what of dE came through the keys.</summary>
    public RowStore DProjected { get; } = new();

    /// <summary>[target rows, longest source]: a.</summary>
    public RowStore Weights { get; } = new();

    /// <summary>[sequences, longest source]: scratch of the backward pass.</summary>
    public RowStore DWeights { get; } = new();

    /// <summary>[sequences, 2 K]: scratch of the additive score.</summary>
    public RowStore Scratch { get; } = new();

    /// <summary>[sequences, K]: each sequence's share of dv.</summary>
    public RowStore DVector { get; } = new();
}

/// <summary>
/// Where the rows of two batches belong together: sequence b of the target reads sequence SourceOf[b] of the source.
/// </summary>
internal readonly record struct SequencePairs(BatchLayout Source, BatchLayout Target, ReadOnlyMemory<int> SourceOf);

/// <summary>
/// Attention of every step of one sequence over all steps of another. All steps of the target are there at once.
/// <code>
/// (1) k_s = W e_s  (general),  W e_s + b  (additive),  e_s  (dot)
/// (2) g_ts = q_t . k_s,  or v . tanh(W_q q_t + k_s)  (additive)
/// (3) a_t = softmax over s of g_ts
/// (4) c_t = sum_s a_ts e_s
/// </code>
/// Sources: Luong, Pham and Manning, "Effective approaches to attention-based neural machine translation", EMNLP 2015, equations
/// 7 and 8; Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and translate", ICLR 2015.
/// </summary>
internal sealed class EncoderAttention
{
    private readonly AttentionScore _score;
    private readonly Dense? _keys;
    private readonly Dense? _queries;
    private readonly Parameter? _vector;

    /// <param name="score">The score (2).</param>
    /// <param name="querySize">The width of q.</param>
    /// <param name="stateSize">D, the width of e.</param>
    /// <param name="attentionSize">K, the width of the additive score's hidden layer; others ignore it.</param>
    public EncoderAttention(AttentionScore score, int querySize, int stateSize, int attentionSize)
    {
        if (score == AttentionScore.Dot && querySize != stateSize)
        {
            throw new ArgumentException(
                $"The dot score needs states of one width, but the decoder's have {querySize} and the encoder's {stateSize}.");
        }

        _score = score;
        KeySize = score switch
        {
            AttentionScore.Dot => stateSize, AttentionScore.General => querySize, _ => attentionSize,
        };
        StateSize = stateSize;
        if (score != AttentionScore.Dot) _keys = new Dense("attention.key", stateSize, KeySize);
        if (score != AttentionScore.Additive) return;
        _queries = new Dense("attention.query", querySize, KeySize);
        _vector = new Parameter("attention.score", KeySize);
    }

    /// <summary>K, the width of the keys.</summary>
    public int KeySize { get; }

    /// <summary>D.</summary>
    public int StateSize { get; }

    /// <summary>
    /// A bias of the keys would shift all scores of a step alike, except under the tanh; one of the queries is that.
    /// </summary>
    public IEnumerable<Parameter> Parameters => _score switch
    {
        AttentionScore.Dot => [],
        AttentionScore.General => [_keys!.Weights],
        _ => [_keys!.Weights, _keys.Bias, _queries!.Weights, _vector!],
    };

    public void Initialise(ulong seed, uint ordinal)
    {
        _keys?.Initialise(seed, ordinal);
        _queries?.Initialise(seed, ordinal + 1);
        _vector?.InitialiseUniform(seed, ordinal + 2, MathF.Sqrt(3f / KeySize));
    }

    /// <summary>(1) The keys of all source rows; once a batch.</summary>
    public void Prepare(Workers workers, Matrix states, EncoderAttentionMemory memory)
    {
        if (_keys is null) return;
        _keys.Forward(workers, states, memory.Key.Reserve(states.Rows, KeySize).Rows(states.Rows), memory.Keys);
    }

    /// <summary>(2) to (4): from the queries [target rows, Q] to the contexts [target rows, D].</summary>
    public void Forward(
        Workers workers, SequencePairs pairs, Matrix states, Matrix queries, Matrix contexts, EncoderAttentionMemory memory)
    {
        memory.Weights.Reserve(queries.Rows, pairs.Source.Steps);
        memory.Scratch.Reserve(_score == AttentionScore.Additive ? pairs.Target.Sequences : 0, 2 * KeySize);
        if (_queries is not null)
        {
            Matrix projected = memory.Query.Reserve(queries.Rows, KeySize).Rows(queries.Rows);
            _queries.Forward(workers, queries, projected, memory.Queries);
            queries = projected;
        }

        var work = new ForwardWork
        {
            Attention = this, Pairs = pairs, Memory = memory, States = states, Keys = KeysOf(states, memory), Queries = queries,
            Contexts = contexts,
        };
        workers.Run(ref work);
    }

    /// <summary>
    /// The backward pass: dQ [target rows, Q] and dE [source rows, D] are added to, and so are the gradients of the weights.
    /// </summary>
    public void Backward(
        Workers workers, SequencePairs pairs, Matrix states, Matrix queries, Matrix dContexts, Matrix dQueries, Matrix dStates,
        EncoderAttentionMemory memory)
    {
        int sequences = pairs.Target.Sequences;
        bool isAdditive = _score == AttentionScore.Additive;
        memory.DWeights.Reserve(sequences, pairs.Source.Steps);
        memory.DVector.Reserve(isAdditive ? sequences : 0, KeySize).Clear();
        Matrix dKeys = dStates, query = queries, dQuery = dQueries;
        if (_keys is not null)
        {
            memory.DKey.Reserve(states.Rows, KeySize).Clear();
            dKeys = memory.DKey.Rows(states.Rows);
        }

        if (isAdditive)
        {
            query = memory.Query.Rows(queries.Rows);
            memory.DQuery.Reserve(queries.Rows, KeySize).Clear();
            dQuery = memory.DQuery.Rows(queries.Rows);
        }

        var work = new BackwardWork
        {
            Attention = this, Pairs = pairs, Memory = memory, States = states, Keys = KeysOf(states, memory), Queries = query,
            DContexts = dContexts, DStates = dStates, DKeys = dKeys, DQueries = dQuery,
        };
        workers.Run(ref work);
        if (_keys is not null)
        {
            Matrix projected = memory.DProjected.Reserve(states.Rows, StateSize).Rows(states.Rows);
            _keys.Backward(workers, states, dKeys, projected, memory.Keys);
            AddRows(workers, projected, dStates);
        }

        if (!isAdditive) return;
        Matrix dProjected = memory.DProjected.Reserve(queries.Rows, queries.Columns).Rows(queries.Rows);
        _queries!.Backward(workers, queries, dQuery, dProjected, memory.Queries);
        AddRows(workers, dProjected, dQueries);
        Reductions.AddColumnSums(memory.DVector.Rows(sequences), _vector!.Gradient);
    }

    /// <summary>target += source, row by row on all workers.</summary>
    public static void AddRows(Workers workers, Matrix source, Matrix target)
    {
        var work = new AddWork { Source = source, Target = target };
        workers.Run(ref work);
    }

    private Matrix KeysOf(Matrix states, EncoderAttentionMemory memory) =>
        _keys is null ? states : memory.Key.Rows(states.Rows);

    private struct AddWork : IParallelWork
    {
        public Matrix Source, Target;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Source.Rows, part, parts);
            for (int row = first; row < last; row++) Elementwise.Add(Source.Row(row), Target.Row(row));
        }
    }

    /// <summary>Sequences of the target are dealt out.</summary>
    private struct ForwardWork : IParallelWork
    {
        public EncoderAttention Attention;
        public SequencePairs Pairs;
        public EncoderAttentionMemory Memory;
        public Matrix States, Keys, Queries, Contexts;

        public readonly void Execute(int part, int parts)
        {
            for (int b = part; b < Pairs.Target.Sequences; b += parts)
            {
                int source = Pairs.SourceOf.Span[b], length = Pairs.Source.Lengths[source];
                for (int t = 0; t < Pairs.Target.Lengths[b]; t++) Step(b, Pairs.Target.RowStart(t) + b, source, length);
            }
        }

        private readonly void Step(int b, int row, int source, int length)
        {
            Span<float> weights = Memory.Weights.Row(row)[..length], context = Contexts.Row(row);
            Span<float> query = Queries.Row(row);
            for (int s = 0; s < length; s++)
            {
                Span<float> key = Keys.Row(Pairs.Source.RowStart(s) + source);
                weights[s] = Attention._vector is { } vector                                            // (2)
                    ? Reductions.Dot(vector.Value, Hidden(query, key, Memory.Scratch.Row(b)[..key.Length]))
                    : Reductions.Dot(query, key);
            }

            Softmax.Apply(weights, weights);                                                            // (3)
            context.Clear();
            for (int s = 0; s < length; s++)
            {
                Elementwise.AddScaled(States.Row(Pairs.Source.RowStart(s) + source), weights[s], context); // (4)
            }
        }
    }

    /// <summary>tanh(q + k).</summary>
    private static Span<float> Hidden(Span<float> query, Span<float> key, Span<float> hidden)
    {
        query.CopyTo(hidden);
        Elementwise.Add(key, hidden);
        Elementwise.Tanh(hidden, hidden);
        return hidden;
    }

    /// <summary>
    /// Sequences of the target are dealt out. Each has a source sequence of its own, so that no two workers add to one row.
    /// </summary>
    private struct BackwardWork : IParallelWork
    {
        public EncoderAttention Attention;
        public SequencePairs Pairs;
        public EncoderAttentionMemory Memory;
        public Matrix States, Keys, Queries, DContexts, DStates, DKeys, DQueries;

        public readonly void Execute(int part, int parts)
        {
            for (int b = part; b < Pairs.Target.Sequences; b += parts)
            {
                int source = Pairs.SourceOf.Span[b], length = Pairs.Source.Lengths[source];
                for (int t = 0; t < Pairs.Target.Lengths[b]; t++) Step(b, Pairs.Target.RowStart(t) + b, source, length);
            }
        }

        private readonly void Step(int b, int row, int source, int length)
        {
            ReadOnlySpan<float> weights = Memory.Weights.Row(row)[..length], dContext = DContexts.Row(row);
            Span<float> dWeights = Memory.DWeights.Row(b)[..length];
            float mean = 0;
            for (int s = 0; s < length; s++)
            {
                // (4') da_ts = dc_t . e_s,  de_s += a_ts dc_t
                int state = Pairs.Source.RowStart(s) + source;
                dWeights[s] = Reductions.Dot(dContext, States.Row(state));
                mean = MathF.FusedMultiplyAdd(weights[s], dWeights[s], mean);
                Elementwise.AddScaled(dContext, weights[s], DStates.Row(state));
            }

            for (int s = 0; s < length; s++)
            {
                // (3') dg_ts = a_ts (da_ts - sum_r a_tr da_tr)
                int state = Pairs.Source.RowStart(s) + source;
                float dScore = weights[s] * (dWeights[s] - mean);
                if (Attention._vector is { } vector)
                {
                    AdditiveBack(b, row, state, vector, dScore);
                    continue;
                }

                // (2') dq_t += dg_ts k_s,  dk_s += dg_ts q_t
                Elementwise.AddScaled(Keys.Row(state), dScore, DQueries.Row(row));
                Elementwise.AddScaled(Queries.Row(row), dScore, DKeys.Row(state));
            }
        }

        /// <summary>(2') with u = tanh(q + k): dv += dg u,  dq += dg v (1 - u^2),  dk the same.</summary>
        private readonly void AdditiveBack(int b, int row, int state, Parameter vector, float dScore)
        {
            int size = vector.Count;
            Span<float> scratch = Memory.Scratch.Row(b), dSum = scratch.Slice(size, size);
            Span<float> hidden = Hidden(Queries.Row(row), Keys.Row(state), scratch[..size]);
            Elementwise.AddScaled(hidden, dScore, Memory.DVector.Row(b));
            vector.Value.CopyTo(dSum);
            Elementwise.Scale(dSum, dScore);
            ActivationKernels.GradientFromOutput(Activation.Tanh, hidden, dSum, dSum);
            Elementwise.Add(dSum, DQueries.Row(row));
            Elementwise.Add(dSum, DKeys.Row(state));
        }
    }
}
