namespace Recurant.Tasks;

/// <content>Forecasters.</content>
public static partial class Explainer
{
    /// <summary>
    /// Tells what each value of the past, and each column, did to the forecast of a series from behind its last row: to the mean
    /// of the medians of all steps, of a distribution of counts to the mean of their means.
    /// </summary>
    /// <remarks>The level and the spread that the window is brought to count as given: their own effect is in the
    /// baseline.</remarks>
    /// <param name="model">The model.</param>
    /// <param name="table">The series.</param>
    /// <param name="series">Which of them, from 0.</param>
    /// <param name="target">Which of the targets, from 0. Default: the first.</param>
    /// <param name="options">How well effects must add up; null for the defaults.</param>
    /// <param name="cancellation">Looked at between points of the path.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SeriesExplanation Explain(
        ForecasterModel model, SeriesTable table, int series, int target = 0, ExplainOptions? options = null,
        CancellationToken cancellation = default) => Run(model, table, options, given =>
        {
            ArgumentOutOfRangeException.ThrowIfNegative(series);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(series, table.Series.Count);
            return ForecastExplainer.Explain(model, table, series, target, given, cancellation);
        });
}

/// <summary>Integrated gradients of a forecast.</summary>
internal static class ForecastExplainer
{
    public static SeriesExplanation Explain(
        ForecasterModel model, SeriesTable table, int series, int target, ExplainOptions options, CancellationToken cancellation)
    {
        ForecasterSpec spec = model.Spec;
        var rows = new ForecastRows(table, spec);
        int origin = ForecastRows.OriginOf(table, spec, series);
        var batch = new ForecastBatch(spec);
        batch.Fill(rows, [new SeriesWindow(series, target, origin, origin)]);
        (SequenceBatch Batch, int Rows)[] inputs =
            [(batch.Past, spec.PastSegments), (batch.Future, spec.FutureSegments), (batch.Values, 1)];
        foreach ((SequenceBatch each, _) in inputs) each.WantsGradient = true;
        float[][] whole = [.. inputs.Select(input => input.Batch.ToArray(0))];
        bool isCount = spec.Distribution == ForecastDistribution.NegativeBinomial;
        float unit = spec.Logarithms ? batch.Spreads[0] : batch.UnitOf(0);
        var passes = model.Networks.Select(_ => new Pass(threads: options.Threads)).ToArray();
        (double[] effects, double value, double baseline, int points) = InputPath.Integrate(
            whole.Sum(each => each.Length), At, options, cancellation);
        return new SeriesExplanation
        {
            Id = table.Series[series].Id,
            Answer = $"the mean of the {spec.Horizon} {(isCount ? "means" : "medians")} of \"{spec.Columns[target].Name}\"",
            Unit = spec.Logarithms ? "the logarithm, counted from the window's centre"
                : "the column's own, counted from the window's centre",
            Value = value, Baseline = baseline, Points = points,
            Effects = [.. Gather(spec, rows, series, target, origin, effects)],
        };

        double At(float share, double[]? sums)
        {
            batch.Along(share);
            double mean = 0;
            for (int n = 0; n < passes.Length; n++)
            {
                Pass pass = passes[n];
                pass.Begin(sums is null ? PassKind.Prediction : PassKind.Gradients);
                (SequenceBatch Outputs, SequenceBatch? Linear) outputs = model.Networks[n].Forward(pass, batch);
                mean += model.Networks[n].MeanMedian(outputs, batch, sums is null ? 0f : 1f) / passes.Length;
                if (sums is null) continue;
                pass.Backward();
                int at = 0;
                for (int i = 0; i < inputs.Length; i++)
                {
                    int width = whole[i].Length / inputs[i].Rows;
                    for (int step = 0; step < inputs[i].Rows; step++)
                    {
                        ReadOnlySpan<float> gradient = inputs[i].Batch.GradientOf(0, step);
                        for (int j = 0; j < width; j++)
                        {
                            sums[at + step * width + j] += unit * gradient[j] * whole[i][step * width + j] / passes.Length;
                        }
                    }

                    at += whole[i].Length;
                }
            }

            return unit * mean;
        }
    }

