namespace Recurant.Formats;

/// <summary>Gives equal pieces of text the same string.</summary>
internal sealed class StringPool
{
    private readonly HashSet<string> strings = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup;

    internal StringPool()
    {
        lookup = strings.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal string Get(ReadOnlySpan<char> text)
    {
        if (!lookup.TryGetValue(text, out string? known))
        {
            known = text.ToString();
            strings.Add(known);
        }

        return known;
    }
}
