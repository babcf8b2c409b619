using static Recurant.Layers.SpecRange;

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
    public int StripSize => Layout.Size;

    /// <summary>The strips of an image.</summary>
    public int Strips => Layout.Strips;

    internal StripLayout Layout => new(Width, Height, Channels, BandHeight, StripWidth);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range, or two do not go together; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        Require(Width is >= 1 and <= 4096, Width, "1 to 4,096");
        Require(Height is >= 1 and <= 4096, Height, "1 to 4,096");
        Require(Channels is 1 or 3, Channels, "1 (grey) or 3 (colour)");
        Require(BandHeight >= 1 && BandHeight <= Height, BandHeight, "1 to the height");
        Require(StripWidth >= 1 && StripWidth <= Width, StripWidth, "1 to the width");
        Network.Validate();
        Require(Network.SourceVectorSize == StripSize, Network.SourceVectorSize, $"{StripSize}, the numbers of a strip");
    }
}

/// <summary>Says what an image shows: an image, strip by strip, gives a sentence.</summary>
public sealed class CaptionerModel : TrainedModel
{
    internal CaptionerModel(CaptionerSpec spec, TextPieces target)
    {
        spec.Validate();
        RequireCount(spec.Network.TargetVocabularySize, "target words with the end mark", target.Count + 1, nameof(target));
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
        $"images of {Spec.Width} x {Spec.Height}, {Spec.Strips} strips of {Spec.StripWidth} "
            + $"x {Spec.BandHeight}; {Network.Summary}";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Network.Parameters;

    /// <summary>The number of pieces (words or subwords) of the sentences.</summary>
    public int TargetPieces => Target.Count;

    internal TextPieces Target { get; }

    internal TranslatorNetwork Network { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Network.Describe();
}
