using System.Text;

namespace Recurant.Data;

/// <summary>Word vectors learnt elsewhere, such as GloVe's, word2vec's or fastText's. May be used by several threads at
/// once.</summary>
public sealed class WordVectors
{
    private const int MostRowsPerBlock = 1024, NumbersPerBlock = 1 << 20;

    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private readonly List<float[]> _blocks = []; // a table that grows without being copied

    private readonly int _rowsPerBlock;

    internal WordVectors(int dimension)
    {
        Dimension = dimension;
        _rowsPerBlock = Math.Clamp(NumbersPerBlock / dimension, 1, MostRowsPerBlock);
    }

    /// <summary>The length of each vector.</summary>
    public int Dimension { get; }

    /// <summary>The number of words kept.</summary>
    public int Count => _rows.Count;

    /// <summary>What is worth telling the user about the file, such as lines that were passed over.</summary>
    public IReadOnlyList<string> Warnings { get; internal set; } = [];

    /// <summary>
    /// Reads a file of word vectors, one word after another; only the words kept stay in memory. What kind of file it is
    /// is told from its content: text with a word and its numbers on each line (GloVe), the same below a line that gives
    /// the count and the dimension (word2vec and fastText), or word2vec's binary form; each may be gzip-compressed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="keep">The words wanted, compared exactly; null keeps all. If a word occurs twice the first counts.</param>
    /// <param name="encoding">What words that are not valid UTF-8 are written in. Default: null, these are passed over.</param>
    /// <exception cref="InvalidDataException">
    /// The file is empty or cut short, a line has too few or too many numbers, or a number cannot be read or is not finite;
    /// the message names the line and column or the offset.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <remarks>
    /// Blanks and tabs, any number of them, stand between the numbers. A word may hold blanks, as a few of GloVe's do: the
    /// numbers are taken from the right. Lines without a word are passed over, and so are words that are not valid UTF-8; a
    /// header that is a few words off is not believed. <see cref="Warnings"/> tells of all three.
    /// </remarks>
    public static WordVectors Read(string path, ISet<string>? keep = null, Encoding? encoding = null) =>
        Read(InputFile.Open(path), path, keep, encoding);

    /// <summary>The same from a stream, which is disposed.</summary>
    /// <param name="stream">The bytes, plain or gzip.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="keep">The words wanted; null keeps all.</param>
    /// <param name="encoding">What words that are not valid UTF-8 are written in. Default: null, these are passed over.</param>
    /// <exception cref="InvalidDataException">As for a file.</exception>
    public static WordVectors Read(Stream stream, string name, ISet<string>? keep = null, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        using var bytes = new ByteReader(name, stream);
        return new WordVectorsReader(bytes, keep, encoding).Read();
    }

    /// <summary>Copies the vector of a word.</summary>
    /// <param name="word">The word, compared exactly.</param>
    /// <param name="vector">Gets the vector; its length must be <see cref="Dimension"/>.</param>
    /// <returns>False if the word has no vector; <paramref name="vector"/> is then left as it was.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="vector"/> is another.</exception>
    public bool TryGet(string word, Span<float> vector)
    {
        if (vector.Length != Dimension)
        {
            throw new ArgumentException(
                $"The vectors have {Dimension} numbers; there is room for {vector.Length}.", nameof(vector));
        }

        if (!_rows.TryGetValue(word, out int row)) return false;
        Row(row).CopyTo(vector);
        return true;
    }

    /// <summary>The words kept, in the order of the file (usually the most frequent first).</summary>
    internal IEnumerable<string> Words => _rows.Keys;

    internal bool Contains(string word) => _rows.ContainsKey(word);

    /// <summary>Makes room for the vector of a new word.</summary>
    internal Span<float> Add(string word)
    {
        int row = _rows.Count;
        _rows.Add(word, row);
        if (row % _rowsPerBlock == 0) _blocks.Add(new float[_rowsPerBlock * Dimension]);
        return Row(row);
    }

    private Span<float> Row(int row) => _blocks[row / _rowsPerBlock].AsSpan(row % _rowsPerBlock * Dimension, Dimension);
}
