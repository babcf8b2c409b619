using static Recurant.Layers.SpecRange;

namespace Recurant.Heads;

/// <summary>How a decoder attends to the encoder's states.</summary>
public enum AttentionKind
{
    /// <summary>After the first recurrent layer, score q . e (Luong 2015).</summary>
    Dot,

    /// <summary>After the first recurrent layer, score q . W e (Luong 2015).</summary>
    General,

    /// <summary>After the first recurrent layer, score v . tanh(W_q q + W e + b).</summary>
    Additive,

    /// <summary>
    /// Before the recurrent layers, from the state of the step before, with the additive score; the context is part of the
    /// cell's input (Bahdanau 2015). The steps of training cannot run side by side then: several times slower.
    /// </summary>
    Bahdanau,
}

/// <summary>Which tables of word vectors are one.</summary>
public enum TiedVectors
{
    /// <summary>Each its own.</summary>
    None,

    /// <summary>The decoder's input and its output layer (Press and Wolf 2017).</summary>
    Output,

    /// <summary>Those, and the encoder's input too; both languages must have one vocabulary.</summary>
    All,
}

/// <summary>What an encoder-decoder is made of: data only, stored in the model file. Every value is decided.</summary>
public sealed record TranslatorSpec
{
    /// <summary>The words or subwords of the source, the end mark included; 0 where the source is vectors. Default: 0.</summary>
    public int SourceVocabularySize { get; init; }

    /// <summary>The width of the source's vectors, for example of a strip of an image; 0 where it is words. Default: 0.</summary>
    public int SourceVectorSize { get; init; }

    /// <summary>V, the words or subwords of the target, the end mark included.</summary>
    public required int TargetVocabularySize { get; init; }

    /// <summary>E, the width of the word vectors of both sides. Default: 256.</summary>
    public int EmbeddingSize { get; init; } = 256;

    /// <summary>The recurrent cell of both sides. Default: LSTM.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>The width of each direction of the encoder. Default: 256.</summary>
    public int EncoderSize { get; init; } = 256;

    /// <summary>The encoder's layers. Default: 1.</summary>
    public int EncoderLayers { get; init; } = 1;

    /// <summary>H, the width of the decoder's layers. Default: 256.</summary>
    public int DecoderSize { get; init; } = 256;

    /// <summary>
    /// The decoder's layers. The first one asks; the others, if any, read what it has found (Wu et al. 2016). Default: 1.
    /// </summary>
    public int DecoderLayers { get; init; } = 1;

    /// <summary>The attention. Default: general.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.General;

    /// <summary>Which tables of word vectors are one. Default: the decoder's input and output.</summary>
    public TiedVectors Tied { get; init; } = TiedVectors.Output;

    /// <summary>D, the width of an encoder state: both directions.</summary>
    internal int StateSize => 2 * EncoderSize;

    /// <summary>R, the width of what the output layer reads.</summary>
    internal int ReadoutSize => Tied == TiedVectors.None ? DecoderSize : EmbeddingSize;

    internal StackSpec Encoder => new()
    {
        Cell = Cell, InputSize = SourceVocabularySize > 0 ? EmbeddingSize : SourceVectorSize, HiddenSize = EncoderSize,
        Layers = EncoderLayers, Bidirectional = true,
    };

    /// <summary>The decoder's layer below the attention.</summary>
    internal StackSpec Lower => new()
    {
        Cell = Cell, InputSize = EmbeddingSize + (Attention == AttentionKind.Bahdanau ? StateSize : 0), HiddenSize = DecoderSize,
    };

    /// <summary>The decoder's layers above the attention.</summary>
    internal StackSpec Upper => new()
    {
        Cell = Cell, InputSize = DecoderSize + StateSize, HiddenSize = DecoderSize, Layers = Math.Max(1, DecoderLayers - 1),
    };

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range, or two do not go together; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        Require(SourceVocabularySize >= 0, SourceVocabularySize, "0 (vectors) or more");
        Require(SourceVectorSize is >= 0 and <= 1 << 20, SourceVectorSize, "0 (words) to 1,048,576");
        if (SourceVocabularySize > 0 == SourceVectorSize > 0)
        {
            throw new ArgumentException(
                $"A source is either words or vectors: {nameof(SourceVocabularySize)} is {SourceVocabularySize} and "
                + $"{nameof(SourceVectorSize)} {SourceVectorSize}; one of them must be 0.");
        }

        Require(TargetVocabularySize >= 2, TargetVocabularySize, "at least 2");
        Require(EmbeddingSize is >= 1 and <= 65536, EmbeddingSize, "1 to 65,536");
        Require(EncoderSize is >= 1 and <= 32768, EncoderSize, "1 to 32,768");
        Require(DecoderSize is >= 1 and <= 65536, DecoderSize, "1 to 65,536");
        Require(EncoderLayers is >= 1 and <= 16, EncoderLayers, "1 to 16");
        Require(DecoderLayers is >= 1 and <= 16, DecoderLayers, "1 to 16");
        if (Attention == AttentionKind.Dot && DecoderSize != StateSize)
        {
            throw new ArgumentException(
                $"Dot attention needs a decoder as wide as both directions of the encoder: {nameof(DecoderSize)} "
                    + $"is {DecoderSize} "
                + $"and 2 x {nameof(EncoderSize)} {StateSize}. Choose general attention, or equal widths.");
        }

        if (Tied == TiedVectors.All && SourceVocabularySize != TargetVocabularySize)
        {
            throw new ArgumentException(
                $"One table of word vectors for both sides needs one vocabulary: {nameof(SourceVocabularySize)} is "
                + $"{SourceVocabularySize} and {nameof(TargetVocabularySize)} {TargetVocabularySize}.");
        }
    }
}
