namespace Recurant.Tasks;

/// <summary>How surprised a language model is by a text, token by token as it reads.</summary>
public sealed record LanguageExplanation : InsightRecord
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>The tokens, in their order.</summary>
    public required IReadOnlyList<TokenSurprise> Tokens { get; init; }

    /// <summary>The bits of all tokens together: -log2 of the probability of the text.</summary>
    public double Bits => Tokens.Sum(token => token.Bits);
}

/// <summary>One token as it was read.</summary>
/// <param name="Token">The token; U+2581 stands for a blank where tokens are subwords.</param>
/// <param name="Bits">-log2 p, where p is its probability given all tokens before it.</param>
/// <param name="Expected">The tokens that were most probable in its place, with their probabilities.</param>
/// <param name="Influence">
/// For each token before it its bits without that token less its bits: positive, if that token made it less surprising. Empty
/// if the text is too long for it (<see cref="Explainer.MostInfluenceTokens"/>).
/// </param>
public sealed record TokenSurprise(
    string Token, double Bits, IReadOnlyList<KeyValuePair<string, double>> Expected, IReadOnlyList<double> Influence)
    : InsightRecord
{
    /// <summary>p.</summary>
    public double Probability => Math.Pow(2, -Bits);
}
