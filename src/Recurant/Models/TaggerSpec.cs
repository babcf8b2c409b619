using System.Globalization;
using static Recurant.Layers.SpecRange;

namespace Recurant.Models;

/// <summary>
/// What a tagger is made of: data only, stored in the model file. Every value is decided, none is "automatic".
/// </summary>
public sealed record TaggerSpec
{
    /// <summary>V, the number of words, the unknown word included.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>K, the number of tags.</summary>
    public required int Tags { get; init; }

    /// <summary>Whether words are looked up in small letters; characters and shape keep the capitals. Default: yes.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>E, the width of the word vectors. Default: 100.</summary>
    public int EmbeddingSize { get; init; } = 100;

    /// <summary>
    /// The width of the vectors of word shapes (small letters, Capitalised, CAPITALS, digits, ...); 0 for none. Default: 8.
    /// </summary>
    public int ShapeSize { get; init; } = 8;

    /// <summary>The number of characters, the unknown one included. Default: 1.</summary>
    public int CharacterVocabularySize { get; init; } = 1;

    /// <summary>The width of the vectors of characters. Default: 32.</summary>
    public int CharacterEmbeddingSize { get; init; } = 32;

    /// <summary>
    /// C, the width of each direction of the layer that reads a word's characters; 0 for no such layer. Default: 64.
    /// </summary>
    public int CharacterSize { get; init; } = 64;

    /// <summary>Of longer words so many characters are read, half from each end. Default: 32.</summary>
    public int MaximumCharacters { get; init; } = 32;

    /// <summary>
    /// The hidden layers, whose cell also reads the characters. Default: an LSTM of 200 units, both directions.
    /// </summary>
    public RecurrentSpec Recurrent { get; init; } = new() { HiddenSize = 200, Bidirectional = true };

    /// <summary>
    /// Whether a conditional random field scores neighbouring tags; otherwise every word's tag is chosen by softmax alone.
    /// Default: no.
    /// </summary>
    public bool RandomField { get; init; }

    /// <summary>
    /// Whether the answer obeys the rules of tags that mark spans (no I- after O). Tags that mark none have no rules. Training
    /// decides it by whether its sentences obey them. Default: yes.
    /// </summary>
    public bool Constrained { get; init; } = true;

    /// <summary>X, the width of what the hidden layers read of a word.</summary>
    internal int InputSize => EmbeddingSize + ShapeSize + 2 * CharacterSize;

    /// <summary>The recurrent layers over the words.</summary>
    internal StackSpec Stack => Recurrent.Over(InputSize);

    /// <summary>The recurrent layer over the characters of a word.</summary>
    internal StackSpec CharacterStack => (Recurrent with { HiddenSize = CharacterSize, Layers = 1 }).Over(CharacterEmbeddingSize);

    /// <summary>The model in one line.</summary>
    internal string Summary =>
        $"tagger: {(CharacterSize > 0 ? $"words and their characters ({CharacterSize} units a direction)" : "words")}, "
        + $"{Recurrent.Summary}, {(RandomField ? "conditional random field" : "softmax")} over {Tags} tags";

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        Require(VocabularySize >= 1, VocabularySize, "at least 1");
        Require(Tags >= 2, Tags, "at least 2");
        Require(EmbeddingSize is >= 1 and <= 65536, EmbeddingSize, "1 to 65,536");
        Require(ShapeSize is >= 0 and <= 65536, ShapeSize, "0 (none) to 65,536");
        Require(CharacterVocabularySize >= 1, CharacterVocabularySize, "at least 1");
        Require(CharacterEmbeddingSize is >= 1 and <= 65536, CharacterEmbeddingSize, "1 to 65,536");
        Require(CharacterSize is >= 0 and <= 65536, CharacterSize, "0 (none) to 65,536");
        Require(MaximumCharacters is >= 2 and <= 65536, MaximumCharacters, "2 to 65,536");
        Recurrent.Validate();
        Require(Recurrent.Cell != CellKind.Lru || CharacterSize % 2 == 0, CharacterSize, "even for an LRU");
        if (!Recurrent.Bidirectional)
        {
            throw new ArgumentException("Recurrent.Bidirectional is False; a tagger reads every sentence from both ends.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(TaggerSpec), PrintMembers);
}
