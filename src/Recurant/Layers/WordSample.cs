namespace Recurant.Layers;

/// <summary>How many words are drawn for a step, and from which random numbers.</summary>
internal readonly record struct SampleDraw(int Count, Philox Stream);

/// <summary>
/// Words drawn for a sampled softmax, each kept once. Words are numbered by falling frequency, and word k is drawn with about the
/// frequency that Zipf's law gives it:
/// <code>
/// p_k = ln((k + 2) / (k + 1)) / ln(V + 1),   k = 0 .. V - 1
/// q_k = 1 - (1 - p_k)^S                      the probability to be among S draws
/// </code>
/// </summary>
internal sealed class WordSample
{
    private int[] _words = [], _placeOf = [];
    private float[] _logProbabilities = [];

    /// <summary>n, the number of different words drawn.</summary>
    public int Count { get; private set; }

    /// <summary>The words, in the order of their first draw.</summary>
    public ReadOnlySpan<int> Words => _words.AsSpan(0, Count);

    /// <summary>The same, where they are handed to other threads.</summary>
    public ReadOnlyMemory<int> WordMemory => _words.AsMemory(0, Count);

    /// <summary>ln q of each of them.</summary>
    public ReadOnlySpan<float> LogProbabilities => _logProbabilities.AsSpan(0, Count);

    /// <summary>Draws words of a vocabulary of V.</summary>
    public void Draw(int vocabulary, SampleDraw draw)
    {
        // A place may be left over from another draw, or be any number: PlaceOf checks whether it holds the word.
        _placeOf = Workspace.Reserve(_placeOf, vocabulary);
        _words = Workspace.Reserve(_words, draw.Count);
        _logProbabilities = Workspace.Reserve(_logProbabilities, draw.Count);
        float range = Elementwise.Log((float)(vocabulary + 1));
        Count = 0;
        Span<float> uniform = stackalloc float[256];
        for (int first = 0; first < draw.Count; first += uniform.Length)
        {
            int count = Math.Min(uniform.Length, draw.Count - first);
            for (int i = 0; i < count; i++) uniform[i] = range * draw.Stream.Uniform((uint)(first + i));
            Elementwise.Exp(uniform[..count], uniform[..count]);
            for (int i = 0; i < count; i++) Add(Math.Clamp((int)uniform[i] - 1, 0, vocabulary - 1));
        }

        for (int i = 0; i < Count; i++) _logProbabilities[i] = LogProbability(_words[i], range, draw.Count);
    }

    /// <summary>The place of a word among those drawn; -1 if it was not.</summary>
    public int PlaceOf(int word)
    {
        int place = _placeOf[word];
        return (uint)place < (uint)Count && _words[place] == word ? place : -1;
    }

    /// <summary>ln q of any word, drawn or not.</summary>
    /// <param name="word">The word.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="draws">S.</param>
    public static float LogProbability(int word, int vocabulary, int draws) =>
        LogProbability(word, Elementwise.Log((float)(vocabulary + 1)), draws);

    private static float LogProbability(int word, float range, int draws)
    {
        // ln((k + 2) / (k + 1)) = 2 artanh(1 / (2 k + 3)), by its series: additions and products alone, so that the bits are the
        // same on every machine.
        double y = 1.0 / (2.0 * word + 3), square = y * y, sum = 0, power = y;
        for (int n = 1; n < 24; n += 2, power *= square) sum += power / n;
        double missed = 1, factor = 1 - 2 * sum / range;
        for (int left = draws; left > 0; left >>= 1, factor *= factor)
        {
            if ((left & 1) != 0) missed *= factor;
        }

        return Elementwise.Log((float)(1 - missed));
    }

    private void Add(int word)
    {
        if (PlaceOf(word) >= 0) return;
        _placeOf[word] = Count;
        _words[Count++] = word;
    }
}
