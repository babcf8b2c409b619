namespace Recurant.Models;

/// <summary>What a captioner is made of: data only, stored in the model file.</summary>
public sealed record CaptionerSpec
{
    /// <summary>Pixels in a row of an image.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of an image.</summary>
    public required int Height { get; init; }

    /// <summary>1 for grey, 3 for colour.</summary>
    public required int Channels { get; init; }

    /// <summary>The rows of a band. An image is read band by band, as a page is read line by line.</summary>
    public required int BandHeight { get; init; }

    /// <summary>The pixels of a strip, of which a band is read one after the other, from left to right.</summary>
    public required int StripWidth { get; init; }

    /// <summary>The encoder, which reads the strips, and the decoder, which says the sentence.</summary>
    public required TranslatorSpec Network { get; init; }

    /// <summary>The numbers of a strip.</summary>
    public int StripSize => BandHeight * StripWidth * Channels;

    /// <summary>The strips of an image.</summary>
    public int Strips => (Height + BandHeight - 1) / BandHeight * ((Width + StripWidth - 1) / StripWidth);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range, or two do not go together; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        Require(Width is >= 1 and <= 4096, nameof(Width), Width, "1 to 4,096");
        Require(Height is >= 1 and <= 4096, nameof(Height), Height, "1 to 4,096");
        Require(Channels is 1 or 3, nameof(Channels), Channels, "1 (grey) or 3 (colour)");
        Require(BandHeight >= 1 && BandHeight <= Height, nameof(BandHeight), BandHeight, "1 to the height");
        Require(StripWidth >= 1 && StripWidth <= Width, nameof(StripWidth), StripWidth, "1 to the width");
        Network.Validate();
        Require(
            Network.SourceVectorSize == StripSize, nameof(Network.SourceVectorSize), Network.SourceVectorSize,
            $"{StripSize}, the numbers of a strip");
    }

    private static void Require(bool holds, string property, int value, string range)
    {
        if (!holds) throw new ArgumentException($"{property} is {value}; it must be {range}.");
    }
}

/// <summary>Says what an image shows: an image, strip by strip, gives a sentence.</summary>
public sealed class CaptionerModel : TrainedModel
{
    internal CaptionerModel(CaptionerSpec spec, TextPieces target)
    {
        spec.Validate();
        if (target.Count + 1 != spec.Network.TargetVocabularySize)
        {
            throw new ArgumentException(
                $"The specification speaks of {spec.Network.TargetVocabularySize} target words, the end mark included, but there "
                + $"are {target.Count} and the mark.", nameof(target));
        }

        Spec = spec;
        Target = target;
        Network = new TranslatorNetwork(spec.Network);
    }

    /// <summary>What the model is made of.</summary>
    public CaptionerSpec Spec { get; }

    /// <inheritdoc/>
    public override string Task => TaskNames.Caption;

    /// <inheritdoc/>
    public override string Noun => "captioner";

    /// <inheritdoc/>
    public override string Summary =>
        $"images of {Spec.Width} x {Spec.Height}, {Spec.Strips} strips of {Spec.StripWidth} x {Spec.BandHeight}; {Network.Summary}";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Network.Parameters;

    /// <summary>The number of pieces (words or subwords) of the sentences.</summary>
    public int TargetPieces => Target.Count;

    internal TextPieces Target { get; }

    internal TranslatorNetwork Network { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Network.Describe();
}

/// <summary>The strips of images: pixels from 0 to 1, row by row; what lies past an edge is 0.</summary>
internal sealed class ImageStrips(CaptionDataset images, CaptionerSpec spec) : IVectorSource
{
    public int Steps(int item) => spec.Strips;

    public void Write(int item, int step, Span<float> vector)
    {
        ReadOnlySpan<byte> pixels = images.Images[item].Pixels.Span;
        int across = (spec.Width + spec.StripWidth - 1) / spec.StripWidth, channels = spec.Channels;
        int left = step % across * spec.StripWidth, top = step / across * spec.BandHeight;
        int width = Math.Min(spec.StripWidth, spec.Width - left);
        vector.Clear();
        for (int y = 0; y < spec.BandHeight && top + y < spec.Height; y++)
        {
            ReadOnlySpan<byte> from = pixels.Slice(((top + y) * spec.Width + left) * channels, width * channels);
            Span<float> to = vector.Slice(y * spec.StripWidth * channels, from.Length);
            for (int i = 0; i < from.Length; i++) to[i] = from[i] * (1f / 255f);
        }
    }
}
