namespace Recurant.Tests.Heads.Ctc;

public class CtcHeadTests
{
    private const int Size = 6, Classes = 5;

    // Central differences of a loss that is right to 1e-6.
    private const double Step = 2e-3, Tolerance = 1e-3;

    private static readonly int[] s_lengths = [9, 4, 12];
    private static readonly int[][] s_texts = [[1, 1, 2], [], [4, 3, 3, 1]];

    [Fact]
    public void Backward_StatesAndParameters_EqualFiniteDifferences()
    {
        (CtcHead head, BatchLayout batch, Matrix h) = Made();
        var memory = new CtcMemory();
        Workers workers = Workers.ForThreads(2);
        double Loss()
        {
            head.Forward(workers, batch, h, memory, dropout: null);
            head.UtteranceLosses(workers, batch, s_texts, memory);
            return memory.Classification.Losses.Take(3).Sum() / 3;
        }

        head.Forward(workers, batch, h, memory, dropout: null);
        double loss = head.Loss(workers, batch, s_texts, memory, out double blankShare) / 3;
        Assert.InRange(blankShare, 0, 1);
        Matrix dh = head.Backward(workers, batch, memory);
        float[] gradient = Bits.Values(dh);
        Assert.Equal(loss, Loss(), 1e-9);
        AssertDifferences(h.Span, gradient, Loss);
        foreach (Parameter parameter in head.Parameters)
        {
            float[] ofParameter = parameter.Gradient.ToArray();
            AssertDifferences(parameter.Value, ofParameter, () =>
            {
                parameter.MarkChanged();
                return Loss();
            });
        }
    }

    [Fact]
    public void Answers_Batch_ComeInTheOrderAskedFor()
    {
        (CtcHead head, BatchLayout batch, Matrix h) = Made();
        var memory = new CtcMemory();
        Matrix logits = head.Forward(Workers.ForThreads(1), batch, h, memory, dropout: null);
        IReadOnlyList<CtcSymbol>[] paths = head.BestPaths(batch, memory);
        IReadOnlyList<CtcHypothesis>[] texts = head.Search(Workers.ForThreads(3), batch, memory, new CtcSearchOptions());
        for (int i = 0; i < 3; i++)
        {
            int b = batch.RankOf(i);
            float[] rows = [.. Enumerable.Range(0, s_lengths[i]).SelectMany(t => logits.Row(batch.RowStart(t) + b).ToArray())];
            Assert.Equal(CtcBestPath.Decode(rows, Classes), paths[i]);
            IReadOnlyList<CtcHypothesis> expected = CtcBeamSearch.Search(rows, Classes);
            Assert.Equal(expected.Select(text => text.Score), texts[i].Select(text => text.Score));
            Assert.Equal(expected[0].Labels, texts[i][0].Labels);
        }

        logits.Row(2)[1] = float.NaN;
        Assert.Throws<InvalidDataException>(() => head.BestPaths(batch, memory));
    }

    /// <summary>A pass of public layers has the same loss and the same gradients.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Pass_Loss_LeavesTheGradientWithTheLogits(int blank)
    {
        int[][] texts = blank == 0 ? s_texts : [[0, 0, 2], [], [1, 3, 3, 2]];
        var dense = new Dense(Size, Classes);
        dense.Initialise(seed: 3);
        SequenceBatch x = SequenceBatch.Of(
            [.. s_lengths.Select((length, i) => Bits.Random(length * Size, seed: (ulong)i + 1))], Size);
        var pass = new Pass(threads: 2);
        pass.Begin();
        SequenceBatch logits = dense.Forward(pass, x);
        double loss = pass.ConnectionistTemporalClassification(logits, texts, blank);
        double expected = 0;
        for (int i = 0; i < 3; i++)
        {
            double[][] z = [.. Enumerable.Range(0, s_lengths[i]).Select(t => Losses.FieldCase.Doubles(logits[i, t]))];
            TemporalClassificationGradients reference = TemporalClassificationEquations.Gradients(z, texts[i], blank);
            expected += reference.Loss / 3;
            for (int t = 0; t < z.Length; t++)
            {
                double[] dz = Array.ConvertAll(reference.Logits[t], value => value / 3);
                Near.AssertEqual(dz, logits.GradientOf(i, t), 1e-5, $"dz of {i} at {t}");
            }
        }

        Assert.Equal(expected, loss, 1e-5);
        pass.Backward();
        pass.Begin(PassKind.Prediction);
        Assert.Equal(loss, pass.ConnectionistTemporalClassification(dense.Forward(pass, x), texts, blank));
        Assert.Throws<ArgumentException>(() =>
            pass.ConnectionistTemporalClassification(dense.Forward(pass, x), [[1], [1, 1, 1], []], blank));
        Assert.Equal(6, Loss.FramesNeeded([1, 2, 3, 3, 4]));
    }

    private static (CtcHead Head, BatchLayout Batch, Matrix States) Made()
    {
        var head = new CtcHead(Size, Classes);
        head.Initialise(seed: 5);
        var batch = new BatchLayout();
        batch.Fill(s_lengths);
        Matrix h = Bits.RandomMatrix(batch.Rows, Size, seed: 2);
        Elementwise.Scale(h.Span, 2f);
        return (head, batch, h);
    }

    private static void AssertDifferences(Span<float> values, float[] gradient, Func<double> loss)
    {
        for (int i = 0; i < values.Length; i++)
        {
            float at = values[i];
            values[i] = (float)(at + Step);
            double above = loss();
            values[i] = (float)(at - Step);
            Assert.Equal((above - loss()) / (2 * Step), gradient[i], Tolerance);
            values[i] = at;
        }
    }
}
