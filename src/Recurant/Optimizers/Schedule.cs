namespace Recurant.Optimizers;

/// <summary>How the learning rate changes over the training.</summary>
public enum ScheduleKind
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls in a straight line to a hundredth.</summary>
    Linear,

    /// <summary>It falls along half a cosine to a hundredth.</summary>
    Cosine,

    /// <summary>It halves whenever an epoch did not improve the validation score.</summary>
    Plateau,
}

/// <summary>The factor of the learning rate; a straight warm-up over the first hundredth of the steps comes first.</summary>
public static class Schedule
{
    private const double Smallest = 0.01, WarmUp = 0.01;

    /// <summary>The factor at a point of the training.</summary>
    /// <param name="kind">The schedule; plateau counts as constant here, the trainer does the halving.</param>
    /// <param name="progress">The share of all steps done, 0 to 1.</param>
    /// <returns>What the learning rate is to be multiplied by, above 0 and at most 1.</returns>
    public static float Factor(ScheduleKind kind, double progress)
    {
        double factor = kind switch
        {
            ScheduleKind.Linear => 1 - (1 - Smallest) * progress,
            ScheduleKind.Cosine => Smallest + (1 - Smallest) * (1 + CosinePi(progress)) / 2,
            _ => 1,
        };
        return (float)(factor * Math.Min(1, (progress + 1e-4) / WarmUp));
    }

    /// <summary>
    /// cos(pi x) for x in [0, 1], from additions and multiplications alone: the C library's cosine may differ in the last
    /// bit from one system to the next. Taylor's series of sin(pi (1/2 - x)), error below 1e-8.
    /// </summary>
    internal static double CosinePi(double x)
    {
        double y = Math.PI * (0.5 - x), square = y * y;
        double tail = 1 - square / 72 * (1 - square / 110 * (1 - square / 156));
        return y * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * tail)));
    }
}
