namespace Recurant.Cells;

/// <summary>
/// What every long short-term memory has whose gates read W_ih x_t + b_ih + W_hh h_(t-1) + b_hh: the gates i, f, g, o, a memory
/// cell c, and a forget gate that starts open.
/// </summary>
internal abstract class MemoryCell(
    int inputSize, int hiddenSize, string suffix, bool oneHotInput, float forgetBias, int cellSize = 0)
    : RecurrentCell(inputSize, hiddenSize, gates: ["i", "f", "g", "o"], suffix, oneHotInput, cellSize: cellSize)
{
    public sealed override bool HasCellState => true;

    /// <summary>
    /// Uniform in +-1 / sqrt(H); the forget gate's bias starts at <c>forgetBias</c>, so that at first the cell remembers
    /// (Gers et al. 2000; Jozefowicz, Zaremba and Sutskever 2015 find 1 a good value).
    /// </summary>
    public sealed override void Initialise(ulong seed, uint ordinal)
    {
        base.Initialise(seed, ordinal);
        InputBias.Value.Slice(CellSize, CellSize).Fill(forgetBias);
        HiddenBias.Value.Slice(CellSize, CellSize).Clear();
    }

    public override void Reserve(CellMemory memory, int rows, int sequences)
    {
        memory.Cells.Reserve(memory.KeepsHistory ? rows : sequences, CellSize);
        memory.Intermediate.Reserve(memory.KeepsHistory ? rows : 0, CellSize);
    }

    /// <summary>Adds W_hh h_(t-1) to the gates.</summary>
    protected static void AddHiddenShare(in CellStep step) => step.AddHiddenShare(
        step.Memory.Packed.Forward.Matrix, Address.None, step.Memory.Gates.At(step.GateRowStart), step.Memory.Gates.Step);
}
