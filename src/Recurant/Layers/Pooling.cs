using Recurant.Cells;
using Recurant.Data;
using Recurant.Numerics;

namespace Recurant.Layers;

/// <summary>How the outputs of all steps become one vector for the whole sequence.</summary>
public enum Pooling
{
    /// <summary>The last output; of a network in both directions, the last forward and the last backward output.</summary>
    Last,

    /// <summary>The mean over all steps.</summary>
    Mean,

    /// <summary>The largest value of each column over all steps.</summary>
    Max,

    /// <summary>A weighted mean, with weights learnt from the outputs (see <see cref="AttentionPooling"/>).</summary>
    Attention,
}

/// <summary>What pooling keeps of a batch.</summary>
internal sealed class PoolingMemory
{
    /// <summary>[B, D]: the step at which each column had its largest value.</summary>
    public RowStore Steps { get; } = new();

    public AttentionMemory Attention { get; } = new();
}

/// <summary>The pooling without parameters. H is [rows, D], the result [B, D].</summary>
internal static class FixedPooling
{
    public static void Forward(
        Pooling pooling, SequenceBatch batch, int directions, Matrix h, Matrix pooled, PoolingMemory memory)
    {
        switch (pooling)
        {
            case Pooling.Last: Last(batch, directions, h, pooled, back: false); break;
            case Pooling.Mean: Mean(batch, h, pooled); break;
            default: Max(batch, h, pooled, memory); break;
        }
    }

    /// <summary>dH += the gradient of the pooled vectors, carried to the steps they came from.</summary>
    public static void Backward(
        Pooling pooling, SequenceBatch batch, int directions, Matrix dPooled, Matrix dh, PoolingMemory memory)
    {
        switch (pooling)
        {
            case Pooling.Last: Last(batch, directions, dh, dPooled, back: true); break;
            case Pooling.Mean: MeanBack(batch, dPooled, dh); break;
            default: MaxBack(batch, dPooled, dh, memory); break;
        }
    }

    /// <summary>pooled = [h_T forward, h_1 backward].</summary>
    private static void Last(SequenceBatch batch, int directions, Matrix h, Matrix pooled, bool back)
    {
        int hidden = h.Columns / directions;
        for (int b = 0; b < batch.Sequences; b++)
        {
            for (int d = 0; d < directions; d++)
            {
                int step = d == 0 ? batch.Lengths[b] - 1 : 0;
                Span<float> row = h.Row(batch.RowStart(step) + b).Slice(d * hidden, hidden);
                Span<float> result = pooled.Row(b).Slice(d * hidden, hidden);
                if (back) Elementwise.Add(result, row); else row.CopyTo(result);
            }
        }
    }

    /// <summary>pooled = (1 / T) sum_t h_t.</summary>
    private static void Mean(SequenceBatch batch, Matrix h, Matrix pooled)
    {
        for (int b = 0; b < batch.Sequences; b++)
        {
            Span<float> result = pooled.Row(b);
            result.Clear();
            for (int t = 0; t < batch.Lengths[b]; t++) Elementwise.Add(h.Row(batch.RowStart(t) + b), result);
            Elementwise.Scale(result, 1f / batch.Lengths[b]);
        }
    }

    private static void MeanBack(SequenceBatch batch, Matrix dPooled, Matrix dh)
    {
        for (int b = 0; b < batch.Sequences; b++)
        {
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                Elementwise.AddScaled(dPooled.Row(b), 1f / batch.Lengths[b], dh.Row(batch.RowStart(t) + b));
            }
        }
    }

    /// <summary>pooled_j = max_t h_(t,j); of equal values the first step counts.</summary>
    private static void Max(SequenceBatch batch, Matrix h, Matrix pooled, PoolingMemory memory)
    {
        memory.Steps.Reserve(batch.Sequences, h.Columns).Clear();
        for (int b = 0; b < batch.Sequences; b++)
        {
            h.Row(b).CopyTo(pooled.Row(b));
            for (int t = 1; t < batch.Lengths[b]; t++)
            {
                var kernel = new MaxKernel
                {
                    Values = h.Row(batch.RowStart(t) + b), Largest = pooled.Row(b), Steps = memory.Steps.Row(b), Step = t,
                };
                VectorLoop.Run(ref kernel, h.Columns);
            }
        }
    }

    private static void MaxBack(SequenceBatch batch, Matrix dPooled, Matrix dh, PoolingMemory memory)
    {
        for (int b = 0; b < batch.Sequences; b++)
        {
            ReadOnlySpan<float> gradient = dPooled.Row(b), steps = memory.Steps.Row(b);
            for (int j = 0; j < gradient.Length; j++)
            {
                dh.Row(batch.RowStart((int)steps[j]) + b)[j] += gradient[j];
            }
        }
    }

    private ref struct MaxKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Values;
        public Span<float> Largest, Steps;
        public float Step;

        public readonly void Apply<TWidth, TVector>(int j) where TWidth : struct, IVectorWidth<TVector> where TVector : struct
        {
            TVector value = Lanes<TWidth, TVector>.Load(Values, j), largest = Lanes<TWidth, TVector>.Load(Largest, j);
            TVector steps = Lanes<TWidth, TVector>.Load(Steps, j);
            Lanes<TWidth, TVector>.Store(TWidth.SelectGreater(value, largest, TWidth.Create(Step), steps), Steps, j);
            Lanes<TWidth, TVector>.Store(TWidth.SelectGreater(value, largest, value, largest), Largest, j);
        }
    }
}
