using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>An answer must be the same bits whatever else is asked at the same time, and however a text is cut or read.</summary>
internal static class BatchChecks
{
    public const int MostTexts = 64;

    /// <summary>Asks one by one, together, in reverse, beside longer texts, and with several threads.</summary>
    /// <param name="texts">What is asked.</param>
    /// <param name="longer">A neighbour for each text, longer than it.</param>
    /// <param name="answersOf">The numbers of each answer, given what is asked and the number of threads.</param>
    public static IEnumerable<Finding> Run<T>(
        IReadOnlyList<T> texts, Func<T, T> longer, Func<IReadOnlyList<T>, int, float[][]> answersOf)
    {
        float[][] alone = AloneOf(texts, answersOf);
        yield return Same(
            "batch and order", "asked one by one, all at once and in reverse", alone, answersOf(texts, 1),
            ReversedOf(texts, answersOf));
        T[] beside = [.. texts.SelectMany(text => new[] { text, longer(text) })];
        yield return Same(
            "padding", "with a longer text in the same batch", alone, [.. answersOf(beside, 1).Where((_, i) => i % 2 == 0)]);
        yield return Same("threads", "with 1, 2 and 3 threads", alone, answersOf(texts, 2), answersOf(texts, 3));
    }

    /// <summary>The answers of each text asked alone, with one thread.</summary>
    public static float[][] AloneOf<T>(IReadOnlyList<T> texts, Func<IReadOnlyList<T>, int, float[][]> answersOf) =>
        [.. texts.Select(text => answersOf([text], 1)[0])];

    /// <summary>The answers of all texts asked from the last to the first.</summary>
    public static float[][] ReversedOf<T>(IReadOnlyList<T> texts, Func<IReadOnlyList<T>, int, float[][]> answersOf) =>
        [.. answersOf([.. texts.Reverse()], 1).Reverse()];

    /// <summary>The topmost states of a text read at once, against those of one step after another.</summary>
    /// <param name="stack">The layers.</param>
    /// <param name="tokens">What is read; not empty.</param>
    /// <param name="vectorOf">The vector of a token; null for one-hot words.</param>
    public static Finding Stepwise(RecurrentStack stack, int[] tokens, Func<int, float[]?> vectorOf)
    {
        Workers workers = Workers.ForThreads(1);
        BatchLayout batch = ReferenceSubject.BatchOf([tokens]);
        Matrix input = default;
        if (vectorOf(tokens[0]) is { } first)
        {
            input = new RowStore().Reserve(tokens.Length, first.Length).Rows(tokens.Length);
            for (int t = 0; t < tokens.Length; t++) vectorOf(tokens[t])!.CopyTo(input.Row(t));
        }

        RecurrentMemory memory = stack.CreateMemory();
        stack.ResetInitialState(memory, 1);
        Matrix whole = stack.Forward(workers, batch, input, memory);
        var stream = new RecurrentStream(stack, workers);
        float[][] expected = new float[tokens.Length][], stepped = new float[tokens.Length][];
        for (int t = 0; t < tokens.Length; t++)
        {
            expected[t] = whole.Row(t).ToArray();
            stepped[t] = (vectorOf(tokens[t]) is { } vector ? stream.Step(vector) : stream.Step(tokens[t])).ToArray();
        }

        return Same("step by step", $"as a whole and step by step, {Of(tokens.Length, "step")}", expected, stepped);
    }

    /// <summary>Compares the answers bit by bit; of answers of different lengths all numbers differ.</summary>
    public static Finding Same(string check, string how, float[][] expected, params float[][][] others)
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

        bool isSame = differ == 0;
        return new Finding(check, isSame ? FindingLevel.Ok : FindingLevel.Fault, isSame
            ? $"The answers are bit-identical {how} ({Of(compared, "number")} compared)."
            : $"{Of(differ, "number")} differ {how}, by up to {Four(largest)}.")
        {
            Where = isSame ? [] : [$"first in answer {first}"], Values = [Value("compared", compared), Value("differ", differ)],
            Means = isSame ? "" : "An answer depends on the other inputs. This is a fault of the program, not of the model.",
            Advice = isSame ? "" : "Please report it with the model and the texts.",
        };
    }
}
