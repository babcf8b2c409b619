using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Recurant.Data;

/// <summary>
/// Cuts texts into subwords and joins them again without loss: frequent words are one piece, rare ones several, and a
/// character that was not learnt is its UTF-8 bytes, so that no text has unknown pieces. May be used by several threads.
/// </summary>
/// <remarks>
/// <para>A text is cut into segments first: runs of letters, of digits, or of one other character, with the blank before them.
/// Within a segment the pair of neighbouring pieces that was learnt first is joined, until none is left. So "street." and
/// "street" share the piece of the word. A run longer than 64 code units is several segments, which bounds the work.</para>
/// <para>In a piece U+2581 stands for a blank. The first piece of a text begins with one, which <see cref="Decode"/> drops.
/// A lone surrogate is read as U+FFFD; all other strings come back as they were.</para>
/// <para>Source: Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword units", ACL 2016. The bytes
/// for unknown characters follow Kudo and Richardson's SentencePiece, EMNLP 2018; leaving out merges at random is Provilkov,
/// Emelianenko and Voita, "BPE-dropout", ACL 2020.</para>
/// </remarks>
public sealed class BytePairEncoding
{
    /// <summary>The number of pieces that stand for a byte each; they come first.</summary>
    public const int ByteCount = 256;

    private const int CacheSize = 1 << 14;

    private readonly List<string> _pieces;
    private readonly Dictionary<int, int> _characterPieces = []; // Unicode scalar value -> number
    private readonly Dictionary<ulong, (int Rank, int Piece)> _joins = [];
    private readonly string[] _characters;
    private readonly string[] _merges;

    /// <summary>
    /// Segments cut lately. Threads may overwrite each other's entries; each is complete and compared before use.
    /// </summary>
    private readonly Entry?[] _cache = new Entry?[CacheSize];