    /// <summary>The effects of values and columns, from those of the numbers that they became.</summary>
    private static IEnumerable<ValueEffect> Gather(
        ForecasterSpec spec, ForecastRows rows, int series, int target, int origin, double[] effects)
    {
        int w = spec.Segment, past = spec.Lookback * spec.PastWidth;
        int linear = effects.Length - spec.Lookback;
        for (int i = 0; i < spec.Lookback; i++)
        {
            int step = origin - spec.Lookback + i, first = i / w * w * spec.PastWidth + i % w;
            ReadOnlySpan<float> values = rows.Target(series, target);
            yield return new ValueEffect(
                i - spec.Lookback + 1, spec.Columns[target].Name, step >= 0 && step < values.Length ? values[step] : float.NaN,
                effects[first] + effects[linear + i]);
            int at = spec.TargetWidth;
            foreach (ColumnRole role in (ColumnRole[])[ColumnRole.Known, ColumnRole.Past])
            {
                foreach (SeriesColumnSpec column in spec.Columns.Where(column => column.Role == role))
                {
                    double sum = 0;
                    for (int j = 0; j < column.Width; j++) sum += effects[first + (at + j) * w];
                    yield return new ValueEffect(i - spec.Lookback + 1, column.Name, rows.ValueOf(column, series, step), sum);
                    at += column.Width;
                }

                if (role == ColumnRole.Known) at += spec.CalendarWidth;
            }
        }

        SeriesColumnSpec[] known = [.. spec.Columns.Where(column => column.Role == ColumnRole.Known)];
        int size = spec.PlaceWidth + w * spec.FutureWidth;
        for (int step = 0; step < spec.Horizon && known.Length > 0; step++)
        {
            int at = past + step / w * size + spec.PlaceWidth + step % w;
            foreach (SeriesColumnSpec column in known)
            {
                double sum = 0;
                for (int j = 0; j < column.Width; j++, at += w) sum += effects[at];
                yield return new ValueEffect(step + 1, column.Name, rows.ValueOf(column, series, origin + step), sum);
            }
        }
    }
}

/// <content>Forecasters.</content>
public static partial class GradientLens
{
    private static readonly LensRemedy s_ofForecasts = new(
        LensRemedy.Bias, "Or read longer segments (--segment): the gradient then has fewer steps to pass.",
        "longer segments (--segment) help as well");

    /// <summary>Looks at a forecaster on the first windows of some data.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The series.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or no series is long enough.</exception>
    public static LensResult Look(ForecasterModel model, SeriesTable data, LensOptions? options = null) =>
        Look(model, data, options, (copy, table, given) =>
        {
            ForecasterSpec spec = copy.Spec;
            var rows = new ForecastRows(table, spec);
            var windows = new SeriesWindows(
                spec.TargetCount,
                [.. table.Series.Select(span => ForecastParts.Learnable(span.Count, spec.Lookback, spec.Horizon))]);
            LensSubject.RequireSome((int)Math.Min(int.MaxValue, windows.Count), "windows", nameof(data));
            SeriesWindow[] chosen = [.. windows.Spread(given.Sequences)];
            var batch = new ForecastBatch(spec);
            var pass = new Pass(threads: given.Threads);
            ForecastNetwork network = copy.Networks[0];
            var actual = new float[spec.Horizon];
            return PassLens.Subject(copy, network, pass, chosen.Length, s_ofForecasts, given, () =>
            {
                batch.Fill(rows, chosen);
                pass.Begin(PassKind.Gradients);
                (SequenceBatch Outputs, SequenceBatch? Linear) outputs = network.Forward(pass, batch);
                double sum = 0;
                for (int b = 0; b < chosen.Length; b++)
                {
                    ForecastScorer.ReadActual(rows, chosen[b], actual);
                    for (int h = 0; h < actual.Length; h++) actual[h] = batch.Scaled(b, actual[h]);
                    sum += network.Loss(outputs, batch, b, actual, 1f / (chosen.Length * spec.Horizon), out int known)
                        / Math.Max(1, known);
                }

                return sum / chosen.Length;
            });
        });
}

/// <summary>What the lens sees of a network that runs in a pass.</summary>
internal static class PassLens
{
    /// <param name="model">The model.</param>
    /// <param name="network">The network that is looked at.</param>
    /// <param name="pass">Its pass.</param>
    /// <param name="sequences">How many sequences it reads.</param>
    /// <param name="remedy">What may be changed.</param>
    /// <param name="options">The threads.</param>
    /// <param name="forward">Runs forward to the loss, whose gradient is left with the outputs.</param>
    public static LensSubject Subject(
        TrainedModel model, PassNetwork network, Pass pass, int sequences, LensRemedy remedy, LensOptions options,
        Func<double> forward)
    {
        forward();
        Workers workers = options.Workers;
        LensPart[] parts =
        [
            .. from call in pass.Calls
               let recurrent = call.Layer as Recurrent
               where recurrent is not null
               select LensPart.Of(
                   network.NameOf(recurrent), recurrent.Stack, Recurrent.MemoryOf(call.Memory), call.Output.Layout,
                   () => call.Input.Matrix, () => call.Output.GradientToAdd(), workers),
        ];
        return new LensSubject(model.Summary, sequences, network.Parameters, remedy, parts, () =>
        {
            double loss = forward();
            pass.Backward();
            return loss;
        });
    }
}
