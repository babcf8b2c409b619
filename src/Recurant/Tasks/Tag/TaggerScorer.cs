namespace Recurant.Tasks;

/// <summary>Runs a tagger forward over many encoded sentences, in batches of similar length.</summary>
/// <param name="model">The model.</param>
/// <param name="workers">The threads.</param>
/// <param name="memory">Memory to work in, such as that of a training run; made when left out.</param>
internal sealed class TaggerScorer(TaggerModel model, Workers workers, TaggerMemory? memory = null)
{
    /// <summary>A batch has at most so many sentences and not many more words than this: its memory stays small.</summary>
    private const int MostSentences = 128, MostWords = 4096;

    private const int SentencesOfPart = 8192;

    private readonly TaggerMemory _memory = memory ?? model.Network.CreateMemory();
    private readonly BatchLayout _batch = new();
    private readonly TagDecoder _decoder = new(
        model.Spec.Tags, model.Network.Field, model.Spec.Constrained ? TagConstraints.Of(model.Tags) : null);

    private int[] _found = [], _right = [];

    /// <summary>The number of the tag of every word of every sentence. The batching does not change them.</summary>
    /// <param name="forms">The forms that the sentences' numbers speak of.</param>
    /// <param name="sentences">Encoded sentences; an empty one gets no tags.</param>
    /// <param name="probabilities">If given, gets the probability of each tag given.</param>
    /// <param name="right">The numbers of the right tags, below zero where the model does not know one; for losses.</param>
    /// <param name="losses">If given with them, gets -ln p(right tags) of each sentence; 0 where one is unknown.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public int[][] Tag(
        WordForms forms, IReadOnlyList<int[]> sentences, float[][]? probabilities = null, IReadOnlyList<int[]>? right = null,
        double[]? losses = null, CancellationToken cancellation = default)
    {
        var tags = new int[sentences.Count][];
        Array.Fill(tags, []);
        if (probabilities is not null) Array.Fill(probabilities, []);
        RunBatches(forms, sentences, cancellation, (scores, chosen) =>
        {
            _decoder.Decode(workers, _batch, scores, _found);
            if (right is not null && losses is not null) AddLosses(chosen, right, losses);
            if (probabilities is not null) ToProbabilities(scores);
            for (int b = 0; b < chosen.Count; b++)
            {
                int sentence = chosen[_batch.Order[b]];
                tags[sentence] = new int[_batch.Lengths[b]];
                if (probabilities is not null) probabilities[sentence] = new float[_batch.Lengths[b]];
                for (int t = 0; t < tags[sentence].Length; t++)
                {
                    int row = _batch.RowStart(t) + b;
                    tags[sentence][t] = _found[row];
                    if (probabilities is not null) probabilities[sentence][t] = scores.Row(row)[_found[row]];
                }
            }
        });
        return tags;
    }

    /// <summary>The probabilities [T, K] of every tag of every word of each sentence, given the whole sentence.</summary>
    /// <param name="forms">The forms that the sentences' numbers speak of.</param>
    /// <param name="sentences">Encoded sentences.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public float[][] Marginals(WordForms forms, IReadOnlyList<int[]> sentences, CancellationToken cancellation = default)
    {
        var marginals = new float[sentences.Count][];
        Array.Fill(marginals, []);
        int tags = model.Spec.Tags;
        RunBatches(forms, sentences, cancellation, (scores, chosen) =>
        {
            ToProbabilities(scores);
            for (int b = 0; b < chosen.Count; b++)
            {
                float[] all = marginals[chosen[_batch.Order[b]]] = new float[Workspace.RequireLength(_batch.Lengths[b], tags)];
                for (int t = 0; t < _batch.Lengths[b]; t++)
                {
                    scores.Row(_batch.RowStart(t) + b).CopyTo(all.AsSpan(t * tags, tags));
                }
            }
        });
        return marginals;
    }

    /// <summary>
    /// Scores the model on tagged sentences, part by part: neither the encoded sentences nor their tags are in memory together,
    /// and each part is spread over all sentences.
    /// </summary>
    /// <param name="phase">What it is called, such as "validating".</param>
    /// <param name="data">The sentences with their right tags.</param>
    /// <param name="forms">The forms that the sentences' numbers speak of.</param>
    /// <param name="encode">A sentence, encoded.</param>
    /// <param name="work">Told of every part; may end it after one.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public TaggerEvaluation Evaluate(
        string phase, TaggedDataset data, WordForms forms, Func<int, int[]> encode, PhaseWork work,
        CancellationToken cancellation = default)
    {
        var losses = new double[data.Count];
        var score = new TagScore(model.Tags);
        long words = 0;
        foreach (int[] rows in RowParts.Of(phase, data.Count, SentencesOfPart, work))
        {
            TaggedSentence[] sentences = Array.ConvertAll(rows, row => data.Sentences[row]);
            int[][] encoded = Array.ConvertAll(rows, row => encode(row));
            int[][] right = Array.ConvertAll(sentences, sentence => model.NumbersOf(sentence.Tags));
            var ofPart = new double[rows.Length];
            int[][] tags = Tag(forms, encoded, null, right, ofPart, cancellation);
            for (int i = 0; i < rows.Length; i++)
            {
                int[] sentence = encoded[i];
                string[] found = [.. tags[i].Select(tag => model.Tags[tag])];
                score.Add(sentences[i].Tags, found, t => forms.WordOf(sentence[t]) == Vocabulary.Unknown);
                losses[rows[i]] = ofPart[i];
                if (IsKnown(right[i])) words += right[i].Length;
            }
        }

        double loss = 0;
        foreach (double each in losses) loss += each; // in the order of the sentences, however they were divided
        return score.ToEvaluation(loss / Math.Max(1, words));
    }

    private void AddLosses(ArraySegment<int> chosen, IReadOnlyList<int[]> right, double[] losses)
    {
        _right = Workspace.Reserve(_right, _batch.Rows);
        for (int b = 0; b < chosen.Count; b++)
        {
            int[] tags = right[chosen[_batch.Order[b]]];
            for (int t = 0; t < tags.Length; t++) _right[_batch.RowStart(t) + b] = Math.Max(0, tags[t]);
        }

        model.Network.SequenceLosses(workers, _batch, _right, _memory);
        for (int b = 0; b < chosen.Count; b++)
        {
            int sentence = chosen[_batch.Order[b]];
            losses[sentence] = IsKnown(right[sentence]) ? _memory.Field.Losses[b] : 0;
        }
    }

    private static bool IsKnown(int[] tags) => tags.AsSpan().IndexOfAnyInRange(int.MinValue, -1) < 0;

    private void RunBatches(
        WordForms forms, IReadOnlyList<int[]> sentences, CancellationToken cancellation, Action<Matrix, ArraySegment<int>> use)
    {
        foreach (ArraySegment<int> chosen in LengthBatches.Of(sentences, MostSentences, MostWords))
        {
            cancellation.ThrowIfCancellationRequested();
            _batch.Fill(sentences, chosen);
            _found = Workspace.Reserve(_found, _batch.Rows);
            _memory.KeepsHistory = false;
            try
            {
                use(model.Network.Forward(workers, _batch, forms, _memory, dropout: null), chosen);
            }
            finally
            {
                _memory.KeepsHistory = true;
            }
        }
    }

    private void ToProbabilities(Matrix scores)
    {
        if (model.Network.Field is { } field)
        {
            field.Probabilities(workers, _batch, scores, _memory.Field);
            return;
        }

        for (int row = 0; row < scores.Rows; row++) Softmax.Apply(scores.Row(row), scores.Row(row));
    }
}
