namespace Recurant.Feeds;

/// <summary>A text as one row of tokens.</summary>
/// <param name="Read">The tokens as they are read.</param>
/// <param name="Predicted">
/// The same tokens as they are predicted; other numbers only where the output knows fewer tokens than are read.
/// </param>
/// <param name="Characters">The number of characters that the tokens stand for, where scores ask for it.</param>
internal readonly record struct TextPart(IReadOnlyList<int> Read, IReadOnlyList<int> Predicted, long Characters)
{
    public int Length => Read.Count;

    /// <summary>The same from its end to its beginning.</summary>
    public TextPart Reversed() => new([.. Read.Reverse()], [.. Predicted.Reverse()], Characters);
}

/// <summary>
/// One long text, cut into B parts that are read side by side, window after window. Every epoch begins elsewhere, by less than a
/// window, so that the windows do not always end at the same places.
/// </summary>
internal sealed class StreamFeed : Feed
{
    private readonly TextPart _text;
    private readonly int _batch, _window, _partLength;
    private readonly ulong _seed;
    private int _offset;

    /// <param name="text">The text.</param>
    /// <param name="batch">B.</param>
    /// <param name="window">T, the steps of a window.</param>
    /// <param name="seed">The key of the places where epochs begin.</param>
    public StreamFeed(TextPart text, int batch, int window, ulong seed)
    {
        (_text, _batch, _window, _seed) = (text, batch, window, seed);
        _partLength = Math.Max(1, (text.Length - 1 - Choices) / batch);
    }

    public override int StepsInEpoch => (_partLength + _window - 1) / _window;

    /// <summary>How many places an epoch may begin at.</summary>
    private int Choices => Math.Min(_window, (_text.Length - 1) / 10);

    public override void BeginEpoch(int epoch) =>
        _offset = Choices < 2 ? 0 : new Philox(_seed, RandomPurpose.Shuffling, (ulong)epoch).Below(0, Choices);

    /// <summary>The steps of a window of the epoch, from 0.</summary>
    public int StepsOf(int index) => Math.Min(_window, _partLength - index * _window);

    /// <summary>Where in the text a row of a window stands, time-major: row / B steps after the window's beginning.</summary>
    public int PlaceOf(int index, int row) => _offset + row % _batch * _partLength + index * _window + row / _batch;

    /// <summary>Lays out the tokens of a window, and those that follow each of them.</summary>
    public void Fill(int index, BatchLayout window, Span<int> targets)
    {
        Span<int> read = window.Tokens;
        for (int row = 0; row < read.Length; row++)
        {
            int place = PlaceOf(index, row);
            read[row] = _text.Read[place];
            targets[row] = _text.Predicted[place + 1];
        }
    }

    /// <summary>The token that a row of a window reads.</summary>
    public int TokenAt(int index, int row) => _text.Read[PlaceOf(index, row)];
}
