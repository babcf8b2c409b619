namespace Recurant.Training;

/// <summary>How a run that has only so much time divides it.</summary>
internal static class TimeShare
{
    /// <summary>The most of the time that the last validation may take.</summary>
    private const double Validation = 0.15;

    /// <summary>What a step does beside its forward pass takes about twice as long as that.</summary>
    private const double StepsForward = 3;

    /// <summary>
    /// Validation looks at so many characters for each second of the budget, and at least at so many: one pass over them takes a
    /// few hundredths of the time, and the choice depends on the budget alone.
    /// </summary>
    private const double CharactersInSecond = 10_000, LeastCharacters = 100_000;

    /// <summary>The characters to validate with; null where there is time for all.</summary>
    public static long? ValidationCharacters(TimeSpan? budget) => budget is { } time
        ? (long)Math.Min(long.MaxValue / 2, Math.Max(LeastCharacters, CharactersInSecond * time.TotalSeconds))
        : null;

    /// <summary>Whether steps must end now, so that a last validation ends in time.</summary>
    /// <param name="budget">All the time there is.</param>
    /// <param name="now">The seconds that have passed.</param>
    /// <param name="lastValidation">What the last validation took, in seconds; 0 if there was none.</param>
    /// <param name="tokens">The tokens to validate with.</param>
    /// <param name="tokensInSecond">The speed of training.</param>
    public static bool IsOver(TimeSpan budget, double now, double lastValidation, long tokens, double tokensInSecond)
    {
        double expected = lastValidation > 0 ? lastValidation : tokens / Math.Max(1, StepsForward * tokensInSecond);
        return now + Math.Min(expected, Validation * budget.TotalSeconds) > budget.TotalSeconds;
    }

    /// <summary>Lets go of data that are turned into numbers, if that was asked for.</summary>
    public static void Release(bool isAsked, params IEnumerable<object?> lists)
    {
        if (!isAsked) return;
        foreach (object? list in lists) (list as IDisposable)?.Dispose();
        // What is free now is several times what a step will use: the system had better have it back first.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
    }
}
