using System.Text;

namespace Recurant.Inputs;

/// <summary>How one side of a translation is cut into the pieces that a network reads or says, and joined again.</summary>
internal abstract class TextPieces
{
    /// <summary>The number of pieces; the end mark, which is none of them, has the next number.</summary>
    public abstract int Count { get; }

    /// <summary>The number of the piece that stands for all unknown ones; -1 where there is none.</summary>
    public virtual int Unknown => -1;

    /// <summary>A piece as text, with U+2581 for a blank.</summary>
    public abstract string this[int piece] { get; }

    /// <summary>The pieces of a text and the end mark.</summary>
    public abstract int[] Encode(string text);

    /// <summary>
    /// Joins pieces. In place of an unknown one stands what <paramref name="copies"/> has at its place, with U+2581 for a blank.
    /// </summary>
    public abstract string Decode(ReadOnlySpan<int> pieces, IReadOnlyList<string?>? copies = null);

    /// <summary>The pieces of a text with their places, the end mark left out.</summary>
    public abstract List<TextToken> CutPlaces(string text);

    /// <summary>Each piece of a text as it is written, unknown ones too, with U+2581 for a blank.</summary>
    public abstract List<string> Cut(string text);
}

/// <summary>Subwords: nothing is unknown.</summary>
internal sealed class SubwordPieces(BytePairEncoding encoding) : TextPieces
{
    public BytePairEncoding Encoding => encoding;

    public override int Count => encoding.Count;

    public override string this[int piece] => encoding.Pieces[piece];

    public override int[] Encode(string text)
    {
        var numbers = new List<int>(text.Length / 3 + 2);
        encoding.Encode(text, numbers);
        numbers.Add(Count);
        return [.. numbers];
    }

    public override string Decode(ReadOnlySpan<int> pieces, IReadOnlyList<string?>? copies = null) => encoding.Decode(pieces);

    public override List<TextToken> CutPlaces(string text)
    {
        var tokens = new List<TextToken>();
        encoding.Cut(text, offset: 0, first: 0, tokens);
        return tokens;
    }

    public override List<string> Cut(string text) => encoding.Encode(text).ConvertAll(number => encoding.Pieces[number]);
}

/// <summary>
/// Whole words with the blank before them, numbers and marks: the segments within which subwords are looked for. Rare ones are
/// unknown.
/// </summary>
internal sealed class WordPieces(Vocabulary words) : TextPieces
{
    public Vocabulary Words => words;

    public override int Count => words.Count;

    public override int Unknown => Vocabulary.Unknown;

    public override string this[int piece] => words[piece];

    public override int[] Encode(string text)
    {
        List<string> segments = SegmentsOf(text);
        var numbers = new int[segments.Count + 1];
        for (int i = 0; i < segments.Count; i++) numbers[i] = words.IndexOf(segments[i]);
        numbers[^1] = Count;
        return numbers;
    }

    public override string Decode(ReadOnlySpan<int> pieces, IReadOnlyList<string?>? copies = null)
    {
        var text = new StringBuilder();
        for (int i = 0; i < pieces.Length; i++)
        {
            string word = pieces[i] == Unknown && copies?[i] is { } copy ? copy : words[pieces[i]];
            foreach (char c in i == 0 && word.StartsWith(SubwordScanner.Blank) ? word.AsSpan(1) : word)
            {
                text.Append(c switch { SubwordScanner.Blank => ' ', SubwordScanner.BlankItself => SubwordScanner.Blank, _ => c });
            }
        }

        return text.ToString();
    }

    public override List<TextToken> CutPlaces(string text)
    {
        var tokens = new List<TextToken>();
        // The blank before the text stands at 0: a place in the text is one less.
        int place = -1;
        foreach (string segment in SegmentsOf(text))
        {
            int number = words.IndexOf(segment);
            tokens.Add(new TextToken(number, words[number], Math.Max(0, place), place + segment.Length));
            place += segment.Length;
        }

        return tokens;
    }

    public override List<string> Cut(string text) => SegmentsOf(text);

    /// <summary>The segments of a text; joined they are the text with a blank before it.</summary>
    public static List<string> SegmentsOf(string text)
    {
        var buffer = new char[SubwordScanner.PreparedLength(text)];
        SubwordScanner.Prepare(text, buffer);
        var scanner = new SubwordScanner(buffer);
        List<string> segments = [];
        while (scanner.Next()) segments.Add(scanner.Segment.ToString());
        return segments;
    }
}
