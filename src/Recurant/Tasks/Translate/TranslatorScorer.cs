namespace Recurant.Tasks;

/// <summary>Translates texts and scores translations, sentences of like lengths side by side.</summary>
internal sealed class TranslatorScorer(TranslatorModel model, Workers workers) : DecoderScorer(model.Network, workers)
{
    private const int PairsOfPart = 256;

    protected override int Batch => 64;

    /// <summary>The best hypotheses of each text.</summary>
    public Hypothesis[][] Find(
        IReadOnlyList<string> sources, int beam, bool keepsAttention, CancellationToken cancellation = default)
    {
        var read = new int[sources.Count][];
        for (int i = 0; i < read.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            read[i] = model.Read(sources[i]);
        }

        var options = new SearchOptions { Beam = beam, KeepsAttention = keepsAttention, Kept = model.Kept };
        return Search.Search(read, options, cancellation);
    }

    /// <summary>The best translation of each text.</summary>
    public string[] Translate(IReadOnlyList<string> sources, int beam, CancellationToken cancellation = default)
    {
        Hypothesis[][] found = Find(sources, beam, keepsAttention: model.Target.Unknown >= 0, cancellation);
        var texts = new string[found.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = model.TextOf(found[i][0], sources[i]);
        }

        return texts;
    }

    /// <summary>
    /// Translates and compares, part by part, each of which is spread over all pairs; the loss is that of a piece, and of all
    /// pairs.
    /// </summary>
    /// <param name="phase">What it is called, such as "validating".</param>
    /// <param name="data">The pairs.</param>
    /// <param name="beam">The hypotheses that are followed.</param>
    /// <param name="work">Told of every part; may end it after one.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public TranslatorEvaluation Evaluate(
        string phase, PairDataset data, int beam, PhaseWork work, CancellationToken cancellation = default)
    {
        TokenRows read = TokenRows.Of(data.Pairs.Select(pair => model.Source.Encode(pair.Source))),
            right = TokenRows.Of(data.Pairs.Select(pair => model.Target.Encode(pair.Target)));
        double loss = Loss(
            [.. Enumerable.Range(0, data.Count).OrderBy(right.LengthOf).ThenBy(read.LengthOf)],
            (batch, chosen) => batch.Fill(read, right, chosen, model.Network.Mark), cancellation);
        string[] sources = [.. data.Pairs.Select(pair => pair.Source)], expected = [.. data.Pairs.Select(pair => pair.Target)];
        var found = new string?[data.Count];
        // Without finite answers there is nothing to translate with; the loss says so.
        if (!double.IsFinite(loss)) found = Array.ConvertAll(expected, _ => (string?)"");
        foreach (int[] rows in double.IsFinite(loss) ? RowParts.Of(phase, data.Count, PairsOfPart, work) : [])
        {
            string[] texts = Translate(Array.ConvertAll(rows, row => sources[row]), beam, cancellation);
            for (int i = 0; i < rows.Length; i++) found[rows[i]] = texts[i];
        }

        int[] scored = [.. Enumerable.Range(0, data.Count).Where(row => found[row] is not null)];
        return TranslatorEvaluation.Of(
            Array.ConvertAll(scored, row => sources[row]), Array.ConvertAll(scored, row => found[row]!),
            Array.ConvertAll(scored, row => expected[row]), loss);
    }
}
