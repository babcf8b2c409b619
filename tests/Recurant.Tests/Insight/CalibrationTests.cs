namespace Recurant.Tests.Insight;

public class CalibrationTests
{
    private const double Rounding = 1e-12;

    [Fact]
    public void Of_FiveAnswers_IsTheSumOfTheEquation()
    {
        // Two bins: 0.3 (wrong); 0.6 (right), 0.9 (right), 0.9 (wrong), 1.0 (right).
        Calibration calibration = Calibration.Of([(0.3, false), (0.6, true), (0.9, true), (0.9, false), (1.0, true)], bins: 2);
        Assert.Equal([1, 4], calibration.Bins.Select(bin => bin.Count));
        Assert.Equal(0.85, calibration.Bins[1].Confidence, Rounding);
        Assert.Equal(0.75, calibration.Bins[1].Accuracy, Rounding);
        Assert.Equal(0.2 * 0.3 + 0.8 * 0.1, calibration.ExpectedError, Rounding);
    }

    [Fact]
    public void Of_ValuesOnTheBounds_LieInTheBinThatEndsThere()
    {
        Calibration calibration = Calibration.Of([(0, true), (0.1, true), (0.5, true), (1, true)]);
        Assert.Equal([2, 0, 0, 0, 1, 0, 0, 0, 0, 1], calibration.Bins.Select(bin => bin.Count));
        Assert.True(double.IsNaN(calibration.Bins[1].Accuracy));
    }

    [Fact]
    public void Of_NoAnswers_HasNoError() => Assert.Equal(0, Calibration.Of([]).ExpectedError);

    [Fact]
    public void Of_NoProbability_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Calibration.Of([(double.NaN, true)]));

    [Fact]
    public void Review_AClassifier_ListsItsMistakesTheSurestFirst()
    {
        var data = Reviews.Noise(60, seed: 4);
        ClassifierModel model = ClassifierTrainer.Train(Reviews.Words(60, seed: 1), Reviews.Small with { Epochs = 4 }).Model;
        Evaluation score = new TextClassifier(model, threads: 1).Evaluate(data);
        ClassifierReview review = ClassifierReview.Of(model, data, mistakes: 5, threads: 1);
        Assert.Equal(data.Count - (int)Math.Round(score.Accuracy * data.Count), review.MistakeCount);
        Assert.Equal(5, review.Mistakes.Count);
        Assert.Equal(review.Mistakes.Select(mistake => mistake.Probability).OrderDescending(),
            review.Mistakes.Select(mistake => mistake.Probability));
        Assert.All(review.Mistakes, mistake =>
        {
            Assert.NotEqual(mistake.Right, mistake.Answered);
            Assert.Equal(mistake.Answered, new TextClassifier(model, threads: 1).Predict(mistake.Text).Label);
        });
        Assert.Equal(data.Count, review.Calibration.Bins.Sum(bin => bin.Count));
    }
}
