using System.Text;
using System.Text.Json;

namespace Recurant.Tests.Heads;

/// <summary>Every measure of forecasts against values computed by hand.</summary>
public class ForecastMeterTests
{
    private const double Tolerance = 1e-6;
    private const float NaN = float.NaN;

    [Fact]
    public void Score_TwoWindowsWithAMissingValue_EqualsTheHandComputedOnes()
    {
        ForecastScore score = TwoWindows();
        Assert.Equal((2, 3, 1), (score.Windows, score.Season, score.Undefined));
        Assert.Equal(1, score.Loss, Tolerance);
        Assert.Equal(4 / 3.0, score.MeanAbsoluteError, Tolerance);
        Assert.Equal(2, score.MeanSquaredError, Tolerance);
        Assert.Equal(Math.Sqrt(2), score.RootMeanSquaredError, Tolerance);
        // One series alone has a scale: |10 - 8| / 2.
        Assert.Equal(1, score.Mase!.Value, Tolerance);
        Assert.Equal((400 / 18.0 + 200 + 200 / 9.0) / 3, score.Smape, Tolerance);
        Assert.Equal((20 + 25) / 2.0, score.Mape!.Value, Tolerance);
        Assert.Equal(2 * (0.85 + 2 + 0.5) / 3 / 14, score.WeightedQuantileLoss!.Value, Tolerance);
        Assert.Equal(2 / 3.0, score.Coverage80!.Value, Tolerance);
        Assert.Equal(
            [new HorizonScore(1, 1.5, 2.5, 1), new HorizonScore(2, 1, 1, 0)],
            score.ByHorizon);
    }

    [Fact]
    public void Score_ConstantSeries_HasNoMaseAndNoNaN()
    {
        var meter = new ForecastMeter(1, [0.1f, 0.5f, 0.9f], [0, NaN], 1);
        meter.Add(0, [0], [0], [0], [0, 0, 0]);
        meter.Add(1, [0], [0], [0], [0, 0, 0]);
        ForecastScore score = meter.Score();
        Assert.Equal((null, 2, null, null), (score.Mase, score.Undefined, score.Mape, score.WeightedQuantileLoss));
        Assert.Equal((0, 0, 0, 1), (score.MeanAbsoluteError, score.MeanSquaredError, score.Smape, score.Coverage80));
        Assert.DoesNotContain("NaN", Json(score), StringComparison.Ordinal);
    }

    [Fact]
    public void Score_NothingKnown_IsFinite()
    {
        var meter = new ForecastMeter(2, [], [1], 1);
        meter.Add(0, [NaN, NaN], [1, 1], [1, 1], []);
        ForecastScore score = meter.Score();
        Assert.Equal((0, 0, null, null), (score.MeanAbsoluteError, score.Smape, score.Mase, score.Coverage80));
        Assert.Empty(score.ByHorizon);
    }

    [Fact]
    public void Score_Standardised_DividesErrorsButNotMase()
    {
        var meter = new ForecastMeter(1, [], [4], 1);
        meter.Add(0, [10], [8], [7], [], shift: 4, divisor: 2);
        ForecastScore score = meter.Score();
        Assert.Equal(1, score.MeanAbsoluteError, Tolerance);
        Assert.Equal(2.25, score.MeanSquaredError, Tolerance);
        Assert.Equal(0.5, score.Mase!.Value, Tolerance);
    }

    [Fact]
    public void Mase_OfSeriesOfUnequalLengths_IsTheMeanOverSeries()
    {
        var meter = new ForecastMeter(1, [], [1, 10], 1);
        for (int i = 0; i < 9; i++) meter.Add(0, [3], [0], [0], []);
        meter.Add(1, [5], [0], [0], []);
        Assert.Equal((3 + 0.5) / 2, meter.Score().Mase!.Value, Tolerance);
    }

    [Fact]
    public void Json_OfAScore_IsReadBack()
    {
        foreach (ForecastScore score in (ForecastScore[])
            [TwoWindows(), TwoWindows() with { Mase = null, Mape = null, WeightedQuantileLoss = null, Coverage80 = null }])
        {
            using JsonDocument document = JsonDocument.Parse(Json(score));
            ForecastScore read = ForecastScore.Read(document.RootElement);
            Assert.Equal(score.ByHorizon, read.ByHorizon);
            Assert.Equal(score, read with { ByHorizon = score.ByHorizon });
        }
    }

    [Fact]
    public void RegressionScore_OfPairs_EqualsTheHandComputedOneAndIsReadBack()
    {
        var score = RegressionScore.Of([(1, 2), (3, 1), (5, 5)], deviation: 2);
        Assert.Equal(3, score.Rows);
        Assert.Equal(Math.Sqrt(5 / 3.0), score.RootMeanSquaredError, Tolerance);
        Assert.Equal(1, score.MeanAbsoluteError, Tolerance);
        Assert.Equal(1 - 5 / 8.0, score.R2!.Value, Tolerance);
        Assert.Equal(5 / 12.0, score.Loss, Tolerance);
        Assert.Null(RegressionScore.Of([(2, 1), (2, 3)], 1).R2);
        foreach (RegressionScore each in (RegressionScore[])[score, score with { R2 = null }])
        {
            using JsonDocument document = JsonDocument.Parse(Json(each));
            Assert.Equal(each, RegressionScore.Read(document.RootElement));
        }
    }

    [Fact]
    public void AddDirection_Moves_AreCountedBesideTheMoreFrequentWay()
    {
        var meter = new ForecastMeter(1, [], [1], 1);
        meter.AddDirection(10, 12, 11);
        meter.AddDirection(10, 12, 9);
        meter.AddDirection(10, 8, 9);
        meter.AddDirection(10, 12, 10); // a forecast that stays foresees no move
        meter.AddDirection(10, 10, 12); // what stays has no direction
        meter.AddDirection(NaN, 10, 12);
        meter.AddDirection(10, NaN, 12);
        DirectionScore direction = meter.Score().Direction!;
        Assert.Equal(4, direction.Count);
        Assert.Equal(0.5, direction.Accuracy);
        Assert.Equal(0.75, direction.Majority);
        // Wilson's interval of 2 of 4.
        Assert.Equal(0.1500, direction.Low, 4);
        Assert.Equal(0.8500, direction.High, 4);
        Assert.False(direction.IsLearnt);
        Assert.True(DirectionScore.Of(1000, 520, 600).IsLearnt);
    }

    [Fact]
    public void Add_WindowWithoutAKnownValue_IsNoWindow()
    {
        var meter = new ForecastMeter(2, [], [1], 1);
        meter.Add(0, [NaN, NaN], [1, 1], [1, 1], []);
        Assert.Equal(0, meter.Score().Windows);
        Assert.Null(meter.Score().Direction);
    }

    private static ForecastScore TwoWindows()
    {
        var meter = new ForecastMeter(2, [0.1f, 0.5f, 0.9f], [2, 0, NaN], 3);
        meter.Add(0, [10, NaN], [8, 5], [9, 5], [7, 8, 11, 0, 0, 0]);
        meter.Add(1, [0, 4], [1, 5], [2, 3], [-1, 1, 2, 4.5f, 5, 6]);
        meter.AddLoss(0.5);
        meter.AddLoss(1.5);
        return meter.Score();
    }

    private static string Json(Score score)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("loss", score.Loss);
            score.WriteMembers(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
