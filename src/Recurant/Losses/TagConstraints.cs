namespace Recurant.Losses;

/// <summary>
/// Which tags may follow which where tags mark spans: <c>O</c> outside, <c>B-x</c> the first word of a span of kind x,
/// <c>I-x</c> one inside; in the five-letter scheme also <c>E-x</c> the last one and <c>S-x</c> the only one (IOBES; <c>L-x</c>
/// and <c>U-x</c> in BILOU mean the same). Whether tags follow these rules is seen in the training sentences: in IOB1 a span
/// begins with <c>I-x</c>, and with <c>B-x</c> only where it touches another of its kind.
/// </summary>
internal sealed class TagConstraints
{
    private readonly char[] _letters;
    private readonly string[] _kinds;
    private readonly bool _closes;

    private TagConstraints(char[] letters, string[] kinds, bool closes)
    {
        (_letters, _kinds, _closes) = (letters, kinds, closes);
    }

    /// <summary>
    /// The constraints of these tags; null if they do not mark spans: some tag is neither <c>O</c> nor a letter of the scheme
    /// with a kind, or there is no <c>B-</c> at all (in the older IOB1 scheme <c>I-x</c> may begin a span).
    /// </summary>
    public static TagConstraints? Of(IReadOnlyList<string> tags)
    {
        var letters = new char[tags.Count];
        var kinds = new string[tags.Count];
        bool begins = false, closes = false;
        for (int i = 0; i < tags.Count; i++)
        {
            if (!TryParse(tags[i], out letters[i], out kinds[i])) return null;
            begins |= letters[i] == 'B';
            // S alone says nothing about the ends of longer spans.
            closes |= letters[i] == 'E';
        }

        return begins ? new TagConstraints(letters, kinds, closes) : null;
    }

    /// <summary>Splits a tag into its letter (B, I, E, S or O; L is read as E and U as S) and its kind.</summary>
    /// <returns>False if it is no tag of a span.</returns>
    public static bool TryParse(string tag, out char letter, out string kind)
    {
        kind = "";
        letter = 'O';
        if (tag == "O") return true;
        if (tag.Length < 3 || tag[1] != '-') return false;
        letter = tag[0] switch { 'L' => 'E', 'U' => 'S', char other => other };
        kind = tag[2..];
        return letter is 'B' or 'I' or 'E' or 'S';
    }

    /// <summary>Counts how often sentences break the rules.</summary>
    /// <param name="tags">The tags that these are the constraints of.</param>
    /// <param name="sentences">The tags of each sentence.</param>
    public TagRuleCount Count(IReadOnlyList<string> tags, IEnumerable<IReadOnlyList<string>> sentences)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < tags.Count; i++) numbers[tags[i]] = i;
        (int begins, int broken, bool onlyTouching) = (0, 0, true);
        foreach (IReadOnlyList<string> sentence in sentences)
        {
            for (int t = 0; t < sentence.Count; t++)
            {
                int tag = numbers[sentence[t]], before = t == 0 ? -1 : numbers[sentence[t - 1]];
                bool isAllowed = before < 0 ? MayStart(tag) : MayFollow(before, tag);
                if (t + 1 == sentence.Count) isAllowed &= MayEnd(tag);
                if (!isAllowed) broken++;
                if (_letters[tag] is 'B' or 'S' || (!isAllowed && _letters[tag] != 'O')) begins++;
                if (_letters[tag] != 'B') continue;
                onlyTouching &= before >= 0 && _letters[before] is 'B' or 'I' && _kinds[before] == _kinds[tag];
            }
        }

        return new TagRuleCount(begins, broken, broken > 0 && onlyTouching);
    }

    public bool MayStart(int tag) => _letters[tag] is 'O' or 'B' or 'S';

    public bool MayEnd(int tag) => !_closes || _letters[tag] is 'O' or 'E' or 'S';

    public bool MayFollow(int before, int tag)
    {
        bool inside = _letters[tag] is 'I' or 'E';
        if (_letters[before] is 'B' or 'I')
        {
            // A span is open: it goes on, and in the five-letter scheme it must.
            return inside ? _kinds[before] == _kinds[tag] : !_closes;
        }

        return !inside;
    }
}

/// <summary>How well sentences obey <see cref="TagConstraints"/>.</summary>
/// <param name="Spans">The spans that begin in them.</param>
/// <param name="Broken">The steps that break a rule.</param>
/// <param name="IsIob1">Whether rules are broken, and every <c>B-x</c> touches a span of its kind.</param>
internal readonly record struct TagRuleCount(int Spans, int Broken, bool IsIob1)
{
    /// <summary>Of so many spans one may be tagged against the rules by mistake.</summary>
    private const int SpansOfAMistake = 20;

    /// <summary>Whether answers are to obey the rules.</summary>
    public bool Hold => !IsIob1 && (long)Broken * SpansOfAMistake <= Spans;
}
