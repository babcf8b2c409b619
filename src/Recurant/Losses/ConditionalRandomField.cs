using System.Runtime.CompilerServices;

namespace Recurant.Losses;

/// <summary>
/// A linear-chain conditional random field over K tags: the score of a whole sequence of tags is the sum of the words' scores
/// and of scores between neighbouring tags (Lafferty, McCallum and Pereira, ICML 2001).
/// <code>
/// (1) s(y) = a_(y_1) + sum_t z_(t, y_t) + sum_(t &gt; 1) A_(y_(t-1), y_t) + e_(y_T)
/// (2) J = ln sum_y' exp s(y') - s(y)
/// </code>
/// The sum over all sequences goes forward, and back for the gradient; c_t makes every alpha_t add up to one, so that nothing
/// grows with the length:
/// <code>
/// (3)  alpha_t = z_t + ln sum_i exp(alpha_(t-1, i) + A_i) - c_t      alpha_1 = a + z_1 - c_1
/// (4)  ln sum_y' exp s(y') = sum_t c_t + c_end                       c_end = ln sum_i exp(alpha_(T, i) + e_i)
/// (3') beta_t = ln sum_j exp(A^T_j + z_(t+1, j) + beta_(t+1, j)) - c_(t+1)       beta_T = e - c_end
/// (1') dz_(t,j) = p(y_t = j) - [y_t = j]                             p(y_t = j) = exp(alpha_(t,j) + beta_(t,j))
///      dA_(i,j) = sum_t (p(y_t = i, y_(t+1) = j) - [y_t = i, y_(t+1) = j]),
///                 p(y_t = i, y_(t+1) = j) = exp(alpha_(t,i) + A_(i,j) + z_(t+1,j) + beta_(t+1,j) - c_(t+1))
/// </code>
/// Names as in pytorch-crf: transitions [K, K] (from the row's tag to the column's), start_transitions a, end_transitions e.
/// </summary>
internal sealed class ConditionalRandomField
{
    private const int Lane = 16;
    private readonly int _tags, _padded;

    public ConditionalRandomField(int tags)
    {
        _tags = tags;
        _padded = (tags + Lane - 1) / Lane * Lane;
        Start = new Parameter("crf.start_transitions", tags);
        End = new Parameter("crf.end_transitions", tags);
        Transitions = new Parameter("crf.transitions", tags, tags);
    }

    /// <summary>a [K].</summary>
    public Parameter Start { get; }

    /// <summary>e [K].</summary>
    public Parameter End { get; }

    /// <summary>A [K, K].</summary>
    public Parameter Transitions { get; }

    public IEnumerable<Parameter> Parameters => [Start, End, Transitions];

    /// <summary>Uniform in +-0.1, as pytorch-crf has it.</summary>
    public void Initialise(ulong seed, uint ordinal)
    {
        foreach (Parameter parameter in Parameters) parameter.InitialiseUniform(seed, ordinal++, 0.1f);
    }

    /// <summary>
    /// Computes the losses (2), adds the gradients of a, e and A and replaces the scores by their gradients, all divided by the
    /// number of rows.
    /// </summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The layout of the rows.</param>
    /// <param name="scores">z [rows, K]; replaced by dz.</param>
    /// <param name="tags">The right tag of each row.</param>
    /// <param name="memory">Scratch.</param>
    /// <param name="correct">The number of rows whose most probable tag is the right one.</param>
    /// <returns>The sum of the sequences' losses.</returns>
    public double Apply(
        Workers workers, BatchLayout batch, Matrix scores, ReadOnlyMemory<int> tags, FieldMemory memory, out int correct)
    {
        RunSequences(workers, batch, scores, tags, memory, Answer.Gradients);
        AddEndGradients(batch, scores);
        var pairs = new PairWork { Field = this, Batch = batch, Memory = memory };
        workers.Run(ref pairs);
        AddTransitionGradients(batch, tags.Span, memory);
        correct = 0;
        foreach (int right in memory.Correct.AsSpan(0, batch.Sequences)) correct += right;
        return Total(batch, memory);
    }

