using System.Text.Json;

namespace Recurant.Cli;

/// <summary>Whose scores a part of the result tells.</summary>
[Flags]
internal enum ScoredOn
{
    Validation = 1,
    Test = 2,
    Baseline = 4,
    Model = Validation | Test,
    All = Model | Baseline,
}

/// <summary>A number of a score: a member in JSON and, if it has a heading, a column of tables.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Heading">Its heading; empty where tables do not show it.</param>
/// <param name="Value">Finds it; NaN where a score lacks it.</param>
/// <param name="Show">Writes it in a cell.</param>
internal sealed record ScoreColumn<TScore>(string Name, string Heading, Func<TScore, double> Value, Func<double, string> Show)
{
    /// <summary>The cell of a score that lacks it; in JSON it is left out.</summary>
    public string Missing { get; init; } = "-";

    /// <summary>Which kinds of score have it at all. Default: all.</summary>
    public Func<TScore, bool> IsOf { get; init; } = static _ => true;

    /// <summary>Where the result of a run tells it. Default: everywhere.</summary>
    public ScoredOn On { get; init; } = ScoredOn.All;
}

/// <summary>Scores as tables and as JSON.</summary>
internal static class ScoreColumns
{
    /// <summary>The headings of the table of scores like this one.</summary>
    public static string[] Headings<TScore>(this IEnumerable<ScoreColumn<TScore>> columns, TScore score) =>
        [.. columns.Where(column => column.Heading.Length > 0 && column.IsOf(score)).Select(column => column.Heading)];

    /// <summary>A row of that table.</summary>
    public static string[] Cells<TScore>(this IEnumerable<ScoreColumn<TScore>> columns, TScore score) =>
    [
        .. columns.Where(column => column.Heading.Length > 0 && column.IsOf(score))
            .Select(column => column.Value(score) is var value && double.IsNaN(value) ? column.Missing : column.Show(value)),
    ];

    /// <summary>Writes a score as members of an object.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="writer">Stands inside the object.</param>
    /// <param name="score">The score.</param>
    /// <param name="place">Where the result of a run tells it; the default is all of it.</param>
    public static void Write<TScore>(
        this IEnumerable<ScoreColumn<TScore>> columns, Utf8JsonWriter writer, TScore score, ScoredOn place = ScoredOn.All)
    {
        foreach (ScoreColumn<TScore> column in columns.Where(column => (column.On & place) != 0 && column.IsOf(score)))
        {
            double value = column.Value(score);
            if (!double.IsNaN(value)) writer.WriteFinite(column.Name, value);
        }
    }
}
