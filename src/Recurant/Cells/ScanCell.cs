namespace Recurant.Cells;

/// <summary>
/// A recurrent cell without a product with the hidden state: unit j at step t needs the past of unit j alone,
/// <code>
/// s_t[j] = step(W_ih x_t + b_ih, s_(t-1)[j])
/// </code>
/// so W_ih X for all steps is the one product there is, and what is left is a scan over time, element by element: vector
/// lanes run over the units, each unit's state is one running value in the order of time, and neither the width nor the
/// number of threads can change a bit. Workers that divide the units never wait for one another.
/// </summary>
/// <remarks>
/// The scan could also be cut into pieces of time that are joined afterwards (Blelloch 1990), as graphics cards do; with
/// fewer cores than units that costs more operations than it saves, and the order of the sums would depend on the cut.
/// The recurrent dropout has no product to act on and is left out.
/// </remarks>
internal abstract class ScanCell : RecurrentCell
{
    /// <param name="inputSize">I.</param>
    /// <param name="hiddenSize">H.</param>
    /// <param name="gates">G.</param>
    /// <param name="stateWeights">The number of weights that each unit has for its own past.</param>
    /// <param name="suffix">The end of the tensors' names.</param>
    /// <param name="oneHotInput">Whether the input is the number of a word.</param>
    protected ScanCell(int inputSize, int hiddenSize, string[] gates, int stateWeights, string suffix, bool oneHotInput)
        : base(inputSize, hiddenSize, gates, suffix, oneHotInput, hasHiddenProduct: false)
    {
        if (stateWeights > 0) StateWeights = new Parameter("weight_hh_" + suffix, stateWeights * hiddenSize);
    }

    /// <summary>w_hh [n H]: n weights a unit, where a cell with a hidden product has a matrix; null if there are none.</summary>
    public Parameter? StateWeights { get; }

    public override IEnumerable<Parameter> Parameters =>
        StateWeights is null ? [InputWeights, InputBias] : [InputWeights, StateWeights, InputBias];

    public sealed override bool AddsHiddenBiasToInput => false;

    public sealed override bool SharesGateGradients => false;

    public override void Reserve(CellMemory memory, int rows, int sequences)
    {
    }

    public override void PackForward(Workers workers, PackedCell packed, bool interleave = false)
    {
    }

    public override void PackBackward(Workers workers, PackedCell packed)
    {
    }

    public override void BeginBackward(
        Workers workers, BatchLayout batch, bool reverse, Matrix output, Matrix dOutput, CellMemory memory)
    {
        if (StateWeights is not null) memory.UnitSums.Reserve(batch.Sequences, StateWeights.Count).Clear();
    }

    /// <summary>Nothing: there is no W_hh.</summary>
    public sealed override void AddHiddenGradients(Workers workers, CellMemory memory, int rows)
    {
    }

    /// <summary>Nothing: dh_(t-1) is whole after the element-wise part.</summary>
    public sealed override void MultiplyBackward(in CellStep step)
    {
    }

    /// <summary>Adds rows of one matrix to those of another, on all workers.</summary>
    protected static void AddRows(Workers workers, Matrix source, Matrix destination)
    {
        var work = new AddRowsWork { Source = source, Destination = destination };
        workers.Run(ref work);
    }

    /// <summary>dw_hh: the sums over each sequence's steps, added up sequence by sequence.</summary>
    public override void AddOwnGradients(Workers workers, CellMemory memory, int sequences, int rows)
    {
        if (StateWeights is not null) Reductions.AddColumnSums(memory.UnitSums.Rows(sequences), StateWeights.Gradient);
    }

    private struct AddRowsWork : IParallelWork
    {
        public Matrix Source, Destination;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Source.Rows, part, parts);
            for (int row = first; row < last; row++) Elementwise.Add(Source.Row(row), Destination.Row(row));
        }
    }
}
