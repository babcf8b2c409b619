namespace Recurant.Data;

/// <summary>Work on many texts, of which several threads do some each.</summary>
internal interface ITextWork
{
    /// <summary>Works on a few texts that follow one another.</summary>
    /// <param name="thread">The thread; two calls at the same time have different ones.</param>
    /// <param name="chunk">Which texts of the present block they are, from 0.</param>
    /// <param name="texts">The texts.</param>
    void Do(int thread, int chunk, ReadOnlySpan<string> texts);

    /// <summary>Ends a block, on the caller's thread: what its chunks gave can be put together in their order.</summary>
    void EndBlock(int chunks);
}

/// <summary>
/// Goes through texts on several threads. Texts are asked for on the caller's thread, a block of some hundred kilobytes after the
/// other, so that any list will do and little is held at once; the threads then share the block.
/// </summary>
internal static class TextBlocks
{
    private const int RowsOfChunk = 256, ChunksOfThread = 8, CharactersOfChunk = 1 << 16;

    /// <summary>The most chunks of a block.</summary>
    public static int MostChunks(int threads) => threads * ChunksOfThread;

    /// <summary>Does work on all texts, as one phase.</summary>
    /// <param name="progress">Is told of the phase.</param>
    /// <param name="phase">Its name.</param>
    /// <param name="count">The number of texts.</param>
    /// <param name="textAt">A text.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="work">The work.</param>
    /// <param name="mostThreads">The most of the threads to use.</param>
    public static void Run(
        PhaseWork progress, string phase, int count, Func<int, string> textAt, Workers workers, ITextWork work,
        int mostThreads = int.MaxValue)
    {
        int threads = Math.Min(workers.Count, mostThreads);
        var texts = new List<string>();
        var starts = new List<int>();
        progress.Tell(phase, 0, count);
        for (int row = 0; row < count;)
        {
            texts.Clear();
            starts.Clear();
            while (row < count && starts.Count < MostChunks(threads))
            {
                starts.Add(texts.Count);
                for (int rows = 0, characters = 0; row < count && rows < RowsOfChunk && characters < CharactersOfChunk; rows++)
                {
                    string text = textAt(row++);
                    texts.Add(text);
                    characters += text.Length;
                }
            }

            starts.Add(texts.Count);
            var block = new Block(work, [.. texts], [.. starts], threads);
            workers.Run(ref block);
            work.EndBlock(starts.Count - 1);
            if (row < count) progress.Tell(phase, row, count);
        }

        progress.Tell(phase, count, count);
    }

    private readonly struct Block(ITextWork work, string[] texts, int[] starts, int threads) : IParallelWork
    {
        private readonly int[] _next = [0];

        public void Execute(int part, int parts)
        {
            if (part >= threads) return;
            for (int chunk; (chunk = Interlocked.Increment(ref _next[0]) - 1) < starts.Length - 1;)
            {
                work.Do(part, chunk, texts.AsSpan(starts[chunk]..starts[chunk + 1]));
            }
        }
    }
}
