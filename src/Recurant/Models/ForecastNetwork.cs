namespace Recurant.Models;

/// <summary>
/// A network that forecasts whole segments, several steps at once (after SegRNN, Lin et al. 2023), with a linear map beside it
/// (after DLinear, Zeng et al. 2023). x and p are the segments of <see cref="ForecastBatch"/>, z its values.
/// <code>
/// (0) x_j = decay(x_j)                             where a model reads how long ago values were known (<see cref="InputDecay"/>)
/// (1) e_j = relu(W_e x_j + b_e)                     each segment of the lookback
/// (2) h_1 .. h_S = cell(e_1 .. e_S)                 S = L / w segments
/// (3) g_1 .. g_M = cell'(p_1 .. p_M), g_0 = h_S     M = H / w segments to come
/// (4) o_j = V g_j + c                               the numbers of w steps for the head
/// (5) b = A z + a                                   [H], the linear map; 0 without it
/// </code>
/// </summary>
internal sealed class ForecastNetwork : PassNetwork
{
    private readonly ForecasterSpec _spec;
    private readonly Dense _embed, _output;
    private readonly InputDecay? _decay;
    private readonly Dense? _linear;
    private readonly ActivationLayer _relu = new(Activation.Relu);
    private readonly Recurrent _encoder, _decoder;
    private readonly ForecastHead _head;

    /// <param name="spec">What it is made of.</param>
    /// <param name="prefix">What the names of its tensors begin with.</param>
    public ForecastNetwork(ForecasterSpec spec, string prefix = "")
    {
        _spec = spec;
        _head = ForecastHead.Of(spec.Distribution, spec.Levels);
        int hidden = spec.Recurrent.HiddenSize, future = spec.PlaceWidth + spec.Segment * spec.FutureWidth;
        if (spec.HasAge) _decay = Add(prefix + "decay", new InputDecay(spec.Segment * spec.PastWidth, spec.AgePlaces()));
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
        SequenceBatch past = _decay is null ? batch.Past : _decay.Forward(pass, batch.Past);                            // (0)
        SequenceBatch segments = _relu.Forward(pass, _embed.Forward(pass, past));                                       // (1)
        SequenceBatch states = _encoder.Forward(pass, segments);                                                        // (2)
        SequenceBatch answers = _decoder.Forward(pass, batch.Future, _encoder.FinalState(pass, states));                // (3)
        if (dropout is not null) answers = dropout.Forward(pass, answers);
        return (_output.Forward(pass, answers), _linear?.Forward(pass, batch.Values));                                  // (4) (5)
    }

    /// <summary>
    /// The quantiles [H, K] of a window, on its own scale, and the means [H] of their distributions; NaN where they have none.
    /// </summary>
    /// <param name="outputs">What <see cref="Forward"/> gave.</param>
    /// <param name="batch">The windows.</param>
    /// <param name="window">The window's number in the batch.</param>
    /// <param name="quantiles">Takes the quantiles.</param>
    /// <param name="means">Takes the means.</param>
    public void Answer(
        (SequenceBatch Outputs, SequenceBatch? Linear) outputs, ForecastBatch batch, int window, Span<float> quantiles,
        Span<float> means)
    {
        int levels = _spec.Levels.Count;
        for (int step = 0; step < _spec.Horizon; step++)
        {
            if (step % _spec.Segment == 0) _head.Read(outputs.Outputs[window, step / _spec.Segment]);
            means[step] = _head.Answer(OutputOf(outputs, batch, window, step), quantiles.Slice(step * levels, levels));
        }
    }

    /// <summary>The mean of the medians of the first window, of counts that of their means, and its gradient.</summary>
    /// <param name="outputs">What <see cref="Forward"/> gave.</param>
    /// <param name="batch">The windows.</param>
    /// <param name="weight">What the gradient is multiplied by; 0 for none.</param>
    public double MeanMedian((SequenceBatch Outputs, SequenceBatch? Linear) outputs, ForecastBatch batch, float weight)
    {
        double sum = 0;
        for (int step = 0; step < _spec.Horizon; step++)
        {
            int row = outputs.Outputs.RowOf(0, step / _spec.Segment);
            if (step % _spec.Segment == 0) _head.Read(outputs.Outputs.Row(row));
            Span<float> gradient = weight == 0 ? [] : outputs.Outputs.GradientRow(row);
            sum += _head.Middle(OutputOf(outputs, batch, 0, step), weight / _spec.Horizon, gradient, out float dBasis);
            if (weight != 0 && outputs.Linear is { } read) read.GradientOf(0)[step] += dBasis;
        }

        return sum / _spec.Horizon;
    }

    /// <summary>The loss of a window, the mean over the steps that are known, and its gradient.</summary>
    /// <param name="outputs">What <see cref="Forward"/> gave.</param>
    /// <param name="batch">The windows.</param>
    /// <param name="window">The window's number in the batch.</param>
    /// <param name="actual">What came [H], on the window's scale; NaN where it is not known.</param>
    /// <param name="weight">What the gradient of a step is multiplied by; 0 for none.</param>
    /// <param name="known">The number of steps that are known.</param>
    /// <returns>The sum over the steps.</returns>
    public double Loss(
        (SequenceBatch Outputs, SequenceBatch? Linear) outputs, ForecastBatch batch, int window, ReadOnlySpan<float> actual,
        float weight, out int known)
    {
        double sum = 0;
        known = 0;
        for (int step = 0; step < _spec.Horizon; step++)
        {
            int row = outputs.Outputs.RowOf(window, step / _spec.Segment);
            if (step % _spec.Segment == 0) _head.Read(outputs.Outputs.Row(row));
            if (float.IsNaN(actual[step])) continue;
            known++;
            Span<float> gradient = weight > 0 ? outputs.Outputs.GradientRow(row) : [];
            sum += _head.Loss(OutputOf(outputs, batch, window, step), actual[step], weight, gradient, out float dBasis);
            if (weight > 0 && outputs.Linear is { } read) read.GradientOf(window)[step] += dBasis;
        }

        return sum;
    }

    private ForecastOutput OutputOf(
        (SequenceBatch Outputs, SequenceBatch? Linear) outputs, ForecastBatch batch, int window, int step) => new(
            outputs.Outputs[window, step / _spec.Segment], step % _spec.Segment,
            outputs.Linear is { } linear ? linear[window][step] : 0f, batch.Spreads[window]);

    public override IReadOnlyList<LayerDescription> Describe() =>
    [
        LayerDescription.Of(
            "segments", $"[S, {_embed.InputSize}] -> [S, {_spec.Recurrent.HiddenSize}]", ["e_j = relu(W_e x_j + b_e)"],
            _embed.Parameters),
        Describe("encoder", _encoder),
        Describe("decoder, from the encoder's last state", _decoder),
        LayerDescription.Of(
            _head.Name, $"[M, {_spec.Recurrent.HiddenSize}] -> [M, {_spec.Segment} x {_head.Size}]",
            ["o_j = V g_j + c", _head.Equation],
            _output.Parameters),
        .. _linear is null ? Array.Empty<LayerDescription>()
            : [LayerDescription.Of("linear map", $"[{_spec.Lookback}] -> [{_spec.Horizon}]", ["b = A z + a"],
                _linear.Parameters)],
    ];
}
