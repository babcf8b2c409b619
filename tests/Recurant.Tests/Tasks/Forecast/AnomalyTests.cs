using static Recurant.Tests.Tasks.Forecast.ForecastCase;

namespace Recurant.Tests.Tasks.Forecast;

/// <summary>Surprises of a whole series, and of one that comes value after value.</summary>
public class AnomalyTests
{
    private const float NaN = float.NaN;

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(40)]
    public void Stream_ValueAfterValue_GivesTheBitsOfTheWholeSeries(int gap)
    {
        float[] learnt = Wave(60);
        learnt[30] = NaN;
        Forecaster forecaster = Forecaster.Train([learnt], Small);
        float[] values = Wave(90, 22, 4);
        values[3] = NaN;
        values.AsSpan(35, gap).Fill(NaN);
        var stream = new AnomalyStream(forecaster);
        float[] pushed = [.. values.Select(stream.Push)];
        // Half of a lookback of 8 must have come before.
        Assert.Equal([0, 0, 0, 0], pushed[..4]);
        Assert.True(pushed[4] > 0);
        float[] whole = [.. forecaster.Surprises(SeriesTable.Of([values])).Select(surprise => surprise.Score)];
        Bits.AssertEqual(whole, pushed[1..], "scores");
        Assert.All(Enumerable.Range(35, gap), t => Assert.Equal(0f, pushed[t]));
    }

    [Fact]
    public void Surprises_OneValueFarOff_HasTheHighestScore()
    {
        Forecaster forecaster = Forecaster.Train([Wave(300)], Small with { ValidationRows = 120 });
        float[] values = Wave(80, 20, 2);
        float[] spiked = [.. values];
        spiked[50] += 40;
        IReadOnlyList<Surprise> usual = forecaster.Surprises(SeriesTable.Of([values])),
            found = forecaster.Surprises(SeriesTable.Of([spiked]));
        Surprise highest = found.MaxBy(surprise => surprise.Score)!;
        // A score is the mean over a segment of two.
        Assert.InRange(highest.Step, 50, 51);
        float threshold = forecaster.AnomalyThreshold(0.01);
        Assert.True(highest.Score > 3 * threshold, $"{highest.Score} beside {threshold}");
        Assert.True(usual.Skip(10).Max(surprise => surprise.Score) < highest.Score / 3);
        Assert.True(forecaster.AnomalyThreshold(0.001) > threshold);
        Assert.Equal(threshold, new AnomalyStream(forecaster).Threshold(0.01));
        Assert.Throws<ArgumentOutOfRangeException>(() => forecaster.AnomalyThreshold(0.2));
    }

    [Fact]
    public void Threshold_TooFewValidated_IsNamed() => Assert.Contains(
        "validated with fewer than 100 values",
        Assert.Throws<InvalidOperationException>(() => Forecaster.Train([Wave(40)], Small).AnomalyThreshold()).Message);

    [Fact]
    public void Surprises_WithoutTheQuantiles_AreNamed()
    {
        Forecaster forecaster = Forecaster.Train([Wave(40)], Small with { Levels = [0.25f, 0.5f, 0.75f] });
        Assert.Contains(
            "no quantile of the level 0.1",
            Assert.Throws<InvalidOperationException>(() => forecaster.Surprises(SeriesTable.Of([Wave(20)]))).Message);
    }

    [Fact]
    public void Stream_OfSeveralColumns_IsNamed()
    {
        var table = SeriesTable.Of([[Wave(40), Wave(40, 5, 2)]], ["a", "b"]);
        Forecaster forecaster = Forecaster.Train(new ForecastDataset(table), Small);
        Assert.Contains(
            "reads 2 columns", Assert.Throws<ArgumentException>(() => new AnomalyStream(forecaster)).Message);
    }
}
