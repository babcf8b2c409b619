using CsCheck;

namespace Recurant.Tests.Data;

public class SequenceBatchTests
{
    private static readonly Gen<int[]> s_lengths = Gen.Int[1, 12].Array[1, 20];

    [Fact]
    public void Fill_RandomLengths_LongestFirstAndEqualOnesInTheirOrder() => s_lengths.Sample(lengths =>
    {
        BatchLayout batch = new();
        batch.Fill(lengths);
        int[] order = [.. Enumerable.Range(0, lengths.Length).OrderByDescending(i => lengths[i]).ThenBy(i => i)];
        Assert.Equal(lengths.Length, batch.Sequences);
        Assert.Equal(lengths.Max(), batch.Steps);
        Assert.Equal(lengths.Sum(), batch.Rows);
        Assert.Equal(order, batch.Order.ToArray());
        Assert.Equal(order.Select(i => lengths[i]), batch.Lengths.ToArray());
    });

    [Fact]
    public void Fill_RandomLengths_EachStepHoldsTheSequencesThatReachIt() => s_lengths.Sample(lengths =>
    {
        BatchLayout batch = new();
        batch.Fill(lengths);
        int row = 0;
        for (int t = 0; t < batch.Steps; t++)
        {
            Assert.Equal(row, batch.RowStart(t));
            Assert.Equal(lengths.Count(length => length > t), batch.SequencesAt(t));
            row += batch.SequencesAt(t);
        }

        Assert.Equal(batch.Rows, batch.RowStart(batch.Steps));
    });

    [Fact]
    public void FillSegment_AnySteps_AreTheRowsOfTheWholeBatch() => s_lengths.Sample(lengths =>
    {
        BatchLayout whole = new(), segment = new();
        whole.Fill(lengths);
        for (int row = 0; row < whole.Rows; row++) whole.Tokens[row] = 10 + row;
        for (int first = 0; first < whole.Steps; first++)
        {
            for (int end = first + 1; end <= whole.Steps; end++)
            {
                segment.FillSegment(whole, first, end);
                Assert.Equal(first, segment.FirstStep);
                Assert.Equal(end - first, segment.Steps);
                Assert.Equal(whole.SequencesAt(first), segment.Sequences);
                Assert.Equal(whole.Order[..segment.Sequences].ToArray(), segment.Order.ToArray());
                Assert.Equal(whole.Tokens[whole.RowStart(first)..whole.RowStart(end)].ToArray(), segment.Tokens.ToArray());
                for (int t = 0; t < segment.Steps; t++)
                {
                    Assert.Equal(whole.RowStart(first + t) - whole.RowStart(first), segment.RowStart(t));
                }

                for (int b = 0; b < segment.Sequences; b++)
                {
                    Assert.Equal(Math.Min(whole.Lengths[b], end) - first, segment.Lengths[b]);
                    Assert.Equal(whole.Lengths[b], segment.WholeLength(b));
                    Assert.Equal(whole.Lengths[b] <= end, segment.Ends(b));
                }
            }
        }

        // Filled as a batch of its own it is one again.
        segment.Fill([3, 1]);
        Assert.Equal(0, segment.FirstStep);
        Assert.Equal(3, segment.WholeLength(0));
    });

    /// <summary>The same batch object is filled several times, as a training loop does.</summary>
    [Fact]
    public void Fill_RandomSequencesIntoOneBatch_EveryTokenStandsInItsRow() => s_lengths.Array[1, 4].Sample(fills =>
    {
        BatchLayout batch = new();
        foreach (int[] lengths in fills)
        {
            int[][] data = [.. lengths.Select((length, i) => Enumerable.Range(100 * i, length).ToArray())];
            int[] chosen = [.. Enumerable.Range(0, data.Length).Reverse()];
            batch.Fill(data, chosen);
            List<int> seen = [];
            for (int b = 0; b < batch.Sequences; b++)
            {
                int[] sequence = data[chosen[batch.Order[b]]];
                Assert.Equal(sequence.Length, batch.Lengths[b]);
                for (int t = 0; t < sequence.Length; t++)
                {
                    Assert.Equal(sequence[t], batch.Tokens[batch.RowStart(t) + b]);
                    seen.Add(batch.RowStart(t) + b);
                }
            }

            Assert.Equal(Enumerable.Range(0, batch.Rows), seen.Order());
        }
    });

    [Fact]
    public void Fill_EmptySequence_NamesItsPlace()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new BatchLayout().Fill([3, 0, 2]));
        Assert.Contains("Sequence 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fill_NoSequences_IsEmpty()
    {
        BatchLayout batch = new();
        batch.Fill([4, 2]);
        batch.Fill([]);
        Assert.Equal((0, 0, 0), (batch.Sequences, batch.Steps, batch.Rows));
    }
}
