namespace Recurant.Bench.Peers;

internal static partial class LanguageProgram
{
    static partial void MakeRecurant(string engine, int threads, LanguageShape shape, ref ILanguageModel? model)
    {
        if (engine == Engines.Recurant) model = new RecurantLanguageModel(threads, shape, Seed);
    }
}

/// <summary>The language model on Recurant.</summary>
internal sealed class RecurantLanguageModel : ILanguageModel
{
    private readonly Workers _workers;
    private readonly LanguageModelNetwork _network;
    private readonly LanguageModelMemory _memory;
    private readonly CarriedState _carried;
    private readonly Optimizer _optimizer;
    private readonly BatchLayout _window = new();
    private readonly int[] _lengths;

    public RecurantLanguageModel(int threads, LanguageShape shape, int seed)
    {
        _workers = Workers.ForThreads(threads);
        _network = new LanguageModelNetwork(new LanguageModelSpec
        {
            VocabularySize = shape.Vocabulary, EmbeddingSize = shape.Embedding,
            Recurrent = new RecurrentSpec { HiddenSize = shape.Hidden, Layers = LanguageShape.Layers },
        });
        _network.Initialise((ulong)seed);
        _memory = _network.CreateMemory();
        _carried = new CarriedState(_network.Stack, shape.Batch);
        _optimizer = new Optimizer(OptimizerKind.Sgd, _network.Parameters);
        _lengths = new int[shape.Batch];
        _lengths.AsSpan().Fill(shape.Steps);
    }

    public double Train(int[] read, int[] targets)
    {
        _window.Fill(_lengths);
        read.CopyTo(_window.Tokens);
        _carried.Enter(_memory.Recurrent, _lengths.Length);
        double loss = _network.Loss(_workers, _window, targets, _memory, dropout: null, withGradient: true);
        _carried.Leave(_memory.Recurrent, _window);
        float scale = (float)Math.Min(1, LanguageShape.ClipNorm / (_optimizer.GradientNorm(_workers) + 1e-6));
        _optimizer.Step(_workers, (float)LanguageShape.LearningRate, weightDecay: 0, scale);
        return loss / read.Length;
    }

    public void Dispose()
    {
    }
}
