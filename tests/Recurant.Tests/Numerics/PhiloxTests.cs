namespace Recurant.Tests.Numerics;

public class PhiloxTests
{
    // With 255 degrees of freedom chi-square lies in this range with probability 0.998; the seeds are fixed.
    private const int Bins = 256;
    private const double LeastChiSquare = 190, MostChiSquare = 330;

    /// <summary>The known answers that the authors of Philox publish with their code (Random123, kat_vectors).</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(
        uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue,
        0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void TenRounds_KnownCounterAndKey_GiveThePublishedWords(
        uint a, uint b, uint c, uint d, uint key0, uint key1, uint a10, uint b10, uint c10, uint d10)
    {
        Philox.TenRounds(key0, key1, ref a, ref b, ref c, ref d);
        Assert.Equal([a10, b10, c10, d10], new[] { a, b, c, d });
    }

    [Fact]
    public void Block_SeedPurposeStepAndPart_StandInKeyAndCounter()
    {
        const ulong Seed = 0x0123456789abcdef, Step = 0xfedcba9876543210;
        new Philox(Seed, RandomPurpose.Shuffling, Step, part: 77).Block(5, out uint a, out uint b, out uint c, out uint d);
        uint x = 5, y = 77, z = 0x76543210, w = 0xfedcba98;
        Philox.TenRounds(0x89abcdef, 0x01234567 ^ unchecked(2 * 0x9E3779B9u), ref x, ref y, ref z, ref w);
        Assert.Equal([x, y, z, w], new[] { a, b, c, d });
    }

    [Fact]
    public void Bits_AnyIndex_IsItsWordOfItsBlock()
    {
        var stream = new Philox(9, RandomPurpose.Splitting);
        for (uint index = 0; index < 40; index += 4)
        {
            stream.Block(index / 4, out uint a, out uint b, out uint c, out uint d);
            uint[] words = [stream.Bits(index), stream.Bits(index + 1), stream.Bits(index + 2), stream.Bits(index + 3)];
            Assert.Equal([a, b, c, d], words);
        }
    }

    [Fact]
    public void Streams_OtherSeedPurposeStepOrPart_AreDifferent()
    {
        Philox[] streams =
        [
            new(1, RandomPurpose.Initialisation), new(2, RandomPurpose.Initialisation),
            new(1ul << 32, RandomPurpose.Initialisation),
            new(1, RandomPurpose.Shuffling), new(1, RandomPurpose.Initialisation, step: 1),
            new(1, RandomPurpose.Initialisation, step: 1ul << 32), new(1, RandomPurpose.Initialisation, part: 1),
        ];
        HashSet<ulong> seen = [];
        foreach (Philox stream in streams)
        {
            for (uint i = 0; i < 1000; i += 2) Assert.True(seen.Add((ulong)stream.Bits(i) << 32 | stream.Bits(i + 1)));
        }
    }

    [Fact]
    public void Uniform_ManyNumbers_AreEven()
    {
        var stream = new Philox(3, RandomPurpose.Initialisation);
        int[] high = new int[Bins], low = new int[Bins], below = new int[Bins];
        const int Count = 1 << 18;
        double sum = 0;
        for (uint i = 0; i < Count; i++)
        {
            float value = stream.Uniform(i);
            Assert.InRange(value, 0f, 1f - 1f / (1 << 24));
            sum += value;
            high[(int)(value * Bins)]++;
            low[stream.Bits(i) & (Bins - 1)]++;
            below[stream.Below(i, Bins)]++;
        }

        Assert.Equal(0.5, sum / Count, 4 * Math.Sqrt(1.0 / 12 / Count));
        foreach (int[] counts in new[] { high, low, below })
        {
            double expected = (double)Count / Bins;
            double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
            Assert.InRange(chiSquare, LeastChiSquare, MostChiSquare);
        }
    }

    [Fact]
    public void Below_SmallLimits_ReachEveryNumberAndNoOther()
    {
        var stream = new Philox(4, RandomPurpose.Shuffling);
        for (int limit = 1; limit <= 10; limit++)
        {
            HashSet<int> seen = [];
            for (uint i = 0; i < 300; i++) seen.Add(stream.Below(i, limit));
            Assert.Equal(Enumerable.Range(0, limit), seen.Order());
        }
    }

    [Fact]
    public void FillUniform_EveryLength_ElementIsTheNumberOfItsIndex()
    {
        var stream = new Philox(5, RandomPurpose.Initialisation);
        for (int length = 0; length < 20; length++)
        {
            float[] values = new float[length + 1];
            values[length] = Bits.Sentinel;
            stream.FillUniform(values.AsSpan(0, length), -3f, 5f);
            for (int i = 0; i < length; i++) Assert.Equal(8f * stream.Uniform((uint)i) - 3f, values[i], 1e-6f);
            Assert.Equal(Bits.Sentinel, values[length]);
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void FillDropoutMask_Rate_IsTheShareOfZeros(float rate)
    {
        const int Count = 100_000;
        float[] mask = new float[Count];
        new Philox(6, RandomPurpose.LayerDropout).FillDropoutMask(mask, rate);
        float kept = 1f / (1f - rate);
        Assert.All(mask, value => Assert.True(value == 0 || value == kept));
        // Four standard deviations.
        double deviation = Math.Sqrt(rate * (1 - rate) / Count);
        Assert.InRange(mask.Count(value => value == 0) / (double)Count, rate - 4 * deviation, rate + 4 * deviation);
    }

    [Fact]
    public void FillDropoutMask_InParts_IsTheSameMask()
    {
        var stream = new Philox(7, RandomPurpose.InputDropout);
        float[] whole = new float[23], parts = new float[23];
        stream.FillDropoutMask(whole, 0.5f, firstIndex: 8);
        stream.FillDropoutMask(parts.AsSpan(0, 12), 0.5f, firstIndex: 8);
        stream.FillDropoutMask(parts.AsSpan(12), 0.5f, firstIndex: 20);
        Assert.Equal(whole, parts);
        Assert.Contains(0f, whole);
        Assert.Contains(2f, whole);
    }

    [Fact]
    public void Shuffle_AnyLength_IsAPermutation()
    {
        for (int length = 0; length < 200; length++)
        {
            int[] items = [.. Enumerable.Range(0, length)];
            new Philox(8, RandomPurpose.Shuffling, (ulong)length).Shuffle(items);
            Assert.Equal(Enumerable.Range(0, length), items.Order());
            if (length > 5) Assert.NotEqual(Enumerable.Range(0, length), items);
        }
    }

    [Fact]
    public void Shuffle_ManyTimes_PutsEveryItemInEveryPlaceAlike()
    {
        const int Length = 16, Times = 16_000;
        int[] counts = new int[Length * Length];
        for (ulong step = 0; step < Times; step++)
        {
            int[] items = [.. Enumerable.Range(0, Length)];
            new Philox(8, RandomPurpose.Shuffling, step).Shuffle(items);
            for (int i = 0; i < Length; i++) counts[i * Length + items[i]]++;
        }

        // 15 * 15 degrees of freedom: between 165 and 295 with probability 0.998.
        double expected = (double)Times / Length;
        Assert.InRange(counts.Sum(count => (count - expected) * (count - expected) / expected), 165, 295);
    }
}
