using Recurant.Tests.Losses;

namespace Recurant.Tests.Heads.Ctc;

public class CtcBestPathTests
{
    [Theory]
    [InlineData("0 0 0", "")]
    [InlineData("1 1 1", "1 at 0-3")]
    [InlineData("0 1 1 0 1 2 2 0", "1 at 1-3, 1 at 4-5, 2 at 5-7")]
    [InlineData("1 1 0 1 1", "1 at 0-2, 1 at 3-5")]
    [InlineData("3 2 1", "3 at 0-1, 2 at 1-2, 1 at 2-3")]
    public void Decode_BestClassOfEachFrame_JoinsNeighboursAndDropsBlanks(string path, string expected)
    {
        int[] classes = [.. path.Split(' ').Select(int.Parse)];
        float[] logits = new float[classes.Length * 4];
        for (int t = 0; t < classes.Length; t++) logits[t * 4 + classes[t]] = 1f + t;
        Assert.Equal(expected, Text(CtcBestPath.Decode(logits, 4)));
    }

    /// <summary>h e l blank l o: without the blank the double letter would be a single one.</summary>
    [Theory]
    [InlineData("1 1 2 3 0 3 4", "1 2 3 3 4")]
    [InlineData("1 1 2 3 3 3 4", "1 2 3 4")]
    public void Decode_DoubleLetters_NeedABlankBetween(string path, string expected)
    {
        int[] classes = [.. path.Split(' ').Select(int.Parse)];
        float[] logits = new float[classes.Length * 5];
        for (int t = 0; t < classes.Length; t++) logits[t * 5 + classes[t]] = 1f;
        Assert.Equal(expected, string.Join(' ', CtcBestPath.Decode(logits, 5).Select(symbol => symbol.Label)));
    }

    [Fact]
    public void Decode_EqualLogits_TakesTheFirst()
    {
        Assert.Empty(CtcBestPath.Decode([1f, 1f, 0f], 3, blank: 0));
        Assert.Equal([new CtcSymbol(0, 0, 1)], CtcBestPath.Decode([1f, 1f, 0f], 3, blank: 1));
        Assert.Equal([new CtcSymbol(0, 0, 2)], CtcBestPath.Decode([0f, 0f, 0f, 0f, 0f, 0f], 3, blank: 2));
    }

    [Fact]
    public void Decode_PublicVectors_GivesTheirBestPath()
    {
        foreach (TemporalClassificationVector vector in TemporalClassificationVector.All())
        {
            float[] logits = [.. vector.Logits.SelectMany(row => row.Select(z => (float)z))];
            IReadOnlyList<CtcSymbol> found = CtcBestPath.Decode(logits, vector.Logits[0].Length, vector.Blank);
            Assert.True(
                vector.BestPath.SequenceEqual(found.Select(symbol => symbol.Label)), $"{vector.Name}: {Text(found)}");
        }
    }

    [Fact]
    public void Decode_NumbersThatAreNoRows_Throws()
    {
        Assert.Throws<ArgumentException>(() => CtcBestPath.Decode(new float[7], 3));
        Assert.Throws<ArgumentException>(() => CtcBestPath.Decode(new float[6], 0));
        Assert.Throws<ArgumentException>(() => CtcBestPath.Decode(new float[6], 3, blank: 3));
        Assert.Empty(CtcBestPath.Decode([], 3));
    }

    private static string Text(IEnumerable<CtcSymbol> symbols) =>
        string.Join(", ", symbols.Select(symbol => $"{symbol.Label} at {symbol.Start}-{symbol.End}"));
}
