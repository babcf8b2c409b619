using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Numerics;
using Recurant.Parameters;

namespace Recurant.Insight;

/// <summary>
/// Splits the gradients of W_hh and W_ih of all layers by lag. What the engine adds up in one product, it adds up here a lag at a
/// time, from the same dz_k, h_(k-1) and x_k:
/// <code>
/// dJ/dW_hh = sum_t sum_(k&lt;=t) dz_k^(t) h_(k-1)^T,   dJ/dW_ih = sum_t sum_(k&lt;=t) dz_k^(t) x_k^T
/// </code>
/// dz_k^(t) is the gradient of step k's gates, where the loss reads the last layer at step t alone. A way back is linear in what the
/// loss gives it, so that one way back for each t gives them all.
/// </summary>
internal sealed class WeightSplitter
{
    private const long MostElements = 1L << 27;

    private readonly LensSubject _subject;
    private readonly List<Part> _parts = [];

    /// <summary>One matrix of one layer and direction.</summary>
    private sealed record Part(int Row, bool IsHidden, float[] Total, int Rows, int Columns)
    {
        public List<double[]?> ByLag { get; } = [];
    }

    private WeightSplitter(LensSubject subject)
    {
        _subject = subject;
        int row = 0;
        foreach (RecurrentCell cell in subject.Stack.Cells)
        {
            if (HiddenNote(cell) is null) Add(row, true, cell.HiddenWeights);
            if (!cell.OneHotInput && cell.HasHiddenProduct) Add(row, false, cell.InputWeights);
            row++;
        }
    }

    /// <summary>Why the gradient of W_hh cannot be split; null if it can.</summary>
    public static string? HiddenNote(RecurrentCell cell) => cell switch
    {
        { HasHiddenProduct: false } => "the cell has no matrix W_hh",
        GruCell => null,
        GruOutsideCell or LayerNormLstmCell => "h_(t-1) is changed before W_hh multiplies it",
        _ => null,
    };

    /// <summary>
    /// Splits, after a pass of the subject. The gates in its memory and the gradients in its weights are then others.
    /// </summary>
    /// <returns>For each layer and direction W_hh and W_ih, null where there is no split.</returns>
    public static (WeightGradientByLag? Hidden, WeightGradientByLag? Input)[] Split(
        LensSubject subject, int readSteps, bool isExact)
    {
        var splitter = new WeightSplitter(subject);
        RecurrentSpec spec = subject.Stack.Spec;
        // With one step read in one direction the pass itself is the way back of that step.
        bool isOne = readSteps <= 1 && (spec.Directions == 1 || spec.Layers == 1);
        bool exact = isOne || isExact || readSteps <= 1;
        if (isOne || !exact) splitter.AddRows(null, 0); else splitter.AddSources();
        var results = new (WeightGradientByLag? Hidden, WeightGradientByLag? Input)[spec.Layers * spec.Directions];
        foreach (Part part in splitter._parts)
        {
            WeightGradientByLag split = Summarise(part, subject.Batch.Steps, exact);
            if (part.IsHidden) results[part.Row].Hidden = split; else results[part.Row].Input = split;
        }

        return results;
    }

    private void Add(int row, bool isHidden, Parameter weights)
    {
        if ((long)weights.Count * _subject.Batch.Steps > MostElements)
        {
            throw new ArgumentException(
                $"The split by lag needs {weights.Name} ({weights.Count:N0} numbers) for each of {_subject.Batch.Steps:N0} lags, more than "
                + $"{MostElements:N0} numbers. Look at shorter sequences.");
        }

        _parts.Add(new Part(row, isHidden, weights.Gradient.ToArray(), weights.Shape[0], weights.Shape[1]));
    }

    /// <summary>A way back for each step that the loss reads, counted from the direction's end.</summary>
    private void AddSources()
    {
        SequenceBatch batch = _subject.Batch;
        Matrix whole = _subject.OutputGradient();
        int hidden = _subject.Stack.Spec.HiddenSize;
        float[] kept = new float[batch.Rows * whole.Columns];
        for (int row = 0; row < batch.Rows; row++) whole.Row(row).CopyTo(kept.AsSpan(row * whole.Columns));
        for (int direction = 0; direction < _subject.Stack.Spec.Directions; direction++)
        {
            for (int source = 0; source < batch.Steps; source++)
            {
                bool isRead = false;
                for (int row = 0; row < batch.Rows; row++) whole.Row(row).Clear();
                for (int b = 0; b < batch.Sequences && source < batch.Lengths[b]; b++)
                {
                    int t = direction == 0 ? batch.Lengths[b] - 1 - source : source, row = batch.RowStart(t) + b;
                    ReadOnlySpan<float> from = kept.AsSpan(row * whole.Columns + direction * hidden, hidden);
                    isRead |= from.ContainsAnyExcept(0f);
                    from.CopyTo(whole.Row(row)[(direction * hidden)..]);
                }

                if (!isRead) continue;
                Matrix input = _subject.Input();
                _subject.Stack.Forward(_subject.Workers, batch, input, _subject.Memory);
                _subject.Stack.ResetFinalGradient(_subject.Memory, batch.Sequences);
                _subject.Stack.Backward(_subject.Workers, batch, input, whole, null, _subject.Memory);
                AddRows(direction, source);
            }
        }
    }

