using System.Globalization;
using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>The explanation of one sequence of a generated problem.</summary>
internal sealed class ProblemView(ProblemExplanation explanation) : IExplanationView
{
    private const int MostSteps = 20;

    /// <summary>Of smaller effects only the sum is told: a share of the largest.</summary>
    private const double LeastShare = 0.02;

    public IEnumerable<string> Lines(UserTerminal terminal)
    {
        yield return $"{explanation.Problem}: predicted {Join(explanation.Answer)}, expected {Join(explanation.Expected)}";
        yield return "";
        double largest = explanation.Steps.Max(step => Math.Abs(step.Effect));
        int[] strongest = [.. Enumerable.Range(0, explanation.Steps.Count)
            .OrderByDescending(t => Math.Abs(explanation.Steps[t].Effect)).Take(MostSteps)
            .Where(t => Math.Abs(explanation.Steps[t].Effect) >= LeastShare * largest).Order()];
        yield return $"{"step",6}  {"input",-12}  {"effect",9}";
        foreach (int t in strongest)
        {
            StepEffect step = explanation.Steps[t];
            string effect = step.Effect.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);
            yield return $"{t + 1,6}  {Join(step.Input),-12}  {effect,9}  "
                + Effects.Bar(step.Effect, largest, terminal.HasColour).TrimEnd();
        }

        int rest = explanation.Steps.Count - strongest.Length;
        if (rest > 0)
        {
            double sum = explanation.Steps.Where((_, t) => !strongest.Contains(t)).Sum(step => Math.Abs(step.Effect));
            string together = sum.ToString("F4", CultureInfo.InvariantCulture);
            yield return $"({Numbers.Of(rest, "more step")}; sum of absolute effects {together})";
        }

        yield return "";
    }

    private static string Join(IEnumerable<double> values) =>
        string.Join(' ', values.Select(value => value.ToString("0.###", CultureInfo.InvariantCulture)));

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteString("problem", explanation.Problem);
        writer.WriteNumbers("expected", explanation.Expected);
        writer.WriteNumbers("answer", explanation.Answer);
        writer.WriteObjects("steps", explanation.Steps, step =>
        {
            writer.WriteNumbers("input", step.Input);
            writer.WriteFinite("effect", step.Effect);
        });
    }

    public string Page(IReadOnlyList<IExplanationView> all, string model) => ExplanationPage.Of(explanation, model);
}
