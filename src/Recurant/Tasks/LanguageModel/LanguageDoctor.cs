using static Recurant.Insight.FindingText;

namespace Recurant.Tasks;

/// <content>Language models.</content>
public static partial class ModelDoctor
{
    /// <summary>Examines a language model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Text that it did not learn from, if there is such.</param>
    /// <exception cref="InvalidDataException">There are fewer than 100 tokens.</exception>
    public static DoctorReport Examine(LanguageModel model, PlainText data)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        model = ModelFile.Copy(model);
        int[] tokens = model.Encoder.Encode(data);
        if (tokens.Length < 100)
        {
            throw new InvalidDataException(
                $"{data.Name}: {tokens.Length} tokens are too few to examine a model with; give 100.");
        }

        return Report(
            model, ChunkFindings(model, tokens[..Math.Min(tokens.Length, 257)]), StepOf(model, tokens, texts: 2, SlopeTokens),
            StepOf(model, tokens, texts: 8, Math.Min(WideTokens, tokens.Length / 9)), [Baseline(model, data, tokens)]);
    }

    private static IEnumerable<Finding> ChunkFindings(LanguageModel model, int[] tokens)
    {
        int whole = tokens.Length - 1;
        yield return BatchChecks.Same(
            "chunking", $"of {Of(whole, "token")} read in one piece, in windows of 64, 7 and 1, and with 3 threads",
            Losses(whole), Losses(64), Losses(7), Losses(1), Losses(whole, threads: 3));
        yield return BatchChecks.Stepwise(
            model.Network.Stack, tokens[..^1],
            token => model.Network.VectorOf(token) is { Length: > 0 } vector ? vector.ToArray() : null);

        // The loss of every token, the states carried from window to window.
        float[][] Losses(int window, int threads = 1)
        {
            LanguageModelMemory memory = model.Network.CreateMemory();
            var carried = new CarriedState(model.Network.Stack, 1);
            var batch = new BatchLayout();
            var losses = new List<float[]>();
            for (int first = 0; first < whole; first += window)
            {
                int count = Math.Min(window, whole - first);
                batch.Fill([count]);
                tokens.AsSpan(first, count).CopyTo(batch.Tokens);
                carried.Enter(memory.Recurrent, 1);
                model.Network.Loss(
                    Workers.ForThreads(threads), batch, tokens.AsMemory(first + 1, count), memory, dropout: null,
                    withGradient: false);
                carried.Leave(memory.Recurrent, batch);
                losses.AddRange(memory.Output.Losses.Take(count).Chunk(1));
            }

            return [.. losses];
        }
    }

    private static StepCapture StepOf(LanguageModel model, int[] tokens, int texts, int steps) => new()
    {
        Model = model, Step = 0, Dropout = default, Read = [.. tokens.Chunk(steps).Take(texts)],
        Answers = [.. tokens[1..].Chunk(steps).Take(texts)],
    };

    /// <summary>Against knowing how often each token occurs in the very text: more than any model of single tokens can
    /// learn.</summary>
    private static Finding Baseline(LanguageModel model, PlainText data, int[] tokens)
    {
        double loss = LanguageModelTrainer.Evaluate(model, data, threads: 1).Loss, count = tokens.Length - 1;
        double simple = -tokens.Skip(1).CountBy(token => token).Sum(each => each.Value / count * Math.Log(each.Value / count));
        return ComparedFinding.Against(
            "against single tokens", loss < simple,
            $"{Four(loss)} nats per token on {data.Name}; token frequencies alone give {Four(simple)}.",
            "The model predicts this text no better than token frequencies do: it was trained on another kind of text, or too "
            + "little.", "Train longer, or on text of this kind.", Value("loss", loss), Value("baseline", simple));
    }
}
