namespace Recurant.Insight;

/// <summary>Things that can be named of the places of a text: for each token a number, 0 or 1 where it is yes or no.</summary>
internal static class TokenTraits
{
    private static readonly HashSet<string> s_negations = new(StringComparer.OrdinalIgnoreCase)
    {
        "not", "n't", "no", "never", "nothing", "nobody", "none", "neither", "nor", "hardly", "barely", "scarcely", "without",
        "cannot",
    };

    /// <summary>Names and values of all traits of a text.</summary>
    /// <param name="tokens">The tokens of the text.</param>
    /// <param name="areCharacters">Whether tokens are characters.</param>
    public static IEnumerable<(string Name, float[] Values)> Of(IReadOnlyList<string> tokens, bool areCharacters)
    {
        yield return ("inside quotes", Open(tokens, IsQuote, token => token is "\u201D" or "''" or "\"", toggles: true));
        yield return ("inside parentheses",
            Open(tokens, token => token is "(" or "[" or "-LRB-" or "-lrb-", token => token is ")" or "]" or "-RRB-" or "-rrb-",
                toggles: false));
        yield return ("position in the line", Since(tokens, IsLineEnd));
        yield return ("position in the sentence", Since(tokens, token => IsLineEnd(token) || IsSentenceEnd(token)));
        yield return ("position in the text", [.. tokens.Select((_, t) => MathF.Log(1 + t))]);
        yield return (
            "punctuation", Is(tokens, token => token.Length > 0 && token.All(c => char.IsPunctuation(c) || char.IsSymbol(c))));
        yield return ("a digit", Is(tokens, token => token.Any(char.IsAsciiDigit)));
        if (areCharacters)
        {
            yield return ("position in the word", Since(tokens, token => token.Length == 0 || !char.IsLetterOrDigit(token, 0)));
            yield return ("a capital", Is(tokens, IsCapital));
            yield return ("inside a word of capitals", InCapitals(tokens));
            yield return (
                "a vowel", Is(tokens, token => token.Length == 1 && "aeiouAEIOU".Contains(token[0], StringComparison.Ordinal)));
            yield break;
        }

        yield return ("after a negation, up to the next mark", AfterNegation(tokens));
        yield return ("a word with a capital", Is(tokens, IsCapital));
        yield return ("a word of capitals", Is(tokens, token => token.Length > 1 && token.All(char.IsUpper)));
    }

    private static bool IsQuote(string token) => token is "\"" or "\u201C" or "``";

    private static bool IsLineEnd(string token) => token is "\n" or "<eos>";

    private static bool IsSentenceEnd(string token) => token.Length > 0 && token[0] is '.' or '!' or '?'
        && !token.Any(char.IsLetterOrDigit);

    private static bool IsCapital(string token) => token.Length > 0 && char.IsUpper(token, 0);

    private static float[] Is(IReadOnlyList<string> tokens, Func<string, bool> holds) =>
        [.. tokens.Select(token => holds(token) ? 1f : 0f)];

    /// <summary>Tokens since the last end; of the end itself 0.</summary>
    private static float[] Since(IReadOnlyList<string> tokens, Func<string, bool> ends)
    {
        var values = new float[tokens.Count];
        int since = 0;
        for (int t = 0; t < values.Length; t++)
        {
            since = ends(tokens[t]) ? 0 : since + 1;
            values[t] = since;
        }

        return values;
    }

    /// <summary>Whether something was opened and not yet closed; a line of words ends whatever is open.</summary>
    private static float[] Open(IReadOnlyList<string> tokens, Func<string, bool> opens, Func<string, bool> closes, bool toggles)
    {
        var values = new float[tokens.Count];
        int depth = 0;
        for (int t = 0; t < values.Length; t++)
        {
            string token = tokens[t];
            if (token == "<eos>") depth = 0;
            else if (depth > 0 && closes(token)) depth--;
            else if (opens(token) && (depth == 0 || !toggles)) depth++;
            values[t] = depth > 0 ? 1f : 0f;
        }

        return values;
    }

    private static float[] AfterNegation(IReadOnlyList<string> tokens)
    {
        var values = new float[tokens.Count];
        bool after = false;
        for (int t = 0; t < values.Length; t++)
        {
            values[t] = after ? 1f : 0f;
            if (s_negations.Contains(tokens[t]))
            {
                after = true;
            }
            else if (IsLineEnd(tokens[t]) || IsSentenceEnd(tokens[t]) || tokens[t] is "," or ";" or ":" or "(" or ")")
            {
                after = false;
            }
        }

        return values;
    }

    private static float[] InCapitals(IReadOnlyList<string> tokens)
    {
        var values = new float[tokens.Count];
        for (int t = 0; t < values.Length; t++)
        {
            bool beside = (t > 0 && IsCapital(tokens[t - 1])) || (t + 1 < values.Length && IsCapital(tokens[t + 1]));
            values[t] = beside && IsCapital(tokens[t]) ? 1f : 0f;
        }

        return values;
    }
}
