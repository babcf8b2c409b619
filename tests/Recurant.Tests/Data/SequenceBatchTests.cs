using CsCheck;
using Recurant.Data;
using Xunit;

namespace Recurant.Tests.Data;

public class SequenceBatchTests
{
    private static readonly Gen<int[]> s_lengths = Gen.Int[1, 12].Array[1, 20];

    [Fact]
    public void Fill_RandomLengths_LongestFirstAndEqualOnesInTheirOrder() => s_lengths.Sample(lengths =>
    {
        SequenceBatch batch = new();
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
        SequenceBatch batch = new();
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

    /// <summary>The same batch object is filled several times, as a training loop does.</summary>
    [Fact]
    public void Fill_RandomSequencesIntoOneBatch_EveryTokenStandsInItsRow() => s_lengths.Array[1, 4].Sample(fills =>
    {
        SequenceBatch batch = new();
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
        ArgumentException error = Assert.Throws<ArgumentException>(() => new SequenceBatch().Fill([3, 0, 2]));
        Assert.Contains("Sequence 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fill_NoSequences_IsEmpty()
    {
        SequenceBatch batch = new();
        batch.Fill([4, 2]);
        batch.Fill([]);
        Assert.Equal((0, 0, 0), (batch.Sequences, batch.Steps, batch.Rows));
    }
}
