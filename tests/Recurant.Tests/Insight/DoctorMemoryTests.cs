namespace Recurant.Tests.Insight;

/// <summary>What the doctor holds of data, beside the data.</summary>
[Collection(nameof(AloneCollection))]
public class DoctorMemoryTests
{
    /// <summary>Bytes held for each byte of text of about a hundred bytes: 28 a row, and room for chance.</summary>
    private const double MostHeld = 0.6;

    [Fact]
    public void DoctorTexts_LookedThroughWhole_HoldHashesAndNoText()
    {
        using var list = new ExampleList();
        long bytes = 0;
        for (int i = 0; i < 50_000; i++)
        {
            string text = $"A text of about a hundred bytes, as reviews and tickets are that people write in a hurry, number {i}";
            list.Add(text, i % 3 == 0 ? "good" : "bad", i + 2);
            bytes += text.Length;
        }

        var data = new TextDataset("reviews.tsv", list);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        DoctorTexts texts = DoctorTexts.Of(data);
        Assert.Equal(50_000, texts.Rows.WithLetters().Length);
        Assert.Equal(50_000, texts.Texts.Count(text => text.Folded.EndsWith(text.Words[^1], StringComparison.Ordinal)));
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(held, 0, (long)(MostHeld * bytes));
        Assert.Equal("reviews.tsv, line 2", texts.At(0).Place);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DoctorGroups_OfManyRows_AreThoseOfGroupBy(bool sparse)
    {
        int[] rows = [.. Enumerable.Range(0, 3000).Where(row => !sparse || row % 3 > 0)];
        ulong HashOf(int row) => SplitMix64.Hash(0, row * row % 500);
        int[][] expected = [.. rows.GroupBy(HashOf).Where(group => group.Count() > 1).Select(group => group.ToArray())];
        Assert.Equal(expected, new DoctorGroups(rows, HashOf).Several.Select(group => group.ToArray()));
        Assert.Equal(rows.Select(HashOf).Distinct().Count(), DoctorGroups.Distinct(rows, HashOf));
    }
}
