using System.Globalization;
using System.Text.Json;

namespace Recurant.Cli;

/// <summary>The results of the lens as text and as JSON.</summary>
internal static class LensText
{
    public static IEnumerable<string> Lines(LensResult result, int width)
    {
        foreach (string line in TextLayout.Wrap(TextLayout.OneLine(result.Network), width)) yield return line;
        bool hasParts = result.Layers.Any(layer => layer.Part is not null);
        string loss = $"loss {Numbers.Four(result.Loss)}";
        string what = hasParts
            ? $"{Numbers.Of(result.Sequences, "pair")} of sequences, {loss}"
            : $"{Numbers.Of(result.Sequences, "sequence")} of up to {Numbers.Count(result.Steps)} steps, {loss}; "
                + ReadSteps(result.ReadSteps);
        foreach (string line in TextLayout.Wrap(what, width)) yield return line;
        if (result.Layers.Any(layer => layer.LastStep.Count > 0))
        {
            const string LastStep = "last step: the gradient of the states if the loss depended on the last step only";
            foreach (string line in TextLayout.Wrap(LastStep, width)) yield return line;
        }

        foreach (LensLayer layer in result.Layers)
        {
            yield return "";
            foreach (string line in TextLayout.Wrap(Heading(layer), width)) yield return line;
            foreach (string line in TextLayout.Table(Rows(layer), width - 2)) yield return "  " + line;
            foreach (string fact in Facts(layer))
            {
                foreach (string line in TextLayout.Wrap(fact, width - 2)) yield return "  " + line;
            }
        }

        yield return "";
        foreach (string sentence in result.Verdict)
        {
            foreach (string line in TextLayout.Wrap(sentence, width)) yield return line;
        }
    }

    private static string ReadSteps(int count) =>
        count > 1 ? $"the loss depends on up to {Numbers.Count(count)} steps" : "the loss depends on the last step";

    /// <summary>
    /// The layer, how many steps an encoder or decoder takes, and where those of a backward direction count from.
    /// </summary>
    private static string Heading(LensLayer layer) => layer.Part is null
        ? layer.Name + (layer.IsReverse ? ": steps back are counted from the beginning of the sequence" : "")
        : $"{layer.Name}, up to {Numbers.Count(layer.Steps)} steps of the {(layer.Part == "encoder" ? "source" : "target")}"
            + (layer.IsReverse ? ", back from its beginning" : "");

    /// <summary>Rows for the lags 0, 1, 2, 4, ... and the last.</summary>
    private static List<string[]> Rows(LensLayer layer)
    {
        GradientProfile profile = layer.Profile;
        bool hasCell = profile.Cell.Count > 0, hasJacobians = layer.Jacobians.Count > 0;
        List<string> heading = ["steps back", "||dJ/dh||"];
        if (hasCell) heading.Add("||dJ/dc||");
        if (layer.LastStep.Count > 0) heading.Add("last step");
        if (layer.HiddenWeights is not null) heading.Add("of W_hh");
        if (layer.InputWeights is not null) heading.Add("of W_ih");
        if (hasJacobians) heading.AddRange(["s max", "s min"]);
        List<string[]> rows = [[.. heading]];
        int last = profile.State.Count - 1;
        for (int lag = 0, next; lag <= last; lag = next)
        {
            next = lag == 0 ? 1 : 2 * lag;
            int end = Math.Min(next, last + 1) - 1;
            List<string> row = [end > lag ? $"{lag} to {end}" : $"{lag}", Size(profile.Hidden[lag])];
            if (hasCell) row.Add(Size(profile.Cell[lag]));
            if (layer.LastStep.Count > 0) row.Add(Size(layer.LastStep[lag]));
            if (layer.HiddenWeights is { } hidden) row.Add(Share(hidden, lag, next));
            if (layer.InputWeights is { } input) row.Add(Share(input, lag, next));
            if (hasJacobians)
            {
                JacobianSize[] found = [.. layer.Jacobians.Where(size => size.Lag == lag)];
                row.Add(found is [var large] ? Size(large.Largest) : "");
                row.Add(found is [var small] ? Smallest(small) : "");
            }

            rows.Add([.. row]);
        }

        return rows;
    }

