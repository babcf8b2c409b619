namespace Recurant.Heads;

/// <summary>
/// Direct connections from words and pairs of neighbouring words to the output, past the recurrent layers: a maximum
/// entropy model trained together with the network (Mikolov et al. 2011, "Strategies for training large scale neural
/// network language models", section 5). What single words say is learnt here quickly; the recurrent layers are left with what
/// their order says.
/// <code>
/// (1) z += (1 / sqrt(2T + 1)) (sum_t D[w_t] + sum_t D[V + hash(w_(t-1), w_t)])
/// </code>
/// Pairs share a fixed number of rows through a hash; a collision adds two pairs' weights together.
/// </summary>
internal sealed class DirectConnections
{
    private readonly int _words, _buckets, _classes;

    public DirectConnections(int words, int buckets, int classes)
    {
        _words = words;
        _buckets = buckets;
        _classes = classes;
        Weights = new Parameter("direct.weight", words + buckets, classes)
        {
            IsStoredTransposed = true,
            Touched = new TouchedRows(words + buckets),
            LearningRateFactor = 4f,
        };
    }

    /// <summary>D [V + buckets, C].</summary>
    public Parameter Weights { get; }

    /// <summary>Adds the share of the words and pairs to the logits [B, C].</summary>
    public void Forward(BatchLayout batch, Matrix logits)
    {
        // On the stack, whatever the number of classes: a few of them at a time.
        Span<float> room = stackalloc float[Math.Min(_classes, 256)];
        for (int b = 0; b < batch.Sequences; b++)
        {
            float scale = Scale(batch.Lengths[b]);
            Span<float> row = logits.Row(b);
            for (int first = 0; first < _classes; first += room.Length)
            {
                Span<float> sum = room[..Math.Min(room.Length, _classes - first)];
                Sum(batch, b, first, sum);
                for (int j = 0; j < sum.Length; j++) row[first + j] = MathF.FusedMultiplyAdd(sum[j], scale, row[first + j]);
            }
        }
    }

    /// <summary>The sums of sequence b for the classes first, first + 1, ...</summary>
    private void Sum(BatchLayout batch, int b, int first, Span<float> sum)
    {
        Matrix weights = Weights.Matrix;
        sum.Clear();
        int previous = -1;
        for (int t = 0; t < batch.Lengths[b]; t++)
        {
            int word = batch.Tokens[batch.RowStart(t) + b];
            Add(weights.Row(word).Slice(first, sum.Length), sum);
            Add(weights.Row(Pair(previous, word)).Slice(first, sum.Length), sum);
            previous = word;
        }

        Add(weights.Row(Pair(previous, -1)).Slice(first, sum.Length), sum);
    }

    /// <summary>dD of every feature += its share of dz.</summary>
    public void Backward(BatchLayout batch, Matrix dLogits)
    {
        for (int b = 0; b < batch.Sequences; b++)
        {
            ReadOnlySpan<float> row = dLogits.Row(b);
            float scale = Scale(batch.Lengths[b]);
            int previous = -1;
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                int word = batch.Tokens[batch.RowStart(t) + b];
                AddGradient(word, row, scale);
                AddGradient(Pair(previous, word), row, scale);
                previous = word;
            }

            AddGradient(Pair(previous, -1), row, scale);
        }
    }

    /// <summary>1 / sqrt(2T + 1).</summary>
    public static float Scale(int length) => 1f / MathF.Sqrt(2 * length + 1);

    private static void Add(ReadOnlySpan<float> feature, Span<float> sum)
    {
        for (int j = 0; j < feature.Length; j++) sum[j] += feature[j];
    }

    private void AddGradient(int feature, ReadOnlySpan<float> row, float scale)
    {
        Weights.Touched!.Add(feature);
        Span<float> gradient = Weights.GradientMatrix.Row(feature);
        for (int j = 0; j < gradient.Length; j++) gradient[j] = MathF.FusedMultiplyAdd(row[j], scale, gradient[j]);
    }

    /// <summary>
    /// The row of a pair of neighbours; -1 stands for the edge of the text. A multiplicative hash of both numbers.
    /// </summary>
    public int Pair(int first, int second)
    {
        ulong hash = ((ulong)(uint)(first + 1) << 32 | (uint)(second + 1)) * 0x9E3779B97F4A7C15ul;
        hash ^= hash >> 29;
        hash *= 0xBF58476D1CE4E5B9ul;
        return _words + (int)((hash >> 33) % (uint)_buckets);
    }
}
