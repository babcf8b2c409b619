namespace Recurant.Layers;

/// <summary>What attention pooling keeps of a batch.</summary>
internal sealed class AttentionMemory
{
    public DenseMemory Dense { get; } = new();

    /// <summary>u [rows, A].</summary>
    public RowStore Keys { get; } = new();

    public RowStore DKeys { get; } = new();

    /// <summary>a [rows, 1]: the weight of each step.</summary>
    public RowStore Weights { get; } = new();

    public RowStore Scores { get; } = new();

    public RowStore DProjected { get; } = new();
}

/// <summary>
/// A weighted mean over time whose weights the network learns (Yang et al. 2016, "Hierarchical attention networks").
/// <code>
/// (1) u_t = tanh(W_a h_t + b_a)
/// (2) a = softmax over t of q . u_t
/// (3) pooled = sum_t a_t h_t
/// </code>
/// </summary>
public sealed class AttentionPooling : Layer
{
    private readonly Dense _projection;
    private readonly int _inputSize, _attentionSize;

    /// <summary>Makes a layer whose parameters are zero until <see cref="Initialise"/>.</summary>
    /// <param name="inputSize">D, the width of h_t.</param>
    /// <param name="attentionSize">A, the width of u_t.</param>
    /// <exception cref="ArgumentException">A width is below 1.</exception>
    public AttentionPooling(int inputSize, int attentionSize)
    {
        (_inputSize, _attentionSize) = (inputSize, attentionSize);
        _projection = new Dense("attention", inputSize, attentionSize);
        Query = new Parameter("attention.query", attentionSize);
        Parameters = [.. _projection.Parameters, Query];
    }

    /// <summary>q [A].</summary>
    public Parameter Query { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int InputSize => _inputSize;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    public override bool JoinsSteps => true;

    /// <summary>Uniform: W_a as in <see cref="Dense"/>, q with the standard deviation 1 / sqrt(A); b_a zero.</summary>
    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0)
    {
        _projection.Initialise(seed, ordinal);
        Query.InitialiseUniform(seed, ordinal + 1, MathF.Sqrt(3f / _attentionSize));
    }

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new AttentionMemory();

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call) => Forward(
        call.Pass.Workers, call.Input.Layout, call.Input.Matrix, call.Output.Matrix, call.Memory<AttentionMemory>());

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call) => Backward(
        call.Pass.Workers, call.Input.Layout, call.Input.Matrix, call.Output.GradientToAdd(), call.Input.GradientToAdd(),
        call.Memory<AttentionMemory>());

    internal void Forward(Workers workers, BatchLayout batch, Matrix h, Matrix pooled, AttentionMemory memory)
    {
        Matrix keys = memory.Keys.Reserve(batch.Rows, _attentionSize).Rows(batch.Rows);
        _projection.Forward(workers, h, keys, memory.Dense);
        memory.Weights.Reserve(batch.Rows, 1);
        memory.Scores.Reserve(batch.Sequences, batch.Steps);
        for (int row = 0; row < batch.Rows; row++) Elementwise.Tanh(keys.Row(row), keys.Row(row));              // (1)

        for (int b = 0; b < batch.Sequences; b++)
        {
            Span<float> scores = memory.Scores.Row(b)[..batch.Lengths[b]], result = pooled.Row(b);
            for (int t = 0; t < scores.Length; t++) scores[t] = Reductions.Dot(Query.Value, keys.Row(batch.RowStart(t) + b));
            Softmax.Apply(scores, scores);                                                                      // (2)
            result.Clear();
            for (int t = 0; t < scores.Length; t++)
            {
                int row = batch.RowStart(t) + b;
                memory.Weights.Row(row)[0] = scores[t];
                Elementwise.AddScaled(h.Row(row), scores[t], result);                                           // (3)
            }
        }
    }

    internal void Backward(Workers workers, BatchLayout batch, Matrix h, Matrix dPooled, Matrix dh, AttentionMemory memory)
    {
        Matrix keys = memory.Keys.Rows(batch.Rows), dKeys = memory.DKeys.Reserve(batch.Rows, _attentionSize).Rows(batch.Rows);
        for (int b = 0; b < batch.Sequences; b++)
        {
            Span<float> dWeights = memory.Scores.Row(b)[..batch.Lengths[b]];
            float mean = 0;
            for (int t = 0; t < dWeights.Length; t++)
            {
                // (3') da_t = dpooled . h_t,  dh_t = a_t dpooled
                int row = batch.RowStart(t) + b;
                float weight = memory.Weights.Row(row)[0];
                dWeights[t] = Reductions.Dot(dPooled.Row(b), h.Row(row));
                mean = MathF.FusedMultiplyAdd(weight, dWeights[t], mean);
                Elementwise.AddScaled(dPooled.Row(b), weight, dh.Row(row));
            }

            for (int t = 0; t < dWeights.Length; t++)
            {
                // (2') ds_t = a_t (da_t - sum_k a_k da_k);  dq += ds_t u_t,  du_t = ds_t q;  (1') through the tanh
                int row = batch.RowStart(t) + b;
                float dScore = memory.Weights.Row(row)[0] * (dWeights[t] - mean);
                Elementwise.AddScaled(keys.Row(row), dScore, Query.Gradient);
                Span<float> dKey = dKeys.Row(row);
                Query.Value.CopyTo(dKey);
                Elementwise.Scale(dKey, dScore);
                ActivationKernels.GradientFromOutput(Activation.Tanh, keys.Row(row), dKey, dKey);
            }
        }

        Matrix dProjected = memory.DProjected.Reserve(batch.Rows, _inputSize).Rows(batch.Rows);
        _projection.Backward(workers, h, dKeys, dProjected, memory.Dense);
        for (int row = 0; row < batch.Rows; row++) Elementwise.Add(dProjected.Row(row), dh.Row(row));
    }
}
