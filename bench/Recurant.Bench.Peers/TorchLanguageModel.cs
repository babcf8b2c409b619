using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Embedding = TorchSharp.Modules.Embedding;
using Parameter = TorchSharp.Modules.Parameter;

namespace Recurant.Bench.Peers;

/// <summary>The language model on TorchSharp.</summary>
internal sealed class TorchLanguageModel : ILanguageModel
{
    private const double EmbeddingScale = 0.1;

    private readonly LanguageShape _shape;
    private readonly Embedding _embedding;
    private readonly LSTM _lstm;
    private readonly Linear _linear;
    private readonly Parameter[] _parameters;
    private readonly optim.Optimizer _optimizer;
    private Tensor _hidden, _cell;

    public TorchLanguageModel(int threads, LanguageShape shape, int seed)
    {
        TorchLibrary.Load(threads);
        random.manual_seed(seed);
        _shape = shape;
        _embedding = nn.Embedding(shape.Vocabulary, shape.Embedding);
        _lstm = nn.LSTM(shape.Embedding, shape.Hidden, LanguageShape.Layers);
        _linear = nn.Linear(shape.Hidden, shape.Vocabulary);
        _parameters = [.. _embedding.parameters(), .. _lstm.parameters(), .. _linear.parameters()];
        using (no_grad())
        {
            _embedding.weight!.uniform_(-EmbeddingScale, EmbeddingScale);
        }

        _optimizer = optim.SGD(_parameters, LanguageShape.LearningRate);
        _hidden = zeros(LanguageShape.Layers, shape.Batch, shape.Hidden);
        _cell = zeros(LanguageShape.Layers, shape.Batch, shape.Hidden);
    }

    public double Train(int[] read, int[] targets)
    {
        using var scope = NewDisposeScope();
        foreach (Parameter parameter in _parameters) parameter.grad = null;
        Tensor words = tensor(Array.ConvertAll(read, token => (long)token)).reshape(_shape.Steps, _shape.Batch);
        (Tensor states, Tensor hidden, Tensor cell) = _lstm.call(_embedding.call(words), (_hidden, _cell));
        Tensor logits = _linear.call(states.reshape(-1, _shape.Hidden));
        Tensor loss = nn.functional.cross_entropy(logits, tensor(Array.ConvertAll(targets, token => (long)token)));
        loss.backward();
        nn.utils.clip_grad_norm_(_parameters, LanguageShape.ClipNorm);
        _optimizer.step();
        _hidden.Dispose();
        _cell.Dispose();
        _hidden = hidden.detach().MoveToOuterDisposeScope();
        _cell = cell.detach().MoveToOuterDisposeScope();
        return loss.ToDouble();
    }

    public void Dispose()
    {
        _hidden.Dispose();
        _cell.Dispose();
        _optimizer.Dispose();
        _embedding.Dispose();
        _lstm.Dispose();
        _linear.Dispose();
    }
}
