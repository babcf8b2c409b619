namespace Recurant.Insight;

/// <summary>A part of many that stands for all.</summary>
internal static class EvenSample
{
    /// <summary>At most so many of a list, at equal distances from its beginning to its end.</summary>
    public static T[] Of<T>(IReadOnlyList<T> all, int most)
    {
        int count = Math.Min(all.Count, most);
        return [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)])];
    }
}
