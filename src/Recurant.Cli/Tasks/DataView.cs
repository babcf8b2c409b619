using System.Globalization;
using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>What matters over a data set.</summary>
/// <param name="explanation">The explanation.</param>
/// <param name="item">What an item of the data is called.</param>
/// <param name="data">What the data are called.</param>
internal sealed class DataView(DataExplanation explanation, string item, string data) : IExplanationView
{
    private const int WordsShown = 10, UnitsShown = 8, MistakesShown = 10;

    public IEnumerable<string> Lines(UserTerminal terminal)
    {
        int width = Math.Min(80, terminal.Width);
        yield return Numbers.Of(explanation.Texts, item)
            + (explanation.Accuracy is { } accuracy ? $", accuracy {Numbers.Four(accuracy)}" : "");
        yield return "";
        if (explanation.Words.Count > 0)
        {
            string error = Numbers.Four(explanation.LargestError);
            yield return $"words (mean share of the label's log odds, occurrences; largest error of a sum {error})";
            foreach (IGrouping<string, WordImportance> label in explanation.Words.GroupBy(word => word.Label))
            {
                string line = $"  {TextLayout.OneLine(label.Key)}: " + string.Join(", ", label.Take(WordsShown)
                    .Select(word => $"{TextLayout.OneLine(word.Word)}\u00A0{Effects.Signed(word.Mean)}\u00A0({word.Count})"));
                foreach (string part in TextLayout.Wrap(line, width - 4)) yield return "  " + part.Replace('\u00A0', ' ');
            }

            yield return "";
        }

        if (explanation.Units.Count > 0)
        {
            yield return "hidden units (mean change of the log odds without the unit)";
            List<string[]> rows = [["  unit", "change", "for", "by"]];
            foreach (UnitImportance unit in explanation.Units.Take(UnitsShown))
            {
                rows.Add(
                    ["  " + unit.Unit, Numbers.Four(unit.Effect), TextLayout.OneLine(unit.Label),
                    Effects.Signed(unit.LabelEffect)]);
            }

            foreach (string line in TextLayout.Table(rows, width, 2)) yield return line;
            yield return "";
        }

        if (explanation.Traits.Count > 0)
        {
            yield return "units that track a property (correlation; chance: the best unit with the property shifted)";
            List<string[]> rows = [["  property", "unit", "found", "held out", "chance", "limit", ""]];
            foreach (UnitTrait trait in explanation.Traits)
            {
                rows.Add(["  " + trait.Trait, Of(trait.Unit), Effects.Signed(trait.Correlation), Effects.Signed(trait.HeldOut),
                    Effects.Signed(trait.Chance)[1..], Effects.Signed(trait.Limit)[1..],
                    trait.IsReal ? "above chance" : "not above chance"]);
            }

            foreach (string line in TextLayout.Table(rows, width, 6)) yield return line;
            yield return "";
        }

        if (explanation.Mistakes.Count == 0) yield break;
        yield return "most confident mistakes";
        foreach (DataMistake mistake in explanation.Mistakes.Take(MistakesShown))
        {
            string where = mistake.Line > 0 ? $"line {mistake.Line}: " : "";
            string word = mistake.Place >= 0 ? $"word {mistake.Place + 1}, " : "";
            string said =
                $"  {where}{word}predicted {TextLayout.OneLine(mistake.Predicted)} {Numbers.Four(mistake.Probability)}, expected "
                + TextLayout.OneLine(mistake.Expected);
            yield return said;
            yield return "    " + TextLayout.Shorten(TextLayout.OneLine(mistake.Text), width - 4);
        }
    }

    private static string Of(int number) => number.ToString(CultureInfo.InvariantCulture);

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.Write(("texts", explanation.Texts), ("accuracy", explanation.Accuracy));
        writer.WriteObjects("words", explanation.Words, word => writer.Write(
            ("label", word.Label), ("word", word.Word), ("count", word.Count), ("mean", word.Mean),
            ("standard_error", word.StandardError)));
        writer.WriteFinite("largest_error", explanation.LargestError);
        writer.WriteObjects("units", explanation.Units, unit => writer.Write(
            ("unit", unit.Unit), ("effect", unit.Effect), ("label", unit.Label), ("label_effect", unit.LabelEffect)));
        writer.WriteObjects("traits", explanation.Traits, trait => writer.Write(
            ("trait", trait.Trait), ("unit", trait.Unit), ("correlation", trait.Correlation), ("held_out", trait.HeldOut),
            ("chance", trait.Chance), ("limit", trait.Limit), ("real", trait.IsReal)));
        writer.WriteObjects("mistakes", explanation.Mistakes, mistake => writer.Write(
            ("text", mistake.Text), ("place", mistake.Place >= 0 ? mistake.Place : (int?)null), ("expected", mistake.Expected),
            ("predicted", mistake.Predicted), ("probability", mistake.Probability), ("line", mistake.Line > 0 ? mistake.Line
                : (int?)null)));
    }

    public string Page(IReadOnlyList<IExplanationView> all, string name) => ExplanationPage.Of(explanation, name, data);
}
