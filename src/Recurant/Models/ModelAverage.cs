using System.Globalization;

namespace Recurant.Models;

/// <summary>
/// Several classifiers as one: the arithmetic mean of their probabilities.
/// <code>
/// (1) p = (1/N) sum_n softmax(z_n)
/// (2) -ln p_j = ln N - ln sum_n e^(ln p_(n,j))
/// </code>
/// Networks that start from other weights and meet the texts in another order err in other places; where they disagree the mean
/// says so (Hansen and Salamon, "Neural network ensembles", 1990).
/// </summary>
internal static class ModelAverage
{
    /// <summary>The prefix of the tensors of a network in files, the first being 0.</summary>
    public static string Prefix(int network) => string.Create(CultureInfo.InvariantCulture, $"models.{network}.");

    /// <summary>Puts the prefix before the names of all tensors; returns these, network after network.</summary>
    public static IReadOnlyList<Parameter> NameParameters(IReadOnlyList<ClassifierNetwork> networks)
    {
        var all = new List<Parameter>();
        for (int n = 0; n < networks.Count; n++)
        {
            foreach (Parameter parameter in networks[n].Parameters)
            {
                parameter.Name = Prefix(n) + parameter.Name;
                all.Add(parameter);
            }
        }

        return all;
    }

    /// <summary>The layers of one network, each with the tensors of all, and (1).</summary>
    public static IReadOnlyList<LayerDescription> Describe(IReadOnlyList<ClassifierNetwork> networks)
    {
        IReadOnlyList<LayerDescription>[] each = [.. networks.Select(network => network.Describe())];
        var layers = new List<LayerDescription>();
        for (int layer = 0; layer < each[0].Count; layer++)
        {
            int place = layer;
            layers.Add(each[0][layer] with
            {
                Tensors = [.. each.SelectMany(network => network[place].Tensors)],
                ParameterCount = each.Sum(network => network[place].ParameterCount),
            });
        }

        string count = networks.Count.ToString(CultureInfo.InvariantCulture), shape = each[0][^1].Shape;
        int arrow = shape.IndexOf("-> ", StringComparison.Ordinal);
        string classes = arrow < 0 ? shape : shape[(arrow + 3)..];
        layers.Add(new LayerDescription(
            $"average of {count} models", $"{count} x {classes} -> {classes}", [$"p = (1/{count}) sum_n y_n"], [], 0));
        return layers;
    }

    /// <summary>(1), the sums being there: p_j = sum_j / N.</summary>
    public static void Divide(Span<float> sums, int networks)
    {
        for (int j = 0; j < sums.Length; j++) sums[j] /= networks;
    }

    /// <summary>(2), which is finite however small the probabilities are.</summary>
    /// <param name="logProbabilities">[N]: ln p_(n,j) of the right class j; changed.</param>
    public static float Loss(Span<float> logProbabilities)
    {
        float largest = Reductions.Max(logProbabilities);
        for (int n = 0; n < logProbabilities.Length; n++) logProbabilities[n] -= largest;
        Elementwise.Exp(logProbabilities, logProbabilities);
        float sum = (float)Reductions.Sum(logProbabilities);
        return Elementwise.Log(logProbabilities.Length) - Elementwise.Log(sum) - largest;
    }
}
