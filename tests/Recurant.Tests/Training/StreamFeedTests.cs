namespace Recurant.Tests.Training;

public class StreamFeedTests
{
    /// <summary>
    /// An epoch begins within the first tenth of the text and within a window; the parts share what is certain to follow.
    /// </summary>
    [Theory]
    [InlineData(101, 2, 50, 10, 45)]           // a tenth of 100 places is less than a window: (100 - 10) / 2 steps each
    [InlineData(1001, 4, 50, 50, 237)]         // a window is less than a tenth: (1000 - 50) / 4
    [InlineData(9, 2, 3, 0, 4)]                // too short to begin elsewhere
    [InlineData(9, 8, 3, 0, 1)]                // a step each
    public void Epoch_OfAnyLength_CoversThePartsAndStaysInTheText(int length, int batch, int window, int choices, int part)
    {
        int[] tokens = [.. Enumerable.Range(0, length)];
        var feed = new StreamFeed(new TextPart(tokens, tokens, length), batch, window, seed: 7);
        Assert.Equal((part + window - 1) / window, feed.StepsInEpoch);
        Assert.Equal(part, Enumerable.Range(0, feed.StepsInEpoch).Sum(feed.StepsOf));
        var starts = new HashSet<int>();
        for (int epoch = 0; epoch < 400; epoch++)
        {
            feed.BeginEpoch(epoch);
            starts.Add(feed.PlaceOf(0, 0));
            int last = feed.StepsInEpoch - 1;
            // The last step of the last part: the token after it is predicted.
            Assert.True(feed.PlaceOf(last, feed.StepsOf(last) * batch - 1) + 1 < length);
        }

        Assert.Equal(0, starts.Min());
        Assert.Equal(Math.Max(0, choices - 1), starts.Max());
    }
}
