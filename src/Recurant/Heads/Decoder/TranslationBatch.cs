namespace Recurant.Heads;

/// <summary>Pairs of sequences side by side: each side sorted by its own lengths, and which belongs to which.</summary>
internal sealed class TranslationBatch
{
    private readonly RowStore _vectors = new();
    private int[] _sourceOf = [], _placeOf = [], _right = [], _lengths = [];

    /// <summary>The source, its words as tokens.</summary>
    public BatchLayout Source { get; } = new();

    /// <summary>The target; its tokens are the words that the decoder reads: the mark, then all words but the last.</summary>
    public BatchLayout Target { get; } = new();

    /// <summary>[source rows, I] where the source is vectors.</summary>
    public Matrix Vectors { get; private set; }

    /// <summary>The word that each target row must give: the words, then the end mark.</summary>
    public ReadOnlyMemory<int> Right => _right.AsMemory(0, Target.Rows);

    /// <summary>Which source sequence each target sequence belongs to.</summary>
    public SequencePairs Pairs => new(Source, Target, _sourceOf.AsMemory(0, Target.Sequences));

    /// <summary>Lays out pairs of words.</summary>
    /// <param name="sources">Each ends with the end mark.</param>
    /// <param name="targets">Each ends with the end mark.</param>
    /// <param name="chosen">The pairs of the batch.</param>
    /// <param name="mark">What the decoder reads first: the end mark.</param>
    public void Fill(IReadOnlyList<int[]> sources, IReadOnlyList<int[]> targets, ReadOnlySpan<int> chosen, int mark)
    {
        Source.Fill(sources, chosen);
        FillTarget(targets, chosen, mark);
    }

    /// <summary>Lays out vectors and words.</summary>
    public void Fill(
        Workers workers, IVectorSource sources, int vectorSize, IReadOnlyList<int[]> targets, int[] chosen, int count, int mark)
    {
        FillVectors(workers, sources, vectorSize, chosen, count);
        FillTarget(targets, chosen.AsSpan(0, count), mark);
    }

    /// <summary>Lays out sources of vectors alone.</summary>
    public void FillVectors(Workers workers, IVectorSource sources, int vectorSize, int[] chosen, int count)
    {
        _lengths = Workspace.Reserve(_lengths, count);
        for (int i = 0; i < count; i++) _lengths[i] = sources.Steps(chosen[i]);
        Source.Fill(_lengths.AsSpan(0, count));
        Vectors = _vectors.Reserve(Source.Rows, vectorSize).Rows(Source.Rows);
        var work = new WriteWork { Source = sources, Batch = Source, Chosen = chosen, Vectors = Vectors };
        workers.Run(ref work);
    }

    private void FillTarget(IReadOnlyList<int[]> targets, ReadOnlySpan<int> chosen, int mark)
    {
        Target.Fill(targets, chosen);
        _sourceOf = Workspace.Reserve(_sourceOf, chosen.Length);
        _placeOf = Workspace.Reserve(_placeOf, chosen.Length);
        _right = Workspace.Reserve(_right, Target.Rows);
        for (int b = 0; b < chosen.Length; b++) _placeOf[Source.Order[b]] = b;
        for (int b = 0; b < chosen.Length; b++) _sourceOf[b] = _placeOf[Target.Order[b]];
        Target.Tokens.CopyTo(_right);
        for (int t = 0; t < Target.Steps; t++)
        {
            int start = Target.RowStart(t);
            for (int b = 0; b < Target.SequencesAt(t); b++)
            {
                Target.Tokens[start + b] = t == 0 ? mark : _right[Target.RowStart(t - 1) + b];
            }
        }
    }

    private struct WriteWork : IParallelWork
    {
        public IVectorSource Source;
        public BatchLayout Batch;
        public int[] Chosen;
        public Matrix Vectors;

        public readonly void Execute(int part, int parts)
        {
            for (int b = part; b < Batch.Sequences; b += parts)
            {
                for (int t = 0; t < Batch.Lengths[b]; t++)
                {
                    Source.Write(Chosen[Batch.Order[b]], t, Vectors.Row(Batch.RowStart(t) + b));
                }
            }
        }
    }
}
