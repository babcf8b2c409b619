namespace Recurant.Tests.Losses;

public class ConnectionistTemporalClassificationTests
{
    // Every step rounds each state three times; after hundreds of them a probability is right to some 1e-6.
    private const double Tolerance = 5e-6;

    // Of thousands of steps.
    private const double LongTolerance = 2e-5;

    // What the public vectors ask of single and of double precision.
    private const double VectorTolerance = 1e-5, ReferenceTolerance = 1e-9;

    // Central differences in double with a step of 1e-5.
    private const double Step = 1e-5, DifferenceTolerance = 1e-8;

    [Theory]
    [InlineData(2, 0, 7)]
    [InlineData(3, 0, 6)]
    [InlineData(3, 2, 6)]
    [InlineData(4, 1, 5)]
    public void Reference_Loss_EqualsTheSumOverAllAlignments(int classes, int blank, int frames)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            TemporalClassificationCase one = new(classes, [frames], [[]], scale: 3f, seed, blank);
            double[][] z = one.LogitsOf(0);
            Dictionary<string, double> texts = TemporalClassificationCase.AllTexts(z, blank);
            Assert.Equal(1, texts.Values.Sum(Math.Exp), 1e-12);
            foreach ((string text, double logP) in texts)
            {
                int[] target = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
                Assert.Equal(
                    -logP, TemporalClassificationEquations.Gradients(z, target, blank).Loss, 1e-11 * Math.Max(1, -logP));
                Assert.True(ConnectionistTemporalClassification.FramesNeeded(target) <= frames);
            }
        }
    }

    [Fact]
    public void Reference_Gradients_EqualFiniteDifferences()
    {
        int[][] targets = [[1, 1, 2], [3, 2], [], [2]];
        TemporalClassificationCase some = new(4, [9, 6, 3, 1], targets, scale: 2f, seed: 5);
        for (int b = 0; b < 4; b++)
        {
            double[][] z = some.LogitsOf(b), gradient = some.Reference(b).Logits;
            for (int t = 0; t < z.Length; t++)
            {
                for (int k = 0; k < 4; k++)
                {
                    double at = z[t][k];
                    z[t][k] = at + Step;
                    double above = TemporalClassificationEquations.Gradients(z, targets[b], 0).Loss;
                    z[t][k] = at - Step;
                    double below = TemporalClassificationEquations.Gradients(z, targets[b], 0).Loss;
                    z[t][k] = at;
                    Assert.Equal((above - below) / (2 * Step), gradient[t][k], DifferenceTolerance);
                }
            }
        }
    }

    [Fact]
    public void Reference_PublicVectors_AreEqual()
    {
        foreach (TemporalClassificationVector vector in TemporalClassificationVector.All())
        {
            TemporalClassificationGradients found =
                TemporalClassificationEquations.Gradients(vector.Logits, vector.Target, vector.Blank);
            if (double.IsInfinity(vector.Loss))
            {
                Assert.Equal(double.PositiveInfinity, found.Loss);
                continue;
            }

            Assert.Equal(vector.Loss, found.Loss, ReferenceTolerance);
            for (int t = 0; t < vector.Logits.Length; t++)
            {
                for (int k = 0; k < vector.Logits[t].Length; k++)
                {
                    Assert.Equal(vector.Gradient![t][k], found.Logits[t][k], ReferenceTolerance);
                }
            }
        }
    }

    [Fact]
    public void Apply_PublicVectors_AreEqualOrRefused()
    {
        int refused = 0;
        foreach (TemporalClassificationVector vector in TemporalClassificationVector.All())
        {
            int frames = vector.Logits.Length, classes = vector.Logits[0].Length;
            TemporalClassificationCase one = new(classes, [frames], [vector.Target], 1f, seed: 1, vector.Blank);
            for (int t = 0; t < frames; t++) Array.ConvertAll(vector.Logits[t], z => (float)z).CopyTo(one.Logits.Row(t));
            if (double.IsInfinity(vector.Loss))
            {
                Assert.Throws<ArgumentException>(() => one.Apply());
                refused++;
                continue;
            }

            Assert.Equal(vector.Loss, one.Apply(), VectorTolerance);
            for (int t = 0; t < frames; t++)
            {
                Near.AssertEqual(vector.Gradient![t], one.Logits.Row(t), VectorTolerance, $"{vector.Name} at {t}");
            }
        }

        Assert.Equal(2, refused);
    }

    [Theory]
    [InlineData(2, 0, 1, 1f)]
    [InlineData(5, 4, 2, 4f)]
    [InlineData(16, 3, 3, 1f)]
    [InlineData(17, 0, 2, 8f)]
    [InlineData(31, 0, 2, 2f)]
    [InlineData(70, 9, 2, 3f)]
    public void Apply_LossAndGradients_EqualTheReference(int classes, int blank, int threads, float scale)
    {
        int[] lengths = [7, 1, 40, 15, 33, 70, 2, 31];
        int[][] targets = TemporalClassificationCase.RandomTargets(lengths, classes, blank, seed: (ulong)classes);
        TemporalClassificationCase some = new(classes, lengths, targets, scale, seed: (ulong)classes, blank);
        TemporalClassificationGradients[] reference = [.. Enumerable.Range(0, lengths.Length).Select(some.Reference)];
        int blanks = 0;
        for (int row = 0; row < some.Batch.Rows; row++)
        {
            if (CrossEntropy.ArgMax(some.Logits.Row(row)) == blank) blanks++;
        }

        float[] before = some.Logits.Span.ToArray();
        double lossAlone = some.Classification.Loss(
            Workers.ForThreads(threads), some.Batch, some.Logits, targets, some.Memory);
        Bits.AssertEqual(before, some.Logits.Span, "logits");
        double total = some.Apply(threads);
        Assert.Equal(lossAlone, total);

        for (int b = 0; b < lengths.Length; b++)
        {
            Assert.Equal(reference[b].Loss, some.Memory.Losses[b], Math.Max(1, reference[b].Loss) * Tolerance);
            for (int t = 0; t < some.Batch.Lengths[b]; t++)
            {
                double[] expected = Array.ConvertAll(reference[b].Logits[t], dz => dz / lengths.Length);
                Near.AssertEqual(expected, some.Logits.Row(some.Batch.RowStart(t) + b), Tolerance, $"dz of {b} at {t}");
            }
        }

        Assert.Equal(reference.Sum(one => one.Loss), total, reference.Sum(one => one.Loss) * Tolerance);
        Assert.Equal((double)blanks / some.Batch.Rows, some.Memory.BlankShare);
    }

    [Theory]
    [InlineData(5000, 600, 1f)]
    [InlineData(5000, 600, 20f)]
    [InlineData(5000, 2400, 3f)]
    [InlineData(5000, 0, 3f)]
    public void Apply_ThousandsOfFrames_KeepsItsPrecision(int frames, int symbols, float scale)
    {
        int[] target = TemporalClassificationCase.RandomTargets([frames], 9, 0, seed: 3)[0];
        while (target.Length < symbols) target = [.. target, .. target];
        target = target[..symbols];
        TemporalClassificationCase one = new(9, [frames], [target], scale, seed: 8);
        TemporalClassificationGradients reference = one.Reference(0);
        Assert.Equal(reference.Loss, one.Apply(), reference.Loss * 1e-6);
        for (int t = 0; t < frames; t += 3)
        {
            Near.AssertEqual(reference.Logits[t], one.Logits.Row(t), LongTolerance, $"dz at {t}");
        }
    }

    /// <summary>The right symbols lie hundreds of nats below the wrong ones: e^-300 is no float.</summary>
    [Fact]
    public void Apply_LogitsThatAreSureOfTheWrongSymbols_StaysExact()
    {
        TemporalClassificationCase one = new(4, [40], [[1, 2, 2, 3]], scale: 300f, seed: 4);
        TemporalClassificationGradients reference = one.Reference(0);
        Assert.True(reference.Loss > 3000);
        Assert.Equal(reference.Loss, one.Apply(), reference.Loss * 1e-6);
        for (int t = 0; t < 40; t++) Near.AssertEqual(reference.Logits[t], one.Logits.Row(t), 1e-4, $"dz at {t}");
    }

    [Fact]
    public void Apply_Gradients_OfEveryRowAddUpToZero()
    {
        TemporalClassificationCase one = new(31, [500], [[.. Enumerable.Range(0, 50).Select(j => 1 + j * 7 % 30)]], 3f, seed: 6);
        one.Apply();
        for (int t = 0; t < 500; t++) Assert.Equal(0, Reductions.Sum(one.Logits.Row(t)), 1e-6);
    }

    [Theory]
    [InlineData(new int[0], 0)]
    [InlineData(new[] { 4 }, 1)]
    [InlineData(new[] { 4, 5, 4 }, 3)]
    [InlineData(new[] { 4, 4 }, 3)]
    [InlineData(new[] { 8, 5, 12, 12, 15 }, 6)]
    [InlineData(new[] { 3, 3, 3, 3 }, 7)]
    public void FramesNeeded_AnyText_CountsABlankBetweenEqualNeighbours(int[] target, int frames) =>
        Assert.Equal(frames, ConnectionistTemporalClassification.FramesNeeded(target));

    [Fact]
    public void Apply_TextThatNeedsMoreFrames_NamesTheUtteranceAndBothNumbers()
    {
        TemporalClassificationCase some = new(4, [3, 8, 4], [[1], [2, 2], [1, 1, 2, 2]], 1f, seed: 1);
        float[] before = some.Logits.Span.ToArray();
        ArgumentException fault = Assert.Throws<ArgumentException>(() => some.Apply());
        Assert.Contains("Utterance 2 has 4 frames", fault.Message, StringComparison.Ordinal);
        Assert.Contains("needs 6", fault.Message, StringComparison.Ordinal);
        Bits.AssertEqual(before, some.Logits.Span, "logits");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4)]
    public void Apply_SymbolThatIsNone_Throws(int symbol)
    {
        TemporalClassificationCase some = new(4, [5, 5], [[1], [1, symbol]], 1f, seed: 1);
        ArgumentException fault = Assert.Throws<ArgumentException>(() => some.Apply());
        Assert.Contains($"utterance 1 has the symbol {symbol}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_TextsThatDoNotFitTheBatch_Throws()
    {
        TemporalClassificationCase some = new(4, [5, 5], [[1]], 1f, seed: 1);
        Assert.Throws<ArgumentException>(() => some.Apply());
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionistTemporalClassification(4, blank: 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionistTemporalClassification(4, blank: -1));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Apply_LogitThatIsNotFinite_LossAndGradientsOfThatUtteranceAreNotFinite(float wrong)
    {
        for (int t = 0; t < 4; t++)
        {
            for (int k = 0; k < 5; k++)
            {
                TemporalClassificationCase some = new(5, [6, 4], [[1, 2], [3]], 1f, seed: 2);
                some.Logits.Row(some.Batch.RowStart(t) + 1)[k] = wrong;
                Assert.False(double.IsFinite(some.Apply()));
                Assert.True(double.IsFinite(some.Memory.Losses[0]));
                for (int u = 0; u < 4; u++)
                {
                    Assert.True(some.Logits.Slice(some.Batch.RowStart(u), 1).IsFinite);
                    foreach (float dz in some.Logits.Row(some.Batch.RowStart(u) + 1)) Assert.True(float.IsNaN(dz));
                }
            }
        }
    }

    /// <summary>A loss of millions is no number that anybody could learn from, and says so.</summary>
    [Theory]
    [InlineData(100_000f, true)]
    [InlineData(1_000_000f, false)]
    public void Apply_LossOfMillions_IsExactOrInfinite(float gap, bool isFinite)
    {
        TemporalClassificationCase one = new(3, [8], [[1, 2, 1, 2, 1, 2, 1, 2]], 1f, seed: 2);
        for (int t = 0; t < 8; t++)
        {
            one.Logits.Row(t)[0] = gap;
            one.Logits.Row(t)[1] = one.Logits.Row(t)[2] = 0f;
        }

        double loss = one.Apply();
        if (isFinite)
        {
            Assert.Equal(8.0 * gap, loss, 1.0);
        }
        else
        {
            Assert.Equal(double.PositiveInfinity, loss);
        }

        Assert.Equal(isFinite, one.Logits.IsFinite);
    }

    [Fact]
    public void Apply_LogitsMinusInfinityOfOtherSymbols_AreNeverSaid()
    {
        TemporalClassificationCase masked = new(4, [6], [[1, 2]], 1f, seed: 2), small = new(4, [6], [[1, 2]], 1f, seed: 2);
        for (int t = 0; t < 6; t++)
        {
            masked.Logits.Row(t)[3] = float.NegativeInfinity;
            small.Logits.Row(t)[3] = -200f;
        }

        Assert.Equal(small.Apply(), masked.Apply());
        Bits.AssertEqual(small.Logits.Span, masked.Logits.Span, "dz");
    }

    [Fact]
    public void Apply_AnyNumberOfThreadsAndPoisonedMemory_GivesTheSameBits()
    {
        int[] lengths = [9, 4, 60, 21, 1, 13, 2];
        int[][] targets = TemporalClassificationCase.RandomTargets(lengths, 19, 0, seed: 2);
        (float[] Gradients, double Loss) Run(int threads, bool poisoned)
        {
            Workspace.IsPoisoned = poisoned;
            try
            {
                TemporalClassificationCase some = new(19, lengths, targets, 2f, seed: 11);
                double loss = some.Apply(threads);
                return (some.Logits.Span.ToArray(), loss);
            }
            finally
            {
                Workspace.IsPoisoned = false;
            }
        }

        var one = Run(1, poisoned: false);
        foreach (int threads in (int[])[1, 2, 3, 8])
        {
            var other = Run(threads, poisoned: true);
            Bits.AssertEqual(one.Gradients, other.Gradients, "dz");
            Assert.Equal(BitConverter.DoubleToInt64Bits(one.Loss), BitConverter.DoubleToInt64Bits(other.Loss));
        }
    }

    /// <summary>What an utterance gets does not depend on the others beside it, apart from their number.</summary>
    [Fact]
    public void Apply_UtteranceAmongOthers_GetsTheSameBits()
    {
        TemporalClassificationCase alone = new(6, [30], [[1, 1, 5]], 2f, seed: 3);
        TemporalClassificationCase two = new(6, [30, 50], [[1, 1, 5], [.. Enumerable.Repeat(2, 20)]], 2f, seed: 3);
        for (int t = 0; t < 30; t++) alone.Logits.Row(t).CopyTo(two.Logits.Row(two.Batch.RowStart(t) + 1));
        alone.Apply();
        two.Apply();
        Assert.Equal(alone.Memory.Losses[0], two.Memory.Losses[1]);
        for (int t = 0; t < 30; t++)
        {
            float[] doubled = Array.ConvertAll(two.Logits.Row(two.Batch.RowStart(t) + 1).ToArray(), dz => 2 * dz);
            Bits.AssertEqual(alone.Logits.Row(t), doubled, $"dz at {t}");
        }
    }

    [Fact]
    public void Apply_OnceWarm_AllocatesNothing()
    {
        int[] lengths = [40, 20, 30];
        TemporalClassificationCase some = new(
            8, lengths, TemporalClassificationCase.RandomTargets(lengths, 8, 0, seed: 1), 1f, seed: 1);
        Allocation.AssertNoneWarm(() => some.Apply(), times: 20);
    }
}
