namespace Recurant.Data;

/// <summary>What one token is.</summary>
public enum TokenUnit
{
    /// <summary>Words, numbers, punctuation marks and emoji.</summary>
    Word,

    /// <summary>Single characters (Unicode scalar values), blanks included.</summary>
    Character,

    /// <summary>
    /// Pieces of words that were learnt from the text (<see cref="BytePairEncoding"/>), for language models; a
    /// <see cref="Tokenizer"/> does not know them.
    /// </summary>
    Subword,
}

/// <summary>How a <see cref="Tokenizer"/> cuts a text.</summary>
public sealed record TokenizerOptions
{
    /// <summary>What one token is. Default: <see cref="TokenUnit.Word"/>.</summary>
    public TokenUnit Unit { get; init; } = TokenUnit.Word;

    /// <summary>Whether capital letters become small ones, by the invariant culture. Default: true.</summary>
    public bool Lowercase { get; init; } = true;
}
