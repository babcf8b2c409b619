using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>An answer must be the same bits whatever else is asked at the same time, and however a text is cut or read.</summary>
internal static class BatchChecks
{
    public const int MostTexts = 64;

    private static readonly int[] s_threads = [2, 3];

    public static IEnumerable<Finding> Run(ClassifierModel model, IReadOnlyList<string> texts)
    {
        WordForms? forms = model.NewForms();
        int[][] sequences = [.. texts.Select(text => model.Encoder.Encode(text, forms))];
        int classes = model.Labels.Count;
        float[] Answers(IReadOnlyList<int[]> asked, int threads) =>
            new ClassifierScorer(model.Networks, classes, Workers.ForThreads(threads)).Probabilities(asked, forms);
        float[] alone = [.. sequences.SelectMany(sequence => Answers([sequence], 1))];
        int[][] reversed = [.. sequences.Reverse()];
        int most = Math.Max(50, 2 * sequences.Max(sequence => sequence.Length));
        int[][] neighbours = [.. sequences.SelectMany(sequence => new[] { sequence, Repeat(sequence, Math.Min(most, 1000)) })];
        float[] inReverse = Answers(reversed, 1), beside = Answers(neighbours, 1);
        float[] turned = [.. Enumerable.Range(0, sequences.Length).SelectMany(i =>
            inReverse[((sequences.Length - 1 - i) * classes)..][..classes])];
        float[] picked = [.. Enumerable.Range(0, sequences.Length).SelectMany(i => beside[(2 * i * classes)..][..classes])];
        yield return Same("batch and order", "asked one by one, all at once and in reverse", alone, classes,
            Answers(sequences, 1), turned);
        yield return Same("padding", "with a longer text in the same batch", alone, classes, picked);
        yield return Same("threads", "with 1, 2 and 3 threads", alone, classes,
            [.. s_threads.Select(threads => Answers(sequences, threads))]);
        if (model.Spec is { Model: ModelKind.Recurrent, Models: 1 })
        {
            yield return Same("history", "in training mode and in prediction mode", alone, classes,
                WithHistory(model, sequences, forms, classes));
        }

        if (model.Network is not RecurrentNetwork network || model.Spec is not { Models: 1, CharacterSize: 0 }) yield break;
        if (model.Spec.Recurrent.Bidirectional) yield break;
        yield return Stepwise(network.Stack, sequences[0], token => network.Embedding?.Table.Matrix.Row(token).ToArray());
    }

    public static Finding Run(TaggerModel model, IReadOnlyList<IReadOnlyList<string>> sentences)
    {
        WordForms forms = model.NewForms();
        int[][] encoded = [.. sentences.Select(words => forms.Encode(words))];
        int[] starts = new int[encoded.Length];
        for (int i = 1; i < starts.Length; i++) starts[i] = starts[i - 1] + encoded[i - 1].Length;
        float[] alone = [.. encoded.SelectMany(sentence => Answers([sentence], 1)[0])];
        float[] together = [.. Answers(encoded, 1).SelectMany(row => row)];
        float[] turned = [.. Answers([.. encoded.Reverse()], 1).Reverse().SelectMany(row => row)];
        float[] threads = [.. Answers(encoded, 3).SelectMany(row => row)];
        return Same("batch, order and threads", "asked one by one, all at once, in reverse and with 3 threads", alone, 1,
            together, turned, threads);

        // The number of the tag and its probability of every word.
        float[][] Answers(int[][] asked, int count)
        {
            var probabilities = new float[asked.Length][];
            int[][] tags = new TaggerScorer(model, Workers.ForThreads(count)).Tag(forms, asked, probabilities);
            return [.. tags.Select((row, i) => row.Select((tag, t) => tag + probabilities[i][t]).ToArray())];
        }
    }

    /// <summary>Of a translation its score, the number of its pieces, and every share of its attention.</summary>
    public static IEnumerable<Finding> Run(TranslatorModel model, IReadOnlyList<string> texts)
    {
        float[][] alone = [.. texts.Select(text => Answers([text], 1)[0])];
        float[][] inReverse = [.. Answers([.. texts.Reverse()], 1).Reverse()];
        string longest = string.Join(' ', Enumerable.Repeat(texts.MaxBy(text => text.Length)!, 2));
        float[][] beside = [.. Answers([.. texts.SelectMany(text => new[] { text, longest })], 1).Where((_, i) => i % 2 == 0)];
        yield return Same("batch and order", "asked one by one, all at once and in reverse", alone, Answers(texts, 1), inReverse);
        yield return Same("padding", "with a longer text in the same batch", alone, beside);
        yield return Same("threads", "with 1, 2 and 3 threads", alone, [.. s_threads.Select(threads => Answers(texts, threads))]);

        float[][] Answers(IReadOnlyList<string> asked, int threads) => [.. new Translator(model, threads).Translate(asked).Select(
            answer => (float[])[(float)answer.Score, answer.Pieces.Count, .. answer.Attention.SelectMany(row => row)])];
    }

    public static IEnumerable<Finding> Run(LanguageModel model, int[] tokens)
    {
        float[] whole = Losses(model, tokens, window: tokens.Length - 1, threads: 1);
        yield return Same(
            "chunking", $"of {Of(tokens.Length - 1, "token")} read in one piece, in windows of 64, 7 and 1, and with 3 threads",
                whole, 1,
            Losses(model, tokens, 64, 1), Losses(model, tokens, 7, 1), Losses(model, tokens, 1, 1),
                Losses(model, tokens, tokens.Length - 1, 3));
        yield return Stepwise(
            model.Network.Stack, tokens[..^1], token => model.Network.VectorOf(token) is { Length: > 0 } vector
                ? vector.ToArray() : null);
    }

