namespace Recurant.Models;

/// <summary>
/// A network that forecasts whole segments, several steps at once (after SegRNN, Lin et al. 2023), with a linear map beside it
/// (after DLinear, Zeng et al. 2023). x and p are the segments of <see cref="ForecastBatch"/>, z its values.
/// <code>
/// (1) e_j = relu(W_e x_j + b_e)                     each segment of the lookback
/// (2) h_1 .. h_S = cell(e_1 .. e_S)                 S = L / w segments
/// (3) g_1 .. g_M = cell'(p_1 .. p_M), g_0 = h_S     M = H / w segments to come
/// (4) o_j = V g_j + c                               the numbers of w steps for the quantiles
/// (5) b = A z + a                                   [H], the linear map; 0 without it
/// </code>
/// </summary>
internal sealed class ForecastNetwork : PassNetwork
{
    private readonly ForecasterSpec _spec;
    private readonly Dense _embed, _output;
    private readonly Dense? _linear;
    private readonly ActivationLayer _relu = new(Activation.Relu);
    private readonly Recurrent _encoder, _decoder;
    private readonly QuantileHead _head;

    /// <param name="spec">What it is made of.</param>
    /// <param name="prefix">What the names of its tensors begin with.</param>
    public ForecastNetwork(ForecasterSpec spec, string prefix = "")
    {
        _spec = spec;
        _head = new QuantileHead(spec.Levels);
        int hidden = spec.Recurrent.HiddenSize, future = spec.PlaceWidth + spec.Segment * spec.FutureWidth;
        _embed = Add(prefix + "segments", new Dense(spec.Segment * spec.PastWidth, hidden));
        _encoder = Add(prefix + "encoder", new Recurrent(hidden, spec.Recurrent));
        _decoder = Add(prefix + "decoder", new Recurrent(future, spec.Recurrent));
        _output = Add(prefix + "output", new Dense(hidden, spec.Segment * _head.Size));
        if (spec.Linear) _linear = Add(prefix + "linear", new Dense(spec.Lookback, spec.Horizon));
    }

    /// <summary>The linear map begins at zero: the network begins as if it were not there.</summary>
    public override void Initialise(ulong seed)
    {
        base.Initialise(seed);
        if (_linear is null) return;
        _linear.Weights.Value.Clear();
        _linear.Weights.MarkChanged();
    }

    /// <summary>The tensors of the linear map; none without it.</summary>
    public IReadOnlyList<Parameter> LinearParameters => _linear?.Parameters ?? [];

    /// <summary>(1) to (5): o, a row for each segment to come, and b, a row for each window; null without it.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="batch">The windows.</param>
    /// <param name="dropout">Acts on g, while training.</param>
    public (SequenceBatch Outputs, SequenceBatch? Linear) Forward(Pass pass, ForecastBatch batch, Dropout? dropout = null)
    {
        SequenceBatch segments = _relu.Forward(pass, _embed.Forward(pass, batch.Past));                                 // (1)
        SequenceBatch states = _encoder.Forward(pass, segments);                                                        // (2)
        SequenceBatch answers = _decoder.Forward(pass, batch.Future, _encoder.FinalState(pass, states));                // (3)
        if (dropout is not null) answers = dropout.Forward(pass, answers);
        return (_output.Forward(pass, answers), _linear?.Forward(pass, batch.Values));                                  // (4) (5)
    }

    /// <summary>The quantiles [H, K] of a window, on its own scale.</summary>
    public void Answer((SequenceBatch Outputs, SequenceBatch? Linear) outputs, int window, Span<float> quantiles)
    {
        for (int j = 0; j < _spec.FutureSegments; j++)
        {
            ReadOnlySpan<float> row = outputs.Outputs[window, j];
            _head.Read(row);
            for (int i = 0; i < _spec.Segment && j * _spec.Segment + i < _spec.Horizon; i++)
            {
                int step = j * _spec.Segment + i;
                float basis = outputs.Linear is { } linear ? linear[window][step] : 0f;
                _head.Answer(row, i, basis, quantiles.Slice(step * _head.Size, _head.Size));
            }
        }
    }

