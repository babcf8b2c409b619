namespace Recurant.Heads;

/// <summary>How a decoder searches.</summary>
internal sealed record SearchOptions
{
    /// <summary>K, the hypotheses that are followed; 1 takes the most probable word each time. Default: 5.</summary>
    public int Beam { get; init; } = 5;

    /// <summary>A beam as it is, if it is one.</summary>
    /// <exception cref="ArgumentException">It is below 1 or above 100.</exception>
    public static int RequireBeam(int beam, string property) => beam is >= 1 and <= 100
        ? beam : throw new ArgumentException($"{property} is {beam}; it must be 1 to 100.", property);

    /// <summary>a: a hypothesis of n words is worth log p / n^a; 0 for none. Default: 1.</summary>
    public double LengthExponent { get; init; } = 1;

    /// <summary>The most words, as a multiple of the source's steps. Default: 2.</summary>
    public double MostWordsPerStep { get; init; } = 2;

    /// <summary>Words beside that multiple. Default: 20.</summary>
    public int MoreWords { get; init; } = 20;

    /// <summary>The sentences that are searched side by side. Default: 32.</summary>
    public int Sentences { get; init; } = 32;

    /// <summary>Whether to keep what was attended to. Default: no.</summary>
    public bool KeepsAttention { get; init; }

    /// <summary>
    /// For each target word the number of the mark it must keep, such as a placeholder; -1 for an ordinary word. Null for none.
    /// </summary>
    public KeptWords? Kept { get; init; }
}

/// <summary>
/// Finds a target for each source: beam search, all hypotheses of several sentences side by side. What is found does not depend
/// on which sentences share a batch.
/// <code>
/// (1) log p(y_1 .. y_n) = sum_t log softmax(z_t)[y_t]
/// (2) score = log p / n^a, the end mark counted
/// </code>
/// A hypothesis that has ended leaves its place; the search of a sentence is over when K have ended, or none that is left can
/// still overtake the best, or at the greatest length.
/// Source for (2): Bahdanau, Cho and Bengio 2015 with a = 1.
/// </summary>
internal sealed class BeamSearch
{
    private readonly TranslatorNetwork _network;
    private readonly Workers _workers;
    private readonly TranslatorMemory _memory;
    private readonly BatchLayout _batch = new();
    private readonly RowStore _states = new();
    private int[] _rows = [], _sourceOf = [], _ones = [], _best = [];
    private float[] _bestLogs = [];

    public BeamSearch(TranslatorNetwork network, Workers workers, TranslatorMemory? memory = null)
    {
        _network = network;
        _workers = workers;
        _memory = memory ?? network.CreateMemory();
    }

    /// <summary>The best targets of each source, the best first; sources end with the end mark.</summary>
    public Hypothesis[][] Search(
        IReadOnlyList<int[]> sources, SearchOptions options, CancellationToken cancellation = default)
    {
        var batch = new TranslationBatch();
        int[] order = [.. Enumerable.Range(0, sources.Count).OrderBy(i => sources[i].Length)];
        return Search(sources.Count, order, options, cancellation, chosen =>
        {
            batch.Source.Fill(sources, chosen);
            return batch;
        });
    }

    /// <summary>The same for sources that are vectors.</summary>
    public Hypothesis[][] Search(
        IVectorSource sources, int count, SearchOptions options, CancellationToken cancellation = default)
    {
        var batch = new TranslationBatch();
        int[] order = [.. Enumerable.Range(0, count).OrderBy(sources.Steps)];
        return Search(count, order, options, cancellation, chosen =>
        {
            batch.FillVectors(_workers, sources, _network.Spec.SourceVectorSize, chosen, chosen.Length);
            return batch;
        });
    }