    private static IEnumerable<string> Facts(LensLayer layer)
    {
        GradientProfile profile = layer.Profile;
        if (layer.Memory is { } memory)
        {
            string mean = layer.Verdict.Measured == "states"
                ? string.Create(CultureInfo.InvariantCulture, $", mean {profile.MeanLag:0.#}")
                : "";
            string of = layer.Verdict.Measured == "last_step" ? "last step's gradient" : "gradient";
            yield return $"effective memory: 90% of the {of} within {Numbers.Count(memory)} steps back{mean}";
        }

        if (layer.HiddenWeights is { } split)
        {
            string kind = split.IsExact ? "exact" : "counted from the last step; --exact splits by t - k";
            yield return $"dJ/dW_hh by lag ({kind}): sum over lags {Size(split.Total)}, relative difference from the training "
                + $"gradient "
                + $"{Size(split.Difference)}";
        }
        else if (layer.HiddenNote is { } note)
        {
            yield return $"no split of dJ/dW_hh: {note}";
        }

        if (layer.JacobianNote is { } jacobians) yield return $"no Jacobians: {jacobians}";
        if (layer.SpectralRadii.Count > 0)
        {
            yield return "spectral radius: " + string.Join(", ", layer.SpectralRadii.Select(RadiusOf));
        }

        if (profile.Gates.Count > 0)
        {
            yield return "below 0.1 and above 0.9: " + string.Join(", ", profile.Gates.Select(
                gate => $"{(IsMagnitude(gate) ? $"|{gate.Name}|" : gate.Name)} {Percent(gate.Low)} and {Percent(gate.High)}"));
        }
    }

    private static string RadiusOf(BlockRadius block) => string.Create(
        CultureInfo.InvariantCulture, $"{(block.Block == "W" ? "W_hh" : "W_h" + block.Block)} {block.Radius:0.000}");

    private static bool IsMagnitude(GateUse gate) => gate.Name is "g" or "n" or "h";

    private static string Share(WeightGradientByLag split, int first, int end)
    {
        double share = split.Beyond(first) - split.Beyond(end);
        return share is > 0 and < 1e-3 ? Size(100 * share) + "%" : Percent(share);
    }

    private static string Smallest(JacobianSize size) => size.Smallest <= 1e-14 * size.Largest ? "0" : Size(size.Smallest);

    private static string Percent(double share) =>
        share.ToString("0.0%", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);

    private static string Size(double value) => value.ToString("0.0e-0", CultureInfo.InvariantCulture);

    public static string Json(LensResult result) => JsonText.Object(writer =>
    {
        writer.Write(("network", result.Network), ("sequences", result.Sequences), ("steps", result.Steps), ("loss", result.Loss),
            ("steps_read", result.ReadSteps), ("reach", ReachName(result.Reach)));
        writer.WriteStrings("verdict", result.Verdict);
        writer.WriteObjects("layers", result.Layers, layer => WriteLayer(writer, layer));
    });

    private static void WriteLayer(Utf8JsonWriter writer, LensLayer layer)
    {
        GradientProfile profile = layer.Profile;
        LensVerdict verdict = layer.Verdict;
        writer.Write(
            ("part", layer.Part), ("layer", layer.Layer), ("direction", layer.IsReverse ? "backward" : "forward"),
            ("steps", layer.Steps), ("steps_read", layer.ReadSteps), ("reach", ReachName(verdict.Reach)),
            ("measured_by", verdict.Measured), ("far", verdict.Far), ("ratio", verdict.Ratio), ("a_step", verdict.AStep),
            ("memory_90", layer.Memory), ("lost_at", verdict.LostAt), ("mean_lag", profile.MeanLag));
        writer.WriteNumbers("state_gradient", profile.State);
        writer.WriteNumbers("hidden_gradient", profile.Hidden);
        if (profile.Cell.Count > 0) writer.WriteNumbers("cell_gradient", profile.Cell);
        if (layer.LastStep.Count > 0) writer.WriteNumbers("last_step_gradient", layer.LastStep);
        writer.Write(("weight_hh_note", layer.HiddenNote), ("jacobians_note", layer.JacobianNote));
        Split(writer, "weight_hh", layer.HiddenWeights);
        Split(writer, "weight_ih", layer.InputWeights);
        writer.WriteObject("spectral_radius", members =>
        {
            foreach (BlockRadius block in layer.SpectralRadii) members.WriteFinite(block.Block, block.Radius);
        });
        writer.WriteObjects("gates", profile.Gates, gate => writer.Write(
            ("gate", gate.Name), ("under_0.1", gate.Low), ("over_0.9", gate.High), ("mean", gate.Mean)));
        writer.WriteObjects("jacobians", layer.Jacobians, size => writer.Write(
            ("lag", size.Lag), ("norm", size.Norm), ("largest", size.Largest), ("smallest", size.Smallest)));
    }

    private static void Split(Utf8JsonWriter writer, string name, WeightGradientByLag? split)
    {
        if (split is null) return;
        writer.WriteObject(name, members =>
        {
            members.Write(("exact", split.IsExact), ("total", split.Total), ("difference", split.Difference));
            members.WriteNumbers("norms", split.Norms);
            members.WriteNumbers("shares", split.Shares);
        });
    }

    private static string ReachName(GradientReach reach) => reach.ToString().ToLowerInvariant();
}
