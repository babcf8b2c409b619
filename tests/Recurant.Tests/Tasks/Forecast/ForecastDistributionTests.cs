using System.Text;
using static Recurant.Tests.Tasks.Forecast.ForecastCase;

namespace Recurant.Tests.Tasks.Forecast;

/// <summary>Forecasters that answer with a distribution.</summary>
public sealed class ForecastDistributionTests : IDisposable
{
    private static readonly ForecastOptions s_noise = Plain with
    {
        Epochs = 10, Batch = 32, Horizon = 2, Lookback = 32,
    };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(ForecastDistribution.Gaussian)]
    [InlineData(ForecastDistribution.StudentT)]
    [InlineData(ForecastDistribution.NegativeBinomial)]
    public void SaveAndLoad_ADistribution_IsKeptAndGivesTheSameForecasts(ForecastDistribution distribution)
    {
        SeriesTable table = Rounded();
        Forecaster made = Forecaster.Train(new ForecastDataset(table), Small with { Distribution = distribution, Models = 2 });
        string path = _directory["m.safetensors"];
        made.Save(path);
        Forecaster read = Forecaster.Load(path);
        Assert.Equal(distribution, read.Model.Spec.Distribution);
        Assert.Equal(File.ReadAllBytes(path), read.ToBytes());
        Bits.AssertEqual(Flat(made.Forecast(table)), Flat(read.Forecast(table)), "loaded");
        Bits.AssertEqual(Flat(made.Forecast(table)), Flat(new Forecaster(read.Model, threads: 2).Forecast(table)), "threads");
        AssertAscendingAndFinite(made.Forecast(table));
        Assert.Contains(Choices.NameOf(distribution), read.Model.Summary, StringComparison.Ordinal);
        Assert.Contains(read.Model.Describe(), layer => layer.Name.EndsWith("distribution", StringComparison.Ordinal));
    }

    /// <summary>Model files from before there were distributions do not name one.</summary>
    [Fact]
    public void Load_AFileWithoutADistribution_AnswersWithQuantiles()
    {
        byte[] bytes = Bytes(new ForecastDataset(Table()), Small);
        Assert.DoesNotContain("distribution", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        ForecasterModel model = Forecaster.Load(bytes).Model;
        Assert.Equal(ForecastDistribution.Quantiles, model.Spec.Distribution);
        Assert.Equal(bytes, ModelFile.ToBytes(model));
    }

    [Theory]
    [InlineData(ForecastDistribution.Gaussian)]
    [InlineData(ForecastDistribution.StudentT)]
    public void Train_NormalNoise_CoversEightOfTenAndKnowsItsDeviation(ForecastDistribution distribution)
    {
        float[] noise = Normal(1200, deviation: 3f, mean: 5f);
        var data = new ForecastDataset(SeriesTable.Of([noise]), [300]);
        var forecaster = new Forecaster(Train(data, s_noise with { Distribution = distribution }));
        ForecastScore score = forecaster.Evaluate(data);
        Assert.InRange(score.Coverage80!.Value, 0.74, 0.86);
        SeriesForecast forecast = forecaster.Forecast(noise);
        // The quantiles of 0.1 and 0.9 of a normal distribution are 2.56 deviations apart.
        Assert.InRange(forecast.Quantile(0, 0.9f) - forecast.Quantile(0, 0.1f), 2.56f * 3 * 0.7f, 2.56f * 3 * 1.4f);
        Assert.InRange(forecast.Mean[0], 3.5f, 6.5f);
    }

    [Fact]
    public void Train_CountsOfANegativeBinomial_CoversThemAndAnswersWithCounts()
    {
        // Poisson counts whose mean is drawn from a gamma distribution of shape 2: a negative binomial of alpha 1/2.
        float[] counts = Counts(1200, mean: 8f);
        var data = new ForecastDataset(SeriesTable.Of([counts]), [300]);
        ForecastOptions options = s_noise with
        {
            Distribution = ForecastDistribution.NegativeBinomial, Logarithms = null, AllowNegative = false,
        };
        var forecaster = new Forecaster(Train(data, options));
        Assert.Equal(
            (WindowCentre.Zero, false, true),
            (forecaster.Model.Spec.Centre, forecaster.Model.Spec.Logarithms, forecaster.Model.Spec.Positive));
        // At a count many values lie on the border of the interval.
        Assert.InRange(forecaster.Evaluate(data).Coverage80!.Value, 0.74, 0.92);
        SeriesForecast forecast = forecaster.Forecast(counts);
        Assert.All(forecast.Quantiles, value => Assert.True(value >= 0 && value == MathF.Floor(value), $"{value}"));
        Assert.InRange(forecast.Mean[0], 5.5f, 10.5f);
        // The mean is the distribution's own, which is no whole number.
        Assert.NotEqual(MathF.Floor(forecast.Mean[0]), forecast.Mean[0]);
        AssertAscendingAndFinite([forecaster.Forecast([0, 0, 0, 0, 0, 0]), forecaster.Forecast([1e6f, 2e6f, 0, 1e6f])]);
    }

    [Theory]
    [InlineData(ForecastDistribution.Gaussian)]
    [InlineData(ForecastDistribution.StudentT)]
    [InlineData(ForecastDistribution.NegativeBinomial)]
    public void Train_AnyDistribution_AnswersConstantSeriesMissingValuesAndLongTails(ForecastDistribution distribution)
    {
        float[] gaps = [.. Rounded().Columns[0].Values[..40]];
        gaps[7] = gaps[8] = float.NaN;
        float[] wild = new float[40];
        wild[35] = 100_000;
        var table = SeriesTable.Of([gaps, [.. Enumerable.Repeat(7f, 30)], new float[30], wild]);
        var data = new ForecastDataset(table, [4, 4, 4, 4]);
        ForecastOptions options = Small with { Distribution = distribution };
        var forecaster = new Forecaster(Train(data, options));
        Assert.Equal(Bytes(data, options), Bytes(data, options with { Threads = 2 }));
        AssertAscendingAndFinite(forecaster.Forecast(table));
        Assert.True(double.IsFinite(forecaster.Evaluate(data).Loss));
        Assert.All(forecaster.Surprises(table), each => Assert.True(float.IsFinite(each.Score)));
    }

    [Theory]
    [InlineData(ForecastDistribution.Gaussian, false)]
    [InlineData(ForecastDistribution.StudentT, true)]
    [InlineData(ForecastDistribution.NegativeBinomial, false)]
    public void Explain_ADistribution_AddsUpToItsMiddle(ForecastDistribution distribution, bool logarithms)
    {
        SeriesTable table = Rounded();
        bool isCount = distribution == ForecastDistribution.NegativeBinomial;
        ForecasterModel model = Train(new ForecastDataset(table), Small with
        {
            Logarithms = logarithms, AllowNegative = !isCount, Distribution = distribution,
        });
        SeriesExplanation explanation = Explainer.Explain(model, table, series: 1);
        Assert.True(
            explanation.Gap <= 0.01 * Math.Max(Math.Abs(explanation.Value - explanation.Baseline), Math.Abs(explanation.Value)),
            $"{explanation.Gap} of {explanation.Value} - {explanation.Baseline}");
        Assert.Contains(isCount ? "4 means" : "4 medians", explanation.Answer, StringComparison.Ordinal);
        if (isCount) Assert.Equal(new Forecaster(model).Forecast(table)[1].Mean.Average(), explanation.Value, 1e-3);
        LensResult look = GradientLens.Look(model, table, new LensOptions { Sequences = 5, Threads = 1 });
        Assert.True(double.IsFinite(look.Loss));
        Assert.Contains(look.Layers, layer => layer.HiddenWeights is not null);
    }

    [Fact]
    public void Train_WhatCountsContradict_IsNamed()
    {
        ForecastOptions counts = Small with { Distribution = ForecastDistribution.NegativeBinomial };
        Options("Logarithms is true, but a negative binomial distribution reads counts", counts with { Logarithms = true });
        Options("Centre is last, but a negative binomial", counts with { Centre = WindowCentre.Last });
        Options("AllowNegative is true, but a negative binomial", counts with { AllowNegative = true });
        Options("Distribution is 7; it must be one of Quantiles", Small with { Distribution = (ForecastDistribution)7 });
        Values("\"y\" is -1 in row 3 of the series \"2\"", -1f);
        Values("\"y\" is 2.5 in row 3 of the series \"2\". A negative binomial distribution is of counts", 2.5f);
        Values("\"y\" is 30000000 in row 3", 3e7f);
        // Rows of the test are not learnt from.
        SeriesTable table = With(2.5f, row: 22, series: 2);
        Assert.NotNull(Train(new ForecastDataset(table, [3, 3, 3]), counts));

        static void Options(string part, ForecastOptions options) => Assert.Contains(
            part, Assert.Throws<ArgumentException>(() => Train(new ForecastDataset(Rounded()), options)).Message,
            StringComparison.Ordinal);

        void Values(string part, float value) => Assert.Contains(
            part,
            Assert.Throws<InvalidDataException>(() => Train(new ForecastDataset(With(value, row: 2, series: 1)), counts)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Fill_CentredAtZero_DividesByOneMoreThanTheMeanOfTheSizes()
    {
        ForecasterSpec spec = Train(new ForecastDataset(Table()), Plain with { Centre = WindowCentre.Zero }).Spec;
        var batch = new ForecastBatch(spec);
        batch.Fill(new ForecastRows(SeriesTable.Of([[1, 2, 3, -4, 5, 6, 7, 8]], "y"), spec), [new SeriesWindow(0, 0, 8, 8)]);
        Assert.Equal((0f, 5.5f), (batch.Centres[0], batch.Spreads[0]));
        Assert.Equal(-4 / 5.5f, batch.Values[0][3]);
        Assert.Equal(2f, batch.Scaled(0, 11f));
        float[] restored = [2f, -1f];
        batch.Restore(0, restored);
        Assert.Equal([11f, -5.5f], restored);
    }

    [Fact]
    public void Spec_OfCountsWithAnotherCentre_IsRefused()
    {
        ForecasterSpec spec = Train(
            new ForecastDataset(Rounded()), Small with { Distribution = ForecastDistribution.NegativeBinomial }).Spec;
        foreach (ForecasterSpec wrong in (ForecasterSpec[])
            [spec with { Centre = WindowCentre.Mean }, spec with { Logarithms = true }])
        {
            Assert.Contains(
                "it is of counts", Assert.Throws<ArgumentException>(wrong.Validate).Message, StringComparison.Ordinal);
        }
    }

    private static SeriesTable Rounded()
    {
        SeriesTable table = Table();
        return new SeriesTable(
            table.Name, [new SeriesColumn("y", [.. table.Columns[0].Values.Select(value => MathF.Round(value))])], table.Series);
    }

    private static SeriesTable With(float value, int row, int series)
    {
        SeriesTable table = Rounded();
        table.Columns[0].Values[table.Series[series].First + row] = value;
        return table;
    }

    /// <summary>Normal numbers, by the sum of twelve uniform ones.</summary>
    private static float[] Normal(int rows, float deviation, float mean)
    {
        float[] uniform = Bits.Random(12 * rows, 3);
        return [.. Enumerable.Range(0, rows).Select(t => mean + deviation * uniform[(12 * t)..(12 * t + 12)].Sum() / 2)];
    }

    private static float[] Counts(int rows, float mean)
    {
        // Uniform in 0 to 1; so many are drawn that no count runs out of them.
        double[] uniform = [.. Bits.Random(200 * rows, 4).Select(value => (value + 1.0) / 2 + 1e-9)];
        int at = 0;
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            double rate = -mean / 2 * (Math.Log(uniform[at++]) + Math.Log(uniform[at++])), time = 0;
            for (int count = 0; ; count++)
            {
                time -= Math.Log(uniform[at++]);
                if (time > rate) return (float)count;
            }
        })];
    }
}
