namespace Recurant.Tests.Cells;

public class GateNameTests
{
    /// <summary>In the order of their rows in the weights, as docs/model-file.md has them.</summary>
    public static TheoryData<CellKind, string> Gates => new()
    {
        { CellKind.Elman, "z" }, { CellKind.Lstm, "i f g o" }, { CellKind.Gru, "r z n" }, { CellKind.MinGru, "z n" },
        { CellKind.MinLstm, "f i n" }, { CellKind.Sru, "n f r p" }, { CellKind.IndRnn, "z" }, { CellKind.Lru, "b" },
        { CellKind.PeepholeLstm, "i f g o" }, { CellKind.LayerNormLstm, "i f g o" }, { CellKind.ProjectedLstm, "i f g o" },
    };

    [Theory]
    [MemberData(nameof(Gates))]
    public void GateNames_OfEachCell_AreThoseOfItsRows(CellKind kind, string expected)
    {
        RecurrentCell cell = new Recurrent(kind, inputSize: 3, hiddenSize: 4).Stack.Cells.First();

        Assert.Equal(expected.Split(' '), cell.GateNames);
        Assert.Equal(cell.InputWeights.Shape[0], cell.GateNames.Count * cell.CellSize);
    }

    [Fact]
    public void Catalogue_HasEveryCellOnceInTheOrderOfItsKind()
    {
        Assert.Equal(Enum.GetValues<CellKind>(), CellCatalogue.All.Select(entry => entry.Kind));
        Assert.Equal(CellCatalogue.All.Count, CellCatalogue.All.Select(entry => entry.Name).Distinct().Count());
        Assert.All(CellCatalogue.All, entry =>
        {
            RecurrentCell cell = new Recurrent(entry.Kind, 3, 4).Stack.Cells.First();
            Assert.Equal(cell.HasHiddenProduct, entry.HasHiddenProduct);
        });
    }
}
