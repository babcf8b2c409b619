using System.Runtime.Intrinsics;

namespace Recurant.Tests.Numerics;

/// <summary>
/// Products of one to three rows over many panels, four side by side, against the plain loop of <see cref="PlainProduct"/>.
/// </summary>
public unsafe class ThinTileTests
{
    private const int MostRows = 4, Guard = 40;
    private static readonly int[] s_depths = [0, 1, 2, 7, 31, 256, 257, 513];

    public static TheoryData<bool> Accumulate => [false, true];

    [Theory]
    [MemberData(nameof(Accumulate))]
    public void Multiply_OneToThreeRows_EqualsThePlainLoop(bool accumulate)
    {
        CheckTile<Width512, Vector512<float>, Rows1>(accumulate);
        CheckTile<Width512, Vector512<float>, Rows2>(accumulate);
        CheckTile<Width512, Vector512<float>, Rows3>(accumulate);
        CheckTile<Width256, Vector256<float>, Rows1>(accumulate);
        CheckTile<Width256, Vector256<float>, Rows2>(accumulate);
        CheckTile<Width256, Vector256<float>, Rows3>(accumulate);
        CheckTile<Width128, Vector128<float>, Rows1>(accumulate);
        CheckTile<Width128, Vector128<float>, Rows2>(accumulate);
        CheckTile<Width128, Vector128<float>, Rows3>(accumulate);
    }

    /// <summary>Panels that are no multiple of four, the last one full or not.</summary>
    [Theory]
    [MemberData(nameof(Accumulate))]
    public void Multiply_FewRowsOverAnyNumberOfPanels_EqualsThePlainLoop(bool accumulate)
    {
        foreach (int columns in new[] { 96, 127, 128, 129, 159, 160, 177, 224, 256, 257, 288, 300 })
        {
            CheckProducts(groups: 1, columns, accumulate);
        }
    }

    /// <summary>
    /// Groups of columns, each beginning a new panel: their full panels are neighbours in C only if none is half empty.
    /// </summary>
    [Theory]
    [InlineData(3, 32)]
    [InlineData(4, 64)]
    [InlineData(4, 96)]
    [InlineData(3, 128)]
    [InlineData(4, 33)]
    [InlineData(3, 48)]
    [InlineData(3, 144)]
    [InlineData(2, 165)]
    public void Multiply_FewRowsOverGroups_EqualsThePlainLoop(int groups, int groupColumns)
    {
        CheckProducts(groups, groups * groupColumns, accumulate: false);
        CheckProducts(groups, groups * groupColumns, accumulate: true);
    }

    /// <summary>Panels interleaved in fours, of which a single row can be multiplied at every width.</summary>
    [Theory]
    [InlineData(1, 128)]
    [InlineData(4, 128)]
    [InlineData(3, 256)]
    public void Multiply_InterleavedPanels_EqualsThePlainLoop(int groups, int groupColumns)
    {
        foreach (int depth in s_depths)
        {
            PlainProduct product = new(1, depth, groups * groupColumns);
            PackedMatrix right = product.PackRight(groups, interleave: true);
            foreach (bool accumulate in new[] { false, true })
            {
                for (int first = 0; first < right.Panels; first += PackedMatrix.Quad)
                {
                    Check<Width512, Vector512<float>>(product, right, 1, accumulate, (first, right.Panels));
                    Check<Width256, Vector256<float>>(product, right, 1, accumulate, (first, right.Panels));
                    Check<Width128, Vector128<float>>(product, right, 1, accumulate, (0, first + PackedMatrix.Quad));
                }
            }
        }
    }

    private static void CheckTile<TWidth, TVector, TRows>(bool accumulate)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
        where TRows : struct, IRowCount
    {
        const int Columns = 2 * ThinTile<Width128, Vector128<float>, Rows1>.Panels * PackedMatrix.PanelWidth;
        foreach (int depth in new[] { 0, 1, 5, 256 })
        {
            PlainProduct product = new(MostRows, depth, Columns);
            foreach ((int panels, bool interleave) in new[] { (4, false), (8, false), (4, true), (8, true) })
            {
                PackedMatrix right = product.PackRight(groups: 1, interleave);
                FloatBuffer result = product.NewResult(Guard, accumulate);
                var tile = new TileAddress
                {
                    Left = product.Left.Pointer, Initial = accumulate ? result.Pointer + Guard : null,
                    Target = result.Pointer + Guard,
                };
                var run = new TileRun
                {
                    Tiles = &tile, TileCount = 1, RowStep = product.LeftStep, DepthStep = 1, InitialStep = product.ResultStep,
                    TargetStep = product.ResultStep, Depth = depth, PanelDepth = depth, Panel = right.Panel(0, 0),
                    PanelStep = right.PanelStep(0),
                    RowPitch = right.RowPitch, PanelCount = panels,
                };
                ThinTile<TWidth, TVector, TRows>.Multiply(ref run);
                Bits.AssertEqual(
                    product.Expected(Guard, accumulate, TRows.Value, 0, panels * PackedMatrix.PanelWidth), result.Span,
                    $"{TWidth.Count} lanes, {TRows.Value} rows, depth {depth}, {panels} panels, {interleave}");
                GC.KeepAlive(right);
            }
        }
    }

    private static void CheckProducts(int groups, int columns, bool accumulate)
    {
        foreach (int depth in s_depths)
        {
            PlainProduct product = new(MostRows, depth, columns);
            PackedMatrix right = product.PackRight(groups);
            for (int rows = 1; rows <= MostRows; rows++)
            {
                Check<Width512, Vector512<float>>(product, right, rows, accumulate, (0, right.Panels));
                Check<Width256, Vector256<float>>(product, right, rows, accumulate, (0, right.Panels));
                Check<Width128, Vector128<float>>(product, right, rows, accumulate, (0, right.Panels));
                // A worker's share: some panels in the middle.
                Check<Width512, Vector512<float>>(product, right, rows, accumulate, (1, right.Panels - 1));
                Check<Width256, Vector256<float>>(product, right, rows, accumulate, (1, right.Panels - 1));
            }
        }
    }

    private static void Check<TWidth, TVector>(
        PlainProduct product, PackedMatrix right, int rows, bool accumulate, (int First, int Last) panels)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        FloatBuffer result = product.NewResult(Guard, accumulate);
        MatrixProduct.Multiply<TWidth, TVector>(
            LeftFactor.Rows(product.Left.Pointer, product.LeftStep), rows, right, panels.First, panels.Last,
            result.Pointer + Guard, product.ResultStep, accumulate);
        int last = panels.Last - 1, end = right.FirstColumn(last) + right.Width(last);
        Bits.AssertEqual(
            product.Expected(Guard, accumulate, rows, right.FirstColumn(panels.First), end), result.Span,
            $"{TWidth.Count} lanes, {rows} rows, depth {product.Depth}, {product.Columns} columns, panels {panels}");
    }
}
