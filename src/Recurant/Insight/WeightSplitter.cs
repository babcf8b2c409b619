using System.Numerics;
using System.Runtime.InteropServices;

namespace Recurant.Insight;

/// <summary>
/// Splits the gradients of W_hh and W_ih of all layers of a part by lag. What the engine adds up in one product, it adds up here
/// a lag at a time, from the same dz_k, h_(k-1) and x_k:
/// <code>
/// dJ/dW_hh = sum_t sum_(k&lt;=t) dz_k^(t) h_(k-1)^T,   dJ/dW_ih = sum_t sum_(k&lt;=t) dz_k^(t) x_k^T
/// </code>
/// dz_k^(t) is the gradient of step k's gates, where the loss reads the part at step t alone. A backward pass is linear in what
/// the loss gives it, so that one backward pass for each t gives them all.
/// </summary>
internal sealed class WeightSplitter
{
    private const long MostElements = 1L << 27;

    private readonly LensPart _part;
    private readonly LensSource _source;
    private readonly List<Share> _shares = [];
    private double[] _read = [];

    /// <summary>One matrix of one layer and direction, and its gradient by lag.</summary>
    private sealed record Share(int Index, LensRow Row, bool IsHidden, Parameter Weights)
    {
        public float[] Total { get; } = Weights.Gradient.ToArray();

        public List<double[]?> ByLag { get; } = [];
    }

    /// <param name="part">The part, after a pass.</param>
    /// <param name="source">The same.</param>
    public WeightSplitter(LensPart part, LensSource source)
    {
        (_part, _source) = (part, source);
        for (int i = 0; i < part.Rows.Count; i++)
        {
            LensRow row = part.Rows[i];
            if (row.SplitNote is not null) continue;
            if (HiddenNote(row) is null) _shares.Add(new Share(i, row, true, row.Cell.HiddenWeights));
            if (!row.Cell.OneHotInput && row.Cell.HasHiddenProduct) _shares.Add(new Share(i, row, false, row.Cell.InputWeights));
        }
    }

    /// <summary>Why the gradient of W_hh cannot be split; null if it can.</summary>
    public static string? HiddenNote(LensRow row) => row.SplitNote ?? row.Cell switch
    {
        { HasHiddenProduct: false } => "the cell has no matrix W_hh",
        GruCell => null,
        GruOutsideCell or LayerNormLstmCell => "h_(t-1) is changed before W_hh multiplies it",
        _ => null,
    };

    /// <summary>
    /// Splits, after a pass. Where backward passes of single steps are needed, the gates in the part's memory and the gradients
    /// in its weights are then others.
    /// </summary>
    /// <param name="readSteps">At how many steps of a sequence the part is read.</param>
    /// <param name="isExact">Whether to go back from each of them.</param>
    /// <returns>For each layer and direction W_hh and W_ih, null where there is no split.</returns>
    public (WeightGradientByLag? Hidden, WeightGradientByLag? Input)[] Split(int readSteps, bool isExact)
    {
        // With one step read in one direction the pass itself is the backward pass of that step.
        bool isOne = readSteps <= 1 && (_part.Spec.Directions == 1 || _part.Rows.Count == _part.Spec.Directions);
        bool exact = isOne || isExact || readSteps <= 1, goesBack = exact && !isOne;
        if (goesBack) AddSources();
        var results = new (WeightGradientByLag? Hidden, WeightGradientByLag? Input)[_part.Rows.Count];
        foreach (Share share in _shares)
        {
            double[] buffer = goesBack ? [] : new double[share.Total.Length];
            WeightGradientByLag split = Summarise(share, _part.Batch.Steps, exact, lag =>
                !goesBack ? AtLag(share, lag, buffer) : lag < share.ByLag.Count ? share.ByLag[lag] ?? [] : []);
            if (share.IsHidden) results[share.Index].Hidden = split; else results[share.Index].Input = split;
        }

        return results;
    }

    /// <summary>A backward pass for each step that the loss reads, counted from the direction's end.</summary>
    private void AddSources()
    {
        foreach (Share share in _shares)
        {
            if ((long)share.Total.Length * _part.Batch.Steps <= MostElements) continue;
            throw new ArgumentException(
                $"The split by lag needs {share.Weights.Name} ({share.Total.Length:N0} numbers) for each of "
                + $"{_part.Batch.Steps:N0} lags, more than {MostElements:N0} numbers. Look at shorter sequences.");
        }

        for (int direction = 0; direction < _part.Spec.Directions; direction++)
        {
            for (int source = 0; source < _part.Batch.Steps; source++)
            {
                if (_source.Run(direction, source)) AddRows(direction, source);
            }
        }
    }