    /// <summary>The sum of the sequences' losses (2) alone; the scores stay.</summary>
    public double Loss(Workers workers, BatchLayout batch, Matrix scores, ReadOnlyMemory<int> tags, FieldMemory memory)
    {
        RunSequences(workers, batch, scores, tags, memory, Answer.Loss);
        return Total(batch, memory);
    }

    /// <summary>Replaces the scores z [rows, K] by the probabilities p(y_t = j), each given the whole sequence.</summary>
    public void Probabilities(Workers workers, BatchLayout batch, Matrix scores, FieldMemory memory) =>
        RunSequences(workers, batch, scores, default, memory, Answer.Probabilities);

    private void RunSequences(
        Workers workers, BatchLayout batch, Matrix scores, ReadOnlyMemory<int> tags, FieldMemory memory, Answer answer)
    {
        int length = Workspace.RequireLength(batch.Rows, _padded);
        memory.Alpha.Reserve(length);
        memory.Next.Reserve(length);
        memory.Scales.Reserve(batch.Rows);
        memory.Scratch.Reserve((long)workers.Count * _padded);
        memory.Pairs.Reserve((long)_tags * _padded);
        memory.Losses = Workspace.Reserve(memory.Losses, batch.Sequences);
        memory.Correct = Workspace.Reserve(memory.Correct, batch.Sequences);

        LayOutTransitions(memory);
        var sequences = new SequenceWork
        {
            Field = this, Batch = batch, Scores = scores, Tags = tags, Memory = memory, Answer = answer,
        };
        workers.Run(ref sequences);
    }

    private static double Total(BatchLayout batch, FieldMemory memory)
    {
        double total = 0;
        foreach (double loss in memory.Losses.AsSpan(0, batch.Sequences)) total += loss;
        return total;
    }

    private enum Answer
    {
        Loss,
        Probabilities,
        Gradients,
    }

    private void LayOutTransitions(FieldMemory memory)
    {
        memory.Forward.Reserve((long)_tags * _padded).Clear();
        memory.Backward.Reserve((long)_tags * _padded).Clear();
        Span<float> forward = memory.Forward.Span, backward = memory.Backward.Span;
        ReadOnlySpan<float> transitions = Transitions.Value;
        for (int i = 0; i < _tags; i++)
        {
            for (int j = 0; j < _tags; j++)
            {
                forward[i * _padded + j] = transitions[i * _tags + j];
                backward[j * _padded + i] = transitions[i * _tags + j];
            }
        }
    }

    /// <summary>The sequences are dealt out; each has its own rows and its own loss.</summary>
    private struct SequenceWork : IParallelWork
    {
        public ConditionalRandomField Field;
        public BatchLayout Batch;
        public Matrix Scores;
        public ReadOnlyMemory<int> Tags;
        public FieldMemory Memory;
        public Answer Answer;

        public readonly void Execute(int part, int parts)
        {
            Span<float> scratch = Memory.Scratch.Span.Slice(part * Field._padded, Field._padded);
            for (int b = part; b < Batch.Sequences; b += parts)
            {
                double constants = Field.Forward(Batch, b, Scores, Memory, scratch);
                // Before the scores become something else.
                if (Answer != Answer.Probabilities) Memory.Losses[b] = constants - Field.ScoreOf(Batch, b, Scores, Tags.Span);
                if (Answer == Answer.Loss) continue;
                Field.Backward(Batch, b, Scores, Memory, scratch);
                if (Answer == Answer.Gradients) Memory.Correct[b] = ToGradients(Batch, b, Scores, Tags.Span);
            }
        }
    }

