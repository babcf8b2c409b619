namespace Recurant.Formats;

/// <summary>Gives equal pieces of text the same string.</summary>
internal sealed class StringPool
{
    private readonly HashSet<string> _strings = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    internal StringPool()
    {
        _lookup = _strings.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal string Get(ReadOnlySpan<char> text)
    {
        if (!_lookup.TryGetValue(text, out string? known))
        {
            known = text.ToString();
            _strings.Add(known);
        }

        return known;
    }
}
