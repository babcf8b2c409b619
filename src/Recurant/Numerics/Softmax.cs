namespace Recurant.Numerics;

/// <summary>softmax(z)_j = e^(z_j) / sum_k e^(z_k), computed with the largest z subtracted so that nothing overflows.</summary>
internal static class Softmax
{
    /// <summary>Turns logits [C] into probabilities [C]; the two may be the same span. Returns ln sum_k e^(z_k).</summary>
    public static float Apply(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        float largest = Reductions.Max(logits);
        for (int j = 0; j < logits.Length; j++) probabilities[j] = logits[j] - largest;
        Elementwise.Exp(probabilities, probabilities);
        float sum = (float)Reductions.Sum(probabilities);
        float inverse = 1f / sum;
        Elementwise.Scale(probabilities, inverse);
        return largest + Elementwise.Log(sum);
    }
}
