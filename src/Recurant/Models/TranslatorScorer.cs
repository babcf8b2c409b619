using Recurant.Data;
using Recurant.Numerics;

namespace Recurant.Models;

/// <summary>Translates texts and scores translations, sentences of like lengths side by side.</summary>
internal sealed class TranslatorScorer
{
    private const int Batch = 64;

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

    /// <summary>Translates and compares; the loss is that of a piece.</summary>
    public TranslatorEvaluation Evaluate(PairDataset data, int beam, CancellationToken cancellation = default)
    {
        string[] sources = [.. data.Pairs.Select(pair => pair.Source)], expected = [.. data.Pairs.Select(pair => pair.Target)];
        double loss = Loss([.. sources.Select(_model.Source.Encode)], [.. expected.Select(_model.Target.Encode)], cancellation);
        // Without finite answers there is nothing to translate with; the loss says so.
        string[] found = double.IsFinite(loss) ? Translate(sources, beam, cancellation) : [.. expected.Select(_ => "")];
        return TranslatorEvaluation.Of(sources, found, expected, loss);
    }

    private double Loss(int[][] sources, int[][] targets, CancellationToken cancellation)
    {
        int[] order = [.. Enumerable.Range(0, targets.Length).OrderBy(i => targets[i].Length).ThenBy(i => sources[i].Length)];
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
