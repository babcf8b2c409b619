using System.Globalization;

namespace Recurant.Formats;

/// <summary>
/// Numbers the categories of a column as they come; or takes the numbers that are given, and counts what has none.
/// </summary>
internal sealed class CategoryPool
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _names = [];
    private readonly bool _given;

    internal CategoryPool(IReadOnlyList<string>? given = null)
    {
        _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        _given = given is not null;
        foreach (string name in given ?? [])
        {
            _numbers.TryAdd(name, _names.Count);
            _names.Add(name);
        }
    }

    /// <summary>Whether a file with other categories is refused.</summary>
    internal bool IsClosed { get; init; }

    internal IReadOnlyList<string> Names => _names;

    internal int Count => _names.Count;

    /// <summary>The categories that have no number, and how often each came.</summary>
    internal Dictionary<string, int> Unknown { get; } = [];

    /// <summary>The number of a category; -1 if it can have none.</summary>
    internal int Add(ReadOnlySpan<char> name)
    {
        if (_lookup.TryGetValue(name, out int number)) return number;
        string text = name.ToString();
        if (_given)
        {
            Unknown[text] = Unknown.GetValueOrDefault(text) + 1;
            return -1;
        }

        _numbers.Add(text, _names.Count);
        _names.Add(text);
        return _names.Count - 1;
    }

    /// <summary>The names in their order, numbers by size and words by their letters, and the new place of each.</summary>
    internal (string[] Names, int[] Places) Sorted()
    {
        if (_given) return ([.. _names], [.. Enumerable.Range(0, _names.Count)]);
        var numbers = new double[_names.Count];
        bool numeric = true;
        for (int i = 0; i < numbers.Length && numeric; i++)
        {
            numeric = double.TryParse(_names[i], CultureInfo.InvariantCulture, out numbers[i]);
        }

        int[] order = numeric
            ? [.. Enumerable.Range(0, numbers.Length).OrderBy(i => numbers[i]).ThenBy(i => _names[i], StringComparer.Ordinal)]
            : [.. Enumerable.Range(0, numbers.Length).OrderBy(i => _names[i], StringComparer.Ordinal)];
        var places = new int[order.Length];
        for (int i = 0; i < order.Length; i++) places[order[i]] = i;
        return ([.. order.Select(i => _names[i])], places);
    }
}
