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

    /// <summary>Depths of more than 256 rows are laid out in steps; each step holds all panels, one after the other.</summary>
    [Theory]
    [InlineData(256, 1)]
    [InlineData(257, 2)]
    [InlineData(650, 3)]
    public void Pack_DeepMatrix_LiesInStepsWithoutGaps(int depth, int steps)
    {
        Matrix matrix = Bits.RandomMatrix(depth, 70, 5);
        var packed = new PackedMatrix();
        packed.Pack(Workers.ForThreads(2), matrix);
        Assert.Equal(steps, packed.DepthSteps);
        CheckLayout(packed, depth, 70, (k, n) => matrix.Row(k)[n]);
        float* next = packed.Panel(0, 0);
        for (int step = 0; step < steps; step++)
        {
            for (int panel = 0; panel < packed.Panels; panel++, next += packed.PanelStep(step))
            {
                Assert.True(next == packed.Panel(panel, step), $"step {step}, panel {panel}");
            }
        }
    }

    /// <summary>In groups every group begins a new panel, so that workers can divide the columns of each alike.</summary>
    [Theory]
    [InlineData(4, 33)]
    [InlineData(3, 64)]
    [InlineData(4, 5)]
    public void PackTransposed_InGroups_BeginsEachAtAPanel(int groups, int columns)
    {
        Matrix matrix = Bits.RandomMatrix(groups * columns, 300, 6);
        var packed = new PackedMatrix();
        packed.PackTransposed(Workers.ForThreads(1), matrix, groups);
        Assert.Equal(groups * packed.GroupPanels, packed.Panels);
        for (int group = 0; group < groups; group++)
        {
            Assert.Equal(group * columns, packed.FirstColumn(group * packed.GroupPanels));
        }

        CheckLayout(packed, 300, groups * columns, (k, n) => matrix.Row(n)[k]);
    }

    private static void CheckLayout(PackedMatrix packed, int depth, int columns, Func<int, int, float> element)
    {
        Assert.Equal(depth, packed.Depth);
        Assert.Equal(columns, packed.Columns);
        if (packed.Groups == 1) Assert.Equal((columns + 31) / 32, packed.Panels);
        for (int step = 0; step < packed.DepthSteps; step++)
        {
            (int first, int last) = packed.DepthRange(step);
            for (int panel = 0; panel < packed.Panels; panel++)
            {
                var actual = new ReadOnlySpan<float>(packed.Panel(panel, step), (last - first) * PackedMatrix.PanelWidth);
                for (int i = 0; i < actual.Length; i++)
                {
                    int k = first + i / PackedMatrix.PanelWidth, column = i % PackedMatrix.PanelWidth;
                    int n = packed.FirstColumn(panel) + column;
                    float expected = column < packed.Width(panel) ? element(k, n) : 0f;
                    if (!actual[i].Equals(expected))
                    {
                        Assert.Fail($"[{depth}, {columns}]: B[{k}, {n}] is {actual[i]}, expected {expected}.");
                    }
                }
            }
        }
    }
}
