namespace Recurant.Data;

/// <summary>
/// Cuts a text into the segments in which subwords are looked for. Nothing is lost: the segments joined are the text again,
/// a blank before a segment being its first character, written as <see cref="Blank"/>.
/// </summary>
/// <remarks>
/// A segment is a run of letters with their marks, of letters of a script without blanks, of digits, or of one other character;
/// at most <see cref="LongestSegment"/> code units of it. A placeholder such as {0} is one segment, and so is an apostrophe
/// with the one or two letters that end a word. A text that is not empty begins as if a blank stood before it, so that its
/// first word has the same pieces as elsewhere.
/// </remarks>
internal ref struct SubwordScanner
{
    /// <summary>Stands for a blank (U+0020).</summary>
    internal const char Blank = '\u2581';

    /// <summary>Stands for the character U+2581 itself: a lone surrogate, of which the cleaned text has no other.</summary>
    internal const char BlankItself = '\uDFFF';

    /// <summary>Longer runs are cut, so that the work for a segment is bounded.</summary>
    internal const int LongestSegment = 64;

    private const int LongestPlaceholder = 20;

    private readonly ReadOnlySpan<char> _text;
    private int _end;
    private bool _afterLetters;

    /// <summary>Begins with a text that <see cref="Prepare"/> wrote.</summary>
    internal SubwordScanner(ReadOnlySpan<char> prepared)
    {
        _text = prepared;
        Segment = default;
    }

    /// <summary>The segment found last.</summary>
    internal ReadOnlySpan<char> Segment { get; private set; }

    /// <summary>The size of the buffer that a text needs.</summary>
    internal static int PreparedLength(string text) => text.Length == 0 ? 0 : text.Length + 1;

    /// <summary>Writes a text as the scanner wants it: with a mark for each blank, and no lone surrogate but ours.</summary>
    internal static void Prepare(string text, Span<char> prepared)
    {
        if (text.Length == 0) return;
        prepared[0] = Blank;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool high = char.IsHighSurrogate(c);
            if (high && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                prepared[i + 1] = c;
                prepared[i + 2] = text[++i];
            }
            else
            {
                prepared[i + 1] = c switch
                {
                    ' ' => Blank,
                    Blank => BlankItself,
                    _ => high || char.IsLowSurrogate(c) ? '\uFFFD' : c,
                };
            }
        }
    }

    /// <summary>Goes to the next segment; false at the end.</summary>
    internal bool Next()
    {
        int start = _end;
        if (start >= _text.Length) return false;
        int i = start;
        if (_text[i] == Blank && (++i == _text.Length || _text[i] == Blank))
        {
            _afterLetters = false; // one of several blanks, or the last
        }
        else
        {
            CharacterKind kind = KindAt(i, out int size);
            int special = kind != CharacterKind.Other ? 0 : _text[i] == '{' ? Placeholder(i)
                : _text[i] is '\'' or '\u2019' && i == start && _afterLetters ? WordEnd(i) : 0;
            i = special > 0 ? i + special : Run(start, i + size, kind, _text.Slice(i, size));
            _afterLetters = kind == CharacterKind.Letter;
        }

        Segment = _text[start..i];
        _end = i;
        return true;
    }

    /// <summary>Where the run that has begun ends.</summary>
    private readonly int Run(int start, int i, CharacterKind kind, ReadOnlySpan<char> first)
    {
        bool same = kind is CharacterKind.Other or CharacterKind.Blank; // a run of one and the same character
        while (i < _text.Length && _text[i] != Blank)
        {
            CharacterKind next = KindAt(i, out int size);
            if (next != kind || (same && !_text.Slice(i, size).SequenceEqual(first)) || i + size - start > LongestSegment)
            {
                break;
            }

            i += size;
        }

        return i;
    }

    private readonly CharacterKind KindAt(int i, out int size)
    {
        if (_text[i] == BlankItself)
        {
            size = 1;
            return CharacterKind.Other;
        }

        return CharacterKinds.At(_text, i, out size);
    }

    /// <summary>The length of a placeholder such as {0}, {name} or {1:N2}; 0 if there is none.</summary>
    private readonly int Placeholder(int start)
    {
        int most = Math.Min(_text.Length, start + LongestPlaceholder);
        for (int i = start + 1; i < most; i++)
        {
            char c = _text[i];
            if (c == '}') return i > start + 1 ? i + 1 - start : 0;
            if (!char.IsAsciiLetterOrDigit(c) && c is not (':' or '.' or ',' or '-' or '_')) break;
        }

        return 0;
    }

    /// <summary>The length of an apostrophe and the one or two letters that end the word; 0 if there are not.</summary>
    private readonly int WordEnd(int start)
    {
        int i = start + 1;
        while (i < _text.Length && i <= start + 3 && _text[i] != Blank && KindAt(i, out int size) == CharacterKind.Letter)
        {
            i += size;
        }

        return i - start is 2 or 3 ? i - start : 0;
    }
}
