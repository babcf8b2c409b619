using Recurant.Numerics;
using Xunit;

namespace Recurant.Tests.Numerics;

public unsafe class PackedMatrixTests
{
    private const int MostDepth = 45, MostColumns = 101;

    [Fact]
    public void Pack_EverySize_PutsEveryElementInItsPlace()
    {
        const int Step = MostColumns + 2;
        FloatBuffer source = Bits.RandomBuffer(MostDepth * Step, 1);
        var packed = new PackedMatrix();
        for (int depth = 0; depth <= MostDepth; depth++)
        {
            for (int columns = 1; columns <= MostColumns; columns++)
            {
                packed.PackRows(Workers.ForThreads(1), source.Pointer, Step, depth, columns);
                CheckLayout(packed, depth, columns, (k, n) => source.Span[k * Step + n]);
            }
        }
    }

    [Fact]
    public void PackTransposed_EverySize_PutsEveryElementInItsPlace()
    {
        const int Step = MostDepth + 3;
        FloatBuffer source = Bits.RandomBuffer(MostColumns * Step, 2);
        var packed = new PackedMatrix();
        for (int depth = 0; depth <= MostDepth; depth++)
        {
            for (int columns = 1; columns <= MostColumns; columns++)
            {
                packed.PackTransposed(Workers.ForThreads(1), source.Pointer, Step, depth, columns);
                CheckLayout(packed, depth, columns, (k, n) => source.Span[n * Step + k]);
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Pack_OnSeveralThreads_GivesTheSameLayout(int threads)
    {
        Matrix matrix = Bits.RandomMatrix(210, 203, 3);
        var packed = new PackedMatrix();
        packed.Pack(Workers.ForThreads(threads), matrix);
        CheckLayout(packed, 210, 203, (k, n) => matrix.Row(k)[n]);
        packed.PackTransposed(Workers.ForThreads(threads), matrix);
        CheckLayout(packed, 203, 210, (k, n) => matrix.Row(n)[k]);
    }

    private static void CheckLayout(PackedMatrix packed, int depth, int columns, Func<int, int, float> element)
    {
        Assert.Equal(depth, packed.Depth);
        Assert.Equal(columns, packed.Columns);
        Assert.Equal((columns + 31) / 32, packed.Panels);
        for (int panel = 0; panel < packed.Panels; panel++)
        {
            var actual = new ReadOnlySpan<float>(packed.Panel(panel), depth * PackedMatrix.PanelWidth);
            for (int i = 0; i < actual.Length; i++)
            {
                int k = i / PackedMatrix.PanelWidth, n = panel * PackedMatrix.PanelWidth + i % PackedMatrix.PanelWidth;
                float expected = n < columns ? element(k, n) : 0f;
                if (!actual[i].Equals(expected))
                {
                    Assert.Fail($"[{depth}, {columns}]: B[{k}, {n}] is {actual[i]}, expected {expected}.");
                }
            }
        }
    }
}
