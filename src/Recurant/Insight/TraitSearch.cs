namespace Recurant.Insight;

/// <summary>Some tokens that follow one another, and what the topmost layer said at each.</summary>
/// <param name="Traits">The values of every trait, each [T].</param>
/// <param name="Outputs">[T, units].</param>
internal sealed record TokenRun(IReadOnlyList<(string Name, float[] Values)> Traits, float[] Outputs)
{
    /// <summary>What a layer said at the steps of one sequence of a batch.</summary>
    public static float[] OutputsOf(Matrix outputs, BatchLayout batch, int sequence)
    {
        var values = new float[batch.Lengths[sequence] * outputs.Columns];
        for (int t = 0; t < batch.Lengths[sequence]; t++)
        {
            outputs.Row(batch.RowStart(t) + sequence).CopyTo(values.AsSpan(t * outputs.Columns));
        }

        return values;
    }
}

/// <summary>
/// Finds for each trait the unit whose output follows it best. Among hundreds of units the best one follows anything to some
/// degree, so chance is measured in two ways: the unit is chosen on every other run and its correlation told on the rest; and
/// the same search is made nineteen times with the trait shifted along the tokens, which leaves it as smooth as it is and takes
/// away what it has to do with the text.
/// </summary>
internal static class TraitSearch
{
    /// <summary>A trait that holds at fewer tokens of a half, or at all but so many, is passed over.</summary>
    private const int FewestTokens = 20, Shifts = 19;

    public static IReadOnlyList<UnitTrait> Find(IReadOnlyList<TokenRun> runs, int units)
    {
        TokenRun[] chosen = [.. runs.Where((_, i) => i % 2 == 0)], heldOut = [.. runs.Where((_, i) => i % 2 == 1)];
        if (chosen.Length == 0 || heldOut.Length == 0) return [];
        float[][] search = Standardise(chosen, units), rest = Standardise(heldOut, units);
        var found = new List<UnitTrait>();
        for (int trait = 0; trait < runs[0].Traits.Count; trait++)
        {
            float[]? values = Standardise(chosen, trait, out int apart), others = Standardise(heldOut, trait, out int apartToo);
            if (values is null || others is null || apart < FewestTokens || apartToo < FewestTokens) continue;
            (int unit, float correlation) = Best(search, values);
            var shifted = new float[values.Length];
            double sum = 0, largest = 0;
            for (int shift = 1; shift <= Shifts; shift++)
            {
                int by = (int)((long)values.Length * shift / (Shifts + 1));
                values.AsSpan(by).CopyTo(shifted);
                values.AsSpan(0, by).CopyTo(shifted.AsSpan(values.Length - by));
                double chance = Math.Abs(Best(search, shifted).Correlation);
                sum += chance;
                largest = Math.Max(largest, chance);
            }

            found.Add(new UnitTrait(
                runs[0].Traits[trait].Name, unit, correlation, Reductions.Dot(rest[unit], others), sum / Shifts, largest));
        }

        return [.. found.OrderByDescending(trait => trait.IsReal).ThenByDescending(trait => Math.Abs(trait.HeldOut))];
    }

    private static (int Unit, float Correlation) Best(float[][] outputs, float[] values)
    {
        int best = 0;
        float largest = 0;
        for (int unit = 0; unit < outputs.Length; unit++)
        {
            float correlation = Reductions.Dot(outputs[unit], values);
            if (Math.Abs(correlation) > Math.Abs(largest)) (best, largest) = (unit, correlation);
        }

        return (best, largest);
    }

    /// <summary>The outputs of each unit over all tokens, with the mean 0 and the length 1.</summary>
    private static float[][] Standardise(TokenRun[] runs, int units)
    {
        int tokens = runs.Sum(run => run.Outputs.Length / units);
        var outputs = new float[units][];
        for (int unit = 0; unit < units; unit++)
        {
            float[] values = outputs[unit] = new float[tokens];
            int place = 0;
            foreach (TokenRun run in runs)
            {
                for (int i = unit; i < run.Outputs.Length; i += units) values[place++] = run.Outputs[i];
            }

            Standardise(values);
        }

        return outputs;
    }

    /// <summary>A trait over all tokens, with the mean 0 and the length 1; null if it is the same everywhere.</summary>
    private static float[]? Standardise(TokenRun[] runs, int trait, out int apart)
    {
        float[] values = [.. runs.SelectMany(run => run.Traits[trait].Values)];
        float common = values.GroupBy(value => value).MaxBy(group => group.Count())!.Key;
        apart = values.Count(value => value != common);
        return apart > 0 && Standardise(values) ? values : null;
    }

    private static bool Standardise(float[] values)
    {
        double mean = values.Sum(value => (double)value) / values.Length, squares = 0;
        foreach (float value in values) squares += (value - mean) * (value - mean);
        if (squares <= 0)
        {
            Array.Clear(values);
            return false;
        }

        double scale = 1 / Math.Sqrt(squares);
        for (int i = 0; i < values.Length; i++) values[i] = (float)((values[i] - mean) * scale);
        return true;
    }
}
