namespace Recurant.Tasks;

/// <content>Language models.</content>
public static partial class Explainer
{
    /// <summary>
    /// Of longer texts a language model does not say what earlier tokens did: its cost grows with the square of the length.
    /// </summary>
    public const int MostInfluenceTokens = 400;

    /// <summary>A text is read in pieces of so many tokens, of which the first are not looked at.</summary>
    private const int PieceTokens = 550, WarmUp = 50;

    /// <summary>Tells how surprising each token of a text is, and which tokens before it made it so.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="text">The text; it is read from the beginning of a line.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">The model's answers are not finite numbers.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LanguageExplanation Explain(
        LanguageModel model, string text, ExplainOptions? options = null, CancellationToken cancellation = default) =>
        Run(model, text, options, given =>
            new LanguageExplainer(model, given).Explain(text, MostInfluenceTokens, cancellation));

    /// <summary>Tells which hidden units of a language model follow something that can be named.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="text">Running text; pieces spread over it are looked at, 20,000 tokens together.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DataExplanation Explain(
        LanguageModel model, PlainText text, ExplainOptions? options = null, CancellationToken cancellation = default) =>
        Run(model, text, options, given => UnitsOf(model, text, Workers.Asked(given.Threads), cancellation));

    private static DataExplanation UnitsOf(
        LanguageModel model, PlainText text, Workers workers, CancellationToken cancellation)
    {
        int[] tokens = model.Encoder.Encode(text);
        string[] names = [.. tokens.Select(token => model.Vocabulary[token])];
        (string Name, float[] Values)[] traits =
            [.. TokenTraits.Of(names, model.Spec.Unit == TokenUnit.Character)
                .Where(trait => trait.Name != "position in the text")];
        int pieces = Math.Min(tokens.Length / PieceTokens, MostUnitTokens / (PieceTokens - WarmUp));
        var runs = new List<TokenRun>();
        LanguageModelMemory memory = model.Network.CreateMemory();
        var batch = new BatchLayout();
        for (int i = 0; i < pieces; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int first = (int)((long)(tokens.Length - PieceTokens) * i / Math.Max(1, pieces - 1));
            batch.Fill([tokens[first..(first + PieceTokens)]], [0]);
            model.Network.Stack.ResetInitialState(memory.Recurrent, 1);
            model.Network.Loss(workers, batch, new int[PieceTokens], memory, dropout: null, withGradient: false);
            int units = model.Network.Stack.Spec.OutputSize;
            float[] outputs = TokenRun.OutputsOf(memory.Recurrent.Outputs[^1].Rows(batch.Rows), batch, 0);
            runs.Add(new TokenRun(
                [.. traits.Select(trait => (trait.Name, trait.Values[(first + WarmUp)..(first + PieceTokens)]))],
                outputs[(WarmUp * units)..]));
        }

        return new DataExplanation
        {
            Texts = pieces, Accuracy = null, Words = [], LargestError = 0, Units = [], Mistakes = [],
            Traits = TraitSearch.Find(runs, model.Network.Stack.Spec.OutputSize),
        };
    }
}

/// <summary>Reads a text with a language model, whole and without each of its tokens.</summary>
internal sealed class LanguageExplainer
{
    private const int Shown = 5, MostRows = 2048;

    private readonly LanguageModel _model;
    private readonly Workers _workers;
    private readonly LanguageModelMemory _memory;
    private readonly BatchLayout _batch = new();

    public LanguageExplainer(LanguageModel model, ExplainOptions options)
    {
        _model = model;
        _workers = Workers.Asked(options.Threads);
        _memory = model.Network.CreateMemory();
    }

    public LanguageExplanation Explain(string text, int mostInfluenceTokens, CancellationToken cancellation)
    {
        int[] tokens = [_model.Encoder.End, .. _model.Encoder.EncodePrompt(text)];
        int count = tokens.Length - 1;
        if (count == 0) return new LanguageExplanation { Text = text, Tokens = [] };
        double[] bits = Bits([tokens])[0];
        KeyValuePair<string, double>[][] expected = new KeyValuePair<string, double>[count][];
        for (int t = 0; t < count; t++) expected[t] = Expected(t);

        bool hasInfluence = count <= mostInfluenceTokens;
        var without = new double[count][];
        int together = Math.Max(1, MostRows / count);
        for (int first = 0; hasInfluence && first + 1 < count; first += together)
        {
            cancellation.ThrowIfCancellationRequested();
            List<int[]> variants = [];
            for (int j = first; j < Math.Min(count - 1, first + together); j++)
            {
                variants.Add([.. tokens[..(j + 1)], .. tokens[(j + 2)..]]);
            }

            Bits(variants).CopyTo(without, first);
        }

        var answers = new TokenSurprise[count];
        for (int t = 0; t < count; t++)
        {
            // Without token j, token t is the one numbered t - 1.
            double[] influence = hasInfluence ? [.. Enumerable.Range(0, t).Select(j => without[j][t - 1] - bits[t])] : [];
            answers[t] = new TokenSurprise(_model.Vocabulary[tokens[t + 1]], bits[t], expected[t], influence);
        }

        return new LanguageExplanation { Text = text, Tokens = answers };
    }

    /// <summary>The bits of every token but the first of texts of one length.</summary>
    private double[][] Bits(List<int[]> texts)
    {
        int steps = texts[0].Length - 1;
        var lengths = new int[texts.Count];
        Array.Fill(lengths, steps);
        _batch.Fill(lengths);
        var targets = new int[_batch.Rows];
        for (int t = 0; t < steps; t++)
        {
            for (int b = 0; b < texts.Count; b++)
            {
                int row = _batch.RowStart(t) + b;
                (_batch.Tokens[row], targets[row]) = (texts[b][t], texts[b][t + 1]);
            }
        }

        _model.Network.Stack.ResetInitialState(_memory.Recurrent, texts.Count);
        double loss = _model.Network.Loss(_workers, _batch, targets, _memory, dropout: null, withGradient: false);
        if (!double.IsFinite(loss)) throw Answers.NotFinite();

        var bits = new double[texts.Count][];
        for (int b = 0; b < texts.Count; b++)
        {
            bits[b] = new double[steps];
            for (int t = 0; t < steps; t++) bits[b][t] = _memory.Output.Losses[_batch.RowStart(t) + b] / Math.Log(2);
        }

        return bits;
    }

    /// <summary>What was most probable after a step of the single text that was read last.</summary>
    private KeyValuePair<string, double>[] Expected(int step)
    {
        Matrix output = _memory.Recurrent.Outputs[^1].Rows(step, 1);
        float[] logits = _model.Network.Logits(_workers, output, _memory).Row(0).ToArray();
        double largest = logits.Max(), sum = logits.Sum(z => Math.Exp(z - largest));
        int[] order = [.. Enumerable.Range(0, logits.Length)];
        Array.Sort(order, (a, b) => logits[a] != logits[b] ? logits[b].CompareTo(logits[a]) : a.CompareTo(b));
        return [.. order.Take(Shown).Select(j => KeyValuePair.Create(_model.Vocabulary[j], Math.Exp(logits[j] - largest) / sum))];
    }
}
