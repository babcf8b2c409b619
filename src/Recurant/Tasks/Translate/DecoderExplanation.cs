namespace Recurant.Tasks;

/// <summary>What a decoder said, how sure it was of each piece, and where it looked.</summary>
public sealed record DecoderExplanation
{
    /// <summary>What it said: the translation, or the sentence of an image.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// What it looked at: the pieces of the source, with U+2581 for a blank and the end mark as <c>&lt;/s&gt;</c>; of an image
    /// the strips, row by row, as "row 1, column 2".
    /// </summary>
    public required IReadOnlyList<string> Source { get; init; }

    /// <summary>The strips of an image in a row of them; 0 where the source is text.</summary>
    public required int StripsAcross { get; init; }

    /// <summary>The pieces of the text with U+2581 for a blank, the end mark <c>&lt;/s&gt;</c> last if it was said.</summary>
    public required IReadOnlyList<PieceEffect> Pieces { get; init; }
}

/// <summary>One piece of what a decoder said.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="Probability">Its probability p, given the source and the pieces before it.</param>
/// <param name="Attention">The weight of each piece or strip of the source; they add up to 1.</param>
/// <param name="Influence">
/// For each piece of the source ln p less ln p without it (of an image: with the strip black), the pieces before being the
/// same: what the answer rests on, which need not be where the decoder looked. Of the end mark 0.
/// </param>
public sealed record PieceEffect(
    string Piece, double Probability, IReadOnlyList<double> Attention, IReadOnlyList<double> Influence) : InsightRecord;
