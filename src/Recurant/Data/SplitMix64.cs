namespace Recurant.Data;

/// <summary>
/// A random number that is a function of a seed and a counter, so that no order of calls can change it.
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with the constants
/// that Vigna published as splitmix64. For a given seed it maps different counters to different numbers.
/// </summary>
internal static class SplitMix64
{
    internal static ulong Hash(ulong seed, int counter)
    {
        ulong z = seed + (0x9E3779B97F4A7C15UL * ((ulong)(uint)counter + 1));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
