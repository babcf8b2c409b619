namespace Recurant.Models;

/// <summary>
/// A classifier that can be asked with vectors in the place of words: what lies between two texts has no words, but vectors.
/// Direct connections go by words; they play no part here.
/// </summary>
internal interface IVectorNetwork
{
    /// <summary>X, the width of what is read of a word.</summary>
    int VectorSize { get; }

    /// <summary>
    /// The vectors [rows, X] of a batch's words. Where characters are read, the batch keeps the numbers of words afterwards.
    /// </summary>
    Matrix ReadVectors(Workers workers, BatchLayout batch, ClassifierMemory memory);

    /// <summary>The logits [B, C] of a batch of vectors [rows, X].</summary>
    Matrix ForwardVectors(Workers workers, BatchLayout batch, Matrix vectors, ClassifierMemory memory);

    /// <summary>
    /// dX [rows, X], which must be zero before, of the last forward pass, given those of its logits; gradients of parameters are
    /// added as well.
    /// </summary>
    void BackwardVectors(
        Workers workers, BatchLayout batch, Matrix vectors, ClassifierMemory memory, Matrix dLogits, Matrix dVectors);
}

/// <summary>A network whose logits are a bias and the weights of a text's words and pairs, and nothing else.</summary>
internal interface IWordWeights
{
    /// <summary>W [V, C].</summary>
    Parameter Weights { get; }

    /// <summary>b [C].</summary>
    Parameter Bias { get; }
}
