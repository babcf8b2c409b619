namespace Recurant.Cli;

/// <summary>How a command that has only so much time (<c>--budget</c>) divides it.</summary>
/// <param name="budget">All of its time; null for no limit.</param>
/// <param name="phases">Knows what has passed.</param>
internal sealed class RunTime(TimeSpan? budget, PhaseWatch phases)
{
    private const double TestShare = 0.1, BaselineShare = 0.15, SecondsOfTestRow = 5e-4, SecondsOfBaselineRow = 2e-3;

    /// <summary>Of the test, so many characters for each second of the budget, and at least so many.</summary>
    private const double CharactersInSecond = 20_000, LeastCharacters = 100_000;

    /// <summary>Whether there is a limit.</summary>
    public bool IsLimited => budget is not null;

    /// <summary>The seconds that are left; at least a hundredth.</summary>
    public double Left => Math.Max(0.01, (budget?.TotalSeconds ?? double.MaxValue) - phases.Seconds);

    /// <summary>Whether nothing is left.</summary>
    public bool IsOver => budget is { } all && phases.Seconds >= all.TotalSeconds;

    /// <summary>The time for training and validation: what reading, the test and the baseline leave.</summary>
    /// <param name="testRows">The rows to be tested with.</param>
    /// <param name="baselineRows">The rows that a baseline is trained on; 0 where none is.</param>
    public TimeSpan? ForTraining(int testRows, int baselineRows)
    {
        if (budget is not { } all) return null;
        double after = Math.Min(TestShare * all.TotalSeconds, testRows * SecondsOfTestRow)
            + Math.Min(BaselineShare * all.TotalSeconds, baselineRows * SecondsOfBaselineRow);
        return TimeSpan.FromSeconds(Math.Max(1e-3, all.TotalSeconds - phases.Seconds - after));
    }

    /// <summary>The characters to test with; null where there is time for all.</summary>
    public long? TestCharacters => budget is { } all
        ? (long)Math.Min(1e15, Math.Max(LeastCharacters, CharactersInSecond * all.TotalSeconds))
        : null;

    /// <summary>How many rows there is time to test, as quick as validation was.</summary>
    /// <param name="validated">The rows that validation scored.</param>
    /// <param name="rows">The rows there are.</param>
    /// <param name="hasBaseline">Whether a baseline needs time too.</param>
    public int TestRows(int validated, int rows, bool hasBaseline) =>
        (int)Tested(validated, rows, hasBaseline ? 0.4 : 0.9, least: 100);

    /// <summary>The same in any unit, such as characters.</summary>
    /// <param name="validated">How much validation scored.</param>
    /// <param name="all">How much there is.</param>
    /// <param name="share">The share of the time that is left.</param>
    /// <param name="least">So much is tested in any case.</param>
    public long Tested(long validated, long all, double share, long least)
    {
        double seconds = phases.LastOf("validating");
        if (budget is null || seconds <= 0) return all;
        return (long)Math.Clamp(validated / seconds * Left * share, Math.Min(all, least), all);
    }
}
