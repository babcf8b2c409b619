using Recurant.Cells;
using Recurant.Models;

namespace Recurant.Cli;

/// <summary>A model in a few words.</summary>
internal static class ModelText
{
    public static string Describe(ClassifierSpec spec)
    {
        switch (spec.Model)
        {
            case ModelKind.BagOfWords:
                return "bag of words (logistic regression over words and pairs)";
            case ModelKind.FeedForward:
                return spec.Layers == 0 ? "feed-forward, no hidden layer"
                    : $"feed-forward, {Layers(spec)} of {spec.HiddenSize} units";
            default:
                string cell = spec.Cell switch
                {
                    CellKind.Elman => $"recurrent ({spec.Activation.ToString().ToLowerInvariant()})",
                    CellKind.Lstm => "LSTM",
                    _ => spec.GruReset == GruReset.Outside ? "GRU (reset outside)" : "GRU",
                };
                string directions = spec.Bidirectional ? ", both directions" : "";
                string pooling = spec.Pooling.ToString().ToLowerInvariant();
                return $"{cell}, {Layers(spec)} of {spec.HiddenSize} units{directions}, {pooling} pooling";
        }
    }

    private static string Layers(ClassifierSpec spec) => spec.Layers == 1 ? "1 layer" : $"{spec.Layers} layers";
}
