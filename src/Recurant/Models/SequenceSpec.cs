using System.Globalization;
using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;

namespace Recurant.Models;

/// <summary>What a network for a generated problem is made of: data only, stored in the model file.</summary>
public sealed record SequenceSpec
{
    /// <summary>The problem.</summary>
    public required SequenceProblem Problem { get; init; }

    /// <summary>The cell. Default: LSTM.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>The activation of an Elman, IndRNN or LRU cell. Default: tanh.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The formulation of an Elman cell. Default: hidden.</summary>
    public ElmanForm Form { get; init; } = ElmanForm.Hidden;

    /// <summary>Where a GRU applies its reset gate. Default: inside.</summary>
    public GruReset GruReset { get; init; } = GruReset.Inside;

    /// <summary>H, the width of each layer. Default: 128.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>The number of layers. Default: 1.</summary>
    public int Layers { get; init; } = 1;

    internal RecurrentSpec Recurrent => new()
    {
        Cell = Cell, Activation = Activation, Form = Form, GruReset = GruReset, InputSize = Problem.Inputs,
        HiddenSize = HiddenSize, Layers = Layers,
    };

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        if (HiddenSize is < 1 or > 65536) throw new ArgumentException($"HiddenSize is {HiddenSize}; it must be 1 to 65,536.");
        if (Layers is < 1 or > 64) throw new ArgumentException($"Layers is {Layers}; it must be 1 to 64.");
        if (Cell == CellKind.Lru && HiddenSize % 2 != 0)
        {
            throw new ArgumentException($"HiddenSize is {HiddenSize}; it must be even for an LRU.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(SequenceSpec), PrintMembers);
}
