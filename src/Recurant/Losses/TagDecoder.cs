namespace Recurant.Losses;

/// <summary>
/// The best sequence of tags: that with the largest score (1) of <see cref="ConditionalRandomField"/>, found by going forward
/// with the best score of each tag and back along the choices (Viterbi 1967).
/// <code>
/// (1) d_(t,j) = z_(t,j) + max_i (d_(t-1,i) + A_(i,j))       d_1 = a + z_1
/// (2) y_T = argmax_j (d_(T,j) + e_j),  y_(t-1) = the i that won for y_t
/// </code>
/// Without a random field A, a and e are zero; forbidden steps take <see cref="Forbidden"/>, so that a path there is always one.
/// The sums d grow with the sentence, so they are kept in double: in float a thousand words of scores near 10 leave no digits
/// for the differences that decide.
/// </summary>
internal sealed class TagDecoder
{
    /// <summary>The score of a step that must not be; finite, so that the least wrong path wins where all are.</summary>
    public const double Forbidden = -1e9;

    private readonly int _tags;
    private readonly ConditionalRandomField? _field;
    private readonly TagConstraints? _constraints;
    private double[] _start = [], _end = [], _transitions = [], _best = [];
    private int[] _winners = [];
    private int _version = -1;

    public TagDecoder(int tags, ConditionalRandomField? field, TagConstraints? constraints)
    {
        (_tags, _field, _constraints) = (tags, field, constraints);
    }

    /// <summary>Writes the tag of each row of a batch, in the batch's order of rows.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The layout of the rows.</param>
    /// <param name="scores">z [rows, K].</param>
    /// <param name="tags">[rows], written.</param>
    public void Decode(Workers workers, BatchLayout batch, Matrix scores, Memory<int> tags)
    {
        if (_field is null && _constraints is null)
        {
            for (int row = 0; row < batch.Rows; row++) tags.Span[row] = CrossEntropy.ArgMax(scores.Row(row));
            return;
        }

        LayOut();
        _winners = Workspace.Reserve(_winners, (long)batch.Rows * _tags);
        _best = Workspace.Reserve(_best, 2L * workers.Count * _tags);
        var work = new Work { Decoder = this, Batch = batch, Scores = scores, Tags = tags };
        workers.Run(ref work);
    }

    /// <summary>Scores and constraints in one, anew whenever the scores have been learnt on.</summary>
    private void LayOut()
    {
        int version = _field is { } field ? field.Start.Version + field.End.Version + field.Transitions.Version : 0;
        if (version == _version) return;
        _version = version;
        (_start, _end, _transitions) = (new double[_tags], new double[_tags], new double[Workspace.RequireLength(_tags, _tags)]);
        for (int i = 0; i < _tags; i++)
        {
            _start[i] = Score(_field?.Start.Value[i], _constraints?.MayStart(i));
            _end[i] = Score(_field?.End.Value[i], _constraints?.MayEnd(i));
            for (int j = 0; j < _tags; j++)
            {
                // Column by column: the search for the best i reads them one after another.
                _transitions[j * _tags + i] = Score(_field?.Transitions.Value[i * _tags + j], _constraints?.MayFollow(i, j));
            }
        }
    }

    private static double Score(float? learnt, bool? allowed) => allowed == false ? Forbidden : learnt ?? 0.0;

    private void Decode(BatchLayout batch, int b, Matrix scores, Span<int> tags, Span<double> best, Span<double> before)
    {
        int length = batch.Lengths[b];
        for (int j = 0; j < _tags; j++) best[j] = _start[j] + scores.Row(b)[j];
        for (int t = 1; t < length; t++)
        {
            int row = batch.RowStart(t) + b;
            ReadOnlySpan<float> z = scores.Row(row);
            Span<double> previous = best;
            best = before;
            before = previous;
            for (int j = 0; j < _tags; j++)
            {
                ReadOnlySpan<double> into = _transitions.AsSpan(j * _tags, _tags);
                int winner = 0;
                double largest = previous[0] + into[0];
                for (int i = 1; i < into.Length; i++)
                {
                    double score = previous[i] + into[i];
                    if (score > largest) (winner, largest) = (i, score);
                }

                best[j] = z[j] + largest;
                _winners[row * _tags + j] = winner;
            }
        }

        for (int j = 0; j < _tags; j++) best[j] += _end[j];
        int tag = 0;
        for (int j = 1; j < _tags; j++) if (best[j] > best[tag]) tag = j;
        for (int t = length - 1; t >= 0; t--)
        {
            int row = batch.RowStart(t) + b;
            tags[row] = tag;
            if (t > 0) tag = _winners[row * _tags + tag];
        }
    }

    private struct Work : IParallelWork
    {
        public TagDecoder Decoder;
        public BatchLayout Batch;
        public Matrix Scores;
        public Memory<int> Tags;

        public readonly void Execute(int part, int parts)
        {
            int tags = Decoder._tags;
            Span<double> best = Decoder._best.AsSpan(2 * part * tags, tags);
            Span<double> before = Decoder._best.AsSpan((2 * part + 1) * tags, tags);
            for (int b = part; b < Batch.Sequences; b += parts) Decoder.Decode(Batch, b, Scores, Tags.Span, best, before);
        }
    }
}
