using System.Text.Json.Nodes;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recurant.Goldens;

/// <summary>One optimiser with every setting that matters; what a kind does not use is zero.</summary>
/// <param name="Name">The name of the run; clipped runs end in "-clip".</param>
/// <param name="Kind">sgd, adam, adamw, rmsprop or adagrad.</param>
/// <param name="ClipNorm">The largest global gradient norm, or zero for no clipping.</param>
internal sealed record OptimizerSettings(string Name, string Kind, double LearningRate, double ClipNorm = 0)
{
    public double Momentum { get; init; }

    public bool Nesterov { get; init; }

    public double WeightDecay { get; init; }

    public double Beta1 { get; init; }

    public double Beta2 { get; init; }

    /// <summary>RMSprop's decay of the mean square.</summary>
    public double Alpha { get; init; }

    public double Epsilon { get; init; }

    public static IEnumerable<OptimizerSettings> All(double clipNorm) =>
        Unclipped().SelectMany(settings => (OptimizerSettings[])
        [
            settings,
            settings with { Name = settings.Name + "-clip", ClipNorm = clipNorm },
        ]);

    /// <summary>PyTorch's optimiser with two groups of parameters: matrices decay, vectors (biases) do not.</summary>
    public optim.Optimizer Make(IEnumerable<Parameter> parameters)
    {
        Parameter[] matrices = [.. parameters.Where(Decays)], vectors = [.. parameters.Where(parameter => !Decays(parameter))];
        switch (Kind)
        {
            case "sgd":
                SGD.ParamGroup SgdGroup(Parameter[] group, double decay) =>
                    new(group, LearningRate, Momentum, 0, decay, Nesterov);
                return optim.SGD([SgdGroup(matrices, WeightDecay), SgdGroup(vectors, 0)], LearningRate);
            case "adam":
                Adam.ParamGroup AdamGroup(Parameter[] group, double decay) =>
                    new(group, LearningRate, Beta1, Beta2, Epsilon, decay);
                return optim.Adam([AdamGroup(matrices, WeightDecay), AdamGroup(vectors, 0)], LearningRate);
            case "adamw":
                AdamW.ParamGroup AdamWGroup(Parameter[] group, double decay) =>
                    new(group, LearningRate, Beta1, Beta2, Epsilon, decay);
                return optim.AdamW([AdamWGroup(matrices, WeightDecay), AdamWGroup(vectors, 0)], LearningRate);
            case "rmsprop":
                return optim.RMSProp(parameters, LearningRate, Alpha, Epsilon);
            case "adagrad":
                return optim.Adagrad(parameters, LearningRate, eps: Epsilon);
            default:
                throw new InvalidOperationException($"no optimiser '{Kind}'");
        }
    }

    public static bool Decays(Tensor parameter) => parameter.dim() > 1;

    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["optimizer"] = Kind,
        ["learning_rate"] = LearningRate,
        ["momentum"] = Momentum,
        ["nesterov"] = Nesterov,
        ["weight_decay"] = WeightDecay,
        ["beta1"] = Beta1,
        ["beta2"] = Beta2,
        ["alpha"] = Alpha,
        ["epsilon"] = Epsilon,
        ["clip_norm"] = ClipNorm,
    };

    private static IEnumerable<OptimizerSettings> Unclipped()
    {
        yield return new("sgd", "sgd", 0.2);
        yield return new("sgd-decay", "sgd", 0.2) { WeightDecay = 0.05 };
        yield return new("momentum", "sgd", 0.1) { Momentum = 0.9 };
        yield return new("nesterov", "sgd", 0.1) { Momentum = 0.9, WeightDecay = 0.01, Nesterov = true };
        yield return new("adam", "adam", 0.02) { Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8 };
        yield return new("adam-decay", "adam", 0.02) { Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, WeightDecay = 0.05 };
        yield return new("adamw", "adamw", 0.02) { Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, WeightDecay = 0.05 };
        yield return new("rmsprop", "rmsprop", 0.005) { Alpha = 0.99, Epsilon = 1e-8 };
        yield return new("adagrad", "adagrad", 0.1) { Epsilon = 1e-10 };
    }
}
