namespace Recurant.Tests.Samples;

public class ReviewsTests
{
    // What an order-blind reader may reach on the held-out part: clearly more than chance, far below a perfect reader.
    private const double LeastBagOfWordsAccuracy = 0.70;
    private const double MostBagOfWordsAccuracy = 0.90;

    // How sure the order-blind reader must be of its mistake.
    private const double Margin = 0.6;

    private const int LeastExamples = 25;

    private static readonly IReadOnlyList<(bool Positive, string[] Words)> s_training = ReviewFiles.Read(
        ReviewFiles.TrainingName);
    private static readonly IReadOnlyList<(bool Positive, string[] Words)> s_heldOut = ReviewFiles.Read(ReviewFiles.HeldOutName);

    [Theory]
    [InlineData(ReviewFiles.TrainingName, 2200)]
    [InlineData(ReviewFiles.HeldOutName, 400)]
    public void File_AsBundled_IsPlainTsvOfTwoFields(string name, int leastRows)
    {
        var bytes = ReviewFiles.Bytes(name);
        Assert.DoesNotContain((byte)'\r', bytes);
        Assert.DoesNotContain((byte)'"', bytes);
        Assert.Equal((byte)'\n', bytes[^1]);
        var lines = ReviewFiles.Lines(name);
        Assert.Equal("label\ttext", lines[0]);
        Assert.True(lines.Length > leastRows, $"{lines.Length - 1} rows");
        foreach (var line in lines.Skip(1))
        {
            var fields = line.Split('\t');
            Assert.True(fields.Length == 2 && fields[0] is "positive" or "negative", line);
            Assert.True(fields[1] == fields[1].Trim() && !fields[1].Contains("  "), line);
            Assert.True(!fields[1].AsSpan().ContainsAny("{}[]<>|"), line);
            Assert.InRange(ReviewFiles.Words(fields[1]).Length, 3, 25);
        }
    }

    [Fact]
    public void Labels_InEachFile_AreBalanced()
    {
        foreach (var rows in new[] { s_training, s_heldOut })
        {
            Assert.InRange(rows.Count(r => r.Positive) / (double)rows.Count, 0.49, 0.51);
        }
    }

    [Fact]
    public void Texts_AcrossBothFiles_OccurOnce()
    {
        var texts = s_training.Concat(s_heldOut).Select(r => string.Join(' ', r.Words)).ToList();
        var twice = texts.GroupBy(t => t).Where(g => g.Count() > 1).Select(g => g.Key);
        Assert.Empty(twice);
    }

    [Theory]
    [InlineData("this movie is not good")]
    [InlineData("this movie is good")]
    [InlineData("this movie is bad")]
    [InlineData("this movie is not bad")]
    [InlineData("this movie is not only good but great")]
    public void KeySentence_InEitherFile_IsAbsentEvenInsideALongerReview(string sentence) =>
        Assert.DoesNotContain(s_training.Concat(s_heldOut), r => $" {string.Join(' ', r.Words)} ".Contains($" {sentence} "));

    [Fact]
    public void HeldOutWords_InTraining_OccurThreeTimesOrMore()
    {
        var counts = s_training.SelectMany(r => r.Words).GroupBy(w => w).ToDictionary(g => g.Key, g => g.Count());
        Assert.Empty(s_heldOut.SelectMany(r => r.Words).Where(w => counts.GetValueOrDefault(w) < 3).Distinct());
    }

    [Theory]
    [InlineData("not good")]
    [InlineData("not bad")]
    [InlineData("not only")]
    [InlineData("not just")]
    [InlineData("never")]
    [InlineData("hardly")]
    [InlineData("far from")]
    [InlineData("anything but")]
    [InlineData("but")]
    [InlineData("although")]
    [InlineData("even though")]
    [InlineData("despite the")]
    [InlineData("too")]
    [InlineData("failed to")]
    [InlineData("lack of")]
    [InlineData("without")]
    [InlineData("no longer")]
    [InlineData("than i")]
    [InlineData("who would")]
    [InlineData("nobody")]
    [InlineData("it is not true that")]
    [InlineData("i would not say that")]
    [InlineData("are wrong")]
    public void Phrase_InTraining_StandsOftenUnderBothLabels(string phrase)
    {
        foreach (var positive in new[] { true, false })
        {
            var count = s_training.Count(r => r.Positive == positive && $" {string.Join(' ', r.Words)} ".Contains($" {phrase} "));
            Assert.True(count >= LeastExamples, $"'{phrase}' stands in {count} reviews with positive = {positive}.");
        }
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.0003, 2)]
    [InlineData(0.003, 3)]
    [InlineData(0.03, 4)]
    public void BagOfWords_OnTheKeySentences_ReadsWordsAndNotOrder(double decay, int seed)
    {
        var model = new WordCountRegression(s_training, decay, seed);
        Assert.InRange(model.Probability("This movie is not good"), Margin, 1);
        Assert.InRange(model.Probability("This movie is not bad"), 0, 1 - Margin);
        Assert.InRange(model.Probability("This movie is good"), 0.5, 1);
        Assert.InRange(model.Probability("This movie is bad"), 0, 0.5);
        Assert.InRange(model.Accuracy(s_heldOut), LeastBagOfWordsAccuracy, MostBagOfWordsAccuracy);
    }
}
