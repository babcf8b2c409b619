namespace Recurant.Losses;

/// <summary>
/// Which tags may follow which where tags mark spans: <c>O</c> outside, <c>B-x</c> the first word of a span of kind x,
/// <c>I-x</c> one inside; in the five-letter scheme also <c>E-x</c> the last one and <c>S-x</c> the only one (IOBES; <c>L-x</c>
/// and <c>U-x</c> in BILOU mean the same).
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
            closes |= letters[i] is 'E' or 'S';
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
