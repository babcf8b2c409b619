using System.Text;

namespace Recurant.Inputs;

/// <summary>What a word looks like, which its vector in small letters does not tell.</summary>
internal enum WordShape
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>Small letters.</summary>
    Small,

    /// <summary>A capital, then small letters: "Paris".</summary>
    Capitalised,

    /// <summary>Capitals alone, two at least: "NATO".</summary>
    Capitals,

    /// <summary>One capital letter: "I".</summary>
    Capital,

    /// <summary>Letters with a capital inside: "iPhone".</summary>
    Mixed,

    /// <summary>Digits, with marks between them perhaps: "3.5".</summary>
    Number,

    /// <summary>Letters and digits: "A380".</summary>
    LettersAndDigits,

    /// <summary>Letters and marks: "well-known".</summary>
    LettersAndMarks,

    /// <summary>Marks alone.</summary>
    Marks,

    /// <summary>Begins with @: a name.</summary>
    Name,

    /// <summary>Begins with #: a topic.</summary>
    Topic,

    /// <summary>A web or mail address.</summary>
    Address,
}

/// <summary>Tells the shape of words.</summary>
internal static class WordShapes
{
    /// <summary>The number of shapes.</summary>
    public const int Count = (int)WordShape.Address + 1;

    public static WordShape Of(string word)
    {
        int letters = 0, capitals = 0, digits = 0, others = 0;
        bool begins = false;
        foreach (Rune rune in word.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
            {
                if (letters == 0 && others + digits == 0) begins = Rune.IsUpper(rune);
                letters++;
                if (Rune.IsUpper(rune)) capitals++;
            }
            else if (Rune.IsDigit(rune))
            {
                digits++;
            }
            else
            {
                others++;
            }
        }

        if (word.Length > 1 && word[0] == '@') return WordShape.Name;
        if (word.Length > 1 && word[0] == '#') return WordShape.Topic;
        if (letters > 0 && others > 0 && IsAddress(word)) return WordShape.Address;
        if (letters == 0) return digits > 0 ? WordShape.Number : others > 0 ? WordShape.Marks : WordShape.Other;
        if (digits > 0) return WordShape.LettersAndDigits;
        if (capitals == letters) return letters == 1 ? WordShape.Capital : WordShape.Capitals;
        if (others > 0) return begins ? WordShape.Capitalised : WordShape.LettersAndMarks;
        if (capitals == 0) return WordShape.Small;
        return capitals == 1 && begins ? WordShape.Capitalised : WordShape.Mixed;
    }

    private static bool IsAddress(string word) =>
        word.Contains("://", StringComparison.Ordinal)
        || word.StartsWith("www.", StringComparison.OrdinalIgnoreCase)
        || (word.IndexOf('@') is var at && at > 0 && word.IndexOf('.', at) > at + 1);
}
