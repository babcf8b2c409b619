namespace Recurant.Tasks;

/// <content>Translators.</content>
public static partial class Explainer
{
    /// <summary>Explains a translation: the probability of each piece, and where the decoder looked.</summary>
    /// <param name="model">The translator.</param>
    /// <param name="text">The text to translate.</param>
    /// <param name="beam">The hypotheses that are followed. 1 to 100. Default: 5.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">The text has more than <see cref="MostTokens"/> pieces.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DecoderExplanation Explain(
        TranslatorModel model, string text, int beam = 5, ExplainOptions? options = null,
        CancellationToken cancellation = default) =>
        Run(model, text, options, given =>
        {
            RequireBeam(beam);
            return DecoderExplainer.Explain(model, text, beam, given, cancellation);
        });
}

/// <summary>
/// Explains one answer of an encoder-decoder: its best hypothesis with the attention of the search, the probability of each
/// piece, and the same probabilities when a part of the source is missing.
/// </summary>
internal static class DecoderExplainer
{
    private const string EndMark = "</s>";
    private const int Together = 32;

    public static DecoderExplanation Explain(
        TranslatorModel model, string text, int beam, ExplainOptions options, CancellationToken cancellation)
    {
        Workers workers = Workers.Asked(options.Threads);
        int[] source = model.Source.Encode(text);
        Explainer.RequireLength(source.Length, Explainer.MostTokens, "pieces");
        List<string> pieces = model.Source.Cut(text);
        Hypothesis[] found = TranslatorModel.IsBlank(text)
            ? []
            : new TranslatorScorer(model, workers).Find([text], beam, keepsAttention: true, cancellation)[0];
        if (found.Length == 0)
        {
            return new DecoderExplanation { Text = "", Source = [.. pieces, EndMark], StripsAcross = 0, Pieces = [] };
        }

        Hypothesis best = found[0];
        int mark = model.Network.Mark;
        int[] target = best.IsEnded ? [.. best.Words, mark] : best.Words;
        var network = new Rescorer(model.Network, workers);

        // Without each piece, never without the end mark.
        List<int[]> sources = [source];
        for (int s = 0; s + 1 < source.Length; s++) sources.Add([.. source[..s], .. source[(s + 1)..]]);
        double[][] logs = network.LogProbabilities(sources.Count, target, cancellation, (batch, chosen) =>
            batch.Fill(sources, [.. sources.Select(_ => target)], chosen, mark));
        return new DecoderExplanation
        {
            Text = model.TextOf(best, text),
            Source = [.. pieces, EndMark],
            StripsAcross = 0,
            Pieces = PiecesOf(best, target, mark, model.Target, source.Length, logs),
        };
    }

    public static PieceEffect[] PiecesOf(
        Hypothesis best, int[] target, int mark, TextPieces pieces, int sources, double[][] logs)
    {
        var effects = new PieceEffect[target.Length];
        for (int t = 0; t < effects.Length; t++)
        {
            var influence = new double[sources];
            for (int s = 0; s + 1 < logs.Length; s++) influence[s] = logs[0][t] - logs[s + 1][t];
            effects[t] = new PieceEffect(
                target[t] == mark ? EndMark : pieces[target[t]], Math.Exp(logs[0][t]),
                [.. best.Attention[t].Take(sources).Select(weight => (double)weight)], influence);
        }

        return effects;
    }

    /// <summary>ln p of the pieces of one target, given several sources.</summary>
    public sealed class Rescorer(TranslatorNetwork network, Workers workers)
    {
        private readonly TranslatorMemory _memory = network.CreateMemory();
        private readonly TranslationBatch _batch = new();

        public double[][] LogProbabilities(
            int sources, int[] target, CancellationToken cancellation, Action<TranslationBatch, int[]> fill)
        {
            var logs = new double[sources][];
            for (int first = 0; first < sources; first += Together)
            {
                cancellation.ThrowIfCancellationRequested();
                int[] chosen = [.. Enumerable.Range(first, Math.Min(Together, sources - first))];
                fill(_batch, chosen);
                network.Loss(workers, _batch, _memory, learns: false, dropout: null, smoothing: 0, out _);
                BatchLayout rows = _batch.Target;
                for (int b = 0; b < chosen.Length; b++)
                {
                    double[] ofSource = logs[chosen[rows.Order[b]]] = new double[target.Length];
                    for (int t = 0; t < target.Length; t++) ofSource[t] = -_memory.Output.Losses[rows.RowStart(t) + b];
                }
            }

            return logs;
        }
    }
}
