namespace Recurant.Tasks;

/// <content>Captioners.</content>
public static partial class Explainer
{
    /// <summary>Explains the sentence of an image: the probability of each piece, and where in the image the decoder
    /// looked.</summary>
    /// <param name="model">The captioner.</param>
    /// <param name="images">Images of the size that the model was trained with.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="beam">The hypotheses that are followed. 1 to 100. Default: 5.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">The images are of another size.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DecoderExplanation Explain(
        CaptionerModel model, CaptionDataset images, int index, int beam = 5, ExplainOptions? options = null,
        CancellationToken cancellation = default) =>
        Run(model, images, options, given =>
        {
            RequireBeam(beam);
            if (index < 0 || index >= images.Count)
            {
                throw new ArgumentException(
                    $"There is no image {index}; there are {images.Count}, counted from 0.", nameof(index));
            }

            CaptionerSpec spec = model.Spec;
            if (images.Width != spec.Width || images.Height != spec.Height || images.Channels != spec.Channels)
            {
                throw new InvalidDataException(
                    $"{images.Name}: the images are {images.Width} x {images.Height} with {images.Channels} channels; the model "
                    + $"reads {spec.Width} x {spec.Height} with {spec.Channels}.");
            }

            return CaptionerExplainer.Explain(model, images, index, beam, given, cancellation);
        });
}

/// <summary>Explains the sentence of an image: with each strip of it black, too.</summary>
internal static class CaptionerExplainer
{
    public static DecoderExplanation Explain(
        CaptionerModel model, CaptionDataset images, int index, int beam, ExplainOptions options, CancellationToken cancellation)
    {
        Workers workers = Workers.Asked(options.Threads);
        var image = new CaptionDataset(images.Name, [images.Images[index]], images.Width, images.Height, images.Channels);
        Hypothesis best = new CaptionerScorer(model, workers).Find(image, beam, keepsAttention: true, cancellation)[0][0];
        CaptionerSpec spec = model.Spec;
        int mark = model.Network.Mark, across = spec.Layout.Across;
        int[] target = best.IsEnded ? [.. best.Words, mark] : best.Words;
        int variants = spec.Strips + 1;
        var strips = new HiddenStrips(new ImageStrips(image, spec.Layout));
        int[][] targets = [.. Enumerable.Range(0, variants).Select(_ => target)];
        double[][] logs = new DecoderExplainer.Rescorer(model.Network, workers).LogProbabilities(
            variants, target, cancellation, (batch, chosen) =>
                batch.Fill(workers, strips, spec.StripSize, targets, chosen, chosen.Length, mark));
        return new DecoderExplanation
        {
            Text = model.Target.Decode(best.Words),
            Source = [.. Enumerable.Range(0, spec.Strips).Select(s => $"row {s / across + 1}, column {s % across + 1}")],
            StripsAcross = across,
            Pieces = DecoderExplainer.PiecesOf(best, target, mark, model.Target, spec.Strips, logs),
        };
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
