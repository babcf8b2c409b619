namespace Recurant.Tests.Numerics;

public unsafe class FloatBufferTests
{
    [Fact]
    public void Reserve_AnyLength_BeginsOnACacheLine()
    {
        for (int length = 0; length < 300; length++)
        {
            var buffer = new FloatBuffer(length);
            Assert.Equal(0, (nint)buffer.Pointer & 63);
            Assert.Equal(length, buffer.Length);
            Assert.Equal(length, buffer.Span.Length);
            Assert.Equal(-1, buffer.Span.IndexOfAnyExcept(0f));
            fixed (float* start = buffer.Span) Assert.True(length == 0 || start == buffer.Pointer);
        }
    }

    [Fact]
    public void Reserve_SmallerThenLarger_KeepsOrGrowsTheMemory()
    {
        var buffer = new FloatBuffer(100);
        float* pointer = buffer.Pointer;
        buffer.Reserve(40);
        Assert.Equal(40, buffer.Span.Length);
        buffer.Reserve(100);
        Assert.True(pointer == buffer.Pointer);

        buffer.Reserve(5000).Span.Fill(1f);
        Assert.Equal(0, (nint)buffer.Pointer & 63);
        Assert.Equal(5000, buffer.Memory.Length);
        buffer.Clear();
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept(0f));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Reserve(-1));
    }

    [Fact]
    public void Pointer_AfterCollections_StaysWhereItIs()
    {
        var buffer = new FloatBuffer(1000);
        float* pointer = buffer.Pointer;
        buffer.Span[7] = 42;
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.Equal(42f, pointer[7]);
        fixed (float* start = buffer.Span) Assert.True(start == pointer);
    }

    [Fact]
    public void Matrix_Views_AreTheRowsAndColumnsTheyName()
    {
        FloatBuffer buffer = Bits.Buffer([.. Enumerable.Range(0, 60).Select(i => (float)i)]);
        var matrix = new Matrix(buffer, 4, 7, 5, 8);
        Assert.Equal([20f, 21, 22, 23, 24], matrix.Row(2));
        Assert.Equal([29f, 30], matrix.Slice(3, 2).Column(1, 2).Row(0));
        Assert.Equal([4f, 5, 6, 7, 8], matrix.Slice(0, 1).Span);
        Assert.Throws<InvalidOperationException>(() => matrix.Span.Length);
        Assert.Throws<ArgumentException>(() => new Matrix(buffer, 4, 8, 5, 8));
        Assert.Throws<ArgumentException>(() => new Matrix(buffer, 0, 2, 5, 4));
    }
    [Fact]
    public void TargetStep_OfAnyWidth_KeepsRowsOnCacheLinesAndOffHalfPages()
    {
        int[] widths = [1, 15, 16, 17, 200, 496, 512, 640, 650, 1000, 1024, 2048, 2600];
        int[] steps = [1, 15, 16, 32, 208, 496, 528, 640, 656, 1008, 1040, 2064, 2608];
        Assert.Equal(steps, Array.ConvertAll(widths, Matrix.TargetStep));
        Assert.All(steps, step => Assert.True(Matrix.IsTargetStep(step)));
        Assert.All(new[] { 17, 200, 512, 650, 1536, 2600 }, step => Assert.False(Matrix.IsTargetStep(step)));
    }
}
