using System.Runtime.InteropServices;

namespace Recurant.Data;

/// <summary>The different segments of texts, each with how often it comes: what subwords are learnt from.</summary>
internal sealed class SegmentCounts
{
    private readonly Dictionary<string, long> _segments = new(StringComparer.Ordinal);

    internal SegmentCounts(IEnumerable<string> texts)
    {
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> lookup =
            _segments.GetAlternateLookup<ReadOnlySpan<char>>();
        char[] buffer = [];
        foreach (string text in texts)
        {
            int length = SubwordScanner.PreparedLength(text);
            if (buffer.Length < length) buffer = new char[2 * length];
            SubwordScanner.Prepare(text, buffer);
            var scanner = new SubwordScanner(buffer.AsSpan(0, length));
            while (scanner.Next()) CollectionsMarshal.GetValueRefOrAddDefault(lookup, scanner.Segment, out _)++;
        }
    }

    /// <summary>The size of a character of a prepared text, in which every high surrogate has its low one.</summary>
    internal static int ScalarSize(ReadOnlySpan<char> text, int index) => char.IsHighSurrogate(text[index]) ? 2 : 1;

    /// <summary>The characters that come often enough, in ordinal order.</summary>
    internal List<string> Characters(int minimumCount)
    {
        var counts = new Dictionary<int, long>();
        foreach ((string segment, long count) in _segments)
        {
            for (int i = 0; i < segment.Length; i += ScalarSize(segment, i))
            {
                if (segment[i] is not (SubwordScanner.Blank or SubwordScanner.BlankItself))
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, char.ConvertToUtf32(segment, i), out _) += count;
                }
            }
        }

        var characters = new List<string>();
        foreach ((int scalar, long count) in counts)
        {
            if (count >= minimumCount) characters.Add(char.ConvertFromUtf32(scalar));
        }

        characters.Sort(StringComparer.Ordinal);
        return characters;
    }

    /// <summary>Gives a learner all segments; an unknown character divides, since nothing is joined with its bytes.</summary>
    internal void AddTo(BytePairLearner learner, Dictionary<string, int> numbers)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup =
            numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        var parts = new List<int>();
        foreach ((string segment, long count) in _segments)
        {
            for (int i = 0; i < segment.Length;)
            {
                int size = ScalarSize(segment, i);
                if (lookup.TryGetValue(segment.AsSpan(i, size), out int piece))
                {
                    parts.Add(piece);
                }
                else
                {
                    AddPart(learner, parts, count);
                }

                i += size;
            }

            AddPart(learner, parts, count);
        }
    }

    private static void AddPart(BytePairLearner learner, List<int> parts, long count)
    {
        if (parts.Count > 1) learner.Add([.. parts], count);
        parts.Clear();
    }
}
