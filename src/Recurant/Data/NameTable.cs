namespace Recurant.Data;

/// <summary>Strings that come often, each kept once under a number.</summary>
internal sealed class NameTable
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public NameTable() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Count => _names.Count;

    /// <summary>The name of a number.</summary>
    public string this[int number] => _names[number];

    /// <summary>The number of a name; a new one gets the next.</summary>
    public int NumberOf(ReadOnlySpan<char> name)
    {
        if (_lookup.TryGetValue(name, out int number)) return number;
        string made = name.ToString();
        _numbers.Add(made, _names.Count);
        _names.Add(made);
        return _names.Count - 1;
    }

    public void Clear()
    {
        _names.Clear();
        _numbers.Clear();
    }
}
