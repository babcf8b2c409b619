namespace Recurant.Tasks;

/// <content>Models of sequences of measurements.</content>
public static partial class Explainer
{
    /// <summary>
    /// Tells what each value did to the answer to a sequence: to the logit of its label, or to its number; of a model that
    /// answers every step, to the answer to one of them.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="table">The sequences.</param>
    /// <param name="series">Which of them, from 0.</param>
    /// <param name="step">Of a model that answers every step: which step, from 0; null for the last.</param>
    /// <param name="options">The label, and how well effects must add up; null for the defaults.</param>
    /// <param name="cancellation">Looked at between points of the path.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SeriesExplanation Explain(
        SeriesModel model, SeriesTable table, int series, int? step = null, ExplainOptions? options = null,
        CancellationToken cancellation = default) => Run(model, table, options, given =>
        {
            ArgumentOutOfRangeException.ThrowIfNegative(series);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(series, table.Series.Count);
            return SequenceExplainer.Explain(model, table, series, step, given, cancellation);
        });
}

/// <summary>Integrated gradients of an answer to a sequence.</summary>
internal static class SequenceExplainer
{
    public static SeriesExplanation Explain(
        SeriesModel model, SeriesTable table, int series, int? step, ExplainOptions options, CancellationToken cancellation)
    {
        SeriesSpec spec = model.Spec;
        var rows = new SequenceRows(table, model, needsTarget: false);
        SequencePiece piece = SequenceScorer.Cut(spec, new SequencePiece(series, 0, table.Series[series].Count));
        int width = spec.StepWidth, joined = SequenceScorer.RowsOf(spec, piece.Count);
        var whole = new float[joined * spec.Join * width];
        for (int t = 0; t < joined * spec.Join; t++)
        {
            rows.Write(series, piece.First + Math.Min(t, piece.Count - 1), whole.AsSpan(t * width, width));
        }

        bool[] isKept = [.. spec.Columns.SelectMany(column => column.Given)];
        var batch = new SequenceBatch { WantsGradient = true };
        var along = new float[whole.Length];
        Pass[] passes = [.. model.Networks.Select(_ => new Pass(threads: options.Threads))];
        int at = spec.IsOfSteps ? Math.Clamp(step ?? piece.Count - 1, 0, piece.Count - 1) : 0, output = 0;
        float unit = spec.IsOfLabels ? 1f : spec.TargetDeviation, origin = spec.IsOfLabels ? 0f : spec.TargetMean;
        if (spec.IsOfLabels) output = LabelOf();
        (double[] effects, double value, double baseline, int points) =
            InputPath.Integrate(whole.Length, At, options, cancellation);
        string where = spec.IsOfSteps ? $" at step {at + 1}" : "";
        return new SeriesExplanation
        {
            Id = table.Series[series].Id,
            Answer = spec.IsOfLabels ? $"the label \"{model.Labels[output]}\"{where}" : $"the number \"{spec.Target}\"{where}",
            Unit = spec.IsOfLabels ? "the logit of the label" : "the column's own", Value = value, Baseline = baseline,
            Points = points, Effects = [.. Gather(effects)],
        };

        int LabelOf()
        {
            if (options.Label is { } label)
            {
                int place = model.Labels.ToList().IndexOf(label);
                return place >= 0 ? place : throw new ArgumentException(
                    $"The model has no label \"{label}\"; it has {string.Join(", ", model.Labels)}.");
            }

            float[] sums = new float[spec.Outputs];
            for (int k = 0; k < sums.Length; k++)
            {
                output = k;
                sums[k] = (float)At(1f, null);
            }

            return CrossEntropy.ArgMax(sums);
        }

        double At(float share, double[]? sums)
        {
            for (int i = 0; i < along.Length; i++) along[i] = isKept[i % width] ? whole[i] : share * whole[i];
            batch.Set([joined], along, width * spec.Join);
            double answer = 0;
            for (int n = 0; n < passes.Length; n++)
            {
                passes[n].Begin(sums is null ? PassKind.Prediction : PassKind.Gradients);
                SequenceBatch outputs = model.Networks[n].Forward(passes[n], batch);
                answer += outputs[0, at][output] / passes.Length;
                if (sums is null) continue;
                outputs.GradientOf(0, at)[output] += 1f;
                passes[n].Backward();
                for (int row = 0; row < joined; row++)
                {
                    ReadOnlySpan<float> gradient = batch.GradientOf(0, row);
                    for (int i = 0; i < gradient.Length; i++)
                    {
                        int place = row * gradient.Length + i;
                        if (!isKept[place % width]) sums[place] += unit * gradient[i] * whole[place] / passes.Length;
                    }
                }
            }

            return unit * answer + origin;
        }

        IEnumerable<ValueEffect> Gather(double[] each)
        {
            for (int t = 0; t < piece.Count; t++)
            {
                int first = t * width;
                foreach (SeriesColumnSpec column in spec.Columns)
                {
                    double sum = 0;
                    for (int j = 0; j < column.Width; j++) sum += each[first + j];
                    // The steps that fill up the last of joined ones repeat the last.
                    for (int more = piece.Count; t == piece.Count - 1 && more < joined * spec.Join; more++)
                    {
                        for (int j = 0; j < column.Width; j++) sum += each[more * width + first - t * width + j];
                    }

                    yield return new ValueEffect(
                        piece.First + t + 1, column.Name, rows.ValueOf(column, series, piece.First + t), sum);
                    first += column.Width;
                }
            }
        }
    }
}

