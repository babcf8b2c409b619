namespace Recurant.Models;

/// <summary>
/// A network that says of every step of a sound which symbol it is, or the blank.
/// <code>
/// (0) x_t = [(f_(t J) - m) / s; ...; (f_(t J + J - 1) - m) / s]    J frames f; m and s: mean and deviation of the training
/// (1) u^0 = x,  u^i = relu(norm(conv_i(u^(i-1)))) (+ u^(i-1) from the second on)
/// (2) h_1 .. h_T = cell(u_1 .. u_T)
/// (3) z_t = V [h_t; u_t] + c             softmax(z_t): the blank, then the symbols
/// </code>
/// That the output sees u too lets it learn from few clips what symbols sound like: from h alone it rather learns where in those
/// clips they come.
/// </summary>
internal sealed class SpeechNetwork : PassNetwork
{
    private readonly SpeechSpec _spec;
    private readonly Conv1d[] _convolutions;
    private readonly BatchNorm[] _norms;
    private readonly ActivationLayer _relu = new(Activation.Relu);
    private readonly Recurrent _recurrent;
    private readonly Dense _output;

    /// <param name="spec">What it is made of.</param>
    /// <param name="features">The numbers of a frame.</param>
    public SpeechNetwork(SpeechSpec spec, int features)
    {
        _spec = spec;
        // As of batch norms: in files, checkpoints and averages, but left as they are by every optimiser.
        Mean = Add(new Parameter("features.mean", features) { LearningRateFactor = 0f });
        Deviation = Add(new Parameter("features.deviation", features) { LearningRateFactor = 0f });
        (_convolutions, _norms) = (new Conv1d[spec.Convolutions], new BatchNorm[spec.Convolutions]);
        int width = features * spec.Join;
        for (int i = 0; i < spec.Convolutions; i++)
        {
            _convolutions[i] = Add(
                $"convolution{i}", new Conv1d(width, spec.Filters, spec.Kernel, isCausal: !spec.Recurrent.Bidirectional));
            _norms[i] = Add($"norm{i}", new BatchNorm(spec.Filters));
            width = spec.Filters;
        }

        _recurrent = Add("recurrent", new Recurrent(width, spec.Recurrent) { Start = RecurrentStart.Orthogonal });
        _output = Add("output", new Dense(spec.Recurrent.OutputSize + (spec.Convolutions > 0 ? spec.Filters : 0), spec.Classes));
    }

    /// <summary>m [F].</summary>
    public Parameter Mean { get; }

    /// <summary>s [F].</summary>
    public Parameter Deviation { get; }

    /// <summary>(0) without the joining, in place.</summary>
    /// <param name="frames">f [frames, F].</param>
    public void Standardise(Span<float> frames)
    {
        ReadOnlySpan<float> mean = Mean.Value, deviation = Deviation.Value;
        for (int at = 0; at < frames.Length; at += mean.Length)
        {
            for (int j = 0; j < mean.Length; j++) frames[at + j] = (frames[at + j] - mean[j]) / deviation[j];
        }
    }

    /// <summary>(1) to (3): the logits.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The steps.</param>
    /// <param name="dropout">Acts on x, on what the recurrent layers read, and on what the output reads; while training.</param>
    public SequenceBatch Forward(Pass pass, SequenceBatch x, SeriesDropout? dropout = null)
    {
        SequenceBatch seen = dropout is null ? x : dropout.Input.Forward(pass, x);
        for (int i = 0; i < _convolutions.Length; i++)
        {
            SequenceBatch found = _relu.Forward(pass, _norms[i].Forward(pass, _convolutions[i].Forward(pass, seen)));   // (1)
            seen = i == 0 ? found : pass.Add(found, seen);
        }

        bool hasFilters = _convolutions.Length > 0;
        SequenceBatch read = dropout is null || !hasFilters ? seen : dropout.Layers.Forward(pass, seen);
        SequenceBatch states = _recurrent.Forward(pass, read);                                                          // (2)
        SequenceBatch all = hasFilters ? pass.Concatenate(states, seen) : states;
        return _output.Forward(pass, dropout is null ? all : dropout.Output.Forward(pass, all));                        // (3)
    }

    public override IReadOnlyList<LayerDescription> Describe() =>
    [
        LayerDescription.Of(
            "features", $"[T, {_spec.Join} x {Mean.Count}]", ["x = (f - mean) / deviation"], [Mean, Deviation]),
        .. _convolutions.Select((convolution, i) => LayerDescription.Of(
            $"convolution {i}", $"[T, {convolution.InputSize}] -> [T, {_spec.Filters}]",
            [i == 0 ? "u_t = relu(norm(b + sum_k W_k x_(t+k-P)))" : "u'_t = u_t + relu(norm(b + sum_k W_k u_(t+k-P)))"],
            convolution.Parameters.Concat(_norms[i].Parameters))),
        Describe("recurrent", _recurrent),
        LayerDescription.Of(
            "symbols and blank", $"[T, {_output.InputSize}] -> [T, {_spec.Classes}]", [_convolutions.Length > 0
                ? "y_t = softmax(V [h_t; u_t] + c)" : "y_t = softmax(V h_t + c)"],
            _output.Parameters),
    ];
}
