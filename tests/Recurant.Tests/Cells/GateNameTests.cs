using Recurant.Cells;
using Recurant.Layers;
using Xunit;

namespace Recurant.Tests.Cells;

/// <summary>The names of gates, in reports of numbers that are not finite for instance, are those of the cell's equations.</summary>
public class GateNameTests
{
    [Theory]
    [InlineData(CellKind.Elman, 5, "z")]
    [InlineData(CellKind.Lstm, 5, "i f g o")]
    [InlineData(CellKind.Gru, 5, "r z n")]
    [InlineData(CellKind.MinGru, 5, "z n")]
    [InlineData(CellKind.MinLstm, 5, "f i n")]
    [InlineData(CellKind.Sru, 5, "n f r p")]
    [InlineData(CellKind.Sru, 4, "n f r")]
    [InlineData(CellKind.IndRnn, 5, "z")]
    [InlineData(CellKind.Lru, 5, "b")]
    [InlineData(CellKind.PeepholeLstm, 5, "i f g o")]
    [InlineData(CellKind.LayerNormLstm, 5, "i f g o")]
    [InlineData(CellKind.ProjectedLstm, 5, "i f g o")]
    public void GateNames_EveryCell_AreInTheOrderOfItsRows(CellKind cell, int inputs, string expected)
    {
        var stack = new RecurrentStack(new StackSpec { Cell = cell, InputSize = inputs, HiddenSize = 4, Layers = 1 });
        RecurrentCell made = stack.Cells.Single();
        Assert.Equal(expected.Split(' '), made.GateNames);
        Assert.Equal(made.GateNames.Count * made.CellSize, made.InputWeights.Shape[0]);
        // Each is the left side, or W_name stands in one of the equations; "z" of a cell without gates is in none.
        foreach (string name in made.GateNames.Where(_ => made.Gates > 1))
        {
            Assert.Contains(made.Equations, equation =>
                $", {equation}".Contains($", {name} = ", StringComparison.Ordinal) || equation.Contains($"W_{name} ", StringComparison.Ordinal)
                || equation.Contains($"W_i{name} ", StringComparison.Ordinal));
        }
    }
}
