namespace Recurant.Formats;

/// <summary>Two files of lines: line i of the one belongs to line i of the other.</summary>
internal static class LinePairs
{
    internal static PairDataset Read(DataFile sourcePath, DataFile targetPath)
    {
        string name = $"{sourcePath} and {targetPath}";
        var pairs = new PairCollector(name, () => [.. sourcePath.Notes, .. targetPath.Notes]);
        using var source = sourcePath.OpenText();
        using var target = targetPath.OpenText();
        while (true)
        {
            bool hasSource = source.TryReadLine(out ReadOnlySpan<char> first);
            bool hasTarget = target.TryReadLine(out ReadOnlySpan<char> second);
            if (hasSource != hasTarget)
            {
                throw Unequal(hasSource ? source : target, hasSource ? target : source, hasSource ? first : second);
            }

            if (!hasSource) return pairs.ToDataset();
            pairs.Add(first, second, source.LineNumber);
        }
    }

    /// <summary>Says how many lines each file has, and where the longer goes on alone.</summary>
    private static InvalidDataException Unequal(TextFile longer, TextFile shorter, ReadOnlySpan<char> line)
    {
        int first = longer.LineNumber;
        string beyond = line.Length > 60 ? $"{line[..60]}..." : line.ToString();
        while (longer.TryReadLine(out _))
        {
            // counts
        }

        return new InvalidDataException(
            $"{longer.Path}, line {first}: the files part here. This one has {longer.LineNumber} lines and {shorter.Path} has "
            + $"{shorter.LineNumber}; line i of one must belong to line i of the other. The first line beyond is "
            + $"\"{beyond}\". Look also for a line that was split or lost further up.");
    }
}
