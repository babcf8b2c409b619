namespace Recurant.Reference;

/// <summary>How far back in time a gradient reaches: the chapter's expanded form, term by term.</summary>
/// <remarks>
/// <code>
/// dE_t/dW = sum_{k&lt;=t} dE_t/dy_t dy_t/dh_t dh_t/dh_k dh_k/dW                 (1)
/// dh_t/dh_k = product of the one-step Jacobians dh_i/dh_{i-1}, i = k+1 ... t   (2)
/// </code>
/// The lag is t - k (k - t in the backward direction). A norm that shrinks with the lag is the vanishing gradient,
/// one that grows the exploding one. For an LSTM only h is followed here, with everything in it that came through c.
/// </remarks>
public static class GradientByLag
{
    /// <summary>The norms of dE_t/dh_k for every loss and every lag.</summary>
    /// <param name="network">The network.</param>
    /// <param name="run">What the network computed.</param>
    /// <param name="layer">Whose states; -1 for the last layer. Default: -1.</param>
    /// <param name="direction">0 for the states of the forward direction, 1 for the backward one. Default: 0.</param>
    /// <returns>
    /// With a label for every step, element [t][lag] belongs to E_t and to the state lag steps before t. Otherwise there is one
    /// loss and one array, and the lag counts from the last step that the direction took.
    /// </returns>
    /// <exception cref="ArgumentException">There is no such layer or direction.</exception>
    public static double[][] OfLoss(ReferenceNetwork network, ReferenceRun run, int layer = -1, int direction = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(run);
        int row = RowOf(network.Spec, layer, direction), length = run.Stack.Length;
        double[][] norms = new double[run.Losses.Count][];
        for (int t = 0; t < norms.Length; t++)
        {
            // (1) only E_t counts
            double[] scales = new double[norms.Length];
            scales[t] = 1;
            double[] dOutputs = network.OutputGradients(run, scales, ReferenceTensors.Zeros(network.Spec.Shapes()));
            double[] dStates = network.Stack.Backward(run.Stack, dOutputs).States[row];
            int from = norms.Length > 1 ? t : direction == 0 ? length - 1 : 0;
            norms[t] = NormsByLag(dStates, from, direction, length);
        }

        return norms;
    }

    /// <summary>
    /// The Frobenius norms of the Jacobians d output_t/dh_k of the last layer, for every lag from one time step.
    /// </summary>
    /// <param name="stack">The layers.</param>
    /// <param name="spec">Their spec.</param>
    /// <param name="run">What the layers computed.</param>
    /// <param name="t">The time step whose output is taken.</param>
    /// <param name="layer">Whose states; -1 for the last layer. Default: -1.</param>
    /// <param name="direction">0 for output and states of the forward direction, 1 for the backward one. Default: 0.</param>
    /// <returns>
    /// Element [lag] is the norm for the state lag steps before t; with the hidden form, [0] is the norm of the identity.
    /// </returns>
    /// <exception cref="ArgumentException">There is no such layer, direction or time step.</exception>
    public static double[] OfOutput(
        ReferenceStack stack, ReferenceSpec spec, ReferenceStackRun run, int t, int layer = -1, int direction = 0)
    {
        ArgumentNullException.ThrowIfNull(stack);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(run);
        int row = RowOf(spec, layer, direction), length = run.Length;
        if (t < 0 || t >= length)
        {
            throw new ArgumentException($"There is no time step {t}; the sequence has {length}, numbered from 0.", nameof(t));
        }

        double[] squares = new double[direction == 0 ? t + 1 : length - t];
        for (int unit = 0; unit < spec.HiddenSize; unit++)
        {
            // (2) one row of the Jacobian: the gradient of one unit of output_t
            double[] dOutputs = new double[run.Outputs.Length];
            dOutputs[t * spec.OutputSize + direction * spec.HiddenSize + unit] = 1;
            double[] norms = NormsByLag(stack.Backward(run, dOutputs).States[row], t, direction, length);
            for (int lag = 0; lag < squares.Length; lag++) squares[lag] += norms[lag] * norms[lag];
        }

        return Array.ConvertAll(squares, Math.Sqrt);
    }

    private static int RowOf(ReferenceSpec spec, int layer, int direction)
    {
        int chosen = layer < 0 ? spec.Layers - 1 : layer;
        if (chosen >= spec.Layers)
        {
            throw new ArgumentException($"There is no layer {layer}; there are {spec.Layers}, numbered from 0.", nameof(layer));
        }

        if (direction < 0 || direction >= spec.Directions)
        {
            string expected = spec.Bidirectional ? "0 or 1" : "0, the only one";
            throw new ArgumentException($"There is no direction {direction}; expected {expected}.", nameof(direction));
        }

        return chosen * spec.Directions + direction;
    }

    /// <summary>Norms of the rows of dStates [T,H], from one time step against the direction.</summary>
    private static double[] NormsByLag(double[] dStates, int from, int direction, int length)
    {
        double[] norms = new double[direction == 0 ? from + 1 : length - from];
        for (int lag = 0; lag < norms.Length; lag++)
        {
            norms[lag] = Algebra.Norm(Algebra.Row(dStates, direction == 0 ? from - lag : from + lag, dStates.Length / length));
        }

        return norms;
    }
}
