namespace Recurant.Reference;

/// <summary>Attention pooling: a weighted mean over time whose weights a small network gives.</summary>
/// <remarks>
/// <code>
/// u_t = tanh(W_a h_t + b_a)                                                   (1)
/// e_t = q . u_t                                                               (2)
/// a = softmax(e), over time                                                   (3)
/// p = sum_t a_t h_t                                                           (4)
/// </code>
/// W_a is attention.weight [A,P], b_a attention.bias [A], q attention.query [A]; h is [T,P].
/// Source: Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016, equations 5 to 7.
/// </remarks>
internal static class AttentionEquations
{
    /// <summary>Returns p [P], and a [T] and u [T][A] for the backward pass.</summary>
    public static (double[] Pooled, double[] Weights, double[][] U) Forward(ReferenceTensors weights, double[] h, int length)
    {
        int width = h.Length / length;
        double[] query = weights["attention.query"];
        double[] scores = new double[length], pooled = new double[width];
        double[][] u = new double[length][];
        for (int t = 0; t < length; t++)
        {
            // (1) u_t = tanh(W_a h_t + b_a)
            u[t] = Algebra.Multiply(weights["attention.weight"], Algebra.Row(h, t, width));
            Algebra.AddTo(u[t], weights["attention.bias"]);
            u[t] = ActivationEquations.Apply(ReferenceActivation.Tanh, u[t]);

            // (2) e_t = q . u_t
            scores[t] = Algebra.Multiply(query, u[t])[0];
        }

        // (3) a = softmax(e)
        double[] a = OutputEquations.Softmax(scores);
        for (int t = 0; t < length; t++)
        {
            for (int j = 0; j < width; j++)
            {
                // (4) p = sum_t a_t h_t
                pooled[j] += a[t] * h[t * width + j];
            }
        }

        return (pooled, a, u);
    }

    /// <summary>From dJ/dp [P] to dJ/dh [T,P]; adds to the gradients of the three tensors.</summary>
    public static double[] Backward(
        ReferenceTensors weights, ReferenceTensors gradients, double[] h, double[] a, double[][] u, double[] dPooled)
    {
        int length = a.Length, width = dPooled.Length;
        double[] query = weights["attention.query"];
        double[] dh = new double[length * width], da = new double[length];
        double mean = 0;
        for (int t = 0; t < length; t++)
        {
            // (4') da_t = h_t . dp;  dh_t = a_t dp + (what follows)
            da[t] = Algebra.Multiply(Algebra.Row(h, t, width), dPooled)[0];
            mean += a[t] * da[t];
            for (int j = 0; j < width; j++) dh[t * width + j] = a[t] * dPooled[j];
        }

        for (int t = 0; t < length; t++)
        {
            // (3') de_t = a_t (da_t - sum_k a_k da_k)
            double de = a[t] * (da[t] - mean);
            double[] dz = new double[query.Length];
            for (int k = 0; k < dz.Length; k++)
            {
                // (2') dq += de_t u_t;  du_t = de_t q      (1') through the tanh: dz_t = du_t * (1 - u_t^2)
                gradients["attention.query"][k] += de * u[t][k];
                dz[k] = de * query[k] * (1 - u[t][k] * u[t][k]);
            }

            // (1') dW_a += dz_t h_t^T;  db_a += dz_t;  dh_t += W_a^T dz_t
            Algebra.AddOuter(gradients["attention.weight"], dz, Algebra.Row(h, t, width));
            Algebra.AddTo(gradients["attention.bias"], dz);
            Algebra.AddTo(Algebra.Row(dh, t, width), Algebra.MultiplyTransposed(weights["attention.weight"], dz));
        }

        return dh;
    }
}
