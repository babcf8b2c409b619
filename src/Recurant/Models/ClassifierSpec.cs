using System.Globalization;
using static Recurant.Layers.SpecRange;

namespace Recurant.Models;

/// <summary>The kinds of classifier.</summary>
public enum ModelKind
{
    /// <summary>Reads the words in order: embedding, recurrent layers, pooling, softmax.</summary>
    Recurrent,

    /// <summary>The chapter's feed-forward network over the mean of the word vectors; knows no order.</summary>
    FeedForward,

    /// <summary>Logistic regression over words and pairs of neighbouring words.</summary>
    BagOfWords,
}

/// <summary>
/// What a classifier is made of: data only, stored in the model file. Every value is decided, none is "automatic".
/// </summary>
public sealed record ClassifierSpec
{
    internal const int MostModels = 100;

    /// <summary>The kind. Default: recurrent.</summary>
    public ModelKind Model { get; init; } = ModelKind.Recurrent;

    /// <summary>What the tokens are. Default: words.</summary>
    public TokenUnit Unit { get; init; } = TokenUnit.Word;

    /// <summary>Whether capitals are read as small letters. Default: yes.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>V, the number of words (of a bag of words: words and pairs), the unknown word included.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>C, the number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>E, the width of the word vectors; 0 for one-hot input. Default: 100.</summary>
    public int EmbeddingSize { get; init; } = 100;

    /// <summary>
    /// The hidden layers; a feed-forward network uses their activation, width and number, which may be 0. Default: an LSTM of 128
    /// units, both directions.
    /// </summary>
    public RecurrentSpec Recurrent { get; init; } = new() { Bidirectional = true };

    /// <summary>How the outputs of all steps become one vector. Default: max.</summary>
    public Pooling Pooling { get; init; } = Pooling.Max;

    /// <summary>Longer texts keep this many tokens, half from the beginning and half from the end. Default: 1,000.</summary>
    public int MaximumTokens { get; init; } = 1000;

    /// <summary>
    /// Rows for pairs of neighbouring words in direct connections from words to the output; 0 for none. Default: 0.
    /// </summary>
    public int DirectBuckets { get; init; }

    /// <summary>
    /// C, the width of each direction of the layer that reads a word's characters; its last states stand beside the word's
    /// vector. 0 for no such layer. Default: 0.
    /// </summary>
    public int CharacterSize { get; init; }

    /// <summary>The number of characters, the unknown one included. Default: 1.</summary>
    public int CharacterVocabularySize { get; init; } = 1;

    /// <summary>The width of the vectors of characters. Default: 32.</summary>
    public int CharacterEmbeddingSize { get; init; } = 32;

    /// <summary>Of longer words so many characters are read, half from each end. Default: 32.</summary>
    public int MaximumCharacters { get; init; } = 32;

    /// <summary>
    /// N, the number of networks, all of this shape, whose probabilities are averaged: p = (1/N) sum_n p_n. Default: 1.
    /// </summary>
    public int Models { get; init; } = 1;

    /// <summary>The width of what the recurrent layers read of a word: its vector, and its characters.</summary>
    internal int InputSize => EmbeddingSize + 2 * CharacterSize;

    /// <summary>The network in one line.</summary>
    internal string Summary
    {
        get
        {
            string layers = Recurrent.Layers == 1 ? "1 layer" : $"{Recurrent.Layers} layers";
            string characters = CharacterSize > 0 ? $"words and their characters ({CharacterSize} units a direction), " : "";
            string network = Model switch
            {
                ModelKind.BagOfWords => "bag of words (logistic regression over words and pairs)",
                ModelKind.FeedForward when Recurrent.Layers == 0 => "feed-forward, no hidden layer",
                ModelKind.FeedForward => $"feed-forward, {layers} of {Recurrent.HiddenSize} units",
                _ => $"{characters}{Recurrent.Summary}, {Pooling.ToString().ToLowerInvariant()} pooling",
            };
            return Models == 1 ? network : $"average of {Models} models: {network}";
        }
    }

    /// <summary>The recurrent layers of this classifier over what they read.</summary>
    internal StackSpec Stack => Recurrent.Over(EmbeddingSize == 0 ? VocabularySize : InputSize, oneHot: EmbeddingSize == 0);

    /// <summary>The recurrent layer over the characters of a word.</summary>
    internal StackSpec CharacterStack => (Recurrent with { HiddenSize = CharacterSize, Layers = 1, Bidirectional = true })
        .Over(CharacterEmbeddingSize);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        Require(VocabularySize >= 1, VocabularySize, "at least 1");
        Require(Classes >= 2, Classes, "at least 2");
        Require(EmbeddingSize is >= 0 and <= 65536, EmbeddingSize, "0 (one-hot) to 65,536");
        Recurrent.Validate(Model == ModelKind.Recurrent ? 1 : 0);
        Require(MaximumTokens >= 2, MaximumTokens, "at least 2");
        Require(DirectBuckets is >= 0 and <= 1 << 28, DirectBuckets, "0 (none) to 268,435,456");
        Require(Models is >= 1 and <= MostModels, Models, "1 to 100");
        ValidateCharacters();
        if (Model == ModelKind.FeedForward)
        {
            Require(EmbeddingSize > 0, EmbeddingSize, "at least 1 for a feed-forward network");
        }
    }

    private void ValidateCharacters()
    {
        Require(CharacterSize is >= 0 and <= 65536, CharacterSize, "0 (none) to 65,536");
        Require(CharacterVocabularySize >= 1, CharacterVocabularySize, "at least 1");
        if (CharacterSize == 0) return;
        Require(Model == ModelKind.Recurrent && Unit == TokenUnit.Word
            && EmbeddingSize > 0, CharacterSize, "0 (none) unless the model is recurrent and reads vectors of words");
        Require(CharacterEmbeddingSize is >= 1 and <= 65536, CharacterEmbeddingSize, "1 to 65,536");
        Require(MaximumCharacters is >= 2 and <= 65536, MaximumCharacters, "2 to 65,536");
        Require(Recurrent.Cell != CellKind.Lru || CharacterSize % 2 == 0, CharacterSize, "even for an LRU");
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(ClassifierSpec), PrintMembers);
}
