namespace Recurant.Formats;

/// <summary>The two parts of a line that begins with its label.</summary>
internal readonly ref struct LabelledLine(ReadOnlySpan<char> label, ReadOnlySpan<char> text)
{
    internal const string FastTextPrefix = "__label__";

    internal ReadOnlySpan<char> Label { get; } = label;

    internal ReadOnlySpan<char> Text { get; } = text;

    /// <summary>
    /// fastText's form: <c>__label__x text</c>, or with the label behind or inside the text, since fastText takes it anywhere.
    /// </summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="line">The line.</param>
    /// <param name="delimiter">What ends the label besides a blank or a tab; null for nothing else.</param>
    /// <exception cref="InvalidDataException">The line has no label or several.</exception>
    internal static LabelledLine FastText(TextFile file, ReadOnlySpan<char> line, char? delimiter = null)
    {
        int start = FindFastText(line, 0);
        if (start < 0)
        {
            throw file.Error(
                line.Length - line.TrimStart().Length + 1,
                $"expected {FastTextPrefix} and the label at the start of the line, or anywhere in it.");
        }

        int labelStart = start + FastTextPrefix.Length;
        int labelLength = delimiter is { } also
            ? line[labelStart..].IndexOfAny(' ', '\t', also) : line[labelStart..].IndexOfAny(' ', '\t');
        int labelEnd = labelLength < 0 ? line.Length : labelStart + labelLength;
        if (labelEnd == labelStart)
        {
            throw file.Error(labelStart + 1, $"the label is empty: expected its name right after {FastTextPrefix}.");
        }

        int second = FindFastText(line, labelEnd);
        if (second >= 0)
        {
            throw file.Error(
                second + 1, "a second label: a text with several labels is not supported. Keep one label a line.");
        }

        ReadOnlySpan<char> before = line[..start].Trim();
        ReadOnlySpan<char> behind = line[Math.Min(line.Length, labelEnd + 1)..].Trim();
        return new LabelledLine(
            line[labelStart..labelEnd],
            before.IsEmpty ? behind : behind.IsEmpty ? before : string.Concat(before, " ", behind));
    }

    /// <summary>Where a word that begins as a fastText label does, from a place on; -1 if there is none.</summary>
    internal static int FindFastText(ReadOnlySpan<char> line, int from)
    {
        while (from < line.Length)
        {
            int found = line[from..].IndexOf(FastTextPrefix);
            if (found < 0) return -1;
            from += found;
            if (from == 0 || char.IsWhiteSpace(line[from - 1])) return from;
            from += FastTextPrefix.Length;
        }

        return -1;
    }

    /// <summary>
    /// Refuses labels such as "pos,the", which come of a comma where a blank was expected: those of nearly all lines hold it.
    /// </summary>
    /// <param name="data">The texts with their labels.</param>
    internal static void CheckFastTextLabels(TextDataset data)
    {
        const double NearlyAll = 0.9;
        foreach (char sign in ",;|")
        {
            if (data.Examples.Count(example => example.Label.Contains(sign)) >= NearlyAll * data.Count)
            {
                TextExample first = data.Examples.First(example => example.Label.Contains(sign));
                string name = Delimiters.Name(sign);
                throw TextFile.Error(
                    data.Name, first.Line, 0,
                    $"the label reads \"{first.Label}\": fastText ends a label at a blank, and here there is a {name}. Put a "
                    + $"blank behind the label, or say that a {name} ends it: --delimiter {name} (Delimiter).");
            }
        }
    }

    /// <summary>The form of the TREC question files: <c>COARSE:fine text</c>.</summary>
    /// <exception cref="InvalidDataException">The line has another form.</exception>
    internal static LabelledLine Trec(TextFile file, ReadOnlySpan<char> line, bool fine)
    {
        if (!IsTrec(line))
        {
            throw file.Error(1, "expected COARSE:fine, a blank and the question, such as \"NUM:dist How far is it?\".");
        }

        int blank = line.IndexOf(' ');
        return new LabelledLine(line[..(fine ? blank : line.IndexOf(':'))], line[(blank + 1)..]);
    }

    internal static bool IsTrec(ReadOnlySpan<char> line)
    {
        int colon = line.IndexOf(':');
        int blank = line.IndexOf(' ');
        return colon > 0 && blank > colon + 1 && !line[..colon].ContainsAnyExceptInRange('A', 'Z')
            && !line[(colon + 1)..blank].ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    }
}
