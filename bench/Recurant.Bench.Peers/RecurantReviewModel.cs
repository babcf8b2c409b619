namespace Recurant.Bench.Peers;

internal static partial class ReviewProgram
{
    static partial void MakeRecurant(string engine, int threads, int vocabularySize, ref IReviewModel? model)
    {
        if (engine == Engines.Recurant) model = new RecurantReviewModel(threads, vocabularySize, Seed);
    }
}

/// <summary>The review classifier on Recurant: batches without padding, dropout drawn once a sequence.</summary>
internal sealed class RecurantReviewModel : IReviewModel
{
    private readonly Workers _workers;
    private readonly ClassifierNetwork _network;
    private readonly ClassifierMemory _memory;
    private readonly Optimizer _optimizer;
    private readonly BatchLayout _sequences = new();
    private readonly ulong _seed;
    private ulong _step;

    public RecurantReviewModel(int threads, int vocabularySize, int seed)
    {
        _seed = (ulong)seed;
        _workers = Workers.ForThreads(threads);
        _network = ClassifierNetwork.Create(new ClassifierSpec
        {
            VocabularySize = vocabularySize,
            Classes = 2,
            EmbeddingSize = ReviewProgram.EmbeddingSize,
            Recurrent = new RecurrentSpec { HiddenSize = ReviewProgram.HiddenSize, Bidirectional = true },
        });
        _network.Initialise(_seed);
        _memory = _network.CreateMemory();
        _optimizer = new Optimizer(OptimizerKind.AdamW, _network.Parameters);
    }

    public void Train(Review[] batch)
    {
        var dropout = new DropoutPlan
        {
            Input = (float)ReviewProgram.Dropout,
            Output = (float)ReviewProgram.Dropout,
            Seed = _seed,
            Step = _step++,
        };
        Matrix logits = Forward(batch, dropout, out int[] labels);
        CrossEntropy.Apply(logits, labels, smoothing: 0, out _);
        _network.Backward(_workers, _sequences, _memory, logits, dropout);
        float scale = (float)Math.Min(1, ReviewProgram.ClipNorm / (_optimizer.GradientNorm(_workers) + 1e-6));
        _optimizer.Step(_workers, (float)ReviewProgram.LearningRate, (float)ReviewProgram.WeightDecay, scale);
    }

    public int Right(Review[] batch)
    {
        Matrix logits = Forward(batch, dropout: null, out int[] labels);
        int right = 0;
        for (int b = 0; b < labels.Length; b++) right += CrossEntropy.ArgMax(logits.Row(b)) == labels[b] ? 1 : 0;
        return right;
    }

    public void Dispose()
    {
    }

    private Matrix Forward(Review[] batch, DropoutPlan? dropout, out int[] labels)
    {
        int[][] words = Array.ConvertAll(batch, review => review.Words);
        _sequences.Fill(words, [.. Enumerable.Range(0, batch.Length)]);
        labels = new int[batch.Length];
        for (int b = 0; b < batch.Length; b++) labels[b] = batch[_sequences.Order[b]].Label;
        return _network.Forward(_workers, _sequences, _memory, dropout);
    }
}
