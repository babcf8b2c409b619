using System.Text.Json;

namespace Recurant.Models;

/// <summary>
/// How well a language model foretells a text: J = -(1/N) sum_t ln y_t[w_(t+1)] is the loss, in nats a token.
/// </summary>
public sealed record LanguageScore : Score
{
    /// <summary>The number of tokens foretold.</summary>
    public required long Tokens { get; init; }

    /// <summary>Whether the tokens are characters, for which bits a character are usual, not the perplexity.</summary>
    public required bool OfCharacters { get; init; }

    /// <summary>e^J: as unsure as a choice among so many tokens.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>J / ln 2: bits a token.</summary>
    public double Bits => Loss / Math.Log(2);

    /// <inheritdoc/>
    public override string Measure => OfCharacters ? "bits a character" : "perplexity";

    /// <inheritdoc/>
    public override double Value => OfCharacters ? Bits : Perplexity;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("tokens", Tokens);
        writer.WriteBoolean("characters", OfCharacters);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static LanguageScore Read(JsonElement members) => new()
    {
        Loss = members.GetProperty("loss").GetDouble(),
        Tokens = members.GetProperty("tokens").GetInt64(),
        OfCharacters = members.GetProperty("characters").GetBoolean(),
    };
}
