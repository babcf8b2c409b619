namespace Recurant.Tests.Inference;

public class WordSplitterTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  \t ", "")]
    [InlineData("The dog barks.", "The|dog|barks|.")]
    [InlineData("I don't think it's John's, we'll see!", "I|do|n't|think|it|'s|John|'s|,|we|'ll|see|!")]
    [InlineData("DON\u2019T", "DO|N\u2019T")]
    [InlineData("shouldn't've", "should|n't|'ve")]
    [InlineData("(He said \"no\".)", "(|He|said|\"|no|\"|.|)")]
    [InlineData("Mr. Smith of the U.S. paid $3.50 ...", "Mr.|Smith|of|the|U.S.|paid|$|3.50|...")]
    [InlineData("Wait... what?!", "Wait|...|what|?|!")]
    [InlineData("J. K. and I.", "J.|K.|and|I|.")]
    [InlineData("well-known http://a.org/b?c=d, @paul #news", "well-known|http://a.org/b?c=d|,|@paul|#news")]
    [InlineData(":-) -- \u2026", ":-)|--|\u2026")]
    [InlineData("n't 's", "n't|'s")]
    [InlineData("中文没有空格", "中文没有空格")]
    [InlineData("\U0001F600 e\u0301te\u0301", "\U0001F600|e\u0301te\u0301")]
    public void Split_Line_GivesTheseWords(string line, string expected) =>
        Assert.Equal(expected, string.Join('|', WordSplitter.Split(line)));

    [Theory]
    [InlineData("I don't think it's (really) John's, \"we\" say!")]
    [InlineData("Mr. Smith... 'quoted' words -- and $5 or 10%.")]
    [InlineData("...word ))) ((( a'b'c ''' x'' 'x")]
    public void Split_ItsOwnWords_ChangeNothing(string line)
    {
        List<string> words = WordSplitter.Split(line);
        Assert.Equal(words, WordSplitter.Split(string.Join(' ', words)));
        Assert.Equal(line.Replace(" ", ""), string.Concat(words));
    }

    [Fact]
    public void Split_WordOfManyEndings_SetsEachApart()
    {
        const int Endings = 50_000;
        List<string> words = WordSplitter.Split("it" + string.Concat(Enumerable.Repeat("'s", Endings)));
        Assert.Equal(["it", .. Enumerable.Repeat("'s", Endings)], words);
        Assert.Equal(["should", "n't", "'ve", "'s", "n't"], WordSplitter.Split("shouldn't've'sn't"));
    }

    [Fact]
    public void AtBlanks_Line_IsLeftAsItIsCut() =>
        Assert.Equal(["don't", "(stop)", "."], WordSplitter.AtBlanks(" don't\t(stop)  . "));
}
