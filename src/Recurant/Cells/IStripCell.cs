namespace Recurant.Cells;

/// <summary>
/// A cell whose step is one product with x_t, one with h_(t-1) and then element by element, so that the step of one sequence
/// can be computed strip by strip (<see cref="UnitStrips"/>). Where b_hh may be added to the input's share both products make
/// one sum in memory.Gates; else the hidden share starts from b_hh and stands in memory.HiddenGates.
/// </summary>
internal interface IStripCell
{
    /// <summary>The element-wise part of a step forward: the products stand in the memory.</summary>
    void Activate(in CellStep step);
}
