namespace Recurant.Data;

/// <summary>Faces and hearts made of punctuation, which say more about a review than most words.</summary>
internal static class Emoticons
{
    /// <summary>The length of the emoticon at a place: eyes, perhaps a nose, one mouth. 0 if there is none.</summary>
    internal static int Length(ReadOnlySpan<char> text, int start)
    {
        char eyes = text[start];
        if (eyes is '<' or '^' or '-') return Fixed(text[start..]);
        if (eyes is not (':' or ';' or '=' or '8' or 'x' or 'X')) return 0;
        bool afterWord = start > 0 && char.IsLetterOrDigit(text[start - 1]);
        bool wordEyes = eyes is '8' or 'x' or 'X';
        int i = start + 1;
        bool nose = i < text.Length && text[i] is '-' or '\'' or '^';
        i += nose ? 1 : 0;
        if (i >= text.Length) return 0;
        bool fits = text[i] switch
        {
            // A bracket needs no blank before it ("good:)"), but with eyes such as 8 it needs a nose: "(8)" is a number.
            ')' or '(' or ']' or '[' or '}' or '{' => wordEyes ? nose && !afterWord : eyes != '=' || !afterWord,
            '|' or '*' or '@' or '/' or '\\' or '>' =>
                !wordEyes && !afterWord && !IsWord(text, i + 1) && !IsSlash(text, i + 1),
            'd' or 'D' => !afterWord && eyes != '8' && !IsWord(text, SkipRepeats(text, i + 1)),
            'p' or 'P' or 'o' or 'O' or 's' or 'S' or '3' or '0' => !afterWord && !wordEyes && !IsWord(text, i + 1),
            _ => false,
        };
        return fits ? i + 1 - start : 0;
    }

    /// <summary>The place behind further copies of the last mouth: ":)))" counts as ":)".</summary>
    internal static int SkipRepeats(ReadOnlySpan<char> text, int end)
    {
        int i = end;
        while (i < text.Length && text[i] == text[end - 1] && text[i] is ')' or '(' or 'd' or 'D') i++;
        return i;
    }

    private static int Fixed(ReadOnlySpan<char> text)
    {
        foreach (string face in (ReadOnlySpan<string>)["<3", "</3", "^_^", "^^", "-_-"])
        {
            if (text.StartsWith(face) && !IsWord(text, face.Length)) return face.Length;
        }

        return 0;
    }

    private static bool IsWord(ReadOnlySpan<char> text, int i) => i < text.Length && char.IsLetterOrDigit(text[i]);

    private static bool IsSlash(ReadOnlySpan<char> text, int i) => i < text.Length && text[i] is '/' or '\\';
}
