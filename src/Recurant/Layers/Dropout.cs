namespace Recurant.Layers;

/// <summary>
/// The rates of all dropouts of one training step, and where their random numbers come from. All are inverted dropout:
/// what is kept is scaled by 1 / (1 - rate), so that nothing needs to be done at prediction.
/// </summary>
internal readonly record struct DropoutPlan
{
    /// <summary>Share of words read as unknown.</summary>
    public float Word { get; init; }

    /// <summary>Share of word types whose vector is zero for the whole step (Gal and Ghahramani 2016).</summary>
    public float Embedding { get; init; }

    /// <summary>Share of the input's columns, drawn for each sequence and kept over its steps.</summary>
    public float Input { get; init; }

    /// <summary>Share of the columns between layers, drawn for each sequence and kept over its steps.</summary>
    public float Layers { get; init; }

    /// <summary>
    /// Share of the hidden state as it enters the product with W_hh, kept over the steps (Gal and Ghahramani 2016).
    /// </summary>
    public float Recurrent { get; init; }

    /// <summary>Share of the pooled vector before the output layer.</summary>
    public float Output { get; init; }

    public ulong Seed { get; init; }

    public ulong Step { get; init; }

    public Philox Stream(RandomPurpose purpose, uint part = 0) => new(Seed, purpose, Step, part);
}

/// <summary>
/// Dropout with one mask a sequence, the same at every step of it (variational dropout, Gal and Ghahramani 2016). It acts in
/// passes of the kind <see cref="PassKind.Training"/> alone; what is kept is scaled by 1 / (1 - rate).
/// </summary>
public sealed class Dropout : Layer
{
    private readonly float _rate;

    /// <summary>Makes a layer.</summary>
    /// <param name="rate">The share of the columns that is set to zero, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside its range.</exception>
    public Dropout(float rate) => _rate = RequireRate(rate, nameof(rate));

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new RowStore();

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        RowStore mask = call.Memory<RowStore>();
        SequenceBatch x = call.Input, y = call.Output;
        bool drops = call.Pass.IsTraining && _rate > 0;
        if (drops)
        {
            var stream = new Philox(call.Pass.SeedOf(call.Index), RandomPurpose.LayerDropout, call.Pass.Step);
            MakeMask(mask, x.Layout, x.Size, _rate, stream);
            if (!x.IsPerSequence)
            {
                Apply(call.Pass.Workers, x.Layout, mask, x.Matrix, y.Matrix);
                return;
            }
        }

        for (int row = 0; row < x.RowCount; row++)
        {
            if (drops) Elementwise.Multiply(x.Row(row), mask.Row(row), y.Row(row)); else x.Row(row).CopyTo(y.Row(row));
        }
    }

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call)
    {
        if (!call.Input.WantsGradient) return;
        RowStore mask = call.Memory<RowStore>();
        Matrix dx = call.Input.GradientToAdd(), dy = call.Output.GradientToAdd();
        bool drops = call.Pass.IsTraining && _rate > 0;
        BatchLayout layout = call.Input.Layout;
        for (int t = 0; t < call.Input.Steps; t++)
        {
            int start = call.Input.IsPerSequence ? 0 : layout.RowStart(t);
            int count = call.Input.IsPerSequence ? layout.Sequences : layout.SequencesAt(t);
            for (int b = 0; b < count; b++)
            {
                if (drops) Elementwise.AddProduct(dy.Row(start + b), mask.Row(b), dx.Row(start + b));
                else Elementwise.Add(dy.Row(start + b), dx.Row(start + b));
            }
        }
    }

    internal static float RequireRate(float rate, string name) => rate is >= 0 and < 1
        ? rate : throw new ArgumentOutOfRangeException(name, $"The dropout rate is {rate}; 0 to less than 1 is expected.");

    /// <summary>
    /// Draws a mask [B, columns]. The row of a sequence depends on its place in the list the batch was made from, not on
    /// where sorting by length has put it.
    /// </summary>
    internal static void MakeMask(RowStore mask, BatchLayout batch, int columns, float rate, Philox stream)
    {
        mask.Reserve(batch.Sequences, columns);
        for (int b = 0; b < batch.Sequences; b++)
        {
            stream.FillDropoutMask(mask.Row(b), rate, firstIndex: (uint)batch.Order[b] * (uint)((columns + 3) & ~3));
        }
    }

    /// <summary>destination = mask * source, at every step; forward and backward alike. The two may be the same.</summary>
    internal static void Apply(Workers workers, BatchLayout batch, RowStore mask, Matrix source, Matrix destination)
    {
        var work = new ApplyWork { Batch = batch, Mask = mask, Source = source, Destination = destination };
        workers.Run(ref work);
    }

    private struct ApplyWork : IParallelWork
    {
        public BatchLayout Batch;
        public RowStore Mask;
        public Matrix Source, Destination;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Batch.Steps, part, parts);
            for (int t = first; t < last; t++)
            {
                int start = Batch.RowStart(t), count = Batch.SequencesAt(t);
                for (int b = 0; b < count; b++)
                {
                    Elementwise.Multiply(Source.Row(start + b), Mask.Row(b), Destination.Row(start + b));
                }
            }
        }
    }
}
