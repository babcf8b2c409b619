namespace Recurant.Heads;

/// <summary>Some neighbouring words that tags mark as one thing, such as a person's name.</summary>
/// <param name="Start">The first word, counted from 0.</param>
/// <param name="End">One after the last word.</param>
/// <param name="Kind">What it is: the part of the tag behind the letter and the hyphen.</param>
public readonly record struct TagSpan(int Start, int End, string Kind)
{
    /// <summary>
    /// The spans that a sentence's tags mark, in the schemes IOB1, IOB2, IOBES and BILOU alike, read as the scorer of the
    /// CoNLL tasks reads them: an inner tag that nothing of its kind stands before begins a span.
    /// </summary>
    /// <param name="tags">The tags; one that is not of these schemes counts as <c>O</c>.</param>
    public static IReadOnlyList<TagSpan> Read(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var spans = new List<TagSpan>();
        int start = -1;
        string open = "";
        for (int t = 0; t <= tags.Count; t++)
        {
            char letter = 'O';
            string kind = "";
            if (t < tags.Count && !TagConstraints.TryParse(tags[t], out letter, out kind)) letter = 'O';
            bool continues = start >= 0 && letter is 'I' or 'E' && kind == open;
            if (start >= 0 && !continues)
            {
                spans.Add(new TagSpan(start, t, open));
                start = -1;
            }

            if (start < 0 && letter != 'O') (start, open) = (t, kind);
            if (start >= 0 && letter is 'E' or 'S')
            {
                spans.Add(new TagSpan(start, t + 1, open));
                start = -1;
            }
        }

        return spans;
    }

    /// <summary>
    /// What is to be told of the way sentences mark spans: that they break the rules of their tags' scheme, how often, and what
    /// follows for a tagger that learns from them; null where there is nothing to tell.
    /// </summary>
    /// <param name="data">The training sentences.</param>
    public static string? SchemeNote(TaggedDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (RulesOf(data) is not { Broken: > 0 } rules) return null;
        string share = $"{data.Name}: {rules.Broken:N0} tags for {rules.Spans:N0} spans break the rules of their scheme "
            + "(for example I- that no B- of its kind precedes)";
        return rules.IsIob1 ? $"{share}, and every B- follows a span of its kind: read as IOB1, where I- may begin a span."
            : rules.Hold ? $"{share}; so few are taken for mistakes, and the tagger's answers keep the rules."
            : $"{share}; so the tagger's answers need not keep the rules either.";
    }

    /// <summary>How well sentences obey the rules of their tags; null for tags that have none.</summary>
    internal static TagRuleCount? RulesOf(TaggedDataset data) =>
        TagConstraints.Of(data.Tags)?.Count(data.Tags, data.Sentences.Select(sentence => sentence.Tags));

    /// <summary>Whether tags mark spans: each is <c>O</c> or a letter of the schemes with a kind, and there is a kind.</summary>
    /// <param name="tags">The distinct tags.</param>
    public static bool AreMarkedBy(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        bool any = false;
        foreach (string tag in tags)
        {
            if (!TagConstraints.TryParse(tag, out char letter, out _)) return false;
            any |= letter != 'O';
        }

        return any;
    }
}