/// <content>Models of sequences of measurements.</content>
public static partial class GradientLens
{
    private static readonly LensRemedy s_ofSequences = new(
        LensRemedy.Bias, "Or cut sequences into windows (--window).", "shorter windows (--window) help as well");

    /// <summary>Looks at a model of sequences on the first of some data.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The sequences with their right answers.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or there is no sequence.</exception>
    public static LensResult Look(SeriesModel model, SeriesTable data, LensOptions? options = null) =>
        Look(model, data, options, (copy, table, given) =>
        {
            SequencePiece[] pieces = LensSubject.First(SequenceData.Whole(table), given, "sequences", nameof(data));
            var task = new SequenceLens(copy, table, pieces, given);
            return PassLens.Subject(copy, copy.Networks[0], task.Pass, pieces.Length, s_ofSequences, given, task.Forward);
        });
}

/// <summary>One batch of sequences, forward to the loss.</summary>
internal sealed class SequenceLens(SeriesModel model, SeriesTable table, SequencePiece[] pieces, LensOptions options)
{
    private readonly SequenceRows _rows = new(table, model, needsTarget: true);
    private readonly SequenceBatch _batch = new(), _targets = new(), _weights = new();

    public Pass Pass { get; } = new(threads: options.Threads);

    public double Forward()
    {
        SeriesSpec spec = model.Spec;
        int width = spec.StepWidth;
        var values = new List<float>();
        var (targets, weights, lengths, rows) = (new List<float>(), new List<float>(), new List<int>(), new List<int>());
        var step = new float[width];
        foreach (SequencePiece whole in pieces)
        {
            SequencePiece piece = SequenceScorer.Cut(spec, whole);
            int joined = SequenceScorer.RowsOf(spec, piece.Count);
            lengths.Add(joined);
            for (int t = 0; t < joined * spec.Join; t++)
            {
                _rows.Write(piece.Series, piece.First + Math.Min(t, piece.Count - 1), step);
                values.AddRange(step);
            }

            rows.Add(spec.IsOfSteps ? piece.Count : 1);
            for (int t = 0; t < rows[^1]; t++)
            {
                float right = spec.IsOfSteps
                    ? _rows.Target(piece.Series, piece.First + t) : _rows.TargetUpTo(piece.Series, piece.End);
                weights.Add(float.IsNaN(right) ? 0f : 1f);
                for (int k = 0; k < spec.Outputs; k++)
                {
                    targets.Add(float.IsNaN(right) ? 0f : spec.IsOfLabels ? right == k ? 1f : 0f
                        : (right - spec.TargetMean) / spec.TargetDeviation);
                }
            }
        }

        _batch.Set([.. lengths], [.. values], width * spec.Join);
        _targets.Set([.. rows], [.. targets], spec.Outputs);
        _weights.Set([.. rows], [.. weights], 1);
        Pass.Begin(PassKind.Gradients);
        return Pass.Loss(
            model.Networks[0].Forward(Pass, _batch), _targets, spec.IsOfLabels ? Loss.CrossEntropy : Loss.SquaredError, _weights);
    }
}
