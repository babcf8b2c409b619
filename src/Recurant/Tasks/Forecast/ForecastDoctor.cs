using static Recurant.Insight.FindingText;

namespace Recurant.Tasks;

/// <content>Models of numbers.</content>
public static partial class ModelDoctor
{
    /// <summary>Examines a forecaster on the rows of a test: it must beat what is simple.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The series, and which of their rows test.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</param>
    public static DoctorReport Examine(ForecasterModel model, ForecastDataset data, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ForecastScore score = new Forecaster(model, threads).Evaluate(data);
        ForecastBaseline best = ForecastBaselines.Score(model, data, threads: threads)
            .MinBy(each => each.Score.Mase ?? each.Score.MeanAbsoluteError)!;
        (string measure, double own, double simple) = score.Mase is { } mase && best.Score.Mase is { } other
            ? ("MASE", mase, other) : ("mean absolute error", score.MeanAbsoluteError, best.Score.MeanAbsoluteError);
        List<Finding> findings =
        [
            Weights(model),
            ComparedFinding.Against(
                "against simple forecasts", own < simple,
                $"{measure} {Four(own)} in {Count((int)Math.Min(int.MaxValue, score.Windows))} windows; that of {best.Name} is "
                + $"{Four(simple)}.",
                $"The model forecasts no better than {best.Name}.",
                $"Use {best.Name}, or train on longer series or with other columns.", Value("model", own), Value("simple",
                    simple)),
        ];
        if (score.Coverage80 is { } coverage)
        {
            findings.Add(ComparedFinding.Against(
                "intervals", coverage is >= 0.7 and <= 0.9, $"{Four(coverage)} of the values lie in their 80 % interval.",
                "The intervals are too " + (coverage < 0.8 ? "narrow." : "wide."),
                "Validate with more rows (--valid-rows): the intervals are calibrated on them.", Value("coverage", coverage)));
        }

        return new DoctorReport(findings);
    }

    /// <summary>Examines a model of sequences on some whose answers are known: it must beat simple statistics.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The sequences; half of them teach the simple model.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</param>
    public static DoctorReport Examine(SeriesModel model, SeriesTable data, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        RequireSome(data.Series.Count, data.Name);
        SeriesTable train = data, test = data;
        if (data.Series.Count > 1)
        {
            train = data.FirstRows(i => i % 2 == 0 ? int.MaxValue : 0);
            test = data.FirstRows(i => i % 2 == 1 ? int.MaxValue : 0);
        }

        var scorer = new SequenceScorer(model, Workers.Asked(threads));
        var rows = new SequenceRows(test, model, needsTarget: true);
        SequencePiece[] pieces = SequenceData.Whole(test);
        Finding against;
        if (model.Spec.IsOfLabels)
        {
            double own = scorer.Labels(rows, pieces).Accuracy, simple = SimpleStatistics.Labels(model, train, test).Accuracy;
            against = Against(own > simple, "accuracy", own, simple);
        }
        else
        {
            double own = scorer.Numbers(rows, pieces).RootMeanSquaredError;
            double simple = SimpleStatistics.Numbers(model, train, test).RootMeanSquaredError;
            against = Against(own < simple, "root mean squared error", own, simple);
        }

        return new DoctorReport([Weights(model), against]);

        static Finding Against(bool holds, string measure, double own, double simple) => ComparedFinding.Against(
            "against simple statistics", holds,
            $"The {measure} is {Four(own)}; that of a linear model of means, deviations, first and last values {Four(simple)}.",
            "The model does no better than a linear one.", "Train longer, or give more sequences or other columns.",
            Value("model", own), Value("simple", simple));
    }
}
