namespace Recurant.Reports;

/// <summary>The results of <see cref="GradientLens"/> as a single-file page.</summary>
public static class LensReport
{
    private const int MostLags = 40, MostBars = 2;
    private const string Equations =
        """
        state(lag)   = mean_b sqrt(||dJ_b/dh_t||^2 + ||dJ_b/dc_t||^2),  t = T_b - 1 - lag
        dJ/dW        = sum_t sum_(k<=t) dE_t/dh_t dh_t/dh_k d+h_k/dW = sum_lag D(lag)
        share(lag)   = (D(lag) . dJ/dW) / (dJ/dW . dJ/dW)
        dS_t/dS_k    = dS_t/dS_(t-1) ... dS_(k+1)/dS_k,  S = h, or (h, c)
        rho(W)       = lim ||W^m||^(1/m)
        memory       = smallest L with sum_(lag<=L) size(lag) >= 0.9 sum_lag size(lag)
        """;

    /// <summary>The page.</summary>
    /// <param name="result">What the lens saw.</param>
    /// <param name="data">What it looked at: the name of a file or problem.</param>
    /// <returns>HTML with its styles, scripts, pictures and tables in it.</returns>
    public static string Html(LensResult result, string data)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(data);
        var page = new HtmlPage("How far back the gradient reaches", $"{result.Network}; {data}");
        WriteVerdict(page, result);
        WriteStates(page, result);
        WriteWeights(page, result);
        WriteJacobians(page, result);
        WriteGates(page, result);
        PageSection equations = page.Section("equations", "Equations");
        equations.Text("J is the mean loss of the sequences, or of their tokens where each has a loss; d+ is the derivative "
            + "with the previous "
            + "state held fixed; D(lag) are the terms with |t - k| = lag.");
        equations.Code(Equations);
        return page.ToString();
    }

    private static void WriteVerdict(HtmlPage page, LensResult result)
    {
        PageSection section = page.Section("verdict", "Verdict");
        foreach (string sentence in result.Verdict) section.Note(sentence);
        section.Facts(
        [
            ("network", result.Network),
            (HasParts(result) ? "pairs of sequences" : "sequences", ChartText.Value(result.Sequences)),
            ("longest sequence (steps)", ChartText.Value(result.Steps)), ("mean loss", ChartText.Value(result.Loss)),
            ("steps with a loss, at most", ChartText.Value(result.ReadSteps)),
        ]);
        section.Table("Layers", result.Layers,
            new("layer", layer => layer.Name), new(
                "gradient", layer => layer.Verdict.Reach.ToString().ToLowerInvariant(), IsText: true),
            new("factor per step", layer => layer.Verdict.AStep), new("remaining", layer => layer.Verdict.Ratio),
            new("steps back", layer => layer.Verdict.Far), new("effective memory", layer => layer.Memory ?? double.NaN),
            new("spectral radius", layer => string.Join(", ", layer.SpectralRadii.Select(
                block => $"{block.Block} {ChartText.Value(Math.Round(block.Radius, 3))}")), IsText: true));
    }

    private static bool HasParts(LensResult result) => result.Layers.Any(layer => layer.Part is not null);

    private static void WriteStates(HtmlPage page, LensResult result)
    {
        PageSection section = page.Section("states", "The gradient of every state");
        section.Text("The norm of the loss's gradient with respect to each state, against the steps back from the end of the "
            + "sequence (of a backward direction: from its beginning). A straight line that falls is a gradient that vanishes; "
            + "one that rises, a gradient that explodes.");
        if (HasParts(result)) section.Text("The encoder's steps are those of the source, the decoder's those of the target.");

        foreach ((string of, LensLayer[] layers) in PartsOf(result.Layers))
        {
            section.Chart(new LineChart
            {
                Title = "Gradient of the states by lag" + of, XLabel = "steps back", YLabel = "norm", IsLogarithmic = true,
                Series = [.. layers.SelectMany(SeriesOf)],
            });
        }

        WriteLastStep(section, result);
        int lags = result.Layers.Max(layer => layer.Profile.State.Count), width = (lags + MostLags - 1) / MostLags;
        section.Chart(new HeatMap
        {
            Title = "Gradient of the states, lag by layer: each row scaled to its maximum", RowName = "layer",
            ColumnName = "steps back",
            Rows = [.. result.Layers.Select(layer => layer.Name)],
            Columns = [.. Enumerable.Range(0, (lags + width - 1) / width).Select(i => ChartText.Value(i * width))],
            Values = [.. result.Layers.Select(layer => (double[])
                [.. Enumerable.Range(0, (lags + width - 1) / width).Select(i => MeanOf(layer.Profile.State, i * width, width))])],
            ShadeByRow = true,
        });
    }

    private static void WriteLastStep(PageSection section, LensResult result)
    {
        LensLayer[] layers = [.. result.Layers.Where(layer => layer.LastStep.Count > 0)];
        if (layers.Length == 0) return;
        section.Text("The loss depends on many steps, so every state gets a gradient from nearby. If it depended on the last "
            + "step only, "
            + "the whole gradient would pass through the states in between:");
        foreach ((string of, LensLayer[] own) in PartsOf(layers))
        {
            section.Chart(new LineChart
            {
                Title = $"Gradient of the states by lag{of}, of the last step only", XLabel = "steps back", YLabel = "norm",
                IsLogarithmic = true,
                Series = [.. own.Select(layer => Line(layer.Name, layer.LastStep))],
            });
        }
    }

    /// <summary>The layers of the encoder and those of the decoder apart, with what a title says of them; else all.</summary>
    private static IEnumerable<(string Of, LensLayer[] Layers)> PartsOf(IEnumerable<LensLayer> layers) =>
        layers.GroupBy(layer => layer.Part).Select(part => (part.Key is null ? "" : $", {part.Key}", part.ToArray()));

    private static IEnumerable<ChartSeries> SeriesOf(LensLayer layer)
    {
        yield return Line(layer.Profile.Cell.Count > 0 ? $"{layer.Name}, h" : layer.Name, layer.Profile.Hidden);
        if (layer.Profile.Cell.Count > 0) yield return Line($"{layer.Name}, c", layer.Profile.Cell);
    }

    private static void WriteWeights(HtmlPage page, LensResult result)
    {
        PageSection section = page.Section("weights", "The gradient of the weights by lag");
        section.Text("Training only sees the sum over all lags, and the norm of the sum does not show where it comes from. "
            + "These are its "
            + "parts.");
        (string Name, WeightGradientByLag? Split)[] all =
        [
            .. result.Layers.Select(layer => ($"{layer.Name}, W_hh", layer.HiddenWeights)),
            .. result.Layers.Select(layer => ($"{layer.Name}, W_ih", layer.InputWeights)),
        ];
        (string Name, WeightGradientByLag Split)[] splits =
            [.. all.Where(each => each.Split is not null).Select(each => (each.Name, each.Split!))];
        foreach (LensLayer layer in result.Layers.Where(layer => layer.HiddenNote is not null))
        {
            section.Text($"{layer.Name}: no split of dJ/dW_hh: {layer.HiddenNote}.");
        }

        if (splits.Length == 0) return;
        if (!splits[0].Split.IsExact)
        {
            section.Text(
                "The loss depends on many steps; here all lags are counted from the last step. With --exact they are counted "
                    + "from each "
                + "step that has a loss.");
        }

        foreach ((string of, LensLayer[] layers) in PartsOf(result.Layers))
        {
            (string Name, WeightGradientByLag Split)[] own =
                [.. splits.Where(
                    split => layers.Any(layer => split.Name.StartsWith(layer.Name + ",", StringComparison.Ordinal)))];
            if (own.Length == 0) continue;
            section.Chart(new LineChart
            {
                Title = $"||D(lag)||, the part of dJ/dW that comes from each lag{of}", XLabel = "steps back", YLabel = "norm",
                IsLogarithmic = true,
                Series = [.. own.Select(split => Line(split.Name, split.Split.Norms))],
            });
        }

        section.Table("Parts of the sum", splits,
            new("weights", split => split.Name), new("||dJ/dW||", split => split.Split.Total), new(
                "90% within", split => split.Split.Reach90),
            new("from the farther half of the lags", split => split.Split.Beyond((split.Split.Norms.Count + 1) / 2)),
            new("difference from the training gradient", split => split.Split.Difference));
    }

    private static void WriteJacobians(HtmlPage page, LensResult result)
    {
        LensLayer[] layers = [.. result.Layers.Where(layer => layer.Jacobians.Count > 0)];
        LensLayer[] without = [.. result.Layers.Where(layer => layer.JacobianNote is not null)];
        if (layers.Length == 0 && without.Length == 0) return;
        PageSection section = page.Section("jacobians", "The Jacobians of the states");
        foreach (LensLayer layer in without) section.Text($"{layer.Name}: no Jacobians: {layer.JacobianNote}.");
        if (layers.Length == 0) return;
        section.Text("The extreme singular values of the derivative of the last state with respect to an earlier one, for the "
            + "sequence of the middle length: no gradient grows by more than the largest or shrinks by more than the smallest. "
            + "Smallest values that are only rounding errors are left out.");
        foreach ((string of, LensLayer[] own) in PartsOf(layers))
        {
            section.Chart(new LineChart
            {
                Title = "Singular values of the Jacobians" + of, XLabel = "steps back", YLabel = "singular value",
                IsLogarithmic = true,
                Series = [.. own.SelectMany(layer => (ChartSeries[])
                [
                    Line($"{layer.Name}, largest", layer.Jacobians, size => size.Largest),
                    Line($"{layer.Name}, smallest", layer.Jacobians,
                        size => size.Smallest > 1e-14 * size.Largest ? size.Smallest : double.NaN),
                ])],
            });
        }
    }

    private static void WriteGates(HtmlPage page, LensResult result)
    {
        if (result.Layers.All(layer => layer.Profile.Gates.Count == 0)) return;
        PageSection section = page.Section("gates", "Gates");
        section.Text("Over all steps, units and sequences; for g, n and h, by magnitude. A forget gate f or an update gate z "
            + "above 0.9 "
            + "keeps the state.");
        WriteShares(section, result, "Share of time above 0.9", gate => gate.High);
        WriteShares(section, result, "Share of time below 0.1", gate => gate.Low);
    }

    /// <summary>Bars; of many layers, whose names a narrow page has no room for, a map.</summary>
    private static void WriteShares(PageSection section, LensResult result, string title, Func<GateUse, double> share)
    {
        if (result.Layers.Count > MostBars && result.Layers[0].Profile.Gates is { Count: > 1 } gates)
        {
            section.Chart(new HeatMap
            {
                Title = title, RowName = "layer", ColumnName = "gate", Most = 1,
                Rows = [.. result.Layers.Select(layer => layer.Name)], Columns = [.. gates.Select(gate => gate.Name)],
                Values = [.. result.Layers.Select(layer =>
                    (double[])[.. layer.Profile.Gates.Select(gate => Math.Round(share(gate), 3))])],
            });
            return;
        }

        section.Chart(new BarChart
        {
            Title = title, LabelName = "gate", ValueName = "share", Most = 1,
            Bars = [.. result.Layers.SelectMany(layer =>
                layer.Profile.Gates.Select(gate => ($"{layer.Name}, {gate.Name}", share(gate))))],
        });
    }

    private static double MeanOf(IReadOnlyList<double> values, int first, int width)
    {
        int end = Math.Min(values.Count, first + width);
        double sum = 0;
        for (int i = first; i < end; i++) sum += values[i];
        return end > first ? sum / (end - first) : double.NaN;
    }

    private static ChartSeries Line(string name, IReadOnlyList<double> values) =>
        new(name, [.. Enumerable.Range(0, values.Count).Select(lag => (double)lag)], values);

    private static ChartSeries Line(string name, IReadOnlyList<JacobianSize> sizes, Func<JacobianSize, double> value) =>
        new(name, [.. sizes.Select(size => (double)size.Lag)], [.. sizes.Select(value)]);
}
