namespace Recurant.Models;

/// <summary>
/// A network over sequences of measurements: convolutions see what neighbouring steps make together, recurrent layers what
/// follows what.
/// <code>
/// (0) x = decay(x)    where a model reads how long ago values were known (<see cref="InputDecay"/>)
/// (1) u^0 = x,  u^i = relu(norm(conv_i(u^(i-1)))) (+ u^(i-1) from the second on)
/// (2) h_1 .. h_T = cell(u_1 .. u_T)
/// (3) every step:  y_t = V [h_t; u_t] + c + D x_t       D begins at zero, and learns ten times as fast
/// (4) once:        y = V [last h; mean h; max h; mean u; max u] + c
/// </code>
/// In one direction the convolutions are causal, so that a step depends on nothing that comes after it.
/// </summary>
internal sealed class SeriesNetwork : PassNetwork
{
    private const float DirectRate = 10f;

    private readonly SeriesSpec _spec;
    private readonly InputDecay? _decay;
    private readonly Conv1d[] _convolutions;
    private readonly BatchNorm[] _norms;
    private readonly ActivationLayer _relu = new(Activation.Relu);
    private readonly Recurrent _recurrent;
    private readonly PoolingLayer _last, _mean = new(Pooling.Mean), _max = new(Pooling.Max);
    private readonly Dense _output;
    private readonly Dense? _direct;

    /// <param name="spec">What it is made of.</param>
    /// <param name="prefix">What the names of its tensors begin with.</param>
    public SeriesNetwork(SeriesSpec spec, string prefix = "")
    {
        _spec = spec;
        (_convolutions, _norms) = (new Conv1d[spec.Convolutions], new BatchNorm[spec.Convolutions]);
        int width = spec.StepWidth * spec.Join, filters = spec.Convolutions > 0 ? spec.Filters : 0;
        if (spec.HasAge) _decay = Add(prefix + "decay", new InputDecay(width, spec.AgePlaces()));
        for (int i = 0; i < spec.Convolutions; i++)
        {
            _convolutions[i] = Add(
                $"{prefix}convolution{i}", new Conv1d(width, filters, spec.Kernel, isCausal: !spec.Recurrent.Bidirectional));
            _norms[i] = Add($"{prefix}norm{i}", new BatchNorm(filters));
            width = filters;
        }

        _recurrent = Add(prefix + "recurrent", new Recurrent(width, spec.Recurrent) { Start = RecurrentStart.Orthogonal });
        _last = new PoolingLayer(Pooling.Last, spec.Recurrent.Directions);
        int states = spec.Recurrent.OutputSize;
        _output = Add(
            prefix + "output", new Dense(spec.IsOfSteps ? states + filters : 3 * states + 2 * filters, spec.Outputs));
        if (!spec.IsOfSteps) return;
        _direct = Add(prefix + "direct", new Dense(spec.StepWidth, spec.Outputs));
        foreach (Parameter parameter in _direct.Parameters) parameter.LearningRateFactor = DirectRate;
    }

    /// <summary>(1) to (4): the logits or the standardised numbers.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="input">x.</param>
    /// <param name="dropout">Acts on x, on what the recurrent layers read, and on what the output reads; while training.</param>
    public SequenceBatch Forward(Pass pass, SequenceBatch input, SeriesDropout? dropout = null)
    {
        if (_decay is not null) input = _decay.Forward(pass, input);                                                    // (0)
        SequenceBatch seen = dropout is null ? input : dropout.Input.Forward(pass, input);
        for (int i = 0; i < _convolutions.Length; i++)
        {
            SequenceBatch found = _relu.Forward(pass, _norms[i].Forward(pass, _convolutions[i].Forward(pass, seen)));   // (1)
            seen = i == 0 ? found : pass.Add(found, seen);
        }

        bool hasFilters = _convolutions.Length > 0;
        SequenceBatch read = dropout is null || !hasFilters ? seen : dropout.Layers.Forward(pass, seen);
        SequenceBatch states = _recurrent.Forward(pass, read);                                                          // (2)
        SequenceBatch all;
        if (_spec.IsOfSteps)
        {
            all = hasFilters ? pass.Concatenate(states, seen) : states;                                                 // (3)
        }
        else
        {
            all = pass.Concatenate(
                pass.Concatenate(_last.Forward(pass, states), _mean.Forward(pass, states)), _max.Forward(pass, states));
            if (hasFilters) all = pass.Concatenate(pass.Concatenate(all, _mean.Forward(pass, seen)), _max.Forward(pass, seen));
        }

        SequenceBatch answer = _output.Forward(pass, dropout is null ? all : dropout.Output.Forward(pass, all));        // (4)
        return _direct is null ? answer : pass.Add(answer, _direct.Forward(pass, input));
    }

    /// <summary>Of models that answer every step the direct connections begin at zero.</summary>
    public override void Initialise(ulong seed)
    {
        base.Initialise(seed);
        _direct?.Weights.Value.Clear();
        _direct?.Weights.MarkChanged();
    }

    public override IReadOnlyList<LayerDescription> Describe() =>
    [
        .. _decay is null ? [] : new[]
        {
            LayerDescription.Of(
                "decay", $"[T, {_decay.InputSize}] -> [T, {_decay.InputSize}]",
                ["y = (m + (1 - m) e^(-max(0, w d + b))) x,  y_d = ln(1 + d)"], _decay.Parameters),
        },
        .. _convolutions.Select((convolution, i) => LayerDescription.Of(
            $"convolution {i}", $"[T, {convolution.InputSize}] -> [T, {_spec.Filters}]",
            [i == 0 ? "u_t = relu(norm(b + sum_k W_k x_(t+k-P)))" : "u'_t = u_t + relu(norm(b + sum_k W_k u_(t+k-P)))"],
            convolution.Parameters.Concat(_norms[i].Parameters))),
        Describe("recurrent", _recurrent),
        LayerDescription.Of(
            _spec.IsOfLabels ? "softmax" : "number", $"[{_output.InputSize}] -> [{_spec.Outputs}]",
            [_spec.IsOfSteps ? "y_t = V [h_t; u_t] + c + D x_t" : "y = V [last h; mean h; max h; mean u; max u] + c"],
                _output.Parameters.Concat(_direct?.Parameters ?? [])),
    ];
}

/// <summary>The dropouts of a <see cref="SeriesNetwork"/>.</summary>
/// <param name="Input">Of the columns.</param>
/// <param name="Layers">Between convolutions and recurrent layers.</param>
/// <param name="Output">Of what the output reads.</param>
internal sealed record SeriesDropout(Dropout Input, Dropout Layers, Dropout Output);
