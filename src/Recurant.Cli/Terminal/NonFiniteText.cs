using System.Globalization;

namespace Recurant.Cli;

/// <summary>What is known of a number that is not finite, as text.</summary>
internal static class NonFiniteText
{
    /// <summary>At most so many words of a text are shown on each side of the step.</summary>
    private const int WordsAround = 6;

    /// <summary>Says why a run ended, and how its last step is made again.</summary>
    public static void Tell(Invocation call, NonFiniteLossException fault, NonFiniteReport report, string? bundleFault)
    {
        call.Terminal.WriteNote($"recurant: {fault.Message}");
        foreach (string line in call.Quiet ? [] : Lines(report, call.Terminal.ErrorWidth))
        {
            call.Terminal.Error.WriteLine(line);
        }

        if (report.Bundle is { } bundle) call.Terminal.WriteCommand("To do this step again:", ShellCommand.Of("replay", bundle));

        if (bundleFault is not null) call.Terminal.WriteNote($"recurant: the step could not be kept: {bundleFault}");
        if (!call.Json) return;
        call.Terminal.Out.WriteLine(JsonText.Object(writer =>
        {
            writer.WritePropertyName("non_finite");
            writer.WriteRawValue(report.ToJson());
        }));
    }

    public static IEnumerable<string> Lines(NonFiniteReport report, int width)
    {
        foreach (string line in TextLayout.Wrap($"place: {Place(report.Place)}", width)) yield return line;
        if (Around(report) is { } words)
        {
            foreach (string line in TextLayout.Wrap($"text: {words}", width)) yield return line;
        }

        foreach (string line in TextLayout.Wrap($"likely cause: {report.Cause.Name} ({report.Cause.Evidence})", width))
        {
            yield return line;
        }

        foreach (string line in TextLayout.Wrap($"try: {string.Join(", or ", report.Cause.Advice)}", width)) yield return line;
        if (report.LastSteps.Count == 0) yield break;
        yield return "";
        var table = new List<string[]> { new[] { "step", "loss", "gradient", "", "rate", "largest weight" } };
        foreach (StepSizes step in report.LastSteps)
        {
            table.Add([Numbers.Count(step.Number), Short(step.Loss), Short(step.GradientNorm), step.IsClipped ? "clipped" : "",
                Short(step.LearningRate), Short(step.LargestWeight)]);
        }

        foreach (string line in TextLayout.Table(table, width)) yield return line;
    }

    /// <summary>The place in one sentence.</summary>
    public static string Place(NumberPlace place)
    {
        var parts = new List<string> { $"{place.Layer}, {place.What}" };
        if (place.Gate is { } gate) parts.Add($"gate {gate}");
        if (place.Unit is { } unit) parts.Add(place.Column is { } column ? $"row {unit}, column {column}" : $"unit {unit}");
        if (place.Sample is { } sample)
        {
            parts.Add($"text {sample} of the batch" + (place.Text is { } text ? $" (number {text} of those to learn from)" : ""));
        }

        if (place.Time is { } time) parts.Add($"step {time}");
        if (place.Token is { } token) parts.Add($"at \"{TextLayout.Shorten(TextLayout.OneLine(token), 30)}\"");
        string value = float.IsFinite(place.Value) ? "largest value " : "";
        return $"{string.Join(", ", parts)}: {value}{place.Value.ToString("G4", CultureInfo.InvariantCulture)}";
    }

    private static string? Around(NonFiniteReport report)
    {
        if (report.Tokens.Count == 0) return null;
        int at = report.Place.Time ?? 0;
        int first = Math.Max(0, at - WordsAround), last = Math.Min(report.Tokens.Count, at + WordsAround + 1);
        IEnumerable<string> words = Enumerable.Range(first, last - first).Select(t =>
        {
            string word = TextLayout.Shorten(TextLayout.OneLine(report.Tokens[t]), 30);
            return t == report.Place.Time ? $">{word}<" : word;
        });
        return (first > 0 ? "... " : "") + string.Join(' ', words) + (last < report.Tokens.Count ? " ..." : "");
    }

    private static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
