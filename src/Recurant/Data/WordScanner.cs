using System.Globalization;

namespace Recurant.Data;

/// <summary>Finds the tokens of a text that <see cref="TextCleaner"/> has prepared, from left to right.</summary>
internal readonly ref struct WordScanner
{
    private const int LongestRun = 3;
    private const int LongestStarRun = 5;
    private const int LongestMailName = 64; // RFC 5321; the bounds also keep the time linear
    private const int MostInitials = 8;

    private readonly ReadOnlySpan<char> _text;
    private readonly bool _hasAt;

    internal WordScanner(ReadOnlySpan<char> text)
    {
        _text = text;
        _hasAt = text.Contains('@');
    }

    internal void Scan<TSink>(ref TSink sink)
        where TSink : struct, ITokenSink
    {
        int i = 0;
        while (i < _text.Length)
        {
            int plain = PlainWordEnd(i);
            if (plain > i)
            {
                i = Emit(i, plain, ref sink);
                continue;
            }

            CharacterKind kind = CharacterKinds.At(_text, i, out int size);
            switch (kind)
            {
                case CharacterKind.Blank:
                    i += size;
                    break;
                case CharacterKind.Letter or CharacterKind.Digit:
                    i = Word(i, ref sink);
                    break;
                case CharacterKind.UnspacedLetter:
                    i = One(i, i + size, ref sink);
                    break;
                default:
                    i = Mark(i, ref sink);
                    break;
            }
        }
    }

    /// <summary>
    /// The end of a word of ASCII letters that no other rule could lengthen, cut or take for something else, which most words
    /// are; the start if it is none: a shorter way to what <see cref="Word"/> gives.
    /// </summary>
    private int PlainWordEnd(int start)
    {
        // x is the eyes of some faces.
        if (!char.IsAsciiLetter(_text[start]) || _text[start] is 'x' or 'X') return start;
        int end = start + 1;
        while (end < _text.Length && char.IsAsciiLetter(_text[end])) end++;
        if (end == _text.Length) return end;
        return _text[end] switch
        {
            ' ' => end,
            ',' or ';' or '!' or '?' => end,
            // A point may belong to initials or to an address.
            '.' => end - start > 1 && !_hasAt && _text[start] is not ('w' or 'W') ? end : start,
            _ => start,
        };
    }

    /// <summary>A token that begins with a letter or digit; returns the place behind it.</summary>
    private int Word<TSink>(int start, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        int address = AddressEnd(start);
        if (address > start) return Emit(start, address, ref sink);
        int face = Emoticons.Length(_text, start);
        if (face > 0)
        {
            Emit(start, start + face, ref sink);
            return Emoticons.SkipRepeats(_text, start + face);
        }

        int initials = InitialsEnd(start);
        if (initials > start) return Emit(start, initials, ref sink);
        int end = WordEnd(start);
        end = TakeApostrophes(start, end, out int stem);
        if (stem > start) Emit(start, stem, ref sink);
        if (end > stem) Emit(stem, end, ref sink);
        // A hyphen that joins two words is dropped.
        return end + 1 < _text.Length && _text[end] == '-' && IsWordAt(end + 1) ? end + 1 : end;
    }

    /// <summary>The end of a run of letters, digits, the marks inside numbers and underscores between letters.</summary>
    private int WordEnd(int start)
    {
        int i = start;
        bool digit = false;
        while (i < _text.Length)
        {
            CharacterKind kind = CharacterKinds.At(_text, i, out int size);
            if (kind is CharacterKind.Letter or CharacterKind.Digit)
            {
                digit = kind == CharacterKind.Digit;
                i += size;
            }
            else if (i > start && i + 1 < _text.Length
                && ((digit && _text[i] is '.' or ',' or '/' or ':' && IsDigitAt(i + 1)) || (_text[i] == '_' && IsWordAt(i + 1))))
            {
                i++;
            }
            else
            {
                break;
            }
        }

        return i;
    }

    /// <summary>
    /// Extends a word over its apostrophes. The text from start to <paramref name="stem"/> is one token, the rest up to the
    /// place returned another: the contraction.
    /// </summary>
    private int TakeApostrophes(int start, int end, out int stem)
    {
        while (end + 1 < _text.Length && _text[end] == '\'' && IsWordAt(end + 1))
        {
            int tail = WordEnd(end + 1);
            ReadOnlySpan<char> suffix = _text[(end + 1)..tail];
            if (suffix is "t" or "T" && _text[end - 1] is 'n' or 'N')
            {
                stem = end - 1; // do n't
                return tail;
            }

            if (IsContraction(suffix))
            {
                stem = end; // it 's
                return tail;
            }

            end = tail; // o'clock: the apostrophe belongs to the word
        }

        stem = end;
        return end;
    }

    /// <summary>A token that begins with neither letter nor digit; returns the place behind it.</summary>
    private int Mark<TSink>(int start, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        int face = Emoticons.Length(_text, start);
        if (face > 0)
        {
            Emit(start, start + face, ref sink);
            return Emoticons.SkipRepeats(_text, start + face);
        }

        char c = _text[start];
        bool wordFollows = start + 1 < _text.Length && IsWordAt(start + 1);
        switch (c)
        {
            case '\'' when wordFollows:
                int tail = WordEnd(start + 1);
                return Emit(start, IsContraction(_text[(start + 1)..tail]) ? tail : start + 1, ref sink);
            case '\'' or '`' when start + 1 < _text.Length && _text[start + 1] == c:
                sink.Add("\"", start, start + 2);
                return start + 2;
            case '.' when IsDigitAt(start + 1) && (start == 0 || !char.IsLetterOrDigit(_text[start - 1])):
                return Emit(start, WordEnd(start + 1), ref sink);
            case '@' or '#' when wordFollows && !IsDigitAt(start + 1):
                return Emit(start, WordEnd(start + 1), ref sink);
            case '<':
                int closing = MarkerEnd(start);
                return Emit(start, closing > start ? closing : start + 1, ref sink);
            case '\u2026':
                sink.Add("...", start, start + 1);
                return start + 1;
            case '.' or '!' or '?' or '*' or '-' or '=' or '_' or '~' or '+' or '$' or '#':
                return Run(start, ref sink);
            default:
                return One(start, start, ref sink);
        }
    }

    /// <summary>A run of one punctuation mark.</summary>
    private int Run<TSink>(int start, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        char c = _text[start];
        int end = start + 1;
        while (end < _text.Length && _text[end] == c) end++;
        if (c is '!' or '?' && end < _text.Length && _text[end] is '!' or '?')
        {
            while (end < _text.Length && _text[end] is '!' or '?') end++;
            sink.Add("?!", start, end);
            return end;
        }

        if (c == '.' && end - start > 1)
        {
            sink.Add("...", start, end);
            return end;
        }

        Emit(start, Math.Min(end, start + (c == '*' ? LongestStarRun : LongestRun)), ref sink);
        return end;
    }

    /// <summary>One text element: a mark, symbol or emoji with all that combines with it.</summary>
    private int One<TSink>(int start, int atLeast, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        int end = start + StringInfo.GetNextTextElementLength(_text[start..]);
        return Emit(start, Math.Max(end, atLeast), ref sink);
    }

    private int Emit<TSink>(int start, int end, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        sink.Add(_text[start..end], start, end);
        return end;
    }

    /// <summary>The end of a web or mail address that begins here; the start if there is none.</summary>
    private int AddressEnd(int start)
    {
        ReadOnlySpan<char> rest = _text[start..];
        const StringComparison anyCase = StringComparison.OrdinalIgnoreCase;
        int head = rest.StartsWith("http://", anyCase) ? 7
            : rest.StartsWith("https://", anyCase) ? 8
            : rest.StartsWith("ftp://", anyCase) ? 6
            : rest.StartsWith("www.", anyCase) ? 4
            : 0;
        if (head == 0 || !IsWordAt(start + head)) return _hasAt ? MailEnd(start) : start;
        int end = start + head;
        while (end < _text.Length && _text[end] is not ('<' or '>' or '"' or '|') && !char.IsWhiteSpace(_text[end]))
        {
            end++;
        }

        while (_text[end - 1] is '.' or ',' or ';' or ':' or '!' or '?' or ')' or ']' or '\'')
        {
            end--; // the sentence's, not the address's
        }

        return end;
    }

    private int MailEnd(int start)
    {
        int at = start;
        int limit = Math.Min(_text.Length, start + LongestMailName + 1);
        while (at < limit && (char.IsAsciiLetterOrDigit(_text[at]) || _text[at] is '.' or '_' or '%' or '+' or '-'))
        {
            at++;
        }

        if (at >= limit || _text[at] != '@') return start;
        int end = at + 1;
        int dot = 0;
        while (end < _text.Length
            && (char.IsAsciiLetterOrDigit(_text[end]) || (_text[end] is '.' or '-' && end > at + 1 && IsWordAt(end + 1))))
        {
            dot = _text[end] == '.' ? end : dot;
            end++;
        }

        return dot > 0 ? end : start;
    }

    /// <summary>The end of initials such as <c>u.s.</c>: single letters, each with a point behind it, at least two.</summary>
    private int InitialsEnd(int start)
    {
        int i = start;
        while (i + 1 < _text.Length && i - start < 2 * MostInitials && char.IsLetter(_text[i]) && _text[i + 1] == '.')
        {
            i += 2;
        }

        bool whole = i - start >= 4 && (i == _text.Length || (!IsWordAt(i) && _text[i] != '.'));
        return whole ? i : start;
    }

    /// <summary>The end of a mark in angle brackets such as <c>&lt;unk&gt;</c>; the start if there is none.</summary>
    private int MarkerEnd(int start)
    {
        int i = start + 1;
        while (i < _text.Length && i - start <= 12 && char.IsAsciiLetter(_text[i])) i++;
        return i > start + 1 && i < _text.Length && _text[i] == '>' ? i + 1 : start;
    }

    private static bool IsContraction(ReadOnlySpan<char> suffix) =>
        suffix.Length switch
        {
            1 => suffix[0] is 's' or 'S' or 'm' or 'M' or 'd' or 'D',
            2 => suffix is "ll" or "LL" or "re" or "RE" or "ve" or "VE",
            _ => false,
        };

    private bool IsDigitAt(int i) => i < _text.Length && CharacterKinds.At(_text, i, out _) == CharacterKind.Digit;

    private bool IsWordAt(int i) =>
        i < _text.Length && CharacterKinds.At(_text, i, out _) is CharacterKind.Letter or CharacterKind.Digit;
}
