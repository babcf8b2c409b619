namespace Recurant.Tests.Losses;

/// <summary>Utterances of unequal lengths with distinct logits and random texts.</summary>
internal sealed class TemporalClassificationCase
{
    public TemporalClassificationCase(int classes, int[] lengths, int[][] targets, float scale, ulong seed, int blank = 0)
    {
        Classification = new ConnectionistTemporalClassification(classes, blank);
        (Targets, Blank) = (targets, blank);
        Batch.Fill(lengths);
        Logits = Bits.RandomMatrix(Batch.Rows, classes, seed);
        Elementwise.Scale(Logits.Span, scale);
    }

    public ConnectionistTemporalClassification Classification { get; }

    public TemporalClassificationMemory Memory { get; } = new();

    public BatchLayout Batch { get; } = new();

    public Matrix Logits { get; }

    public int[][] Targets { get; }

    public int Blank { get; }

    /// <summary>Texts for so many frames, some of them as long as can be, with equal neighbours.</summary>
    public static int[][] RandomTargets(int[] lengths, int classes, int blank, ulong seed)
    {
        var stream = new Philox(seed, RandomPurpose.Shuffling);
        uint drawn = 0;
        return [.. lengths.Select(length =>
        {
            int[] target = new int[stream.Below(drawn++, length + 1)];
            for (int j = 0; j < target.Length; j++)
            {
                int symbol = stream.Below(drawn++, classes - 1);
                target[j] = symbol < blank ? symbol : symbol + 1;
            }

            while (ConnectionistTemporalClassification.FramesNeeded(target) > length) target = target[1..];
            return target;
        })];
    }

    /// <summary>The logits [T, K] of the b-th utterance of the batch.</summary>
    public double[][] LogitsOf(int b) =>
        [.. Enumerable.Range(0, Batch.Lengths[b]).Select(t => FieldCase.Doubles(Logits.Row(Batch.RowStart(t) + b)))];

    /// <summary>Loss and gradients of the b-th utterance of the batch by the equations in double precision.</summary>
    public TemporalClassificationGradients Reference(int b) =>
        TemporalClassificationEquations.Gradients(LogitsOf(b), Targets[Batch.Order[b]], Blank);

    public double Apply(int threads = 1) =>
        Classification.Apply(Workers.ForThreads(threads), Batch, Logits, Targets, Memory);

    /// <summary>ln p of every text that the alignments of these logits spell, by going through all of them.</summary>
    public static Dictionary<string, double> AllTexts(double[][] logits, int blank)
    {
        double[][] logY = [.. logits.Select(TemporalClassificationEquations.LogSoftmax)];
        var texts = new Dictionary<string, double>();
        int[] path = new int[logits.Length];
        while (true)
        {
            string text = string.Join(' ', path.Where((k, t) => k != blank && (t == 0 || path[t - 1] != k)));
            double p = Math.Exp(path.Select((k, t) => logY[t][k]).Sum());
            texts[text] = texts.GetValueOrDefault(text) + p;
            int at = 0;
            while (at < path.Length && ++path[at] == logits[0].Length) path[at++] = 0;
            if (at == path.Length) break;
        }

        return texts.ToDictionary(text => text.Key, text => Math.Log(text.Value));
    }
}
