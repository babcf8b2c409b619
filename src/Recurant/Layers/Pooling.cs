using System.Runtime.CompilerServices;

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

    /// <summary>[1, D]: step by step, the sum or the largest of the steps before.</summary>
    public RowStore SoFar { get; } = new();

    public AttentionMemory Attention { get; } = new();
}

/// <summary>
/// The pooling without parameters. H is [rows, D], the result [B, D]. The batch may be a segment of a longer one: forward,
/// segments come in the order of time, and the result stands when the last has come; the backward pass goes by segments in any
/// order. The numbers are the same bits either way.
/// </summary>
internal static class FixedPooling
{
    public static void Forward(
        Workers workers, Pooling pooling, BatchLayout batch, int directions, Matrix h, Matrix pooled, PoolingMemory memory)
    {
        if (pooling == Pooling.Max && batch.FirstStep == 0) memory.Steps.Reserve(batch.Sequences, h.Columns).Clear();
        var work = new Work { Kind = pooling, Batch = batch, Directions = directions, H = h, Pooled = pooled, Memory = memory };
        workers.Run(ref work);
    }

    /// <summary>
    /// The pooling of the steps up to the present one, h [D]; the result [D] has the bits of all of them at once.
    /// </summary>
    public static void Step(
        StepByStep steps, Pooling pooling, ReadOnlySpan<float> h, Span<float> pooled, PoolingMemory memory)
    {
        bool isFirst = steps.Before == 0;
        if (isFirst) memory.SoFar.Reserve(1, h.Length);
        Span<float> soFar = memory.SoFar.Row(0);
        if (isFirst || pooling == Pooling.Last) h.CopyTo(pooled); else soFar.CopyTo(pooled);
        if (pooling == Pooling.Mean)
        {
            // From zero, as over the whole sequence: 0 + -0 is 0.
            if (isFirst) pooled.Clear();
            Elementwise.Add(h, pooled);
        }
        else if (pooling == Pooling.Max)
        {
            Raise(h, pooled, memory.Steps.Reserve(1, h.Length).Row(0), steps.Before);
        }

        if (steps.IsKept) pooled.CopyTo(soFar);
        if (pooling == Pooling.Mean) Elementwise.Scale(pooled, 1f / (steps.Before + 1));
    }

    /// <summary>dH += the gradient of the pooled vectors, carried to the steps they came from.</summary>
    public static void Backward(
        Workers workers, Pooling pooling, BatchLayout batch, int directions, Matrix dPooled, Matrix dh, PoolingMemory memory)
    {
        var work = new Work
        {
            Kind = pooling, Batch = batch, Directions = directions, H = dh, Pooled = dPooled, Memory = memory, IsBack = true,
        };
        workers.Run(ref work);
    }

    /// <summary>The sequences are dealt out; each has its own row of the result.</summary>
    private struct Work : IParallelWork
    {
        public Pooling Kind;
        public BatchLayout Batch;
        public int Directions;
        public Matrix H, Pooled;
        public PoolingMemory Memory;
        public bool IsBack;

        public readonly void Execute(int part, int parts)
        {
            for (int b = part; b < Batch.Sequences; b += parts)
            {
                switch (Kind)
                {
                    case Pooling.Last: Last(Batch, b, Directions, H, Pooled, IsBack); break;
                    case Pooling.Mean when IsBack: MeanBack(Batch, b, Pooled, H); break;
                    case Pooling.Mean: Mean(Batch, b, H, Pooled); break;
                    default:
                        if (IsBack) MaxBack(Batch, b, Pooled, H, Memory); else Max(Batch, b, H, Pooled, Memory);
                        break;
                }
            }
        }
    }

    /// <summary>pooled = [h_T forward, h_1 backward].</summary>
    private static void Last(BatchLayout batch, int b, int directions, Matrix h, Matrix pooled, bool back)
    {
        int hidden = h.Columns / directions;
        for (int d = 0; d < directions; d++)
        {
            if (d == 0 ? !batch.Ends(b) : batch.FirstStep > 0) continue;
            int step = d == 0 ? batch.Lengths[b] - 1 : 0;
            Span<float> row = h.Row(batch.RowStart(step) + b).Slice(d * hidden, hidden);
            Span<float> result = pooled.Row(b).Slice(d * hidden, hidden);
            if (back) Elementwise.Add(result, row); else row.CopyTo(result);
        }
    }

    /// <summary>pooled = (1 / T) sum_t h_t.</summary>
    private static void Mean(BatchLayout batch, int b, Matrix h, Matrix pooled)
    {
        Span<float> result = pooled.Row(b);
        if (batch.FirstStep == 0) result.Clear();
        for (int t = 0; t < batch.Lengths[b]; t++) Elementwise.Add(h.Row(batch.RowStart(t) + b), result);
        if (batch.Ends(b)) Elementwise.Scale(result, 1f / batch.WholeLength(b));
    }

    private static void MeanBack(BatchLayout batch, int b, Matrix dPooled, Matrix dh)
    {
        for (int t = 0; t < batch.Lengths[b]; t++)
        {
            Elementwise.AddScaled(dPooled.Row(b), 1f / batch.WholeLength(b), dh.Row(batch.RowStart(t) + b));
        }
    }

    /// <summary>pooled_j = max_t h_(t,j); of equal values the first step counts.</summary>
    private static void Max(BatchLayout batch, int b, Matrix h, Matrix pooled, PoolingMemory memory)
    {
        int start = batch.FirstStep == 0 ? 1 : 0;
        if (start == 1) h.Row(b).CopyTo(pooled.Row(b));
        for (int t = start; t < batch.Lengths[b]; t++)
        {
            Raise(h.Row(batch.RowStart(t) + b), pooled.Row(b), memory.Steps.Row(b), batch.FirstStep + t);
        }
    }

    private static void Raise(ReadOnlySpan<float> values, Span<float> largest, Span<float> steps, float step)
    {
        var kernel = new MaxKernel { Values = values, Largest = largest, Steps = steps, Step = step };
        VectorLoop.Run(ref kernel, values.Length);
    }

    private static void MaxBack(BatchLayout batch, int b, Matrix dPooled, Matrix dh, PoolingMemory memory)
    {
        ReadOnlySpan<float> gradient = dPooled.Row(b), steps = memory.Steps.Row(b);
        for (int j = 0; j < gradient.Length; j++)
        {
            int step = (int)steps[j] - batch.FirstStep;
            if (step >= 0 && step < batch.Lengths[b]) dh.Row(batch.RowStart(step) + b)[j] += gradient[j];
        }
    }

    private ref struct MaxKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Values;
        public Span<float> Largest, Steps;
        public float Step;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector value = Lanes<TWidth, TVector, TReach>.Load(Values, j, left),
                largest = Lanes<TWidth, TVector, TReach>.Load(Largest, j, left);
            TVector steps = Lanes<TWidth, TVector, TReach>.Load(Steps, j, left);
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.SelectGreater(value, largest, TWidth.Create(Step), steps), Steps, j, left);
            Lanes<TWidth, TVector, TReach>.Store(TWidth.SelectGreater(value, largest, value, largest), Largest, j, left);
        }
    }
}
