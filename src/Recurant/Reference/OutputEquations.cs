namespace Recurant.Reference;

/// <summary>
/// The output layer and its loss: class probabilities by softmax, and their cross-entropy with the right class.
/// </summary>
/// <remarks>
/// <code>
/// o = V h + b                                                                 (1)
/// yhat_j = exp(o_j - max o) / sum_k exp(o_k - max o)                          (2)
/// E = -sum_j y_j log yhat_j = log sum_k exp(o_k - max o) - (o_label - max o)  (3)
/// </code>
/// V is output.weight [C,P], b is output.bias [C]; y has a one at the right class and zeros elsewhere. Subtracting the largest
/// o changes no probability and keeps exp from overflowing.
/// </remarks>
internal static class OutputEquations
{
    /// <summary>Returns yhat [C] and E.</summary>
    public static (double[] Probabilities, double Loss) Forward(ReferenceTensors weights, ReadOnlySpan<double> h, int label)
    {
        // (1) o = V h + b
        double[] o = Algebra.Multiply(weights["output.weight"], h);
        Algebra.AddTo(o, weights["output.bias"]);
        if (label < 0 || label >= o.Length)
        {
            throw new ArgumentException(
                $"The label {label} is not a class; there are {o.Length}, numbered from 0.", nameof(label));
        }

        // (3) E = log sum_k exp(o_k - max o) - (o_label - max o)
        double largest = Largest(o), sum = 0;
        foreach (double value in o) sum += Math.Exp(value - largest);
        // (2) yhat = softmax(o)
        return (Softmax(o), Math.Log(sum) - (o[label] - largest));
    }

    /// <summary>Adds the gradients of V and b for a loss of scale E, and returns dJ/dh [P].</summary>
    public static double[] Backward(
        ReferenceTensors weights, ReferenceTensors gradients, ReadOnlySpan<double> h, double[] probabilities, int label,
        double scale)
    {
        // (3'), (2') do = scale (yhat - y)
        double[] dOut = [.. probabilities];
        dOut[label] -= 1;
        for (int j = 0; j < dOut.Length; j++) dOut[j] *= scale;
        // (1') dV += do h^T;  db += do;  dh = V^T do
        Algebra.AddOuter(gradients["output.weight"], dOut, h);
        Algebra.AddTo(gradients["output.bias"], dOut);
        return Algebra.MultiplyTransposed(weights["output.weight"], dOut);
    }

    /// <summary>(2) exp(o_j - max o) / sum_k exp(o_k - max o).</summary>
    public static double[] Softmax(double[] o)
    {
        double largest = Largest(o), sum = 0;
        double[] y = new double[o.Length];
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = Math.Exp(o[j] - largest);
            sum += y[j];
        }

        for (int j = 0; j < y.Length; j++) y[j] /= sum;
        return y;
    }

    private static double Largest(double[] values)
    {
        double largest = values[0];
        foreach (double value in values) largest = Math.Max(largest, value);
        return largest;
    }
}
