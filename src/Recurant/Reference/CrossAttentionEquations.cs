namespace Recurant.Reference;

/// <summary>How attention compares the decoder's state with the encoder's.</summary>
internal enum ReferenceScore
{
    /// <summary>q . e.</summary>
    Dot,

    /// <summary>q . W e.</summary>
    General,

    /// <summary>v . tanh(W_q q + W e + b).</summary>
    Additive,
}

/// <summary>Attention of one state of a decoder over all states of an encoder.</summary>
/// <remarks>
/// <code>
/// k_s = e_s,  W e_s,  or  W e_s + b                                           (1)
/// g_s = q . k_s,  or  v . tanh(W_q q + k_s)                                   (2)
/// a = softmax(g), over s                                                      (3)
/// c = sum_s a_s e_s                                                           (4)
/// </code>
/// W is attention.key.weight [K,D], b attention.key.bias [K], W_q attention.query.weight [K,Q], v attention.score [K]; e is
/// [S,D]. Sources: Luong, Pham and Manning, EMNLP 2015, equations 7 and 8; Bahdanau, Cho and Bengio, ICLR 2015, appendix A.1.2.
/// </remarks>
internal static class CrossAttentionEquations
{
    /// <summary>Returns c [D], and a [S] for the backward pass.</summary>
    public static (double[] Context, double[] Weights) Forward(
        ReferenceScore score, ReferenceTensors weights, double[] e, int length, double[] q)
    {
        int width = e.Length / length;
        double[] g = new double[length], context = new double[width];
        for (int s = 0; s < length; s++)
        {
            double[] k = Key(score, weights, Algebra.Row(e, s, width));                       // (1)
            g[s] = score == ReferenceScore.Additive                                           // (2)
                ? Algebra.Multiply(weights["attention.score"], Hidden(weights, q, k))[0]
                : Algebra.Multiply(q, k)[0];
        }

        double[] a = OutputEquations.Softmax(g);                                              // (3)
        for (int s = 0; s < length; s++)
        {
            for (int j = 0; j < width; j++) context[j] += a[s] * e[s * width + j];            // (4)
        }

        return (context, a);
    }

    /// <summary>From dJ/dc [D] to dJ/dq [Q]; adds to dJ/de [S,D] and to the gradients of the tensors.</summary>
    public static double[] Backward(
        ReferenceScore score, ReferenceTensors weights, ReferenceTensors gradients, double[] e, double[] q, double[] a,
        ReadOnlySpan<double> dContext, double[] de)
    {
        int length = a.Length, width = dContext.Length;
        double[] da = new double[length], dq = new double[q.Length];
        double mean = 0;
        for (int s = 0; s < length; s++)
        {
            // (4') da_s = e_s . dc;  de_s += a_s dc
            da[s] = Algebra.Multiply(Algebra.Row(e, s, width), dContext)[0];
            mean += a[s] * da[s];
            for (int j = 0; j < width; j++) de[s * width + j] += a[s] * dContext[j];
        }

        for (int s = 0; s < length; s++)
        {
            // (3') dg_s = a_s (da_s - sum_r a_r da_r)
            double dg = a[s] * (da[s] - mean);
            Span<double> state = Algebra.Row(e, s, width), dState = Algebra.Row(de, s, width);
            double[] k = Key(score, weights, state), dk = new double[k.Length];
            if (score == ReferenceScore.Additive)
            {
                double[] u = Hidden(weights, q, k), v = weights["attention.score"];
                for (int j = 0; j < k.Length; j++)
                {
                    // (2') dv += dg u;  d(W_q q + k) = dg v (1 - u^2)
                    gradients["attention.score"][j] += dg * u[j];
                    dk[j] = dg * v[j] * (1 - u[j] * u[j]);
                }

                Algebra.AddOuter(gradients["attention.query.weight"], dk, q);
                Algebra.AddTo(dq, Algebra.MultiplyTransposed(weights["attention.query.weight"], dk));
            }
            else
            {
                for (int j = 0; j < k.Length; j++)
                {
                    // (2') dq += dg k;  dk = dg q
                    dq[j] += dg * k[j];
                    dk[j] = dg * q[j];
                }
            }

            // (1') de_s += dk, or W^T dk with dW += dk e_s^T;  db += dk
            if (score == ReferenceScore.Dot)
            {
                Algebra.AddTo(dState, dk);
                continue;
            }

            Algebra.AddOuter(gradients["attention.key.weight"], dk, state);
            Algebra.AddTo(dState, Algebra.MultiplyTransposed(weights["attention.key.weight"], dk));
            if (score == ReferenceScore.Additive) Algebra.AddTo(gradients["attention.key.bias"], dk);
        }

        return dq;
    }

    private static double[] Key(ReferenceScore score, ReferenceTensors weights, ReadOnlySpan<double> state)
    {
        if (score == ReferenceScore.Dot) return state.ToArray();
        double[] key = Algebra.Multiply(weights["attention.key.weight"], state);
        if (score == ReferenceScore.Additive) Algebra.AddTo(key, weights["attention.key.bias"]);
        return key;
    }

    private static double[] Hidden(ReferenceTensors weights, double[] q, double[] key)
    {
        double[] sum = Algebra.Multiply(weights["attention.query.weight"], q);
        Algebra.AddTo(sum, key);
        return ActivationEquations.Apply(ReferenceActivation.Tanh, sum);
    }
}
