namespace Recurant.Tasks;

/// <summary>Translates texts and scores translations, sentences of like lengths side by side.</summary>
internal sealed class TranslatorScorer
{
    private const int Batch = 64, PairsOfPart = 256;

    private readonly TranslatorModel _model;
    private readonly Workers _workers;
    private readonly TranslatorMemory _memory;
    private readonly TranslationBatch _batch = new();
    private readonly BeamSearch _search;

    public TranslatorScorer(TranslatorModel model, Workers workers)
    {
        _model = model;
        _workers = workers;
        _memory = model.Network.CreateMemory();
        _search = new BeamSearch(model.Network, workers, _memory);
    }

    /// <summary>The best hypotheses of each text.</summary>
    public Hypothesis[][] Search(
        IReadOnlyList<string> sources, int beam, bool keepsAttention, CancellationToken cancellation = default)
    {
        int[][] encoded = [.. sources.Select(_model.Read)];
        return _search.Search(encoded, OptionsOf(beam, keepsAttention), cancellation);
    }

    /// <summary>The best translation of each text.</summary>
    public string[] Translate(IReadOnlyList<string> sources, int beam, CancellationToken cancellation = default)
    {
        Hypothesis[][] found = Search(sources, beam, keepsAttention: _model.Target.Unknown >= 0, cancellation);
        var texts = new string[found.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = _model.TextOf(found[i][0], sources[i]);
        }

        return texts;
    }

    /// <summary>
    /// Translates and compares, part by part, each of which is spread over all pairs; the loss is that of a piece, and of all pairs.
    /// </summary>
    /// <param name="phase">What it is called, such as "validating".</param>
    /// <param name="data">The pairs.</param>
    /// <param name="beam">The hypotheses that are followed.</param>
    /// <param name="work">Told of every part; may end it after one.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public TranslatorEvaluation Evaluate(
        string phase, PairDataset data, int beam, PhaseWork work, CancellationToken cancellation = default)
    {
        int parts = Math.Max(1, (data.Count + PairsOfPart - 1) / PairsOfPart), done = 0;
        work.Tell(phase, 0, data.Count);
        double loss = Loss(
            TokenRows.Of(data.Pairs.Select(pair => _model.Source.Encode(pair.Source))),
            TokenRows.Of(data.Pairs.Select(pair => _model.Target.Encode(pair.Target))), cancellation);
        string[] sources = [.. data.Pairs.Select(pair => pair.Source)], expected = [.. data.Pairs.Select(pair => pair.Target)];
        var found = new string?[data.Count];
        // Without finite answers there is nothing to translate with; the loss says so.
        if (!double.IsFinite(loss)) (parts, found) = (0, Array.ConvertAll(expected, _ => (string?)""));
        for (int part = 0; part < parts && data.Count > 0; part++)
        {
            work.Tell(phase, done, data.Count);
            if (part > 0 && work.IsLate) break;
            int[] rows = [.. Enumerable.Range(0, data.Count).Where(row => row % parts == part)];
            string[] texts = Translate(Array.ConvertAll(rows, row => sources[row]), beam, cancellation);
            for (int i = 0; i < rows.Length; i++) found[rows[i]] = texts[i];
            done += rows.Length;
        }

        work.Tell(phase, data.Count, data.Count);
        int[] scored = [.. Enumerable.Range(0, data.Count).Where(row => found[row] is not null)];
        return TranslatorEvaluation.Of(
            Array.ConvertAll(scored, row => sources[row]), Array.ConvertAll(scored, row => found[row]!),
            Array.ConvertAll(scored, row => expected[row]), loss);
    }

    private double Loss(TokenRows sources, TokenRows targets, CancellationToken cancellation)
    {
        int[] order = [.. Enumerable.Range(0, targets.Count).OrderBy(targets.LengthOf).ThenBy(sources.LengthOf)];
        double loss = 0;
        long words = 0;
        for (int start = 0; start < order.Length; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            _batch.Fill(sources, targets, order.AsSpan(start, Math.Min(Batch, order.Length - start)), _model.Network.Mark);
            loss += _model.Network.Loss(_workers, _batch, _memory, learns: false, null, 0, out _);
            words += _batch.Target.Rows;
        }

        return loss / Math.Max(1, words);
    }

    private SearchOptions OptionsOf(int beam, bool keepsAttention) =>
        new() { Beam = beam, KeepsAttention = keepsAttention, Kept = _model.Kept };
}
