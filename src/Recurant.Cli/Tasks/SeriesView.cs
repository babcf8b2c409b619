using System.Globalization;
using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>The explanation of an answer to a series.</summary>
internal sealed class SeriesView(SeriesExplanation explanation)
    : ExplanationView<SeriesExplanation>(explanation, ExplanationPage.Of)
{
    private const int MostSteps = 24, MostColumns = 12;

    public override IEnumerable<string> Lines(UserTerminal terminal)
    {
        string of = Explanation.Id.Length > 0 ? $"{Explanation.Id}: " : "";
        yield return $"{of}{Explanation.Answer} is {Number(Explanation.Value)} ({Explanation.Unit})";
        yield return $"with every value at its mean: {Number(Explanation.Baseline)}; the effects add up to the difference but "
            + $"for "
            + Number(Explanation.Gap);
        (string Column, double Effect)[] columns = [.. Explanation.ByColumn];
        if (columns.Length > 1)
        {
            yield return "";
            foreach (string line in Table("column", columns.Take(MostColumns), terminal)) yield return line;
            if (columns.Length > MostColumns) yield return $"({Numbers.Of(columns.Length - MostColumns, "more column")})";
        }

        yield return "";
        (string, double)[] steps =
        [
            .. Explanation.ByStep.OrderByDescending(each => Math.Abs(each.Effect)).Take(MostSteps).OrderBy(each => each.Step)
                .Select(each => (each.Step.ToString(CultureInfo.InvariantCulture), each.Effect)),
        ];
        foreach (string line in Table("step", steps, terminal)) yield return line;
        int rest = Explanation.ByStep.Count - steps.Length;
        if (rest > 0) yield return $"({Numbers.Of(rest, "more step")} with smaller effects)";
        yield return "";
    }

    public override void WriteJson(Utf8JsonWriter writer)
    {
        writer.Write(
            ("id", Explanation.Id), ("answer", Explanation.Answer), ("unit", Explanation.Unit), ("value", Explanation.Value),
            ("baseline", Explanation.Baseline), ("gap", Explanation.Gap), ("points", Explanation.Points));
        writer.WriteObjects("columns", Explanation.ByColumn, each => writer.Write(
            ("column", each.Column), ("effect", each.Effect)));
        writer.WriteObjects("effects", Explanation.Effects, effect => writer.Write(
            ("step", effect.Step), ("column", effect.Column),
            ("value", double.IsNaN(effect.Value) ? (double?)null : effect.Value), ("effect", effect.Effect)));
    }

    private static IEnumerable<string> Table(string heading, IEnumerable<(string Name, double Effect)> rows,
        UserTerminal terminal)
    {
        (string Name, double Effect)[] all = [.. rows];
        double largest = all.Length == 0 ? 0 : all.Max(each => Math.Abs(each.Effect));
        int width = Math.Min(24, Math.Max(heading.Length, all.Length == 0 ? 0 : all.Max(each => each.Name.Length)));
        yield return $"{heading.PadRight(width)}  {"effect",10}";
        foreach ((string name, double effect) in all)
        {
            yield return $"{Effects.Cell(name, width)}  {Number(effect),10}  "
                + $"{Effects.Bar(effect, largest, terminal.HasColour).TrimEnd()}";
        }
    }

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
