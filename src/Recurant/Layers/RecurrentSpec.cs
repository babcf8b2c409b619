using System.Globalization;
using Recurant.Cells;

namespace Recurant.Layers;

/// <summary>What a stack of recurrent layers is made of; data only.</summary>
public sealed record RecurrentSpec
{
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

    /// <summary>I, the width of the input: of word vectors, or with one-hot input the size of the vocabulary.</summary>
    public required int InputSize { get; init; }

    /// <summary>H, the width of the hidden state of each layer and direction.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>
    /// M, the memory cells of a projected LSTM, whose projection has the width <see cref="HiddenSize"/>; others ignore it.
    /// Default: 0, twice the hidden size.
    /// </summary>
    public int CellSize { get; init; }

    /// <summary>The number of layers, one above the other. Default: 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Whether a second network reads the sequence from its end. Default: no.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>Whether the first layer reads one-hot vectors, given as word numbers. Default: no.</summary>
    public bool OneHotInput { get; init; }

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
            return $"{CellName}, {layers} of {HiddenSize} units{(Bidirectional ? ", both directions" : "")}";
        }
    }

    /// <summary>The cell as people call it.</summary>
    internal string CellName => Cell switch
    {
        CellKind.Elman => $"recurrent ({ActivationName})",
        CellKind.Lstm => "LSTM",
        CellKind.Gru => GruReset == GruReset.Outside ? "GRU (reset outside)" : "GRU",
        CellKind.MinGru => "minGRU",
        CellKind.MinLstm => "minLSTM",
        CellKind.Sru => "SRU",
        CellKind.IndRnn => $"IndRNN ({ActivationName})",
        CellKind.Lru => $"LRU ({ActivationName})",
        CellKind.PeepholeLstm => "peephole LSTM",
        CellKind.LayerNormLstm => "LSTM with layer normalisation",
        _ => "projected LSTM",
    };

    private string ActivationName => Activation.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(RecurrentSpec), PrintMembers);
}
