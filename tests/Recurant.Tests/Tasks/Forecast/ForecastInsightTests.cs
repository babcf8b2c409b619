using static Recurant.Tests.Tasks.Forecast.ForecastCase;

namespace Recurant.Tests.Tasks.Forecast;

/// <summary>Explanations, the lens and the doctor on forecasters.</summary>
public class ForecastInsightTests
{
    // Single precision; the splits add up over units and steps.
    private const double SinglePrecision = 2e-5;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void Explain_AForecast_AddsUpToItsMedians(bool logarithms, int models)
    {
        SeriesTable table = Table();
        ForecasterModel model = Train(
            new ForecastDataset(table), Small with { Logarithms = logarithms, AllowNegative = true, Models = models });
        model.Corrections.Value.Clear();
        model.Corrections.MarkChanged();
        SeriesExplanation explanation = Explainer.Explain(model, table, series: 1);
        Assert.True(
            explanation.Gap <= 0.01 * Math.Max(Math.Abs(explanation.Value - explanation.Baseline), Math.Abs(explanation.Value)),
            $"{explanation.Gap} of {explanation.Value} - {explanation.Baseline}");
        Assert.Equal(("2", model.Spec.Lookback), (explanation.Id, explanation.Effects.Count));
        Assert.Equal(
            Enumerable.Range(-model.Spec.Lookback + 1, model.Spec.Lookback), explanation.Effects.Select(each => each.Step));
        SeriesSpan span = table.Series[1];
        Assert.Equal(table.Columns[0][span.First + span.Count - 1], explanation.Effects[^1].Value);
        Assert.Contains(explanation.Effects, each => Math.Abs(each.Effect) > 1e-3);
        if (logarithms) return;
        SeriesForecast forecast = new Forecaster(model).Forecast(table)[1];
        double medians = Enumerable.Range(0, 4).Average(step => (double)forecast.Quantile(step, 0.5f));
        double centre = Enumerable.Range(1, 4).Average(back => (double)table.Columns[0][span.First + span.Count - back]);
        Assert.Equal(medians - centre, explanation.Value, 1e-4);
    }

    /// <summary>Missing values, covariates of the past that are missing too, and a model that reads how long ago they were
    /// known.</summary>
    [Fact]
    public void Explain_WithDecay_AddsUpToItsMedians()
    {
        float[] y = Wave(60), load = Bits.Random(60, 3);
        for (int t = 0; t < 60; t++) (y[t], load[t]) = (t % 3 == 1 ? float.NaN : y[t], t % 4 < 2 ? float.NaN : load[t]);
        var table = new SeriesTable(
            "t", [new SeriesColumn("y", y), new SeriesColumn("load", load)], [new("", 0, 60)],
            [.. Enumerable.Range(0, 60).Select(t => (long)t * t)], new TimeAxis(new TimeRule(TimeUnit.Irregular, 40)));
        ForecasterModel model = Train(new ForecastDataset(table), Plain with { Targets = ["y"], Past = ["load"], Decay = true });
        Assert.All(model.Spec.Columns, column => Assert.Equal(40L, column.AgeUnit));
        SeriesExplanation explanation = Explainer.Explain(model, table, 0);
        Assert.True(
            explanation.Gap <= 0.01 * Math.Max(Math.Abs(explanation.Value - explanation.Baseline), Math.Abs(explanation.Value)),
            $"{explanation.Gap} of {explanation.Value} - {explanation.Baseline}");
        Assert.Contains(explanation.Effects, each => each.Column == "load" && Math.Abs(each.Effect) > 1e-4);
        // How long ago something was known changes the forecast.
        long[] slower = [.. table.Times!.Select((time, t) => t < 55 ? time : time + 500)];
        var late = new SeriesTable("t", table.Columns, table.Series, slower, table.Axis);
        var forecaster = new Forecaster(model);
        Assert.NotEqual(Flat(forecaster.Forecast(table)), Flat(forecaster.Forecast(late)));
    }

    [Fact]
    public void Explain_KnownColumns_HaveEffectsOfStepsToCome()
    {
        const int Rows = 44;
        float[] y = [.. Wave(40), .. Enumerable.Repeat(float.NaN, 4)], price = Bits.Random(Rows, 3);
        for (int t = 0; t < 40; t++) y[t] += 8 * price[t];
        var table = new SeriesTable("t", [new SeriesColumn("y", y), new SeriesColumn("price", price)], [new("", 0, Rows)]);
        ForecasterModel model = Train(new ForecastDataset(table), Plain with { Targets = ["y"], Known = ["price"] });
        SeriesExplanation explanation = Explainer.Explain(model, table, 0);
        Assert.True(
            explanation.Gap <= 0.01 * Math.Max(Math.Abs(explanation.Value - explanation.Baseline), Math.Abs(explanation.Value)));
        ValueEffect[] future = [.. explanation.Effects.Where(each => each.Step > 0)];
        Assert.Equal([1, 2, 3, 4], future.Select(each => each.Step));
        Assert.Equal(price[40..].Select(value => (double)value), future.Select(each => each.Value));
        Assert.Contains(future, each => each.Effect != 0);
        Assert.Equal(["price", "y"], explanation.ByColumn.Select(each => each.Column).Order(StringComparer.Ordinal));
        Assert.Equal(
            explanation.Effects.Sum(each => each.Effect), explanation.ByStep.Sum(each => each.Effect), 1e-9);
    }

    [Theory]
    [InlineData(CellKind.Gru)]
    [InlineData(CellKind.Lstm)]
    public void Look_AtAForecaster_SplitsAddUpToTheGradient(CellKind cell)
    {
        SeriesTable table = Table();
        ForecasterModel model = Train(new ForecastDataset(table), Small with { Cell = cell });
        var options = new LensOptions { Sequences = 5, Threads = 1 };
        LensResult exact = GradientLens.Look(model, table, options with { IsExact = true });
        LensResult quick = GradientLens.Look(model, table, options);
        Assert.Equal(exact.Loss, quick.Loss);
        Assert.Equal(["encoder", "decoder"], exact.Layers.Select(layer => layer.Part));
        foreach (WeightGradientByLag? weights in exact.Layers.Concat(quick.Layers).Select(layer => layer.HiddenWeights))
        {
            if (weights is null) continue;
            Assert.InRange(weights.Total, 1e-8, 1e3);
            Assert.InRange(weights.Difference, 0, SinglePrecision);
            Assert.Equal(1, weights.Shares.Sum(), SinglePrecision);
        }

        Assert.Contains(exact.Layers, layer => layer.HiddenWeights is not null);
    }

    [Fact]
    public void Examine_AForecaster_HoldsItAgainstSimpleForecasts()
    {
        var data = new ForecastDataset(Table(), [6, 6, 6]);
        DoctorReport report = ModelDoctor.Examine(Train(data, Small), data, threads: 1);
        Assert.Contains(report.Findings, finding => finding.Check == "against simple forecasts");
        Assert.Contains(report.Findings, finding => finding.Check == "intervals");
    }
}
