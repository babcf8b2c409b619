namespace Recurant.Bench.Peers;

/// <summary>Which engines are not timed in a row, and why; in words that a table can show.</summary>
/// <param name="Faults">The reason, such as "wrong answer", by engine.</param>
internal sealed record Verdict(IReadOnlyDictionary<string, string> Faults)
{
    public const string WrongAnswer = "wrong answer", NoMajority = "no two agree";

    // Single-precision sums in different orders over up to 784 steps; a wrong gate or a lost step shows as 0.01 or more.
    private const double Tolerance = 1e-3;

    /// <summary>The verdict on engines that have nothing to compare, or all agree.</summary>
    public static Verdict None { get; } = new(new Dictionary<string, string>());

    /// <summary>
    /// Judges what engines computed of the same numbers. Where they do not all agree, the reference has a vote as well, and those
    /// outside the majority are wrong; without a majority nobody can be called right.
    /// </summary>
    /// <param name="answers">What each engine computed: named arrays.</param>
    /// <param name="reference">Computes the same in double precision, asked only when needed; null where there is none.</param>
    public static Verdict Of(
        IReadOnlyList<(string Engine, IReadOnlyDictionary<string, float[]> Results)> answers,
        Func<IReadOnlyDictionary<string, float[]>>? reference)
    {
        if (answers.Count < 2 || answers.Skip(1).All(answer => Agree(answers[0].Results, answer.Results))) return None;
        List<IReadOnlyDictionary<string, float[]>> votes = [.. answers.Select(answer => answer.Results)];
        if (reference is not null) votes.Add(reference());
        IReadOnlyDictionary<string, float[]> most = votes.MaxBy(vote => votes.Count(other => Agree(vote, other)))!;
        bool hasMajority = 2 * votes.Count(other => Agree(most, other)) > votes.Count;
        return new Verdict(answers.Where(answer => !hasMajority || !Agree(most, answer.Results))
            .ToDictionary(answer => answer.Engine, _ => hasMajority ? WrongAnswer : NoMajority));
    }

    /// <summary>The verdict with further engines that are not timed.</summary>
    public Verdict With(IEnumerable<KeyValuePair<string, string>> faults) =>
        new(Faults.Concat(faults).DistinctBy(fault => fault.Key).ToDictionary());

    /// <summary>Whether two engines computed the same, up to the order of their sums.</summary>
    public static bool Agree(IReadOnlyDictionary<string, float[]> a, IReadOnlyDictionary<string, float[]> b) =>
        a.Count == b.Count
        && a.All(pair => b.TryGetValue(pair.Key, out float[]? other) && Difference(pair.Value, other) <= Tolerance);

    /// <summary>The largest difference as a share of the largest value; NaN where the arrays cannot be compared.</summary>
    private static double Difference(float[] a, float[] b)
    {
        double largest = 0;
        double difference = a.Length == b.Length ? 0 : double.NaN;
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            largest = Math.Max(largest, Math.Max(Math.Abs(a[i]), Math.Abs(b[i])));
            difference = Math.Max(difference, Math.Abs(a[i] - (double)b[i]));
        }

        return largest > 0 ? difference / largest : difference;
    }
}