    /// <summary>The mean of the medians of the first window, and its gradient.</summary>
    /// <param name="outputs">What <see cref="Forward"/> gave.</param>
    /// <param name="weight">What the gradient is multiplied by; 0 for none.</param>
    public double MeanMedian((SequenceBatch Outputs, SequenceBatch? Linear) outputs, float weight)
    {
        double sum = 0;
        for (int step = 0; step < _spec.Horizon; step++)
        {
            int row = outputs.Outputs.RowOf(0, step / _spec.Segment), place = step % _spec.Segment * _head.Size + _head.Median;
            sum += outputs.Outputs.Row(row)[place] + (outputs.Linear is { } linear ? linear[0][step] : 0f);
            if (weight == 0) continue;
            outputs.Outputs.GradientRow(row)[place] += weight / _spec.Horizon;
            if (outputs.Linear is { } read) read.GradientOf(0)[step] += weight / _spec.Horizon;
        }

        return sum / _spec.Horizon;
    }

    /// <summary>The loss of a window, the mean over the steps that are known, and its gradient.</summary>
    /// <param name="outputs">What <see cref="Forward"/> gave.</param>
    /// <param name="window">The window's number in the batch.</param>
    /// <param name="actual">What came [H], on the window's scale; NaN where it is not known.</param>
    /// <param name="weight">What the gradient of a step is multiplied by; 0 for none.</param>
    /// <param name="known">The number of steps that are known.</param>
    /// <returns>The sum over the steps.</returns>
    public double Loss(
        (SequenceBatch Outputs, SequenceBatch? Linear) outputs, int window, ReadOnlySpan<float> actual, float weight,
            out int known)
    {
        double sum = 0;
        known = 0;
        Span<float> quantiles = stackalloc float[_head.Size];
        for (int j = 0; j < _spec.FutureSegments; j++)
        {
            int row = outputs.Outputs.RowOf(window, j), first = j * _spec.Segment;
            _head.Read(outputs.Outputs.Row(row));
            Span<float> gradient = weight > 0 ? outputs.Outputs.GradientRow(row) : [];
            for (int i = 0; i < _spec.Segment && first + i < _spec.Horizon; i++)
            {
                if (float.IsNaN(actual[first + i])) continue;
                known++;
                float basis = outputs.Linear is { } linear ? linear[window][first + i] : 0f;
                _head.Answer(outputs.Outputs.Row(row), i, basis, quantiles);
                sum += _head.Loss(actual[first + i], quantiles, weight, i, gradient, out float dBasis);
                if (weight > 0 && outputs.Linear is { } read) read.GradientOf(window)[first + i] += dBasis;
            }
        }

        return sum;
    }

    public override IReadOnlyList<LayerDescription> Describe() =>
    [
        LayerDescription.Of(
            "segments", $"[S, {_embed.InputSize}] -> [S, {_spec.Recurrent.HiddenSize}]", ["e_j = relu(W_e x_j + b_e)"],
            _embed.Parameters),
        Describe("encoder", _encoder),
        Describe("decoder, from the encoder's last state", _decoder),
        LayerDescription.Of(
            "quantiles", $"[M, {_spec.Recurrent.HiddenSize}] -> [M, {_spec.Segment} x {_head.Size}]",
            ["o_j = V g_j + c", "q_m = b + o_m, q_(k+1) = q_k + softplus(o_(k+1) - 1), q_(k-1) = q_k - softplus(o_(k-1) - 1)"],
            _output.Parameters),
        .. _linear is null ? Array.Empty<LayerDescription>()
            : [LayerDescription.Of("linear map", $"[{_spec.Lookback}] -> [{_spec.Horizon}]", ["b = A z + a"],
                _linear.Parameters)],
    ];
}
