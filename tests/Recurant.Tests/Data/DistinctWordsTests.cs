namespace Recurant.Tests.Data;

public class DistinctWordsTests
{
    [Fact]
    public void Find_WordsThatOccurAgain_ListsEachOnce()
    {
        var batch = new BatchLayout();
        var distinct = new DistinctWords();
        foreach (int[][] texts in new int[][][] { [[5, 2, 5, 5], [2, 7]], [[7, 7, 7], [0, 7, 0]], [[5, 2, 5, 5], [2, 7]] })
        {
            batch.Fill(texts, [0, 1]);
            Assert.True(distinct.Find(batch, 9));
            Assert.Equal(texts.SelectMany(text => text).Distinct().Order(), distinct.Words.ToArray().Order());
            for (int row = 0; row < batch.Rows; row++)
            {
                Assert.Equal(batch.Tokens[row], distinct.Words.Span[distinct.Rows.Span[row]]);
            }
        }
    }

    [Fact]
    public void Find_NoWordTwice_FindsNothing()
    {
        var batch = new BatchLayout();
        batch.Fill([[1, 2, 3, 4, 5, 6, 7, 8]], [0]);
        var distinct = new DistinctWords();
        Assert.False(distinct.Find(batch, 9));
        Assert.True(distinct.Rows.IsEmpty);
    }
}
