using System.Globalization;
using static Recurant.Layers.SpecRange;

namespace Recurant.Layers;

/// <summary>
/// The settings of recurrent layers, whatever they read; data only. They stand in model files and are checked here.
/// </summary>
public record RecurrentSpec
{
    /// <summary>The widest hidden state.</summary>
    internal const int MostUnits = 65536;

    /// <summary>The most layers.</summary>
    internal const int MostLayers = 64;

    /// <summary>The cell. Default: LSTM.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>The activation of an Elman, IndRNN or LRU cell; others ignore it. Default: tanh.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The formulation of an Elman cell. Default: the hidden form.</summary>
    public ElmanForm Form { get; init; } = ElmanForm.Hidden;

    /// <summary>Where a GRU applies its reset gate. Default: inside.</summary>
    public GruReset GruReset { get; init; } = GruReset.Inside;

    /// <summary>What an LSTM's forget-gate bias starts from. Default: 1.</summary>
    public float ForgetBias { get; init; } = 1f;

    /// <summary>H, the width of the hidden state of each layer and direction; even for an LRU. Default: 128.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>
    /// M, the memory cells of a projected LSTM, whose projection has the width <see cref="HiddenSize"/>; others ignore it.
    /// Default: 0, twice the hidden size.
    /// </summary>
    public int CellSize { get; init; }

    /// <summary>The number of layers, one above the other. Default: 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Whether a second network reads the sequence from its end. Default: no.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>1 or 2.</summary>
    public int Directions => Bidirectional ? 2 : 1;

    /// <summary>The width of the output: H for each direction.</summary>
    public int OutputSize => Directions * HiddenSize;

    /// <summary>The layers in one line, for example "LSTM, 2 layers of 128 units, both directions".</summary>
    internal string Summary
    {
        get
        {
            string layers = Layers == 1 ? "1 layer" : $"{Layers} layers";
            return $"{CellCatalogue.TitleOf(this)}, {layers} of {HiddenSize} units{(Bidirectional ? ", both directions" : "")}";
        }
    }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate() => Validate(fewestLayers: 1);

    /// <param name="fewestLayers">0 where layers may be missing, as in a feed-forward network.</param>
    internal void Validate(int fewestLayers)
    {
        Known.Require(Cell, nameof(Cell));
        Known.Require(Activation, nameof(Activation));
        Known.Require(Form, nameof(Form));
        Known.Require(GruReset, nameof(GruReset));
        Require(HiddenSize is >= 1 and <= MostUnits, HiddenSize, "1 to 65,536");
        Require(Cell != CellKind.Lru || HiddenSize % 2 == 0, HiddenSize, "even for an LRU");
        Require(CellSize is >= 0 and <= 2 * MostUnits, CellSize, "0 (twice the hidden size) to 131,072");
        Require(Layers >= fewestLayers && Layers <= MostLayers, Layers, $"{fewestLayers} to 64");
        if (!float.IsFinite(ForgetBias))
        {
            throw new ArgumentException($"{nameof(ForgetBias)} is {ForgetBias}; it must be a finite number.");
        }
    }

    /// <summary>The layers over an input of a width.</summary>
    /// <param name="inputSize">I; with one-hot input the number of tokens.</param>
    /// <param name="oneHot">Whether the first layer reads one-hot vectors, given as token numbers.</param>
    internal StackSpec Over(int inputSize, bool oneHot = false) => new(this) { InputSize = inputSize, OneHotInput = oneHot };

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(RecurrentSpec), PrintMembers);
}

/// <summary>Recurrent layers over an input of a certain width.</summary>
internal sealed record StackSpec : RecurrentSpec
{
    public StackSpec()
    {
    }

    public StackSpec(RecurrentSpec settings)
        : base(settings)
    {
    }

    /// <summary>I, the width of the input: of word vectors, or with one-hot input the size of the vocabulary.</summary>
    public int InputSize { get; init; }

    /// <summary>Whether the first layer reads one-hot vectors, given as word numbers. Default: no.</summary>
    public bool OneHotInput { get; init; }
}