    /// <summary>(3) and (4) of one sequence; leaves beta_T in the scratch.</summary>
    private double Forward(BatchLayout batch, int b, Matrix scores, FieldMemory memory, Span<float> scratch)
    {
        int length = batch.Lengths[b];
        double constants = 0;
        ReadOnlySpan<float> before = default;
        for (int t = 0; t < length; t++)
        {
            int row = batch.RowStart(t) + b;
            Span<float> alpha = memory.Alpha.Span.Slice(row * _padded, _padded);
            if (t == 0) Start.Value.CopyTo(alpha); else LogSumExp(before, memory.Forward.Span, alpha);
            alpha[_tags..].Clear();
            Elementwise.Add(scores.Row(row), alpha[.._tags]);
            float constant = LogSum(alpha[.._tags], scratch);
            for (int j = 0; j < _tags; j++) alpha[j] -= constant;
            memory.Scales.Span[row] = constant;
            constants += constant;
            before = alpha;
        }

        Span<float> last = scratch[.._tags];
        End.Value.CopyTo(last);
        Elementwise.Add(before[.._tags], last);
        float end = LogSum(last, scratch);
        for (int j = 0; j < _tags; j++) scratch[j] = End.Value[j] - end;
        return constants + end;
    }

    /// <summary>(3') and the probabilities of one sequence, which take the place of its scores.</summary>
    private void Backward(BatchLayout batch, int b, Matrix scores, FieldMemory memory, Span<float> beta)
    {
        for (int t = batch.Lengths[b] - 1; t >= 0; t--)
        {
            int row = batch.RowStart(t) + b;
            Span<float> z = scores.Row(row);
            Span<float> next = memory.Next.Span.Slice(row * _padded, _padded);
            float constant = memory.Scales.Span[row];
            for (int j = 0; j < _tags; j++) next[j] = z[j] + beta[j] - constant;
            next[_tags..].Clear();

            memory.Alpha.Span.Slice(row * _padded, _tags).CopyTo(z);
            Elementwise.Add(beta[.._tags], z);
            Elementwise.Exp(z, z);
            if (t > 0) LogSumExp(next, memory.Backward.Span, beta);
        }
    }

    /// <summary>The first line of (1'), from the probabilities; returns how many words are tagged right.</summary>
    private static int ToGradients(BatchLayout batch, int b, Matrix probabilities, ReadOnlySpan<int> tags)
    {
        int correct = 0;
        float scale = 1f / batch.Rows;
        for (int t = 0; t < batch.Lengths[b]; t++)
        {
            int row = batch.RowStart(t) + b;
            Span<float> dz = probabilities.Row(row);
            if (CrossEntropy.ArgMax(dz) == tags[row]) correct++;
            dz[tags[row]] -= 1f;
            Elementwise.Scale(dz, scale);
        }

        return correct;
    }

    /// <summary>(1).</summary>
    private double ScoreOf(BatchLayout batch, int b, Matrix scores, ReadOnlySpan<int> tags)
    {
        int length = batch.Lengths[b], previous = tags[b];
        double score = Start.Value[previous] + (double)scores.Row(b)[previous];
        for (int t = 1; t < length; t++)
        {
            int row = batch.RowStart(t) + b, tag = tags[row];
            score += Transitions.Value[previous * _tags + tag] + (double)scores.Row(row)[tag];
            previous = tag;
        }

        return score + End.Value[previous];
    }

    /// <summary>a enters as the first word's scores do, e as the last one's.</summary>
    private void AddEndGradients(BatchLayout batch, Matrix dScores)
    {
        for (int b = 0; b < batch.Sequences; b++)
        {
            Elementwise.Add(dScores.Row(b), Start.Gradient);
            Elementwise.Add(dScores.Row(batch.RowStart(batch.Lengths[b] - 1) + b), End.Gradient);
        }
    }

    private void AddTransitionGradients(BatchLayout batch, ReadOnlySpan<int> tags, FieldMemory memory)
    {
        Span<float> pairs = memory.Pairs.Span;
        for (int t = 1; t < batch.Steps; t++)
        {
            int before = batch.RowStart(t - 1), row = batch.RowStart(t);
            for (int b = 0; b < batch.SequencesAt(t); b++) pairs[tags[before + b] * _padded + tags[row + b]] -= 1f;
        }

        Matrix gradient = Transitions.GradientMatrix;
        for (int i = 0; i < _tags; i++)
        {
            Elementwise.AddScaled(pairs.Slice(i * _padded, _tags), 1f / batch.Rows, gradient.Row(i));
        }
    }

