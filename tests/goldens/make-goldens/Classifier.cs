using System.Text.Json.Nodes;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recurant.Goldens;

/// <summary>Sequences of token numbers with their classes.</summary>
internal sealed record Batch(long[][] Tokens, long[] Labels)
{
    public static Batch Make(int seed, int[] lengths)
    {
        var random = new Random(seed);
        return new Batch(
            [.. lengths.Select(length => Array.ConvertAll(new long[length], _ => random.NextInt64(Classifier.Vocabulary)))],
            [.. lengths.Select(_ => random.NextInt64(Classifier.Classes))]);
    }

    public string ToJson() => new JsonObject
    {
        ["tokens"] = new JsonArray([.. Tokens.Select(row => (JsonNode)new JsonArray([.. row.Select(t => (JsonNode)t)]))]),
        ["labels"] = new JsonArray([.. Labels.Select(label => (JsonNode)label)]),
    }.ToJsonString();
}

/// <summary>Embedding, one recurrent layer from a zero state, its last state, a linear layer to class scores.</summary>
internal sealed class Classifier : nn.Module<Batch, Tensor>
{
    public const int Vocabulary = 11;
    public const int EmbeddingSize = 4;
    public const int HiddenSize = 5;
    public const int Classes = 3;

    private readonly Embedding _embedding;
    private readonly TorchLayer _layer;
    private readonly Linear _linear;
    private readonly ScalarType _type;

    public Classifier(string cell, ScalarType type)
        : base(nameof(Classifier))
    {
        _type = type;
        _embedding = nn.Embedding(Vocabulary, EmbeddingSize, dtype: type);
        _layer = new TorchLayer(cell, EmbeddingSize, HiddenSize, 1, bidirectional: false, type);
        _linear = nn.Linear(HiddenSize, Classes, dtype: type);
        register_module("embedding", _embedding);
        register_module("rnn", _layer.Module);
        register_module("linear", _linear);
    }

    public override Tensor forward(Batch batch)
    {
        var rows = batch.Tokens.Select(row => _embedding.call(tensor(row)));
        var packed = nn.utils.rnn.pack_sequence(rows, enforce_sorted: false);
        Tensor zero = zeros([1, batch.Tokens.Length, HiddenSize], _type);
        Tensor h = _layer.Run(packed, zero, _layer.HasCellState ? zero : null).H;
        return _linear.call(h[0]);
    }

    /// <summary>Sets every parameter to random values that float32 holds exactly.</summary>
    public void Fill(Random random)
    {
        using var _ = no_grad();
        foreach ((string _, Parameter parameter) in named_parameters())
        {
            parameter.copy_(Values.ToTensor(Values.Uniform(random, parameter.numel(), 0.8f), parameter.shape, _type));
        }
    }

    public void CopyFrom(Classifier other)
    {
        using var _ = no_grad();
        foreach ((Parameter mine, Parameter theirs) in parameters().Zip(other.parameters())) mine.copy_(theirs);
    }

    public double[] FlatParameters() => [.. parameters().SelectMany(Values.ToDoubles)];

    /// <summary>For each element of <see cref="FlatParameters"/> whether weight decay acts on it.</summary>
    public bool[] FlatDecays() =>
        [.. parameters().SelectMany(p => Enumerable.Repeat(OptimizerSettings.Decays(p), (int)p.numel()))];

    public double[] FlatGradients() => [.. parameters().SelectMany(parameter => Values.ToDoubles(parameter.grad!))];
}
