using System.Globalization;

namespace Recurant.Insight;

/// <summary>Tells from the place and the sizes of the last steps what has probably happened.</summary>
internal static class CauseFinder
{
    /// <summary>From here on a weight is larger than training with a fitting rate makes it.</summary>
    private const float LargeWeight = 100f;

    private const string LowerRate = "a learning rate ten times smaller (--learning-rate)";

    public static NonFiniteCause Find(
        TrainingTask task, LearningPlan plan, NumberPlace place, in NonFiniteEvent fault, IReadOnlyList<StepSizes> last,
        bool wasThereBefore)
    {
        string clip = plan.Clip > 0 ? "a smaller --clip than " + Text(plan.Clip) : "clipping the gradient (--clip 1)";
        if (wasThereBefore)
        {
            string token = place.Token is { } word ? $", the vector of \"{word}\"" : "";
            return new NonFiniteCause(
                "the weights held NaN or infinity before training began",
                $"'{place.Layer}' was not finite before the first step{token}",
                ["checking the word vectors or weights given to the run", "starting without pretrained vectors"]);
        }

        float largest = task.Parameters.Max(parameter => LargestMagnitude.Of(parameter.Value));
        string weights = Weights(last, largest);
        if (place.What == "weights")
        {
            return new NonFiniteCause(
                "the learning rate is too large",
                    $"it was written by the previous update; the learning rate was {Text(Rate(plan, last))}{weights}",
                [LowerRate, clip, "the default optimiser and learning rate"]);
        }

        bool isRecurrent = place.Time is not null && place.What is "gates" or "cell state" or "gradient of the gates"
            || place.Layer.Contains("recurrent layer", StringComparison.Ordinal);
        bool isGradient = fault.What == "norm of the gradient";
        List<string> remedies = [clip, LowerRate, "an LSTM or a GRU (--cell lstm)", "tanh instead of relu",
            "shorter texts or windows"];
        if (isRecurrent || (isGradient && place.Layer.StartsWith("weight_hh", StringComparison.Ordinal)))
        {
            string growth = Growth(task, place, isGradient), radius = Radius(task);
            return new NonFiniteCause(
                isGradient ? "the gradient explodes in back-propagation through time" : "the recurrent product explodes",
                Join(growth, radius, weights), remedies);
        }

        if (largest >= LargeWeight)
        {
            return new NonFiniteCause(
                "the learning rate is too large", $"the learning rate was {Text(Rate(plan, last))}{weights}", [LowerRate, clip]);
        }

        return place.Layer == "output layer"
            ? new NonFiniteCause(
                "the softmax overflows", $"the logits are too large or too far apart{weights}",
                [LowerRate, clip, "a larger weight decay (--weight-decay)"])
            : new NonFiniteCause(
                "numbers grow too large", $"first in {place.Layer} ({place.What}){weights}", [LowerRate, clip]);
    }

    private static double Rate(LearningPlan plan, IReadOnlyList<StepSizes> last) =>
        last.Count > 0 ? last[^1].LearningRate : plan.LearningRate;

    private static string Weights(IReadOnlyList<StepSizes> last, float now) => last.Count == 0
        ? "; it was the first step"
        : $"; the largest weight went from {Text(last[0].LargestWeight)} (step {last[0].Number}) to {Text(now)}";

    private static string Join(params string[] parts) =>
        string.Join("; ", parts.Select(part => part.TrimStart(';', ' ')).Where(part => part.Length > 0));

    /// <summary>By which factor a step the norm of the row grew on the way to the place.</summary>
    private static string Growth(TrainingTask task, NumberPlace place, bool isGradient)
    {
        if (place is not { Time: { } end, Sample: { } sample }) return "";
        LayerValues? layer = task.Memory.Values(isGradient).FirstOrDefault(
            values => values.Layer == place.Layer && values.What == (isGradient ? place.What : "output"));
        if (layer is null) return "";
        int b = layer.Batch.Order.IndexOf(sample), length = layer.Batch.Lengths[b];
        int begin = layer.IsBackInTime ? length - 1 : 0, way = layer.IsBackInTime ? -1 : 1;
        // The first rows may be zero, the last is not finite: between them the logarithm is nearly a straight line.
        (int From, double Norm)? first = null, latest = null;
        for (int t = begin; t != end + way; t += way)
        {
            double norm = 0;
            foreach (float value in layer.Values.Row(layer.Batch.RowStart(t) + b)) norm += (double)value * value;
            norm = Math.Sqrt(norm);
            if (!double.IsFinite(norm)) break;
            if (norm > 0) (first, latest) = (first ?? (t, norm), (t, norm));
        }

        if (first is not { } from || latest is not { } to || to.From == from.From) return "";
        int steps = Math.Abs(to.From - from.From);
        double factor = Math.Exp((Math.Log(to.Norm) - Math.Log(from.Norm)) / steps);
        string what = isGradient ? "the gradient's norm" : "|h_t|";
        return $"{what} went from {Text(from.Norm)} to {Text(to.Norm)} in {steps} steps, by a factor of {Text(factor)} per step";
    }

    /// <summary>The spectral radius of the square recurrent matrices, by |W^n|^(1/n).</summary>
    private static string Radius(TrainingTask task)
    {
        IEnumerable<string> radii = task.Parameters
            .Where(parameter => parameter.Name.Contains("weight_hh_l", StringComparison.Ordinal)
                && parameter.Shape is [var rows, var columns] && rows == columns)
            .Select(parameter => $"the spectral radius of {parameter.Name} is {Text(RadiusOf(parameter))}");
        return string.Join("; ", radii);
    }

    private static double RadiusOf(Parameter parameter)
    {
        double[] matrix = new double[parameter.Count];
        for (int i = 0; i < matrix.Length; i++) matrix[i] = parameter.Value[i];
        return Spectrum.SpectralRadius(matrix, parameter.Shape[0]);
    }

    internal static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
