using System.Globalization;

namespace Recurant.Formats;

/// <summary>Gathers pairs; those with an empty side are left out and counted.</summary>
internal sealed class PairCollector(string name, Func<IEnumerable<string>> notes)
{
    private readonly PairList pairs = new();
    private int skipped;
    private int firstSkipped;
    private string firstSide = "";

    internal void Add(ReadOnlySpan<char> source, ReadOnlySpan<char> target, int line)
    {
        bool noSource = source.IsWhiteSpace();
        if (!noSource && !target.IsWhiteSpace())
        {
            pairs.Add(source, target, line);
        }
        else if (skipped++ == 0)
        {
            firstSkipped = line;
            firstSide = noSource && target.IsWhiteSpace() ? "both sides" : noSource ? "the source" : "the target";
        }
    }

    /// <summary>The data set.</summary>
    /// <exception cref="InvalidDataException">There are no pairs, or more are left out than are kept.</exception>
    internal PairDataset ToDataset()
    {
        if (skipped > pairs.Count)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, line {firstSkipped}: {firstSide} of the pair {(firstSide[0] == 'b' ? "are" : "is")} empty, and {skipped} "
                + $"of {pairs.Count + skipped} pairs have an empty side. Check that these are the right columns or files."));
        }

        if (pairs.Count == 0)
        {
            throw new InvalidDataException($"{name}: there are no pairs; a source and a target text a line are expected.");
        }

        return new PairDataset(name, pairs)
        {
            Warnings = skipped == 0 ? [.. notes()] :
            [
                .. notes(),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {skipped} {(skipped == 1 ? "pair is" : "pairs are")} left out: a side is empty "
                    + $"(first: {firstSide} on line {firstSkipped})."),
            ],
        };
    }
}
