namespace Recurant.Tasks;

/// <summary>What a token costs a language model over a text.</summary>
/// <param name="Token">The token.</param>
/// <param name="Times">How often it was to be predicted.</param>
/// <param name="Loss">The mean loss of predicting it, in nats.</param>
/// <param name="Share">Its part of the text's whole loss, 0 to 1.</param>
public sealed record TokenCost(string Token, int Times, double Loss, double Share) : InsightRecord;

/// <summary>What the tokens that occur so often in a text cost a language model over it.</summary>
/// <param name="From">The fewest occurrences.</param>
/// <param name="To">The most.</param>
/// <param name="Kinds">How many different tokens of the text are such.</param>
/// <param name="Times">How often one was to be predicted.</param>
/// <param name="Loss">The mean loss, in nats.</param>
/// <param name="Share">Their part of the text's whole loss, 0 to 1.</param>
public sealed record FrequencyCost(int From, int To, int Kinds, int Times, double Loss, double Share) : InsightRecord;

/// <summary>
/// What a language model does on a text, beyond its score: whether its most probable next token is right as often as its
/// probability says, and where the loss comes from.
/// <code>
/// loss = sum_v n_v loss_v / n,   share_v = n_v loss_v / (n loss)     (1)
/// </code>
/// over the tokens v, which occur n_v times with the mean loss loss_v.
/// </summary>
public sealed record LanguageReview : InsightRecord
{
    /// <summary>How many tokens were predicted.</summary>
    public required int Tokens { get; init; }

    /// <summary>Their mean loss, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>How often the most probable token is the right one, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>How often the most probable token is right where it has such a probability.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>The tokens with the greatest shares of the loss (1), the greatest first.</summary>
    public required IReadOnlyList<TokenCost> Costliest { get; init; }

    /// <summary>
    /// The loss by how often a token occurs in the text itself: 1, 2 to 9, 10 to 99, and so on; none without tokens.
    /// </summary>
    public required IReadOnlyList<FrequencyCost> ByFrequency { get; init; }

    /// <summary>Reads a text, or its beginning.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text; its first token is predicted from the end of a line.</param>
    /// <param name="costliest">The most tokens that are listed. Default: 20.</param>
    /// <param name="mostTokens">The most tokens that are predicted, at least 1; the rest of the text is not read. Default:
    /// 100,000.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</param>
    /// <exception cref="InvalidDataException">The text is empty, or the model's answers are not finite numbers.</exception>
    public static LanguageReview Of(
        LanguageModel model, PlainText text, int costliest = 20, int mostTokens = 100_000, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(costliest);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostTokens, 1);
        int[] tokens = model.Encoder.Encode(text);
        if (tokens.Length < 2) throw new InvalidDataException($"{text.Name}: there is no text to evaluate the model on.");
        if (tokens.Length - 1 > mostTokens) tokens = tokens[..(mostTokens + 1)];
        Workers workers = Workers.Asked(threads);
        LanguageModelMemory memory = model.Network.CreateMemory();
        memory.Output.WantsConfidence = true;
        int count = tokens.Length - 1;
        var judged = new (double Probability, bool IsRight)[count];
        var losses = new float[count];
        new LanguageScorer(model.Network, workers, memory).Loss(tokens, tokens, (place, row) =>
        {
            losses[place] = memory.Output.Losses[row];
            // A rounding may lead above 1.
            judged[place] = (Math.Min(1.0, memory.Output.Confidence[row]), memory.Output.IsRight[row]);
        });
        if (!Array.TrueForAll(losses, float.IsFinite)) throw Answers.NotFinite();
        return Gather(model.Vocabulary, tokens, losses, judged, costliest);
    }

    private static LanguageReview Gather(
        Vocabulary vocabulary, int[] tokens, float[] losses, (double Probability, bool IsRight)[] judged, int costliest)
    {
        var times = new int[vocabulary.Count];
        var sums = new double[vocabulary.Count];
        double total = 0;
        for (int i = 0; i < losses.Length; i++)
        {
            times[tokens[i + 1]]++;
            sums[tokens[i + 1]] += losses[i];
            total += losses[i];
        }

        int[] seen = [.. Enumerable.Range(0, vocabulary.Count).Where(token => times[token] > 0)];
        var bands = new List<FrequencyCost>();
        for (long from = 1, to; seen.Any(token => times[token] >= from); from = to + 1)
        {
            to = from == 1 ? 1 : from == 2 ? 9 : from * 10 - 1;
            int[] here = [.. seen.Where(token => times[token] >= from && times[token] <= to)];
            if (here.Length == 0) continue;
            int all = here.Sum(token => times[token]);
            double loss = here.Sum(token => sums[token]);
            bands.Add(new FrequencyCost((int)from, (int)Math.Min(to, int.MaxValue), here.Length, all, loss / all, Share(loss)));
        }

        return new LanguageReview
        {
            Tokens = losses.Length,
            Loss = total / losses.Length,
            Accuracy = (double)judged.Count(answer => answer.IsRight) / judged.Length,
            Calibration = Calibration.Of(judged),
            Costliest =
            [
                .. seen.OrderByDescending(token => sums[token]).Take(costliest).Select(token => new TokenCost(
                    vocabulary[token], times[token], sums[token] / times[token], Share(sums[token]))),
            ],
            ByFrequency = bands,
        };

        double Share(double loss) => total > 0 ? loss / total : 0;
    }
}
