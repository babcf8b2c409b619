namespace Recurant.Reference;

/// <summary>
/// Two ways to turn a text into one vector that knows its words but not their order; a feed-forward network reads it.
/// </summary>
/// <remarks>
/// <code>
/// mean of embeddings   X = (1/T) sum_t embedding[w_t]                         (1)
/// counts               X_v = how many t have w_t = v                          (2)
/// </code>
/// "not good, bad" and "not bad, good" give the same X: this is the mistake that the recurrent network mends.
/// </remarks>
public static class ReferenceBagOfWords
{
    /// <summary>
    /// X as the mean of the embeddings of some tokens: their order is lost, which is what makes it a bag of words.
    /// </summary>
    /// <param name="embedding">embedding.weight [V, width].</param>
    /// <param name="tokens">The tokens, at least one.</param>
    /// <param name="width">E, the width of the embedding.</param>
    /// <returns>(1/T) sum_t embedding[w_t] [width].</returns>
    /// <exception cref="ArgumentException">There is no token, or one has no row.</exception>
    public static double[] MeanEmbedding(double[] embedding, IReadOnlyList<int> tokens, int width)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        ArgumentNullException.ThrowIfNull(tokens);
        CheckTokens(tokens, embedding.Length / width);
        double[] x = new double[width];
        foreach (int token in tokens)
        {
            for (int j = 0; j < width; j++) x[j] += embedding[token * width + j] / tokens.Count;
        }

        return x;
    }

    /// <summary>The step back of <see cref="MeanEmbedding"/>.</summary>
    /// <param name="dx">dJ/dX [width]: "input" of <see cref="ReferenceFeedForward.Backward"/>.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="vocabularySize">V, the number of rows of the embedding.</param>
    /// <returns>dJ/d embedding.weight [V, width]: each place of a token adds dX / T to its row.</returns>
    /// <exception cref="ArgumentException">There is no token, or one has no row.</exception>
    public static double[] MeanEmbeddingBackward(double[] dx, IReadOnlyList<int> tokens, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(dx);
        ArgumentNullException.ThrowIfNull(tokens);
        CheckTokens(tokens, vocabularySize);
        double[] dEmbedding = new double[vocabularySize * dx.Length];
        foreach (int token in tokens)
        {
            for (int j = 0; j < dx.Length; j++) dEmbedding[token * dx.Length + j] += dx[j] / tokens.Count;
        }

        return dEmbedding;
    }

    /// <summary>X as counts: how often each of V tokens stands in the text. With it, output.weight is [C,V].</summary>
    /// <param name="tokens">The tokens; none is a text of unknown words only.</param>
    /// <param name="vocabularySize">V.</param>
    /// <returns>The counts [V].</returns>
    /// <exception cref="ArgumentException">A token is not in the vocabulary.</exception>
    public static double[] Counts(IReadOnlyList<int> tokens, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        double[] x = new double[vocabularySize];
        for (int i = 0; i < tokens.Count; i++)
        {
            CheckToken(tokens[i], i, vocabularySize);
            x[tokens[i]]++;
        }

        return x;
    }

    private static void CheckTokens(IReadOnlyList<int> tokens, int vocabularySize)
    {
        if (tokens.Count == 0)
        {
            throw new ArgumentException("There is no token to take the mean of; expected at least one.", nameof(tokens));
        }

        for (int i = 0; i < tokens.Count; i++) CheckToken(tokens[i], i, vocabularySize);
    }

    private static void CheckToken(int token, int place, int vocabularySize)
    {
        if (token < 0 || token >= vocabularySize)
        {
            throw new ArgumentException(
                $"Token {token} at place {place} is not in the vocabulary of {vocabularySize} tokens.", nameof(token));
        }
    }
}