    /// <summary>Adds what the gates of all rows give, each to its lag from a source.</summary>
    private void AddRows(int direction, int source)
    {
        BatchLayout batch = _part.Batch;
        foreach (Share share in _shares)
        {
            Factors factors = FactorsOf(share);
            for (int k = 0; k < batch.Steps; k++)
            {
                for (int b = 0; b < batch.SequencesAt(k) && source < batch.Lengths[b]; b++)
                {
                    int lag = Math.Abs(k - (direction == 0 ? batch.Lengths[b] - 1 - source : source));
                    while (share.ByLag.Count <= lag) share.ByLag.Add(null);
                    double[]? sum = share.ByLag[lag];
                    if (AddRow(share, factors, k, b, ref sum)) share.ByLag[lag] = sum;
                }
            }
        }
    }

    /// <summary>What the gates of all steps at a lag from their direction's end give.</summary>
    private double[] AtLag(Share share, int lag, double[] buffer)
    {
        BatchLayout batch = _part.Batch;
        Factors factors = FactorsOf(share);
        buffer.AsSpan().Clear();
        double[]? sum = buffer;
        for (int b = 0; b < batch.Sequences && lag < batch.Lengths[b]; b++)
        {
            AddRow(share, factors, share.Row.IsReverse ? lag : batch.Lengths[b] - 1 - lag, b, ref sum);
        }

        return buffer;
    }

    /// <summary>dz [rows, G H] and what they are multiplied by: h [rows, H] of the step before, or x [rows, I].</summary>
    private readonly record struct Factors(Matrix Gates, Matrix Read);

    private Factors FactorsOf(Share share)
    {
        CellMemory memory = share.Row.Memory;
        RowStore gates = share.IsHidden && share.Row.Cell is GruCell ? memory.HiddenGates : memory.Gates;
        return new Factors(gates.Rows(_part.Batch.Rows), share.IsHidden ? share.Row.Output() : share.Row.Input());
    }

    /// <summary>Adds dz_k h_(k-1)^T or dz_k x_k^T of a step of a sequence; says whether there was anything to add.</summary>
    private bool AddRow(Share share, in Factors factors, int k, int b, ref double[]? sum)
    {
        BatchLayout batch = _part.Batch;
        int row = batch.RowStart(k) + b, before = share.Row.IsReverse ? k + 1 : k - 1;
        bool isFirst = before < 0 || before >= batch.Lengths[b];
        if (share.IsHidden && isFirst && !share.Row.HasInitialState()) return false;
        ReadOnlySpan<float> dz = factors.Gates.Row(row);
        if (!dz.ContainsAnyExcept(0f)) return false;
        ReadOnlySpan<float> read = !share.IsHidden ? factors.Read.Row(row)
            : isFirst ? share.Row.Memory.InitialHidden.Row(b)
            : factors.Read.Row(batch.RowStart(before) + b);
        sum ??= new double[share.Total.Length];
        AddOuter(sum, dz, read);
        return true;
    }

    private void AddOuter(double[] sum, ReadOnlySpan<float> dz, ReadOnlySpan<float> x)
    {
        if (_read.Length != x.Length) _read = new double[x.Length];
        for (int j = 0; j < x.Length; j++) _read[j] = x[j];
        ReadOnlySpan<Vector<double>> wide = MemoryMarshal.Cast<double, Vector<double>>(_read.AsSpan());
        for (int g = 0; g < dz.Length; g++)
        {
            double factor = dz[g];
            if (factor == 0) continue;
            Span<double> row = sum.AsSpan(g * x.Length, x.Length);
            Span<Vector<double>> wideRow = MemoryMarshal.Cast<double, Vector<double>>(row);
            var factors = new Vector<double>(factor);
            for (int i = 0; i < wideRow.Length; i++) wideRow[i] += factors * wide[i];
            for (int j = wideRow.Length * Vector<double>.Count; j < row.Length; j++) row[j] += factor * _read[j];
        }
    }

    private static WeightGradientByLag Summarise(Share share, int steps, bool isExact, Func<int, double[]> atLag)
    {
        double[] norms = new double[steps], shares = new double[steps], sum = new double[share.Total.Length];
        double total = 0, difference = 0;
        foreach (float value in share.Total) total += (double)value * value;
        for (int lag = 0; lag < norms.Length; lag++)
        {
            double[] own = atLag(lag);
            double square = 0, along = 0;
            for (int i = 0; i < own.Length; i++)
            {
                square += own[i] * own[i];
                along += own[i] * share.Total[i];
                sum[i] += own[i];
            }

            norms[lag] = Math.Sqrt(square);
            shares[lag] = total > 0 ? along / total : 0;
        }

        for (int i = 0; i < sum.Length; i++) difference += (sum[i] - share.Total[i]) * (sum[i] - share.Total[i]);
        return new WeightGradientByLag(norms, shares, Math.Sqrt(total), total > 0 ? Math.Sqrt(difference / total) : 0, isExact);
    }
}
