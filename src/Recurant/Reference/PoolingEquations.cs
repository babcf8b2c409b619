namespace Recurant.Reference;

/// <summary>
/// From the outputs of all time steps, h [T, P], to the one vector that the output layer of a many-to-one network reads.
/// </summary>
/// <remarks>
/// <code>
/// last    p = h_{T-1}; with two directions p = [forward_{T-1}  backward_0]    (1)
/// mean    p = (1/T) sum_t h_t                                                 (2)
/// max     p_j = max_t h_{t,j}; the first of equal values wins                 (3)
/// </code>
/// Attention has its own file.
/// </remarks>
internal static class PoolingEquations
{
    /// <summary>Pools [T,P] to [P].</summary>
    public static double[] Forward(ReferencePooling pooling, double[] h, int length, int directions)
    {
        int width = h.Length / length;
        double[] pooled = new double[width];
        for (int j = 0; j < width; j++)
        {
            switch (pooling)
            {
                case ReferencePooling.Last:
                    // (1) each direction's own last step
                    pooled[j] = h[LastStep(j, length, width, directions) * width + j];
                    break;
                case ReferencePooling.Mean:
                    // (2) p = (1/T) sum_t h_t
                    for (int t = 0; t < length; t++) pooled[j] += h[t * width + j] / length;

                    break;
                case ReferencePooling.Max:
                    // (3) p_j = max_t h_{t,j}
                    pooled[j] = h[FirstMaximum(j, h, length, width) * width + j];
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "Expected last, mean or max.");
            }
        }

        return pooled;
    }

    /// <summary>From dJ/dp [P] to dJ/dh [T,P].</summary>
    public static double[] Backward(ReferencePooling pooling, double[] h, int length, int directions, double[] dPooled)
    {
        int width = dPooled.Length;
        double[] dh = new double[length * width];
        for (int j = 0; j < width; j++)
        {
            switch (pooling)
            {
                case ReferencePooling.Last:
                    // (1') only the step that was read has a gradient
                    dh[LastStep(j, length, width, directions) * width + j] = dPooled[j];
                    break;
                case ReferencePooling.Mean:
                    // (2') dh_t = (1/T) dp
                    for (int t = 0; t < length; t++) dh[t * width + j] = dPooled[j] / length;

                    break;
                case ReferencePooling.Max:
                    // (3') only the first step that has the maximum gets it
                    dh[FirstMaximum(j, h, length, width) * width + j] = dPooled[j];
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "Expected last, mean or max.");
            }
        }

        return dh;
    }

    /// <summary>T-1 for units of the forward direction, 0 for units of the backward one: it reads t = 0 last.</summary>
    private static int LastStep(int unit, int length, int width, int directions) =>
        directions == 2 && unit >= width / 2 ? 0 : length - 1;

    private static int FirstMaximum(int unit, double[] h, int length, int width)
    {
        int best = 0;
        for (int t = 1; t < length; t++)
        {
            if (h[t * width + unit] > h[best * width + unit]) best = t;
        }

        return best;
    }
}
