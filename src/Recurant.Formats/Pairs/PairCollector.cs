using System.Globalization;

namespace Recurant.Formats;

/// <summary>Gathers pairs; those with an empty side are left out and counted.</summary>
internal sealed class PairCollector(string name, Func<IEnumerable<string>> notes)
{
    private readonly PairList _pairs = new();
    private int _skipped;
    private int _firstSkipped;
    private string _firstSide = "";

    internal void Add(ReadOnlySpan<char> source, ReadOnlySpan<char> target, int line)
    {
        bool noSource = source.IsWhiteSpace();
        if (!noSource && !target.IsWhiteSpace())
        {
            _pairs.Add(source, target, line);
        }
        else if (_skipped++ == 0)
        {
            _firstSkipped = line;
            _firstSide = noSource && target.IsWhiteSpace() ? "both sides" : noSource ? "the source" : "the target";
        }
    }

    /// <summary>The data set.</summary>
    /// <exception cref="InvalidDataException">There are no pairs, or more are left out than are kept.</exception>
    internal PairDataset ToDataset()
    {
        if (_skipped > _pairs.Count)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, line {_firstSkipped}: {_firstSide} of the pair {(_firstSide[0] == 'b' ? "are" : "is")} empty, and "
                + $"{_skipped} "
                + $"of {_pairs.Count + _skipped} pairs have an empty side. Check that these are the right columns or files."));
        }

        if (_pairs.Count == 0)
        {
            throw new InvalidDataException($"{name}: there are no pairs; a source and a target text a line are expected.");
        }

        return new PairDataset(name, _pairs)
        {
            Warnings = _skipped == 0 ? [.. notes()] :
            [
                .. notes(),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {_skipped} {(_skipped == 1 ? "pair is" : "pairs are")} left out: a side is empty "
                    + $"(first: {_firstSide} on line {_firstSkipped})."),
            ],
        };
    }
}
