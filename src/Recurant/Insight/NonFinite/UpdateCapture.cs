namespace Recurant.Insight;

/// <summary>
/// A step whose update may throw weights out of range, kept before it is done: the step itself, the weights, the optimiser's
/// state and the size of the update. With it the very update can be replayed that wrote the first number that is not finite.
/// </summary>
internal sealed record UpdateCapture
{
    /// <summary>Beyond this a weight may leave the range of single precision (3.4e38) with the update.</summary>
    private const double Danger = 1e37;

    /// <summary>
    /// More than an element of Adam's step can be, (1 - beta1) / sqrt(1 - beta2) = 3.2 before its corrections, and of RMSprop's,
    /// 10; by momentum 0.9 a gradient counts 10 times, and 19 with Nesterov's look ahead. A tensor may learn some times as fast
    /// as others.
    /// </summary>
    private const double LargestFactor = 100;

    public required StepCapture Step { get; init; }

    public required WeightUpdate Update { get; init; }

    public required OptimizerKind Kind { get; init; }

    public required (double Beta1, double Beta2) Powers { get; init; }

    /// <summary>The weights before the update, in the order of the parameters.</summary>
    public required IReadOnlyList<float[]> Weights { get; init; }

    /// <summary>The moments before it, in the optimiser's order.</summary>
    public required IReadOnlyList<(string Kind, string Name, float[] Values)> Moments { get; init; }

    /// <summary>Whether no weight can leave the range with an update.</summary>
    /// <param name="kind">The optimiser.</param>
    /// <param name="update">The update.</param>
    /// <param name="largestWeight">The largest magnitude of a weight before it.</param>
    /// <param name="largestNorm">The largest norm of a gradient of the run.</param>
    public static bool IsSafe(OptimizerKind kind, in WeightUpdate update, float largestWeight, double largestNorm)
    {
        bool isScaled = kind is not (OptimizerKind.Sgd or OptimizerKind.Momentum or OptimizerKind.Nesterov);
        double rate = update.LearningRate * LargestFactor, gradient = largestNorm + update.WeightDecay * largestWeight;
        return largestWeight * (1 + rate * update.WeightDecay) + rate * (isScaled ? 1 : gradient) < Danger;
    }

    /// <summary>Copies everything; null where the step cannot be kept.</summary>
    public static UpdateCapture? Of(TrainingTask task, Optimizer optimizer, in WeightUpdate update) =>
        task.Capture(update.Index, (ulong)update.Step) is not { } step ? null : new UpdateCapture
        {
            Step = step, Update = update, Kind = optimizer.Kind, Powers = optimizer.Powers,
            Weights = [.. task.Parameters.Select(parameter => parameter.Value.ToArray())],
            Moments = [.. optimizer.Moments.Select(moment => (moment.Kind, moment.Parameter.Name, moment.Values.Span.ToArray()))],
        };

    /// <summary>Does something while the model has the weights from before the update.</summary>
    public void WithWeights(IReadOnlyList<Parameter> parameters, Action act)
    {
        float[][] now = [.. parameters.Select(parameter => parameter.Value.ToArray())];
        Set(parameters, Weights);
        try
        {
            act();
        }
        finally
        {
            Set(parameters, now);
        }
    }

    /// <summary>Does the update with the gradients that stand in the parameters.</summary>
    public void Apply(IReadOnlyList<Parameter> parameters, Workers workers)
    {
        var optimizer = new Optimizer(Kind, parameters) { Powers = Powers };
        foreach ((string kind, Parameter parameter, FloatBuffer values) in optimizer.Moments)
        {
            Moments.First(moment => moment.Kind == kind && moment.Name == parameter.Name).Values.CopyTo(values.Span);
        }

        optimizer.GradientNorm(workers); // Sorts the rows of tables, as in the run.
        optimizer.Step(workers, Update.LearningRate, Update.WeightDecay, Update.Scale);
    }

    private static void Set(IReadOnlyList<Parameter> parameters, IReadOnlyList<float[]> values)
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            values[i].CopyTo(parameters[i].Value);
            parameters[i].MarkChanged();
        }
    }
}
