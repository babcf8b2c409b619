namespace Recurant.Insight;

/// <summary>
/// The gradients of the states of one layer and direction against the lag: the steps back from a sequence's last step (of the
/// backward direction: on from its first), averaged over the sequences that are long enough.
/// <code>
/// hidden(lag) = mean_b ||dJ_b/dh_t||,  t = T_b - 1 - lag
/// cell(lag)   = mean_b ||dJ_b/dc_t||,  h_t held
/// state(lag)  = mean_b sqrt(||dJ_b/dh_t||^2 + ||dJ_b/dc_t||^2)
/// </code>
/// </summary>
public sealed record GradientProfile : InsightRecord
{
    /// <summary>state(lag); of a cell without c the same as hidden(lag).</summary>
    public required IReadOnlyList<double> State { get; init; }

    /// <summary>hidden(lag).</summary>
    public required IReadOnlyList<double> Hidden { get; init; }

    /// <summary>cell(lag); empty for a cell without c.</summary>
    public required IReadOnlyList<double> Cell { get; init; }

    /// <summary>How many sequences are long enough for each lag.</summary>
    public required IReadOnlyList<int> Sequences { get; init; }

    /// <summary>How the gates stood, over all steps, units and sequences.</summary>
    public required IReadOnlyList<GateUse> Gates { get; init; }

    /// <summary>The effective memory: the smallest L with sum_(lag&lt;=L) state(lag) &gt;= 0.9 sum_lag state(lag).</summary>
    public int Reach90 => ReachOf(State);

    /// <summary>The mean lag: sum_lag lag state(lag) / sum_lag state(lag).</summary>
    public double MeanLag
    {
        get
        {
            double sum = 0, weighted = 0;
            for (int lag = 0; lag < State.Count; lag++)
            {
                sum += State[lag];
                weighted += lag * State[lag];
            }

            return sum > 0 ? weighted / sum : 0;
        }
    }

    /// <summary>The largest lag that at least half of the sequences have.</summary>
    public int Far
    {
        get
        {
            int far = State.Count - 1;
            while (far > 0 && 2 * Sequences[far] < Sequences[0]) far--;
            return far;
        }
    }

    internal static int ReachOf(IReadOnlyList<double> sizes)
    {
        double all = sizes.Sum(), sum = 0;
        for (int lag = 0; lag < sizes.Count; lag++)
        {
            sum += sizes[lag];
            if (sum >= 0.9 * all) return lag;
        }

        return Math.Max(0, sizes.Count - 1);
    }

    internal static GradientProfile Of(BackwardTrace trace, BatchLayout batch, bool reverse)
    {
        double[] hidden = new double[batch.Steps], cell = new double[trace.HasCell ? batch.Steps : 0];
        double[] state = new double[batch.Steps];
        int[] counts = new int[batch.Steps];
        for (int t = 0; t < batch.Steps; t++)
        {
            for (int b = 0; b < batch.SequencesAt(t); b++)
            {
                int row = batch.RowStart(t) + b, lag = LagOf(t, batch.Lengths[b], reverse);
                // Gradients are those of the mean over the batch: B times as large for a sequence alone.
                double h = SquaredNorm(trace.DHidden.Row(row)), c = trace.HasCell ? SquaredNorm(trace.DCell.Row(row)) : 0;
                hidden[lag] += batch.Sequences * Math.Sqrt(h);
                state[lag] += batch.Sequences * Math.Sqrt(h + c);
                if (trace.HasCell) cell[lag] += batch.Sequences * Math.Sqrt(c);
                counts[lag]++;
            }
        }

        for (int lag = 0; lag < counts.Length; lag++)
        {
            hidden[lag] /= counts[lag];
            state[lag] /= counts[lag];
            if (trace.HasCell) cell[lag] /= counts[lag];
        }

        return new GradientProfile { State = state, Hidden = hidden, Cell = cell, Sequences = counts, Gates = [.. trace.Gates] };
    }

    /// <summary>The steps between one at time t and the last that the direction takes.</summary>
    internal static int LagOf(int t, int length, bool reverse) => reverse ? t : length - 1 - t;

    private static double SquaredNorm(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values) sum += (double)value * value;
        return sum;
    }
}
