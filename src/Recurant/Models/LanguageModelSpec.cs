using System.Globalization;
using static Recurant.Layers.SpecRange;

namespace Recurant.Models;

/// <summary>What a language model is made of: data only, stored in the model file. Every value is decided.</summary>
public sealed record LanguageModelSpec
{
    /// <summary>From so many words on, training draws some of them for each step.</summary>
    internal const int LargeVocabulary = 100_000;

    /// <summary>What the tokens are: words between blanks, characters, or subwords. Default: characters.</summary>
    public TokenUnit Unit { get; init; } = TokenUnit.Character;

    /// <summary>Whether capitals are read, and written, as small letters. Default: no.</summary>
    public bool Lowercase { get; init; }

    /// <summary>V, the number of tokens; the unknown token is one of them.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>E, the width of the tokens' vectors; 0 for one-hot input. Default: 64.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>
    /// Whether the output layer's weights are the tokens' vectors (Press and Wolf 2017; Inan et al. 2017). If their width is not
    /// that of the layers, a matrix [E, H] stands between. Default: no.
    /// </summary>
    public bool Tied { get; init; }

    /// <summary>The layers, in one direction. Default: an LSTM of 256 units.</summary>
    public RecurrentSpec Recurrent { get; init; } = new() { HiddenSize = 256 };

    /// <summary>What the tokens are, as people call them.</summary>
    internal string UnitName => Unit switch
    {
        TokenUnit.Word => "words", TokenUnit.Character => "characters", _ => "subwords",
    };

    /// <summary>Whether so few words of the output occur in a step that its table is treated as one of word vectors.</summary>
    internal bool IsLarge => VocabularySize >= LargeVocabulary;

    /// <summary>Whether a projection stands between the layers and the output.</summary>
    internal bool HasProjection => Tied && EmbeddingSize != Recurrent.HiddenSize;

    /// <summary>The layers over what they read.</summary>
    internal StackSpec Stack => Recurrent.Over(EmbeddingSize == 0 ? VocabularySize : EmbeddingSize, oneHot: EmbeddingSize == 0);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        Require(VocabularySize >= 2, VocabularySize, "at least 2");
        Require(EmbeddingSize is >= 0 and <= 65536, EmbeddingSize, "0 (one-hot) to 65,536");
        Recurrent.Validate();
        if (Recurrent.Bidirectional)
        {
            throw new ArgumentException("Recurrent.Bidirectional is True; a language model must not see what comes next.");
        }

        if (Tied && EmbeddingSize == 0)
        {
            throw new ArgumentException(
                "Tied is true, but with one-hot input (EmbeddingSize 0) there are no vectors for the output layer to share. "
                + "Give a width, or set Tied to false.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(LanguageModelSpec), PrintMembers);
}