    /// <summary>Adds what the gates of all rows give, each to its lag from a source or, without one, from its direction's end.</summary>
    private void AddRows(int? sourceDirection, int source)
    {
        SequenceBatch batch = _subject.Batch;
        RecurrentSpec spec = _subject.Stack.Spec;
        RecurrentCell[] cells = [.. _subject.Stack.Cells];
        foreach (Part part in _parts)
        {
            int layer = part.Row / spec.Directions, direction = part.Row % spec.Directions;
            bool reverse = direction == 1;
            CellMemory memory = _subject.Memory.Cells[part.Row];
            Matrix gates = (part.IsHidden && cells[part.Row] is GruCell ? memory.HiddenGates : memory.Gates).Rows(batch.Rows);
            Matrix output = _subject.Memory.Outputs[layer].Rows(batch.Rows);
            Matrix below = layer == 0 ? _subject.Input() : _subject.Memory.Outputs[layer - 1].Rows(batch.Rows);
            for (int k = 0; k < batch.Steps; k++)
            {
                for (int b = 0; b < batch.SequencesAt(k); b++)
                {
                    int length = batch.Lengths[b], row = batch.RowStart(k) + b, before = reverse ? k + 1 : k - 1;
                    // The state before the first step is zero.
                    if (part.IsHidden && (before < 0 || before >= length)) continue;
                    int lag = GradientProfile.LagOf(k, length, reverse);
                    if (sourceDirection is { } from)
                    {
                        if (source >= length) continue;
                        lag = Math.Abs(k - (from == 0 ? length - 1 - source : source));
                    }

                    ReadOnlySpan<float> dz = gates.Row(row);
                    if (!dz.ContainsAnyExcept(0f)) continue;
                    ReadOnlySpan<float> read = part.IsHidden
                        ? output.Row(batch.RowStart(before) + b).Slice(direction * spec.HiddenSize, spec.HiddenSize)
                        : below.Row(row);
                    AddOuter(AtLag(part, lag), dz, read);
                }
            }
        }
    }

    private static double[] AtLag(Part part, int lag)
    {
        while (part.ByLag.Count <= lag) part.ByLag.Add(null);
        return part.ByLag[lag] ??= new double[part.Total.Length];
    }

    private static void AddOuter(double[] sum, ReadOnlySpan<float> dz, ReadOnlySpan<float> x)
    {
        for (int g = 0; g < dz.Length; g++)
        {
            double factor = dz[g];
            if (factor == 0) continue;
            Span<double> row = sum.AsSpan(g * x.Length, x.Length);
            for (int j = 0; j < row.Length; j++) row[j] += factor * x[j];
        }
    }

    private static WeightGradientByLag Summarise(Part part, int steps, bool isExact)
    {
        double[] norms = new double[steps], shares = new double[steps], sum = new double[part.Total.Length];
        double total = 0, difference = 0;
        foreach (float value in part.Total) total += (double)value * value;
        for (int lag = 0; lag < norms.Length; lag++)
        {
            double[] own = lag < part.ByLag.Count ? part.ByLag[lag] ?? [] : [];
            double square = 0, along = 0;
            for (int i = 0; i < own.Length; i++)
            {
                square += own[i] * own[i];
                along += own[i] * part.Total[i];
                sum[i] += own[i];
            }

            norms[lag] = Math.Sqrt(square);
            shares[lag] = total > 0 ? along / total : 0;
        }

        for (int i = 0; i < sum.Length; i++) difference += (sum[i] - part.Total[i]) * (sum[i] - part.Total[i]);
        return new WeightGradientByLag(norms, shares, Math.Sqrt(total), total > 0 ? Math.Sqrt(difference / total) : 0, isExact);
    }
}
