using System.Globalization;
using System.Text;

namespace Recurant.Data;

/// <summary>Finds labels that are one label in two spellings: 1 and 1.0, Yes and yes, composed and decomposed letters.</summary>
internal static class LabelSpelling
{
    /// <summary>Stands for an accented letter where only one of two labels is decomposed.</summary>
    private const char Accented = '\u0001';

    private const char FirstLead = '\u1100', LastLead = '\u1112', FirstVowel = '\u1161', LastVowel = '\u1175';
    private const char NoTrail = '\u11A7', LastTrail = '\u11C2', FirstSyllable = '\uAC00', LastSyllable = '\uD7A3';
    private const int Vowels = 21, Trails = 28;

    // Greek and Cyrillic letters that have a mark of their own; those of the Latin blocks are told by their range.
    private const string Composed = "\u0386\u0388\u0389\u038A\u038C\u038E\u038F\u0390\u03AA\u03AB\u03AC\u03AD\u03AE\u03AF\u03B0"
        + "\u03CA\u03CB\u03CC\u03CD\u03CE\u0400\u0401\u0403\u0407\u040C\u040D\u040E\u0419\u0439\u0450\u0451\u0453\u0457"
        + "\u045C\u045D\u045E";

    /// <summary>The groups of labels that are spelt alike, in the order of their first labels.</summary>
    internal static IReadOnlyList<IReadOnlyList<string>> Alike(IReadOnlyList<string> labels)
    {
        var groups = new List<IReadOnlyList<string>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var decomposed = labels.Where(IsDecomposed).ToHashSet(StringComparer.Ordinal);
        foreach (bool loosely in decomposed.Count > 0 ? new[] { false, true } : [false])
        {
            foreach (IGrouping<string, string> group in labels.GroupBy(label => Key(label, loosely), StringComparer.Ordinal))
            {
                // Where accents are not told apart, a group means something only if one of it is decomposed.
                if (group.Count() > 1 && group.Any(seen.Add) && (!loosely || group.Any(decomposed.Contains)))
                {
                    groups.Add([.. group]);
                    seen.UnionWith(group);
                }
            }
        }

        return groups;
    }

    /// <summary>Whether letters and their marks are characters of their own, as file names of macOS have them.</summary>
    internal static bool IsDecomposed(string label) => label.Any(c => IsMark(c) || c is >= FirstVowel and <= LastTrail);

    private static string Key(string label, bool loosely)
    {
        if (double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            return (number + 0.0).ToString("R", CultureInfo.InvariantCulture);
        }

        var key = new StringBuilder(label.Length);
        bool gap = false;
        foreach (char raw in label)
        {
            char c = raw is >= '\uFF01' and <= '\uFF5E' ? (char)(raw - 0xFEE0) : raw; // full width
            UnicodeCategory category = char.GetUnicodeCategory(c);
            if (category is UnicodeCategory.Format or UnicodeCategory.Control && !char.IsWhiteSpace(c)) continue;
            if (char.IsWhiteSpace(c) || c == '_' || category == UnicodeCategory.DashPunctuation)
            {
                gap = key.Length > 0;
                continue;
            }

            if (gap)
            {
                key.Append(' ');
                gap = false;
            }

            if (!Join(key, c, loosely)) key.Append(loosely && IsAccented(c) ? Accented : char.ToLowerInvariant(c));
        }

        // A label of signs alone is told by its signs.
        return key.Length > 0 ? key.ToString() : label;
    }

    /// <summary>Joins a mark or a part of a Hangul syllable to the character before it; false if it is neither.</summary>
    private static bool Join(StringBuilder key, char c, bool loosely)
    {
        if (key.Length == 0) return false;
        char before = key[^1];
        if (c is >= FirstVowel and <= LastVowel && before is >= FirstLead and <= LastLead)
        {
            key[^1] = (char)(FirstSyllable + ((((before - FirstLead) * Vowels) + (c - FirstVowel)) * Trails));
            return true;
        }

        if (c is > NoTrail and <= LastTrail && before is >= FirstSyllable and <= LastSyllable)
        {
            key[^1] = (char)(before + (c - NoTrail));
            return true;
        }

        if (c is '\u3099' or '\u309A')
        {
            key[^1] = (char)(before + (c - '\u3098')); // the voiced kana stand behind the plain ones
            return true;
        }

        if (!loosely || !IsMark(c)) return false;
        key[^1] = Accented;
        return true;
    }

    private static bool IsMark(char c) => c is (>= '\u0300' and <= '\u036F') or '\u3099' or '\u309A';

    private static bool IsAccented(char c) =>
        c is (>= '\u00C0' and <= '\u024F') or (>= '\u1E00' and <= '\u1FFF') || Composed.Contains(c);
}
