namespace Recurant.Inputs;

/// <summary>Turns many texts into numbers on several threads; the numbers stand in the order of the texts.</summary>
internal sealed class TextEncoding(TextEncoder encoder, int threads) : ITextWork
{
    private readonly TextEncoder.Room[] _rooms = [.. Enumerable.Range(0, threads).Select(_ => new TextEncoder.Room())];
    private readonly TokenRows?[] _chunks = new TokenRows?[TextBlocks.MostChunks(threads)];

    /// <summary>The numbers of the texts of all blocks that are over.</summary>
    public TokenRows Rows { get; } = new();

    public void Do(int thread, int chunk, ReadOnlySpan<string> texts)
    {
        var rows = new TokenRows();
        foreach (string text in texts) rows.Add(encoder.EncodeIn(text, _rooms[thread]));
        _chunks[chunk] = rows;
    }

    public void EndBlock(int chunks)
    {
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            Rows.Add(_chunks[chunk]!);
            _chunks[chunk] = null;
        }
    }
}
