using System.Globalization;

namespace Recurant.Insight;

/// <summary>Finds the first number that is not finite, on the way the data took: weights, layers forward, loss,
/// gradients.</summary>
internal static class PlaceFinder
{
    /// <param name="task">The task, its last step still in memory.</param>
    /// <param name="what">What is not finite, as in <see cref="NonFiniteReport.What"/>.</param>
    public static NumberPlace Find(TrainingTask task, string what)
    {
        if (InTensors(task.Parameters, gradients: false) is { } weights) return weights;
        bool afterBackward = what == "norm of the gradient";
        foreach (LayerValues values in what == "validation loss" ? [] : task.Memory.Values(afterBackward))
        {
            if (In(values) is { } place) return place;
        }

        if (afterBackward)
        {
            return InTensors(task.Parameters, gradients: true) ?? LargestGradient(task.Parameters);
        }

        return task.Memory.FirstNonFinite() is { } layer && what == "loss"
            ? new NumberPlace(layer, "output", float.NaN)
            : new NumberPlace("output layer", what, what == "loss" ? float.PositiveInfinity : float.NaN);
    }

    /// <summary>The first number of a layer that is not finite, in the order in which it was computed; null if all are.</summary>
    private static NumberPlace? In(LayerValues values)
    {
        if (values.Rows != RowMeaning.Steps)
        {
            for (int row = 0; row < values.Values.Rows; row++)
            {
                if (FirstIn(values.Values.Row(row)) is >= 0 and var column) return At(values, row, column, time: null);
            }

            return null;
        }

        BatchLayout batch = values.Batch;
        for (int i = 0; i < batch.Steps; i++)
        {
            int t = values.IsBackInTime ? batch.Steps - 1 - i : i;
            for (int row = batch.RowStart(t); row < batch.RowStart(t + 1); row++)
            {
                if (FirstIn(values.Values.Row(row)) is >= 0 and var column) return At(values, row, column, t);
            }
        }

        return null;
    }

    private static NumberPlace At(LayerValues values, int row, int column, int? time)
    {
        int width = values.Gates.Count > 0 ? values.Values.Columns / values.Gates.Count : values.Values.Columns;
        int? sequence = time is { } t ? row - values.Batch.RowStart(t) : values.Rows == RowMeaning.Sequences ? row : null;
        return new NumberPlace(values.Layer, values.What, values.Values.Row(row)[column])
        {
            Gate = values.Gates.Count > 0 ? values.Gates[column / width] : null,
            Unit = column % width,
            Sample = sequence is { } b ? values.Batch.Order[b] : null,
            Time = time,
        };
    }

    /// <summary>The first element of the tensors that is not finite; null if all are.</summary>
    public static NumberPlace? InTensors(IReadOnlyList<Parameter> parameters, bool gradients)
    {
        foreach (Parameter parameter in parameters)
        {
            if (gradients && !parameter.HasGradient) continue;
            int at = FirstIn(gradients ? parameter.Gradient : parameter.Value);
            if (at >= 0) return At(parameter, at, gradients);
        }

        return null;
    }

    private static NumberPlace LargestGradient(IReadOnlyList<Parameter> parameters)
    {
        (Parameter? found, int at, float largest) = (null, 0, -1);
        foreach (Parameter parameter in parameters.Where(parameter => parameter.HasGradient))
        {
            ReadOnlySpan<float> gradient = parameter.Gradient;
            for (int i = 0; i < gradient.Length; i++)
            {
                if (Math.Abs(gradient[i]) > largest) (found, at, largest) = (parameter, i, Math.Abs(gradient[i]));
            }
        }

        return At(found!, at, gradients: true);
    }

    private static NumberPlace At(Parameter parameter, int at, bool gradients)
    {
        int columns = parameter.Count / parameter.Shape[0];
        bool isVector = parameter.Shape.Count == 1;
        return new NumberPlace(
            parameter.Name, gradients ? "gradient of the weights" : "weights",
            (gradients ? parameter.Gradient : parameter.Value)[at])
        {
            // In the order of files, where some tensors are transposed.
            Unit = isVector ? at : parameter.IsStoredTransposed ? at % columns : at / columns,
            Column = isVector ? null : parameter.IsStoredTransposed ? at / columns : at % columns,
        };
    }

    private static int FirstIn(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) return i;
        }

        return -1;
    }

    /// <summary>See <see cref="NonFiniteReport.Fingerprint"/>: FNV-1a, 64 bits, over the bits of each number.</summary>
    public static string Fingerprint(TrainingTask task, double loss, bool afterBackward)
    {
        ulong hash = 14695981039346656037;
        Add(ref hash, double.IsNaN(loss) ? ulong.MaxValue : BitConverter.DoubleToUInt64Bits(loss));
        foreach (LayerValues values in task.Memory.Values(afterBackward))
        {
            for (int row = 0; row < values.Values.Rows; row++) Add(ref hash, values.Values.Row(row));
        }

        foreach (Parameter parameter in task.Parameters)
        {
            if (afterBackward && parameter.HasGradient) Add(ref hash, parameter.Gradient);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>The same over weights alone.</summary>
    public static string Fingerprint(IReadOnlyList<Parameter> parameters)
    {
        ulong hash = 14695981039346656037;
        foreach (Parameter parameter in parameters) Add(ref hash, parameter.Value);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static void Add(ref ulong hash, ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            Add(ref hash, float.IsNaN(value) ? uint.MaxValue : BitConverter.SingleToUInt32Bits(value));
        }
    }

    private static void Add(ref ulong hash, ulong bits) => hash = (hash ^ bits) * 1099511628211;
}
