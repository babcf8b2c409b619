using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>What a random number is for: different purposes never share numbers.</summary>
internal enum RandomPurpose : uint
{
    Initialisation = 1,
    Shuffling = 2,
    InputDropout = 3,
    LayerDropout = 4,
    RecurrentDropout = 5,
    WordDropout = 6,
    EmbeddingDropout = 7,
    OutputDropout = 8,
    Splitting = 9,
    Sampling = 10,
    Models = 11,
    SoftmaxWords = 12,
    Problems = 13,
    Windows = 14,
    Augmentation = 15,
}

/// <summary>
/// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011). The number at (seed, purpose, step, index) is a function of those four alone, so neither the
/// order of asking nor the number of threads can change it.
/// </summary>
internal readonly struct Philox(ulong seed, RandomPurpose purpose, ulong step = 0, uint part = 0)
{
    private readonly uint _key0 = (uint)seed;
    private readonly uint _key1 = (uint)(seed >> 32) ^ ((uint)purpose * 0x9E3779B9u);
    private readonly uint _counter1 = part;
    private readonly uint _counter2 = (uint)step;
    private readonly uint _counter3 = (uint)(step >> 32);

    /// <summary>A whole number, uniform over all 32 bits.</summary>
    public uint Bits(uint index)
    {
        Block(index >> 2, out uint a, out uint b, out uint c, out uint d);
        return (index & 3) switch { 0 => a, 1 => b, 2 => c, _ => d };
    }

    /// <summary>A float in [0, 1): the upper 24 bits.</summary>
    public float Uniform(uint index) => (Bits(index) >> 8) * (1f / (1 << 24));

    /// <summary>A whole number in [0, limit), by multiplication (Lemire); the bias is below limit / 2^32.</summary>
    public int Below(uint index, int limit) => (int)((ulong)Bits(index) * (uint)limit >> 32);

    /// <summary>Floats uniform in [low, high); element i of <paramref name="values"/> is number i of this stream.</summary>
    public void FillUniform(Span<float> values, float low, float high)
    {
        float scale = (high - low) / (1 << 24);
        for (int i = 0; i < values.Length; i += 4)
        {
            Block((uint)i >> 2, out uint a, out uint b, out uint c, out uint d);
            values[i] = MathF.FusedMultiplyAdd(a >> 8, scale, low);
            if (i + 1 < values.Length) values[i + 1] = MathF.FusedMultiplyAdd(b >> 8, scale, low);
            if (i + 2 < values.Length) values[i + 2] = MathF.FusedMultiplyAdd(c >> 8, scale, low);
            if (i + 3 < values.Length) values[i + 3] = MathF.FusedMultiplyAdd(d >> 8, scale, low);
        }
    }

    /// <summary>
    /// An inverted dropout mask: 0 with the probability <paramref name="rate"/>, else 1 / (1 - rate). Element i is made
    /// from number <paramref name="firstIndex"/> + i of this stream; firstIndex must be a multiple of four.
    /// </summary>
    public void FillDropoutMask(Span<float> mask, float rate, uint firstIndex = 0)
    {
        float kept = 1f / (1f - rate);
        uint threshold = (uint)(rate * 4294967296.0);
        for (int i = 0; i < mask.Length; i += 4)
        {
            Block((firstIndex + (uint)i) >> 2, out uint a, out uint b, out uint c, out uint d);
            mask[i] = a < threshold ? 0 : kept;
            if (i + 1 < mask.Length) mask[i + 1] = b < threshold ? 0 : kept;
            if (i + 2 < mask.Length) mask[i + 2] = c < threshold ? 0 : kept;
            if (i + 3 < mask.Length) mask[i + 3] = d < threshold ? 0 : kept;
        }
    }

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below((uint)i, i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Four words of the stream: ten rounds over the counter (index, part, step).</summary>
    internal void Block(uint index, out uint a, out uint b, out uint c, out uint d)
    {
        a = index;
        b = _counter1;
        c = _counter2;
        d = _counter3;
        TenRounds(_key0, _key1, ref a, ref b, ref c, ref d);
    }

    /// <summary>Philox4x32-10 itself: turns a counter of four words into four random words, under a key of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void TenRounds(uint key0, uint key1, ref uint a, ref uint b, ref uint c, ref uint d)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)a * 0xD2511F53u, product1 = (ulong)c * 0xCD9E8D57u;
            a = (uint)(product1 >> 32) ^ b ^ key0;
            b = (uint)product1;
            c = (uint)(product0 >> 32) ^ d ^ key1;
            d = (uint)product0;
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }
    }
}
