using System.Text.Json;

namespace Recurant.Heads;

/// <summary>
/// How well a language model predicts a text: J = -(1/N) sum_t ln y_t[w_(t+1)] is the loss, in nats a token.
/// </summary>
public sealed record LanguageScore : Score
{
    /// <summary>The number of tokens predicted.</summary>
    public required long Tokens { get; init; }

    /// <summary>The number of characters that the tokens stand for, ends of lines included.</summary>
    public required long Characters { get; init; }

    /// <summary>What the tokens are.</summary>
    public required TokenUnit Unit { get; init; }

    /// <summary>e^J: as unsure as a choice among so many tokens.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>J / ln 2: bits a token.</summary>
    public double Bits => Loss / Math.Log(2);

    /// <summary>Bits a token times tokens a character: comparable whatever the tokens are.</summary>
    public double BitsPerCharacter => Bits * Tokens / Characters;

    /// <inheritdoc/>
    public override string Measure => Unit == TokenUnit.Word ? "perplexity" : "bits a character";

    /// <inheritdoc/>
    public override double Value => Unit == TokenUnit.Word ? Perplexity : BitsPerCharacter;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    internal override long Count => Characters;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("tokens", Tokens);
        writer.WriteNumber("characters", Characters);
        writer.WriteString("unit", Unit.ToString());
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static LanguageScore Read(JsonElement members) => new()
    {
        Loss = members.GetProperty("loss").GetDouble(),
        Tokens = members.GetProperty("tokens").GetInt64(),
        Characters = members.GetProperty("characters").GetInt64(),
        Unit = Enum.Parse<TokenUnit>(members.GetProperty("unit").GetString()!),
    };
}