    /// <summary>
    /// The expected number of times tag i is followed by j: the tags i are dealt out, and each sum runs over the rows in their
    /// order.
    /// </summary>
    private struct PairWork : IParallelWork
    {
        public ConditionalRandomField Field;
        public BatchLayout Batch;
        public FieldMemory Memory;

        public readonly void Execute(int part, int parts)
        {
            int padded = Field._padded;
            for (int i = part; i < Field._tags; i += parts)
            {
                var kernel = new PairKernel
                {
                    Batch = Batch, From = i, Padded = padded, Alpha = Memory.Alpha.Span, Next = Memory.Next.Span,
                    Transitions = Memory.Forward.Span.Slice(i * padded, padded),
                    Sums = Memory.Pairs.Span.Slice(i * padded, padded),
                };
                VectorLoop.Run(ref kernel, padded);
            }
        }
    }

    private ref struct PairKernel : IVectorKernel
    {
        public BatchLayout Batch;
        public int From, Padded;
        public ReadOnlySpan<float> Alpha, Next, Transitions;
        public Span<float> Sums;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector transitions = Lanes<TWidth, TVector, TReach>.Load(Transitions, j, left), sum = TWidth.Create(0f);
            for (int t = 1; t < Batch.Steps; t++)
            {
                int before = Batch.RowStart(t - 1), row = Batch.RowStart(t), count = Batch.SequencesAt(t);
                for (int b = 0; b < count; b++)
                {
                    TVector next = Lanes<TWidth, TVector, TReach>.Load(Next, (row + b) * Padded + j, left);
                    TVector pair = TWidth.Add(TWidth.Create(Alpha[(before + b) * Padded + From]), TWidth.Add(transitions, next));
                    sum = TWidth.Add(sum, VectorMath<TWidth, TVector>.Exp(pair));
                }
            }

            Lanes<TWidth, TVector, TReach>.Store(sum, Sums, j, left);
        }
    }

    /// <summary>ln sum_j exp(values_j); the scratch is overwritten, and may hold the values themselves.</summary>
    private static float LogSum(ReadOnlySpan<float> values, Span<float> scratch) =>
        Softmax.Apply(values, scratch[..values.Length]);

    /// <summary>result_j = ln sum_i exp(source_i + matrix_(i,j)) for all columns j, the padding included.</summary>
    private void LogSumExp(ReadOnlySpan<float> source, ReadOnlySpan<float> matrix, Span<float> result)
    {
        var kernel = new LogSumExpKernel { Source = source[.._tags], Matrix = matrix, Padded = _padded, Result = result };
        VectorLoop.Run(ref kernel, _padded);
    }

    private ref struct LogSumExpKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Source, Matrix;
        public int Padded;
        public Span<float> Result;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector largest = Term<TWidth, TVector, TReach>(0, j, left);
            for (int i = 1; i < Source.Length; i++)
            {
                TVector term = Term<TWidth, TVector, TReach>(i, j, left);
                largest = TWidth.SelectGreater(term, largest, term, largest);
            }

            TVector sum = TWidth.Create(0f);
            for (int i = 0; i < Source.Length; i++)
            {
                TVector term = TWidth.Subtract(Term<TWidth, TVector, TReach>(i, j, left), largest);
                sum = TWidth.Add(sum, VectorMath<TWidth, TVector>.Exp(term));
            }

            Lanes<TWidth, TVector, TReach>.Store(TWidth.Add(largest, VectorMath<TWidth, TVector>.Log(sum)), Result, j, left);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly TVector Term<TWidth, TVector, TReach>(int i, int j, int left)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
            where TReach : struct, IReach =>
            TWidth.Add(TWidth.Create(Source[i]), Lanes<TWidth, TVector, TReach>.Load(Matrix, i * Padded + j, left));
    }
}
