using static Recurant.Tests.Tasks.Sequences.SequenceCase;

namespace Recurant.Tests.Tasks.Sequences;

/// <summary>Explanations, the lens and the doctor on models of sequences.</summary>
public class SequenceInsightTests
{
    // Single precision; the splits add up over units and steps.
    private const double SinglePrecision = 2e-5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Explain_ALabel_AddsUpToItsLogit(int models)
    {
        SeriesTable table = Labels();
        SeriesModel model = SequenceClassifier.Train(table, Small with { Epochs = 4, Models = models }).Model;
        SeriesExplanation explanation = Explainer.Explain(model, table, 5);
        AssertAddsUp(explanation);
        Assert.Equal(("s5", "the label \"up\""), (explanation.Id, explanation.Answer));
        SeriesSpan span = table.Series[5];
        Assert.Equal(span.Count * model.Spec.Columns.Count, explanation.Effects.Count);
        Assert.Equal(Enumerable.Range(1, span.Count), explanation.ByStep.Select(each => each.Step));
        Assert.Equal(table.Columns[0][span.First], explanation.Effects.First(each => each.Column == "x").Value);
        // The column that decides has the largest effect, and speaks for the label.
        Assert.Equal("x", explanation.ByColumn[0].Column);
        Assert.True(explanation.ByColumn[0].Effect > 0);
        SeriesExplanation other = Explainer.Explain(model, table, 5, options: new ExplainOptions { Label = "down" });
        AssertAddsUp(other);
        Assert.True(other.ByColumn.First(each => each.Column == "x").Effect < 0);
        Assert.Contains("no label \"left\"", Assert.Throws<ArgumentException>(
            () => Explainer.Explain(model, table, 5, options: new ExplainOptions { Label = "left" })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Explainer.Explain(model, table, 24));
    }

    [Fact]
    public void Explain_JoinedSteps_CountsTheLastThatFillsUp()
    {
        SeriesTable table = Table(
            12, (_, level) => level > 0 ? 0 : 1, ["up", "down"], length: i => i == 1 ? 7 : 130 + i);
        SeriesModel model = SequenceClassifier.Train(table, Small).Model;
        Assert.Equal(2, model.Spec.Join);
        SeriesExplanation explanation = Explainer.Explain(model, table, 1);
        AssertAddsUp(explanation);
        Assert.Equal(7, explanation.ByStep.Count);
    }

    [Fact]
    public void Explain_ANumberOrAStep_AddsUp()
    {
        SeriesTable numbers = Numbers();
        SequenceRegressor regressor = SequenceRegressor.Train(numbers, Small with { Epochs = 4 });
        SeriesExplanation explanation = Explainer.Explain(regressor.Model, numbers, 2);
        AssertAddsUp(explanation);
        Assert.Equal(regressor.Predict(numbers)[2][0], explanation.Value, 1e-4);

        SeriesTable steps = StepLabels();
        SeriesModel labeller = SequenceLabeller.Train(steps, Small with { Epochs = 10 }).Model;
        SeriesExplanation last = Explainer.Explain(labeller, steps, 0), first = Explainer.Explain(labeller, steps, 0, step: 0);
        AssertAddsUp(last);
        AssertAddsUp(first);
        Assert.Equal(("the label \"up\" at step 9", "the label \"up\" at step 1"), (last.Answer, first.Answer));
        Assert.NotEqual(last.Value, first.Value);
    }

    [Theory]
    [InlineData(SeriesAnswer.Label)]
    [InlineData(SeriesAnswer.StepLabels)]
    [InlineData(SeriesAnswer.Number)]
    public void Look_AtAModel_SplitsAddUpToTheGradient(SeriesAnswer answer)
    {
        SeriesTable table = answer switch
        {
            SeriesAnswer.Label => Labels(), SeriesAnswer.StepLabels => StepLabels(), _ => Numbers(),
        };
        SequenceOptions options = Small with { Answer = answer };
        SeriesModel model = answer == SeriesAnswer.Number
            ? SequenceTrainer.TrainNumbers(table, options).Model : SequenceTrainer.TrainLabels(table, options).Model;
        var few = new LensOptions { Sequences = 5, Threads = 1 };
        LensResult exact = GradientLens.Look(model, table, few with { IsExact = true });
        LensResult quick = GradientLens.Look(model, table, few);
        Assert.Equal(exact.Loss, quick.Loss);
        Assert.Equal([false, true], exact.Layers.Select(layer => layer.IsReverse));
        WeightGradientByLag[] all =
            [.. exact.Layers.Concat(quick.Layers).SelectMany(layer => new[] { layer.HiddenWeights, layer.InputWeights })
                .OfType<WeightGradientByLag>()];
        Assert.NotEmpty(all);
        Assert.All(all, weights =>
        {
            Assert.InRange(weights.Total, 1e-8, 1e3);
            Assert.InRange(weights.Difference, 0, SinglePrecision);
            Assert.Equal(1, weights.Shares.Sum(), SinglePrecision);
        });
    }

    [Fact]
    public void Examine_AModel_HoldsItAgainstSimpleStatistics()
    {
        DoctorReport report = ModelDoctor.Examine(SequenceClassifier.Train(Labels(), Small).Model, Labels(seed: 5), threads: 1);
        Assert.Contains(report.Findings, finding => finding.Check == "against simple statistics");
        DoctorReport ofNumbers = ModelDoctor.Examine(
            SequenceRegressor.Train(Numbers(), Small).Model, Numbers(seed: 5), threads: 1);
        Assert.Contains(ofNumbers.Findings, finding => finding.Check == "against simple statistics");
    }

    private static void AssertAddsUp(SeriesExplanation explanation) => Assert.True(
        explanation.Gap <= 0.02 * Math.Max(
            Math.Abs(explanation.Value - explanation.Baseline), Math.Min(1, Math.Abs(explanation.Value))),
        $"{explanation.Gap} of {explanation.Value} - {explanation.Baseline}");
}
