namespace Recurant.Tasks;

/// <summary>Finds the sentences of images, and scores them.</summary>
internal sealed class CaptionerScorer(CaptionerModel model, Workers workers) : DecoderScorer(model.Network, workers)
{
    protected override int Batch => 128;

    /// <summary>The best hypotheses of each image.</summary>
    public Hypothesis[][] Find(CaptionDataset images, int beam, bool keepsAttention, CancellationToken cancellation = default)
    {
        // A sentence is not longer for a wider image: the most words do not follow the strips.
        var options = new SearchOptions
        {
            Beam = beam, KeepsAttention = keepsAttention, Sentences = Batch, MostWordsPerStep = 0, MoreWords = 100,
        };
        return Search.Search(new ImageStrips(images, model.Spec.Layout), images.Count, options, cancellation);
    }

    /// <summary>Describes and compares; the loss is that of a word.</summary>
    public CaptionerEvaluation Evaluate(CaptionDataset images, int beam, CancellationToken cancellation = default)
    {
        string[] expected = [.. images.Images.Select(image => image.Sentence)];
        int[][] targets = [.. expected.Select(model.Target.Encode)];
        var strips = new ImageStrips(images, model.Spec.Layout);
        double loss = Loss(
            [.. Enumerable.Range(0, targets.Length)],
            (batch, chosen) => batch.Fill(
                Workers, strips, model.Spec.StripSize, targets, chosen, chosen.Length, model.Network.Mark),
            cancellation);
        // Without finite answers there is nothing to describe with; the loss says so.
        string[] found = double.IsFinite(loss)
            ? [.. Find(images, beam, keepsAttention: false, cancellation).Select(best => model.Target.Decode(best[0].Words))]
            : [.. expected.Select(_ => "")];
        return CaptionerEvaluation.Of(found, expected, loss);
    }
}
