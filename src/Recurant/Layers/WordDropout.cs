namespace Recurant.Layers;

/// <summary>Dropouts that act on words before their vectors are read.</summary>
internal static class WordDropout
{
    /// <summary>Reads each word, independently of the others, as the unknown word with the probability plan.Word.</summary>
    public static void ReadAsUnknown(BatchLayout batch, DropoutPlan plan)
    {
        for (int t = 0; t < batch.Steps; t++)
        {
            int start = batch.RowStart(t), count = batch.SequencesAt(t);
            for (int b = 0; b < count; b++)
            {
                // Keyed by the sequence's place in the batch and by the step.
                var own = new Philox(plan.Seed, RandomPurpose.WordDropout, plan.Step, (uint)batch.Order[b]);
                if (own.Uniform((uint)t) < plan.Word) batch.Tokens[start + b] = Vocabulary.Unknown;
            }
        }
    }

    /// <summary>Hides every occurrence of a word type (token -1: a zero vector) with the probability plan.Embedding.</summary>
    public static void HideTypes(Span<int> tokens, DropoutPlan plan)
    {
        Philox stream = plan.Stream(RandomPurpose.EmbeddingDropout);
        for (int row = 0; row < tokens.Length; row++)
        {
            if (stream.Uniform((uint)tokens[row]) < plan.Embedding) tokens[row] = -1;
        }
    }
}
