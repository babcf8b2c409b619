namespace Recurant.Tasks;

/// <summary>
/// Cuts a line into the words that taggers are trained on: at blanks, marks apart from words, English contractions apart
/// ("don't" gives "do" and "n't"). Every character that is not a blank stays, in its place. A line that is already cut so gives
/// the same words.
/// </summary>
internal static class WordSplitter
{
    private const string Openers = "([{<\"'`\u201C\u2018\u00AB\u00BF\u00A1$\u00A3\u20AC*_";
    private const string Closers = ")]}>\"'\u201D\u2019\u00BB,;:!?.\u2026%*_";

    /// <summary>Words that end with a full stop of their own.</summary>
    private static readonly string[] s_abbreviations =
    [
        "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Jr", "Sr", "vs", "etc", "Inc", "Ltd", "Co", "Corp", "No", "Jan", "Feb", "Mar",
        "Apr", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec",
    ];

    private static readonly string[] s_endings = ["n't", "'s", "'re", "'ve", "'ll", "'d", "'m"];

    /// <summary>The words of a line, in order; none for a blank line.</summary>
    public static List<string> Split(string line)
    {
        var words = new List<string>();
        foreach (Range range in Blanks(line)) SplitPiece(line.AsSpan()[range], words);
        return words;
    }

    /// <summary>The words of a line that is already cut: what stands between blanks.</summary>
    public static List<string> AtBlanks(string line)
    {
        var words = new List<string>();
        foreach (Range range in Blanks(line)) words.Add(line[range]);
        return words;
    }

    private static List<Range> Blanks(string line)
    {
        var ranges = new List<Range>();
        int start = -1;
        for (int i = 0; i <= line.Length; i++)
        {
            bool blank = i == line.Length || char.IsWhiteSpace(line[i]);
            if (blank && start >= 0) ranges.Add(start..i);
            if (blank) start = -1; else if (start < 0) start = i;
        }

        return ranges;
    }

    private static void SplitPiece(ReadOnlySpan<char> piece, List<string> words)
    {
        // Marks alone stay together: an ellipsis, a dash, an emoticon.
        if (!HasLetterOrDigit(piece))
        {
            words.Add(piece.ToString());
            return;
        }

        while (piece.Length > 1 && Openers.Contains(piece[0]) && !IsEnding(piece))
        {
            words.Add(piece[..1].ToString());
            piece = piece[1..];
        }

        var behind = new List<string>();
        while (TrailingMarks(piece) is var marks && marks > 0)
        {
            behind.Add(piece[^marks..].ToString());
            piece = piece[..^marks];
        }

        SplitContraction(piece, words);
        for (int i = behind.Count - 1; i >= 0; i--) words.Add(behind[i]);
    }

    /// <summary>How many characters at the end are one mark: a run of the same full stop or the like, or another mark.</summary>
    private static int TrailingMarks(ReadOnlySpan<char> piece)
    {
        if (piece.Length < 2 || !Closers.Contains(piece[^1])) return 0;
        char last = piece[^1];
        int run = 1;
        while (last is '.' or '!' or '?' && run < piece.Length && piece[^(run + 1)] == last) run++;
        if (run == piece.Length) return 0;
        return last == '.' && run == 1 && IsAbbreviation(piece[..^1]) ? 0 : run;
    }

    /// <summary>"U.S", "e.g", "J", "Mr": the full stop that follows is theirs.</summary>
    private static bool IsAbbreviation(ReadOnlySpan<char> word)
    {
        if (word.Length == 1 && char.IsUpper(word[0])) return word[0] != 'I';
        if (word.Length >= 3 && word[^2] == '.' && char.IsLetter(word[^1])) return true;
        foreach (string known in s_abbreviations)
        {
            if (word.SequenceEqual(known)) return true;
        }

        return false;
    }

    /// <summary>
    /// Adds a word with its endings apart: "shouldn't've" gives "should", "n't" and "'ve". A loop, not a recursion: the input
    /// decides how many endings there are.
    /// </summary>
    private static void SplitContraction(ReadOnlySpan<char> word, List<string> words)
    {
        int first = words.Count;
        while (EndingOf(word) is var length && length > 0)
        {
            words.Add(word[^length..].ToString());
            word = word[..^length];
        }

        words.Add(word.ToString());
        words.Reverse(first, words.Count - first);
    }

    /// <summary>How many characters at the end of a word are the second half of a contraction; 0 for none.</summary>
    private static int EndingOf(ReadOnlySpan<char> word)
    {
        foreach (string ending in s_endings)
        {
            if (word.Length > ending.Length && EndsWith(word, ending)) return ending.Length;
        }

        return 0;
    }

    /// <summary>Whether a piece is itself the second half of a contraction, as in text that is already cut.</summary>
    private static bool IsEnding(ReadOnlySpan<char> piece)
    {
        foreach (string ending in s_endings)
        {
            if (piece.Length == ending.Length && EndsWith(piece, ending)) return true;
        }

        return false;
    }

    private static bool EndsWith(ReadOnlySpan<char> word, string ending)
    {
        ReadOnlySpan<char> end = word[^ending.Length..];
        for (int i = 0; i < end.Length; i++)
        {
            char letter = end[i] == '\u2019' ? '\'' : LetterCase.ToLower(end[i]);
            if (letter != ending[i]) return false;
        }

        return true;
    }

    private static bool HasLetterOrDigit(ReadOnlySpan<char> piece)
    {
        foreach (char letter in piece)
        {
            if (char.IsLetterOrDigit(letter)) return true;
        }

        return false;
    }
}
