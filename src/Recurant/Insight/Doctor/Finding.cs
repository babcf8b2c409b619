namespace Recurant.Insight;

/// <summary>How much a finding matters.</summary>
public enum FindingLevel
{
    /// <summary>Looked at, and nothing is wrong.</summary>
    Ok,

    /// <summary>Worth knowing; nothing needs to be done.</summary>
    Note,

    /// <summary>Probably costs something: scores that promise too much, or a model that is worse than it could be.</summary>
    Warning,

    /// <summary>Wrong: a score or a model that cannot be trusted.</summary>
    Fault,
}

/// <summary>What one check found.</summary>
/// <param name="Check">The name of the check: "label conflicts".</param>
/// <param name="Level">How much it matters.</param>
/// <param name="What">What was found, in one sentence with numbers.</param>
public sealed record Finding(string Check, FindingLevel Level, string What)
{
    /// <summary>Where, the first places: "reviews.tsv, line 12" or a tensor or layer.</summary>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>What it means; empty where nothing is wrong.</summary>
    public string Means { get; init; } = "";

    /// <summary>What to do; empty where nothing needs to be done.</summary>
    public string Advice { get; init; } = "";

    /// <summary>The numbers behind it, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Values { get; init; } = [];
}

/// <summary>All findings about data, or about a model.</summary>
/// <param name="Findings">In the order in which the checks ran.</param>
public sealed record DoctorReport(IReadOnlyList<Finding> Findings)
{
    /// <summary>The gravest level there is; <see cref="FindingLevel.Ok"/> of no findings.</summary>
    public FindingLevel Worst => Findings.Count == 0 ? FindingLevel.Ok : Findings.Max(finding => finding.Level);

    /// <summary>How many findings have a level.</summary>
    public int Count(FindingLevel level) => Findings.Count(finding => finding.Level == level);

    /// <summary>The findings of both reports.</summary>
    public DoctorReport With(DoctorReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new DoctorReport([.. Findings, .. other.Findings]);
    }
}

/// <summary>What wrong gradients mean, whatever check found them.</summary>
internal static class WrongGradients
{
    public const string Means =
        "Training would go in a wrong direction. This is a fault of the program, not of the model.";

    public const string Advice = "Please report it with the model and the output of 'recurant gradcheck'.";
}
