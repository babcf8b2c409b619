namespace Recurant.Training;

/// <summary>Finds where numbers went out of bounds, once a loss or the norm of a gradient is not finite.</summary>
internal static class NonFinitePlace
{
    /// <summary>The first place on the data's way: the weights, the outputs of the layers, the gradients.</summary>
    public static string Find(TrainingTask task)
    {
        if (InWeights(task.Parameters) is { } weights) return weights;
        if (task.Memory.FirstNonFinite() is { } layer)
        {
            return $"the weights are still finite; the first non-finite numbers come out of {layer}";
        }

        return LargestGradient(task.Parameters) is { } gradient
            ? $"weights and outputs are finite; the largest numbers are in the gradient of '{gradient.Name}'"
            : "weights and outputs are finite, but those of the output layer lie too far apart";
    }

    /// <summary>The first weights that are not finite; null if all are.</summary>
    public static string? InWeights(IReadOnlyList<Parameter> parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            if (HasNonFinite(parameter.Value)) return $"the first non-finite numbers are in the weights '{parameter.Name}'";
        }

        return null;
    }

    /// <summary>The parameter whose gradient holds the largest number, NaN above all; null before a backward pass.</summary>
    private static Parameter? LargestGradient(IReadOnlyList<Parameter> parameters)
    {
        Parameter? found = null;
        float largest = 0;
        foreach (Parameter parameter in parameters)
        {
            if (!parameter.HasGradient) continue;
            foreach (float value in parameter.Gradient)
            {
                float size = float.IsNaN(value) ? float.PositiveInfinity : Math.Abs(value);
                if (size > largest) (largest, found) = (size, parameter);
            }
        }

        return found;
    }

    private static bool HasNonFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value)) return true;
        }

        return false;
    }
}