    /// <summary>Makes an encoding of what was saved with a model.</summary>
    /// <param name="characters">The characters known, each a Unicode scalar value; the mark of a blank need not be there.</param>
    /// <param name="merges">The pairs to join in the order of learning, each its two pieces with a blank between.</param>
    /// <exception cref="ArgumentException">A character stands twice or is none, or a merge has a piece that is not known by
    /// then.</exception>
    public BytePairEncoding(IReadOnlyList<string> characters, IReadOnlyList<string> merges)
    {
        ArgumentNullException.ThrowIfNull(characters);
        ArgumentNullException.ThrowIfNull(merges);
        (_pieces, Dictionary<string, int> numbers) = Begin(characters);
        _characters = [.. characters];
        _merges = [.. merges];
        for (int i = ByteCount; i < _pieces.Count; i++) _characterPieces.Add(Rune.GetRuneAt(_pieces[i], 0).Value, i);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            string merge = merges[rank];
            int blank = merge.IndexOf(' ', StringComparison.Ordinal);
            if (blank < 1 || !numbers.TryGetValue(merge[..blank], out int left) || left < ByteCount
                || !numbers.TryGetValue(merge[(blank + 1)..], out int right) || right < ByteCount)
            {
                throw new ArgumentException(
                    $"Merge {rank}, \"{merge}\", must be two pieces with a blank between, each a character or a pair joined "
                    + "before.",
                    nameof(merges));
            }

            string joined = string.Concat(merge.AsSpan(0, blank), merge.AsSpan(blank + 1));
            if (!numbers.TryGetValue(joined, out int piece))
            {
                piece = _pieces.Count;
                _pieces.Add(joined);
                numbers.Add(joined, piece);
            }

            if (piece < ByteCount || !_joins.TryAdd(Pair(left, right), (rank, piece)))
            {
                throw new ArgumentException(
                    $"Merge {rank}, \"{merge}\", occurs twice or gives the name of a byte.", nameof(merges));
            }
        }
    }

    /// <summary>The characters known, in ordinal order when they were learnt.</summary>
    public IReadOnlyList<string> Characters => _characters;

    /// <summary>The pairs to join in the order of learning, each its two pieces with a blank between.</summary>
    public IReadOnlyList<string> Merges => _merges;

    /// <summary>
    /// The pieces in the order of their numbers: the 256 bytes as <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>, the mark of a
    /// blank, the characters, and what the merges make.
    /// </summary>
    public IReadOnlyList<string> Pieces => _pieces;

    /// <summary>The number of pieces.</summary>
    public int Count => _pieces.Count;

    /// <summary>
    /// Learns from texts, all of them together: give the sources and the targets of a translation to have one set of pieces for
    /// both. The order of the texts does not matter.
    /// </summary>
    /// <param name="texts">The texts to learn from.</param>
    /// <param name="merges">The most pairs to join; fewer if no pair is left that comes twice. At least 0.</param>
    /// <param name="minimumCount">Characters that come less often become bytes; at least 1. Default: 2.</param>
    public static BytePairEncoding Learn(IEnumerable<string> texts, int merges, int minimumCount = 2)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegative(merges);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        var corpus = new SegmentCounts(texts);
        List<string> characters = corpus.Characters(minimumCount);
        (List<string> pieces, Dictionary<string, int> numbers) = Begin(characters);
        var learner = new BytePairLearner(pieces, numbers);
        corpus.AddTo(learner, numbers);
        List<(int Left, int Right)> pairs = learner.Learn(merges);
        return new BytePairEncoding(characters, pairs.ConvertAll(pair => $"{pieces[pair.Left]} {pieces[pair.Right]}"));
    }

    /// <summary>Cuts a text into pieces.</summary>
    /// <param name="text">Any string.</param>
    /// <returns>The numbers of the pieces; none for an empty text.</returns>
    public List<int> Encode(string text)
    {
        var numbers = new List<int>();
        Encode(text, numbers);
        return numbers;
    }

    /// <summary>Cuts a text into pieces and adds their numbers to a list.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="numbers">Gets the numbers added at its end.</param>
    public void Encode(string text, List<int> numbers) => Encode(text, numbers, 0, 0);

    /// <summary>
    /// Cuts a text in one of many ways, as a model may see it in training: each pair that could be joined next is passed over
    /// with a probability.
    /// </summary>
    /// <param name="text">Any string.</param>
    /// <param name="numbers">Gets the numbers added at its end.</param>
    /// <param name="dropout">The probability to pass over a pair, from 0 (which is the usual way) to 1 (which gives
    /// characters).</param>
    /// <param name="seed">The same seed cuts the same way.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dropout"/> is outside its range.</exception>
    public void Encode(string text, List<int> numbers, float dropout, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(numbers);
        if (!(dropout >= 0 && dropout <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "The probability must be from 0 to 1.");
        }

        int length = SubwordScanner.PreparedLength(text);
        char[] buffer = Workspace.Rent<char>(Math.Max(1, length));
        try
        {
            SubwordScanner.Prepare(text, buffer);
            var scanner = new SubwordScanner(buffer.AsSpan(0, length));
            int draws = 0;
            while (scanner.Next())
            {
                if (dropout > 0)
                {
                    Cut(scanner.Segment, numbers, dropout, seed, ref draws);
                }
                else
                {
                    AddCached(scanner.Segment, numbers);
                }
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>Cuts a text into pieces and adds them to a list, with their places.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="offset">Where the text begins.</param>
    /// <param name="first">The number of the first piece.</param>
    /// <param name="tokens">Gets the pieces added at its end.</param>
    internal void Cut(string text, int offset, int first, List<TextToken> tokens)
    {
        List<int> numbers = Encode(text);
        var prepared = new char[SubwordScanner.PreparedLength(text)];
        SubwordScanner.Prepare(text, prepared);
        // The blank before the text stands at 0: a place in the text is one less.
        for (int i = 0, place = 0; i < numbers.Count;)
        {
            int bytes = numbers[i] < ByteCount ? BytesAt(prepared, place) : 1;
            int size = numbers[i] < ByteCount ? SegmentCounts.ScalarSize(prepared, place) : _pieces[numbers[i]].Length;
            for (int last = i + bytes; i < last; i++)
            {
                tokens.Add(new TextToken(
                    first + numbers[i], _pieces[numbers[i]], offset + Math.Max(0, place - 1), offset + place + size - 1));
            }

            place += size;
        }
    }

    /// <summary>How many bytes of UTF-8 the character that begins at a place of a prepared text has.</summary>
    private static int BytesAt(ReadOnlySpan<char> prepared, int place)
    {
        if (prepared[place] == SubwordScanner.BlankItself) return new Rune(SubwordScanner.Blank).Utf8SequenceLength;
        Rune.DecodeFromUtf16(prepared[place..], out Rune rune, out _);
        return rune.Utf8SequenceLength;
    }

    /// <summary>Joins pieces to a text. Bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="numbers">The numbers of pieces; what <see cref="Encode(string)"/> gave becomes the same text again.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is none of a piece.</exception>
    public string Decode(ReadOnlySpan<int> numbers)
    {
        var text = new StringBuilder();
        var bytes = new List<byte>();
        bool first = true;
        foreach (int number in numbers)
        {
            if ((uint)number >= (uint)_pieces.Count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(numbers), number, $"The number of a piece must be from 0 to {_pieces.Count - 1}.");
            }

            if (number < ByteCount)
            {
                bytes.Add((byte)number);
            }
            else
            {
                Flush(bytes, text);
                ReadOnlySpan<char> piece = _pieces[number];
                foreach (char c in first && piece[0] == SubwordScanner.Blank ? piece[1..] : piece)
                {
                    text.Append(c == SubwordScanner.Blank ? ' ' : c);
                }
            }

            first = false;
        }

        Flush(bytes, text);
        return text.ToString();
    }

    /// <summary>Whether a string is what a byte's piece is called.</summary>
    internal static bool IsByteName(string piece) =>
        piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && piece[5] == '>';

    private static void Flush(List<byte> bytes, StringBuilder text)
    {
        if (bytes.Count > 0)
        {
            text.Append(Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes)));
            bytes.Clear();
        }
    }

    private static (List<string> Pieces, Dictionary<string, int> Numbers) Begin(IReadOnlyList<string> characters)
    {
        var pieces = new List<string>();
        for (int i = 0; i < ByteCount; i++) pieces.Add($"<0x{i:X2}>");
        pieces.Add(SubwordScanner.Blank.ToString());
        pieces.AddRange(characters);
        var numbers = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        for (int i = 0; i < pieces.Count; i++)
        {
            string piece = pieces[i];
            bool isCharacter = i <= ByteCount
                || (piece.Length > 0 && Rune.TryGetRuneAt(piece, 0, out Rune rune) && rune.Utf16SequenceLength == piece.Length);
            if (!isCharacter || piece == " " || !numbers.TryAdd(piece, i))
            {
                throw new ArgumentException(
                    $"Character {i - ByteCount - 1}, \"{piece}\", must be a single Unicode character, not white space, and "
                    + "occur only once.",
                    nameof(characters));
            }
        }

        return (pieces, numbers);
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private void AddCached(ReadOnlySpan<char> segment, List<int> numbers)
    {
        ref Entry? entry = ref _cache[string.GetHashCode(segment) & (CacheSize - 1)];
        Entry? known = entry;
        if (known is null || !segment.SequenceEqual(known.Segment))
        {
            var cut = new List<int>();
            int draws = 0;
            Cut(segment, cut, 0, 0, ref draws);
            known = new Entry(segment.ToString(), [.. cut]);
            entry = known;
        }

        numbers.AddRange(known.Numbers);
    }

    private void Cut(ReadOnlySpan<char> segment, List<int> numbers, float dropout, ulong seed, ref int draws)
    {
        int start = numbers.Count;
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < segment.Length;)
        {
            int size = SegmentCounts.ScalarSize(segment, i);
            int scalar = size == 2 ? char.ConvertToUtf32(segment[i], segment[i + 1])
                : segment[i] == SubwordScanner.BlankItself ? -1
                : segment[i];
            if (_characterPieces.TryGetValue(scalar, out int piece))
            {
                numbers.Add(piece);
            }
            else
            {
                int length = new Rune(scalar < 0 ? SubwordScanner.Blank : scalar).EncodeToUtf8(utf8);
                foreach (byte value in utf8[..length]) numbers.Add(value);
            }

            i += size;
        }

        while (numbers.Count - start > 1)
        {
            Span<int> parts = CollectionsMarshal.AsSpan(numbers)[start..];
            int best = int.MaxValue;
            int at = -1;
            int joined = 0;
            for (int i = 0; i + 1 < parts.Length; i++)
            {
                if (_joins.TryGetValue(Pair(parts[i], parts[i + 1]), out (int Rank, int Piece) join) && join.Rank < best
                    && (dropout == 0 || (SplitMix64.Hash(seed, draws++) >> 40) >= dropout * (1 << 24)))
                {
                    (best, at, joined) = (join.Rank, i, join.Piece);
                }
            }

            if (at < 0) return;
            parts[at] = joined;
            numbers.RemoveAt(start + at + 1);
        }
    }

    private sealed record Entry(string Segment, int[] Numbers);
}