    private Hypothesis[][] Search(
        int count, int[] order, SearchOptions options, CancellationToken cancellation, Func<int[], TranslationBatch> fill)
    {
        var results = new Hypothesis[count][];
        for (int start = 0; start < count; start += options.Sentences)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] chosen = order[start..Math.Min(count, start + options.Sentences)];
            TranslationBatch batch = fill(chosen);
            Sentence[] sentences = SearchBatch(batch, options, cancellation);
            for (int b = 0; b < sentences.Length; b++) results[chosen[batch.Source.Order[b]]] = sentences[b].Results(options);
        }

        return results;
    }

    private Sentence[] SearchBatch(TranslationBatch batch, SearchOptions options, CancellationToken cancellation)
    {
        BatchLayout source = batch.Source;
        Matrix states = _network.Encoder.Forward(_workers, source, batch.Vectors, _memory.Encoder, keepsHistory: false, null);
        _network.Decoder.Attention.Prepare(_workers, states, _memory.Decoder.Attention);
        var sentences = new Sentence[source.Sequences];
        // One more than the beam: the end mark may be among the best and leaves its place. There are no more than all words.
        int candidates = Math.Min(options.Beam + 1, _network.Output.Words);
        for (int b = 0; b < sentences.Length; b++)
        {
            sentences[b] = new Sentence(b, source, options, _network.Mark, candidates);
        }

        Matrix before = _memory.Encoder.Start.Rows(source.Sequences);
        for (int step = 0; ; step++)
        {
            int rows = 0;
            foreach (Sentence sentence in sentences) rows += sentence.IsOver ? 0 : sentence.Open.Count;
            if (rows == 0) return sentences;
            cancellation.ThrowIfCancellationRequested();
            Matrix after = Step(sentences, source, states, before, rows, isFirst: step == 0, options);
            int row = 0;
            foreach (Sentence sentence in sentences)
            {
                if (sentence.IsOver) continue;
                int open = sentence.Open.Count;
                sentence.Advance(
                    _best.AsSpan(row * sentence.Candidates, open * sentence.Candidates),
                    _bestLogs.AsSpan(row * sentence.Candidates, open * sentence.Candidates), row, step,
                    options.KeepsAttention ? AttentionOf : null);
                row += open;
            }

            before = after;
        }
    }

    private float[] AttentionOf(int row, int length) => _memory.Decoder.Attention.Weights.Row(row)[..length].ToArray();

    /// <summary>One step of all open hypotheses: their best next words stand in _best. Returns their states [n, S].</summary>
    private Matrix Step(
        Sentence[] sentences, BatchLayout source, Matrix states, Matrix before, int rows, bool isFirst, SearchOptions options)
    {
        _rows = Workspace.Reserve(_rows, rows);
        _sourceOf = Workspace.Reserve(_sourceOf, rows);
        _ones = Workspace.Reserve(_ones, rows);
        _ones.AsSpan(0, rows).Fill(1);
        _batch.Fill(_ones.AsSpan(0, rows));
        int row = 0;
        foreach (Sentence sentence in sentences)
        {
            if (sentence.IsOver) continue;
            foreach (OpenHypothesis open in sentence.Open)
            {
                (_rows[row], _sourceOf[row], _batch.Tokens[row]) = (open.Row, sentence.Source, open.Word);
                row++;
            }
        }

        var pairs = new Layers.SequencePairs(source, _batch, _sourceOf.AsMemory(0, rows));
        _network.Decoder.SetStates(before, _rows.AsSpan(0, rows), _memory.Decoder, continues: !isFirst);
        Matrix result = _network.Decoder.Forward(_workers, pairs, states, _memory.Decoder, keepsHistory: true, null);
        Matrix after = _states.Reserve(rows, _network.Decoder.StateSize).Rows(rows);
        _network.Decoder.GetStates(after, _memory.Decoder);
        Matrix logits = _network.Output.Forward(_workers, result, _memory.Output);
        int candidates = sentences[0].Candidates;
        _best = Workspace.Reserve(_best, (long)rows * candidates);
        _bestLogs = Workspace.Reserve(_bestLogs, (long)rows * candidates);
        if (options.Kept is { } kept) Forbid(sentences, logits, kept);
        var work = new BestWork { Logits = logits, Count = candidates, Best = _best, Logs = _bestLogs };
        _workers.Run(ref work);
        return after;
    }

    private void Forbid(Sentence[] sentences, Matrix logits, KeptWords kept)
    {
        int row = 0;
        foreach (Sentence sentence in sentences)
        {
            if (sentence.IsOver) continue;
            foreach (OpenHypothesis open in sentence.Open)
            {
                kept.Forbid(sentence.SourceWords, open, logits.Row(row++), _network.Mark);
            }
        }
    }

    /// <summary>The greatest logits of each row, as log probabilities; rows are dealt out.</summary>
    private struct BestWork : IParallelWork
    {
        public Matrix Logits;
        public int Count;
        public int[] Best;
        public float[] Logs;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Logits.Rows, part, parts);
            for (int row = first; row < last; row++)
            {
                Span<float> z = Logits.Row(row), logs = Logs.AsSpan(row * Count, Count);
                Span<int> best = Best.AsSpan(row * Count, Count);
                Greatest(z, best, logs);
                float logSum = LogSoftmax.Exponentials(z, out _, out _);
                foreach (ref float log in logs) log -= logSum;
            }
        }

        /// <summary>The greatest elements in falling order, of equals the first one first.</summary>
        private static void Greatest(ReadOnlySpan<float> z, Span<int> best, Span<float> values)
        {
            int count = 0;
            for (int j = 0; j < z.Length; j++)
            {
                float value = z[j];
                if (count == best.Length && !(value > values[^1])) continue;
                int place = count < best.Length ? count++ : count - 1;
                for (; place > 0 && value > values[place - 1]; place--)
                {
                    (values[place], best[place]) = (values[place - 1], best[place - 1]);
                }

                (values[place], best[place]) = (value, j);
            }
        }
    }

    /// <summary>The search of one sentence.</summary>
    private sealed class Sentence
    {
        private readonly SearchOptions _options;
        private readonly int _mark, _longest, _length;
        private readonly List<Hypothesis> _ended = [];

        public Sentence(int source, BatchLayout batch, SearchOptions options, int mark, int candidates)
        {
            Candidates = candidates;
            (Source, _options, _mark) = (source, options, mark);
            _length = batch.Lengths[source];
            _longest = (int)(options.MostWordsPerStep * _length) + options.MoreWords;
            Open = [new OpenHypothesis { Row = source, Word = mark }];
            SourceWords = new int[_length];
            for (int s = 0; s < _length; s++) SourceWords[s] = batch.Tokens[batch.RowStart(s) + source];
        }

        public int Source { get; }

        public int[] SourceWords { get; }

        public List<OpenHypothesis> Open { get; private set; }

        public bool IsOver { get; private set; }

        /// <summary>The next words that are considered of each open hypothesis.</summary>
        public int Candidates { get; }

        /// <summary>Takes the best next words of all open hypotheses, whose rows begin at the one given.</summary>
        public void Advance(
            ReadOnlySpan<int> best, ReadOnlySpan<float> logs, int firstRow, int step, Func<int, int, float[]>? attentionOf)
        {
            var next = new List<OpenHypothesis>(_options.Beam);
            Span<int> used = stackalloc int[Open.Count];
            used.Clear();
            for (int taken = 0; next.Count < _options.Beam && taken < Open.Count * Candidates; taken++)
            {
                // Each hypothesis' words come in falling order: the best of their heads is the best of all.
                int from = -1;
                double greatest = double.NegativeInfinity;
                for (int i = 0; i < Open.Count; i++)
                {
                    if (used[i] == Candidates) continue;
                    double log = Open[i].LogProbability + logs[i * Candidates + used[i]];
                    if (log > greatest) (from, greatest) = (i, log);
                }

                if (from < 0) break;
                int word = best[from * Candidates + used[from]++];
                var grown = new OpenHypothesis
                {
                    Row = firstRow + from, Word = word, LogProbability = greatest, Before = Open[from], Length = step + 1,
                    Attention = attentionOf?.Invoke(firstRow + from, _length),
                };
                if (word == _mark) End(grown, isEnded: true); else next.Add(grown);
                if (word == _mark && _options.Beam == 1) break;
            }

            Open = next;
            IsOver = next.Count == 0 || _ended.Count >= _options.Beam || step + 1 >= _longest;
            if (!IsOver || _ended.Count > 0) return;
            foreach (OpenHypothesis open in next) End(open, isEnded: false);
        }

        /// <exception cref="InvalidDataException">No word had a probability: the scores are not numbers.</exception>
        public Hypothesis[] Results(SearchOptions options) => _ended.Count == 0
            ? throw Answers.NotFinite()
            : [.. _ended.OrderByDescending(found => found.Score).Take(options.Beam)];

        private void End(OpenHypothesis last, bool isEnded)
        {
            int words = last.Length - (isEnded ? 1 : 0);
            var result = new int[words];
            var attention = last.Attention is null ? [] : new float[last.Length][];
            OpenHypothesis? node = last;
            for (int i = last.Length - 1; i >= 0; i--, node = node!.Before)
            {
                if (i < words) result[i] = node!.Word;
                if (attention.Length > 0) attention[i] = node!.Attention!;
            }

            double score = last.LogProbability / Math.Pow(last.Length, _options.LengthExponent);                // (2)
            _ended.Add(new Hypothesis(result, last.LogProbability, score, isEnded, attention));
        }
    }
}
