namespace Recurant.Reference;

/// <summary>What a reference network looks like: its input, its recurrent layers, its pooling and its output.</summary>
public sealed record ReferenceSpec
{
    /// <summary>The recurrent cell. Default: Elman.</summary>
    public ReferenceCell Cell { get; init; }

    /// <summary>The activation of an Elman, IndRNN or LRU cell; the others have theirs fixed. Default: tanh.</summary>
    public ReferenceActivation Activation { get; init; }

    /// <summary>Which of the chapter's two forms an Elman cell takes. Default: hidden.</summary>
    public ReferenceForm Form { get; init; }

    /// <summary>Where the reset gate of a GRU acts. Default: inside, as in PyTorch.</summary>
    public ReferenceReset Reset { get; init; }

    /// <summary>What the network reads at each time step. Default: vectors.</summary>
    public ReferenceInput Input { get; init; }

    /// <summary>
    /// V, the number of rows of the embedding; used with <see cref="ReferenceInput.Embedding"/> only. Default: 0.
    /// </summary>
    public int VocabularySize { get; init; }

    /// <summary>I, the width of what the first layer reads; with one-hot input, the size of the vocabulary. At least 1.</summary>
    public required int InputSize { get; init; }

    /// <summary>H, the number of units of each layer and direction. At least 1.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>
    /// M, the memory cells of a projected LSTM, of which H numbers are shown; others ignore it. Default: 0, twice H.
    /// </summary>
    public int CellSize { get; init; }

    /// <summary>L, the number of layers. At least 1. Default: 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Whether each layer also reads the sequence from its end. Default: no.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>How the outputs of all steps become what the output layer reads. Default: last.</summary>
    public ReferencePooling Pooling { get; init; }

    /// <summary>A, the width of the attention; used with <see cref="ReferencePooling.Attention"/> only. Default: 0.</summary>
    public int AttentionSize { get; init; }

    /// <summary>C, the number of classes; 0 for a stack of recurrent layers without pooling and output. Default: 0.</summary>
    public int Classes { get; init; }

    /// <summary>D, the number of directions: 1 or 2.</summary>
    public int Directions => Bidirectional ? 2 : 1;

    /// <summary>
    /// G, the number of blocks of H rows in W_ih: Elman 1, LSTM 4 (i,f,g,o), GRU 3 (r,z,n), ...; without the block that
    /// an SRU has for an input of another width.
    /// </summary>
    public int Gates => CellEquations.For(this).Gates;

    /// <summary>Whether a memory cell c is carried beside the state, as in an LSTM.</summary>
    public bool HasCell => CellEquations.For(this).HasCell;

    /// <summary>The width of the memory cell c: M of a projected LSTM, else H.</summary>
    public int CellWidth => Cell != ReferenceCell.ProjectedLstm ? HiddenSize : CellSize == 0 ? 2 * HiddenSize : CellSize;

    /// <summary>D H, the width of a layer's output.</summary>
    public int OutputSize => Directions * HiddenSize;

    /// <summary>
    /// L D, the number of rows of an initial or final state; row (layer D + direction) belongs to that layer and direction.
    /// </summary>
    public int StateRows => Layers * Directions;

    /// <summary>The width of what a layer reads: I for the first, D H for the others.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <returns>The width.</returns>
    public int LayerInputSize(int layer) => layer == 0 ? InputSize : OutputSize;

    /// <summary>The end of the names of a layer's and direction's tensors: _l0, _l0_reverse, _l1 and so on.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="direction">0 for forward, 1 for backward.</param>
    /// <returns>The suffix.</returns>
    public static string Suffix(int layer, int direction) => direction == 0 ? $"_l{layer}" : $"_l{layer}_reverse";

    /// <summary>The tensors of the recurrent layers alone, in PyTorch's order.</summary>
    /// <returns>Names and shapes.</returns>
    public IReadOnlyList<ReferenceShape> RecurrentShapes()
    {
        List<ReferenceShape> shapes = [];
        CellEquations cell = CellEquations.For(this);
        for (int layer = 0; layer < Layers; layer++)
        {
            for (int direction = 0; direction < Directions; direction++)
            {
                string suffix = Suffix(layer, direction);
                bool oneHot = layer == 0 && Input == ReferenceInput.OneHot;
                shapes.AddRange(cell.Shapes(LayerInputSize(layer), HiddenSize, oneHot, suffix));
            }
        }

        return shapes;
    }

    /// <summary>All tensors of the network: embedding, recurrent layers, attention, output.</summary>
    /// <returns>Names and shapes.</returns>
    public IReadOnlyList<ReferenceShape> Shapes()
    {
        List<ReferenceShape> shapes = [.. RecurrentShapes()];
        if (Input == ReferenceInput.Embedding) shapes.Insert(0, new("embedding.weight", VocabularySize, InputSize));
        if (Classes > 0)
        {
            if (Pooling == ReferencePooling.Attention)
            {
                shapes.Add(new("attention.weight", AttentionSize, OutputSize));
                shapes.Add(new("attention.bias", AttentionSize));
                shapes.Add(new("attention.query", AttentionSize));
            }

            shapes.Add(new("output.weight", Classes, OutputSize));
            shapes.Add(new("output.bias", Classes));
        }

        return shapes;
    }

    /// <summary>
    /// Weights drawn evenly from -scale to +scale: distinct, non-symmetric, biases not zero, as a check needs them.
    /// </summary>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="scale">The largest magnitude. Default: 0.5.</param>
    /// <returns>One tensor for each of <see cref="Shapes"/>.</returns>
    public ReferenceTensors RandomWeights(int seed, double scale = 0.5)
    {
        Validate();
        Random random = new(seed);
        ReferenceTensors weights = ReferenceTensors.Zeros(Shapes());
        foreach (string name in weights.Names)
        {
            double[] values = weights[name];
            for (int i = 0; i < values.Length; i++) values[i] = scale * (2 * random.NextDouble() - 1);
        }

        return weights;
    }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentException">A property is out of range; the message names it.</exception>
    public void Validate()
    {
        AtLeast(nameof(InputSize), InputSize, 1);
        AtLeast(nameof(HiddenSize), HiddenSize, 1);
        AtLeast(nameof(CellSize), CellSize, 0);
        AtLeast(nameof(Layers), Layers, 1);
        AtLeast(nameof(Classes), Classes, 0);
        AtLeast(nameof(VocabularySize), VocabularySize, Input == ReferenceInput.Embedding ? 1 : 0);
        AtLeast(nameof(AttentionSize), AttentionSize, Classes > 0 && Pooling == ReferencePooling.Attention ? 1 : 0);
    }

    private static void AtLeast(string property, int value, int least)
    {
        if (value < least)
        {
            throw new ArgumentException(
                $"{nameof(ReferenceSpec)}.{property} is {value}; it has to be at least {least}.", property);
        }
    }
}
