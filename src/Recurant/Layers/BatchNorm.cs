namespace Recurant.Layers;

/// <summary>
/// Brings each column to mean 0 and deviation 1 over all rows of a batch, then scales and shifts it (Ioffe and Szegedy 2015). R
/// is the number of rows, of all steps of all sequences.
/// <code>
/// (1) m = (1/R) sum_r x_r,  v = (1/R) sum_r (x_r - m)^2       while training; else the running m and v
/// (2) n_r = (x_r - m) / sqrt(v + e),  y_r = g n_r + b
/// (3) running m, v  +=  0.05 (m - running m), 0.05 (v - running v)          while training
/// (2') dg = sum_r dy_r n_r,  db = sum_r dy_r
/// (1') dx_r = g / sqrt(v + e) (dy_r - (db + n_r dg) / R)      while training; else g dy_r / sqrt(v + e)
/// </code>
/// The mean and the variance of the batches so far are parameters that no optimiser changes; files hold them as
/// <c>running_mean</c> and <c>running_var</c>. e = 0.001.
/// </summary>
/// <remarks>
/// A row's output depends on its batch while training, and on nothing but itself in prediction. In sequences of unequal lengths
/// every step counts once.
/// </remarks>
public sealed class BatchNorm : Layer
{
    private const float Epsilon = 1e-3f, Share = 0.05f;

    private readonly int _size;

    /// <summary>Makes a layer with g = 1, b = 0 and the running mean 0 and variance 1.</summary>
    /// <param name="size">N, the width of x and y.</param>
    /// <exception cref="ArgumentException">The width is below 1.</exception>
    public BatchNorm(int size)
    {
        _size = size;
        Gain = new Parameter("weight", size);
        Bias = new Parameter("bias", size);
        // Trainable, so that checkpoints and averages hold them; at the rate 0 an optimiser leaves them as they are.
        RunningMean = new Parameter("running_mean", size) { LearningRateFactor = 0f };
        RunningVariance = new Parameter("running_var", size) { LearningRateFactor = 0f };
        Parameters = [Gain, Bias, RunningMean, RunningVariance];
        Initialise(0);
    }

    /// <summary>g [N].</summary>
    public Parameter Gain { get; }

    /// <summary>b [N].</summary>
    public Parameter Bias { get; }

    /// <summary>The mean of the columns, over the batches so far [N].</summary>
    public Parameter RunningMean { get; }

    /// <summary>Their variance [N].</summary>
    public Parameter RunningVariance { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int InputSize => _size;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => _size;

    /// <summary>g = 1, b = 0, the running mean 0 and variance 1.</summary>
    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0)
    {
        Gain.Value.Fill(1f);
        Bias.Value.Clear();
        RunningMean.Value.Clear();
        RunningVariance.Value.Fill(1f);
        foreach (Parameter parameter in Parameters) parameter.MarkChanged();
    }

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new Normalised(_size);

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        Normalised memory = call.Memory<Normalised>();
        int rows = call.Input.RowCount;
        memory.IsOfBatch = call.Pass.IsTraining && rows > 1;
        if (memory.IsOfBatch)
        {
            Measure(call.Input, memory);                                                                                // (1)
        }
        else
        {
            RunningMean.Values.CopyTo(memory.Mean);
            RunningVariance.Values.CopyTo(memory.Scale);
        }

        for (int j = 0; j < _size; j++) memory.Scale[j] = 1f / MathF.Sqrt(memory.Scale[j] + Epsilon);
        memory.Rows.Reserve(rows, _size);
        for (int row = 0; row < rows; row++)
        {
            Span<float> n = memory.Rows.Row(row), y = call.Output.Row(row);
            call.Input.Row(row).CopyTo(n);
            Elementwise.AddScaled(memory.Mean, -1f, n);
            Elementwise.Multiply(n, memory.Scale, n);                                                                   // (2)
            Bias.Value.CopyTo(y);
            Elementwise.AddProduct(Gain.Value, n, y);
        }
    }

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call)
    {
        Normalised memory = call.Memory<Normalised>();
        int rows = call.Input.RowCount;
        Span<float> dGain = memory.DGain, dBias = memory.DBias;
        dGain.Clear();
        dBias.Clear();
        for (int row = 0; row < rows; row++)
        {
            Span<float> dy = call.Output.GradientRow(row);
            Elementwise.AddProduct(dy, memory.Rows.Row(row), dGain);                                                    // (2')
            Elementwise.Add(dy, dBias);
        }

        Elementwise.Add(dGain, Gain.Gradient);
        Elementwise.Add(dBias, Bias.Gradient);
        if (!call.Input.WantsGradient) return;
        Span<float> dx = memory.DInput;
        Elementwise.Scale(dGain, -1f / rows);
        Elementwise.Scale(dBias, 1f / rows);
        for (int row = 0; row < rows; row++)
        {
            call.Output.GradientRow(row).CopyTo(dx);
            if (memory.IsOfBatch)
            {
                Elementwise.AddScaled(dBias, -1f, dx);
                Elementwise.AddProduct(dGain, memory.Rows.Row(row), dx);
            }

            Elementwise.Multiply(dx, Gain.Value, dx);
            Elementwise.AddProduct(dx, memory.Scale, call.Input.GradientRow(row));                                      // (1')
        }
    }

    private void Measure(SequenceBatch input, Normalised memory)
    {
        Span<float> mean = memory.Mean, variance = memory.Scale, difference = memory.DInput;
        mean.Clear();
        variance.Clear();
        int rows = input.RowCount;
        for (int row = 0; row < rows; row++) Elementwise.Add(input.Row(row), mean);
        Elementwise.Scale(mean, 1f / rows);
        for (int row = 0; row < rows; row++)
        {
            input.Row(row).CopyTo(difference);
            Elementwise.AddScaled(mean, -1f, difference);
            Elementwise.AddProduct(difference, difference, variance);
        }

        Elementwise.Scale(variance, 1f / rows);
        Move(RunningMean, mean);                                                                                        // (3)
        Move(RunningVariance, variance);
    }

    private static void Move(Parameter running, ReadOnlySpan<float> present)
    {
        Elementwise.Scale(running.Value, 1f - Share);
        Elementwise.AddScaled(present, Share, running.Value);
        running.MarkChanged();
    }

    private sealed class Normalised(int size)
    {
        public RowStore Rows { get; } = new();

        public bool IsOfBatch { get; set; }

        public float[] Mean { get; } = new float[size];

        /// <summary>The variance, then 1 over the deviation.</summary>
        public float[] Scale { get; } = new float[size];

        public float[] DGain { get; } = new float[size];

        public float[] DBias { get; } = new float[size];

        public float[] DInput { get; } = new float[size];
    }
}
