namespace Recurant.Reports;

/// <summary>The curves of a recorded run.</summary>
internal sealed class RunCurves(RunRecord record)
{
    /// <summary>The name of the stage in which a classifier's layers are trained on texts without labels.</summary>
    public const string Pretraining = "pre-training";

    private const int MostBuckets = 100;

    /// <summary>The stages in order.</summary>
    public IReadOnlyList<string> Stages { get; } =
        [.. record.Steps.Select(steps => steps.Stage).Concat(record.Epochs.Select(epoch => epoch.Stage)).Distinct()];

    /// <summary>What the loss is, with its unit: nats wherever words, labels or symbols are predicted.</summary>
    public string LossName { get; } = RunSummary.Text(record.Run, "task") switch
    {
        TaskNames.Forecast => "loss (pinball, on the scale of a window)",
        TaskNames.Regress => "loss (squared error, standardised)",
        _ => RunSummary.Text(record.Run, "data").StartsWith("adding:", StringComparison.Ordinal)
            ? "loss (squared error)" : "loss (nats)",
    };

    /// <summary>The training loss against the step.</summary>
    public ChartSeries TrainingLoss(string stage, string name) => OverSteps(stage, name, steps => steps.Loss);

    /// <summary>The learning rate against the step.</summary>
    public ChartSeries LearningRate(string stage, string name) => OverSteps(stage, name, steps => steps.LearningRate);

    /// <summary>The mean norm of the gradient against the step.</summary>
    public ChartSeries Norm(string stage, string name) => OverSteps(stage, name, steps => steps.GradientNorm);

    /// <summary>The greatest norm of the gradient in each of many equal parts of the run.</summary>
    public ChartSeries LargestNorm(string stage, string name) =>
        OverBuckets(stage, name, bucket => bucket.Max(steps => steps.LargestNorm));

    /// <summary>The share of steps that were clipped in each part of the run.</summary>
    public ChartSeries ClippedShare(string stage, string name) => OverBuckets(
        stage, name, bucket => (double)bucket.Sum(steps => steps.Clipped) / bucket.Sum(steps => steps.Count));

    /// <summary>The validation loss against the step at which it was found.</summary>
    public ChartSeries ValidationLoss(string stage, string name) => OverEpochEnds(stage, name, epoch => epoch.ValidationLoss);

    /// <summary>Something of each epoch against its number.</summary>
    public ChartSeries OverEpochs(string stage, string name, Func<RecordedEpoch, double> value)
    {
        RecordedEpoch[] epochs = [.. EpochsOf(stage)];
        return new ChartSeries(name, [.. epochs.Select(epoch => (double)epoch.Number)], [.. epochs.Select(value)]);
    }

    /// <summary>Something of each epoch against the seconds since the stage's first.</summary>
    public ChartSeries OverTime(string stage, string name, Func<RecordedEpoch, double> value)
    {
        var x = new List<double>();
        var y = new List<double>();
        double seconds = 0;
        foreach (RecordedEpoch epoch in EpochsOf(stage))
        {
            x.Add(seconds += epoch.Seconds);
            y.Add(value(epoch));
        }

        return new ChartSeries(name, x, y);
    }

    /// <summary>Tokens a second in each part of the run, without the time that validation took.</summary>
    public ChartSeries Speed(string stage, string name)
    {
        var parts = new List<(double Step, double Tokens, double Seconds)>();
        RecordedSteps? before = null;
        foreach (RecordedSteps steps in StepsOf(stage))
        {
            // Before the first window of an epoch stands the validation of the one before, and before all the preparation.
            if (before is not null && before.Epoch == steps.Epoch && steps.Seconds > before.Seconds)
            {
                parts.Add((steps.Last, steps.Tokens, steps.Seconds - before.Seconds));
            }

            before = steps;
        }

        int width = Math.Max(1, (parts.Count + MostBuckets - 1) / MostBuckets);
        (double Step, double Tokens, double Seconds)[][] buckets = [.. parts.Chunk(width)];
        return new ChartSeries(
            name, [.. buckets.Select(bucket => bucket[^1].Step)],
            [.. buckets.Select(bucket => bucket.Sum(part => part.Tokens) / bucket.Sum(part => part.Seconds))]);
    }

    /// <summary>The steps of a stage.</summary>
    public IEnumerable<RecordedSteps> StepsOf(string stage) => record.Steps.Where(steps => steps.Stage == stage);

    /// <summary>The epochs of a stage.</summary>
    public IEnumerable<RecordedEpoch> EpochsOf(string stage) => record.Epochs.Where(epoch => epoch.Stage == stage);

    private ChartSeries OverSteps(string stage, string name, Func<RecordedSteps, double> value)
    {
        RecordedSteps[] steps = [.. StepsOf(stage)];
        return new ChartSeries(name, [.. steps.Select(each => (double)each.Last)], [.. steps.Select(value)]);
    }

    private ChartSeries OverBuckets(string stage, string name, Func<RecordedSteps[], double> value)
    {
        RecordedSteps[] steps = [.. StepsOf(stage)];
        RecordedSteps[][] buckets = [.. steps.Chunk(Math.Max(1, (steps.Length + MostBuckets - 1) / MostBuckets))];
        return new ChartSeries(name, [.. buckets.Select(bucket => (double)bucket[^1].Last)], [.. buckets.Select(value)]);
    }

    private ChartSeries OverEpochEnds(string stage, string name, Func<RecordedEpoch, double> value)
    {
        var x = new List<double>();
        var y = new List<double>();
        foreach (RecordedEpoch epoch in EpochsOf(stage))
        {
            if (StepsOf(stage).LastOrDefault(steps => steps.Epoch == epoch.Number) is not { } last) continue;
            x.Add(last.Last);
            y.Add(value(epoch));
        }

        return new ChartSeries(name, x, y);
    }
}
