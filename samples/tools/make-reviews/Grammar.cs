namespace Recurant.Samples.MakeReviews;

/// <summary>One sentence pattern, for one label or both.</summary>
internal sealed record Pattern(bool ForPositive, bool ForNegative, int Weight, string Text);

/// <summary>Patterns of one kind, and how many training reviews of each label they give together.</summary>
internal sealed record Construction(string Name, int Reviews, List<Pattern> Patterns);

/// <summary>Reads <c>grammar.txt</c>; its head explains the notation.</summary>
internal static class Grammar
{
    public static List<Construction> Read(string path)
    {
        var constructions = new List<Construction>();
        foreach (var line in File.ReadLines(path))
        {
            if (line.Length > 1 && "=+-".Contains(line[0]))
            {
                var blank = line.IndexOf(' ');
                var weight = blank > 1 ? int.Parse(line[1..blank]) : 1;
                constructions[^1].Patterns.Add(new Pattern(line[0] != '-', line[0] != '+', weight, line[(blank + 1)..]));
            }
            else if (line.StartsWith("# ", StringComparison.Ordinal)
                && int.TryParse(line.AsSpan(line.LastIndexOf(' ')), out var n))
            {
                constructions.Add(new Construction(line[2..line.LastIndexOf(' ')], n, []));
            }
        }

        return constructions;
    }
}
