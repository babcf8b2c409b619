namespace Recurant.Tasks;

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

    public static DecoderExplanation Explain(
        CaptionerModel model, CaptionDataset images, int index, int beam, ExplainOptions options, CancellationToken cancellation)
    {
        Workers workers = Workers.Asked(options.Threads);
        var image = new CaptionDataset(images.Name, [images.Images[index]], images.Width, images.Height, images.Channels);
        Hypothesis best = new CaptionerScorer(model, workers).Find(image, beam, keepsAttention: true, cancellation)[0][0];
        CaptionerSpec spec = model.Spec;
        int mark = model.Network.Mark, across = (spec.Width + spec.StripWidth - 1) / spec.StripWidth;
        int[] target = best.IsEnded ? [.. best.Words, mark] : best.Words;
        int variants = spec.Strips + 1;
        var strips = new HiddenStrips(new ImageStrips(image, spec.Layout));
        int[][] targets = [.. Enumerable.Range(0, variants).Select(_ => target)];
        double[][] logs = new Rescorer(model.Network, workers).LogProbabilities(
            variants, target, cancellation, (batch, chosen) =>
                batch.Fill(workers, strips, spec.StripSize, targets, chosen, chosen.Length, mark));
        return new DecoderExplanation
        {
            Text = model.Target.Decode(best.Words),
            Source = [.. Enumerable.Range(0, spec.Strips).Select(s => $"row {s / across + 1}, column {s % across + 1}")],
            StripsAcross = across,
            Pieces = PiecesOf(best, target, mark, model.Target, spec.Strips, logs),
        };
    }

    private static PieceEffect[] PiecesOf(
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
    private sealed class Rescorer(TranslatorNetwork network, Workers workers)
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

    /// <summary>One image again and again: item 0 is whole, of item s + 1 the strip s is black.</summary>
    private sealed class HiddenStrips(IVectorSource image) : IVectorSource
    {
        public int Steps(int item) => image.Steps(0);

        public void Write(int item, int step, Span<float> vector)
        {
            if (step == item - 1) vector.Clear(); else image.Write(0, step, vector);
        }
    }
}
