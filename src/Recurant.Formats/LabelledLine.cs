using Recurant.Data;

namespace Recurant.Formats;

/// <summary>The two parts of a line that begins with its label.</summary>
internal readonly ref struct LabelledLine(ReadOnlySpan<char> label, ReadOnlySpan<char> text)
{
    internal const string FastTextPrefix = "__label__";

    internal ReadOnlySpan<char> Label { get; } = label;

    internal ReadOnlySpan<char> Text { get; } = text;

    /// <summary>fastText's form: <c>__label__x text</c>.</summary>
    /// <exception cref="InvalidDataException">The line has no label or several.</exception>
    internal static LabelledLine FastText(TextFile file, ReadOnlySpan<char> line)
    {
        int start = line.Length - line.TrimStart().Length;
        if (!line[start..].StartsWith(FastTextPrefix))
        {
            throw file.Error(start + 1, $"expected {FastTextPrefix} and the label at the start of the line.");
        }

        int labelStart = start + FastTextPrefix.Length;
        int labelLength = line[labelStart..].IndexOfAny(' ', '\t');
        int labelEnd = labelLength < 0 ? line.Length : labelStart + labelLength;
        if (labelEnd == labelStart)
        {
            throw file.Error(labelStart + 1, $"the label is empty: expected its name right after {FastTextPrefix}.");
        }

        int second = line[labelEnd..].IndexOf(FastTextPrefix);
        if (second >= 0 && line[labelEnd + second - 1] is ' ' or '\t')
        {
            throw file.Error(
                labelEnd + second + 1, "a second label: a text with several labels is not supported. Keep one label a line.");
        }

        return new LabelledLine(line[labelStart..labelEnd], line[labelEnd..].Trim());
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