    /// <summary>The loss of every token, the states carried from window to window.</summary>
    private static float[] Losses(LanguageModel model, int[] tokens, int window, int threads)
    {
        LanguageModelMemory memory = model.Network.CreateMemory();
        var carried = new CarriedState(model.Network.Stack, 1);
        var batch = new BatchLayout();
        var losses = new List<float>();
        for (int first = 0; first < tokens.Length - 1; first += window)
        {
            int count = Math.Min(window, tokens.Length - 1 - first);
            batch.Fill([count]);
            tokens.AsSpan(first, count).CopyTo(batch.Tokens);
            carried.Enter(memory.Recurrent, 1);
            model.Network.Loss(
                Workers.ForThreads(threads), batch, tokens.AsMemory(first + 1, count), memory, dropout: null,
                    withGradient: false);
            carried.Leave(memory.Recurrent, batch);
            losses.AddRange(memory.Output.Losses.AsSpan(0, count));
        }

        return [.. losses];
    }

    /// <summary>The topmost states of a text read at once, against those of one step after another.</summary>
    private static Finding Stepwise(RecurrentStack stack, int[] tokens, Func<int, float[]?> vectorOf)
    {
        Workers workers = Workers.ForThreads(1);
        var batch = new BatchLayout();
        batch.Fill([tokens], [0]);
        Matrix input = default;
        if (vectorOf(tokens[0]) is { } first)
        {
            var rows = new RowStore();
            input = rows.Reserve(tokens.Length, first.Length).Rows(tokens.Length);
            for (int t = 0; t < tokens.Length; t++) vectorOf(tokens[t])!.CopyTo(input.Row(t));
        }

        RecurrentMemory memory = stack.CreateMemory();
        stack.ResetInitialState(memory, 1);
        Matrix whole = stack.Forward(workers, batch, input, memory);
        var stream = new RecurrentStream(stack, workers);
        var expected = new List<float>();
        var stepped = new List<float>();
        for (int t = 0; t < tokens.Length; t++)
        {
            expected.AddRange(whole.Row(t));
            stepped.AddRange(vectorOf(tokens[t]) is { } vector ? stream.Step(vector) : stream.Step(tokens[t]));
        }

        return Same("step by step", $"as a whole and step by step, {Of(tokens.Length, "step")}", [.. expected],
            stack.Spec.HiddenSize, [.. stepped]);
    }

    private static float[] WithHistory(ClassifierModel model, int[][] sequences, WordForms? forms, int classes)
    {
        ClassifierMemory memory = model.Network.CreateMemory();
        memory.Forms = forms;
        var batch = new BatchLayout();
        batch.Fill(sequences, [.. Enumerable.Range(0, sequences.Length)]);
        Matrix logits = model.Network.Forward(Workers.ForThreads(1), batch, memory, dropout: null);
        var probabilities = new float[Workspace.RequireLength(sequences.Length, classes)];
        for (int b = 0; b < sequences.Length; b++)
        {
            Softmax.Apply(logits.Row(b), probabilities.AsSpan(batch.Order[b] * classes, classes));
        }

        return probabilities;
    }

    private static int[] Repeat(int[] sequence, int length)
    {
        var longer = new int[Math.Max(length, sequence.Length + 1)];
        for (int i = 0; i < longer.Length; i++) longer[i] = sequence[i % sequence.Length];
        return longer;
    }

    /// <summary>The same of answers of so many numbers each.</summary>
    private static Finding Same(string check, string how, float[] expected, int width, params float[][] others) =>
        Same(check, how, [.. expected.Chunk(width)], [.. others.Select(other => other.Chunk(width).ToArray())]);

    /// <summary>Compares the answers bit by bit; of answers of different lengths all numbers differ.</summary>
    private static Finding Same(string check, string how, float[][] expected, params float[][][] others)
    {
        int first = -1;
        long differ = 0, compared = 0;
        double largest = 0;
        foreach (float[][] other in others)
        {
            for (int answer = 0; answer < expected.Length; answer++)
            {
                (float[] right, float[] now) = (expected[answer], other[answer]);
                compared += right.Length;
                for (int i = 0; i < right.Length; i++)
                {
                    bool isThere = right.Length == now.Length;
                    if (isThere && BitConverter.SingleToInt32Bits(right[i]) == BitConverter.SingleToInt32Bits(now[i])) continue;
                    differ++;
                    if (first < 0) first = answer;
                    if (isThere) largest = Math.Max(largest, Math.Abs(right[i] - now[i]));
                }
            }
        }

        if (differ == 0)
        {
            return new Finding(check, FindingLevel.Ok,
                $"The answers are bit-identical {how} ({Of(compared, "number")} compared).")
            {
                Values = [Value("compared", compared), Value("differ", 0)],
            };
        }

        return new Finding(check, FindingLevel.Fault, $"{Of(differ, "number")} differ {how}, by up to {Four(largest)}.")
        {
            Where = [$"first in answer {first}"], Values = [Value("compared", compared),
                Value("differ", differ)],
            Means = "An answer depends on the other inputs. This is a fault of the program, not of the model.",
            Advice = "Please report it with the model and the texts.",
        };
    }
}
