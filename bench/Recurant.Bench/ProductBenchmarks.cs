using BenchmarkDotNet.Attributes;

namespace Recurant.Bench;

/// <summary>
/// One thread's matrix products as a recurrent layer makes them: the step's product (few rows), the input's share of all
/// steps (many rows) and a weight gradient (transposed left factor); and the packing of a weight.
/// </summary>
[MemoryDiagnoser]
public class ProductBenchmarks
{
    private readonly RowStore _left = new(), _right = new(), _result = new();
    private readonly PackedMatrix _packed = new(), _packedScratch = new();
    private Workers _one = null!;

    /// <summary>Rows, depth K and columns N of C [rows, N] = A [rows, K] B [K, N].</summary>
    [Params("10,200,800", "700,200,800", "32,128,512")]
    public string Shape { get; set; } = "";

    private int Rows => int.Parse(Shape.Split(',')[0]);

    private int Depth => int.Parse(Shape.Split(',')[1]);

    private int Columns => int.Parse(Shape.Split(',')[2]);

    [GlobalSetup]
    public void Setup()
    {
        _one = Workers.ForThreads(1);
        _left.Reserve(Math.Max(Rows, Depth), Math.Max(Rows, Depth)).Clear();
        _right.Reserve(Columns, Depth).Clear();
        _result.Reserve(Rows, Columns).Clear();
        _packed.PackTransposed(_one, _right.Rows(Columns));
    }

    [Benchmark]
    public void Multiply() =>
        MatrixProduct.Multiply(_one, _left.Rows(Rows).Column(0, Depth), _packed, _result.Rows(Rows), accumulate: true);

    [Benchmark]
    public void MultiplyTransposed() =>
        TransposedProduct.Multiply(_one, _left.Rows(Depth).Column(0, Rows), _packed, _result.Rows(Rows), accumulate: true);

    [Benchmark]
    public void Pack() => _packedScratch.PackTransposed(_one, _right.Rows(Columns));
}
