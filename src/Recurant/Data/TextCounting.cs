namespace Recurant.Data;

/// <summary>Counts the words of many texts, and pairs of neighbours.</summary>
internal static class TextCounting
{
    /// <summary>A rare word has a string for each thread that met it: more threads would save little time.</summary>
    private const int MostThreads = 4;

    /// <summary>Counts the words; the counts are the same with any number of threads.</summary>
    public static WordCounts Words(
        IReadOnlyList<TextExample> texts, Tokenizer tokenizer, PhaseWork progress, string phase, Workers workers)
    {
        var work = new Counting(tokenizer, Math.Min(workers.Count, MostThreads));
        TextBlocks.Run(progress, phase, texts.Count, row => texts[row].Text, workers, work, MostThreads);
        return work.Together();
    }

    /// <summary>
    /// Counts the pairs that occur as often as is asked for, exactly; of the others some are counted and the rest left out.
    /// </summary>
    /// <param name="counts">Where they are counted, beside the words.</param>
    /// <param name="texts">The texts; gone through twice, unless pairs that occur once are asked for.</param>
    /// <param name="tokenizer">Cuts them.</param>
    /// <param name="minimumCount">How often a pair must occur.</param>
    /// <param name="progress">Is told of the phase.</param>
    public static void AddPairs(
        WordCounts counts, IReadOnlyList<TextExample> texts, Tokenizer tokenizer, int minimumCount, PhaseWork progress)
    {
        const string Phase = "counting pairs of words";
        var pairs = new WordPairs();
        if (minimumCount == 1)
        {
            foreach (TextExample example in progress.Over(Phase, texts)) tokenizer.ForPairs(example.Text, pairs, counts.AddPair);
            return;
        }

        var sieve = new PairSieve(counts.Words + texts.Count);
        foreach (TextExample example in progress.Over("looking for frequent pairs of words", texts))
        {
            tokenizer.ForPairs(example.Text, pairs, sieve.Add);
        }

        long counted = 0;
        foreach (TextExample example in progress.Over(Phase, texts)) tokenizer.ForPairs(example.Text, pairs, AddFrequent);
        counts.LeftOut += sieve.Total - counted;

        void AddFrequent(ReadOnlySpan<char> pair)
        {
            if (!sieve.MayReach(pair, minimumCount)) return;
            counts.AddPair(pair);
            counted++;
        }
    }

    private sealed class Counting(Tokenizer tokenizer, int threads) : ITextWork
    {
        private readonly WordCounts[] _counts = [.. Enumerable.Range(0, threads).Select(_ => new WordCounts())];

        public void Do(int thread, int chunk, ReadOnlySpan<string> texts)
        {
            foreach (string text in texts) tokenizer.Count(text, _counts[thread]);
        }

        public void EndBlock(int chunks)
        {
        }

        public WordCounts Together()
        {
            foreach (WordCounts others in _counts.AsSpan(1)) _counts[0].Add(others);
            return _counts[0];
        }
    }
}
