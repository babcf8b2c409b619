using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>The explanation of a text by a language model.</summary>
internal sealed class LanguageView(LanguageExplanation explanation) : ExplanationView<LanguageExplanation>(
    explanation, ExplanationPage.Of)
{
    private const int WidestToken = 14, MostBar = 12, Strongest = 2;

    public override IEnumerable<string> Lines(UserTerminal terminal)
    {
        IReadOnlyList<TokenSurprise> tokens = Explanation.Tokens;
        if (tokens.Count == 0) yield break;
        string bits = Effects.Signed(Explanation.Bits)[1..], each = Effects.Signed(Explanation.Bits / tokens.Count)[1..];
        yield return $"{bits} bits, {each} per token";
        yield return "";
        double largest = tokens.Max(token => token.Bits);
        int width = Math.Clamp(tokens.Max(token => Shown(token.Token).Length), 5, WidestToken);
        yield return $"{"token".PadRight(width)}   bits  {"".PadRight(MostBar)}  most probable   helped most by";
        for (int t = 0; t < tokens.Count; t++)
        {
            TokenSurprise token = tokens[t];
            string bar = new(terminal.HasColour ? '\u2588' : '#', (int)Math.Round(token.Bits / largest * MostBar));
            (string expected, double p) = token.Expected[0];
            IEnumerable<string> helpers = Enumerable.Range(0, token.Influence.Count)
                .Where(j => Math.Abs(token.Influence[j]) >= 0.1).OrderByDescending(j => Math.Abs(token.Influence[j]))
                    .Take(Strongest)
                .Select(j => $"{TextLayout.Shorten(Shown(tokens[j].Token), 10)} {Effects.Signed(token.Influence[j])}");
            string line = $"{Effects.Cell(Shown(token.Token), width)}  {token.Bits,5:F1}  {bar.PadRight(MostBar)}  "
                + $"{Effects.Cell(Shown(expected), 9)} {p,4:F2}  {string.Join(", ", helpers)}";
            yield return line.TrimEnd();
        }

        if (tokens.Count > Explainer.MostInfluenceTokens)
        {
            yield return $"(the influence of earlier tokens is only shown for texts of at most {Explainer.MostInfluenceTokens} "
                + $"tokens)";
        }

        yield return "";
    }

    private static string Shown(string token) => token switch { "\n" => "\\n", " " => "\u2423", _ => TextLayout.OneLine(token) };

    public override void WriteJson(Utf8JsonWriter writer)
    {
        writer.Write(("text", Explanation.Text), ("bits", Explanation.Bits));
        writer.WriteObjects("tokens", Explanation.Tokens, token =>
        {
            writer.Write(("token", token.Token), ("probability", token.Probability), ("bits", token.Bits));
            writer.WriteObjects(
                "expected", token.Expected, other => writer.Write(("token", other.Key), ("probability", other.Value)));
            writer.WriteNumbers("influence", token.Influence);
        });
    }
}
