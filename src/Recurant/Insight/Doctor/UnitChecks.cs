using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>Units that always say the same: those that are silent, and those that are stuck at an end of their range.</summary>
internal static class UnitChecks
{
    /// <summary>A unit whose output deviates less than this from its mean is dead.</summary>
    private const double Dead = 1e-3;

    /// <summary>A unit is saturated if its output is beyond this in nearly all steps, always with the same sign.</summary>
    private const double High = 0.95, NearlyAll = 0.99;

    private const double Many = 0.2;

    public static Finding Run(ReplayedStep step)
    {
        TrainingTask task = step.Task;
        step.Make();
        var places = new List<string>();
        int units = 0, dead = 0, saturated = 0, rows = 0;
        bool isMuch = false;
        foreach (LayerValues layer in task.Memory.Values(afterBackward: false).Where(values => values.What == "output"
            && values.Direction >= 0))
        {
            int width = layer.Values.Columns, deadHere = 0, saturatedHere = 0;
            rows = layer.Values.Rows;
            for (int unit = 0; unit < width; unit++)
            {
                (bool isDead, bool isSaturated) = Look(layer.Values, unit);
                if (isDead) deadHere++;
                if (isSaturated) saturatedHere++;
            }

            if (deadHere + saturatedHere > 0) places.Add($"{layer.Layer}: {deadHere} dead, {saturatedHere} saturated of {width}");
            isMuch |= deadHere + saturatedHere > Many * width;
            (units, dead, saturated) = (units + width, dead + deadHere, saturated + saturatedHere);
        }

        task.Parameters.DropGradients();

        if (units == 0) return new Finding("units", FindingLevel.Ok, "The model has no recurrent units.");
        return new Finding(
            "units", isMuch ? FindingLevel.Warning : dead + saturated > 0 ? FindingLevel.Note : FindingLevel.Ok,
            $"Of {Of(units, "recurrent unit")}, over {Of(rows, "step")}: {Count(dead)} dead, {Count(saturated)} saturated.")
        {
            Where = places, Values = [Value("units", units), Value("dead", dead), Value("saturated", saturated),
                Value("steps", rows)],
            Means = isMuch ? "They carry no information, and hardly any gradient passes through them."
                : dead + saturated > 0 ? "They carry no information here; so few do no harm." : "",
            Advice = isMuch
                ? "A smaller model may be as good; otherwise try a lower learning rate, clipping, or tanh instead of relu."
                : "",
        };
    }

    private static (bool IsDead, bool IsSaturated) Look(Matrix values, int unit)
    {
        double sum = 0, squares = 0;
        int high = 0, low = 0;
        for (int row = 0; row < values.Rows; row++)
        {
            double value = values.Row(row)[unit];
            sum += value;
            squares += value * value;
            if (value > High) high++;
            if (value < -High) low++;
        }

        double mean = sum / values.Rows, deviation = Math.Sqrt(Math.Max(0, squares / values.Rows - mean * mean));
        // Beyond 1 an unbounded unit is just large: it is stuck only if it hardly moves.
        bool isBounded = squares <= values.Rows;
        bool isSaturated = isBounded && Math.Max(high, low) >= NearlyAll * values.Rows;
        return (!isSaturated && deviation < Dead, isSaturated);
    }
}
