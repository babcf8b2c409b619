namespace Recurant.Goldens;

/// <summary>
/// The optimisers' update rules as PyTorch's documentation states them, on one flat vector, in double.
/// </summary>
/// <remarks>
/// TorchSharp's optimisers are C# code of their own, not PyTorch's. This second opinion makes sure that the numbers
/// written are PyTorch's. Per element, with gradient g (for matrices, except with AdamW, first g = g + decay p) and
/// step t = 1, 2, ...:
/// <code>
/// sgd       m = momentum m + g (m = g at t = 1);  p = p - rate m,  nesterov: p = p - rate (g + momentum m)
/// adam      m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g g
///           p = p - rate / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
/// adamw     matrices: p = p - rate decay p; then as adam
/// rmsprop   v = alpha v + (1 - alpha) g g;  p = p - rate g / (sqrt(v) + eps)
/// adagrad   v = v + g g;  p = p - rate g / (sqrt(v) + eps)
/// clipping  before all of it: g = g min(1, clip / (norm + 1e-6)), norm over all parameters together
/// </code>
/// </remarks>
internal sealed class OptimizerCheck(OptimizerSettings settings, double[] initial, bool[] decays)
{
    private readonly double[] _parameters = [.. initial];
    private readonly double[] _first = new double[initial.Length];
    private readonly double[] _second = new double[initial.Length];
    private int _step;

    public double[] Parameters => _parameters;

    public void Step(double[] gradients)
    {
        _step++;
        double scale = 1;
        if (settings.ClipNorm > 0)
        {
            scale = Math.Min(1, settings.ClipNorm / (Math.Sqrt(gradients.Sum(g => g * g)) + 1e-6));
        }

        for (int i = 0; i < _parameters.Length; i++)
        {
            double g = gradients[i] * scale;
            double decay = decays[i] ? settings.WeightDecay : 0;
            if (settings.Kind == "adamw")
            {
                _parameters[i] -= settings.LearningRate * decay * _parameters[i];
            }
            else
            {
                g += decay * _parameters[i];
            }

            _parameters[i] -= settings.LearningRate * Direction(i, g);
        }
    }

    private double Direction(int i, double g)
    {
        switch (settings.Kind)
        {
            case "sgd":
                _first[i] = settings.Momentum * _first[i] + g;
                return settings.Nesterov ? g + settings.Momentum * _first[i] : _first[i];
            case "adam" or "adamw":
                _first[i] = settings.Beta1 * _first[i] + (1 - settings.Beta1) * g;
                _second[i] = settings.Beta2 * _second[i] + (1 - settings.Beta2) * g * g;
                double unbiased = _first[i] / (1 - Math.Pow(settings.Beta1, _step));
                return unbiased / (Math.Sqrt(_second[i]) / Math.Sqrt(1 - Math.Pow(settings.Beta2, _step)) + settings.Epsilon);
            case "rmsprop":
                _second[i] = settings.Alpha * _second[i] + (1 - settings.Alpha) * g * g;
                return g / (Math.Sqrt(_second[i]) + settings.Epsilon);
            default:
                _second[i] += g * g;
                return g / (Math.Sqrt(_second[i]) + settings.Epsilon);
        }
    }
}
