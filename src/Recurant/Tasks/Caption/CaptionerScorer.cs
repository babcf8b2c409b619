namespace Recurant.Tasks;

/// <summary>Finds the sentences of images, and scores them.</summary>
internal sealed class CaptionerScorer
{
    private const int Batch = 128;

    private readonly CaptionerModel _model;
    private readonly Workers _workers;
    private readonly TranslatorMemory _memory;
    private readonly TranslationBatch _batch = new();
    private readonly BeamSearch _search;

    public CaptionerScorer(CaptionerModel model, Workers workers)
    {
        _model = model;
        _workers = workers;
        _memory = model.Network.CreateMemory();
        _search = new BeamSearch(model.Network, workers, _memory);
    }

    /// <summary>The best hypotheses of each image.</summary>
    public Hypothesis[][] Search(CaptionDataset images, int beam, bool keepsAttention, CancellationToken cancellation = default)
    {
        // A sentence is not longer for a wider image: the most words do not follow the strips.
        var options = new SearchOptions
        {
            Beam = beam, KeepsAttention = keepsAttention, Sentences = Batch, MostWordsPerStep = 0, MoreWords = 100,
        };
        return _search.Search(new ImageStrips(images, _model.Spec), images.Count, options, cancellation);
    }

    /// <summary>The best sentence of each image.</summary>
    public string[] Describe(CaptionDataset images, int beam, CancellationToken cancellation = default) =>
        [.. Search(images, beam, keepsAttention: false, cancellation).Select(found => _model.Target.Decode(found[0].Words))];

    /// <summary>Describes and compares; the loss is that of a word.</summary>
    public CaptionerEvaluation Evaluate(CaptionDataset images, int beam, CancellationToken cancellation = default)
    {
        string[] expected = [.. images.Images.Select(image => image.Sentence)];
        int[][] targets = [.. expected.Select(_model.Target.Encode)];
        var strips = new ImageStrips(images, _model.Spec);
        double loss = 0;
        long words = 0;
        for (int start = 0; start < targets.Length; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] chosen = [.. Enumerable.Range(start, Math.Min(Batch, targets.Length - start))];
            _batch.Fill(_workers, strips, _model.Spec.StripSize, targets, chosen, chosen.Length, _model.Network.Mark);
            loss += _model.Network.Loss(_workers, _batch, _memory, learns: false, null, 0, out _);
            words += _batch.Target.Rows;
        }

        // Without finite answers there is nothing to describe with; the loss says so.
        string[] found = double.IsFinite(loss) ? Describe(images, beam, cancellation) : [.. expected.Select(_ => "")];
        return CaptionerEvaluation.Of(found, expected, loss / Math.Max(1, words));
    }
}
