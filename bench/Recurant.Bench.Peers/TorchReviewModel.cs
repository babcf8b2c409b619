using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Embedding = TorchSharp.Modules.Embedding;
using Parameter = TorchSharp.Modules.Parameter;

namespace Recurant.Bench.Peers;

/// <summary>The review classifier on TorchSharp, with padded batches: libtorch's oneDNN path does not take packed ones.</summary>
internal sealed class TorchReviewModel : IReviewModel
{
    private readonly Embedding _embedding;
    private readonly LSTM _lstm;
    private readonly Linear _linear;
    private readonly Parameter[] _parameters;
    private readonly optim.Optimizer _optimizer;

    public TorchReviewModel(int threads, int vocabularySize, int seed)
    {
        TorchLibrary.Load(threads);
        random.manual_seed(seed);
        _embedding = nn.Embedding(vocabularySize, ReviewProgram.EmbeddingSize, padding_idx: ReviewData.PaddingWord);
        _lstm = nn.LSTM(ReviewProgram.EmbeddingSize, ReviewProgram.HiddenSize, bidirectional: true);
        _linear = nn.Linear(2 * ReviewProgram.HiddenSize, 2);
        _parameters = [.. _embedding.parameters(), .. _lstm.parameters(), .. _linear.parameters()];
        using (no_grad())
        {
            // PyTorch's own start, a standard normal, learns such small data far more slowly.
            _embedding.weight!.uniform_(-ReviewProgram.EmbeddingScale, ReviewProgram.EmbeddingScale);
            _embedding.weight![ReviewData.PaddingWord].zero_();
        }

        _optimizer = optim.AdamW(_parameters, ReviewProgram.LearningRate, weight_decay: ReviewProgram.WeightDecay);
    }

    public void Train(Review[] batch)
    {
        using var scope = NewDisposeScope();
        foreach (Parameter parameter in _parameters) parameter.grad = null;
        using Tensor labels = Labels(batch);
        nn.functional.cross_entropy(Scores(batch, training: true), labels).backward();
        nn.utils.clip_grad_norm_(_parameters, ReviewProgram.ClipNorm);
        _optimizer.step();
    }

    public int Right(Review[] batch)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(true);
        using Tensor labels = Labels(batch);
        return (int)Scores(batch, training: false).argmax(1).eq(labels).sum().ToInt64();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _embedding.Dispose();
        _lstm.Dispose();
        _linear.Dispose();
    }

    private static Tensor Labels(Review[] batch) => tensor(Array.ConvertAll(batch, review => (long)review.Label));

    private Tensor Scores(Review[] batch, bool training)
    {
        int steps = batch.Max(review => review.Words.Length);
        var words = new long[steps * batch.Length];
        for (int b = 0; b < batch.Length; b++)
        {
            for (int t = 0; t < batch[b].Words.Length; t++) words[t * batch.Length + b] = batch[b].Words[t];
        }

        Tensor indices = tensor(words).reshape(steps, batch.Length);
        Tensor vectors = nn.functional.dropout(_embedding.call(indices), ReviewProgram.Dropout, training);
        Tensor states = _lstm.call(vectors).Item1;
        Tensor padding = indices.eq(ReviewData.PaddingWord).unsqueeze(2);
        Tensor pooled = states.masked_fill(padding, float.NegativeInfinity).amax([0]);
        return _linear.call(nn.functional.dropout(pooled, ReviewProgram.Dropout, training));
    }
}
