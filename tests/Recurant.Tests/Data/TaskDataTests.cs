namespace Recurant.Tests.Data;

public class TaskDataTests
{
    [Fact]
    public void TaggedDataset_Sentences_CountsWordsAndSortsTags()
    {
        var data = new TaggedDataset("d", [new(["a", "b"], ["X", "A"], 3), new(["c"], ["X"])]);
        Assert.Equal((2, 3L), (data.Count, data.WordCount));
        Assert.Equal(["A", "X"], data.Tags);
        Assert.Equal((3, 0), (data.Sentences[0].Line, data.Sentences[1].Line));
    }

    [Fact]
    public void TaggedSentence_UnequalCounts_AreRefused()
    {
        Assert.Contains(
            "2 words and 1 tags", Assert.Throws<ArgumentException>(() => new TaggedSentence(["a", "b"], ["X"])).Message);
        Assert.Throws<ArgumentException>(() => new TaggedSentence([], []));
    }
}
