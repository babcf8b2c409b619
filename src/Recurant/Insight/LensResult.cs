using System.Globalization;

namespace Recurant.Insight;

/// <summary>What becomes of a gradient in its backward pass through time.</summary>
public enum GradientReach
{
    /// <summary>It arrives at the far end with a size of the same order.</summary>
    Kept,

    /// <summary>Less than a thousandth of it arrives.</summary>
    Vanishing,

    /// <summary>It arrives more than a hundred times as large, or not finite.</summary>
    Exploding,
}

/// <summary>How far back in time the gradient of a network reaches.</summary>
/// <param name="Network">The network in one line.</param>
/// <param name="Sequences">B, the number of sequences looked at; of a translator of pairs of them.</param>
/// <param name="Steps">T, the length of the longest.</param>
/// <param name="Loss">The mean loss of the sequences, or of their tokens where every token has one.</param>
/// <param name="ReadSteps">How many steps of a sequence the loss reads, at most, in a direction.</param>
/// <param name="Layers">An element for each layer and direction, from the lowest up; the encoder's before the decoder's.</param>
/// <param name="Verdict">What it means and what to change, in sentences.</param>
public sealed record LensResult(
    string Network, int Sequences, int Steps, double Loss, int ReadSteps, IReadOnlyList<LensLayer> Layers,
    IReadOnlyList<string> Verdict) : InsightRecord
{
    /// <summary>The worst of the layers: exploding, else vanishing, else kept.</summary>
    public GradientReach Reach => Layers.Max(layer => layer.Verdict.Reach);
}

/// <summary>How far back the gradient of one layer and direction reaches.</summary>
public sealed record LensLayer : InsightRecord
{
    /// <summary>Of an encoder-decoder "encoder" or "decoder"; null where a network has one stack of layers.</summary>
    public string? Part { get; init; }

    /// <summary>The layer of its part, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary>Whether it reads the sequence from its end.</summary>
    public required bool IsReverse { get; init; }

    /// <summary>"layer 0", "encoder layer 1 backward".</summary>
    public string Name => RecurrentPart.NameOf(Part, Layer, IsReverse);

    /// <summary>The length of the longest sequence that its part reads.</summary>
    public required int Steps { get; init; }

    /// <summary>At how many steps of a sequence, at most, the loss (or what lies above) reads its part.</summary>
    public required int ReadSteps { get; init; }

    /// <summary>The gradients of the states and how the gates stood.</summary>
    public required GradientProfile Profile { get; init; }

    /// <summary>
    /// Where the loss reads many steps: state(lag) as in <see cref="GradientProfile"/> of what the direction's last step alone
    /// gives, so that all of it has come through the states between. Empty where the loss reads one step.
    /// </summary>
    public IReadOnlyList<double> LastStep { get; init; } = [];

    /// <summary>dJ/dW_hh by lag; null where <see cref="HiddenNote"/> says why.</summary>
    public WeightGradientByLag? HiddenWeights { get; init; }

    /// <summary>Why there is no split of dJ/dW_hh; null if there is one.</summary>
    public string? HiddenNote { get; init; }

    /// <summary>Why there are no Jacobians, though they were asked for; null if there are.</summary>
    public string? JacobianNote { get; init; }

    /// <summary>dJ/dW_ih by lag; null with one-hot input, and where the steps cannot be told apart.</summary>
    public WeightGradientByLag? InputWeights { get; init; }

    /// <summary>The spectral radius of each square block of W_hh: one for a plain cell, one a gate otherwise.</summary>
    public IReadOnlyList<BlockRadius> SpectralRadii { get; init; } = [];

    /// <summary>The Jacobians of the states for some lags.</summary>
    public IReadOnlyList<JacobianSize> Jacobians { get; init; } = [];

    /// <summary>What becomes of the gradient.</summary>
    public required LensVerdict Verdict { get; init; }

    /// <summary>
    /// The effective memory in steps: the smallest lag up to which nine tenths of the gradient lie, by its norms; of the states,
    /// or, where the loss reads many steps, of W_hh split exactly or of <see cref="LastStep"/>. Null where the Jacobians alone
    /// are known.
    /// </summary>
    public int? Memory => Verdict.Measured switch
    {
        LensVerdict.ByStates => Profile.Reach90,
        LensVerdict.ByWeights => (HiddenWeights ?? InputWeights)?.Reach90,
        LensVerdict.ByLastStep => GradientProfile.ReachOf(LastStep),
        _ => null,
    };
}

/// <summary>The largest magnitude of an eigenvalue of a block of W_hh.</summary>
/// <param name="Block">The gate: i, f, g, o; r, z, n; W of a cell without gates.</param>
/// <param name="Radius">The spectral radius.</param>
public readonly record struct BlockRadius(string Block, double Radius)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(BlockRadius), PrintMembers);
}

/// <summary>
/// The Jacobian of the state at a sequence's last step with respect to that some steps earlier. The state is h; of a cell with a
/// memory cell h and c together, so that all paths are counted.
/// </summary>
/// <param name="Lag">t - k.</param>
/// <param name="Norm">The Frobenius norm.</param>
/// <param name="Largest">The largest singular value: no gradient grows by more.</param>
/// <param name="Smallest">
/// The smallest singular value: no gradient shrinks by more. Below 1e-14 times <paramref name="Largest"/> it is rounding.
/// </param>
public readonly record struct JacobianSize(int Lag, double Norm, double Largest, double Smallest)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(JacobianSize), PrintMembers);
}

/// <summary>
/// The gradient of a weight matrix, split by how many steps lie between the loss and the step that used the weight.
/// <code>
/// dJ/dW = sum_t sum_(k&lt;=t) dE_t/dh_t dh_t/dh_k d+h_k/dW = sum_lag D(lag),  D(lag) = the terms with |t - k| = lag
/// share(lag) = (D(lag) . dJ/dW) / (dJ/dW . dJ/dW),  sum_lag share(lag) = 1
/// </code>
/// d+ is the derivative that holds h_(k-1) as it is.
/// </summary>
/// <param name="Norms">||D(lag)||, lag = 0, 1, ....</param>
/// <param name="Shares">share(lag); negative where a lag pulls against the sum.</param>
/// <param name="Total">||dJ/dW||: the norm of the sum, which is all that training shows.</param>
/// <param name="Difference">
/// || sum_lag D(lag) - dJ/dW || / || dJ/dW ||, where dJ/dW is what the engine computed in one sum: rounding.
/// </param>
/// <param name="IsExact">
/// Whether t is the step at which the loss reads the last layer; otherwise all its terms count from the direction's last step.
/// </param>
public sealed record WeightGradientByLag(
    IReadOnlyList<double> Norms, IReadOnlyList<double> Shares, double Total, double Difference, bool IsExact) : InsightRecord
{
    /// <summary>The part of sum_lag ||D(lag)|| that lies at a lag or further back.</summary>
    /// <param name="lag">The first lag that counts.</param>
    public double Beyond(int lag) => Norms.Sum() is > 0 and var sum ? Norms.Skip(lag).Sum() / sum : 0;

    /// <summary>The smallest lag up to which nine tenths of sum_lag ||D(lag)|| lie.</summary>
    public int Reach90 => GradientProfile.ReachOf(Norms);
}
